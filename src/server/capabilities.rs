//! What the client can do, asked once; and what the server offers it.

use tower_lsp::ls_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions,
    CompletionOptions, DiagnosticOptions, DiagnosticServerCapabilities, DocumentLinkOptions, ExecuteCommandOptions,
    HoverProviderCapability, MarkupKind, NotebookCellSelector, NotebookDocumentSyncOptions, NotebookSelector, OneOf,
    ResourceOperationKind, SaveOptions, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};

use super::convert::Encoding;
use super::features::code_action::{FIX_ALL, NOTEBOOK_FIX_ALL};
use super::features::execute_command;

/// What the client can do.
#[allow(clippy::struct_excessive_bools, reason = "each is the answer to a question of its own")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    /// What it counts within a line.
    pub encoding: Encoding,
    /// Asks for diagnostics itself.
    pub pull_diagnostics: bool,
    /// Can be told to ask again.
    pub refresh_diagnostics: bool,
    /// Can be told to ask for code lenses again.
    pub refresh_code_lenses: bool,
    /// Can be told to ask for inlay hints again.
    pub refresh_inlay_hints: bool,
    /// Shows other places that belong to a diagnostic.
    pub related_information: bool,
    /// Greys out and strikes through.
    pub diagnostic_tags: bool,
    /// Makes a diagnostic's code a link.
    pub code_description: bool,
    /// Understands code actions, not only commands.
    pub code_action_literals: bool,
    /// Asks for the edit of a code action when it is chosen.
    pub resolve_edits: bool,
    /// Marks preferred code actions.
    pub preferred_actions: bool,
    /// Checks the version that an edit is for.
    pub versioned_edits: bool,
    /// Creates files as part of an edit.
    pub create_files: bool,
    /// Renders Markdown in hovers.
    pub markdown_hovers: bool,
    /// Answers `workspace/configuration`.
    pub configuration: bool,
    /// Lets the server say later that it wants to hear of changed configurations.
    pub register_configuration: bool,
    /// Lets the server say later which files it wants to hear of.
    pub register_watched_files: bool,
    /// Takes the folder of watched files apart from their pattern, so that they may be outside of the workspace.
    pub relative_patterns: bool,
    /// Shows how far work is that the server begins by itself.
    pub work_done_progress: bool,
    /// Opens a document at the server's request.
    pub show_document: bool,
    /// Tells of the cells of notebooks as such.
    pub notebooks: bool,
    /// Asks every server for definitions, so that an empty answer of ours takes nothing away.
    pub merges_definitions: bool,
}

impl Capabilities {
    /// Reads what the client says of itself. What it does not mention it cannot do.
    pub fn of(client: &ClientCapabilities) -> Self {
        let general = client.general.as_ref();
        let text_document = client.text_document.as_ref();
        let workspace = client.workspace.as_ref();
        let window = client.window.as_ref();

        let publish = text_document.and_then(|it| it.publish_diagnostics.as_ref());
        let action = text_document.and_then(|it| it.code_action.as_ref());
        let hover = text_document.and_then(|it| it.hover.as_ref());
        let edit = workspace.and_then(|it| it.workspace_edit.as_ref());
        let hover_formats = hover.and_then(|it| it.content_format.as_ref());
        let resolves = action.and_then(|it| it.resolve_support.as_ref());
        let operations = edit.and_then(|it| it.resource_operations.as_ref());

        Self {
            encoding: Encoding::negotiate(general.and_then(|it| it.position_encodings.as_deref())),
            pull_diagnostics: text_document.is_some_and(|it| it.diagnostic.is_some()),
            refresh_diagnostics: yes(workspace
                .and_then(|it| it.diagnostics.as_ref())
                .and_then(|it| it.refresh_support)),
            refresh_code_lenses: yes(workspace.and_then(|it| it.code_lens.as_ref()).and_then(|it| it.refresh_support)),
            refresh_inlay_hints: yes(workspace.and_then(|it| it.inlay_hint.as_ref()).and_then(|it| it.refresh_support)),
            related_information: yes(publish.and_then(|it| it.related_information)),
            diagnostic_tags: publish.is_some_and(|it| it.tag_support.is_some()),
            code_description: yes(publish.and_then(|it| it.code_description_support)),
            code_action_literals: action.is_some_and(|it| it.code_action_literal_support.is_some()),
            resolve_edits: yes(action.and_then(|it| it.data_support))
                && resolves.is_some_and(|it| it.properties.iter().any(|property| property == "edit")),
            preferred_actions: yes(action.and_then(|it| it.is_preferred_support)),
            versioned_edits: yes(edit.and_then(|it| it.document_changes)),
            create_files: operations.is_some_and(|it| it.contains(&ResourceOperationKind::Create)),
            markdown_hovers: hover_formats.is_none_or(|it| it.contains(&MarkupKind::Markdown)),
            configuration: yes(workspace.and_then(|it| it.configuration)),
            register_configuration: yes(workspace
                .and_then(|it| it.did_change_configuration)
                .and_then(|it| it.dynamic_registration)),
            register_watched_files: yes(workspace
                .and_then(|it| it.did_change_watched_files)
                .and_then(|it| it.dynamic_registration)),
            relative_patterns: yes(workspace
                .and_then(|it| it.did_change_watched_files)
                .and_then(|it| it.relative_pattern_support)),
            work_done_progress: yes(window.and_then(|it| it.work_done_progress)),
            notebooks: client.notebook_document.is_some(),
            // Nothing in the protocol says so; the name does.
            merges_definitions: false,
            show_document: window.and_then(|it| it.show_document.as_ref()).is_some_and(|it| it.support),
        }
    }

    fn code_action_kinds(&self) -> Vec<CodeActionKind> {
        let of_notebooks = self.notebooks.then_some(NOTEBOOK_FIX_ALL);
        [CodeActionKind::QUICKFIX, CodeActionKind::REFACTOR_REWRITE, FIX_ALL].into_iter().chain(of_notebooks).collect()
    }

    /// What the server offers to such a client.
    pub fn offer(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
                ..TextDocumentSyncOptions::default()
            })),
            notebook_document_sync: self.notebooks.then(|| OneOf::Left(python_cells())),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            diagnostic_provider: self.pull_diagnostics.then(|| {
                DiagnosticServerCapabilities::Options(DiagnosticOptions {
                    identifier: Some("marginalia".to_owned()),
                    // What one cell imports, the next one knows.
                    inter_file_dependencies: self.notebooks,
                    ..DiagnosticOptions::default()
                })
            }),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(self.code_action_kinds()),
                resolve_provider: Some(self.resolve_edits),
                ..CodeActionOptions::default()
            })),
            execute_command_provider: Some(ExecuteCommandOptions {
                commands: vec![execute_command::OPEN_SECTION.to_owned()],
                ..ExecuteCommandOptions::default()
            }),
            code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
            // Sections that comments name.
            document_link_provider: Some(DocumentLinkOptions {
                resolve_provider: Some(false),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            }),
            definition_provider: self.merges_definitions.then_some(OneOf::Left(true)),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(vec!["§".to_owned()]),
                ..CompletionOptions::default()
            }),
            inlay_hint_provider: Some(OneOf::Left(true)),
            workspace_symbol_provider: Some(OneOf::Left(true)),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                ..WorkspaceServerCapabilities::default()
            }),
            ..ServerCapabilities::default()
        }
    }
}

/// The Python cells of all notebooks: Jupyter's, interactive windows, and what else has some.
fn python_cells() -> NotebookDocumentSyncOptions {
    let cells = vec![NotebookCellSelector { language: "python".to_owned() }];
    NotebookDocumentSyncOptions {
        notebook_selector: vec![NotebookSelector::ByCells { notebook: None, cells }],
        save: Some(true),
    }
}

fn yes(answer: Option<bool>) -> bool {
    answer.unwrap_or(false)
}
