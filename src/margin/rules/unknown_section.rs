//! `unknown-section`: a comment that refers to a section which the book does not have.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange};

use super::{Detector, Hook, Report};
use crate::margin::citations::citations;

pub(super) const DETECTOR: Detector = Detector { rule: "unknown-section", hooks: &[Hook::Tokens(check)] };

fn check(source: &str, tokens: &[Token], _: TextRange, report: &mut Report<'_>) {
    let comments: Vec<_> =
        tokens.iter().filter(|token| token.kind() == TokenKind::Comment).map(Ranged::range).collect();
    let knowledge = report.knowledge;
    for citation in citations(knowledge, source, &comments) {
        if !citation.is_known(knowledge) {
            let book = &knowledge.volumes()[citation.volume].book().title;
            report.at(citation.range, &[("number", &citation.number.to_string()), ("book", book)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn numbers_that_the_book_does_not_have() {
        let source = "# see §99.9 and §16.7.4\nx = 1  # book: 16.7.88\n\n\ndef f():\n    # §4.99\n    pass\n# §77.1\n";
        assert_eq!(found("unknown-section", source), ["§99.9", "book: 16.7.88", "§4.99", "§77.1"]);
    }

    #[test]
    fn texts_and_other_documents_are_no_citations() {
        assert!(found("unknown-section", "x = '§99.9'\n# RFC 9110 §99.9\n# §99.9 of the law\n").is_empty());
    }
}
