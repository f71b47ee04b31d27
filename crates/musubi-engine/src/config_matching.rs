//! What a configuration says about how records are recognised.

use crate::config::{Fields, ModuleConfig};
use crate::table::WordOrTable;
use musubi_core::Sides;
use musubi_core::match_form::{MatchForm, MatchWanted};
use musubi_core::schema::ModuleSchema;
use serde::{Deserialize, Serialize};

/// A field by which records of the two orgs are recognised as the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum MatchEntry {
    /// A left field.
    Field(String),
    /// A field, and more about it.
    Told(ToldMatch),
}

impl<'de> Deserialize<'de> for MatchEntry {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<MatchEntry, D::Error> {
        let reader = WordOrTable {
            expecting: "a match is the name of a left field, or a table such as { left = \"Website\", right = \"Homepage\", as = \"domain\" }",
            word: Some(MatchEntry::Field),
            table: MatchEntry::Told,
            switch: None,
        };
        reader.read(from)
    }
}

/// A match field, and how its values are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ToldMatch {
    /// The left field.
    pub left: String,
    /// The right field; where nothing is said, the one that the left one is mapped to, else the one of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
    /// How its values are compared.
    #[serde(default, rename = "as", skip_serializing_if = "is_plain")]
    pub form: MatchForm,
    /// The calling code of numbers that are written without one, such as 81.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 65535)]
    pub country: Option<u16>,
}

impl MatchEntry {
    /// The left field.
    pub fn left(&self) -> &str {
        match self {
            MatchEntry::Field(left) => left,
            MatchEntry::Told(told) => &told.left,
        }
    }

    pub(crate) fn wanted(&self) -> MatchWanted {
        match self {
            MatchEntry::Field(left) => MatchWanted::from(left.as_str()),
            MatchEntry::Told(ToldMatch { left, right, form, country }) => MatchWanted {
                left: left.as_str().into(),
                right: right.as_deref().map(Into::into),
                form: *form,
                country: *country,
            },
        }
    }
}

impl ModuleConfig {
    /// By which fields records are recognised: as it was said, or by the usual field of the module where nothing was and both sides have it.
    pub(crate) fn match_wanted(&self, schema: Sides<&ModuleSchema>) -> Vec<MatchWanted> {
        if let Some(said) = &self.match_fields {
            return said.iter().map(MatchEntry::wanted).collect();
        }
        let usual = usual_match(&self.left).filter(|field| schema.left.field(&(*field).into()).is_some());
        let has_counterpart = |field: &&str| match &self.fields {
            Fields::List(pairs) if pairs.iter().any(|pair| pair.left == *field) => true,
            _ => schema.right.field(&(*field).into()).is_some(),
        };
        usual.filter(has_counterpart).map(MatchWanted::from).into_iter().collect()
    }
}

/// The field by which the services themselves take two records of a module for one.
fn usual_match(module: &str) -> Option<&'static str> {
    match module {
        "Contacts" | "Leads" => Some("Email"),
        "Accounts" => Some("Account_Name"),
        "Products" => Some("Product_Name"),
        _ => None,
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_plain(form: &MatchForm) -> bool {
    *form == MatchForm::Plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(entry: &str) -> String {
        let read = toml::from_str::<std::collections::BTreeMap<String, Vec<MatchEntry>>>(&format!(
            "match = [{entry}]"
        ));
        read.unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_inside_a_match_is_told_as_what_it_is() {
        assert!(told("{ left = \"Website\", as = \"domian\" }").contains("unknown variant `domian`"));
        assert!(told("{ left = \"Website\", rigth = \"Homepage\" }").contains("unknown field `rigth`"));
        assert!(told("{ right = \"Homepage\" }").contains("missing field `left`"));
        assert!(told("{ left = \"Phone\", country = \"81\" }").contains("expected u16"));
        assert!(told("[\"Website\"]").contains("a match is the name of a left field, or a table"));
        assert!(told("3").contains("a match is the name of a left field, or a table"));
    }
}
