//! `bare-except`: an `except:` that catches everything, the program's end among it.

use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{TextRange, TextSize};

use super::silent_except::is_explained;
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "bare-except", hooks: &[Hook::Handler(check)] };

fn check<'a>(context: &Context<'a>, handler: &'a ast::ExceptHandlerExceptHandler, report: &mut Report<'_>) {
    if handler.type_.is_some() || raises_again(&handler.body) {
        return;
    }
    // Tests of what happens to exceptions raise their own; a comment says that someone has thought of it.
    if context.in_test() || is_explained(context, handler) {
        return;
    }
    let keyword = TextRange::at(handler.range.start(), TextSize::of("except"));
    let fix = spelling(context, "builtins.Exception", keyword.end())
        .map(|(name, _)| report.fix(format!("Catch `{name}`"), TextRange::empty(keyword.end()), format!(" {name}")));
    report.at(keyword, &[]).fix = fix;
}

/// Whether what was caught always goes on its way: the body cleans up and raises it again.
fn raises_again(body: &[Stmt]) -> bool {
    let ends = |stmt: &Stmt| match stmt {
        Stmt::Raise(raise) => raise.exc.is_none(),
        Stmt::Try(inner) => raises_again(&inner.finalbody),
        Stmt::With(inner) => raises_again(&inner.body),
        _ => false,
    };
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || body.iter().any(ends))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn cleaning_up_and_raising_again_hides_nothing() {
        let quiet = "\
try:
    work()
except:
    undo()
    raise
try:
    work()
except:
    try:
        undo()
    finally:
        raise
";
        assert!(found("bare-except", quiet).is_empty());
        assert_eq!(found("bare-except", "try:\n    work()\nexcept:\n    if deep:\n        raise\n"), ["except"]);
    }

    #[test]
    fn the_fix_names_exception_where_the_name_means_it() {
        let source = "try:\n    work()\nexcept :\n    log()\n";
        assert_eq!(fixed("bare-except", source), "try:\n    work()\nexcept Exception :\n    log()\n");
        let shadowed = format!("class Exception: ...\n{source}");
        assert_eq!(fixed("bare-except", &shadowed), shadowed);
    }
}
