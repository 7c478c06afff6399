//! Settings: one table of keys, read from the editor, `pyproject.toml` and `marginalia.toml`.
