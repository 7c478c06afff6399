//! `optional-access-without-check`: an attribute of what may be `None`.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{Go, any_in_expr, expects_error, ignores_types, is_large, is_symbol, last_name, leaves, walk_with_parents};
use super::{Detector, Hook, Report};
use crate::python::{Binding, BindingKind, Context, Lookup, Node, fits_every_text, is_dunder};

pub(super) const DETECTOR: Detector = Detector {
    rule: "optional-access-without-check",
    hooks: &[Hook::Expr(&[NodeKind::ExprAttribute, NodeKind::ExprSubscript], check)],
};

/// Functions and methods that give `None` when there is nothing, however they are called.
const OPTIONAL: [&str; 13] = [
    "re.match",
    "re.search",
    "re.fullmatch",
    "re.Pattern.match",
    "re.Pattern.search",
    "re.Pattern.fullmatch",
    "shutil.which",
    "inspect.getmodule",
    "importlib.util.spec_from_file_location",
    "ctypes.util.find_library",
    "inspect.getdoc",
    "inspect.getsourcefile",
    "imaplib.Internaldate2tuple",
];

/// More tokens between the call and the use than this are not searched for a check.
const MAX_DISTANCE: usize = 200;

/// Longer conditions are not searched.
const MAX_CONDITION: TextSize = TextSize::new(1_000);

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let value = match expr {
        Expr::Attribute(attribute) => attribute.value.as_ref(),
        Expr::Subscript(subscript) => subscript.value.as_ref(),
        _ => return,
    };
    let call = match value {
        Expr::Call(call) => call,
        Expr::Name(name) => match unchecked_value(context, name) {
            Some(call) => call,
            None => return,
        },
        _ => return,
    };
    let Some(callee) = context.callee(call) else { return };
    // A test that fails here has found what it looks for.
    if !may_be_none(call, &callee) || expects_error(context) || failure_is_caught(context) {
        return;
    }
    if ignores_types(context, value) || is_asked_above(context, call, &callee) || is_known_to_match(context, call, &callee) {
        return;
    }
    if callee.starts_with("re.") && (!is_given(context, call, &callee) || is_matched_before(context, call, &callee)) {
        return;
    }
    report.at(value.range(), &[("function", callee.rsplit('.').next().unwrap_or(&callee))]);
}

fn may_be_none(call: &ast::ExprCall, callee: &str) -> bool {
    // `get` gives `None` only without a default.
    let without_default = call.arguments.len() == 1 && call.arguments.args.len() == 1;
    match callee {
        "builtins.dict.get" | "collections.abc.Mapping.get" | "os.environ.get" | "os.getenv" => without_default,
        _ => OPTIONAL.contains(&callee),
    }
}

/// Whether a search cannot come back with nothing: its pattern fits every text, or the text is the module's own
/// (`__version__`).
fn is_known_to_match(context: &Context<'_>, call: &ast::ExprCall, callee: &str) -> bool {
    if call.arguments.args.iter().any(|text| matches!(text, Expr::Name(name) if is_dunder(&name.id))) {
        return true;
    }
    match callee {
        "re.match" | "re.search" => match call.arguments.args.first() {
            Some(Expr::StringLiteral(pattern)) => fits_every_text(pattern.value.to_str()),
            _ => false,
        },
        "re.Pattern.match" | "re.Pattern.search" => {
            let pattern = call.func.as_attribute_expr().and_then(|method| context.infer(&method.value));
            pattern.is_some_and(|pattern| pattern.matches_every_text())
        }
        _ => false,
    }
}

/// The call that a local name was bound to, when nothing between there and here speaks of the name.
fn unchecked_value<'a>(context: &Context<'a>, name: &'a ast::ExprName) -> Option<&'a ast::ExprCall> {
    let Lookup::Local { bindings, immediate: true } = context.lookup(name.id.as_str(), name.start()) else {
        return None;
    };
    let [Binding { kind: BindingKind::Value(Expr::Call(call)), from, .. }] = bindings else { return None };
    let guarded = context.ancestors().take_while(|node| !matches!(node, Node::Stmt(_))).any(|node| match node {
        // `m.group() if m else None`, `[m.group() for ... if m]`.
        Node::Expr(Expr::If(ternary)) => mentions(&ternary.test, name),
        Node::Generator(_) => true,
        Node::Expr(other) => other.is_list_comp_expr() || other.is_generator_expr() || other.is_lambda_expr(),
        _ => false,
    });
    if guarded || *from > name.start() {
        return None;
    }
    let between = context.tokens_in(TextRange::new(*from, name.start()));
    // `if m := ...` asks where it binds.
    let statement =
        between.first().is_some_and(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::Semi | TokenKind::Comment));
    let spoken_of = || {
        between.iter().any(|token| token.kind() == TokenKind::Name && context.text(token.range()) == name.id.as_str())
    };
    (statement && between.len() <= MAX_DISTANCE && !spoken_of()).then_some(call)
}

fn mentions(expr: &Expr, name: &ast::ExprName) -> bool {
    any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprName(other) if other.id == name.id))
}

/// The condition of an `if` or `while` around the place asks the same (`if p.match(s): p.match(s).group()`), for the key
/// (`if "A" in os.environ`), or about the text (`if is_date(s)`, `if s.startswith("v")`).
fn is_asked_above<'a>(context: &Context<'a>, call: &'a ast::ExprCall, callee: &str) -> bool {
    let text = context.text(call);
    let about = subject(call, callee).map(|subject| context.text(subject));
    let owner = match call.func.as_ref() {
        _ if callee == "os.getenv" => Some("os.environ"),
        Expr::Attribute(method) => Some(context.text(method.value.as_ref())),
        _ => None,
    };
    let key = call.arguments.args.first().map(|key| context.text(key));
    let asks = |test: &Expr| {
        test.range().len() < MAX_CONDITION
            && (context.text(test).contains(text)
                || any_in_expr(test, |node| match node {
                    AnyNodeRef::ExprCompare(compare) if compare.ops.contains(&CmpOp::In) => {
                        let within = compare.comparators.first().map(|within| context.text(within));
                        about.is_some() && within == about
                            || about.is_none() && within == owner && Some(context.text(compare.left.as_ref())) == key
                    }
                    AnyNodeRef::ExprCall(asked) => about.is_some_and(|about| asks_about(context, asked, about)),
                    _ => false,
                }))
    };
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(stmt)) => asks(&stmt.test),
        Node::Stmt(Stmt::While(stmt)) => asks(&stmt.test),
        Node::Expr(Expr::If(ternary)) => asks(&ternary.test),
        Node::ElifElse(clause) => clause.test.as_ref().is_some_and(asks),
        _ => false,
    })
}

/// `is_date(s)`, `s.startswith("v")`; `isinstance(s, str)` says nothing of what is in the text.
fn asks_about(context: &Context<'_>, asked: &ast::ExprCall, text: &str) -> bool {
    match asked.func.as_ref() {
        Expr::Attribute(method) if context.text(method.value.as_ref()) == text => true,
        Expr::Name(name) if matches!(name.id.as_str(), "isinstance" | "len" | "type" | "callable" | "hasattr") => false,
        _ => asked.arguments.args.iter().any(|argument| context.text(argument) == text),
    }
}

/// The text that is searched.
fn subject<'a>(call: &'a ast::ExprCall, callee: &str) -> Option<&'a Expr> {
    let at = match callee {
        _ if callee.starts_with("re.Pattern.") => 0,
        _ if callee.starts_with("re.") => 1,
        _ => return None,
    };
    call.arguments.args.get(at)
}

/// Whether the text comes from somewhere else: the caller of a public function gives it, or a call does (`file.read()`). What
/// an object holds, and the parts of a text or list, may be made to fit.
fn is_given<'a>(context: &Context<'a>, call: &'a ast::ExprCall, callee: &str) -> bool {
    match subject(call, callee) {
        Some(text @ Expr::Call(_)) => gives(text),
        Some(Expr::Name(name)) => match context.lookup(&name.id, name.start()) {
            Lookup::Local { bindings, .. } => bindings.iter().all(|binding| match binding.kind {
                BindingKind::Parameter(_) => {
                    context.enclosing_function().is_some_and(|def| !def.name.starts_with('_'))
                        && !context.ancestors().any(|node| matches!(node, Node::Expr(Expr::Lambda(_))))
                }
                other => other.source().is_some_and(&gives),
            }),
            // A constant is known where it is used.
            Lookup::Module(_) => context.at_module_level(),
            _ => true,
        },
        _ => false,
    }
}

/// A call that is no mere change of another text, and takes nothing out of a collection.
fn gives(value: &Expr) -> bool {
    const CHANGING: [&str; 14] = [
        "format", "get", "group", "join", "lower", "lstrip", "pop", "replace", "rstrip", "split", "strip", "sub", "title", "upper",
    ];
    let value = if let Expr::Await(inner) = value { inner.value.as_ref() } else { value };
    matches!(value, Expr::Call(call) if last_name(&call.func).is_some_and(|name| !CHANGING.contains(&name)))
}

/// Whether the function has used the pattern before: to choose among texts (`[name for name in names if INFO.match(name)]`), to
/// ask about this very text, or in the same way, with no check either, where it is said already.
fn is_matched_before(context: &Context<'_>, call: &ast::ExprCall, callee: &str) -> bool {
    let Some(def) = context.enclosing_function().filter(|def| !is_large(def)) else { return false };
    let is_function = !callee.starts_with("re.Pattern.");
    let pattern = |call: &ast::ExprCall| call.arguments.args.first().map(|pattern| context.text(pattern));
    let same_pattern = |other: &ast::ExprCall| {
        context.text(other.func.as_ref()) == context.text(call.func.as_ref()) && (!is_function || pattern(other) == pattern(call))
    };
    let mut before = false;
    let mut refused = false;
    walk_with_parents(&def.body, |node, parents| match node {
        _ if before || node.start() >= call.start() => Go::Stop,
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) => Go::Over,
        AnyNodeRef::ExprCall(other) if other.end() <= call.start() && same_pattern(other) => {
            before = parents.iter().rev().any(|parent| match parent {
                AnyNodeRef::Comprehension(each) => each.ifs.iter().any(|test| test.range().contains_range(other.range())),
                AnyNodeRef::ExprAttribute(part) => part.value.range() == other.range(),
                AnyNodeRef::ExprSubscript(part) => part.value.range() == other.range(),
                _ => false,
            });
            refused |= context.text(other) == context.text(call) && leaves_without(other, parents);
            Go::In
        }
        // Another text has got the name.
        AnyNodeRef::ExprName(name) if !name.ctx.is_load() => {
            refused &= !mentions(&call.func, name) && !call.arguments.args.iter().any(|text| mentions(text, name));
            Go::In
        }
        _ => Go::In,
    });
    before || refused
}

/// `assert P.match(s)`, or `if not P.match(s): raise ...`.
fn leaves_without(call: &ast::ExprCall, parents: &[AnyNodeRef<'_>]) -> bool {
    match parents {
        [.., AnyNodeRef::StmtAssert(stmt)] => stmt.test.range() == call.range(),
        [.., AnyNodeRef::StmtIf(stmt), AnyNodeRef::ExprUnaryOp(not)] => {
            not.op == ast::UnaryOp::Not && stmt.test.range() == not.range() && leaves(&stmt.body)
        }
        _ => false,
    }
}

/// A `try` around the place waits for what `None` would raise.
fn failure_is_caught(context: &Context<'_>) -> bool {
    const CATCHING: [&str; 4] =
        ["builtins.AttributeError", "builtins.TypeError", "builtins.Exception", "builtins.BaseException"];
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::Try(stmt)) => {
            stmt.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| match handler.type_.as_deref() {
                None => true,
                Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(|ty| is_symbol(context, ty, &CATCHING)),
                Some(single) => is_symbol(context, single, &CATCHING),
            })
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "optional-access-without-check";

    #[test]
    fn unchecked_results_are_found() {
        let source = "
import re, os
WORD = re.compile('a')
x = re.match('a', b).group()
y = WORD.search(b)[0]
def f(text):
    m = re.match('a', text)
    return m.group(1)
def g(d: dict[str, str]):
    return d.get('a').upper() + os.environ.get('A').lower()
";
        assert_eq!(found(RULE, source).len(), 5, "{:?}", found(RULE, source));
    }

    #[test]
    fn what_always_matches_is_fine() {
        let source = "
import re
__version__ = '1.2'
BLANKS = re.compile(r'[ \\t]*')
def f(line):
    return BLANKS.match(line).end(), re.match('[a-z]*', line).end(), re.match('[0-9.]+', __version__).group()
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
        let whole = "
import re
BLANKS = re.compile(r'[ \\t]*')
def f(line):
    return BLANKS.fullmatch(line).end(), re.fullmatch('[a-z]*', line).end()
";
        assert_eq!(found(RULE, whole).len(), 2, "{:?}", found(RULE, whole));
    }

    #[test]
    fn what_the_pattern_has_matched_before_is_fine() {
        let source = "
import re
INFO = re.compile('a')
def f(names):
    chosen = [name for name in names if name and INFO.match(name)]
    return INFO.match(chosen[0]).group()
def g(text):
    if not INFO.match(text):
        raise ValueError(text)
    return INFO.match(text).group()
def h(text):
    if not re.match('b', text):
        return ''
    return re.match('b', text)[0]
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
        let twice = "
import re
INFO = re.compile('a')
def f(one, two):
    return INFO.match(one).group(), INFO.match(two).group()
";
        assert_eq!(found(RULE, twice), ["INFO.match(one)"]);
        let others = "
import re
INFO = re.compile('a')
OTHER = re.compile('b')
def f(names, text):
    chosen = [name for name in names if OTHER.match(name)]
    return chosen, INFO.match(text).group()
def g(text, other):
    if not INFO.match(other):
        raise ValueError(other)
    return INFO.match(text).group()
def h(text):
    if not re.match('b', text):
        return ''
    return re.match('c', text)[0]
def j(text):
    if INFO.match(text):
        print(text)
    return INFO.match(text).group()
def k(lines):
    line = next(lines)
    if not INFO.match(line):
        raise ValueError(line)
    line = next(lines)
    return INFO.match(line).group()
def i(names):
    first = INFO.match(names).group()
    return [name for name in names if INFO.match(name)]
";
        assert_eq!(found(RULE, others).len(), 6);
    }

    #[test]
    fn what_is_asked_for_or_made_to_fit_is_fine() {
        let quiet = "
import os, re
WORD = re.compile('a')
NAMES = 'a b'
def f(text, names, d: dict[str, str]):
    if 'A' in os.environ and 'a' in d:
        print(os.environ.get('A').strip(), os.getenv('A').strip(), d.get('a').strip())
    if text.startswith('a') or is_word(text):
        return WORD.match(text).group() if '=' in text else ''
    first = re.match('a', names[0]).group(), WORD.match(self.text).group(), re.match('a', NAMES).group()
    parts = [re.search('a', name).group() for name in names]
    key, _ = text.split(':')
    return first, parts, WORD.match(key).group()
def _g(text):
    return WORD.match(text).group()
";
        assert!(found(RULE, quiet).is_empty(), "{:?}", found(RULE, quiet));
        let source = "
import os, re
WORD = re.compile('a')
def f(text, path, d: dict[str, str]):
    if 'B' in os.environ and 'a' in text:
        print(os.environ.get('A').strip(), d.get('a').strip())
    if isinstance(text, str):
        code, out = run(text)
        print(WORD.search(text).group(), WORD.match(out).group())
    with open(path) as file:
        for line in open(path):
            print(re.match('a', line).group())
        return re.match('b', file.read()).group()
answer = input()
print(WORD.match(answer).group())
";
        assert_eq!(found(RULE, source).len(), 7, "{:?}", found(RULE, source));
    }

    #[test]
    fn checks_of_every_kind_are_seen() {
        let source = "
import re
def f(text):
    m = re.match('a', text)
    if m:
        return m.group()
def g(text):
    m = re.match('a', text)
    assert m is not None
    return m.group()
def h(text):
    m = re.match('a', text)
    return m.group() if m else ''
def i(text):
    try:
        return re.match('a', text).group()
    except AttributeError:
        return ''
def j(text):
    if m := re.match('a', text):
        return m.group()
def k(text):
    m = re.match('a', text)
    return m and m.group()
def l(d: dict[str, str]):
    return d.get('a', '').upper()
def n(text):
    return re.match(r'^([ \\t]*)', text).group(), re.match('.*', text).end()
def test_m():
    assert re.match('a', 'a').group() == 'a'
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
    }
}
