//! `invalid-distribution-parameter`: a random distribution that does not exist.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{argument, literal_number, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "invalid-distribution-parameter", hooks: &[Hook::Call(check)] };

/// What a parameter must be.
#[derive(Clone, Copy)]
enum Need {
    Positive,
    NotNegative,
    NotZero,
}

use Need::{NotNegative, NotZero, Positive};

/// Function, parameter, position, what it must be.
const PARAMETERS: [(&str, &str, usize, Need); 13] = [
    ("gauss", "sigma", 1, NotNegative),
    ("normalvariate", "sigma", 1, NotNegative),
    ("lognormvariate", "sigma", 1, NotNegative),
    ("gammavariate", "alpha", 0, Positive),
    ("gammavariate", "beta", 1, Positive),
    ("betavariate", "alpha", 0, Positive),
    ("betavariate", "beta", 1, Positive),
    ("weibullvariate", "alpha", 0, Positive),
    ("weibullvariate", "beta", 1, Positive),
    ("paretovariate", "alpha", 0, Positive),
    ("vonmisesvariate", "kappa", 1, NotNegative),
    ("expovariate", "lambd", 0, NotZero),
    ("binomialvariate", "n", 0, NotNegative),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(name) = symbol(context, &call.func) else { return };
    let Some(function) = name.strip_prefix("random.") else { return };
    for (_, parameter, position, need) in PARAMETERS.iter().filter(|(of, ..)| *of == function) {
        let Some(given) = argument(call, parameter, Some(*position)).given() else { continue };
        let Some(value) = literal_number(given) else { continue };
        let (fits, wanted) = match need {
            Positive => (value > 0.0, "greater than 0"),
            NotNegative => (value >= 0.0, "0 or greater"),
            NotZero => (value != 0.0, "other than 0"),
        };
        if !fits {
            report.at(given.range(), &[("function", &name), ("parameter", parameter), ("wanted", wanted)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn parameters_at_the_edge_are_told_apart() {
        let source = "\
import random
random.gauss(0, 0)
random.gauss(0, -1)
random.expovariate(-2)
random.expovariate(0)
random.gammavariate(beta=0, alpha=2)
random.betavariate(a, 1)
";
        assert_eq!(found("invalid-distribution-parameter", source), ["-1", "0", "0"]);
    }
}
