-- `:Marginalia`; nothing is loaded before it is used.
if vim.g.loaded_marginalia then return end
vim.g.loaded_marginalia = true

vim.api.nvim_create_user_command('Marginalia', function(opts) require('marginalia').command(opts) end, {
  nargs = '+',
  desc = 'Read the book beside the code',
  complete = function(...) return require('marginalia').complete(...) end,
})

vim.api.nvim_create_autocmd('BufReadCmd', {
  group = vim.api.nvim_create_augroup('marginalia', {}),
  pattern = 'marginalia://*',
  callback = function(event) require('marginalia').read(event.buf, event.match) end,
})
