//! `domain-imports-framework`

use super::layers::layer_of;
use super::support::imports;
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::{Module, Place, When};

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "domain-imports-framework", hooks: &[], look: Look::Module(module) };

/// What belongs to the web, to a database, to a queue or to the network.
const FRAMEWORKS: [&str; 20] = [
    "aiohttp", "boto3", "celery", "django", "fastapi", "flask", "flask_sqlalchemy", "httpx", "kafka", "peewee", "pika",
    "psycopg", "psycopg2", "pydantic_settings", "pymongo", "redis", "requests", "sqlalchemy", "sqlmodel", "starlette",
];

fn module(place: &Place, module: &Module, report: &mut Report<'_>) {
    if layer_of(place, &place.path).is_none_or(|layer| layer.height != 0) {
        return;
    }
    for import in imports(module).filter(|import| import.level == 0 && import.when != When::Checking) {
        let package = import.module.split('.').next().unwrap_or_default();
        if FRAMEWORKS.contains(&package) && place.resolve(&import).is_empty() {
            report.at(import.range, &[("package", package)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    #[test]
    fn only_in_the_domain_and_only_at_run_time() {
        let files = [
            ("shop/__init__.py", ""),
            ("shop/domain/__init__.py", ""),
            ("shop/domain/order.py", "import dataclasses, pydantic\nimport sqlalchemy.orm as orm\nif TYPE_CHECKING:\n    import redis\n"),
            ("shop/domain/rates.py", "from .requests import Request\nfrom redisless import x\n"),
            ("shop/infra/__init__.py", ""),
            ("shop/infra/db.py", "import sqlalchemy\n"),
        ];
        assert_eq!(found("domain-imports-framework", &files), [("shop/domain/order.py".to_owned(), "sqlalchemy.orm".to_owned())]);
    }
}
