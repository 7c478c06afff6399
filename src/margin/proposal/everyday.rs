//! What all code uses, so that a book's using it rarely says nothing; and names that examples make up.

use crate::knowledge::Trigger;

/// Shapes of nearly every program.
const SHAPES: &str = "annotation.builtin_generic annotation.parameter annotation.return annotation.variable assert \
    assert.in_test async_def async_with attr.class_level attr.instance_assign await break call.constructor \
    call.double_star_arg call.fluent_chain call.recursive call.star_arg class class.exception class.single_base closure \
    compare.eq compare.in compare.is compare.ne comprehension.filter comprehension.generator comprehension.list continue decorator \
    decorator.with_args def def.test_function docstring except expr.multiple_calls for for.range_len fstring \
    fstring.format_spec function.as_value global if if.elif if.else import import_from.absolute import.duplicate keyword \
    keyword.soft lambda line_continuation.implicit loop.append_only loop.try main_guard method.instance \
    module.top_level_effect module_attr.__name__ name.free name.shadows_builtin operator.arithmetic operator.bitwise \
    operator.boolean operator.comparison param.positional_or_keyword param.self raise return return.implicit_none return.tuple slice string \
    string.backslash_escape string.triple_quoted subscript.index truth_test try unpack.assign while while.true with";

/// Built-ins of nearly every program.
const BUILTINS: &str = "Exception KeyError NotImplementedError RuntimeError TypeError ValueError abs all any bool bytes \
    callable chr dict dir enumerate filter float getattr hasattr hash id input int isinstance iter len list map max min \
    next object open ord print range repr reversed round set setattr sorted staticmethod str sum super tuple type vars zip";

/// Other names that stand in examples about something else.
const SYMBOLS: &str = "asyncio.run asyncio.sleep collections.abc.Callable dataclasses.dataclass datetime.datetime \
    datetime.datetime.now json.dumps json.loads os.getenv pathlib.Path random.randint random.random sys.exit \
    time.perf_counter time.sleep time.time typing.Any typing.Callable typing.Optional";

/// Modules that stand in examples about something else.
const MODULES: &str = "collections.abc logging random time typing";

/// First names of packages that examples make up.
const MADE_UP: &str = "a adapters api app b bar common config core data database db domain example examples foo handlers \
    helper helpers infra infrastructure lib logic main models module module_a module_b my_module my_package mylib mymodule \
    mypackage mypkg myproject package pkg plugin plugins project repository schemas server service services settings shared \
    src tasks test_module tests util utilities utils worker";

/// Whether code uses it whatever it is about.
pub(super) fn is_everyday(trigger: &Trigger) -> bool {
    match trigger {
        Trigger::Syntax(construct) => is_among(SHAPES, construct.name()),
        Trigger::Dunder(name) => name == "__init__",
        Trigger::Symbol(name) => match name.strip_prefix("builtins.") {
            Some(builtin) => is_among(BUILTINS, builtin),
            None => is_among(SYMBOLS, name),
        },
        Trigger::SymbolTree(name) => is_among(MODULES, name),
        _ => false,
    }
}

/// Whether a qualified name begins with a package that an example makes up.
pub(super) fn is_made_up(name: &str) -> bool {
    is_among(MADE_UP, name.split('.').next().unwrap_or(name))
}

fn is_among(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Construct, stdlib};

    #[test]
    fn every_word_is_known() {
        for shape in SHAPES.split_ascii_whitespace() {
            assert!(Construct::from_name(shape).is_some(), "{shape}");
        }
        for builtin in BUILTINS.split_ascii_whitespace() {
            assert!(stdlib::is_builtin(builtin), "{builtin}");
        }
        for module in MODULES.split_ascii_whitespace() {
            assert!(stdlib::is_module(module), "{module}");
        }
    }
}
