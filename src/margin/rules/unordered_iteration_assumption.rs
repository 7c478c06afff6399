//! `unordered-iteration-assumption`: the order of a set where the order shows.

use ruff_python_ast::{self as ast, Expr, NodeKind};
use ruff_text_size::Ranged;

use super::support::{is_log_call, string, value_of};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "unordered-iteration-assumption",
    hooks: &[Hook::Call(check_call), Hook::Expr(&[NodeKind::ExprSubscript], check_subscript)],
};

/// `", ".join(names)`. Without a text between them the parts are letters, and their order seldom matters.
fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = call.func.as_ref() else { return };
    let Expr::StringLiteral(separator) = attribute.value.as_ref() else { return };
    if attribute.attr.as_str() != "join" || separator.value.is_empty() {
        return;
    }
    if let [set] = call.arguments.args.as_ref()
        && (!is_alternation(separator.value.to_str()) || is_all(context) && has_prefix(context, set))
    {
        check(context, set, report);
    }
}

/// `"|".join(names)`, `")|(".join(names)`: the alternatives of a regular expression. Blanks are for people, who see the order.
fn is_alternation(separator: &str) -> bool {
    separator.contains('|') && !separator.contains(char::is_whitespace)
}

/// Whether the alternatives are the whole pattern: what follows them mostly tells which of them it is.
fn is_all(context: &Context<'_>) -> bool {
    match context.parent() {
        Some(Node::Expr(Expr::Call(call))) => !is_format(call),
        Some(Node::Expr(Expr::BinOp(_) | Expr::FString(_) | Expr::Tuple(_)) | Node::Keyword(_)) => false,
        _ => true,
    }
}

fn is_format(call: &ast::ExprCall) -> bool {
    matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "format")
}

/// Whether one of the texts in a set that is written out begins another: of such alternatives the first one wins.
fn has_prefix<'a>(context: &Context<'a>, set: &'a Expr) -> bool {
    let mut set = value_of(context, set);
    if let Expr::Call(call) = set
        && let [members] = call.arguments.args.as_ref()
    {
        set = members;
    }
    let (Expr::Set(ast::ExprSet { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. })) = set
    else {
        return false;
    };
    let mut texts: Vec<&str> = elts.iter().filter_map(string).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.windows(2).any(|pair| pair[1].starts_with(pair[0]))
}

/// `list(names)[-1]`.
fn check_subscript<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Subscript(subscript) = expr else { return };
    let Expr::Call(call) = subscript.value.as_ref() else { return };
    let [set] = call.arguments.args.as_ref() else { return };
    // Of a set with one element, the first is the only one.
    let first = matches!(subscript.slice.as_ref(), Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(at), .. })
        if at.as_u64() == Some(0));
    if !first && (context.is_builtin(&call.func, "list") || context.is_builtin(&call.func, "tuple")) {
        check(context, set, report);
    }
}

fn check(context: &Context<'_>, set: &Expr, report: &mut Report<'_>) {
    let is_set = context.infer(set).is_some_and(|ty| ty.is_builtin("set") || ty.is_builtin("frozenset"));
    let single = matches!(set, Expr::Set(display) if display.elts.len() < 2);
    if !is_set || single || is_for_debugging(context) {
        return;
    }
    let fix = spelling(context, "builtins.sorted", set.start()).map(|(sorted, _)| Fix {
        title: "Sort it".to_owned(),
        safe: false,
        edits: vec![Edit::insert(set.start(), format!("{sorted}(")), Edit::insert(set.end(), ")")],
        imports: Vec::new(),
    });
    report.at(set, &[("set", context.text(set))]).fix = fix;
}

/// In a line of a log or in `__repr__`: whoever reads it looks for what is there, in whatever order.
fn is_for_debugging(context: &Context<'_>) -> bool {
    let is_repr = context.enclosing_function().is_some_and(|def| def.name.as_str() == "__repr__");
    let mut around = context.ancestors().filter_map(|node| match node {
        Node::Expr(Expr::FString(_) | Expr::Tuple(_) | Expr::BinOp(_)) => None,
        Node::Expr(Expr::Call(call)) if is_format(call) => None,
        Node::Expr(Expr::Call(call)) => Some(is_log_call(call)),
        _ => Some(false),
    });
    is_repr || around.next() == Some(true)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "unordered-iteration-assumption";

    #[test]
    fn sets_whose_order_shows_are_found() {
        let source = "
def f(names: set[str], other):
    print(', '.join(names))
    return list(names)[1], tuple(frozenset(other))[-1]
";
        assert_eq!(found(RULE, source), ["names", "names", "frozenset(other)"]);
        assert!(fixed(RULE, source).contains("', '.join(sorted(names))"));
    }

    #[test]
    fn alternatives_of_a_pattern_have_an_order_only_where_one_begins_another() {
        let source = "
import re
def f(names: set[str]):
    schemes = {'http:', 'ftp:'}
    re.compile('|'.join(names)), re.compile('(%s)' % ')|('.join({'b', 'a'})), re.compile('|'.join(schemes))
    tags = {'b', 'br'}
    re.compile(r'<(%s)>' % '|'.join(tags)), re.compile(r'<({})>'.format('|'.join(tags))), re.compile(f'({\"|\".join(tags)})>')
";
        assert!(found(RULE, source).is_empty());
        let shown = "
import re
def f(names: set[str]):
    words = {'int', 'for', 'in'}
    print(' | '.join(names))
    return re.compile('|'.join(words)), re.compile('|'.join(frozenset(['a', 'b', 'ab'])))
";
        assert_eq!(found(RULE, shown), ["names", "words", "frozenset(['a', 'b', 'ab'])"]);
    }

    #[test]
    fn a_line_of_a_log_may_have_any_order() {
        let source = "
class A:
    def f(self, names: set[str]):
        logger.debug('Names: %s', ', '.join(names))
        self.log.info('Names: ' + ', '.join(names)), self.log.info(f\"Names: {', '.join(names)}\")
        logging.warning('Names: {}'.format(', '.join(names)))
    def __repr__(self):
        names = {'a', 'b'}
        return ', '.join(names)
";
        assert!(found(RULE, source).is_empty());
        let shown = "
def f(names: set[str]):
    logger.debug(hash(', '.join(names)))
    print(', '.join(names))
";
        assert_eq!(found(RULE, shown), ["names", "names"]);
    }

    #[test]
    fn sorted_and_unknown_collections_are_not() {
        let source = "
def f(names: set[str], other: list[str], unknown):
    ', '.join(sorted(names))
    ', '.join(other)
    ', '.join(unknown)
    ''.join(names)
    list(names)[0]
    {name: i for i, name in enumerate(names)}
    for name in names:
        pass
    os.path.join(names)
";
        assert!(found(RULE, source).is_empty());
    }
}
