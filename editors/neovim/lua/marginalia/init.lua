--- The pages of the book in buffers of their own. They come from `marginalia explain`, so that they can be read without a
--- running server.
local M = {}

local SCHEME = 'marginalia://'

local function say(message) vim.notify('Marginalia: ' .. message, vim.log.levels.WARN) end

--- The program that the language server is, or that the user says it is.
local function program()
  local config = vim.lsp.config.marginalia
  local cmd = config and config.cmd
  return type(cmd) == 'table' and cmd[1] or 'marginalia'
end

--- Runs the program and waits for it: its output, or nil and what went wrong.
local function run(...)
  local command = { program(), ... }
  local started, process = pcall(vim.system, command, { text = true, env = { NO_COLOR = '1' } })
  if not started then return nil, ('cannot run `%s`; put it on your PATH'):format(command[1]) end
  local done = process:wait(10000)
  if done.code == 0 then return done.stdout end
  return nil, vim.trim((done.stderr or ''):gsub('^error: ', '', 1))
end

--- What can be completed: section numbers and rules to open, symbols to search for. Asked for once.
local known
local function names()
  if known then return known end
  local found = { open = {}, search = {} }
  local function list(what)
    local output = run(what, '--format', 'json')
    local decoded, entries = pcall(vim.json.decode, output or '')
    return decoded and entries or {}
  end
  for _, section in ipairs(list('sections')) do
    table.insert(found.open, section.number)
    for _, trigger in ipairs(section.triggers) do
      local symbol = trigger:match('^symbol:([%w_.]+)$')
      if symbol then table.insert(found.search, symbol) end
    end
  end
  for _, rule in ipairs(list('rules')) do
    table.insert(found.open, rule.rule)
    table.insert(found.search, rule.rule)
  end
  table.sort(found.search)
  found.search = vim.fn.uniq(found.search)
  if #found.open > 0 then known = found end
  return found
end

--- What the cursor is on: `§16.7.4`, or the name of a rule.
local function reference()
  local line, column = vim.api.nvim_get_current_line(), vim.api.nvim_win_get_cursor(0)[2] + 1
  for _, pattern in ipairs({ '()§(%d[%d.]*%d%l?)()', '()§(%d)()', '()(%l[%l%d]*%-[%l%d-]+)()' }) do
    for start, name, stop in line:gmatch(pattern) do
      local is_rule = name:find('-', 1, true)
      local exists = not is_rule or vim.tbl_contains(names().open, name)
      if start <= column and column < stop and exists then return name end
    end
  end
end

--- Fills a buffer named `marginalia://open/16.7.4` or `marginalia://search/words`.
function M.read(buffer, name)
  local query = name:sub(#SCHEME + 1):gsub('^%l+/', '', 1)
  local page, fault = run('explain', '--', query)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(page or fault), '\n'))
  for option, value in pairs({
    buftype = 'nofile', bufhidden = 'hide', swapfile = false, modified = false, modifiable = false, filetype = 'markdown',
  }) do
    vim.bo[buffer][option] = value
  end
  local function map(key, what, action) vim.keymap.set('n', key, action, { buffer = buffer, nowait = true, desc = what }) end
  map('q', 'Close the page', function()
    if #vim.api.nvim_tabpage_list_wins(0) > 1 then vim.cmd.close() else vim.cmd.bdelete() end
  end)
  for _, key in ipairs({ '<CR>', 'K', 'gf' }) do
    map(key, 'Open the section or rule under the cursor', function()
      local found = reference()
      if found then M.show('open/' .. found) else say('the cursor is on no section or rule') end
    end)
  end
end

--- Shows a page: in the window that shows one already, else in a new one.
function M.show(page, mods)
  local function is_page(window)
    return vim.api.nvim_buf_get_name(vim.api.nvim_win_get_buf(window)):sub(1, #SCHEME) == SCHEME
  end
  local window = vim.iter(vim.api.nvim_tabpage_list_wins(0)):find(is_page)
  if window then vim.api.nvim_set_current_win(window) else vim.cmd.split({ mods = mods }) end
  vim.cmd.edit({ vim.fn.fnameescape(SCHEME .. page), mods = { keepalt = true } })
  vim.wo.wrap, vim.wo.linebreak = true, true
end

local actions = {}

function actions.open(query, opts)
  if query ~= '' then return M.show('open/' .. query, opts.smods) end
  vim.ui.select(names().open, { prompt = 'Section' }, function(choice)
    if choice then M.show('open/' .. choice, opts.smods) end
  end)
end

function actions.search(query, opts)
  if query == '' then query = vim.fn.expand('<cword>') end
  if query == '' then return say('say what to search for') end
  M.show('search/' .. query, opts.smods)
end

--- Ends the server and starts it anew for the buffers that it served.
function actions.restart()
  local clients = vim.lsp.get_clients({ name = 'marginalia' })
  if #clients == 0 then return say('the server does not run') end
  local buffers = vim.tbl_keys(clients[1].attached_buffers)
  local config = clients[1].config
  for _, client in ipairs(clients) do client:stop() end
  local function ended() return vim.iter(clients):all(function(client) return client:is_stopped() end) end
  if not vim.wait(3000, ended, 20) then
    for _, client in ipairs(clients) do client:stop(true) end
    vim.wait(1000, ended, 20)
  end
  for _, buffer in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(buffer) then vim.lsp.start(config, { bufnr = buffer }) end
  end
end

function M.command(opts)
  local name = opts.fargs[1]
  local action = actions[name]
  if not action then return say(('there is no `%s`; there are open, restart and search'):format(name)) end
  action(vim.trim(opts.args:sub(#name + 1)), opts)
end

function M.complete(lead, line)
  local action = line:match('Marginalia!?%s+(%l+)%s')
  local candidates = action and names()[action] or (action and {} or { 'open', 'restart', 'search' })
  return vim.tbl_filter(function(candidate) return vim.startswith(candidate, lead) end, candidates)
end

return M
