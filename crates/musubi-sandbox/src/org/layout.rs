//! Page layouts: sections with fields, and which fields a page requires.

use serde::{Deserialize, Serialize};

use super::{field::Field, ids::Ids, kind::Kind};

/// A page layout.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Layout {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// When it was made, `None` for a standard one.
    #[serde(default)]
    pub created: Option<i64>,
    /// When it was last changed.
    #[serde(default)]
    pub modified: Option<i64>,
    /// Nobody is given it.
    #[serde(default)]
    pub inactive: bool,
    /// The pipelines of deals; none until the first change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pipelines: Vec<Pipeline>,
}

/// A pipeline: some of the stages of deals, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pipeline {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The one a new deal is in.
    pub default: bool,
    /// Ids of the values of `Stage`.
    pub stages: Vec<i64>,
}

/// A section of a layout.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Section {
    /// Its id.
    pub id: i64,
    /// Its name, which is its label too.
    pub name: String,
    /// Made by an admin.
    pub custom: bool,
    /// One or two columns.
    pub columns: u8,
    /// Its fields in order.
    pub fields: Vec<Placed>,
}

/// A field on a layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The field's id.
    pub field: i64,
    /// The page cannot be saved without it.
    pub required: bool,
}

impl Layout {
    /// The layout a new module has: one section of plain fields, one of addresses, one of description.
    pub fn standard(ids: &mut Ids, singular: &str, fields: &[Field]) -> Layout {
        let placed = |filter: &dyn Fn(&Field) -> bool| -> Vec<Placed> {
            fields
                .iter()
                .filter(|field| !field.hidden && filter(field))
                .map(|field| Placed { field: field.id, required: field.mandatory })
                .collect()
        };
        let is_address = |field: &Field| {
            let name = field.api_name.as_str();
            ["Street", "City", "State", "Zip", "Zip_Code", "Code", "Country"].iter().any(|part| {
                name == *part
                    || name.strip_suffix(part).is_some_and(|rest| {
                        rest.ends_with('_') && rest != "Zip_" && name != "SIC_Code" && name != "Product_Code"
                    })
            })
        };
        let is_long = |field: &Field| field.kind == Kind::TextArea;
        let mut sections = Vec::new();
        let mut add = |name: String, columns: u8, fields: Vec<Placed>| {
            if !fields.is_empty() {
                sections.push(Section { id: ids.fresh(), name, custom: false, columns, fields });
            }
        };
        add(format!("{singular} Information"), 2, placed(&|f| !is_address(f) && !is_long(f)));
        add("Address Information".into(), 2, placed(&is_address));
        add("Description Information".into(), 1, placed(&is_long));
        Layout {
            id: ids.fresh(),
            name: "Standard".into(),
            sections,
            created: None,
            modified: None,
            inactive: false,
            pipelines: Vec::new(),
        }
    }

    /// The ids of the fields this layout requires.
    pub fn required(&self) -> impl Iterator<Item = i64> + '_ {
        self.sections
            .iter()
            .flat_map(|s| &s.fields)
            .filter(|placed| placed.required)
            .map(|placed| placed.field)
    }
}
