//! `subprocess-shell-true`: a command that goes through the shell.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::origins::{Origins, latest_value, origins};
use super::os_system_command::{hands_on, is_put_together};
use super::support::{argument, docstring_says, has_comment, is_call_of, is_constant, is_instance_of, is_name, is_symbol, is_true, is_upper_case, last_name, remove_keyword, string, value_of, words};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "subprocess-shell-true", hooks: &[Hook::CallOf(&FUNCTIONS, check)] };

const FUNCTIONS: [&str; 5] = [
    "subprocess.run",
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(shell) = call.arguments.find_keyword("shell").filter(|keyword| is_true(&keyword.value)) else { return };
    if !is_symbol(context, &call.func, &FUNCTIONS) {
        return;
    }
    let Some(command) = argument(call, "args", Some(0)).given() else { return };
    // In a call over several lines the place is its first line, where people write their remarks about it.
    let head = TextRange::new(call.func.start(), shell.start());
    let place = if context.text(head).contains('\n') { call.func.range() } else { shell.range() };
    match command {
        // There a list becomes one line for the shell, which alone finds `.cmd` files and fills in `%NAME%`.
        Expr::List(_) | Expr::Tuple(_) | Expr::StringLiteral(_) if only_on_windows(context, call) => {}
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
        // A command that comes as a whole from elsewhere is a line for the shell; so is one for a program that the user has set.
        _ if origins(context, command).is_chosen() || is_put_together(context, command) && !hands_on(context, latest_value(context, command)) => {
            report.at(place, &[("function", context.text(call.func.as_ref()))]);
        }
        _ => {}
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

/// Whether a branch around the call runs on Windows only: `if os.name == "nt":`, `if IS_WINDOWS:`.
fn only_on_windows(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(branch)) => {
            branch.body.last().is_some_and(|last| call.end() <= last.end()) && asks_for_windows(context, &branch.test)
        }
        Node::ElifElse(clause) => clause.test.as_ref().is_some_and(|test| asks_for_windows(context, test)),
        Node::Expr(Expr::If(ternary)) => {
            ternary.body.range().contains_range(call.range()) && asks_for_windows(context, &ternary.test)
        }
        _ => false,
    })
}

fn asks_for_windows(context: &Context<'_>, test: &Expr) -> bool {
    const NAMES: [&str; 4] = ["nt", "win32", "windows", "cygwin"];
    let is_platform = |expr: &Expr| match expr {
        Expr::Call(call) => is_symbol(context, &call.func, &["platform.system"]),
        other => is_symbol(context, other, &["os.name", "sys.platform"]),
    };
    let is_windows = |expr: &Expr| string(expr).is_some_and(|name| NAMES.contains(&name.to_ascii_lowercase().as_str()));
    let says = |expr: &Expr| {
        last_name(expr).is_some_and(|name| {
            let words = words(name);
            let is_said = words.iter().any(|word| ["win", "win32", "windows"].contains(&word.as_str()));
            // `self.windows` may be those on the screen.
            let is_asked = is_upper_case(name) || words.first().is_some_and(|word| ["is", "on"].contains(&word.as_str()));
            is_said && is_asked && !words.iter().any(|word| ["no", "non", "not"].contains(&word.as_str()))
        })
    };
    match test {
        Expr::BoolOp(all) if all.op == ast::BoolOp::And => all.values.iter().any(|one| match one {
            Expr::BoolOp(_) => false,
            one => asks_for_windows(context, one),
        }),
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([ast::CmpOp::Eq], [name]) => is_platform(&compare.left) && is_windows(name),
            ([ast::CmpOp::In], [Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) | Expr::Set(ast::ExprSet { elts, .. })]) => {
                is_platform(&compare.left) && elts.iter().all(is_windows)
            }
            _ => false,
        },
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "startswith" => {
                is_platform(&method.value) && call.arguments.args.first().and_then(string).is_some_and(|start| start.starts_with("win"))
            }
            function => says(function),
        },
        other => says(other),
    }
}

/// `def popen(cmd)`: a function that is named after the shell, or whose docstring speaks of it, and hands its parameter on
/// offers just this. A user's pager or editor is a line for the shell.
fn offers_shell(context: &Context<'_>, command: &Expr) -> bool {
    if is_users_program(context, command) {
        return true;
    }
    let Expr::Name(command) = command else { return false };
    context.enclosing_function().is_some_and(|def| {
        let is_named = ["popen", "shell", "system", "pager", "editor", "browser"].iter().any(|word| def.name.contains(word));
        let offers = is_named || docstring_says(context, &["in the shell", "in a shell", "by the shell", "shell command"]);
        offers && def.parameters.iter().any(|parameter| parameter.name().id == command.id)
    })
}

/// Whether a name is that of a program that the user has set, by convention as a line for the shell: `pager`, `EDITOR`.
pub(super) fn is_users_program(context: &Context<'_>, program: &Expr) -> bool {
    let named = last_name(program).is_some_and(|name| {
        words(name).iter().any(|word| ["pager", "editor", "browser", "viewer", "shell"].contains(&word.as_str()))
    });
    named && !is_constant(context, program)
}

/// The command is constant, or every part of it that is not went through `shlex.quote` or is a number.
pub(super) fn is_harmless<'a>(context: &Context<'a>, command: &'a Expr) -> bool {
    const QUOTERS: [&str; 4] = ["shlex.quote", "shlex.join", "pipes.quote", "subprocess.list2cmdline"];
    let is_quoted = |part: &'a Expr| {
        is_constant(context, part)
            || is_call_of(context, value_of(context, part), &QUOTERS)
            || is_own_file(context, part)
            || last_name(part).is_some_and(|name| name == "pid" || name.ends_with("_pid"))
            || !part.is_bin_op_expr() && is_instance_of(context, part, &["builtins.int", "builtins.float"])
    };
    let is_harmless = |part: &'a Expr| is_harmless(context, part);
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match command {
        part if is_quoted(part) => true,
        Expr::FString(string) => string.value.elements().all(|element| match element {
            ast::InterpolatedStringElement::Literal(_) => true,
            ast::InterpolatedStringElement::Interpolation(part) => is_harmless(&part.expression),
        }),
        Expr::BinOp(sum) if sum.op == ast::Operator::Add => is_harmless(&sum.left) && is_harmless(&sum.right),
        Expr::BinOp(format) if format.op == ast::Operator::Mod && is_constant(context, &format.left) => match format.right.as_ref() {
            Expr::Tuple(values) => values.elts.iter().all(is_harmless),
            value => is_harmless(value),
        },
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "format" && is_constant(context, &method.value) => {
                call.arguments.args.iter().all(is_harmless) && call.arguments.keywords.iter().all(|keyword| is_harmless(&keyword.value))
            }
            Expr::Attribute(method) if method.attr.as_str() == "join" && is_constant(context, &method.value) => {
                matches!(call.arguments.args.as_ref(), [parts] if quotes_each(context, parts, &QUOTERS))
            }
            _ => false,
        },
        _ => false,
    })
}

/// Whether a part is the name of a temporary file of the function's own: nothing foreign is in it.
fn is_own_file(context: &Context<'_>, part: &Expr) -> bool {
    origins(context, part) == Origins { temporary: true, ..Origins::default() }
}

/// `map(shlex.quote, words)`, `shlex.quote(word) for word in words`.
fn quotes_each(context: &Context<'_>, parts: &Expr, quoters: &[&str]) -> bool {
    match parts {
        Expr::Call(map) => {
            context.is_builtin(&map.func, "map")
                && map.arguments.args.first().is_some_and(|function| is_symbol(context, function, quoters))
        }
        Expr::Generator(each) => is_call_of(context, &each.elt, quoters),
        Expr::ListComp(each) => is_call_of(context, &each.elt, quoters),
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
def pipe_through(pager, text):
    subprocess.Popen(pager, shell=True)
def version(cmd):
    '''Runs `cmd` in the shell and reads what it says.'''
    return subprocess.run(cmd, shell=True)
def archive(paths, port: int):
    subprocess.run('tar cf - ' + ' '.join(map(shlex.quote, paths)) + ' | nc host %d' % port, shell=True)
    subprocess.run('tar cf - {} | gzip'.format(' '.join([shlex.quote(path) for path in paths])), shell=True)
def run(self, command, template, editor, path):
    subprocess.run(command, shell=True)
    subprocess.Popen(self.command, shell=True)
    subprocess.check_output(build_command(path), shell=True)
    subprocess.run(template.format(path), shell=True)
    subprocess.run(f'{editor} \"{path}\"', shell=True)
";
        assert!(found("subprocess-shell-true", quiet).is_empty());
    }

    #[test]
    fn on_windows_a_list_may_go_through_the_shell_and_a_made_up_command_may_not() {
        let branch = |test: &str, command: &str| {
            format!("import os, platform, subprocess, sys\ndef f(path):\n    if {test}:\n        subprocess.run({command}, shell=True)\n")
        };
        for test in [
            "WINDOWS", "IS_WINDOWS", "is_windows()", "os.name == 'nt'", "sys.platform == 'win32'", "path and sys.platform.startswith('win')",
            "sys.platform in ('win32', 'cygwin')", "platform.system() == 'Windows'",
        ] {
            assert!(found("subprocess-shell-true", &branch(test, "['npm', path]")).is_empty(), "{test}");
            assert!(found("subprocess-shell-true", &branch(test, "'npm install'")).is_empty(), "{test}");
            assert_eq!(found("subprocess-shell-true", &branch(test, "f'type {path}'")), ["shell=True"], "{test}");
        }
        for test in ["os.name == 'posix'", "self.windows", "not WINDOWS", "sys.platform in ('win32', 'linux')", "path or WINDOWS", "NOT_WINDOWS"] {
            assert_eq!(found("subprocess-shell-true", &branch(test, "['npm', path]")), ["shell=True"], "{test}");
        }
        let other = "import subprocess\nif WINDOWS:\n    pass\nelse:\n    subprocess.run(['npm', path], shell=True)\n";
        assert_eq!(found("subprocess-shell-true", other), ["shell=True"]);
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
        let others = "\
from subprocess import run
def call(request, paths):
    run(request.args['command'], shell=True)
    command = request.args['command']
    run(f'{command} 2>&1', shell=True)
    cmd = 'tar tf {}'
    cmd = cmd.format(paths)
    run(cmd, shell=True)
    run('tar cf - ' + ' '.join(paths), shell=True)
    run('tar cf %s' % paths, shell=True)
";
        assert_eq!(found("subprocess-shell-true", others), ["shell=True"; 5]);
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
