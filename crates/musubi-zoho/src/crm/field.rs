//! One field of `/settings/fields`: its type, and whether the API may write it.

use musubi_core::FieldName;
use musubi_core::schema::{Access, Field, FieldType};
use serde::{Deserialize, Deserializer};

/// The keys of a field that deciding needs. The service sends many more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FieldJson {
    pub(crate) api_name: String,
    field_label: Option<String>,
    display_label: Option<String>,
    data_type: String,
    json_type: Option<String>,
    length: Option<u32>,
    decimal_place: Option<u32>,
    #[serde(deserialize_with = "or_default")]
    system_mandatory: bool,
    #[serde(deserialize_with = "or_default")]
    custom_field: bool,
    #[serde(deserialize_with = "or_default")]
    read_only: bool,
    #[serde(deserialize_with = "or_default")]
    field_read_only: bool,
    #[serde(deserialize_with = "or_default")]
    virtual_field: bool,
    operation_type: Option<OperationType>,
    unique: Option<Unique>,
    #[serde(deserialize_with = "or_default")]
    pick_list_values: Vec<Choice>,
    lookup: Option<Target>,
    multi_module_lookup: Option<ModuleList>,
    subform: Option<SubformModule>,
    associated_module: Option<SubformModule>,
    multiselectlookup: Option<Linking>,
    multiuserlookup: Option<Linking>,
    formula: Option<Computed>,
    rollup_summary: Option<Computed>,
}

/// What the service works out by itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Computed {
    return_type: Option<String>,
}

/// How a lookup to several records goes: over the rows of a module of its own, which point to both ends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Linking {
    linking_details: Option<LinkingDetails>,
    connected_details: Option<Target>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LinkingDetails {
    connected_lookup_field: Option<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    api_name: Option<String>,
}

impl Linking {
    /// What the rows call the far end, and its module.
    fn leads_to(&self) -> Option<(&str, Option<&str>)> {
        let name = self.linking_details.as_ref()?.connected_lookup_field.as_ref()?.api_name.as_deref()?;
        let module = self.connected_details.as_ref().and_then(|told| told.module.as_ref()?.name());
        Some((name, module)).filter(|_| !name.is_empty())
    }
}

#[derive(Debug, Deserialize)]
#[serde(default)]
struct OperationType {
    api_create: bool,
    api_update: bool,
}

impl Default for OperationType {
    fn default() -> Self {
        OperationType { api_create: true, api_update: true }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Unique {
    casesensitive: Option<serde::de::IgnoredAny>,
    case_sensitive: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    actual_value: Option<String>,
    display_value: Option<String>,
    r#type: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Target {
    module: Option<ModuleName>,
}

/// A module is named by an object, or by its bare name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ModuleName {
    Bare(String),
    Object { api_name: Option<String> },
}

impl ModuleName {
    fn name(&self) -> Option<&str> {
        match self {
            ModuleName::Bare(name) => Some(name.as_str()),
            ModuleName::Object { api_name } => api_name.as_deref(),
        }
        .filter(|name| !name.is_empty())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ModuleList {
    #[serde(deserialize_with = "or_default")]
    modules: Vec<ModuleName>,
}

/// A subform's module: `{"module": "…"}` or `{"module": {"api_name": "…"}}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SubformModule {
    module: Option<ModuleName>,
}

/// `null` where a value is missing.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Fields the service keeps itself, whatever the metadata says.
const SYSTEM: [&str; 13] = [
    "id",
    "Created_Time",
    "Modified_Time",
    "Created_By",
    "Modified_By",
    "Last_Activity_Time",
    "Full_Name",
    "Record_Image",
    "Locked__s",
    "Unsubscribed_Mode",
    "Unsubscribed_Time",
    "Record_Status__s",
    "User_Modified_Time",
];

/// The longest name of a tag, in characters.
const TAG_LENGTH: u32 = 25;

/// The longest text with formatting, in characters.
const RICH_TEXT_LENGTH: u32 = 50_000;

/// Who made an activity is reminded of it, by the app it was made in, and by no other (S2-40).
const REMINDERS: [&str; 4] = ["Remind_At", "Reminder", "Recurring_Activity", "Send_Notification_Email"];

impl FieldJson {
    /// The module that holds the rows, when this is a subform.
    pub(crate) fn subform_module(&self) -> Option<&str> {
        if self.data_type != "subform" {
            return None;
        }
        let module = [&self.subform, &self.associated_module]
            .into_iter()
            .flatten()
            .find_map(|sub| sub.module.as_ref());
        module.and_then(ModuleName::name)
    }

    /// The field in the form the hub knows. `columns` are those of its subform.
    pub(crate) fn field(&self, columns: Vec<Field>) -> Field {
        Field {
            name: FieldName::new(&self.api_name),
            label: self
                .field_label
                .as_ref()
                .or(self.display_label.as_ref())
                .unwrap_or(&self.api_name)
                .as_str()
                .into(),
            kind: self.kind(columns),
            access: self.access(),
            mandatory: self.system_mandatory,
            unique: self
                .unique
                .as_ref()
                .is_some_and(|u| u.casesensitive.is_some() || u.case_sensitive.is_some()),
            custom: self.custom_field,
        }
    }

    fn kind(&self, columns: Vec<Field>) -> FieldType {
        // Tags call themselves text and come as a list of objects.
        if self.is_tags() {
            return FieldType::Tags { max: TAG_LENGTH };
        }
        let structured = self.json_type.as_deref().is_some_and(|json| json.starts_with("json"));
        if structured && self.data_type == "text" {
            return self.other();
        }
        if !self.custom_field && REMINDERS.contains(&self.api_name.as_str()) {
            return FieldType::Other { name: "reminder".into() };
        }
        let max = self.length.filter(|length| *length > 0);
        match self.of_values() {
            "autonumber" => FieldType::Text { max: 255, multiline: false },
            "text" => FieldType::Text { max: max.unwrap_or(255), multiline: false },
            "textarea" | "mediumtext" => FieldType::Text { max: max.unwrap_or(2000), multiline: true },
            // Its HTML is carried as it is, and counts as text.
            "richtext" | "richtextarea" => {
                FieldType::Text { max: max.unwrap_or(RICH_TEXT_LENGTH), multiline: true }
            }
            "email" => FieldType::Email { max: max.unwrap_or(100) },
            "phone" => FieldType::Phone { max: max.unwrap_or(30) },
            "website" => FieldType::Url { max: max.unwrap_or(255) },
            "integer" | "bigint" | "long" => FieldType::Integer,
            "double" | "currency" | "percent" => {
                FieldType::Decimal { scale: self.decimal_place.unwrap_or(2) }
            }
            "boolean" => FieldType::Bool,
            "date" => FieldType::Date,
            "datetime" => FieldType::DateTime,
            "picklist" => FieldType::Picklist { options: self.options() },
            "multiselectpicklist" => FieldType::MultiPicklist { options: self.options() },
            "ownerlookup" | "userlookup" => FieldType::User,
            "lookup" | "multi_module_lookup" => match self.target() {
                Some(module) => FieldType::Lookup { module: module.into() },
                None if self.targets_several() => FieldType::AnyLookup { modules: self.targets() },
                None => self.other(),
            },
            "subform" if !columns.is_empty() => FieldType::Rows { columns, links: false },
            "multiselectlookup" | "multiuserlookup" => match self.link() {
                Some(column) => FieldType::Rows { columns: vec![column], links: true },
                None => self.other(),
            },
            _ => self.other(),
        }
    }

    /// The type of its values: of what the service works out by itself, the one that comes out.
    fn of_values(&self) -> &str {
        let computed = match self.data_type.as_str() {
            "formula" => &self.formula,
            "rollup_summary" => &self.rollup_summary,
            other => return other,
        };
        let told = computed.as_ref().and_then(|computed| computed.return_type.as_deref());
        match told.filter(|told| !told.is_empty()).or(self.json_type.as_deref()) {
            Some("string") => "text",
            Some(
                plain @ ("text" | "double" | "currency" | "integer" | "long" | "boolean" | "date"
                | "datetime"),
            ) => plain,
            _ => self.data_type.as_str(),
        }
    }

    /// The column of a lookup to several records or users: what the linking module calls the one that leads there.
    fn link(&self) -> Option<Field> {
        let told = [&self.multiselectlookup, &self.multiuserlookup].into_iter().flatten();
        let (name, module) = told.filter_map(Linking::leads_to).next()?;
        let kind = match self.data_type.as_str() {
            "multiuserlookup" => FieldType::User,
            _ => FieldType::Lookup { module: module?.into() },
        };
        Some(Field {
            name: name.into(),
            label: name.into(),
            kind,
            access: self.access(),
            mandatory: false,
            unique: false,
            custom: self.custom_field,
        })
    }

    fn other(&self) -> FieldType {
        FieldType::Other { name: self.data_type.as_str().into() }
    }

    fn options(&self) -> Vec<compact_str::CompactString> {
        self.pick_list_values
            .iter()
            .filter(|choice| choice.r#type.as_deref() != Some("unused"))
            .filter_map(|choice| choice.actual_value.as_ref().or(choice.display_value.as_ref()))
            .filter(|value| value.as_str() != "-None-")
            .map(|value| value.as_str().into())
            .collect()
    }

    /// It points to a record of several modules, which may be named or not.
    fn targets_several(&self) -> bool {
        let named = self.lookup.as_ref().and_then(|lookup| lookup.module.as_ref()?.name());
        self.data_type == "multi_module_lookup"
            || named == Some("se_module")
            || self.multi_module_lookup.as_ref().is_some_and(|list| list.modules.len() > 1)
    }

    fn targets(&self) -> Vec<musubi_core::ModuleName> {
        let several = self.multi_module_lookup.iter().flat_map(|list| &list.modules);
        several.filter_map(ModuleName::name).map(musubi_core::ModuleName::from).collect()
    }

    /// The one module a lookup points to; a lookup to several is not one.
    fn target(&self) -> Option<&str> {
        let several = self.multi_module_lookup.as_ref().is_some_and(|list| list.modules.len() > 1);
        let module = self.lookup.as_ref()?.module.as_ref()?.name()?;
        (!several && module != "se_module").then_some(module)
    }

    fn is_tags(&self) -> bool {
        self.api_name == "Tag" && !self.custom_field
    }

    fn access(&self) -> Access {
        // Whatever is said of the field: records are written with their tags.
        if self.is_tags() {
            return Access::Writable;
        }
        let kept_by_service = self.api_name.starts_with('$')
            || SYSTEM.contains(&self.api_name.as_str())
            || self.read_only
            || self.field_read_only
            || self.virtual_field
            || matches!(
                self.data_type.as_str(),
                "formula" | "autonumber" | "rollup_summary" | "profileimage"
            );
        let allowed = self.operation_type.as_ref();
        let (create, update) =
            allowed.map_or((true, true), |allowed| (allowed.api_create, allowed.api_update));
        match (kept_by_service, create, update) {
            (false, true, true) => Access::Writable,
            (false, true, false) => Access::CreateOnly,
            _ => Access::ReadOnly,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A plain writable field, for tests.
    pub(crate) fn field(name: &str, kind: FieldType) -> Field {
        Field {
            name: name.into(),
            label: name.into(),
            kind,
            access: Access::Writable,
            mandatory: false,
            unique: false,
            custom: false,
        }
    }

    fn read(json: &str) -> Field {
        serde_json::from_str::<FieldJson>(json).unwrap().field(Vec::new())
    }

    #[test]
    fn types_are_recognised() {
        let kind = |json: &str| read(json).kind;
        assert_eq!(
            kind(r#"{"api_name":"Email","data_type":"email","length":100}"#),
            FieldType::Email { max: 100 }
        );
        assert_eq!(
            kind(r#"{"api_name":"Amount","data_type":"currency","decimal_place":3}"#),
            FieldType::Decimal { scale: 3 }
        );
        assert_eq!(
            kind(
                r#"{"api_name":"L","data_type":"picklist","pick_list_values":[{"actual_value":"-None-"},{"actual_value":"a","display_value":"A"},{"actual_value":"old","type":"unused"}]}"#
            ),
            FieldType::Picklist { options: vec!["a".into()] }
        );
        for module in [r#"{"api_name":"Accounts","id":"1"}"#, r#""Accounts""#] {
            let json = format!(r#"{{"api_name":"A","data_type":"lookup","lookup":{{"module":{module}}}}}"#);
            assert_eq!(kind(&json), FieldType::Lookup { module: "Accounts".into() });
        }
        assert_eq!(
            kind(r#"{"api_name":"What_Id","data_type":"lookup","lookup":{"module":"se_module"}}"#),
            FieldType::AnyLookup { modules: Vec::new() }
        );
        assert_eq!(
            kind(
                r#"{"api_name":"Who_Id","data_type":"multi_module_lookup","multi_module_lookup":{"modules":[{"api_name":"Leads"},{"api_name":"Contacts"}]}}"#
            ),
            FieldType::AnyLookup { modules: vec!["Leads".into(), "Contacts".into()] }
        );
        assert_eq!(
            kind(r#"{"api_name":"Tag","data_type":"text","json_type":"jsonarray"}"#),
            FieldType::Tags { max: 25 }
        );
        assert_eq!(
            kind(r#"{"api_name":"T","data_type":"text","json_type":"jsonarray"}"#),
            FieldType::Other { name: "text".into() }
        );
        assert_eq!(
            kind(r#"{"api_name":"N","data_type":"autonumber","json_type":"string"}"#),
            FieldType::Text { max: 255, multiline: false }
        );
        for (name, length) in [("richtext", 50_000), ("richtextarea", 50_000), ("mediumtext", 2_000)] {
            let json = format!(r#"{{"api_name":"P","data_type":"{name}","json_type":"string"}}"#);
            assert_eq!(kind(&json), FieldType::Text { max: length, multiline: true }, "{name}");
        }
        let short = r#"{"api_name":"P","data_type":"richtext","length":3000}"#;
        assert_eq!(kind(short), FieldType::Text { max: 3_000, multiline: true });
        // Kept by the service, or too much of its own to be a value elsewhere.
        for name in [
            "profileimage",
            "event_reminder",
            "linetax",
            "time_range",
            "multireminder",
            "fileupload",
            "imageupload",
            "ALARM",
            "RRULE",
            "consent_lookup",
            "module",
            "layout",
            "address",
        ] {
            let json = format!(r#"{{"api_name":"O","data_type":"{name}"}}"#);
            assert_eq!(kind(&json), FieldType::Other { name: name.into() });
        }
        let formula = |told: &str| kind(&format!(r#"{{"api_name":"F","data_type":"formula"{told}}}"#));
        let text = FieldType::Text { max: 255, multiline: false };
        assert_eq!(formula(r#","json_type":"double","formula":{"return_type":"text"}"#), text);
        assert_eq!(formula(r#","json_type":"string","formula":{}"#), text);
        assert_eq!(formula(r#","formula":{"return_type":"datetime"}"#), FieldType::DateTime);
        assert_eq!(formula(r#","json_type":"double","formula":null"#), FieldType::Decimal { scale: 2 });
        assert_eq!(formula(""), FieldType::Other { name: "formula".into() });
        assert_eq!(
            kind(
                r#"{"api_name":"R","data_type":"rollup_summary","rollup_summary":{"return_type":"integer"}}"#
            ),
            FieldType::Integer
        );
        assert_eq!(
            kind(r#"{"api_name":"F","data_type":"brand_new"}"#),
            FieldType::Other { name: "brand_new".into() }
        );
    }

    #[test]
    fn access_follows_the_metadata_and_system_fields_are_never_written() {
        let access = |name: &str, rest: &str| {
            read(&format!(r#"{{"api_name":"{name}","data_type":"text"{rest}}}"#)).access
        };
        assert_eq!(access("City", ""), Access::Writable);
        assert_eq!(access("City", r#","field_read_only":true"#), Access::ReadOnly);
        assert_eq!(
            access("City", r#","operation_type":{"api_create":true,"api_update":false}"#),
            Access::CreateOnly
        );
        assert_eq!(
            access("City", r#","operation_type":{"api_create":false,"api_update":true}"#),
            Access::ReadOnly
        );
        assert_eq!(access("Modified_Time", ""), Access::ReadOnly);
        assert_eq!(access("$approved", ""), Access::ReadOnly);
        assert_eq!(access("Tag", r#","field_read_only":true"#), Access::Writable);
    }

    #[test]
    fn unique_is_an_object_with_a_word_in_it() {
        assert!(read(r#"{"api_name":"E","data_type":"email","unique":{"casesensitive":"0"}}"#).unique);
        assert!(!read(r#"{"api_name":"E","data_type":"email","unique":{}}"#).unique);
    }
}
