//! Tags are mapped like any other field, but only where somebody asks for them: reading them takes the dearer way of reading a module.

use crate::config::{Fields, ModuleConfig};
use crate::error::{HubError, Result};
use musubi_core::{
    FieldName, Side, Sides,
    mapping::WantedPair,
    schema::{Field, FieldType, ModuleSchema},
};

/// Whether the field holds tags that nobody asked for.
pub(crate) fn are_left_out(config: &ModuleConfig, field: &Field) -> bool {
    !config.tags && is_tags(field)
}

/// The pair of the tags of both modules, if it is asked for and the list of fields does not have it already.
pub(crate) fn wanted(config: &ModuleConfig, schema: Sides<&ModuleSchema>) -> Result<Option<WantedPair>> {
    if !config.tags {
        return Ok(None);
    }
    let name = |side: Side| -> Result<FieldName> {
        let module = *schema.get(side);
        let field = module.fields.iter().find(|field| is_tags(field));
        field.map(|field| field.name.clone()).ok_or_else(|| {
            let what = format!("tags = true, but {} of the {} side has no tags", module.module, side.name());
            HubError::new("mapping.tags", what, "leave tags out of this module pair")
        })
    };
    let (left, right) = (name(Side::Left)?, name(Side::Right)?);
    let is_listed = match &config.fields {
        Fields::List(pairs) => {
            pairs.iter().any(|pair| pair.left == left.as_str() || pair.right == right.as_str())
        }
        Fields::Named(_) => false,
    };
    Ok((!is_listed).then(|| WantedPair::new(left, right)))
}

fn is_tags(field: &Field) -> bool {
    matches!(field.kind, FieldType::Tags { .. })
}
