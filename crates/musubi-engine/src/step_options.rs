//! What steps are sure to give must be something that the field takes. It is asked before a configuration is kept, and not while it counts: an option may be taken
//! out of use later, and then the records are told of.

use crate::config::{FieldPair, Fields, ModuleConfig, nearest};
use crate::error::{HubError, Result};
use musubi_core::convert::option;
use musubi_core::policy::Direction;
use musubi_core::schema::{FieldType, ModuleSchema};
use musubi_core::transform::Step;
use musubi_core::{FieldName, Side, Sides};

/// Refuses a constant, or a value of a map, that is no option of the field it goes to.
pub(crate) fn are_there(module: &ModuleConfig, schemas: Sides<&ModuleSchema>) -> Result<()> {
    let Fields::List(pairs) = &module.fields else { return Ok(()) };
    for pair in pairs {
        let goes = pair.direction.map(Direction::from).unwrap_or_default().and(module.direction.into());
        for from in Side::BOTH.into_iter().filter(|side| goes.allows_from(*side)) {
            each_is_an_option(pair, from, schemas.get(from.other()))?;
        }
    }
    Ok(())
}

fn each_is_an_option(pair: &FieldPair, from: Side, schema: &ModuleSchema) -> Result<()> {
    let name = FieldName::new(Sides { left: &pair.left, right: &pair.right }.get(from.other()));
    let Some(field) = schema.field(&name) else { return Ok(()) };
    let (FieldType::Picklist { options } | FieldType::MultiPicklist { options }) = field.kind.plain() else {
        return Ok(());
    };
    let given: Vec<&String> = match pair.steps().get(from).last() {
        Some(Step::Constant(text)) => vec![text],
        Some(Step::Map(map)) => map.values.values().collect(),
        _ => Vec::new(),
    };
    let is_taken = |text: &str| text.is_empty() || option(text, options).is_ok();
    let Some(wrong) = given.into_iter().find(|text| !is_taken(text)) else { return Ok(()) };
    let hint = match nearest(wrong, options.iter().map(|option| option.as_str())) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None => format!("{name} takes: {}", options.join(", ")),
    };
    let message = format!("{name}: its steps give {wrong:?}, which is none of its options");
    Err(HubError::new("mapping.invalid", message, hint))
}
