//! `string-state-machine`: states that are words in strings.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::support::{Go, is_name, string, walk};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "string-state-machine", hooks: &[Hook::Class(check)] };

/// Fewer states are a flag.
const STATES: usize = 3;

/// What an attribute is set to and compared with.
#[derive(Default)]
struct States<'a> {
    set: FxHashSet<&'a str>,
    compared: FxHashSet<&'a str>,
    /// It is also set to something that no string in the class tells.
    open: bool,
    first: Option<TextRange>,
}

fn check<'a>(_context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let mut attributes: FxHashMap<&'a str, States<'a>> = FxHashMap::default();
    for stmt in &class.body {
        let Stmt::FunctionDef(def) = stmt else { continue };
        let Some(this) = def.parameters.posonlyargs.first().or(def.parameters.args.first()) else { continue };
        collect(def, this.name().as_str(), &mut attributes);
    }
    for (name, states) in attributes {
        let compared = states.compared.intersection(&states.set).count();
        if let Some(first) = states.first
            && states.set.len() >= STATES
            && compared >= 2
            && !states.open
        {
            report.at(first, &[("attribute", name), ("count", &states.set.len().to_string())]);
        }
    }
}

fn collect<'a>(def: &'a ast::StmtFunctionDef, this: &str, attributes: &mut FxHashMap<&'a str, States<'a>>) {
    let attribute = |expr: &'a Expr| match expr {
        Expr::Attribute(attribute) if is_name(&attribute.value, this) => Some(attribute.attr.as_str()),
        _ => None,
    };
    walk(&def.body, |node| {
        match node {
            AnyNodeRef::StmtAssign(assign) => {
                for target in &assign.targets {
                    let Some(name) = attribute(target) else { continue };
                    let states = attributes.entry(name).or_default();
                    match string(&assign.value) {
                        Some(state) => {
                            states.set.insert(state);
                            states.first.get_or_insert(target.range());
                        }
                        None => states.open |= !assign.value.is_none_literal_expr(),
                    }
                }
            }
            AnyNodeRef::ExprCompare(compare) => {
                if let ([CmpOp::Eq | CmpOp::NotEq | CmpOp::In | CmpOp::NotIn], [right]) =
                    (&*compare.ops, &*compare.comparators)
                    && let Some(name) = attribute(&compare.left)
                {
                    let words: Vec<&Expr> = match right {
                        Expr::Tuple(ast::ExprTuple { elts, .. })
                        | Expr::List(ast::ExprList { elts, .. })
                        | Expr::Set(ast::ExprSet { elts, .. }) => elts.iter().collect(),
                        single => vec![single],
                    };
                    attributes.entry(name).or_default().compared.extend(words.into_iter().filter_map(string));
                }
            }
            AnyNodeRef::StmtMatch(stmt) => {
                if let Some(name) = attribute(&stmt.subject) {
                    let words = stmt.cases.iter().filter_map(|case| match &case.pattern {
                        ast::Pattern::MatchValue(value) => string(&value.value),
                        _ => None,
                    });
                    attributes.entry(name).or_default().compared.extend(words);
                }
            }
            _ => {}
        }
        Go::In
    });
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn flags_and_values_from_elsewhere_are_fine() {
        let quiet = "\
class Door:
    def __init__(self, mode):
        self.state = 'open'
        self.mode = mode
        self.label = 'a'
    def turn(self, enum):
        if self.state == 'open':
            self.state = 'closed'
        if self.mode == 'r' or self.mode == 'w':
            self.mode = 'a'
            self.mode = 'b'
            self.mode = 'r'
        self.label = 'b'
        self.label = 'c'
";
        assert!(found("string-state-machine", quiet).is_empty());
    }

    #[test]
    fn words_that_are_set_and_compared_are_found() {
        let source = "\
class Reader:
    state = None
    def __init__(self):
        self.state = 'start'
    def feed(self, letter):
        match self.state:
            case 'start':
                self.state = 'word'
            case 'word':
                self.state = 'end'
";
        assert_eq!(found("string-state-machine", source), ["self.state"]);
    }
}
