//! Function definitions: the kinds of parameters, annotations, what the body makes of the function.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast};
use ruff_text_size::{Ranged, TextRange};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, def: &ast::StmtFunctionDef, sink: &mut Sink) {
    let from = def.decorator_list.last().map_or(def.range.start(), Ranged::end);
    let head = TextRange::new(from, def.name.range.start());
    if def.is_async {
        if let (Some(start), Some(end)) =
            (context.token_in(head, TokenKind::Async), context.token_in(head, TokenKind::Def))
        {
            sink.construct(start.cover(end), Construct::AsyncDef);
        }
    } else {
        sink.construct_at(context.token_in(head, TokenKind::Def), Construct::Def);
    }
    parameters(context, &def.parameters, sink);
    if let Some(returns) = &def.returns {
        let between = TextRange::new(def.parameters.range.end(), returns.start());
        sink.construct_at(context.token_in(between, TokenKind::Rarrow), Construct::AnnotationReturn);
    }
    if let Some(params) = &def.type_params {
        sink.construct(params.range, Construct::TypeParams);
    }
}

/// Parameters of a `def` or `lambda`: the marks `/` and `*` and the stars, on their own tokens.
pub(super) fn parameters(context: &Context<'_>, parameters: &ast::Parameters, sink: &mut Sink) {
    if let Some(last) = parameters.posonlyargs.last() {
        let rest = TextRange::new(last.end(), parameters.range.end());
        sink.construct_at(context.token_in(rest, TokenKind::Slash), Construct::ParamPositionalOnly);
    }
    if let Some(vararg) = &parameters.vararg {
        sink.construct(vararg.range, Construct::ParamVarPositional);
    } else if let Some(first) = parameters.kwonlyargs.first() {
        let from =
            parameters.args.last().or(parameters.posonlyargs.last()).map_or(parameters.range.start(), Ranged::end);
        let before = TextRange::new(from, first.start());
        sink.construct_at(context.token_in(before, TokenKind::Star), Construct::ParamKeywordOnly);
    }
    if let Some(kwarg) = &parameters.kwarg {
        sink.construct(kwarg.range, Construct::ParamVarKeyword);
    }
    for parameter in parameters.iter_source_order() {
        if let Some(annotation) = parameter.annotation() {
            let between = TextRange::new(parameter.name().range.end(), annotation.start());
            sink.construct_at(context.token_in(between, TokenKind::Colon), Construct::AnnotationParameter);
        }
    }
}
