//! What a configuration says that cannot be: names that nothing has, a module pair twice, modules in a ring.

use crate::config::{Config, ConnectionConfig, Fields, IntegrationConfig, ModuleConfig, Way, nearest};
use crate::connecting::is_served;
use crate::error::{HubError, Result};
use musubi_connector::{DataCentre, Place};
use musubi_core::{Side, policy::Direction, transform::Steps};
use std::collections::{BTreeMap, HashSet};

/// Checks everything that needs no service.
pub(crate) fn check(config: &Config) -> Result<()> {
    for (name, connection) in &config.connections {
        name_is_fine("connections", name)?;
        check_connection(name, connection)?;
    }
    for (name, integration) in &config.integrations {
        name_is_fine("integrations", name)?;
        check_integration(name, integration, config)?;
    }
    if let Some(notices) = &config.notices {
        notices.check()?;
    }
    if let Some(retention) = &config.retention {
        retention.check()?;
    }
    no_rings(config.integrations.iter())
}

pub(crate) fn name_is_fine(table: &str, name: &str) -> Result<()> {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.len() <= 60 && name.chars().all(fine) {
        return Ok(());
    }
    Err(HubError::new(
        "config.name",
        format!("{table}.{name:?} is no name"),
        "use letters, digits, - and _, at most 60 of them",
    ))
}

/// Checks where a connection's service is said to be.
pub(crate) fn check_connection(name: &str, connection: &ConnectionConfig) -> Result<()> {
    is_served(&format!("connections.{name}"), connection.service.name())?;
    let wrong = |message: String, hint: &str| HubError::new("config.place", message, hint);
    match (&connection.data_centre, &connection.base_url) {
        (Some(centre), None) => centre.parse::<DataCentre>().map(drop).map_err(|error| {
            wrong(format!("connections.{name}: {error}"), "set one of the data centres named")
        }),
        (None, Some(url)) => Place::base_url(url).map(drop).map_err(|error| {
            wrong(
                format!("connections.{name}: {}", error.service.message),
                "a sandbox prints its base_url when it is ready",
            )
        }),
        (None, None) => Err(wrong(
            format!("connections.{name} does not say where its service is"),
            "set data_centre = \"jp\" (or another one), or base_url for a sandbox",
        )),
        (Some(_), Some(_)) => Err(wrong(
            format!("connections.{name} has both a data_centre and a base_url"),
            "keep the data_centre for Zoho itself, the base_url for a sandbox",
        )),
    }
}

fn check_integration(name: &str, integration: &IntegrationConfig, config: &Config) -> Result<()> {
    for (side, connection) in [("left", &integration.left), ("right", &integration.right)] {
        if !config.connections.contains_key(connection) {
            let known = || config.connections.keys().map(String::as_str);
            let hint = match nearest(connection, known()) {
                Some(meant) => format!("did you mean {meant:?}?"),
                None => format!(
                    "add [connections.{connection}], or name one of: {}",
                    known().collect::<Vec<_>>().join(", ")
                ),
            };
            return Err(HubError::new(
                "config.connection",
                format!(
                    "integrations.{name}.{side} names the connection {connection:?}, which is not configured"
                ),
                hint,
            ));
        }
    }
    if integration.modules.is_empty() {
        return Err(HubError::new(
            "config.modules",
            format!("integrations.{name} has no modules"),
            format!("add [[integrations.{name}.modules]] with left and right"),
        ));
    }
    let mut seen = HashSet::new();
    for module in &integration.modules {
        if matches!(module.fields, Fields::List(_)) && !module.field_conflict.is_empty() {
            return Err(HubError::new(
                "config.field_conflict",
                format!(
                    "integrations.{name}: {} has a list of fields and field_conflict besides",
                    module.left
                ),
                "write conflict = … into the pairs of the list",
            ));
        }
        for side in [&module.left, &module.right] {
            if side.is_empty() || side.len() > LONGEST_NAME || side.chars().any(char::is_control) {
                return Err(HubError::new(
                    "config.module_name",
                    format!("integrations.{name} has a module named {side:?}"),
                    "give the module's API name, such as Contacts",
                ));
            }
        }
        module.attachments.check(&format!("integrations.{name}, {}", module.left))?;
        if let Some(scope) = &module.scope {
            scope.check().map_err(|error| HubError {
                message: format!(
                    "integrations.{name}, {} ↔ {}: {}",
                    module.left, module.right, error.message
                ),
                ..error
            })?;
        }
        if !seen.insert((&module.left, &module.right)) {
            return Err(HubError::new(
                "config.module_twice",
                format!("integrations.{name} has {} ↔ {} twice", module.left, module.right),
                "keep one of them",
            ));
        }
        for entry in module.match_fields.iter().flatten() {
            entry.check(&format!("integrations.{name}, {} ↔ {}", module.left, module.right))?;
        }
        check_fields(name, module)?;
        crate::derived::check(module).map_err(|error| HubError {
            message: format!("integrations.{name}, {} ↔ {}: {}", module.left, module.right, error.message),
            ..error
        })?;
    }
    Ok(())
}

/// Steps that name a country, a zone or a script that nobody knows are mistakes whatever the fields are, and so is a direction that the module does not go.
fn check_fields(integration: &str, module: &ModuleConfig) -> Result<()> {
    let Fields::List(pairs) = &module.fields else { return Ok(()) };
    for pair in pairs {
        let opposite = |way: Way| Direction::from(way).and(module.direction.into()) == Direction::Neither;
        if let Some(way) = pair.direction.filter(|way| opposite(*way)) {
            return Err(HubError::new(
                "config.direction",
                format!(
                    "integrations.{integration}, {} ↔ {}: the field {} goes {}, and the module only the other way",
                    module.left,
                    module.right,
                    pair.left,
                    if way == Way::LeftToRight { "left to right" } else { "right to left" }
                ),
                "leave the field's direction out, or let the module go both ways",
            ));
        }
        for (side, field) in [(Side::Left, &pair.left), (Side::Right, &pair.right)] {
            Steps::try_from(pair.steps().get(side).to_vec()).map_err(|error| {
                HubError::new(
                    "config.steps",
                    format!(
                        "integrations.{integration}, {} ↔ {}, {field}: {error}",
                        module.left, module.right
                    ),
                    "docs/guide/configuration.md lists the steps and what each of them takes",
                )
            })?;
        }
    }
    Ok(())
}

/// No service names a module by so many bytes.
const LONGEST_NAME: usize = 100;

/// A place where records are: a connection's module.
type Node<'a> = (&'a str, &'a str);

/// Values must not come back to where they began by another way than they went: such a ring would carry them round for ever (DESIGN §2.12).
pub(crate) fn no_rings<'a>(
    integrations: impl Iterator<Item = (&'a String, &'a IntegrationConfig)>,
) -> Result<()> {
    let mut ways: BTreeMap<Node<'a>, Vec<(Node<'a>, usize)>> = BTreeMap::new();
    let mut syncs = Vec::new();
    for (name, integration) in integrations {
        for module in &integration.modules {
            let left: Node<'a> = (&integration.left, &module.left);
            let right: Node<'a> = (&integration.right, &module.right);
            let number = syncs.len();
            if module.direction != Way::RightToLeft {
                ways.entry(left).or_default().push((right, number));
            }
            if module.direction != Way::LeftToRight {
                ways.entry(right).or_default().push((left, number));
            }
            syncs.push((name, left, right));
        }
    }
    for (number, (name, left, right)) in syncs.iter().enumerate() {
        let goes =
            |from: Node<'a>, to: Node<'a>| ways.get(&from).is_some_and(|out| out.contains(&(to, number)));
        let ring = left == right
            || (goes(*left, *right) && reaches(&ways, *right, *left, number))
            || (goes(*right, *left) && reaches(&ways, *left, *right, number));
        if ring {
            return Err(HubError::new(
                "config.ring",
                format!(
                    "integrations.{name}: {} of {} and {} of {} are joined by another way too; values would go round in a ring",
                    left.1, left.0, right.1, right.0
                ),
                "remove one of the module pairs, or make the ring one-way and open",
            ));
        }
    }
    Ok(())
}

fn reaches<'a>(
    ways: &BTreeMap<Node<'a>, Vec<(Node<'a>, usize)>>,
    from: Node<'a>,
    to: Node<'a>,
    without: usize,
) -> bool {
    let mut seen = HashSet::from([from]);
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == to {
            return true;
        }
        for (next, sync) in ways.get(&node).into_iter().flatten() {
            if *sync != without && seen.insert(*next) {
                open.push(*next);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(integrations: &[(&str, &str, &str)]) -> Result<Config> {
        let mut text = String::new();
        for name in ["a", "b", "c"] {
            text += &format!("[connections.{name}]\nservice = \"crm\"\ndata_centre = \"eu\"\n");
        }
        for (left, right, way) in integrations {
            text += &format!(
                "[integrations.{left}-{right}]\nleft = \"{left}\"\nright = \"{right}\"\n\
                 [[integrations.{left}-{right}.modules]]\nleft = \"Leads\"\nright = \"Leads\"\ndirection = \"{way}\"\n"
            );
        }
        Config::parse(&text)
    }

    // K-21
    #[test]
    fn a_ring_over_three_orgs_is_refused_and_a_chain_is_not() {
        let chain = [("a", "b", "both"), ("b", "c", "both")];
        assert!(parse(&chain).is_ok());
        let ring = [("a", "b", "both"), ("b", "c", "both"), ("c", "a", "left_to_right")];
        assert_eq!(parse(&ring).unwrap_err().code, "config.ring");
        let open = [("a", "b", "left_to_right"), ("b", "c", "left_to_right"), ("a", "c", "left_to_right")];
        assert!(parse(&open).is_ok(), "two ways to the same place are no ring");
    }

    #[test]
    fn an_unknown_connection_says_which_was_meant() {
        let text = "[connections.tokyo]\nservice = \"crm\"\ndata_centre = \"jp\"\n[integrations.x]\nleft = \"tokyo\"\nright = \"tokio\"\n";
        let error = Config::parse(text).unwrap_err();
        assert_eq!((error.code, error.hint.as_str()), ("config.connection", "did you mean \"tokyo\"?"));
    }

    #[test]
    fn a_field_does_not_go_against_its_module() {
        let text = |module: &str, field: &str| {
            format!(
                "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n[connections.b]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
                 [integrations.i]\nleft = \"a\"\nright = \"b\"\n[[integrations.i.modules]]\nleft = \"Leads\"\nright = \"Leads\"\n\
                 direction = \"{module}\"\nfields = [{{ left = \"City\", right = \"City\", direction = \"{field}\" }}]\n"
            )
        };
        let error = Config::parse(&text("left_to_right", "right_to_left")).unwrap_err();
        assert_eq!(error.code, "config.direction");
        assert!(error.message.contains("the field City goes right to left"), "{}", error.message);
        for (module, field) in
            [("left_to_right", "both"), ("both", "right_to_left"), ("right_to_left", "right_to_left")]
        {
            assert!(Config::parse(&text(module, field)).is_ok(), "{module} {field}");
        }
    }

    #[test]
    fn a_service_without_a_connector_is_refused_by_name() {
        let error = Config::parse("[connections.t]\nservice = \"desk\"\ndata_centre = \"eu\"\n").unwrap_err();
        assert_eq!(error.code, "config.service");
        assert!(error.message.contains("\"desk\"") && error.hint.contains("crm"), "{error:?}");
    }

    #[test]
    fn a_wrong_data_centre_names_the_right_ones() {
        let error = Config::parse("[connections.t]\nservice = \"crm\"\ndata_centre = \"xx\"\n").unwrap_err();
        assert_eq!(error.code, "config.place");
        assert!(error.message.contains("jp"), "{}", error.message);
    }
}
