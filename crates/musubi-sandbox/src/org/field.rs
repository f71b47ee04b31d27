//! A field of a module: what it may hold, and where its value comes from.

use serde::{Deserialize, Serialize};

use super::kind::Kind;

/// Where a field's value is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// In a cell of the record, as clients wrote it.
    #[default]
    Cell,
    /// The record's id.
    Id,
    /// The record's owner.
    Owner,
    /// Who made the record.
    CreatedBy,
    /// Who changed it last.
    ModifiedBy,
    /// When it was made.
    CreatedTime,
    /// When it was changed last.
    ModifiedTime,
    /// Last activity.
    Activity,
    /// The record's tags.
    Tag,
    /// Salutation, first and last name together.
    FullName,
    /// What became of a call, from its type and start.
    CallStatus,
    /// In the records of another module that point back: the rows of a subform.
    Rows,
    /// In the records of a linking module that point back, each of which points at one more record or user.
    Links(Links),
    /// Street, city, state, code and country of one address together: the prefix and the name of the code field.
    Address(String, String),
}

/// How a field finds its rows in the linking module, which its `targets` name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The API name of the linking module's field that points at the record the field is shown in.
    pub own: String,
    /// The API name of the one that points at the other record, or at the user.
    pub other: String,
    /// Whether the users of a multi-user lookup get at the record by it.
    #[serde(default)]
    pub record_access: bool,
}

/// One value of a picklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The value's id.
    pub id: i64,
    /// What records hold and users see.
    pub value: String,
    /// False once it was taken out of use.
    pub used: bool,
}

/// The length of a rich text field.
pub const RICH_TEXT: u32 = 50_000;

/// A field.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Field {
    /// The field's id.
    pub id: i64,
    /// Its API name, unique in the module.
    pub api_name: String,
    /// What users see.
    pub label: String,
    /// Its type.
    pub kind: Kind,
    /// Longest text allowed; for numbers the most digits.
    pub length: u32,
    /// Digits kept behind the decimal point.
    pub decimal_place: u32,
    /// A record cannot be without it.
    pub mandatory: bool,
    /// Made by an admin, not by the service.
    pub custom: bool,
    /// Clients cannot write it: what they send is ignored.
    pub read_only: bool,
    /// No two records may hold the same value; whether letter case counts.
    #[serde(default)]
    pub unique: Option<CaseSensitive>,
    /// Holds a client's own key of the record: whose key it is, and whether pages show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<External>,
    /// Upsert looks for duplicates by it unless told otherwise.
    #[serde(default)]
    pub duplicate_check: bool,
    /// Not shown on pages.
    #[serde(default)]
    pub hidden: bool,
    /// The field was deleted; its number stays taken.
    #[serde(default)]
    pub removed: bool,
    /// Values of a picklist.
    #[serde(default)]
    pub picks: Vec<Pick>,
    /// The global picklist its values come from.
    #[serde(default)]
    pub global_picklist: Option<i64>,
    /// Modules a lookup points into; one, or several for a multi-module lookup (`*` is any).
    #[serde(default)]
    pub targets: Vec<String>,
    /// What a record gets when nothing was sent, in JSON.
    #[serde(default)]
    pub default: Option<serde_json::Value>,
    /// What a blank is shown as, in JSON; `null` unless said otherwise.
    #[serde(default)]
    pub blank: Option<String>,
    /// Where its value is kept.
    #[serde(default)]
    pub source: Source,
    /// Prefix, next number and suffix of an auto-number field.
    #[serde(default)]
    pub auto_number: Option<AutoNumber>,
    /// A help text.
    #[serde(default)]
    pub tooltip: Option<String>,
}

/// A field that holds a client's own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct External {
    /// `user`, `org` or `external_lookup`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether pages show it.
    pub show: bool,
}

/// Whether letter case tells two values of a unique field apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseSensitive(pub bool);

/// How an auto-number field counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoNumber {
    /// Before the number.
    pub prefix: String,
    /// The next number.
    pub next: i64,
    /// After the number.
    pub suffix: String,
}

impl Field {
    /// A plain field of a kind; callers set what differs.
    pub fn new(id: i64, api_name: &str, label: &str, kind: Kind) -> Field {
        Field {
            id,
            api_name: api_name.to_owned(),
            label: label.to_owned(),
            kind,
            length: kind.default_length(),
            decimal_place: kind.default_decimal_place(),
            mandatory: false,
            custom: false,
            read_only: matches!(kind, Kind::AutoNumber | Kind::Formula | Kind::RollupSummary),
            unique: None,
            external: None,
            duplicate_check: false,
            hidden: false,
            removed: false,
            picks: Vec::new(),
            global_picklist: None,
            targets: Vec::new(),
            default: None,
            blank: None,
            source: if kind == Kind::Subform { Source::Rows } else { Source::Cell },
            auto_number: None,
            tooltip: None,
        }
    }

    /// Whether records are found by this field's value through an index.
    pub fn indexed(&self) -> bool {
        self.unique.is_some()
            || self.duplicate_check
            || matches!(self.kind, Kind::Email | Kind::Lookup | Kind::MultiModuleLookup)
    }

    /// Whether it holds text with formatting.
    pub fn is_rich_text(&self) -> bool {
        self.kind == Kind::RichText || (self.kind == Kind::TextArea && self.length >= RICH_TEXT)
    }

    /// Whether its value is rows: of a subform or of a linking module.
    pub fn holds_rows(&self) -> bool {
        self.source == Source::Rows || self.links().is_some()
    }

    /// How it finds its rows in a linking module, if that is where its value is.
    pub fn links(&self) -> Option<&Links> {
        match &self.source {
            Source::Links(links) => Some(links),
            _ => None,
        }
    }

    /// Whether text of this value is a value of the picklist, in use or not.
    pub fn has_pick(&self, value: &str) -> bool {
        self.picks.iter().any(|pick| pick.value == value)
    }

    /// What clients may write.
    pub fn writable(&self) -> bool {
        !self.read_only && !self.removed
    }
}
