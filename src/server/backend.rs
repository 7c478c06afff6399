//! The methods of the protocol and our own, each in one call.

use std::sync::Arc;

use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CodeAction, CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionParams, CompletionResponse,
    DidChangeConfigurationParams, DidChangeNotebookDocumentParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseNotebookDocumentParams,
    DidCloseTextDocumentParams, DidOpenNotebookDocumentParams, DidOpenTextDocumentParams,
    DidSaveNotebookDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams, DocumentDiagnosticReportResult,
    DocumentLink, DocumentLinkParams, ExecuteCommandParams, GotoDefinitionParams, GotoDefinitionResponse, Hover,
    HoverParams, InitializeParams, InitializeResult, InitializedParams, InlayHint, InlayHintParams, LSPAny,
    WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use super::features::{
    code_action, code_lens, completion, configuration, contents, definition, diagnostics, document_link,
    execute_command, hover, inlay_hint, lifecycle, margin, reading_list, search, section, synchronization,
    workspace_symbol,
};
use super::session::Session;

/// Answers one client.
#[derive(Debug)]
pub(super) struct Backend {
    session: Arc<Session>,
}

impl Backend {
    /// Answers the client of this session.
    pub fn new(session: Session) -> Self {
        Self { session: Arc::new(session) }
    }

    /// `marginalia/section`
    pub async fn section(&self, params: section::Params) -> Result<Option<section::Page>> {
        section::section(&self.session, params).await
    }

    /// `marginalia/contents`
    pub async fn contents(&self, params: contents::Params) -> Result<Vec<contents::Contents>> {
        contents::contents(&self.session, params).await
    }

    /// `marginalia/search`
    pub async fn search(&self, params: search::Params) -> Result<Vec<search::Hit>> {
        search::search(&self.session, params).await
    }

    /// `marginalia/margin`
    pub async fn margin(&self, params: margin::Params) -> Result<Option<margin::Margin>> {
        margin::margin(&self.session, params).await
    }

    /// `marginalia/readingList`
    pub async fn reading_list(&self, params: reading_list::Params) -> Result<reading_list::Answer> {
        reading_list::reading_list(&self.session, params).await
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(lifecycle::initialize(&self.session, params))
    }

    async fn initialized(&self, _: InitializedParams) {
        lifecycle::initialized(&self.session);
    }

    async fn shutdown(&self) -> Result<()> {
        self.session.shut_down();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        synchronization::open(&self.session, params);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        synchronization::change(&self.session, params);
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        synchronization::save(&self.session);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        synchronization::close(&self.session, &params);
    }

    async fn notebook_did_open(&self, params: DidOpenNotebookDocumentParams) {
        synchronization::open_notebook(&self.session, params);
    }

    async fn notebook_did_change(&self, params: DidChangeNotebookDocumentParams) {
        synchronization::change_notebook(&self.session, params);
    }

    async fn notebook_did_save(&self, _: DidSaveNotebookDocumentParams) {
        synchronization::save(&self.session);
    }

    async fn notebook_did_close(&self, params: DidCloseNotebookDocumentParams) {
        synchronization::close_notebook(&self.session, &params);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        configuration::folders_changed(&self.session, params);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        configuration::changed(&self.session, params);
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        configuration::apply(&self.session);
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        hover::hover(&self.session, params).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        diagnostics::pull(&self.session, params).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        code_action::code_action(&self.session, params).await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        code_action::resolve(&self.session, action).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        code_lens::code_lens(&self.session, params).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        document_link::document_link(&self.session, params).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        definition::definition(&self.session, params).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        completion::completion(&self.session, params).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        inlay_hint::inlay_hint(&self.session, params).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        workspace_symbol::symbol(&self.session, params).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        execute_command::execute(&self.session, params).await
    }
}
