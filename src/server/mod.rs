//! LSP and nothing else.
