//! The match engine: rules that are declared as data.

use ruff_python_ast::{self as ast, Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::report::Report;
use super::support::{last_name, with_argument};
use crate::knowledge::{ArgumentTest, Match, Place, RuleId, Surrounding, Value, ValueTest};
use crate::margin::fix;
use crate::python::{Context, Lookup, Node, SymbolName, canonical};

/// Declared matches, by name.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    exact: FxHashMap<String, Vec<(RuleId, Match)>>,
    /// `package.*`, by the package's name.
    trees: FxHashMap<String, Vec<(RuleId, Match)>>,
    /// The last words of the names at each place, by its number: few names in a program end in one of them.
    words: [Words; Place::ALL.len()],
}

/// The last words of names.
#[derive(Debug, Default)]
struct Words {
    words: FxHashSet<String>,
    /// A whole package is among the names: any word will do.
    any: bool,
}

/// Calls back with a rule and what to do with its report.
type Found<'f> = &'f mut dyn FnMut(RuleId, &mut dyn FnMut(&mut Report<'_>));

impl Matcher {
    pub(crate) fn add(&mut self, id: RuleId, matches: &[Match]) {
        for one in matches {
            let words = &mut self.words[one.place as usize];
            for name in one.names.iter() {
                let (table, key) = match name.strip_suffix(".*") {
                    Some(tree) => {
                        words.any = true;
                        (&mut self.trees, tree)
                    }
                    None => {
                        words.words.insert(canonical::last_word(name).to_owned());
                        (&mut self.exact, name.as_ref())
                    }
                };
                table.entry(key.to_owned()).or_default().push((id, one.clone()));
            }
        }
    }

    /// Whether a text may hold any of the names, as far as can be told at little cost. A no is certain.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        /// To look for more words costs what it saves.
        const FEW: usize = 4;
        let many = self.words.iter().map(|place| place.words.len()).sum::<usize>() > FEW;
        let mut words = self.words.iter().flat_map(|place| &place.words);
        let is_there = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        // Other letters than those of ASCII may stand for them in a name.
        many || !self.trees.is_empty() || !text.is_ascii() || words.any(|word| canonical::spellings(word).any(is_there))
    }

    /// Whether the public name of an expression may be one of those at a place.
    fn may_name(&self, context: &Context<'_>, place: Place, expr: &Expr) -> bool {
        let Words { words, any } = &self.words[place as usize];
        *any || !words.is_empty() && context.may_end_in(expr, |word| words.contains(word))
    }

    /// The matches for a name at a place: its own, and those of the packages around it.
    fn candidates<'m>(&'m self, place: Place, name: &str) -> Vec<&'m (RuleId, Match)> {
        let at_place = |one: &&(RuleId, Match)| one.1.place == place;
        let mut found: Vec<&'m (RuleId, Match)> = self.exact.get(name).into_iter().flatten().filter(at_place).collect();
        let mut around = Some(name).filter(|_| !self.trees.is_empty());
        while let Some(package) = around {
            found.extend(self.trees.get(package).into_iter().flatten().filter(at_place));
            around = package.rsplit_once('.').map(|(outer, _)| outer);
        }
        found
    }

    /// Reports the matches for a public name at a place.
    fn report(
        &self,
        context: &Context<'_>,
        place: Place,
        name: &str,
        range: TextRange,
        call: Option<&ast::ExprCall>,
        found: Found<'_>,
    ) {
        // A package takes its own modules by their names.
        let package = name.split('.').next().unwrap_or_default();
        if place == Place::Import && is_part_of(context, package) {
            return;
        }
        for (id, one) in self.candidates(place, name) {
            let arguments_hold = match call {
                Some(call) => one.arguments.iter().all(|test| holds(context, call, test)),
                None => one.arguments.is_empty(),
            };
            let surroundings_hold = one.inside.iter().all(|around| is_inside(context, *around))
                && !one.not_inside.iter().any(|around| is_inside(context, *around));
            if arguments_hold && surroundings_hold {
                found(*id, &mut |report| {
                    // Who catches the warning knows that the thing is deprecated.
                    if report.rule.deprecated && catches_warnings(context) {
                        return;
                    }
                    let shown = context.text(range);
                    let (replacement, addition) = (&report.rule.replace_with, &report.rule.add_argument);
                    // Where the module has another thing of that name, the longer name keeps them apart.
                    if let Some(last) = replacement.strip_prefix("builtins.")
                        && !matches!(context.lookup(last, range.start()), Lookup::Symbol(SymbolName::Builtin(_)))
                    {
                        return;
                    }
                    let safe = report.fix_is_safe();
                    let finding = report.at(range, &[("symbol", shown), ("name", name)]);
                    if !replacement.is_empty() {
                        finding.fix = fix::replace_symbol(context, range, replacement, safe);
                    } else if let Some(call) = call.filter(|_| !addition.is_empty()) {
                        finding.fix = with_argument(context, call, addition, safe);
                    }
                });
            }
        }
    }

    pub(crate) fn stmt(
        &self,
        context: &Context<'_>,
        stmt: &Stmt,
        mut found: impl FnMut(RuleId, &mut dyn FnMut(&mut Report<'_>)),
    ) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = canonical::public(alias.name.as_str());
                    self.report(context, Place::Import, &name, alias.name.range(), None, &mut found);
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let Some(module) = &import.module else { return };
                let public = canonical::public(module.as_str());
                self.report(context, Place::Import, &public, module.range(), None, &mut found);
                for alias in &import.names {
                    let name = format!("{}.{}", module.as_str(), alias.name.as_str());
                    // A tree of the module has been told once, on the module.
                    let is_told = |told: &Vec<(RuleId, Match)>| told.iter().any(|(_, one)| one.place == Place::Import);
                    if self.exact.get(&name).is_some_and(is_told) {
                        self.report(
                            context,
                            Place::Import,
                            &canonical::public(&name),
                            alias.name.range(),
                            None,
                            &mut found,
                        );
                    }
                }
            }
            Stmt::FunctionDef(ast::StmtFunctionDef { decorator_list, .. })
            | Stmt::ClassDef(ast::StmtClassDef { decorator_list, .. }) => {
                for decorator in decorator_list {
                    let (target, call) = match &decorator.expression {
                        Expr::Call(call) => (call.func.as_ref(), Some(call)),
                        other => (other, None),
                    };
                    if self.may_name(context, Place::Decorator, target)
                        && let Some(name) = context.symbol(target)
                    {
                        self.report(context, Place::Decorator, &name, target.range(), call, &mut found);
                    }
                }
                if let Stmt::ClassDef(class) = stmt {
                    for base in class.arguments.iter().flat_map(|arguments| arguments.args.iter()) {
                        let target = if let Expr::Subscript(subscript) = base { &subscript.value } else { base };
                        if self.may_name(context, Place::Base, target)
                            && let Some(name) = context.symbol(target)
                        {
                            self.report(context, Place::Base, &name, target.range(), None, &mut found);
                        }
                    }
                }
            }
            Stmt::With(with) => {
                for item in &with.items {
                    if let Expr::Call(call) = &item.context_expr
                        && self.may_name(context, Place::WithItem, &call.func)
                        && let Some(name) = context.callee(call)
                    {
                        self.report(context, Place::WithItem, &name, call.func.range(), Some(call), &mut found);
                    }
                }
            }
            Stmt::Raise(ast::StmtRaise { exc: Some(exc), .. }) => {
                let (target, call) = match exc.as_ref() {
                    Expr::Call(call) => (call.func.as_ref(), Some(call)),
                    other => (other, None),
                };
                if self.may_name(context, Place::Raise, target)
                    && let Some(name) = context.symbol(target)
                {
                    self.report(context, Place::Raise, &name, target.range(), call, &mut found);
                }
            }
            _ => {}
        }
    }

    pub(crate) fn expr(
        &self,
        context: &Context<'_>,
        expr: &Expr,
        mut found: impl FnMut(RuleId, &mut dyn FnMut(&mut Report<'_>)),
    ) {
        match expr {
            Expr::Call(call) if self.may_name(context, Place::Call, &call.func) => {
                if let Some(name) = context.callee(call) {
                    self.report(context, Place::Call, &name, call.func.range(), Some(call), &mut found);
                }
            }
            Expr::Name(ast::ExprName { ctx: ExprContext::Load, .. }) | Expr::Attribute(_) => {
                // Only the whole dotted name counts.
                if matches!(context.parent(), Some(Node::Expr(Expr::Attribute(_)))) {
                    return;
                }
                if ![Place::Attribute, Place::Annotation].into_iter().any(|place| self.may_name(context, place, expr)) {
                    return;
                }
                let Some(name) = context.symbol(expr) else { return };
                self.report(context, Place::Attribute, &name, expr.range(), None, &mut found);
                if context.in_annotation() {
                    self.report(context, Place::Annotation, &name, expr.range(), None, &mut found);
                }
            }
            _ => {}
        }
    }

    pub(crate) fn handler(
        &self,
        context: &Context<'_>,
        handler: &ast::ExceptHandlerExceptHandler,
        mut found: impl FnMut(RuleId, &mut dyn FnMut(&mut Report<'_>)),
    ) {
        let types: &[Expr] = match handler.type_.as_deref() {
            None => return,
            Some(Expr::Tuple(tuple)) => &tuple.elts,
            Some(single) => std::slice::from_ref(single),
        };
        for ty in types {
            if self.may_name(context, Place::Except, ty)
                && let Some(name) = context.symbol(ty)
            {
                self.report(context, Place::Except, &name, ty.range(), None, &mut found);
            }
        }
    }
}

/// Whether a condition on an argument holds.
fn holds(context: &Context<'_>, call: &ast::ExprCall, test: &ArgumentTest) -> bool {
    let arguments = &call.arguments;
    let unpacked = arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
    let by_keyword = arguments.find_keyword(&test.keyword).map(|keyword| &keyword.value);
    let by_position = test.position.and_then(|at| arguments.args.get(usize::from(at))).filter(|_| {
        let at = usize::from(test.position.unwrap_or_default());
        !arguments.args.iter().take(at + 1).any(Expr::is_starred_expr)
    });
    let value = by_keyword.or(by_position);
    match (&test.test, value) {
        (ValueTest::Present, value) => value.is_some(),
        (ValueTest::Absent, value) => value.is_none() && !unpacked,
        (_, None) => false,
        (ValueTest::Is(wanted), Some(value)) => is_value(context, value, wanted) == Some(true),
        (ValueTest::IsNot(unwanted), Some(value)) => is_value(context, value, unwanted) == Some(false),
        (ValueTest::Literal, Some(value)) => is_literal(value),
        (ValueTest::NotLiteral, Some(value)) => !is_literal(value),
    }
}

fn is_literal(value: &Expr) -> bool {
    value.is_literal_expr()
        || matches!(value, Expr::UnaryOp(ast::ExprUnaryOp { operand, .. }) if operand.is_number_literal_expr())
}

/// Whether an expression is a value; `None` when it cannot be told.
fn is_value(context: &Context<'_>, expr: &Expr, value: &Value) -> Option<bool> {
    let symbol = || context.symbol(expr);
    if let Value::Symbol(wanted) = value {
        return match symbol() {
            Some(name) => Some(name.as_str() == wanted.as_ref()),
            None => is_literal(expr).then_some(false),
        };
    }
    let found = match expr {
        Expr::BooleanLiteral(literal) => matches!(value, Value::Bool(wanted) if *wanted == literal.value),
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(number), .. }) => {
            matches!(value, Value::Integer(wanted) if number.as_i64() == Some(*wanted))
        }
        Expr::StringLiteral(literal) => matches!(value, Value::String(wanted) if literal.value.to_str() == wanted),
        Expr::NoneLiteral(_) => matches!(value, Value::None),
        _ if is_literal(expr) => false,
        // A symbol (`ssl.CERT_NONE`) is surely none of the literals.
        _ => {
            symbol()?;
            false
        }
    };
    Some(found)
}

/// Whether the file is part of a package, of a private copy of it, or of the package that brings it along; or a module that is
/// named after it (`_distutils.py`), and knows when it is there.
fn is_part_of(context: &Context<'_>, package: &str) -> bool {
    const BROUGHT: [(&str, &str); 1] = [("distutils", "setuptools")];
    let is_below = |folder: &str| context.environment.is_below(folder);
    let file = context.environment.file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_named_after = || file.trim_start_matches('_').strip_suffix(".py") == Some(package);
    is_below(package)
        || is_below(&format!("_{package}"))
        || is_named_after()
        || BROUGHT.iter().any(|(brought, by)| *brought == package && is_below(by))
}

/// In a `with warnings.catch_warnings()`, or one that expects a warning.
pub(super) fn catches_warnings(context: &Context<'_>) -> bool {
    const CATCHING: [&str; 5] = ["catch_warnings", "deprecated_call", "warns", "assertWarns", "assertWarnsRegex"];
    let catches = |item: &ast::WithItem| match &item.context_expr {
        Expr::Call(call) => last_name(&call.func).is_some_and(|name| CATCHING.contains(&name)),
        _ => false,
    };
    context.ancestors().any(|node| matches!(node, Node::Stmt(Stmt::With(with)) if with.items.iter().any(catches)))
}

fn is_inside(context: &Context<'_>, around: Surrounding) -> bool {
    match around {
        Surrounding::AsyncFunction => context.in_async(),
        Surrounding::Function => context.enclosing_function().is_some(),
        Surrounding::Loop => context.in_loop(),
        Surrounding::Test => context.in_test(),
        Surrounding::ClassBody => context.in_class_body(),
        Surrounding::Except => context.enclosing_handler().is_some(),
        Surrounding::Try => context.enclosing_try().is_some(),
        Surrounding::ModuleLevel => context.at_module_level(),
        Surrounding::MainGuard => context.in_main_guard(),
        Surrounding::WithItem => matches!(context.parent(), Some(Node::WithItem(_))),
        Surrounding::Await => matches!(context.parent(), Some(Node::Expr(Expr::Await(_)))),
        Surrounding::TypeChecking => context.in_type_checking(),
        Surrounding::Statement => matches!(context.parent(), Some(Node::Stmt(Stmt::Expr(_)))),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_name_is_found_however_it_is_written() {
        for (source, place) in [
            ("import asyncio\nasyncio.TimeoutError\n", "asyncio.TimeoutError"),
            ("from asyncio import TimeoutError as Late\nLate\n", "Late"),
            ("import asyncio\nasyncio.\u{ff34}imeoutError\n", "asyncio.\u{ff34}imeoutError"),
        ] {
            assert_eq!(found("asyncio-timeout-error-alias", source), [place], "{source}");
        }
        assert!(found("asyncio-timeout-error-alias", "import asyncio\nasyncio.TaskGroup\n").is_empty());
    }
}
