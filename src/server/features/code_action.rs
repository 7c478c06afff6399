//! `textDocument/codeAction` and `codeAction/resolve`.
//!
//! Every finding offers its fix, its section, silence on its line, and silence in the project. Other tools' diagnostics
//! offer the sections that explain them. The code at the place offers its refactorings. The file offers all its safe
//! fixes at once.

use std::sync::Arc;

use ruff_text_size::TextRange;
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Command, Diagnostic,
    NumberOrString, Uri, WorkspaceEdit,
};

use super::diagnostics::{SOURCE, Teller};
use super::execute_command::open_section;
use crate::knowledge::Severity;
use crate::margin::refactor::{Rewrite, rewrites};
use crate::margin::suppress::silencing_edit;
use crate::margin::{Edit, Finding, Fix, fixes};
use crate::server::checked::Checked;
use crate::server::documents::{Snapshot, View};
use crate::server::edits;
use crate::server::session::Session;

/// All safe fixes of a file; what editors run on save when asked to.
pub const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.marginalia");

/// The same under the name that editors run when a notebook is saved.
pub const NOTEBOOK_FIX_ALL: CodeActionKind = CodeActionKind::new("notebook.source.fixAll.marginalia");

/// How many sections one diagnostic of another tool offers.
const MAX_SECTIONS: usize = 3;

/// What can be done about the requested range.
pub async fn code_action(session: &Arc<Session>, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
    let uri = params.text_document.uri.clone();
    let actions = session.on_document(&uri, move |session, view| {
        let checked = session.check(view)?;
        Some(Offer { session, view, checked, params: &params }.actions())
    });
    actions.await
}

/// Makes the edit of an action that was offered without it.
pub async fn resolve(session: &Arc<Session>, mut action: CodeAction) -> Result<CodeAction> {
    let Some(Ok(lazy)) = action.data.clone().map(serde_json::from_value::<Lazy>) else { return Ok(action) };
    let edit = session.on_document(&lazy.uri.clone(), move |session, view| {
        if view.version != lazy.version {
            return None;
        }
        lazy.change.edit(session, view, session.check(view)?)
    });
    // The document has changed since, or is closed: an edit would hit the wrong place.
    action.edit = Some(edit.await?.ok_or_else(|| Error::new(ErrorCode::ContentModified))?);
    Ok(action)
}

/// An edit, described well enough to make it later.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Lazy {
    uri: Uri,
    version: i32,
    change: Change,
}

/// What an action changes. Ranges are bytes of the document.
#[derive(Clone, Debug, Deserialize, Serialize)]
enum Change {
    Fix {
        rule: String,
        start: u32,
        end: u32,
    },
    FixAll,
    Silence {
        rule: String,
        start: u32,
        end: u32,
    },
    Disable {
        rule: String,
    },
    /// What was asked for, and which refactoring of those that it offers.
    Rewrite {
        name: String,
        start: u32,
        end: u32,
    },
}

impl Change {
    fn edit(&self, session: &Session, snapshot: &Snapshot, checked: &Checked) -> Option<WorkspaceEdit> {
        let analysis = &checked.analysis;
        let range = |start: u32, end: u32| TextRange::new(start.into(), end.into());
        let edits = match self {
            Self::Fix { rule, start, end } => {
                let rule = analysis.knowledge().rule_named(rule)?;
                let mut findings = analysis.findings().into_iter();
                analysis.edits(&findings.find(|it| it.rule == rule && it.range == range(*start, *end))?.fix?)
            }
            Self::FixAll => safe_fixes(checked),
            Self::Silence { rule, start, end } => {
                let layout = analysis.module().layout();
                vec![silencing_edit(analysis.text(), analysis.lines(), &layout, range(*start, *end), rule)]
            }
            Self::Rewrite { name, start, end } => {
                rewrites(analysis, range(*start, *end)).into_iter().find(|it| it.name == name)?.edits
            }
            Self::Disable { rule } => return edits::disable_rule(session, snapshot, &checked.applied, rule),
        };
        Some(edits::of_document(session, snapshot, &edits))
    }
}

fn safe_fixes(checked: &Checked) -> Vec<Edit> {
    let safe = checked.findings().iter().filter_map(|(finding, _)| finding.fix.as_ref()).filter(|fix| fix.safe);
    fixes::combine(safe.map(|fix| checked.analysis.edits(fix)))
}

/// The answer to one request.
struct Offer<'o> {
    session: &'o Arc<Session>,
    view: &'o View,
    checked: &'o Checked,
    params: &'o CodeActionParams,
}

impl Offer<'_> {
    fn actions(&self) -> CodeActionResponse {
        if !self.session.capabilities().code_action_literals {
            return self.commands();
        }
        let mut actions = Vec::new();
        let mut fixes = Vec::new();
        if self.wants(&CodeActionKind::QUICKFIX) {
            let findings = self.findings();
            fixes.extend(findings.iter().filter_map(|(finding, _)| finding.fix.clone()));
            actions.extend(findings.iter().filter_map(|(finding, diagnostic)| self.fix(finding, diagnostic)));
            for (finding, diagnostic) in &findings {
                actions.push(reading(self.section_of(finding), diagnostic));
                actions.extend(self.silence(finding, diagnostic));
            }
            actions.extend(self.explanations());
        }
        if self.wants(&CodeActionKind::REFACTOR_REWRITE) {
            actions.extend(self.rewrites(&fixes));
        }
        for kind in [FIX_ALL, NOTEBOOK_FIX_ALL] {
            let of_notebook = kind == NOTEBOOK_FIX_ALL;
            // Of its two names, the one for notebooks is for those who ask for it.
            let asked = !of_notebook || self.view.notebook && self.params.context.only.is_some();
            if asked && self.wants(&kind) {
                actions.extend(self.fix_all(kind));
            }
        }
        actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
    }

    /// For clients that know nothing of code actions.
    fn commands(&self) -> CodeActionResponse {
        let read = |(finding, _): &(Finding, Diagnostic)| self.section_of(finding);
        self.findings().iter().map(read).map(CodeActionOrCommand::Command).collect()
    }

    /// Whether the client asked for this kind: `only` names kinds or what they begin with.
    fn wants(&self, kind: &CodeActionKind) -> bool {
        let asked = |only: &CodeActionKind| {
            let rest = kind.as_str().strip_prefix(only.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || only.as_str().is_empty())
        };
        self.params.context.only.as_ref().is_none_or(|only| only.iter().any(asked))
    }

    /// The findings that the requested range touches, each with the client's own diagnostic where it sent it along.
    fn findings(&self) -> Vec<(Finding, Diagnostic)> {
        let converter = self.view.converter(self.session.capabilities().encoding);
        let wanted = converter.text_range(self.params.range);
        let touches = |finding: &Finding| finding.range.intersect(wanted).is_some();
        let teller = Teller::new(self.session, self.view, &self.checked.applied);
        let visible = self.checked.findings().iter();
        visible
            .filter(|(finding, _)| touches(finding))
            .map(|(finding, severity)| {
                let diagnostic = self.diagnostic(&teller, finding, *severity);
                (finding.clone(), diagnostic)
            })
            .collect()
    }

    fn diagnostic(&self, teller: &Teller<'_>, finding: &Finding, severity: Severity) -> Diagnostic {
        let ours = teller.diagnostic(finding, severity);
        let sent = self.params.context.diagnostics.iter();
        let mut same =
            sent.filter(|sent| sent.range == ours.range && sent.code == ours.code && sent.source == ours.source);
        same.next().cloned().unwrap_or(ours)
    }

    fn fix(&self, finding: &Finding, diagnostic: &Diagnostic) -> Option<CodeAction> {
        let Fix { title, safe, .. } = finding.fix.as_ref()?;
        let (start, end) = (finding.range.start().into(), finding.range.end().into());
        let action = quick_fix(title.clone(), diagnostic);
        let preferred = self.session.capabilities().preferred_actions && *safe;
        let action = CodeAction { is_preferred: preferred.then_some(true), ..action };
        self.with_change(action, Change::Fix { rule: self.name(finding), start, end })
    }

    /// Silence on the line, and in the project.
    fn silence(&self, finding: &Finding, diagnostic: &Diagnostic) -> impl Iterator<Item = CodeAction> {
        let rule = self.name(finding);
        let (start, end) = (finding.range.start().into(), finding.range.end().into());
        let on_line = quick_fix(format!("Ignore {rule} on this line"), diagnostic);
        let on_line = self.with_change(on_line, Change::Silence { rule: rule.clone(), start, end });
        let in_project = quick_fix(format!("Ignore {rule} in this project"), diagnostic);
        let can = edits::can_disable(self.session, self.view, &self.checked.applied);
        let in_project = can.then(|| self.with_change(in_project, Change::Disable { rule })).flatten();
        on_line.into_iter().chain(in_project)
    }

    /// The refactorings of the requested range, but for those that a fix offers already.
    fn rewrites(&self, fixes: &[Fix]) -> Vec<CodeAction> {
        let analysis = &self.checked.analysis;
        let wanted = self.view.converter(self.session.capabilities().encoding).text_range(self.params.range);
        let mut rewrites = rewrites(analysis, wanted);
        // No edit goes from one cell of a notebook into the next.
        let is_whole = |edit: &Edit| {
            self.view.place_at(edit.range.start()).is_some_and(|place| place.range().contains_range(edit.range))
        };
        rewrites.retain(|rewrite| rewrite.edits.iter().all(is_whole));
        if !rewrites.is_empty() {
            let offered: Vec<Vec<Edit>> = fixes.iter().map(|fix| analysis.edits(fix)).collect();
            rewrites.retain(|rewrite| !offered.contains(&rewrite.edits));
        }
        let action = |Rewrite { name, title, .. }: Rewrite| {
            let action = CodeAction { title, kind: Some(CodeActionKind::REFACTOR_REWRITE), ..CodeAction::default() };
            let (start, end) = (wanted.start().into(), wanted.end().into());
            self.with_change(action, Change::Rewrite { name: name.to_owned(), start, end })
        };
        rewrites.into_iter().filter_map(action).collect()
    }

    fn fix_all(&self, kind: CodeActionKind) -> Option<CodeAction> {
        let is_safe = |(finding, _): &(Finding, Severity)| finding.fix.as_ref().is_some_and(|fix| fix.safe);
        if !self.checked.findings().iter().any(is_safe) {
            return None;
        }
        let title = "Apply all safe fixes of Marginalia".to_owned();
        self.with_change(CodeAction { title, kind: Some(kind), ..CodeAction::default() }, Change::FixAll)
    }

    /// The sections that explain other tools' diagnostics on the range.
    fn explanations(&self) -> Vec<CodeAction> {
        let others = self.params.context.diagnostics.iter().filter(|it| it.source.as_deref() != Some(SOURCE));
        let actions = others.flat_map(|diagnostic| {
            let sections = self.sections_explaining(diagnostic);
            sections.into_iter().map(|command| reading(command, diagnostic))
        });
        actions.collect()
    }

    fn sections_explaining(&self, diagnostic: &Diagnostic) -> Vec<Command> {
        let knowledge = self.checked.analysis.knowledge();
        let mut sections = Vec::new();
        for code in codes(diagnostic) {
            let (notes, rules) = knowledge.for_code(&code);
            let notes = notes.iter().map(|&id| (knowledge.note_volume(id), knowledge.note(id).section));
            let rules = rules.iter().map(|&id| (knowledge.rule_volume(id), knowledge.rule(id).sections[0]));
            for (volume, number) in notes.chain(rules) {
                let command = open_section(volume, number);
                if !sections.contains(&command) {
                    sections.push(command);
                }
            }
        }
        sections.truncate(MAX_SECTIONS);
        sections
    }

    fn section_of(&self, finding: &Finding) -> Command {
        let knowledge = self.checked.analysis.knowledge();
        open_section(knowledge.rule_volume(finding.rule), knowledge.rule(finding.rule).sections[0])
    }

    /// The action with its edit, or with what it takes to make the edit when the client asks for it.
    fn with_change(&self, action: CodeAction, change: Change) -> Option<CodeAction> {
        if self.session.capabilities().resolve_edits {
            let lazy = Lazy { uri: self.view.place().uri.clone(), version: self.view.version, change };
            return Some(CodeAction { data: serde_json::to_value(lazy).ok(), ..action });
        }
        let edit = change.edit(self.session, self.view, self.checked)?;
        Some(CodeAction { edit: Some(edit), ..action })
    }

    fn name(&self, finding: &Finding) -> String {
        self.checked.analysis.knowledge().rule(finding.rule).name.to_string()
    }
}

fn reading(command: Command, diagnostic: &Diagnostic) -> CodeAction {
    CodeAction { command: Some(command.clone()), ..quick_fix(command.title, diagnostic) }
}

fn quick_fix(title: String, diagnostic: &Diagnostic) -> CodeAction {
    let diagnostics = Some(vec![diagnostic.clone()]);
    CodeAction { title, kind: Some(CodeActionKind::QUICKFIX), diagnostics, ..CodeAction::default() }
}

/// The names under which another tool's diagnostic may be known: `ruff:B006`.
fn codes(diagnostic: &Diagnostic) -> Vec<String> {
    let code = match &diagnostic.code {
        Some(NumberOrString::String(code)) => code.clone(),
        Some(NumberOrString::Number(code)) => code.to_string(),
        None => return Vec::new(),
    };
    let source = diagnostic.source.as_deref().unwrap_or_default().to_ascii_lowercase();
    // Ruff took over the codes of Flake8 and its plugins; Pylance and basedpyright show Pyright's.
    let tools: &[&str] = match source.split_whitespace().next().unwrap_or_default() {
        "flake8" | "pyflakes" | "pycodestyle" | "bugbear" => &["flake8", "ruff"],
        "pylance" | "basedpyright" => &["pyright"],
        tool => &[tool],
    };
    tools.iter().map(|tool| format!("{tool}:{code}")).collect()
}

#[cfg(test)]
mod tests {
    use tower_lsp::ls_types::Range;

    use super::*;

    fn diagnostic(source: &str, code: &str) -> Diagnostic {
        Diagnostic {
            source: Some(source.to_owned()),
            code: Some(NumberOrString::String(code.to_owned())),
            ..Diagnostic::new_simple(Range::default(), String::new())
        }
    }

    #[test]
    fn other_tools_spell_their_names_in_many_ways() {
        assert_eq!(codes(&diagnostic("Ruff", "B006")), ["ruff:B006"]);
        assert_eq!(codes(&diagnostic("Pylance", "reportCallIssue")), ["pyright:reportCallIssue"]);
        assert_eq!(codes(&diagnostic("flake8", "B006")), ["flake8:B006", "ruff:B006"]);
        assert!(codes(&Diagnostic::new_simple(Range::default(), String::new())).is_empty());
    }
}
