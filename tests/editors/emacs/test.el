;;; test.el --- drives Marginalia through eglot, as editors/emacs/README.md sets it up  -*- lexical-binding: t -*-

(package-initialize)
(require 'eglot)
(require 'flymake)

(defvar passed 0)

(defun passed (what) (setq passed (1+ passed)) (princ (format "ok      %s\n" what)))

(defmacro wait-for (what form)
  "Wait until FORM gives something, give it; fail with WHAT after 30 seconds."
  `(let ((end (+ (float-time) 30)) result)
     (while (and (not (setq result ,form)) (< (float-time) end))
       (accept-process-output nil 0.1))
     (unless result (error "%s: not within 30 s" ,what))
     (passed ,what)
     result))

(setq eglot-sync-connect 20
      eglot-connect-timeout 20
      eglot-autoshutdown nil
      eglot-confirm-server-initiated-edits nil
      flymake-no-changes-timeout 0.1
      python-indent-guess-indent-offset nil
      create-lockfiles nil)

;; The README's own lines.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((python-mode python-ts-mode) . ("marginalia" "server"))))

(let ((status 1))
  (condition-case fault
      (with-current-buffer (find-file-noselect "sample.py")
        (python-mode)
        (call-interactively #'eglot)
        (flymake-mode 1)
        (passed "the server starts")
        (flymake-start)
        (let ((found (wait-for "the mutable default is found" (flymake-diagnostics))))
          (unless (string-match-p "§4\\.3\\.3" (flymake-diagnostic-text (car found)))
            (error "the finding names no section: %s" (flymake-diagnostic-text (car found))))
          (passed "it names its section")
          (goto-char (flymake-diagnostic-beg (car found))))
        (let* ((actions (eglot-code-actions (point) (1+ (point))))
               (titles (mapcar (lambda (action) (plist-get action :title)) actions)))
          (unless (seq-some (lambda (title) (string-match-p "None" title)) titles)
            (error "no fix among %S" titles))
          (passed "the fix is offered"))
        (goto-char (point-min))
        (search-forward "TaskGr")
        (let ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                      (eglot--TextDocumentPositionParams))))
          (unless (string-match-p "16\\.7\\.4" (format "%S" hover)) (error "the hover says %S" hover))
          (passed "the hover tells of the section"))
        (eglot-shutdown (eglot--current-server-or-lose) nil 5)
        (passed "the server ends")
        (setq status 0))
    (error (princ (format "FAILED  %s\n" (error-message-string fault)))))
  (princ (format "%d passed, %d failed\n" passed status))
  (kill-emacs status))
;;; test.el ends here
