//! What a configuration says about how records are recognised.

use crate::config::{Fields, ModuleConfig};
use crate::error::HubError;
use crate::table::WordOrTable;
use musubi_core::Sides;
use musubi_core::match_form::{MatchForm, MatchWanted};
use musubi_core::phone::Country;
use musubi_core::schema::ModuleSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

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
    /// The country of telephone numbers that are written without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Countries>,
}

/// The country of numbers that are written without one: that of both sides, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = MatchCountries)]
pub enum Countries {
    /// Both sides write them in one way: two letters such as `JP`, or a calling code such as 81.
    Both(Country),
    /// Each in its own way.
    Each(EachCountry),
}

/// The country of the numbers of each side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table of the countries of both sides")]
#[schema(as = MatchCountryOfEach)]
pub struct EachCountry {
    /// That of the left side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Country>,
    /// That of the right side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Country>,
}

impl<'de> Deserialize<'de> for Countries {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Countries, D::Error> {
        from.deserialize_any(CountriesReader)
    }
}

/// Reads one country, or a table of two.
struct CountriesReader;

impl<'de> Visitor<'de> for CountriesReader {
    type Value = Countries;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the two letters of a country, such as \"JP\", or its calling code, such as 81, or a table such as { left = \"JP\", right = \"GB\" }")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Countries, E> {
        Country::deserialize(name.into_deserializer()).map(Countries::Both)
    }

    fn visit_u64<E: de::Error>(self, code: u64) -> Result<Countries, E> {
        Country::deserialize(code.into_deserializer()).map(Countries::Both)
    }

    fn visit_i64<E: de::Error>(self, code: i64) -> Result<Countries, E> {
        Country::deserialize(code.into_deserializer()).map(Countries::Both)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Countries, A::Error> {
        EachCountry::deserialize(MapAccessDeserializer::new(map)).map(Countries::Each)
    }
}

impl From<&Countries> for Sides<Option<Country>> {
    fn from(said: &Countries) -> Sides<Option<Country>> {
        match said {
            Countries::Both(country) => Sides { left: Some(*country), right: Some(*country) },
            Countries::Each(EachCountry { left, right }) => Sides { left: *left, right: *right },
        }
    }
}

impl MatchEntry {
    /// The left field.
    pub fn left(&self) -> &str {
        match self {
            MatchEntry::Field(left) => left,
            MatchEntry::Told(told) => &told.left,
        }
    }

    /// Refuses a country where nothing asks for it: only telephone numbers that are compared as such have one.
    pub(crate) fn check(&self, place: &str) -> Result<(), HubError> {
        match self {
            MatchEntry::Told(ToldMatch { left, form, country: Some(_), .. }) if *form != MatchForm::Phone => {
                Err(HubError::new(
                    "config.match_country",
                    format!(
                        "{place}: the match by {left} names a country, and does not compare telephone numbers"
                    ),
                    "write as = \"phone\" beside the country, or leave the country out",
                ))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn wanted(&self) -> MatchWanted {
        match self {
            MatchEntry::Field(left) => MatchWanted::from(left.as_str()),
            MatchEntry::Told(ToldMatch { left, right, form, country }) => MatchWanted {
                left: left.as_str().into(),
                right: right.as_deref().map(Into::into),
                form: *form,
                country: country.as_ref().map(Sides::from).unwrap_or_default(),
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
    fn a_country_is_said_for_both_sides_or_for_each_and_written_as_it_was_said() {
        let both = |text: &str| {
            let read: std::collections::BTreeMap<String, ToldMatch> = toml::from_str(text).unwrap();
            let country = MatchEntry::Told(read["match"].clone()).wanted().country;
            assert_eq!(
                toml::from_str::<std::collections::BTreeMap<String, ToldMatch>>(
                    &toml::to_string(&read).unwrap()
                )
                .unwrap(),
                read
            );
            let json = |country: &Option<Country>| serde_json::to_string(country).unwrap();
            (json(&country.left), json(&country.right))
        };
        let said = |country: &str| {
            both(&format!("match = {{ left = \"Phone\", as = \"phone\", country = {country} }}"))
        };
        let of = |left: &str, right: &str| (left.to_owned(), right.to_owned());
        assert_eq!(said("81"), of("81", "81"));
        assert_eq!(said("\"JP\""), of("\"JP\"", "\"JP\""));
        assert_eq!(said("{ left = \"JP\", right = 44 }"), of("\"JP\"", "44"));
        assert_eq!(said("{ right = \"GB\" }"), of("null", "\"GB\""));
        assert_eq!(both("match = { left = \"Phone\", as = \"phone\" }"), of("null", "null"));
    }

    #[test]
    fn a_country_belongs_to_telephone_numbers() {
        let check = |entry: &str| {
            let read: std::collections::BTreeMap<String, MatchEntry> =
                toml::from_str(&format!("match = {entry}")).unwrap();
            read["match"].check("integrations.i, Contacts ↔ Contacts").map_err(|error| error.code)
        };
        assert_eq!(check("{ left = \"Phone\", as = \"phone\", country = \"JP\" }"), Ok(()));
        assert_eq!(check("{ left = \"Email\", as = \"email\" }"), Ok(()));
        assert_eq!(check("\"Email\""), Ok(()));
        for wrong in [
            "{ left = \"Email\", as = \"email\", country = \"JP\" }",
            "{ left = \"Phone\", country = { right = 81 } }",
        ] {
            assert_eq!(check(wrong), Err("config.match_country"), "{wrong}");
        }
    }

    #[test]
    fn a_mistake_inside_a_match_is_told_as_what_it_is() {
        assert!(told("{ left = \"Website\", as = \"domian\" }").contains("unknown variant `domian`"));
        assert!(told("{ left = \"Website\", rigth = \"Homepage\" }").contains("unknown field `rigth`"));
        assert!(told("{ right = \"Homepage\" }").contains("missing field `left`"));
        assert!(told("{ left = \"Phone\", country = \"81\" }").contains("say its calling code as a number"));
        assert!(told("{ left = \"Phone\", country = \"XX\" }").contains("no country \"XX\" is known"));
        for wrong in ["0", "99999", "true", "[\"JP\"]", "-81"] {
            let said = told(&format!("{{ left = \"Phone\", country = {wrong} }}"));
            assert!(said.contains(", expected the two letters of a country"), "{wrong}: {said}");
        }
        let each = told("{ left = \"Phone\", country = { left = \"JP\", wright = \"GB\" } }");
        assert!(each.contains("unknown field `wright`"), "{each}");
        assert!(told("[\"Website\"]").contains("a match is the name of a left field, or a table"));
        assert!(told("3").contains("a match is the name of a left field, or a table"));
    }
}
