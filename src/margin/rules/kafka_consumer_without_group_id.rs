//! `kafka-consumer-without-group-id`: a consumer that cannot be made.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{expects_error, is_symbol, string};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "kafka-consumer-without-group-id", hooks: &[Hook::Call(check)] };

const CONSUMERS: [&str; 3] =
    ["confluent_kafka.Consumer", "confluent_kafka.DeserializingConsumer", "confluent_kafka.avro.AvroConsumer"];

/// Looks at `Consumer({...})` where the whole configuration is to be seen.
fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let [Expr::Dict(settings)] = &*call.arguments.args else { return };
    if !call.arguments.keywords.is_empty() {
        return;
    }
    let keys: Option<Vec<&str>> = settings.items.iter().map(|item| item.key.as_ref().and_then(string)).collect();
    if keys.is_some_and(|keys| !keys.contains(&"group.id"))
        && is_symbol(context, &call.func, &CONSUMERS)
        && !expects_error(context)
    {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn settings_that_are_not_all_to_be_seen_are_fine() {
        let quiet = "\
import pytest
from confluent_kafka import Consumer, Producer
Consumer({'bootstrap.servers': HOSTS, 'group.id': 'mail'})
Consumer({'bootstrap.servers': HOSTS, **defaults})
Consumer({'bootstrap.servers': HOSTS, GROUP: 'mail'})
Consumer({'bootstrap.servers': HOSTS}, **{'group.id': 'mail'})
Consumer(settings)
Producer({'bootstrap.servers': HOSTS})
with pytest.raises(ValueError):
    Consumer({})
";
        assert!(found("kafka-consumer-without-group-id", quiet).is_empty());
    }
}
