//! The rules that one file alone cannot decide: they ask for the files around it ([`Place`]), and some look at files that
//! are no Python.
//!
//! As with the other rules, a page with `detector = "project"` has a file here with its name, and [`PROJECT_DETECTORS`]
//! lists it. Nothing here reads a file: `Place::files` does, or a test in its stead.

mod docker;
mod layers;
mod support;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Hook, Plan, Report};
use crate::knowledge::{Detection, Knowledge, RuleId};
use crate::margin::Finding;
use crate::python::{Module, Place, PythonVersion};

/// A detector that needs the files of a project.
#[derive(Clone, Copy)]
pub(crate) struct ProjectDetector {
    /// The rule's name: the file's name with hyphens.
    pub rule: &'static str,
    /// What in a Python file may be a finding, found as by any detector.
    pub hooks: &'static [Hook],
    /// What the files around say.
    pub look: Look,
}

/// What a detector looks at.
#[derive(Clone, Copy)]
pub(crate) enum Look {
    /// Whether what the hooks found in a file counts, by the files around it.
    Candidates(fn(&Place) -> bool),
    /// Where a Python file stands, whatever is in it.
    Place(fn(&Place, &mut Report<'_>)),
    /// A Python file as a whole.
    Module(fn(&Place, &Module, &mut Report<'_>)),
    /// Files that are no Python: whether one of this name is looked at, and the look.
    File(fn(&str) -> bool, fn(&Place, &str, &mut Report<'_>)),
}

macro_rules! project_detectors {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every detector that needs a project, by name.
        pub(crate) const PROJECT_DETECTORS: &[ProjectDetector] = &[$($module::DETECTOR),*];
    };
}

project_detectors! {
    circular_import,
    create_all_with_alembic,
    database_access_in_service,
    docker_missing_ignore_and_healthcheck,
    docker_root_user,
    docker_unpinned_base_image,
    domain_imports_framework,
    dotenv_committed,
    legacy_setup_py,
    main_module_reimported,
    missing_lock_file,
    mixed_src_and_flat_layout,
    mypy_table_in_pyproject,
    namespace_package_conflict,
    precommit_mutable_rev,
    redundant_linter_config,
    root_level_dumping,
    secret_in_config_file,
    stdlib_module_shadowing,
    unpinned_dependency,
    upward_layer_import,
}

/// Brings the findings of a Python file in line with the files around it: without these, what only may be a finding is none.
pub(crate) fn complete(
    plan: &Plan,
    knowledge: &Knowledge,
    target: PythonVersion,
    place: Option<&Place>,
    module: &Module,
    findings: &mut Vec<Finding>,
) {
    if plan.project.is_empty() {
        return;
    }
    let Some(place) = place else {
        findings.retain(|finding| knowledge.rule(finding.rule).detection != Detection::Project);
        return;
    };
    for &(id, look) in &plan.project {
        match look {
            Look::Candidates(counts) => {
                let found = findings.iter().any(|finding| finding.rule == id);
                if found && !guarded(knowledge, id, || counts(place)).unwrap_or(false) {
                    findings.retain(|finding| finding.rule != id);
                }
            }
            // Tests of imports make them go round.
            Look::Place(_) | Look::Module(_) if !knowledge.rule(id).tests && module.environment.test_file => {}
            Look::Place(look) => run(knowledge, id, target, findings, |report| look(place, report)),
            Look::Module(look) => run(knowledge, id, target, findings, |report| look(place, module, report)),
            Look::File(..) => {}
        }
    }
    findings.sort_by_key(|finding| (finding.range.start(), finding.range.end(), finding.rule));
}

/// Whether any rule looks at a file of this name that is no Python.
pub(crate) fn looks_at(plan: &Plan, name: &str) -> bool {
    plan.project.iter().any(|(_, look)| matches!(look, Look::File(wanted, _) if wanted(name)))
}

/// Whether any rule looks at Python files and asks for those around them.
pub(crate) fn needs_files(plan: &Plan) -> bool {
    plan.project.iter().any(|(_, look)| !matches!(look, Look::File(..)))
}

/// Whether any rule looks at all of a Python file: at its imports.
pub(crate) fn needs_imports(plan: &Plan) -> bool {
    plan.project.iter().any(|(_, look)| matches!(look, Look::Module(_)))
}

/// Whether there is a rule that looks at files of this name that are no Python.
pub fn is_looked_at(name: &str) -> bool {
    PROJECT_DETECTORS.iter().any(|detector| matches!(detector.look, Look::File(wanted, _) if wanted(name)))
}

/// The findings in a file that is no Python, in order of place.
pub(crate) fn in_file(
    plan: &Plan,
    knowledge: &Knowledge,
    target: PythonVersion,
    place: &Place,
    text: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for &(id, look) in &plan.project {
        if let Look::File(wanted, look) = look
            && wanted(place.name())
        {
            run(knowledge, id, target, &mut findings, |report| look(place, text, report));
        }
    }
    findings.sort_by_key(|finding| (finding.range.start(), finding.range.end(), finding.rule));
    findings
}

/// Runs one detector. A panic in it costs its findings, nothing else.
fn run(
    knowledge: &Knowledge,
    id: RuleId,
    target: PythonVersion,
    findings: &mut Vec<Finding>,
    detect: impl FnOnce(&mut Report<'_>),
) {
    let rule = knowledge.rule(id);
    if rule.since.is_some_and(|since| since > target) {
        return;
    }
    let before = findings.len();
    let mut report = Report { id, rule, knowledge, target, test_file: false, findings };
    if guarded(knowledge, id, || detect(&mut report)).is_none() {
        findings.truncate(before);
    }
}

fn guarded<T>(knowledge: &Knowledge, id: RuleId, work: impl FnOnce() -> T) -> Option<T> {
    let fault = |_| tracing::error!(rule = %knowledge.rule(id).name, "the rule failed on this file");
    catch_unwind(AssertUnwindSafe(work)).map_err(fault).ok()
}
