//! `legacy-process-spawn`: older ways to run a command.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::subprocess_shell_true::is_harmless;
use super::support::{is_discarded, symbol, with_argument};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "legacy-process-spawn", hooks: &[Hook::Call(check)] };

/// These give their command to a shell: a command that is put together is the business of `os-system-command`.
const SHELL: [&str; 4] = ["os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"];

const OTHERS: [&str; 10] = [
    "os.spawnl",
    "os.spawnle",
    "os.spawnlp",
    "os.spawnlpe",
    "os.spawnv",
    "os.spawnve",
    "os.spawnvp",
    "os.spawnvpe",
    "subprocess.call",
    "subprocess.check_call",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(symbol) = symbol(context, &call.func) else { return };
    let constant = || call.arguments.args.first().is_some_and(|command| is_harmless(context, command));
    if OTHERS.contains(&symbol.as_str()) || SHELL.contains(&symbol.as_str()) && constant() {
        let fix = with_run(context, call, &symbol);
        report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
    }
}

fn with_run(context: &Context<'_>, call: &ast::ExprCall, symbol: &str) -> Option<Fix> {
    let mut fix = replace_symbol(context, call.func.range(), "subprocess.run", false)?;
    match symbol {
        // `call` gives the exit code.
        "subprocess.call" if is_discarded(context) => {}
        "subprocess.call" => fix.edits.push(Edit::insert(call.end(), ".returncode")),
        "subprocess.check_call" if is_discarded(context) => {
            fix.edits.extend(with_argument(context, call, "check=True", false)?.edits);
        }
        _ => return None,
    }
    Some(fix)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn run_and_what_the_other_rule_finds_are_left_alone() {
        let quiet = "\
import os, subprocess
subprocess.run(['ls'])
subprocess.check_output(['ls'])
os.system(f'ls {path}')
";
        assert!(found("legacy-process-spawn", quiet).is_empty());
        assert_eq!(found("legacy-process-spawn", "import os\nos.system('ls')\n"), ["os.system"]);
    }

    #[test]
    fn run_takes_their_place() {
        let source = "\
import subprocess
subprocess.call(['ls'])
subprocess.check_call(['ls'], cwd=folder)
failed = subprocess.call(['ls']) != 0
";
        let expected = "\
import subprocess
subprocess.run(['ls'])
subprocess.run(['ls'], cwd=folder, check=True)
failed = subprocess.run(['ls']).returncode != 0
";
        assert_eq!(fixed("legacy-process-spawn", source), expected);
    }
}
