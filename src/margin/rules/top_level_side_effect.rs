//! `top-level-side-effect`: a module that does its work when it is imported.

use ruff_python_ast::{Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::python::{Context, Lookup, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "top-level-side-effect",
    hooks: &[Hook::Stmt(&[NodeKind::StmtExpr, NodeKind::StmtWith, NodeKind::StmtWhile], check)],
};

/// Functions that reach out of the process, wait or talk.
const WORK: [&str; 22] = [
    "asyncio.run",
    "builtins.exit",
    "builtins.input",
    "builtins.print",
    "builtins.quit",
    "os.chdir",
    "os.execv",
    "os.execvp",
    "os.makedirs",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.system",
    "os.unlink",
    "shutil.copytree",
    "shutil.move",
    "shutil.rmtree",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.run",
    "sys.exit",
    "time.sleep",
];

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    // Only statements of the module itself, in a module that has something to import. Nobody imports a notebook.
    if context.nodes().len() != 1 || context.environment.notebook {
        return;
    }
    let place = match stmt {
        Stmt::Expr(stmt) => match stmt.value.as_ref() {
            Expr::Call(call) if does_work(context, &call.func) => call.func.range(),
            _ => return,
        },
        Stmt::With(with) => match with.items.first().map(|item| &item.context_expr) {
            Some(Expr::Call(call)) if context.is_builtin(&call.func, "open") => call.func.range(),
            _ => return,
        },
        Stmt::While(stmt) => stmt.test.range(),
        _ => return,
    };
    if context.table.defines() {
        report.at(place, &[]);
    }
}

/// Calls something of [`WORK`], or a function of this module that is named for what it does. Others may set the
/// module up.
fn does_work(context: &Context<'_>, function: &Expr) -> bool {
    const NAMES: [&str; 10] =
        ["main", "run", "start", "demo", "execute", "launch", "serve", "process", "download", "train"];
    if let Some(symbol) = context.resolve(function) {
        return WORK.contains(&symbol.as_str());
    }
    let Expr::Name(name) = function else { return false };
    let is_function = matches!(
        context.lookup(name.id.as_str(), name.start()),
        Lookup::Module(binding) if matches!(binding.kind, ModuleBindingKind::Function(_))
    );
    is_function && NAMES.iter().any(|word| name.id.starts_with(word))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "top-level-side-effect";

    #[test]
    fn work_at_import_is_found() {
        let source = "
import subprocess
def main(): ...
print('loaded')
subprocess.run(['ls'])
main()
with open('a') as f:
    pass
while True:
    break
";
        assert_eq!(found(RULE, source), ["print", "subprocess.run", "main", "open", "True"]);
    }

    #[test]
    fn set_up_guards_and_scripts_are_not() {
        let source = "
import logging, warnings
def main(): ...
def _register_all(): ...
logging.getLogger(__name__).addHandler(h)
warnings.filterwarnings('ignore')
_register_all()
app.include_router(r)
if __name__ == '__main__':
    main()
for x in y:
    z.append(x)
def f():
    print('x')
";
        assert!(found(RULE, source).is_empty());
        assert!(found(RULE, "print('a script')\n").is_empty());
    }
}
