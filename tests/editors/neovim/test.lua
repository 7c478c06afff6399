-- Drives a real Neovim as a user would, and says which expectation failed.
package.path = vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)) .. '/?.lua;' .. package.path
local check = require('check')
local expect, wait, floating_text, close_floats = check.expect, check.wait, check.floating_text, check.close_floats

local function keys(typed)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(typed, true, false, true), 'mx', false)
end

--- What `:Marginalia` does, which does not need the server.
local function pages()
  local function complete(line) return vim.fn.getcompletion(line, 'cmdline') end
  expect('subcommands are completed', vim.deep_equal(complete('Marginalia '), { 'open', 'restart', 'search' }),
    vim.inspect(complete('Marginalia ')))
  local numbers = complete('Marginalia open 16.7.')
  expect('numbers are completed', vim.tbl_contains(numbers, '16.7.4') and not vim.tbl_contains(numbers, '1.1'), vim.inspect(numbers))
  expect('rules are completed', complete('Marginalia open bare-ex')[1] == 'bare-except', vim.inspect(complete('Marginalia open bare')))
  expect('symbols are completed', vim.tbl_contains(complete('Marginalia search asyncio.Task'), 'asyncio.TaskGroup'),
    vim.inspect(complete('Marginalia search asyncio.Task')))

  vim.cmd('Marginalia open 16.7.4')
  local function title() return vim.fn.getline(1) end
  expect('a section opens', title():find('§16.7.4 TaskGroup', 1, true), title())
  expect('beside the code', #vim.api.nvim_list_wins() == 2, #vim.api.nvim_list_wins())
  expect('as Markdown that cannot be changed', vim.bo.filetype == 'markdown' and not vim.bo.modifiable, vim.bo.filetype)
  vim.fn.search('Next: §')
  vim.fn.search('§')
  keys('<CR>')
  expect('links are followed', title():find('§16.7', 1, true) and not title():find('§16.7.4', 1, true), title())
  expect('in the same window', #vim.api.nvim_list_wins() == 2, #vim.api.nvim_list_wins())
  keys('<C-o>')
  expect('and back', title():find('§16.7.4', 1, true), title())
  for _, key in ipairs({ 'gf', 'K' }) do
    vim.cmd('Marginalia open 16.7.4')
    vim.fn.cursor(1, 1)
    vim.fn.search('gather-instead')
    keys(key)
    expect(key .. ' opens a rule', title() == '# gather-instead-of-taskgroup', title())
  end
  keys('q')
  expect('q closes', #vim.api.nvim_list_wins() == 1 and vim.fn.expand('%:t') == 'sample.py', vim.fn.expand('%'))

  vim.cmd('vertical Marginalia search async with')
  expect('words are searched for', title():find('§', 1, true), title())
  expect('where the user wants it', vim.fn.winwidth(0) < vim.o.columns, vim.fn.winwidth(0))
  keys('q')
  vim.fn.search('TaskGroup', 'w')
  vim.cmd('Marginalia search')
  expect('the word under the cursor is searched for', title():find('TaskGroup', 1, true), title())
  vim.cmd('Marginalia search zzzqqq')
  expect('nothing found is said', title():find('nothing in the book', 1, true), title())
  keys('q')

  vim.cmd('help marginalia')
  expect('there is help', vim.bo.buftype == 'help' and vim.fn.expand('%:t') == 'marginalia.txt', vim.fn.expand('%'))
  vim.cmd('help :Marginalia-open | helpclose')
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

  -- The plugin.
  vim.cmd('silent only | edit! sample.py')
  local first = client().id
  vim.cmd('Marginalia restart')
  wait('the server starts anew', function() return client() and client().initialized and client().id ~= first end)
  expect('there is one of it', #vim.lsp.get_clients({ name = 'marginalia' }) == 1, vim.inspect(vim.lsp.get_clients()))
  pages()

  client():stop()
  wait('the server ends', function() return #vim.lsp.get_clients({ name = 'marginalia' }) == 0 end)
  vim.cmd('Marginalia open 16.8')
  expect('pages need no server', vim.fn.getline(1):find('§16.8', 1, true), vim.fn.getline(1))
end

check.run(run)

