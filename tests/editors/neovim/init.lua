-- What the README of editors/neovim asks a user to write.
vim.lsp.enable('marginalia')
