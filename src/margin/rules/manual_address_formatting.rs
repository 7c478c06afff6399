//! `manual-address-formatting`: an address put together by hand.

use ruff_python_ast::{Expr, InterpolatedStringElement, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{has_comment, is_address_header, string};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "manual-address-formatting", hooks: &[Hook::Stmt(&[NodeKind::StmtAssign], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [Expr::Subscript(target)] = assign.targets.as_slice() else { return };
    if !string(&target.slice).is_some_and(is_address_header) {
        return;
    }
    let Some((name, address)) = name_and_address(&assign.value) else { return };
    let fix = as_formataddr(context, &assign.value, name, address);
    report.at(assign.value.range(), &[("name", context.text(name))]).fix = fix;
}

/// The two parts of `f"{name} <{address}>"`.
fn name_and_address(value: &Expr) -> Option<(&Expr, &Expr)> {
    let Expr::FString(string) = value else { return None };
    let mut elements = string.value.elements();
    let mut plain = || match elements.next()? {
        InterpolatedStringElement::Interpolation(part) => {
            let is_plain = part.conversion.is_none() && part.format_spec.is_none() && part.debug_text.is_none();
            is_plain.then_some(part.expression.as_ref())
        }
        InterpolatedStringElement::Literal(_) => None,
    };
    let name = plain()?;
    let between = elements.next()?;
    let mut rest = elements;
    let (InterpolatedStringElement::Interpolation(address), InterpolatedStringElement::Literal(end)) =
        (rest.next()?, rest.next()?)
    else {
        return None;
    };
    let shaped = matches!(between, InterpolatedStringElement::Literal(text) if &*text.value == " <") && &*end.value == ">";
    let is_plain = address.conversion.is_none() && address.format_spec.is_none();
    (shaped && is_plain && rest.next().is_none()).then_some((name, address.expression.as_ref()))
}

fn as_formataddr(context: &Context<'_>, value: &Expr, name: &Expr, address: &Expr) -> Option<Fix> {
    let (formataddr, import) = spelling(context, "email.utils.formataddr", value.start())?;
    let text = format!("{formataddr}(({}, {}))", context.text(name), context.text(address));
    (!has_comment(context, value.range())).then(|| Fix {
        title: "Let `formataddr` quote and encode the name".to_owned(),
        safe: false,
        edits: vec![Edit::replace(value.range(), text)],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_shapes_and_other_headers_are_left_alone() {
        let quiet = "\
message['Subject'] = f'{name} <{address}>'
message['From'] = f'Team <{address}>'
message['From'] = f'{name!r} <{address}>'
message['To'] = f'{name} <{address}>, boss@example.org'
message['To'] = address
";
        assert!(found("manual-address-formatting", quiet).is_empty());
    }

    #[test]
    fn the_parts_go_to_formataddr() {
        let source = "from email.utils import formatdate\nm['reply-to'] = f'{user.name} <{user.mail}>'\n";
        let expected = "from email.utils import formatdate\nfrom email.utils import formataddr\nm['reply-to'] = formataddr((user.name, user.mail))\n";
        assert_eq!(fixed("manual-address-formatting", source), expected);
    }
}
