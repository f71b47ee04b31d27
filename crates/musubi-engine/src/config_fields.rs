//! What a configuration says about the fields of a module pair.

use crate::config::{PairDefault, Way};
use musubi_core::policy::{BlankPolicy, ConflictPolicy};
use musubi_core::transform::Step;
use musubi_core::{Side, Sides};
use serde::{Deserialize, Serialize};

/// Which fields belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = FieldChoice)]
pub enum Fields {
    /// `"same_name"`: every field that both modules have under the same name.
    Named(Naming),
    /// These pairs.
    List(Vec<FieldPair>),
}

impl Default for Fields {
    fn default() -> Fields {
        Fields::Named(Naming::SameName)
    }
}

/// By hand, so that a mistake inside the list is told as what it is.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Fields, D::Error> {
        struct Reader;
        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = Fields;
            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(
                    "\"same_name\" or a list such as [{ left = \"Email\", right = \"Email_Address\" }]",
                )
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Fields, E> {
                match text {
                    "same_name" => Ok(Fields::Named(Naming::SameName)),
                    other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
                }
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                list: A,
            ) -> std::result::Result<Fields, A::Error> {
                Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map(Fields::List)
            }
        }
        from.deserialize_any(Reader)
    }
}

/// How fields are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// By their API names.
    SameName,
}

/// Two fields that shall hold the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct FieldPair {
    /// Left field's API name.
    pub left: String,
    /// Right field's API name.
    pub right: String,
    /// Narrower than the module's direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Way>,
    /// Who wins when both sides changed this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictPolicy>,
    /// This field's master side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master: Option<Side>,
    /// What this field's blanks do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<BlankPolicy>,
    /// What a new record is given where the other record's field is blank: a text, a number, true or false, or a list of texts; or such
    /// a value for each side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<PairDefault>,
    /// What is done to the left value on its way to the right, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_right: Vec<Step>,
    /// What is done to the right value on its way to the left, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_left: Vec<Step>,
}

impl FieldPair {
    /// What is done to the values of each side on their way to the other, as it is written.
    pub(crate) fn steps(&self) -> Sides<&Vec<Step>> {
        Sides { left: &self.to_right, right: &self.to_left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::EXAMPLE;
    use crate::config::{Config, DefaultValue};
    use musubi_core::policy::InitialPolicy;

    #[test]
    fn a_field_may_be_told_more_than_its_module() {
        let text = EXAMPLE
            .replace("conflict = \"latest\"", "initial = \"fill_blanks\"\nmaster = \"right\"\nblank = \"keep\"")
            .replace("right = \"City\", direction = \"left_to_right\" }", "right = \"City\", conflict = \"hold\", master = \"left\", blank = \"clear_from_master\", default = \"Tokyo\" }");
        let config = Config::parse(&text).unwrap();
        let modules = &config.integrations["tokyo-london"].modules;
        assert_eq!((modules[0].initial, modules[0].master), (Some(InitialPolicy::FillBlanks), Side::Right));
        let Fields::List(fields) = &modules[1].fields else { panic!("{:?}", modules[1].fields) };
        assert_eq!(fields[1].conflict, Some(ConflictPolicy::Hold));
        assert_eq!(fields[1].default, Some(PairDefault::Both(DefaultValue::Text("Tokyo".into()))));
        assert_eq!(Config::parse(&config.to_toml()).unwrap(), config);
        // What is not said does not stand in the file.
        assert!(!Config::parse(EXAMPLE).unwrap().to_toml().contains("blank"));
        let wrong = text.replace("\"keep\"", "\"kep\"");
        assert_eq!(Config::parse(&wrong).unwrap_err().hint, "did you mean `keep`?");
    }

    #[test]
    fn each_side_may_have_its_own_default() {
        let with = |default: &str| {
            Config::parse(&EXAMPLE.replace(
                "right = \"City\", direction = \"left_to_right\" }",
                &format!("right = \"City\", default = {default} }}"),
            ))
        };
        let read = |default: &str| {
            let config = with(default).unwrap();
            assert_eq!(Config::parse(&config.to_toml()).unwrap(), config, "{default}");
            let Fields::List(fields) = &config.integrations["tokyo-london"].modules[1].fields else {
                panic!("{config:?}")
            };
            let written = fields[1].default.clone().unwrap();
            let kept = serde_json::to_string(&written).unwrap();
            assert_eq!(serde_json::from_str::<PairDefault>(&kept).unwrap(), written, "{kept}");
            Sides::from_fn(|side| written.of(side).cloned())
        };
        let text = |text: &str| Some(DefaultValue::Text(text.into()));
        assert_eq!(read("\"Tokyo\""), Sides { left: text("Tokyo"), right: text("Tokyo") });
        let two = read("{ left = \"Tokyo\", right = 7 }");
        assert_eq!(two, Sides { left: text("Tokyo"), right: Some(DefaultValue::Number(7)) });
        let list = Some(DefaultValue::List(vec!["a".into()]));
        assert_eq!(read("{ right = [\"a\"] }"), Sides { left: None, right: list });
        let wrong = with("{ lefft = \"Tokyo\" }").unwrap_err();
        assert!(wrong.message.contains("for each side: { left = …, right = … }"), "{wrong:?}");
    }

    #[test]
    fn a_field_found_by_its_name_may_have_its_own_winner() {
        let text = EXAMPLE.replace(
            "fields = \"same_name\"",
            "fields = \"same_name\"\nfield_conflict = { City = \"left\" }",
        );
        let mut config = Config::parse(&text).unwrap();
        let modules = &mut config.integrations.get_mut("tokyo-london").unwrap().modules;
        assert_eq!(modules[0].field_conflict["City"], ConflictPolicy::Left);
        modules.iter_mut().for_each(|module| module.decide_conflicts("City", Side::Right));
        assert_eq!(modules[0].field_conflict["City"], ConflictPolicy::Right);
        let Fields::List(fields) = &modules[1].fields else { panic!("{:?}", modules[1].fields) };
        assert_eq!((fields[0].conflict, fields[1].conflict), (None, Some(ConflictPolicy::Right)));
        assert_eq!(Config::parse(&config.to_toml()).unwrap(), config);
        // In a list there would be two places to say it.
        let twice = text.replace("fields = [{", "field_conflict = { City = \"left\" }\nfields = [{");
        assert_eq!(Config::parse(&twice).unwrap_err().code, "config.field_conflict");
    }

    #[test]
    fn steps_are_written_in_the_order_in_which_they_are_taken() {
        let steps = "to_right = [\"trim\", { case = \"upper\" }, { map = { values = { A = \"B\" }, unknown = \"keep\" } }], to_left = [{ script = \"value\" }]";
        let text = EXAMPLE.replace(
            "right = \"City\", direction = \"left_to_right\" }",
            &format!("right = \"City\", {steps} }}"),
        );
        let config = Config::parse(&text.replace("direction = \"left_to_right\"\n", "")).unwrap();
        let Fields::List(fields) = &config.integrations["tokyo-london"].modules[1].fields else {
            panic!("{config:?}")
        };
        assert_eq!((fields[1].to_right.len(), fields[1].to_left.len()), (3, 1));
        assert_eq!(Config::parse(&config.to_toml()).unwrap(), config);
        let wrong = |from: &str, to: &str| Config::parse(&text.replace(from, to)).unwrap_err();
        assert_eq!(wrong("\"trim\"", "\"trimm\"").hint, "did you mean `trim`?");
        assert_eq!(wrong("unknown = \"keep\"", "unknown = \"kep\"").hint, "did you mean `keep`?");
        let script = wrong("script = \"value\"", "script = \"value +\"");
        assert_eq!(script.code, "config.steps");
        assert!(
            script.message.starts_with(
                "line 24: integrations.tokyo-london, Leads ↔ Leads, City: the script cannot be read"
            ),
            "{script:?}"
        );
    }
}
