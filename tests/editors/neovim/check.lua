-- What the tests have in common: expectations that are counted, and waiting without guessing how long.
local M = { passed = 0, failed = 0 }

function M.expect(what, ok, detail)
  if ok then
    M.passed = M.passed + 1
    io.stdout:write('ok      ', what, '\n')
  else
    M.failed = M.failed + 1
    io.stdout:write('FAILED  ', what, ': ', tostring(detail), '\n')
  end
end

--- Waits until a condition holds; a test never sleeps for a guessed time.
function M.wait(what, condition)
  local ok = vim.wait(20000, condition, 50)
  M.expect(what, ok, 'not within 20 s')
  return ok
end

function M.floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
    end
  end
end

function M.close_floats()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then vim.api.nvim_win_close(window, true) end
  end
end

function M.run(test)
  local ok, fault = xpcall(test, debug.traceback)
  M.expect('no error in the test itself', ok, fault)
  io.stdout:write(('%d passed, %d failed\n'):format(M.passed, M.failed))
  vim.cmd(M.failed == 0 and 'qall!' or 'cquit 1')
end

return M
