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
use crate::server::documents::{Notice, Snapshot};
use crate::server::session::Session;

/// What clients show as the origin of a diagnostic.
pub(super) const SOURCE: &str = "marginalia";

/// `textDocument/diagnostic`. A document that is not open has no diagnostics.
pub async fn pull(session: &Arc<Session>, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
    let known = params.previous_result_id;
    let report = session.on_document(&params.text_document.uri, move |session, snapshot| {
        let result_id = snapshot.generation.to_string();
        if known.as_ref() == Some(&result_id) {
            return Some(unchanged(result_id));
        }
        Some(full(Some(result_id), of(session, snapshot)))
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

/// The diagnostics of a version. For the analysis threads.
pub fn of(session: &Arc<Session>, snapshot: &Arc<Snapshot>) -> Vec<Diagnostic> {
    let Some(checked) = session.check(snapshot) else { return Vec::new() };
    let findings = checked.findings();
    if findings.len() == MAX_FINDINGS - 1 && session.documents.first(&snapshot.uri, Notice::Cut) {
        let (name, shown) = (snapshot.name(), findings.len());
        session.outbox.say(MessageType::INFO, format!("Marginalia shows the first {shown} findings in {name}."));
    }
    let teller = Teller::new(session, snapshot, &checked.applied);
    findings.iter().map(|(finding, severity)| teller.diagnostic(finding, *severity)).collect()
}

/// Makes diagnostics of one document.
pub(super) struct Teller<'s> {
    session: &'s Arc<Session>,
    snapshot: &'s Snapshot,
    applied: &'s Applied,
    converter: Converter<'s>,
}

impl<'s> Teller<'s> {
    /// For one version, with the settings that apply to it.
    pub fn new(session: &'s Arc<Session>, snapshot: &'s Snapshot, applied: &'s Applied) -> Self {
        Self { session, snapshot, applied, converter: snapshot.converter(session.capabilities().encoding) }
    }

    /// A finding as a diagnostic.
    pub fn diagnostic(&self, finding: &Finding, severity: Severity) -> Diagnostic {
        let capabilities = self.session.capabilities();
        let rule = self.applied.knowledge().rule(finding.rule);
        let volume = self.applied.knowledge().rule_volume(finding.rule);
        let section = rule.sections[0];
        let href = || self.session.link(self.applied, volume, section);
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
        let related = finding.related.iter().map(|(range, message)| DiagnosticRelatedInformation {
            location: Location { uri: self.snapshot.uri.clone(), range: self.converter.range(*range) },
            message: message.clone(),
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
