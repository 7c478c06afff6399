//! Expressions: operators, comprehensions, calls, literals.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, CmpOp, Expr, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::functions;
use crate::python::Construct;
use crate::python::context::{Context, Node};
use crate::python::names::span;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    match expr {
        Expr::Lambda(lambda) => {
            sink.construct(span(lambda.range.start(), 6), Construct::Lambda);
            if let Some(parameters) = &lambda.parameters {
                functions::parameters(context, parameters, sink);
            }
        }
        Expr::If(ternary) => {
            let condition = TextRange::new(ternary.body.end(), ternary.test.start());
            sink.construct_at(context.token_in(condition, TokenKind::If), Construct::Ternary);
            let otherwise = TextRange::new(ternary.test.end(), ternary.orelse.start());
            sink.construct_at(context.token_in(otherwise, TokenKind::Else), Construct::Ternary);
        }
        Expr::Await(_) => sink.construct(span(expr.start(), 5), Construct::Await),
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
            comprehension(context, Construct::ComprehensionGenerator, expr, &comp.generators, sink)
        }
        Expr::FString(string) => fstring(context, string, sink),
        Expr::Compare(compare) => comparison(context, compare, sink),
        Expr::BoolOp(bool_op) => {
            let kind = if bool_op.op == ast::BoolOp::And { TokenKind::And } else { TokenKind::Or };
            for pair in bool_op.values.windows(2) {
                let between = TextRange::new(pair[0].end(), pair[1].start());
                sink.construct_at(context.token_in(between, kind), Construct::OperatorBoolean);
            }
        }
        Expr::UnaryOp(unary) => {
            let construct = match unary.op {
                UnaryOp::Not => Construct::OperatorBoolean,
                UnaryOp::Invert => Construct::OperatorBitwise,
                UnaryOp::UAdd | UnaryOp::USub if unary.operand.is_number_literal_expr() => return,
                UnaryOp::UAdd | UnaryOp::USub => Construct::OperatorArithmetic,
            };
            let len = if unary.op == UnaryOp::Not { 3 } else { 1 };
            sink.construct(span(expr.start(), len), construct);
        }
        Expr::BinOp(binary) => binary_operator(context, binary, sink),
        Expr::Call(call) => call_arguments(context, call, sink),
        Expr::Subscript(subscript) => slices(context, subscript, sink),
        Expr::Dict(dict) => {
            for item in dict.items.iter().filter(|item| item.key.is_none()) {
                if let Some(stars) = context.token_before(item.value.start()) {
                    sink.construct(stars.range(), Construct::DictDoubleStar);
                }
            }
        }
        Expr::Starred(starred) if !matches!(context.parent(), Some(Node::Expr(Expr::Call(_)))) => {
            sink.construct(span(starred.range.start(), 1), Construct::UnpackStar);
        }
        _ => {}
    }
}

fn comprehension(
    context: &Context<'_>,
    construct: Construct,
    expr: &Expr,
    generators: &[ast::Comprehension],
    sink: &mut Sink,
) {
    let bracketed = !matches!(expr, Expr::Generator(comp) if !comp.parenthesized);
    if bracketed {
        sink.construct(span(expr.start(), 1), construct);
    }
    let mut from = expr.start();
    for (at, generator) in generators.iter().enumerate() {
        let head = TextRange::new(generator.range.start().max(from), generator.target.start());
        let keyword = context.token_in(head, TokenKind::For);
        if at == 0 {
            sink.construct_at(keyword, construct);
        } else {
            sink.construct_at(keyword, Construct::ComprehensionNested);
        }
        if generator.is_async {
            sink.construct_at(context.token_in(head, TokenKind::Async), Construct::ComprehensionAsync);
            sink.construct_at(keyword, Construct::ComprehensionAsync);
        }
        let mut end = generator.iter.end();
        for test in &generator.ifs {
            let between = TextRange::new(end, test.start());
            sink.construct_at(context.token_in(between, TokenKind::If), Construct::ComprehensionFilter);
            end = test.end();
        }
        from = generator.range.end();
    }
}

fn fstring(context: &Context<'_>, string: &ast::ExprFString, sink: &mut Sink) {
    for part in &string.value {
        let ast::FStringPart::FString(part) = part else { continue };
        // The prefix and the opening quotes: what tells that it is an f-string.
        let opening = context.tokens_in(part.range).first().map_or(span(part.range.start(), 2), Ranged::range);
        sink.construct(opening, Construct::Fstring);
        for element in &part.elements {
            let ast::InterpolatedStringElement::Interpolation(field) = element else { continue };
            if field.debug_text.is_some() {
                let after = TextRange::new(field.expression.end(), field.range.end());
                sink.construct_at(context.token_in(after, TokenKind::Equal), Construct::FstringDebug);
            }
            if let Some(spec) = &field.format_spec {
                let colon = TextRange::new(spec.range.start() - TextSize::new(1), spec.range.end());
                sink.construct(colon, Construct::FstringFormatSpec);
            }
        }
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
    let mut operators = context
        .tokens_in(between)
        .iter()
        .filter(|token| !token.kind().is_trivia() && !matches!(token.kind(), TokenKind::Lpar | TokenKind::Rpar));
    let first = operators.next()?;
    let last = operators.next_back().unwrap_or(first);
    Some(first.range().cover(last.range()))
}

fn binary_operator(context: &Context<'_>, binary: &ast::ExprBinOp, sink: &mut Sink) {
    let operator = operator_tokens(context, TextRange::new(binary.left.end(), binary.right.start()));
    let construct = match binary.op {
        Operator::Pow => Construct::OperatorPower,
        Operator::LShift | Operator::RShift | Operator::BitAnd | Operator::BitXor => Construct::OperatorBitwise,
        Operator::BitOr if context.in_annotation() => {
            let none = binary.left.is_none_literal_expr() || binary.right.is_none_literal_expr();
            if none {
                sink.construct_at(operator, Construct::AnnotationPipeNone);
            }
            Construct::AnnotationUnionPipe
        }
        Operator::BitOr => Construct::OperatorBitwise,
        Operator::Mod if binary.left.is_string_literal_expr() => Construct::StringPercentFormat,
        _ => Construct::OperatorArithmetic,
    };
    sink.construct_at(operator, construct);
}

fn call_arguments(context: &Context<'_>, call: &ast::ExprCall, sink: &mut Sink) {
    for argument in &call.arguments.args {
        if argument.is_starred_expr() {
            sink.construct(span(argument.start(), 1), Construct::CallStarArg);
        }
    }
    for keyword in call.arguments.keywords.iter().filter(|keyword| keyword.arg.is_none()) {
        sink.construct(span(keyword.range.start(), 2), Construct::CallDoubleStarArg);
    }
    if context.is_builtin(&call.func, "type") && call.arguments.args.len() == 3 {
        sink.construct(call.func.range(), Construct::CallTypeThreeArgs);
    }
    if context.is_builtin(&call.func, "iter") && call.arguments.args.len() == 2 {
        sink.construct(call.func.range(), Construct::CallIterSentinel);
    }
}

fn slices(context: &Context<'_>, subscript: &ast::ExprSubscript, sink: &mut Sink) {
    let Expr::Slice(slice) = subscript.slice.as_ref() else { return };
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
