//! `upward-layer-import`

use super::layers::layer_of;
use super::support::imports;
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::{Module, Place, Target, When};

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "upward-layer-import", hooks: &[], look: Look::Module(module) };

fn module(place: &Place, module: &Module, report: &mut Report<'_>) {
    // What is outside may know everything.
    let Some(own) = layer_of(place, &place.path).filter(|layer| layer.height < 2) else { return };
    for import in imports(module).filter(|import| import.when != When::Checking) {
        let outward = place.resolve(&import).into_iter().find_map(|resolved| {
            let Target::Module(path) = &resolved.target else { return None };
            let other = layer_of(place, path)?;
            let outward = other.package == own.package && other.height > own.height;
            outward.then(|| (resolved.range, other.name.to_owned()))
        });
        if let Some((range, other)) = outward {
            report.at(range, &[("layer", own.name), ("other", &other)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    #[test]
    fn inward_and_sideways_is_fine() {
        let files = [
            ("shop/__init__.py", ""),
            ("shop/domain/__init__.py", ""),
            ("shop/domain/order.py", "from shop.domain.price import Price\nfrom api import x\nfrom blog.api import feed\n"),
            ("shop/domain/price.py", "if TYPE_CHECKING:\n    from shop.api import routes\n"),
            ("shop/services/__init__.py", ""),
            ("shop/services/sell.py", "from ..domain.order import Order\nfrom ..infra import db\nimport shop.api.routes\n"),
            ("shop/infra/__init__.py", ""),
            ("shop/infra/db.py", "from shop.domain.order import Order\nfrom shop.api import routes\n"),
            ("shop/api/__init__.py", ""),
            ("shop/api/routes.py", "from shop.services.sell import sell\n"),
            ("blog/__init__.py", ""),
            ("blog/api/__init__.py", "feed = 1\n"),
        ];
        let expected = [("shop/services/sell.py".to_owned(), "db".to_owned()), ("shop/services/sell.py".to_owned(), "shop.api.routes".to_owned())];
        assert_eq!(found("upward-layer-import", &files), expected);
    }
}
