//! Fields that are made of others, from the configuration to what the machine makes of a reading.

use crate::config::{ModuleConfig, meaning};
use crate::error::{HubError, Result};
use crate::sync::Made;
use musubi_core::{
    FieldName, Mapping, Side, Sides,
    derived::Recipe,
    schema::{Access, Field, ModuleSchema},
};
use serde::{Deserialize, Serialize};

/// A field made of other fields of its side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct DerivedField {
    /// The side whose records it belongs to.
    pub side: Side,
    /// What the list of fields calls it; no field of the module has this name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Fields whose texts are put one behind the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub join: Vec<String>,
    /// What stands between them: a space, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// Fields of which the first one counts that is not blank.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_non_blank: Vec<String>,
}

/// The same, compiled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Derived {
    pub name: FieldName,
    pub recipe: Recipe,
    pub sources: Vec<FieldName>,
}

impl DerivedField {
    fn compile(&self) -> Result<Derived> {
        let (recipe, sources) = match (self.join.is_empty(), self.first_non_blank.is_empty()) {
            (false, true) => (Recipe::Join(self.with.clone().unwrap_or_else(|| " ".to_owned())), &self.join),
            (true, false) if self.with.is_none() => (Recipe::FirstNonBlank, &self.first_non_blank),
            (false, false) => {
                return Err(wrong(&self.name, "it has both join and first_non_blank; one of them makes it"));
            }
            (true, false) => return Err(wrong(&self.name, "with belongs to join, not to first_non_blank")),
            (true, true) => return Err(wrong(&self.name, "it has neither join nor first_non_blank")),
        };
        let sources = sources.iter().map(FieldName::new).collect();
        Ok(Derived { name: FieldName::new(&self.name), recipe, sources })
    }
}

fn wrong(name: &str, why: &str) -> HubError {
    HubError::new(
        "mapping.derived",
        format!("the derived field {name}: {why}"),
        "docs/guide/configuration.md says what a derived field is made of",
    )
}

/// Checks what needs no service.
pub(crate) fn check(config: &ModuleConfig) -> Result<()> {
    config.derived.iter().try_for_each(|derived| derived.compile().map(drop))
}

/// Both modules with their derived fields, which can only be read; and how each of these is made.
pub(crate) fn add(
    config: &ModuleConfig,
    schema: Sides<&ModuleSchema>,
) -> Result<(Sides<ModuleSchema>, Sides<Vec<Derived>>)> {
    let mut with = Sides { left: schema.left.clone(), right: schema.right.clone() };
    let mut all = Sides::<Vec<Derived>>::default();
    for written in &config.derived {
        let derived = written.compile()?;
        let module = *schema.get(written.side);
        if with.get(written.side).field(&derived.name).is_some() {
            return Err(wrong(&written.name, "the module has a field of this name already"));
        }
        let mut kinds = Vec::new();
        for name in &derived.sources {
            let known = module.field(name).ok_or_else(|| {
                let missing = wrong(&written.name, &format!("{} has no field {name}", module.module));
                meaning(missing, name.as_str(), module.fields.iter())
            })?;
            kinds.push(&known.kind);
        }
        let kind = derived.recipe.kind(&kinds);
        let kind = kind.ok_or_else(|| {
            wrong(&written.name, "its fields hold kinds of values that cannot be put together")
        })?;
        with.get_mut(written.side).fields.push(Field {
            name: derived.name.clone(),
            label: written.name.as_str().into(),
            kind,
            access: Access::ReadOnly,
            mandatory: false,
            unique: false,
            custom: false,
        });
        all.get_mut(written.side).push(derived);
    }
    Ok((with, all))
}

/// How the slots of derived fields are filled. `fields` are what is read: a derived field gives its place to the first of its sources, and sources
/// that nobody else reads are added behind all others.
pub(crate) fn place(
    side: Side,
    all: &[Derived],
    mapping: &Mapping,
    schema: &ModuleSchema,
    fields: &mut Vec<Field>,
) -> Vec<Made> {
    let mut made = Vec::new();
    for (slot, pair) in (0..).zip(&mapping.pairs) {
        let name = &pair.fields.get(side).name;
        let Some(derived) = all.iter().find(|derived| derived.name == *name) else { continue };
        let sources: Vec<&Field> = derived.sources.iter().filter_map(|name| schema.field(name)).collect();
        if let Some(first) = sources.first() {
            fields[usize::from(slot)] = (*first).clone();
        }
        made.push((slot, derived.recipe.clone(), sources));
    }
    let mut find = |source: &Field| {
        let known = fields.iter().position(|field| field.name == source.name && field.kind == source.kind);
        let at = known.unwrap_or_else(|| {
            fields.push(source.clone());
            fields.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    };
    let place = |(slot, recipe, sources): (u16, Recipe, Vec<&Field>)| Made {
        slot,
        recipe,
        sources: sources.into_iter().map(&mut find).collect(),
    };
    made.into_iter().map(place).collect()
}
