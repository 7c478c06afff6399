//! Where the instances of a class get to in a file, and whether any is used as the tuple that it is.
//!
//! They are followed by name: all things of one name are taken for one. So an instance may be seen where there is none,
//! and what is not surely harmless counts as harm.

use std::collections::HashSet;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, CmpOp, Expr, Stmt};
use ruff_text_size::Ranged;

use crate::margin::rules::support::{is_name, occurrences};

/// Built-in functions that do with a dataclass what they do with a named tuple.
const SHOWING: [&str; 7] = ["bool", "hash", "id", "print", "repr", "str", "type"];

/// How often the file is read until all names are known that an instance gets.
const MAX_ROUNDS: usize = 32;

/// The search through one file.
pub(super) struct Flow<'f> {
    source: &'f str,
    class: &'f str,
    /// Fields and methods.
    members: &'f [String],
    /// Variables, parameters and attributes that may hold an instance, functions that may return one.
    holders: HashSet<String>,
    /// Functions and classes of the file by name, with the names of what they take.
    takers: Vec<(String, Vec<String>)>,
    /// The functions around the place.
    functions: Vec<String>,
    /// What the methods of the class call the instance, within them.
    instance: Option<String>,
    harmless: bool,
}

impl<'f> Flow<'f> {
    pub(super) fn new(source: &'f str, class: &'f str, members: &'f [String]) -> Self {
        Self {
            source,
            class,
            members,
            holders: HashSet::new(),
            takers: vec![(class.to_owned(), members.to_vec())],
            functions: Vec::new(),
            instance: None,
            harmless: true,
        }
    }

    /// Whether nothing in the file treats an instance as a tuple, or does with it what cannot be followed.
    pub(super) fn finds_no_harm(mut self, suite: &[Stmt]) -> bool {
        Takers(&mut self.takers).visit_body(suite);
        for _ in 0..MAX_ROUNDS {
            let known = self.holders.len();
            // Judged when all holders are known.
            self.harmless = true;
            self.visit_body(suite);
            if self.holders.len() == known {
                return self.harmless;
            }
        }
        false
    }

    /// Whether the value of an expression may be an instance.
    fn holds(&self, expr: &Expr) -> bool {
        let known = |name: &str| self.holders.contains(name);
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || match expr {
            Expr::Name(name) => name.ctx.is_load() && (known(&name.id) || self.instance.as_deref() == Some(&name.id)),
            Expr::Attribute(attribute) => attribute.ctx.is_load() && known(&attribute.attr),
            Expr::Call(call) => last_name(&call.func).is_some_and(|name| name == self.class || known(name)),
            Expr::Await(awaited) => self.holds(&awaited.value),
            Expr::Named(named) => self.holds(&named.value),
            Expr::If(ternary) => self.holds(&ternary.body) || self.holds(&ternary.orelse),
            Expr::BoolOp(bool_op) => bool_op.values.iter().any(|value| self.holds(value)),
            _ => false,
        })
    }

    /// An instance, or the class itself.
    fn matters(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id == self.class && name.ctx.is_load()) || self.holds(expr)
    }

    /// A target is given an instance.
    fn hold(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                self.holders.insert(name.id.to_string());
            }
            Expr::Attribute(attribute) => {
                self.holders.insert(attribute.attr.to_string());
            }
            // Taken apart, or put among others.
            _ => self.harmless = false,
        }
    }

    /// Whether an annotation says that a name holds an instance. More than `Point` or `Point | None` is not followed.
    fn is_annotated(&mut self, annotation: &Expr) -> bool {
        let text = &self.source[annotation.range()];
        if occurrences(text, self.class) == 0 {
            return false;
        }
        let class = self.class;
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace() && !"'\"".contains(*letter)).collect();
        let forms = [class.to_owned(), format!("{class}|None"), format!("None|{class}"), format!("Optional[{class}]")];
        self.harmless &= forms.contains(&bare.trim_start_matches("typing.").to_owned());
        true
    }

    /// An instance is given to a call.
    fn pass(&mut self, call: &ast::ExprCall) {
        let Some(name) = last_name(&call.func) else {
            self.harmless = false;
            return;
        };
        let taken: Vec<String> =
            self.takers.iter().filter(|(taker, _)| taker == name).flat_map(|(_, names)| names.clone()).collect();
        self.harmless &= !taken.is_empty() || call.func.is_name_expr() && SHOWING.contains(&name);
        self.holders.extend(taken);
    }

    fn call(&mut self, call: &ast::ExprCall) {
        let is_class = |expr: &Expr, class: &str| is_name(expr, class);
        // `isinstance(x, Point)`
        if is_name(&call.func, "isinstance")
            && let [_, class] = call.arguments.args.as_ref()
            && is_class(class, self.class)
        {
            return;
        }
        // A method asks for the tuple below.
        self.harmless &= !(self.instance.is_some() && is_name(&call.func, "super"));
        let given = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        for argument in given {
            if is_class(argument, self.class) {
                self.harmless = false;
            } else if self.holds(argument) {
                self.pass(call);
            } else if let Expr::Starred(starred) = argument {
                self.harmless &= !self.matters(&starred.value);
            }
        }
    }

    fn compare(&mut self, compare: &ast::ExprCompare) {
        let parts: Vec<&Expr> = std::iter::once(compare.left.as_ref()).chain(&compare.comparators).collect();
        if !parts.iter().any(|part| self.matters(part)) {
            return;
        }
        let identity = compare.ops.iter().all(|op| matches!(op, CmpOp::Is | CmpOp::IsNot));
        let equality = compare.ops.iter().all(|op| matches!(op, CmpOp::Eq | CmpOp::NotEq));
        let alike = parts.iter().all(|part| self.holds(part) || part.is_none_literal_expr());
        self.harmless &= identity || equality && alike;
    }

    /// No expression directly in this one may be an instance.
    fn forbid(&mut self, children: Vec<&Expr>) {
        self.harmless &= !children.into_iter().any(|child| self.matters(child));
    }

    fn function(&mut self, def: &ast::StmtFunctionDef) {
        for parameter in &def.parameters {
            if parameter.annotation().is_some_and(|annotation| self.is_annotated(annotation)) {
                self.holders.insert(parameter.name().to_string());
            }
            self.harmless &= !parameter.default().is_some_and(|default| self.matters(default));
        }
        if def.returns.as_deref().is_some_and(|returns| self.is_annotated(returns)) {
            self.holders.insert(def.name.to_string());
        }
    }
}

impl<'v> Visitor<'v> for Flow<'_> {
    fn visit_stmt(&mut self, stmt: &'v Stmt) {
        match stmt {
            Stmt::Assign(assign) if self.holds(&assign.value) => assign.targets.iter().for_each(|it| self.hold(it)),
            Stmt::AnnAssign(assign) => {
                self.harmless &= !assign.value.as_deref().is_some_and(|value| is_name(value, self.class));
                if self.is_annotated(&assign.annotation) || assign.value.as_deref().is_some_and(|it| self.holds(it)) {
                    self.hold(&assign.target);
                }
            }
            Stmt::Return(ret) if ret.value.as_deref().is_some_and(|value| self.holds(value)) => {
                self.holders.extend(self.functions.last().cloned());
            }
            Stmt::AugAssign(assign) => {
                self.harmless &= !self.matters(&assign.value);
                self.harmless &= last_name(&assign.target).is_none_or(|name| !self.holders.contains(name));
            }
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(class) => {
                let bases = class.arguments.iter().flat_map(|arguments| arguments.args.iter()).collect();
                self.forbid(bases);
            }
            // A value alone, or one that is asked whether it is there.
            Stmt::Expr(_) | Stmt::If(_) | Stmt::While(_) | Stmt::Assert(_) => {}
            _ => self.forbid(children_of_stmt(stmt)),
        }
        let walk = |flow: &mut Self| stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(flow, stmt));
        match stmt {
            Stmt::FunctionDef(def) => {
                self.functions.push(def.name.to_string());
                walk(self);
                self.functions.pop();
            }
            Stmt::ClassDef(class) if class.name.as_str() == self.class => {
                for stmt in &class.body {
                    if let Stmt::FunctionDef(def) = stmt {
                        self.instance = def.parameters.args.first().map(|first| first.name().to_string());
                    }
                    self.visit_stmt(stmt);
                    self.instance = None;
                }
            }
            _ => walk(self),
        }
    }

    fn visit_annotation(&mut self, _annotation: &'v Expr) {}

    fn visit_expr(&mut self, expr: &'v Expr) {
        match expr {
            Expr::Attribute(attribute) if self.matters(&attribute.value) => {
                let of_instance = self.holds(&attribute.value);
                self.harmless &= of_instance && self.members.iter().any(|member| *member == attribute.attr.as_str());
            }
            Expr::Call(call) => self.call(call),
            Expr::Compare(compare) => self.compare(compare),
            Expr::Named(named) if self.holds(&named.value) => self.hold(&named.target),
            // They have the value of what is in them, or ask whether it is there, or show it.
            Expr::Named(_) | Expr::Await(_) | Expr::If(_) | Expr::BoolOp(_) | Expr::FString(_) => {}
            Expr::UnaryOp(unary) if unary.op == ast::UnaryOp::Not => {}
            _ => self.forbid(children_of_expr(expr)),
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr));
    }
}

/// Collects what functions and classes take.
struct Takers<'t>(&'t mut Vec<(String, Vec<String>)>);

impl<'v> Visitor<'v> for Takers<'_> {
    fn visit_stmt(&mut self, stmt: &'v Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.0.push((def.name.to_string(), parameters(def))),
            Stmt::ClassDef(class) => {
                for stmt in &class.body {
                    match stmt {
                        Stmt::FunctionDef(def) if def.name.as_str() == "__init__" => {
                            self.0.push((class.name.to_string(), parameters(def)));
                        }
                        Stmt::AnnAssign(field) => {
                            let name = last_name(&field.target).map(str::to_owned);
                            self.0.push((class.name.to_string(), name.into_iter().collect()));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(self, stmt));
    }

    fn visit_expr(&mut self, _expr: &'v Expr) {}
}

/// The names of the parameters, but for that of an instance.
fn parameters(def: &ast::StmtFunctionDef) -> Vec<String> {
    let names = def.parameters.iter().map(|parameter| parameter.name().to_string());
    names.filter(|name| name != "self" && name != "cls").collect()
}

/// The last part of a name or dotted name.
fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

/// The expressions directly in another, or in a statement.
struct Children<'v>(Vec<&'v Expr>);

impl<'v> Visitor<'v> for Children<'v> {
    fn visit_stmt(&mut self, _stmt: &'v Stmt) {}

    fn visit_annotation(&mut self, _annotation: &'v Expr) {}

    fn visit_expr(&mut self, expr: &'v Expr) {
        self.0.push(expr);
    }
}

fn children_of_expr(expr: &Expr) -> Vec<&Expr> {
    let mut children = Children(Vec::new());
    visitor::walk_expr(&mut children, expr);
    children.0
}

fn children_of_stmt(stmt: &Stmt) -> Vec<&Expr> {
    let mut children = Children(Vec::new());
    visitor::walk_stmt(&mut children, stmt);
    children.0
}
