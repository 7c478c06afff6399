//! Expressions: operators, comprehensions, calls, literals.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, CmpOp, Expr, Operator, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::functions::{self, MethodKind};
use super::{calls, closures, conditions, loops, scoping, sql, strings};
use crate::python::Construct;
use crate::python::context::{Context, Lookup, Node, SymbolName};
use crate::python::names::span;
use crate::python::scope::{BindingKind, ScopeKind, all_are};
use crate::python::table::ModuleBindingKind;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    match expr {
        Expr::Lambda(lambda) => {
            sink.construct(span(lambda.range.start(), 6), Construct::Lambda);
            if let Some(parameters) = &lambda.parameters {
                functions::parameters(context, parameters, MethodKind::Function, sink);
            }
        }
        Expr::If(ternary) => {
            let condition = TextRange::new(ternary.body.end(), ternary.test.start());
            if let Some(keyword) = context.token_in(condition, TokenKind::If) {
                sink.construct(keyword, Construct::Ternary);
                conditions::truth_test(context, keyword, &ternary.test, sink);
            }
            let otherwise = TextRange::new(ternary.test.end(), ternary.orelse.start());
            sink.construct_at(context.token_in(otherwise, TokenKind::Else), Construct::Ternary);
        }
        Expr::Await(_) => {
            let keyword = span(expr.start(), 5);
            sink.construct(keyword, Construct::Await);
            if context.enclosing_try().is_some() {
                sink.construct(keyword, Construct::AwaitInTry);
            }
        }
        Expr::Yield(_) => sink.construct(span(expr.start(), 5), Construct::Yield),
        Expr::YieldFrom(yielded) => {
            let head = TextRange::new(expr.start(), yielded.value.start());
            if let Some(from) = context.token_in(head, TokenKind::From) {
                sink.construct(TextRange::new(expr.start(), from.end()), Construct::YieldFrom);
            }
        }
        Expr::ListComp(comp) => comprehension(context, Construct::ComprehensionList, expr, &comp.generators, sink),
        Expr::SetComp(comp) => comprehension(context, Construct::ComprehensionSet, expr, &comp.generators, sink),
        Expr::DictComp(comp) => comprehension(context, Construct::ComprehensionDict, expr, &comp.generators, sink),
        Expr::Generator(comp) => {
            comprehension(context, Construct::ComprehensionGenerator, expr, &comp.generators, sink);
        }
        Expr::Compare(compare) => {
            comparison(context, compare, sink);
            multiple_calls(context, expr, sink);
        }
        Expr::BoolOp(bool_op) => conditions::bool_op(context, bool_op, sink),
        Expr::UnaryOp(unary) => {
            let construct = match unary.op {
                UnaryOp::Not => Construct::OperatorBoolean,
                UnaryOp::Invert => Construct::OperatorBitwise,
                UnaryOp::UAdd | UnaryOp::USub if unary.operand.is_number_literal_expr() => return,
                UnaryOp::UAdd | UnaryOp::USub => Construct::OperatorArithmetic,
            };
            let operator = span(expr.start(), if unary.op == UnaryOp::Not { 3 } else { 1 });
            sink.construct(operator, construct);
            if unary.op == UnaryOp::Not {
                conditions::truth_test(context, operator, &unary.operand, sink);
            }
        }
        Expr::BinOp(binary) => {
            binary_operator(context, binary, sink);
            multiple_calls(context, expr, sink);
            sql::note(context, expr, sink);
        }
        Expr::Call(call) => calls::note(context, expr, call, sink),
        Expr::Subscript(subscript) => self::subscript(context, subscript, sink),
        Expr::Name(name) => {
            scoping::name(context, name, sink);
            closures::name(context, name);
        }
        Expr::Attribute(attribute) => match attribute.attr.as_str() {
            "__dict__" => sink.construct(attribute.attr.range, Construct::AttrDict),
            "__mro__" => sink.construct(attribute.attr.range, Construct::AttrMro),
            _ => {}
        },
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) => strings::note(context, expr, sink),
        Expr::FString(_) => {
            strings::note(context, expr, sink);
            sql::note(context, expr, sink);
        }
        Expr::Tuple(_) => multiple_calls(context, expr, sink),
        Expr::Dict(dict) => {
            for item in dict.items.iter().filter(|item| item.key.is_none()) {
                if let Some(stars) = context.token_before(item.value.start()) {
                    sink.construct(stars.range(), Construct::DictDoubleStar);
                }
            }
        }
        Expr::Starred(_)
            if !matches!(context.parent(), Some(Node::Expr(Expr::Call(_)))) && !context.in_annotation() =>
        {
            sink.construct(span(expr.start(), 1), Construct::UnpackStar);
        }
        _ => {}
    }
}

/// A comprehension: on its bracket, and on the keywords inside it.
fn comprehension(
    context: &Context<'_>,
    construct: Construct,
    expr: &Expr,
    generators: &[ast::Comprehension],
    sink: &mut Sink,
) {
    let side_effect =
        construct != Construct::ComprehensionGenerator && matches!(context.parent(), Some(Node::Stmt(Stmt::Expr(_))));
    let inside = context.scopes().last().is_some_and(|scope| matches!(scope.kind, ScopeKind::Comprehension));
    let mut noted = |range: Option<TextRange>, first: bool| {
        sink.construct_at(range, construct);
        sink.construct_at(range, Construct::ComprehensionAny);
        if side_effect && first {
            sink.construct_at(range, Construct::ComprehensionSideEffect);
        }
        if inside && first {
            sink.construct_at(range, Construct::ComprehensionNested);
        }
    };
    if !matches!(expr, Expr::Generator(comp) if !comp.parenthesized) {
        noted(Some(span(expr.start(), 1)), true);
    }
    let fors: Vec<_> = generators.iter().map(|generator| for_keyword(context, generator)).collect();
    for (at, keyword) in fors.iter().enumerate() {
        noted(*keyword, at == 0);
    }
    for (at, (generator, keyword)) in generators.iter().zip(fors).enumerate() {
        // Two loops are still read at a glance.
        if at > 1 {
            sink.construct_at(keyword, Construct::ComprehensionNested);
        }
        parts(context, construct, generator, keyword, sink);
    }
}

fn for_keyword(context: &Context<'_>, generator: &ast::Comprehension) -> Option<TextRange> {
    context.token_in(TextRange::new(generator.range.start(), generator.target.start()), TokenKind::For)
}

/// `async`, `in` and `if` of one `for` of a comprehension.
fn parts(
    context: &Context<'_>,
    construct: Construct,
    generator: &ast::Comprehension,
    keyword: Option<TextRange>,
    sink: &mut Sink,
) {
    if generator.is_async {
        let head = TextRange::new(generator.range.start(), generator.target.start());
        sink.construct_at(context.token_in(head, TokenKind::Async), Construct::ComprehensionAsync);
        sink.construct_at(keyword, Construct::ComprehensionAsync);
    }
    let between = TextRange::new(generator.target.end(), generator.iter.start());
    sink.construct_at(context.token_in(between, TokenKind::In), construct);
    if let Some(range) = loops::range_of_len(context, &generator.iter) {
        sink.construct(range, Construct::ForRangeLen);
    }
    let mut end = generator.iter.end();
    for test in &generator.ifs {
        let between = TextRange::new(end, test.start());
        sink.construct_at(context.token_in(between, TokenKind::If), Construct::ComprehensionFilter);
        end = test.end();
    }
}

fn comparison(context: &Context<'_>, compare: &ast::ExprCompare, sink: &mut Sink) {
    let mut left = compare.left.end();
    for (op, right) in compare.ops.iter().zip(&compare.comparators) {
        let between = TextRange::new(left, right.start());
        let operator = operator_tokens(context, between);
        let construct = match op {
            CmpOp::Eq => Construct::CompareEq,
            CmpOp::NotEq => Construct::CompareNe,
            CmpOp::Is => Construct::CompareIs,
            CmpOp::IsNot => Construct::CompareIsNot,
            CmpOp::In | CmpOp::NotIn => Construct::CompareIn,
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => Construct::OperatorComparison,
        };
        sink.construct_at(operator, construct);
        if construct != Construct::OperatorComparison {
            sink.construct_at(operator, Construct::OperatorComparison);
        }
        if compare.ops.len() > 1 {
            sink.construct_at(operator, Construct::CompareChained);
        }
        left = right.end();
    }
}

/// The operator between two operands, of one or two tokens, brackets of the operands aside.
fn operator_tokens(context: &Context<'_>, between: TextRange) -> Option<TextRange> {
    let mut operators = context.tokens_in(between).iter().filter(|token| {
        // Where code is broken, the end of a line may stand between.
        let layout = [TokenKind::Newline, TokenKind::Indent, TokenKind::Dedent].contains(&token.kind());
        !layout && !token.kind().is_trivia() && !matches!(token.kind(), TokenKind::Lpar | TokenKind::Rpar)
    });
    let first = operators.next()?;
    let last = operators.next_back().unwrap_or(first);
    Some(first.range().cover(last.range()))
}

fn binary_operator(context: &Context<'_>, binary: &ast::ExprBinOp, sink: &mut Sink) {
    let operator = operator_tokens(context, TextRange::new(binary.left.end(), binary.right.start()));
    let construct = match binary.op {
        Operator::Pow => Construct::OperatorPower,
        Operator::BitOr if context.in_annotation() => {
            if binary.left.is_none_literal_expr() || binary.right.is_none_literal_expr() {
                sink.construct_at(operator, Construct::AnnotationPipeNone);
            }
            Construct::AnnotationUnionPipe
        }
        Operator::LShift | Operator::RShift | Operator::BitAnd | Operator::BitXor | Operator::BitOr => {
            Construct::OperatorBitwise
        }
        Operator::Mod if binary.left.is_string_literal_expr() => Construct::StringPercentFormat,
        _ => Construct::OperatorArithmetic,
    };
    sink.construct_at(operator, construct);
}

fn subscript(context: &Context<'_>, subscript: &ast::ExprSubscript, sink: &mut Sink) {
    if context.in_annotation() {
        builtin_generic(context, subscript, sink);
        return;
    }
    match subscript.slice.as_ref() {
        Expr::Slice(slice) => {
            let between = TextRange::new(subscript.value.end(), slice.start());
            sink.construct_at(context.token_in(between, TokenKind::Lsqb), Construct::Slice);
            self::slice(context, slice, sink);
        }
        Expr::Tuple(tuple) => tuple.elts.iter().filter_map(Expr::as_slice_expr).for_each(|it| slice(context, it, sink)),
        index => self::index(context, subscript, index, sink),
    }
}

/// `list[int]`: on the class.
fn builtin_generic(context: &Context<'_>, subscript: &ast::ExprSubscript, sink: &mut Sink) {
    let classes = ["list", "dict", "set", "tuple", "type", "frozenset"];
    if classes.iter().any(|class| context.is_builtin(&subscript.value, class)) {
        sink.construct(subscript.value.range(), Construct::AnnotationBuiltinGeneric);
    }
}

fn slice(context: &Context<'_>, slice: &ast::ExprSlice, sink: &mut Sink) {
    let start = slice.lower.as_ref().map_or(slice.range.start(), |lower| lower.end());
    let colon = context.token_in(TextRange::new(start, slice.range.end()), TokenKind::Colon);
    sink.construct_at(colon, Construct::Slice);
    if slice.step.is_some()
        && let Some(colon) = colon
    {
        let from = slice.upper.as_ref().map_or(colon.end(), |upper| upper.end());
        let second = context.token_in(TextRange::new(from, slice.range.end()), TokenKind::Colon);
        sink.construct_at(second, Construct::SliceStep);
    }
}

/// An index that counts: on its bracket, and on a negative number itself.
fn index(context: &Context<'_>, subscript: &ast::ExprSubscript, index: &Expr, sink: &mut Sink) {
    if let Expr::UnaryOp(unary) = index
        && unary.op == UnaryOp::USub
        && unary.operand.is_number_literal_expr()
    {
        sink.construct(index.range(), Construct::SubscriptNegativeIndex);
    }
    if counts(context, index) {
        let between = TextRange::new(subscript.value.end(), index.start());
        sink.construct_at(context.token_in(between, TokenKind::Lsqb), Construct::SubscriptIndex);
    }
}

/// Whether an index is a position rather than a key.
fn counts(context: &Context<'_>, index: &Expr) -> bool {
    match index {
        Expr::NumberLiteral(number) => number.value.is_int(),
        Expr::UnaryOp(unary) => unary.op == UnaryOp::USub && counts(context, &unary.operand),
        Expr::Name(_) | Expr::BinOp(_) => context.infer(index).is_some_and(|ty| ty.is_builtin("int")),
        _ => false,
    }
}

/// Several calls as operands of one expression, on the operator or comma between them.
fn multiple_calls(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    let between = match expr {
        Expr::BinOp(binary)
            if has_effect_inside(context, &binary.left) && has_effect_inside(context, &binary.right) =>
        {
            operator_tokens(context, TextRange::new(binary.left.end(), binary.right.start()))
        }
        Expr::Compare(compare) => {
            let [right] = compare.comparators.as_ref() else { return };
            if !(has_effect(context, &compare.left) && has_effect(context, right)) {
                return;
            }
            operator_tokens(context, TextRange::new(compare.left.end(), right.start()))
        }
        Expr::Tuple(tuple) if tuple.ctx == ast::ExprContext::Load => {
            let [first, second, ..] = tuple.elts.as_slice() else { return };
            if !(has_effect(context, first) && has_effect(context, second)) {
                return;
            }
            context.token_in(TextRange::new(first.end(), second.start()), TokenKind::Comma)
        }
        _ => return,
    };
    sink.construct_at(between, Construct::ExprMultipleCalls);
}

/// A call with an effect, or an operation with one as an operand.
fn has_effect_inside(context: &Context<'_>, expr: &Expr) -> bool {
    match expr {
        Expr::BinOp(binary) => has_effect(context, &binary.left) || has_effect(context, &binary.right),
        other => has_effect(context, other),
    }
}

/// A call that can do something besides giving a value, so that its place in the order matters: of a function of this
/// file, or one that takes the next item from somewhere.
fn has_effect(context: &Context<'_>, expr: &Expr) -> bool {
    let call = match expr {
        Expr::Call(call) => call,
        Expr::Await(awaited) => match awaited.value.as_ref() {
            Expr::Call(call) => call,
            _ => return false,
        },
        _ => return false,
    };
    match call.func.as_ref() {
        Expr::Name(name) => match context.lookup(name.id.as_str(), name.range.start()) {
            Lookup::Module(binding) => matches!(binding.kind, ModuleBindingKind::Function(_)),
            Lookup::Local { bindings, .. } => all_are(bindings, |kind| matches!(kind, BindingKind::Function(_))),
            Lookup::Symbol(SymbolName::Builtin(name)) => matches!(name, "next" | "input"),
            Lookup::Symbol(_) => false,
            // Not there yet: a function that is still to be written.
            Lookup::Unbound => true,
        },
        Expr::Attribute(method) => {
            matches!(method.attr.as_str(), "pop" | "popleft" | "popitem" | "read" | "readline" | "recv" | "get_nowait")
        }
        _ => false,
    }
}
