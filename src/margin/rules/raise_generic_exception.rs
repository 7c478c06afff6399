//! `raise-generic-exception`: an error of no kind.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{comments_within, is_symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "raise-generic-exception", hooks: &[Hook::Stmt(&[NodeKind::StmtRaise], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Raise(ast::StmtRaise { exc: Some(raised), .. }) = stmt else { return };
    let class = match raised.as_ref() {
        Expr::Call(call) => call.func.as_ref(),
        other => other,
    };
    if !is_symbol(context, class, &["builtins.Exception", "builtins.BaseException"]) {
        return;
    }
    // In a `try` it need not leave the function; a script's own block is left by everything.
    if context.enclosing_try().is_some() || context.in_main_guard() || in_script(context) {
        return;
    }
    if says_impossible(context, raised) || is_uncovered(context, stmt) {
        return;
    }
    report.at(class.range(), &[("symbol", context.text(class))]);
}

/// Whether nobody catches the error, as far as names tell: it ends a program in `main()` or in a file of which nothing is imported,
/// or `__del__`, of which errors are only shown.
fn in_script(context: &Context<'_>) -> bool {
    ["bin", "demos", "examples", "scripts"].iter().any(|folder| context.environment.is_below(folder))
        || context.enclosing_function().is_some_and(|def| matches!(def.name.as_str(), "main" | "__del__"))
}

/// Whether the message says that this does not happen: nobody can wish to catch it.
fn says_impossible(context: &Context<'_>, raised: &Expr) -> bool {
    const SAYING: [&str; 9] = [
        "can't happen", "cannot happen", "impossible", "internal error", "never happen", "not reachable", "should not happen",
        "shouldn't happen", "unreachable",
    ];
    let Expr::Call(call) = raised else { return false };
    call.arguments.args.first().is_some_and(|message| {
        let text = context.text(message);
        let text = text.get(..1_000).unwrap_or(text).to_lowercase();
        SAYING.iter().any(|words| text.contains(words))
    })
}

/// Whether a `# pragma: no cover` on the statement, or on the head of what it stands in, says that it is no part of what is
/// used.
fn is_uncovered(context: &Context<'_>, stmt: &Stmt) -> bool {
    let marked = |range: TextRange| comments_within(context, range).any(|comment| comment.contains("pragma: no cover"));
    let heads = context.ancestors().filter_map(|node| match node {
        Node::Stmt(Stmt::FunctionDef(def)) => Some(TextRange::new(def.name.start(), def.parameters.end())),
        Node::Stmt(around @ (Stmt::If(_) | Stmt::For(_) | Stmt::While(_))) => Some(TextRange::empty(around.start())),
        Node::ElifElse(clause) => Some(TextRange::empty(clause.start())),
        Node::Handler(clause) => Some(TextRange::empty(clause.start())),
        _ => None,
    });
    marked(stmt.range()) || heads.into_iter().any(marked)
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};

    #[test]
    fn what_nobody_can_catch_may_be_of_any_kind() {
        let quiet = "\
def pick(kind):
    if kind == 'a':
        return 1
    raise Exception(f'unreachable: {kind}')
class Connection:
    def __del__(self):
        raise Exception('never closed')
def trace():  # pragma: no cover
    if wrong():
        raise Exception('stop here')
def other(kind):
    if kind is None:
        raise Exception('no kind')  # pragma: no cover
    elif kind == 'x':  # pragma: no cover
        raise Exception('x')
def steer():
    try:
        raise Exception
    except Exception:
        pass
def main():
    raise Exception('run the other one')
if __name__ == '__main__':
    raise Exception('run the other one')
";
        assert!(found("raise-generic-exception", quiet).is_empty());
        let source = "\
def load(path):
    if not path:
        raise Exception
    elif path == '-':
        raise BaseException('no file')
    raise Exception(f'{path} is no file')
";
        assert_eq!(found("raise-generic-exception", source), ["Exception", "BaseException", "Exception"]);
        let named = |file: &str| Options { file_name: file.to_owned(), ..Options::default() };
        assert!(found_with("raise-generic-exception", source, &named("shop/scripts/load.py")).is_empty());
        assert!(found_with("raise-generic-exception", source, &named("examples/shop/load.py")).is_empty());
        assert_eq!(found_with("raise-generic-exception", source, &named("shop/load.py")).len(), 3);
    }
}
