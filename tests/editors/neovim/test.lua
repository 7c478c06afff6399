-- Drives a real Neovim as a user would, and says which expectation failed.
local passed, failed = 0, 0

local function expect(what, ok, detail)
  if ok then
    passed = passed + 1
    io.stdout:write('ok      ', what, '\n')
  else
    failed = failed + 1
    io.stdout:write('FAILED  ', what, ': ', tostring(detail), '\n')
  end
end

--- Waits until a condition holds; a test never sleeps for a guessed time.
local function wait(what, condition)
  local ok = vim.wait(20000, condition, 50)
  expect(what, ok, 'not within 20 s')
  return ok
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
    end
  end
end

local function close_floats()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then vim.api.nvim_win_close(window, true) end
  end
end

local function run()
  local buffer = vim.api.nvim_get_current_buf()
  local function client() return vim.lsp.get_clients({ bufnr = buffer, name = 'marginalia' })[1] end
  if not wait('the server starts', function() return client() and client().initialized end) then return end
  expect('it says its version', client().server_info and client().server_info.version ~= nil, vim.inspect(client().server_info))

  -- Findings.
  local function findings()
    return vim.tbl_filter(function(found) return found.code == 'mutable-default-argument' end, vim.diagnostic.get(buffer))
  end
  wait('the mutable default is found', function() return #findings() == 1 end)
  local found = findings()[1]
  expect('it is on the line of the def', found.lnum == 3, found.lnum)
  expect('it names its section', found.message:find('§4.3.3', 1, true), found.message)

  -- Hover.
  vim.api.nvim_win_set_cursor(0, { 10, 23 })
  vim.lsp.buf.hover({ silent = true })
  wait('a hover over TaskGroup opens', function() return (floating_text() or ''):find('16.7.4', 1, true) end)
  close_floats()
  vim.api.nvim_win_set_cursor(0, { 11, 11 })
  vim.lsp.buf.hover({ silent = true })
  wait('create_task is known as a method of the group', function() return (floating_text() or ''):find('16.7.4', 1, true) end)
  close_floats()
  local nothing = client():request_sync('textDocument/hover', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    position = { line = 4, character = 5 },
  }, 5000, buffer)
  expect('a local name has no hover', nothing and nothing.err == nil and nothing.result == vim.NIL or nothing.result == nil,
    vim.inspect(nothing))

  -- A fix.
  vim.api.nvim_win_set_cursor(0, { 4, 23 })
  local titles = {}
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      titles[#titles + 1] = action.title
      return action.kind == 'quickfix' and action.title:find('None', 1, true) ~= nil
    end,
  })
  wait('the fix is applied', function()
    return vim.api.nvim_buf_get_lines(buffer, 3, 4, false)[1] == 'def collect(item, seen=None):'
  end)
  expect('a section can be opened from the finding', table.concat(titles, '|'):find('4.3.3', 1, true), table.concat(titles, '|'))
  wait('the finding is gone', function() return #findings() == 0 end)

  -- A refactoring.
  vim.fn.search('for item in items')
  vim.lsp.buf.code_action({ apply = true, context = { only = { 'refactor.rewrite' }, diagnostics = {} } })
  wait('a loop becomes a comprehension', function()
    local lines = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
    return lines:find('    result = [item * 2 for item in items]\n    return result', 1, true)
  end)

  -- A page.
  client():exec_cmd({ title = 'open', command = 'marginalia.openSection', arguments = { '16.7.4' } }, { bufnr = buffer })
  wait('the section opens as a page', function()
    return vim.api.nvim_buf_get_name(0):find('16.7.4', 1, true) ~= nil
      and table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'):find('TaskGroup', 1, true) ~= nil
  end)

  client():stop()
  wait('the server ends', function() return #vim.lsp.get_clients({ name = 'marginalia' }) == 0 end)
end

local ok, fault = xpcall(run, debug.traceback)
expect('no error in the test itself', ok, fault)
io.stdout:write(('%d passed, %d failed\n'):format(passed, failed))
vim.cmd(failed == 0 and 'qall!' or 'cquit 1')
