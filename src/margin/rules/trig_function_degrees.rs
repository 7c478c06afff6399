//! `trig-function-degrees`: an angle in degrees where radians are expected.

use ruff_python_ast::{self as ast, Expr, Number};
use ruff_text_size::Ranged;

use super::support::{symbol, words};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::margin::fix::spelling;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "trig-function-degrees", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let [angle] = call.arguments.args.as_ref() else { return };
    if !is_in_degrees(angle) {
        return;
    }
    let Some(symbol) = symbol(context, &call.func) else { return };
    let radians = match symbol.as_str() {
        "math.sin" | "math.cos" | "math.tan" => "math.radians",
        "numpy.sin" | "numpy.cos" | "numpy.tan" => "numpy.radians",
        _ => return,
    };
    let fix = spelling(context, radians, angle.start()).map(|(name, import)| Fix {
        title: format!("Convert with `{name}`"),
        safe: false,
        edits: vec![crate::margin::Edit::replace(angle, format!("{name}({})", context.text(angle)))],
        imports: import.into_iter().collect(),
    });
    report.at(angle, &[("function", context.text(call.func.as_ref())), ("angle", context.text(angle)), ("radians", radians)])
        .fix = fix;
}

/// A number as people write degrees (30, 45, 90 and so on), or a name that says so.
fn is_in_degrees(angle: &Expr) -> bool {
    match angle {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.as_i64().is_some_and(|value| value >= 15 && value % 15 == 0),
            Number::Float(value) => *value >= 15.0 && *value % 15.0 == 0.0,
            Number::Complex { .. } => false,
        },
        Expr::UnaryOp(ast::ExprUnaryOp { operand, .. }) => operand.is_number_literal_expr() && is_in_degrees(operand),
        Expr::Name(name) => says_degrees(&name.id),
        Expr::Attribute(attribute) => says_degrees(&attribute.attr),
        _ => false,
    }
}

fn says_degrees(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["deg", "degs", "degree", "degrees"]) && !has(&["rad", "rads", "radians", "to", "in", "per"])
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn radians_are_fine() {
        let quiet = "\
import math
math.sin(0)
math.sin(1)
math.sin(math.radians(45))
math.cos(angle)
math.cos(deg_to_rad)
math.atan(45)
math.sin(degree * DEG_TO_RAD)
other.sin(45)
";
        assert!(found("trig-function-degrees", quiet).is_empty());
    }

    #[test]
    fn degrees_are_converted() {
        let source = "\
import math
import numpy as np
math.sin(-90)
math.cos(heading_deg)
np.tan(self.angleDegrees)
";
        let expected = "\
import math
import numpy as np
math.sin(math.radians(-90))
math.cos(math.radians(heading_deg))
np.tan(np.radians(self.angleDegrees))
";
        assert_eq!(fixed("trig-function-degrees", source), expected);
    }
}
