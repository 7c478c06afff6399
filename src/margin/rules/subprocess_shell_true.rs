//! `subprocess-shell-true`: a command that goes through the shell.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{argument, has_comment, is_call_of, is_constant, is_name, is_true, remove_keyword, symbol};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "subprocess-shell-true", hooks: &[Hook::Call(check)] };

const FUNCTIONS: [&str; 5] = [
    "subprocess.run",
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(shell) = call.arguments.find_keyword("shell").filter(|keyword| is_true(&keyword.value)) else { return };
    if !symbol(context, &call.func).is_some_and(|symbol| FUNCTIONS.contains(&symbol.as_str())) {
        return;
    }
    let Some(command) = argument(call, "args", Some(0)).given() else { return };
    // In a call over several lines the place is its first line, where people write their remarks about it.
    let head = TextRange::new(call.func.start(), shell.start());
    let place = if context.text(head).contains('\n') { call.func.range() } else { shell.range() };
    match command {
        Expr::List(_) | Expr::Tuple(_) => {
            let message = "with `shell=True` only the first item of the list is the command; the rest goes to the shell itself";
            let edit = remove_keyword(context, call, "shell").filter(|edit| !has_comment(context, edit.range));
            let fix = edit.map(|edit| Fix {
                title: "Run the command without a shell".to_owned(),
                safe: false,
                edits: vec![edit],
                imports: Vec::new(),
            });
            report.say(place, message.to_owned()).fix = fix;
        }
        Expr::StringLiteral(literal) => {
            let Some(words) = plain_words(literal.value.to_str()) else { return };
            let message = "this command uses nothing of the shell; pass a list of its words and leave `shell` out";
            let fix = as_list(context, call, literal, &words);
            report.say(place, message.to_owned()).fix = fix;
        }
        // What stands in the program is no one's input; it may need the shell.
        _ if is_harmless(context, command) || is_one_of_literals(context, command) || offers_shell(context, command) => {}
        _ => {
            report.at(place, &[("function", context.text(call.func.as_ref()))]);
        }
    }
}

/// `for command in ("ver", "command /c ver"):`.
fn is_one_of_literals(context: &Context<'_>, command: &Expr) -> bool {
    let Expr::Name(command) = command else { return false };
    context.loops().any(|stmt| match stmt {
        Stmt::For(each) => {
            is_name(&each.target, &command.id)
                && matches!(each.iter.as_ref(), Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })
                    if elts.iter().all(Expr::is_string_literal_expr))
        }
        _ => false,
    })
}

/// `def popen(cmd)`: a function that is named after the shell and hands its parameter on offers just this.
fn offers_shell(context: &Context<'_>, command: &Expr) -> bool {
    let Expr::Name(command) = command else { return false };
    context.enclosing_function().is_some_and(|def| {
        let is_named = ["popen", "shell", "system"].iter().any(|word| def.name.contains(word));
        is_named && def.parameters.iter().any(|parameter| parameter.name().id == command.id)
    })
}

/// The command is constant, or every part of it that is not went through `shlex.quote`.
pub(super) fn is_harmless(context: &Context<'_>, command: &Expr) -> bool {
    if is_constant(context, command) || is_call_of(context, command, &["shlex.quote", "shlex.join", "subprocess.list2cmdline"]) {
        return true;
    }
    match command {
        Expr::FString(string) => string.value.elements().all(|element| match element {
            ast::InterpolatedStringElement::Literal(_) => true,
            ast::InterpolatedStringElement::Interpolation(part) => {
                is_constant(context, &part.expression)
                    || is_call_of(context, &part.expression, &["shlex.quote", "shlex.join", "subprocess.list2cmdline"])
            }
        }),
        _ => false,
    }
}

/// The words of a command in which nothing means anything to a shell.
fn plain_words(command: &str) -> Option<Vec<&str>> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || " ./-_:@%+,=".contains(letter);
    let words: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
    let program = *words.first()?;
    // `NAME=value program` sets a variable; some commands are the shell's own.
    let own = ["cd", "echo", "exit", "export", "set", "source", "type", "ulimit", "umask", "dir", "copy", "del", "cls", "start", "ver", "call", "exec", ".", ":"];
    let usable = command.chars().all(plain) && !program.contains(['=', '%']) && !own.contains(&program);
    usable.then_some(words)
}

fn as_list(context: &Context<'_>, call: &ast::ExprCall, literal: &ast::ExprStringLiteral, words: &[&str]) -> Option<Fix> {
    let without_shell = remove_keyword(context, call, "shell")?;
    if has_comment(context, without_shell.range) || has_comment(context, literal.range) {
        return None;
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    let mut edits = vec![Edit::replace(literal.range, format!("[{}]", quoted.join(", "))), without_shell];
    edits.sort_by_key(|edit| edit.range.start());
    Some(Fix { title: "Pass a list, without a shell".to_owned(), safe: false, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_command_that_no_input_gets_into_may_need_the_shell() {
        let quiet = "\
import shlex, subprocess
LIST = 'ls | wc'
subprocess.run('ls *.py | wc -l', shell=True)
subprocess.run(LIST, shell=True)
subprocess.run(f'wc {shlex.quote(path)} | sort', shell=True)
subprocess.run(['wc', path])
subprocess.run(command, shell=False)
subprocess.run(**options, shell=True)
def count():
    pattern = '*.py'
    return subprocess.run('ls ' + pattern + ' | wc', shell=True)
";
        assert!(found("subprocess-shell-true", quiet).is_empty());
    }

    #[test]
    fn what_needs_no_shell_goes_without() {
        let source = "\
from subprocess import check_output as out, run
out(f'wc {path}', shell=True)
run('git status -s', shell=True, check=True)
run(shell=True, args='ls')
run(['wc', path], shell=True)
";
        assert_eq!(found("subprocess-shell-true", source), ["shell=True"; 4]);
        let expected = "\
from subprocess import check_output as out, run
out(f'wc {path}', shell=True)
run([\"git\", \"status\", \"-s\"], check=True)
run(args=[\"ls\"])
run(['wc', path])
";
        assert_eq!(fixed("subprocess-shell-true", source), expected);
    }
}
