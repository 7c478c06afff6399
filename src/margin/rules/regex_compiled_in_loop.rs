//! `regex-compiled-in-loop`: a pattern that is looked up anew in each round.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::regex::TAKING_PATTERNS;
use super::support::{argument, first_argument, free_name, has_comment, starts_line, symbol as symbol_of};
use super::{Detector, Hook, Report};
use crate::margin::fix::{indentation, spelling};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "regex-compiled-in-loop", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(pattern @ (Expr::StringLiteral(_) | Expr::BytesLiteral(_))) = argument(call, "pattern", Some(0)).given() else {
        return;
    };
    if !context.in_loop() {
        return;
    }
    let Some(symbol) = symbol_of(context, &call.func) else { return };
    let Some((_, flags)) = TAKING_PATTERNS.iter().find(|(name, _)| *name == symbol) else { return };
    let fix = before_loop(context, call, pattern, *flags, &symbol);
    report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
}

/// The pattern compiled once, before the outermost loop.
fn before_loop(
    context: &Context<'_>,
    call: &ast::ExprCall,
    pattern: &Expr,
    flags: usize,
    symbol: &str,
) -> Option<Fix> {
    let mut outermost = None;
    for node in context.ancestors() {
        match node {
            Node::Stmt(stmt @ (Stmt::For(_) | Stmt::While(_))) => outermost = Some(stmt),
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => break,
            _ => {}
        }
    }
    let stmt = outermost.filter(|stmt| starts_line(context.source, stmt.start()))?;
    let name = free_name(context, &["pattern", "regex", "compiled"], call.start())?;
    let first = call.arguments.args.first().filter(|first| first.range() == pattern.range())?;
    // Flags are given with the pattern; only constants can be computed earlier.
    let flags = argument(call, "flags", Some(flags));
    let is_compile = symbol == "re.compile";
    if !flags.is_absent() && !is_compile || has_comment(context, call) {
        return None;
    }
    let (line, indent) = (context.newline(), indentation(context.source, stmt.start()));
    let (compiled, used) = if is_compile {
        let given = flags.given();
        if given.is_some_and(|flags| symbol_of(context, flags).is_none()) {
            return None;
        }
        (context.text(call).to_owned(), Edit::replace(call, name))
    } else {
        let (compile, import) = spelling(context, "re.compile", stmt.start())?;
        if import.is_some() {
            return None;
        }
        let method = symbol.strip_prefix("re.")?;
        let rest = first_argument(context, call, first)?;
        let head = TextRange::new(call.start(), rest.end());
        (format!("{compile}({})", context.text(pattern)), Edit::replace(head, format!("{name}.{method}(")))
    };
    let edits = vec![Edit::insert(stmt.start(), format!("{name} = {compiled}{line}{indent}")), used];
    Some(Fix { title: format!("Compile it once, as `{name}`, before the loop"), safe: false, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn patterns_that_change_and_single_uses_are_fine() {
        let quiet = "\
import re
re.search('a', text)
for word in words:
    re.search(word, text)
    re.escape('a')
for match in re.finditer('a', text): ...
";
        assert!(found("regex-compiled-in-loop", quiet).is_empty());
    }

    #[test]
    fn the_pattern_is_compiled_before_the_loop() {
        let source = "\
import re
def f(lines):
    for block in lines:
        for line in block:
            if re.match(r'\\d+', line):
                yield line
";
        let expected = "\
import re
def f(lines):
    pattern = re.compile(r'\\d+')
    for block in lines:
        for line in block:
            if pattern.match(line):
                yield line
";
        assert_eq!(fixed("regex-compiled-in-loop", source), expected);
        let source = "import re\nwhile True:\n    word = re.compile('a', re.I)\n";
        assert_eq!(fixed("regex-compiled-in-loop", source), "import re\npattern = re.compile('a', re.I)\nwhile True:\n    word = pattern\n");
    }
}
