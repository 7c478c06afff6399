//! `archive-extractall-unfiltered`: an archive that may write where it likes.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Argument, any_in_own, argument, last_name, with_argument};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, PythonVersion};

pub(super) const DETECTOR: Detector =
    Detector { rule: "archive-extractall-unfiltered", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = context.callee(call) else { return };
    let is_method = match callee.as_str() {
        "tarfile.TarFile.extractall" | "tarfile.TarFile.extract" => true,
        "shutil.unpack_archive" => false,
        _ => return,
    };
    let function = context.text(call.func.as_ref());
    match argument(call, "filter", None) {
        Argument::Given(Expr::StringLiteral(filter)) if filter.value.to_str() == "fully_trusted" => {
            let message = format!("with this filter `{function}` writes wherever the names in the archive say");
            report.say(filter, message).fix = Some(Fix {
                title: "Use the filter `data`".to_owned(),
                safe: false,
                edits: vec![Edit::replace(filter.range(), "\"data\"")],
                imports: Vec::new(),
            });
        }
        // From 3.14 on the safe filter is the default. Members that were chosen were looked at.
        Argument::Absent if report.target() < PythonVersion::three(14) => {
            let chosen = is_method && callee.ends_with("all") && !argument(call, "members", Some(1)).is_absent();
            if !chosen && (is_method || !is_zip(call)) && !filters_where_it_can(context) {
                let fix = if is_method { with_argument(context, call, "filter=\"data\"", false) } else { None };
                report.at(call.func.as_ref(), &[("function", function)]).fix = fix;
            }
        }
        _ => {}
    }
}

/// Whether the function passes a filter elsewhere: this is what it does where Python has none.
fn filters_where_it_can(context: &Context<'_>) -> bool {
    const UNPACK: [&str; 3] = ["extractall", "extract", "unpack_archive"];
    context.enclosing_function().is_some_and(|def| {
        any_in_own(&def.body, |node| match node {
            AnyNodeRef::ExprCall(call) => {
                last_name(&call.func).is_some_and(|name| UNPACK.contains(&name))
                    && !argument(call, "filter", None).is_absent()
            }
            _ => false,
        })
    })
}

/// The names in a zip file are made harmless by `zipfile` itself, and `unpack_archive` takes no filter for it.
fn is_zip(call: &ast::ExprCall) -> bool {
    let is = |value: Option<&Expr>, test: fn(&str) -> bool| match value {
        Some(Expr::StringLiteral(text)) => test(text.value.to_str()),
        _ => false,
    };
    is(argument(call, "format", Some(2)).given(), |format| format == "zip")
        || is(argument(call, "filename", Some(0)).given(), |name| name.to_ascii_lowercase().ends_with(".zip"))
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};
    use crate::python::PythonVersion;

    const SOURCE: &str = "\
import shutil, tarfile, zipfile
with tarfile.open('a.tar') as tar:
    tar.extractall('out')
    tar.extractall('out', members=safe(tar))
    tar.extract('name', filter='data')
tar = tarfile.TarFile('a.tar')
tar.extract('name')
zipfile.ZipFile('a.zip').extractall()
shutil.unpack_archive('a.zip')
shutil.unpack_archive('a.tar.gz')
";

    #[test]
    fn before_3_14_a_filter_must_be_named() {
        let options = Options { target: PythonVersion::three(13), ..Options::default() };
        let expected = ["tar.extractall", "tar.extract", "shutil.unpack_archive"];
        assert_eq!(found_with("archive-extractall-unfiltered", SOURCE, &options), expected);
        let both = "\
import tarfile
def unpack(name):
    with tarfile.open(name) as tar:
        if hasattr(tarfile, 'data_filter'):
            tar.extractall('out', filter='data')
        else:
            tar.extractall('out')
";
        assert!(found_with("archive-extractall-unfiltered", both, &options).is_empty());
        let other = both.replace(", filter='data'", ", numeric_owner=True");
        assert_eq!(found_with("archive-extractall-unfiltered", &other, &options).len(), 2);
        assert!(found("archive-extractall-unfiltered", SOURCE).is_empty());
    }
}
