-- Two servers in one Neovim: what ruff says, Marginalia does not say again.
package.path = vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)) .. '/?.lua;' .. package.path
local check = require('check')
local expect, wait = check.expect, check.wait

--- The sources of the diagnostics on the line of the mutable default, sorted.
local function sources(buffer)
  local found = vim.tbl_map(function(it) return it.source end, vim.diagnostic.get(buffer, { lnum = 3 }))
  table.sort(found, function(a, b) return a:lower() < b:lower() end)
  return table.concat(found, ' ')
end

local function open(folder, pyproject)
  vim.fn.mkdir(folder, 'p')
  vim.fn.writefile(pyproject, folder .. '/pyproject.toml')
  vim.fn.writefile(vim.fn.readfile('sample.py'), folder .. '/sample.py')
  vim.cmd.edit(folder .. '/sample.py')
  local buffer = vim.api.nvim_get_current_buf()
  local function both()
    local clients = vim.lsp.get_clients({ bufnr = buffer })
    return #clients == 2 and clients[1].initialized and clients[2].initialized
  end
  wait('both servers serve ' .. folder, both)
  return buffer
end

check.run(function()
  vim.lsp.config('ruff', { cmd = { 'ruff', 'server' }, filetypes = { 'python' }, root_markers = { 'pyproject.toml' } })
  vim.lsp.enable('ruff')

  -- A project whose ruff reports mutable defaults.
  local buffer = open('with', { '[tool.ruff.lint]', 'select = ["B", "F"]' })
  wait('ruff reports the mutable default', function() return sources(buffer) == 'Ruff' end)
  local answer = vim.lsp.buf_request_sync(buffer, 'textDocument/diagnostic', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
  }, 10000)
  local items = {}
  for id, response in pairs(answer or {}) do
    for _, item in ipairs((response.result or {}).items or {}) do
      if item.range.start.line == 3 then items[#items + 1] = vim.lsp.get_client_by_id(id).name end
    end
  end
  expect('it alone, when both are asked', vim.deep_equal(items, { 'ruff' }), vim.inspect(items))
  vim.api.nvim_win_set_cursor(0, { 4, 23 })
  local actions = vim.lsp.buf_request_sync(buffer, 'textDocument/codeAction', vim.tbl_extend('force',
    vim.lsp.util.make_range_params(0, 'utf-16'), { context = { diagnostics = vim.tbl_map(function(it)
      return it.user_data.lsp
    end, vim.diagnostic.get(buffer, { lnum = 3 })) } }), 10000)
  local titles = {}
  for _, response in pairs(actions or {}) do
    for _, action in ipairs(response.result or {}) do titles[#titles + 1] = action.title end
  end
  expect('Marginalia has the section to read', table.concat(titles, '|'):find('Read §4.3.3', 1, true), vim.inspect(titles))

  -- One whose ruff does not: Marginalia does.
  buffer = open('without', { '[tool.ruff.lint]', 'select = ["F"]' })
  wait('Marginalia reports what ruff does not', function() return sources(buffer) == 'marginalia' end)

  -- A hover tells of a token once.
  vim.api.nvim_win_set_cursor(0, { 10, 23 })
  vim.lsp.buf.hover({ silent = true })
  wait('a hover opens', function() return (check.floating_text() or ''):find('16.7.4', 1, true) end)
  local _, count = check.floating_text():gsub('%*%*§16%.7%.4', '')
  expect('the section is told once', count == 1, check.floating_text())
  expect('nothing says that there is nothing', not check.floating_text():find('No information'), check.floating_text())
end)
