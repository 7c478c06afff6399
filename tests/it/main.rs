//! End-to-end tests: one binary, one module per subject.

mod resolver;
mod support;
