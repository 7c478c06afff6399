//! Findings as diagnostics: published, or pulled by clients that ask for them themselves.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentDiagnosticReportResult, FullDocumentDiagnosticReport,
    Location, MessageType, NumberOrString, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
};

use crate::knowledge::Severity;
use crate::margin::{Finding, MAX_FINDINGS};
use crate::server::config::Applied;
use crate::server::convert::Converter;
use crate::server::documents::{Notice, View};
use crate::server::outbox::Feature;
use crate::server::session::Session;

/// What clients show as the origin of a diagnostic.
pub(super) const SOURCE: &str = "marginalia";

/// `textDocument/diagnostic`. A document that is not open has no diagnostics.
pub async fn pull(session: &Arc<Session>, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
    let known = params.previous_result_id;
    let report = session.on_document(&params.text_document.uri, move |session, view| {
        let result_id = view.generation.to_string();
        if known.as_ref() == Some(&result_id) {
            return Some(unchanged(result_id));
        }
        let diagnostics = of(session, view);
        refresh_other_cells(session, view);
        Some(full(Some(result_id), diagnostics))
    });
    Ok(report.await?.unwrap_or_else(|| full(None, Vec::new())).into())
}

fn full(result_id: Option<String>, items: Vec<Diagnostic>) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
    })
}

fn unchanged(result_id: String) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
        related_documents: None,
        unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
    })
}

/// The diagnostics of a version of a text document. For the analysis threads.
pub fn of(session: &Arc<Session>, view: &View) -> Vec<Diagnostic> {
    let Some(checked) = session.check(view) else { return Vec::new() };
    let findings = checked.findings();
    if findings.len() == MAX_FINDINGS - 1 && session.documents.first(&view.uri, Notice::Cut) {
        let (name, shown) = (view.name(), findings.len());
        session.outbox.say(MessageType::INFO, format!("Marginalia shows the first {shown} findings in {name}."));
    }
    let teller = Teller::new(session, view, &checked.applied);
    let here = findings.iter().filter(|(finding, _)| view.place().holds(finding.range.start()));
    here.map(|(finding, severity)| teller.diagnostic(finding, *severity)).collect()
}

/// A client asks again for the cell that was typed in. What was typed may concern the others: has it ask for these, too.
fn refresh_other_cells(session: &Arc<Session>, view: &View) {
    if view.notebook && session.capabilities().refresh_diagnostics && session.documents.has_news(view) {
        session.outbox.refresh(Feature::Diagnostics);
    }
}

/// Makes diagnostics of one document.
pub(super) struct Teller<'s> {
    session: &'s Arc<Session>,
    view: &'s View,
    applied: &'s Applied,
    converter: Converter<'s>,
}

impl<'s> Teller<'s> {
    /// For one version, with the settings that apply to it.
    pub fn new(session: &'s Arc<Session>, view: &'s View, applied: &'s Applied) -> Self {
        Self { session, view, applied, converter: view.converter(session.capabilities().encoding) }
    }

    /// A finding as a diagnostic.
    pub fn diagnostic(&self, finding: &Finding, severity: Severity) -> Diagnostic {
        let capabilities = self.session.capabilities();
        let rule = self.applied.knowledge().rule(finding.rule);
        let volume = self.applied.knowledge().rule_volume(finding.rule);
        let section = rule.sections[0];
        let href = || self.session.rule_link(self.applied, volume, rule);
        let tags = [(rule.unnecessary, DiagnosticTag::UNNECESSARY), (rule.deprecated, DiagnosticTag::DEPRECATED)];
        let tags: Vec<_> = tags.into_iter().filter(|(wanted, _)| *wanted).map(|(_, tag)| tag).collect();
        let has_related = capabilities.related_information && !finding.related.is_empty();
        Diagnostic {
            range: self.converter.range(finding.range),
            severity: Some(level(severity)),
            code: Some(NumberOrString::String(rule.name.to_string())),
            code_description: capabilities
                .code_description
                .then(href)
                .flatten()
                .map(|link| CodeDescription { href: link.with_fragment() }),
            source: Some(SOURCE.to_owned()),
            message: format!("{} ({})", finding.message, volume.book().reference(section)),
            related_information: has_related.then(|| self.related(finding)),
            tags: (capabilities.diagnostic_tags && !tags.is_empty()).then_some(tags),
            data: None,
        }
    }

    fn related(&self, finding: &Finding) -> Vec<DiagnosticRelatedInformation> {
        let related = finding.related.iter().filter_map(|(range, message)| {
            let place = self.view.place_at(range.start())?;
            let converter = self.view.snapshot().converter(place, self.session.capabilities().encoding);
            let location = Location { uri: place.uri.clone(), range: converter.range(*range) };
            Some(DiagnosticRelatedInformation { location, message: message.clone() })
        });
        related.collect()
    }
}

fn level(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Hint => DiagnosticSeverity::HINT,
        Severity::Information => DiagnosticSeverity::INFORMATION,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Error => DiagnosticSeverity::ERROR,
    }
}
