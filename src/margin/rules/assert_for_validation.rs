//! `assert-for-validation`: a check of arguments that `python -O` takes out.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{
    any_in_expr, comments_at, has_comment, indent_unit, is_name, is_reason, is_upper_case, operand, owns_its_lines, without_docstring,
};
use super::{Detector, Hook, Report};
use crate::margin::fix::{indentation, spelling};
use crate::margin::{Edit, Fix};
use crate::python::{Context, is_dunder};

pub(super) const DETECTOR: Detector = Detector { rule: "assert-for-validation", hooks: &[Hook::Function(check)] };

/// Looks at the asserts at the start of a public function.
fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let is_nested = context.enclosing_function().is_some();
    // The caller of a private module is the library itself.
    let private_class = context.environment.is_private_module() || context.enclosing_class().is_some_and(|class| class.name.starts_with('_'));
    if is_nested || private_class || is_private(&def.name) || def.name.starts_with("test") {
        return;
    }
    let body = without_docstring(&def.body);
    // A function that only asserts is there for tests.
    if body.iter().all(Stmt::is_assert_stmt) {
        return;
    }
    for stmt in body {
        let Stmt::Assert(assert) = stmt else { break };
        if let Some(parameter) = checked_parameter(def, &assert.test)
            && (speaks(assert) || names_values(&assert.test))
            && !repeats_annotation(context, def, parameter)
            // "The caller has checked it."
            && !comments_at(context, stmt.range()).any(is_reason)
        {
            let keyword = TextRange::at(assert.start(), TextSize::of("assert"));
            let fix = with_raise(context, assert, parameter);
            report.at(keyword, &[("parameter", parameter), ("function", &def.name)]).fix = fix;
        }
    }
}

/// Whether the assert has a message in words: it speaks to the caller.
fn speaks(assert: &ast::StmtAssert) -> bool {
    match assert.msg.as_deref() {
        Some(Expr::BinOp(message)) => message.left.is_string_literal_expr(),
        Some(Expr::Call(message)) => message.func.is_attribute_expr(),
        Some(message) => message.is_string_literal_expr() || message.is_f_string_expr(),
        None => false,
    }
}

/// Whether the condition names texts that are allowed: `mode in ("r", "w")`.
fn names_values(test: &Expr) -> bool {
    any_in_expr(test, |node| matches!(node, AnyNodeRef::ExprStringLiteral(_)))
}

/// Whether the parameter's annotation lists the values: type checkers hold the callers to them.
fn repeats_annotation(context: &Context<'_>, def: &ast::StmtFunctionDef, parameter: &str) -> bool {
    let mut parameters = def.parameters.iter_non_variadic_params();
    let annotation = parameters.find(|one| one.name().as_str() == parameter).and_then(|one| one.annotation());
    annotation.is_some_and(|annotation| context.text(annotation).contains("Literal["))
}

fn is_private(name: &str) -> bool {
    name.starts_with('_') && !is_dunder(name)
}

/// The parameter whose value a condition is about. Conditions on its type tell type checkers something and stay.
fn checked_parameter<'a>(def: &'a ast::StmtFunctionDef, test: &Expr) -> Option<&'a str> {
    let comparisons: Vec<&ast::ExprCompare> = match test {
        Expr::Compare(compare) => vec![compare],
        Expr::BoolOp(operation) => {
            let all: Option<Vec<_>> = operation.values.iter().map(Expr::as_compare_expr).collect();
            all?
        }
        Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::Not, operand, .. }) => vec![operand.as_compare_expr()?],
        _ => return None,
    };
    let by_value = |operator: &CmpOp| !matches!(operator, CmpOp::Is | CmpOp::IsNot);
    if !comparisons.iter().any(|compare| compare.ops.iter().any(by_value)) {
        return None;
    }
    // `type(x) == X` is about the type, too.
    let is_type = |node: AnyNodeRef<'_>| {
        matches!(node, AnyNodeRef::ExprCall(call) if matches!(call.func.as_ref(), Expr::Name(name) if name.id == "type"))
    };
    if any_in_expr(test, is_type) {
        return None;
    }
    let parameters: Vec<&str> = def.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str()).collect();
    // What a parameter's parts or the object's state must be is for the program itself to keep.
    if !comparisons.iter().all(|compare| is_about_values(compare, &parameters)) {
        return None;
    }
    parameters.into_iter().filter(|name| !matches!(*name, "self" | "cls") && !is_private(name)).find(|parameter| {
        any_in_expr(test, |node| matches!(node, AnyNodeRef::ExprName(name) if name.id == *parameter))
    })
}

/// Whether a comparison is one of a parameter, or of its length, with values that stand in the code or come with it.
fn is_about_values(compare: &ast::ExprCompare, parameters: &[&str]) -> bool {
    let is_parameter = |expr: &Expr| {
        matches!(expr, Expr::Name(name) if parameters.contains(&name.id.as_str()) && !matches!(name.id.as_str(), "self" | "cls"))
    };
    let is_it = |expr: &Expr| match expr {
        Expr::Call(call) => is_name(&call.func, "len") && matches!(call.arguments.args.as_ref(), [only] if is_parameter(only)),
        other => is_parameter(other),
    };
    let is_value = |expr: &Expr| match expr {
        Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) | Expr::Set(ast::ExprSet { elts, .. }) => {
            elts.iter().all(Expr::is_literal_expr)
        }
        Expr::UnaryOp(unary) => unary.operand.is_literal_expr(),
        Expr::Name(name) => is_upper_case(&name.id),
        Expr::Attribute(attribute) => is_upper_case(&attribute.attr) || is_parameter(&attribute.value),
        other => other.is_literal_expr(),
    };
    let operands = || std::iter::once(compare.left.as_ref()).chain(&compare.comparators);
    operands().any(is_it) && operands().all(|operand| is_it(operand) || is_value(operand))
}

/// `if not ...: raise ValueError(...)`.
fn with_raise(context: &Context<'_>, assert: &ast::StmtAssert, parameter: &str) -> Option<Fix> {
    if has_comment(context, assert) || !owns_its_lines(context.source, assert) || context.text(assert).contains('\n') {
        return None;
    }
    let (error, _) = spelling(context, "builtins.ValueError", assert.start())?;
    let condition = match assert.test.as_ref() {
        Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::Not, operand, .. }) => context.text(operand.as_ref()).to_owned(),
        test => format!("not {}", operand(context, test, OperatorPrecedence::Atomic)),
    };
    let message = match assert.msg.as_deref() {
        Some(message) => context.text(message).to_owned(),
        None => format!("f\"bad {parameter}: {{{parameter}!r}}\""),
    };
    let start = assert.start();
    let (newline, unit) = (context.newline(), indent_unit(context.source, start));
    let indent = indentation(context.source, start);
    let text = format!("if {condition}:{newline}{indent}{unit}raise {error}({message})");
    Some(Fix { title: format!("Raise `{error}`"), safe: false, edits: vec![Edit::replace(assert, text)], imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};

    #[test]
    fn what_tells_types_or_checks_the_program_itself_may_stay() {
        let quiet = "\
def pay(amount, account, self):
    assert isinstance(amount, int)
    assert account is not None
    assert callable(account)
    assert type(amount) == int
    assert account
    assert LIMIT > 0
    assert account.kind == 'saving'
    assert account['kind'] in ('saving', 'giro')
    assert amount == self.amount
    assert account not in self.accounts
    assert amount > 0
    assert amount > 0, (amount, account)
    total = amount + 1
    assert total > amount
def open_url(url, scheme: Literal['http', 'https'] = 'http', kind: 'typing.Literal[1] | None' = None):
    assert scheme in ('http', 'https')
    assert kind == 1, 'kind'
    return url
def convert(unit, base):
    assert unit not in ('Y', 'M')  # the caller has looked
    # Only bases of digits get here.
    assert base <= 10, 'base'
    return unit
def _pay(amount):
    assert amount > 0
    return amount
class _Account:
    def pay(self, amount):
        assert amount > 0
        return amount
def outer():
    def pay(amount):
        assert amount > 0
        return amount
def load(_data):
    assert 'name' in _data
    return _data
def assert_positive(amount):
    assert amount > 0
";
        assert!(found("assert-for-validation", quiet).is_empty());
        let test = Options { file_name: "test_pay.py".to_owned(), ..Options::default() };
        assert!(found_with("assert-for-validation", "def check(x):\n    assert x > 0\n    return x\n", &test).is_empty());
    }

    #[test]
    fn the_condition_is_turned_round() {
        let source = "\
def pay(amount, kind):
    '''Pays.'''
    assert amount > 0, f'{amount} is too little'
    assert not kind == 'x'
    assert amount < 9 and kind in KINDS, 'no'
    return amount
";
        let expected = "\
def pay(amount, kind):
    '''Pays.'''
    if not (amount > 0):
        raise ValueError(f'{amount} is too little')
    if kind == 'x':
        raise ValueError(f\"bad kind: {kind!r}\")
    if not (amount < 9 and kind in KINDS):
        raise ValueError('no')
    return amount
";
        assert_eq!(fixed("assert-for-validation", source), expected);
    }
}
