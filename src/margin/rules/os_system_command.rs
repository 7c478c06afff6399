//! `os-system-command`: a command that is put together and given to the shell.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::interpolation::inserted;
use super::origins::{latest_value, origins};
use super::subprocess_shell_true::{is_harmless, is_users_program};
use super::support::{
    any_in_expr, argument, comments_on, has_comment, is_constant, is_discarded, last_name, string, symbol, words,
};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "os-system-command", hooks: &[Hook::Call(check)] };

/// Functions, and the name of their parameter.
const FUNCTIONS: [(&str, &str); 4] = [
    ("os.system", "command"),
    ("os.popen", "cmd"),
    ("subprocess.getoutput", "cmd"),
    ("subprocess.getstatusoutput", "cmd"),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(symbol) = symbol(context, &call.func) else { return };
    let Some((name, keyword)) = FUNCTIONS.iter().find(|(name, _)| *name == symbol) else { return };
    let Some(command) = argument(call, keyword, Some(0)).given() else { return };
    // A comment that speaks of the shell, or of `subprocess`, says why.
    let mut comments = comments_on(context, call);
    let is_reasoned = comments.any(|text| text.contains("shell") || text.contains("subprocess"));
    let whole = latest_value(context, command);
    let is_chosen = origins(context, command).is_chosen();
    let is_made = is_put_together(context, command) && !is_harmless(context, whole) && !hands_on(context, whole);
    if (is_chosen && !is_harmless(context, whole) || is_made) && !is_reasoned && !is_typed_in(context, whole) {
        let fix = if *name == "os.system" { as_list(context, call, command) } else { None };
        report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
    }
}

/// Whether the command is seen to be made here, by filling in or joining: what comes as a whole from elsewhere may be meant
/// for a shell.
pub(super) fn is_put_together<'a>(context: &Context<'a>, command: &'a Expr) -> bool {
    match latest_value(context, command) {
        Expr::FString(_) | Expr::BinOp(_) => true,
        Expr::Call(call) => last_name(&call.func).is_some_and(|name| ["format", "join"].contains(&name)),
        _ => false,
    }
}

/// Whether the user has typed the line for their own shell: a method `do_ls(self, line)` of a command line (a class named after
/// one, or of `cmd.Cmd`) fills in nothing but what it got. A robot's `cmd_ping` has its line from strangers.
fn is_typed_in(context: &Context<'_>, command: &Expr) -> bool {
    let (Some(def), Some(class)) = (context.enclosing_function(), context.enclosing_class()) else { return false };
    let is_line = |name: &str| {
        let words = words(name);
        words.iter().any(|word| ["cli", "cmd", "console", "interactive", "prompt", "repl", "shell", "stdio"].contains(&word.as_str()))
    };
    let is_console = is_line(&class.name) || class.bases().iter().any(|base| last_name(base).is_some_and(|name| name == "Cmd"));
    let is_command = def.name.starts_with("do_") || def.name.starts_with("cmd_");
    let [_, line] = def.parameters.args.as_slice() else { return false };
    is_console && is_command
        && !any_in_expr(command, |node| match node {
            AnyNodeRef::ExprName(name) => name.id != line.parameter.name.id,
            AnyNodeRef::ExprAttribute(part) => !part.value.is_string_literal_expr(),
            _ => false,
        })
}

/// Whether the program itself is a command from elsewhere that only gets something added: `f"{command} 2>&1"`, the user's
/// `pager + " " + path`. A list cannot take its place.
pub(super) fn hands_on<'a>(context: &Context<'a>, command: &'a Expr) -> bool {
    const COMMANDS: [&str; 5] = ["cmd", "cmdline", "command", "commandstring", "commandline"];
    let is_command = |part: &Expr| last_name(part).is_some_and(|name| COMMANDS.contains(&name)) && !is_constant(context, part);
    // `command % path`, `template.format(path)`: the text itself is from elsewhere.
    let is_template = |text: &'a Expr| (text.is_name_expr() || text.is_attribute_expr()) && !is_constant(context, latest_value(context, text));
    if inserted(command).into_iter().any(is_command) {
        return true;
    }
    let program = match command {
        Expr::FString(string) => match string.value.elements().next() {
            Some(ast::InterpolatedStringElement::Interpolation(part)) => Some(part.expression.as_ref()),
            _ => None,
        },
        Expr::BinOp(format) if format.op == ast::Operator::Mod && is_template(&format.left) => return true,
        Expr::BinOp(format) if format.op == ast::Operator::Mod => {
            let begins = string(&format.left).is_some_and(|text| text.starts_with("%s"));
            let first = match format.right.as_ref() {
                Expr::Tuple(values) => values.elts.first(),
                value => Some(value),
            };
            first.filter(|_| begins)
        }
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "format" => {
                if is_template(&method.value) {
                    return true;
                }
                let begins = string(&method.value).is_some_and(|text| text.starts_with("{}") || text.starts_with("{0}"));
                call.arguments.args.first().filter(|_| begins)
            }
            _ => None,
        },
        Expr::BinOp(sum) => {
            let mut left = sum.left.as_ref();
            while let Expr::BinOp(inner) = left {
                left = &inner.left;
            }
            Some(left)
        }
        _ => None,
    };
    program.is_some_and(|program| is_command(program) || is_users_program(context, program))
}

/// A word of the command: what it is made of.
#[derive(Default)]
struct Word<'a> {
    literal: String,
    filled: Vec<&'a Expr>,
}

/// `subprocess.run([...], check=True)` for an f-string whose words can be told apart and need nothing of the shell.
fn as_list(context: &Context<'_>, call: &ast::ExprCall, command: &Expr) -> Option<Fix> {
    let Expr::FString(string) = command else { return None };
    if !is_discarded(context) || has_comment(context, call) {
        return None;
    }
    let mut words = vec![Word::default()];
    for element in string.value.elements() {
        match element {
            ast::InterpolatedStringElement::Literal(literal) => {
                for (at, part) in literal.value.split(' ').enumerate() {
                    if at > 0 {
                        words.push(Word::default());
                    }
                    if !part.chars().all(|letter| letter.is_ascii_alphanumeric() || "./-_:@+,=".contains(letter)) {
                        return None;
                    }
                    words.last_mut()?.literal.push_str(part);
                }
            }
            ast::InterpolatedStringElement::Interpolation(part) => {
                let plain = part.format_spec.is_none()
                    && part.debug_text.is_none()
                    && part.conversion == ast::ConversionFlag::None;
                if !plain {
                    return None;
                }
                words.last_mut()?.filled.push(&part.expression);
            }
        }
    }
    words.retain(|word| !word.literal.is_empty() || !word.filled.is_empty());
    let program = words.first()?;
    // A word is written or filled in, not both: `--name={name}` would need an f-string of its own.
    if !program.filled.is_empty() || program.literal.contains('=') || program.literal == "cd" {
        return None;
    }
    let mut items = Vec::new();
    for word in &words {
        match (word.literal.as_str(), word.filled.as_slice()) {
            (literal, []) => items.push(format!("\"{literal}\"")),
            ("", [value]) => {
                let text = context.text(*value);
                let is_text = context.infer(value).is_some_and(|ty| ty.is_builtin("str") || ty.class == "pathlib.Path");
                items.push(if is_text { text.to_owned() } else { format!("str({text})") });
            }
            _ => return None,
        }
    }
    let (run, import) = spelling(context, "subprocess.run", call.start())?;
    Some(Fix {
        title: format!("Use `{run}` with a list"),
        safe: false,
        edits: vec![Edit::replace(call, format!("{run}([{}], check=True)", items.join(", ")))],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn constant_and_quoted_commands_are_fine() {
        let quiet = "\
import os, shlex, tempfile
os.system('clear')
os.system(COMMAND)
os.system(settings['editor'])
os.popen(f'wc {shlex.quote(path)}')
os.getpid()
def show(cmd, path, pager, pid: int):
    os.system(cmd + ' <' + path + '>')
    os.system('%s 2>/dev/null >%s' % (cmd, path))
    os.system(f'{pager} {path}')
    os.system('leaks %d' % pid)
    os.system('leaks ' + shlex.quote(path))
    os.system(f'leaks {pid}')
    os.system('{} {}'.format(pager, path))
    cmd = f'pushd {path} && {cmd}'
    os.system(cmd)
    line = settings.print_command
    line = line % shlex.quote(path)
    os.popen(line)
    name, handle = tempfile.mkstemp()
    os.system('more <%s' % name)
    quoted = shlex.quote(path)
    line = 'wc {}'.format(quoted)
    os.popen(line)
";
        assert!(found("os-system-command", quiet).is_empty());
    }

    #[test]
    fn who_types_the_line_at_a_command_line_means_their_own_shell() {
        let quiet = "\
import cmd, os
class StdioClient(LineReceiver):
    def cmd_LLS(self, rest):
        os.system('ls %s' % rest)
class Client(cmd.Cmd):
    def do_ls(self, line):
        os.system(f'ls {line}')
";
        assert!(found("os-system-command", quiet).is_empty());
        let source = "\
import cmd, os
class Robot(IRCClient):
    def cmd_ping(self, host):
        os.system('ping %s' % host)
class Client(cmd.Cmd):
    def do_fetch(self, line):
        os.system(f'curl {self.address}')
    def fetch(self, line):
        os.system(f'curl {line}')
";
        assert_eq!(found("os-system-command", source).len(), 3);
    }

    #[test]
    fn a_plain_command_becomes_a_list() {
        let source = "\
import os
def f(path: str, count):
    os.system(f'head -n {count} {path}')
    os.system(f'head {path} | sort')
    os.system('head ' + path)
    status = os.system(f'head {path}')
    text = os.popen(f'head {path}').read()
";
        let expected = "\
import os
import subprocess
def f(path: str, count):
    subprocess.run([\"head\", \"-n\", str(count), path], check=True)
    os.system(f'head {path} | sort')
    os.system('head ' + path)
    status = os.system(f'head {path}')
    text = os.popen(f'head {path}').read()
";
        let program = "\
import os
def f(tool, path):
    os.system(f'{tool} {path}')
    cmd = 'gzip '
    os.system(cmd + path)
    os.system('%s %s' % (tool, path))
";
        assert_eq!(found("os-system-command", program).len(), 3);
        let sent = "\
import os
def run(request):
    command = request.args['command']
    os.system(command)
    os.popen(f'{command} 2>&1')
";
        assert_eq!(found("os-system-command", sent).len(), 2);
        assert_eq!(found("os-system-command", source).len(), 5);
        assert_eq!(fixed("os-system-command", source), expected);
    }
}
