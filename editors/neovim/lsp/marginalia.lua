---@brief
---
--- Marginalia puts a Python book into the margin of the code: hover, findings, fixes, and the sections behind them.
--- It runs beside ruff and a type checker.
---
--- Put this file into `lsp/` on your runtimepath (`~/.config/nvim/lsp/marginalia.lua`), then, in your `init.lua`:
---
--- ```lua
--- vim.lsp.enable('marginalia')
--- ```
---
--- Settings go where every server's do:
---
--- ```lua
--- vim.lsp.config('marginalia', { settings = { marginalia = { hover = { detail = 'full' } } } })
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'marginalia', 'server' },
  filetypes = { 'python' },
  root_markers = { { 'marginalia.toml', 'pyproject.toml' }, '.git' },
  settings = { marginalia = {} },
}
