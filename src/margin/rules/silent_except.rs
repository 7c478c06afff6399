//! `silent-except`: a broad `except` that throws the error away without a word.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{is_symbol, only_tells, own_try};
use super::swallowed::{
    asks_foreign_object, has_answer, in_finalizer, in_other_clause, is_explained, is_promised, looks_at_errors, only_cleans_up, only_caches, only_measures, makes_text,
    is_guarded_by_hasattr, runs_code, uses_optional,
};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "silent-except", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    let ([.., last], Some(caught)) = (handler.body.as_slice(), broad_type(context, handler)) else { return };
    if !handler.body.iter().all(says_nothing) || is_explained(context, handler) || in_finalizer(context) {
        return;
    }
    if in_other_clause(context) || is_promised(context) || only_measures(context) || looks_at_errors(context) || makes_text(context) {
        return;
    }
    let is_harmless = |stmt: &ast::StmtTry| {
        !stmt.orelse.is_empty()
            || only_cleans_up(&stmt.body)
            || only_tells(context, &stmt.body)
            || asks_foreign_object(context, &stmt.body)
            || uses_optional(&stmt.body)
            || runs_code(context, &stmt.body)
            || is_guarded_by_hasattr(context, stmt.range(), &stmt.body)
            || only_caches(context, &stmt.body)
            || has_answer(context, stmt.range(), &stmt.body)
    };
    if own_try(context).is_some_and(is_harmless) {
        return;
    }
    let keyword = TextRange::at(handler.range.start(), TextSize::of("except"));
    let head = handler.type_.as_ref().map_or(keyword, |ty| keyword.cover(ty.range()));
    let clause = format!("except {caught}");
    let body = if last.is_continue_stmt() { "continue" } else { "pass" };
    report.at(head, &[("clause", clause.as_str()), ("body", body)]);
}

/// How the clause is written, when it catches every failure and says so: a bare `except` and `BaseException` are other rules'.
fn broad_type<'a>(context: &Context<'a>, handler: &ast::ExceptHandlerExceptHandler) -> Option<&'a str> {
    let is_broad = |ty: &Expr| is_symbol(context, ty, &["builtins.Exception"]);
    match handler.type_.as_deref()? {
        Expr::Tuple(tuple) => {
            tuple.elts.iter().find(|ty| is_broad(ty)).map(|ty| context.text(ty))
        }
        ty => is_broad(ty).then(|| context.text(ty)),
    }
}

fn says_nothing(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Pass(_) | Stmt::Continue(_) => true,
        Stmt::Expr(stmt) => stmt.value.is_ellipsis_literal_expr(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};

    #[test]
    fn a_comment_above_is_one_on_the_line_above_however_lines_end() {
        let clause = "try:\r    f()\rexcept Exception:\r    pass\r";
        assert_eq!(found("silent-except", &format!("# About.\rx = 1\r\n{clause}")), ["except Exception"]);
        assert!(found("silent-except", &format!("x = 1\r# Nobody minds.\r{clause}")).is_empty());
    }

    #[test]
    fn a_narrow_type_or_a_reason_is_no_silence() {
        let quiet = "\
for path in paths:
    try:
        path.unlink()
    except FileNotFoundError:
        pass
    try:
        notify(path)
    except Exception:
        pass  # the newsletter must never stop the clean-up
    try:
        if self.debug:
            log.msg('on to the next')
    except Exception:
        pass
    try:
        notify(path)
    except Exception:
        # Nobody waits for it.
        continue
    # The newsletter is a courtesy.
    try:
        notify(path)
    except Exception:
        pass
    try:
        notify(path)
    except Exception:
        failed += 1
    try:
        path.close()
    except Exception:
        pass
    try:
        notify(path)
    except OSError as failure:
        try:
            send(failure)
        except Exception:
            pass
        raise
    try:
        size = path.size()
    except Exception:
        pass
    else:
        show(size)
    try:
        notify(path)
    except:
        pass
def stop_later(timer):
    '''Best effort: never raises.'''
    try:
        timer.set()
    except Exception:
        pass
    try:
        timer.set()
    except Exception:  # pylint: disable=broad-except
        pass
class Connection:
    def close(self):
        try:
            self.socket.send(GOODBYE)
            self.socket.close()
        except Exception:
            pass
class Failed(Exception):
    def __str__(self):
        text = self.name
        try:
            text += self.decode(self.packet)
        except Exception:
            pass
        return text
def shown(thing):
    try:
        return str(thing).encode()
    except Exception:
        pass
    return b'something'
def safe_call(function):
    try:
        function()
    except Exception:
        pass
def tear_down_all(servers):
    try:
        servers.sort()
        send(servers)
    except Exception:
        pass
def details(thing, streams):
    try:
        streams.append(sys.stderr.fileno())
    except Exception:
        pass
    try:
        if hasattr(thing, '__rich__'):
            text = thing.__rich__()
    except Exception:
        pass
    for name in dir(thing):
        try:
            rows.append((name, show(getattr(thing, name))))
        except Exception:
            pass
try:
    warnings.warn('left over')
except Exception:
    pass
try:
    logger.info('done')
    print('done')
except Exception:
    pass
try:
    work()
finally:
    try:
        server.say('bye')
    except Exception:
        pass
";
        assert!(found("silent-except", &format!("import sys, warnings\n{quiet}")).is_empty());
    }

    #[test]
    fn a_method_may_say_among_other_words_that_it_closes() {
        let body = |body: &str| format!("async def f():\n    for thing in things:\n        try:\n            {body}\n        except Exception:\n            pass\n");
        for closing in [
            "thing.force_close_all()",
            "thing.close_connection(code=3)\n            self._send_pending_data()",
            "await thing.closeConnection()",
            "thing.send_goaway(0)",
            "thing.reset()",
        ] {
            assert!(found("silent-except", &body(closing)).is_empty(), "{closing}");
        }
        for working in [
            "thing.close_account()",
            "thing.cancel_order(order)",
            "thing.add_stop(1)",
            "thing.send_data()",
            "thing.close_connection()\n            save(thing)",
            "thing.close()\n            other.close()",
            "for one in thing: one.close()",
        ] {
            assert_eq!(found("silent-except", &body(working)), ["except Exception"], "{working}");
        }
    }

    #[test]
    fn a_failure_that_has_an_answer_is_none_that_is_lost() {
        let quiet = "\
def port(settings, places, default=8080):
    try:
        return settings.find('port')
    except Exception:
        pass
    for place in places:
        try:
            if found := place.port():
                return found
        except Exception:
            continue
    value = None
    try:
        raw = settings.raw()
        value = raw.port
    except Exception:
        pass
    try:
        default = settings.default()
    except Exception:
        pass
    try:
        return int(value)
    except Exception:
        pass
    raise ValueError('no port')
def begin(server):
    try:
        import colours
        colours.init(server)
    except Exception:
        pass
    try:
        # It throws whatever the terminal has to say.
        server.paint()
    except Exception:
        pass
    if hasattr(server, 'tools'):
        try:
            server.show(server.tools)
        except Exception:
            pass
    try:
        server.eval(text)
    except Exception:
        pass
    try:
        if hasattr(server, 'close'):
            left = server.close()
            show(left)
    except Exception:
        pass
def wrapped(stream, wrappers):
    wrapper = wrap(stream)
    try:
        wrappers[stream] = wrapper
    except Exception:
        pass
    return wrapper
async def leave(tasks, task, loop, server):
    try:
        await task
    except Exception:
        pass
    try:
        for one in tasks:
            one.cancel()
        loop.run(tasks)
    except Exception:
        pass
    try:
        loop.call_soon_threadsafe(server.close)
    except Exception:
        pass
class CrashReport:
    def collect(self, server):
        try:
            self.lines.append(server.settings)
        except Exception:
            pass
def try_hard(server):
    try:
        server.work()
    except Exception:
        pass
def ask(server):
    '''Gives the name, and falls back to the address.'''
    try:
        server.work()
    except Exception:
        pass
    try:
        server.work()
    except BaseException:
        pass
";
        assert!(found("silent-except", quiet).is_empty());
    }

    #[test]
    fn what_measures_must_not_break_what_it_measures() {
        let source = "def count(meter):\n    try:\n        meter.add(1)\n    except Exception:\n        pass\n";
        let named = |file: &str| Options { file_name: file.to_owned(), ..Options::default() };
        assert_eq!(found_with("silent-except", source, &named("app/orders.py")).len(), 1);
        for file in ["app/telemetry.py", "app/_metrics/orders.py"] {
            assert!(found_with("silent-except", source, &named(file)).is_empty(), "{file}");
        }
    }

    #[test]
    fn what_can_be_named_is_found_though_it_has_an_answer() {
        let source = "\
import json
def load(text, sizes):
    try:
        return json.loads(text)
    except Exception:
        pass
    size = 0
    try:
        size = sizes['text']
    except Exception:
        pass
    try:
        import readline
    except Exception:
        pass
    try:
        sizes['text'] = size
    except Exception:
        pass
    try:
        return text.load()
    except Exception:
        pass
";
        assert_eq!(found("silent-except", source), ["except Exception"; 5]);
    }

    #[test]
    fn what_can_be_known_to_fail_is_found_wherever_it_stands() {
        let source = "\
try:
    work()
finally:
    try:
        del os.environ[key]
    except Exception:
        pass
try:
    size = getattr(thing, 'size')
except Exception:
    pass
try:
    logger.info('done')
    save()
except Exception:
    pass
def get_stopped(servers):
    try:
        return first(servers)
    except Exception:
        pass
";
        assert_eq!(found("silent-except", source), ["except Exception"; 4]);
    }

    #[test]
    fn a_mark_for_a_tool_is_no_reason() {
        let source = "\
try:
    work()
except (ValueError, Exception):  # pragma: no cover
    pass
try:
    save()
    file.close()
except Exception:
    ...
";
        assert_eq!(found("silent-except", source), ["except (ValueError, Exception)", "except Exception"]);
    }
}
