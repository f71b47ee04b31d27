//! Writes records as JSON, straight to bytes.

use super::{participants, rows};
use crate::{
    http::json_out,
    org::{
        Org, State,
        field::{Field, Source},
        module::Module,
        people::User,
        record::{FieldNo, Record},
        value::Value,
        zone,
    },
};

/// Which fields of which module, prepared once per page.
pub struct Columns<'a> {
    org: &'a Org,
    state: &'a State,
    module: &'a Module,
    columns: Vec<Column<'a>>,
    system_keys: Option<String>,
    record_keys: Vec<RecordKey>,
    parent_modules: bool,
    /// Whether users are shown with their e-mail.
    mails: bool,
    now: i64,
}

struct Column<'a> {
    key: Vec<u8>,
    no: FieldNo,
    source: &'a Source,
    blank: &'a [u8],
    target: Option<&'a Module>,
    /// The columns of the rows of a subform or of links, and their field that points at the record.
    rows: Option<(Columns<'a>, FieldNo)>,
}

/// A `$` key that differs from record to record.
#[derive(Debug, Clone, Copy)]
enum RecordKey {
    /// `$se_module`: the module of the record that this field points at.
    RelatedModule(FieldNo),
    /// `$converted`.
    Converted,
    /// `$converted_detail`.
    ConvertedDetail,
    /// `$u_id`, which calendars know an event by.
    Calendar,
}

/// Whether a record is shown with the `$` keys of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemKeys {
    /// As in a list with `fields`: only those that come along with a field, or are named.
    Without,
    /// As in a whole record.
    With,
}

impl<'a> Columns<'a> {
    /// Prepares the fields of these names; unknown names are left out, `id` is always there.
    pub fn of(org: &'a Org, state: &'a State, module: &'a Module, names: &[&str], now: i64) -> Columns<'a> {
        let mut numbers: Vec<FieldNo> = Vec::with_capacity(names.len() + 1);
        for name in names.iter().copied().chain(["id"]) {
            if let Some(no) = module.field_no(name)
                && !numbers.contains(&no)
            {
                numbers.push(no);
            }
        }
        let columns = Columns::build(org, state, module, &numbers, SystemKeys::Without, now);
        Columns { record_keys: named_keys(module, names), ..columns }
    }

    /// Prepares all fields.
    pub fn all(
        org: &'a Org,
        state: &'a State,
        module: &'a Module,
        system: SystemKeys,
        now: i64,
    ) -> Columns<'a> {
        let numbers: Vec<FieldNo> = module.fields().map(|(no, _)| no).collect();
        Columns::build(org, state, module, &numbers, system, now)
    }

    fn build(
        org: &'a Org,
        state: &'a State,
        module: &'a Module,
        numbers: &[FieldNo],
        system: SystemKeys,
        now: i64,
    ) -> Columns<'a> {
        let columns = numbers
            .iter()
            .map(|&no| {
                let field = &module.meta.fields[no as usize];
                let mut key = Vec::with_capacity(field.api_name.len() + 3);
                json_out::string(&mut key, &field.api_name);
                key.push(b':');
                let target = match field.targets.as_slice() {
                    [one] if one != "*" => state.module(one),
                    _ => None,
                };
                Column {
                    key,
                    no,
                    source: &field.source,
                    blank: field.blank.as_deref().unwrap_or("null").as_bytes(),
                    target,
                    rows: field.holds_rows().then(|| row_columns(org, state, field, now)).flatten(),
                }
            })
            .collect();
        let (system_keys, record_keys) = match system {
            SystemKeys::With => (Some(system_keys(org, module)), record_keys(module)),
            SystemKeys::Without => (None, Vec::new()),
        };
        Columns {
            org,
            state,
            module,
            columns,
            system_keys,
            record_keys,
            parent_modules: true,
            mails: true,
            now,
        }
    }

    /// Shows the parent of a note without its module, as `/crm/v2` does.
    pub fn without_parent_modules(mut self) -> Columns<'a> {
        self.parent_modules = false;
        self
    }

    /// Appends one record as a JSON object.
    pub fn write(&self, out: &mut Vec<u8>, record: &Record) {
        out.push(b'{');
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&column.key);
            self.cell(out, column, record);
        }
        if let Some(system) = &self.system_keys {
            out.extend_from_slice(system.as_bytes());
        }
        for key in &self.record_keys {
            self.record_key(out, *key, record);
        }
        out.push(b'}');
    }

    fn cell(&self, out: &mut Vec<u8>, column: &Column<'_>, record: &Record) {
        match column.source {
            Source::Cell => match record.get(column.no) {
                Some(value) => self.value(out, column, value),
                None => out.extend_from_slice(column.blank),
            },
            Source::Id => json_out::id(out, record.id),
            Source::Owner => self.user(out, record.owner),
            Source::CreatedBy => self.user(out, record.created_by),
            Source::ModifiedBy => self.user(out, record.modified_by),
            Source::CreatedTime => self.time(out, record.created),
            Source::ModifiedTime => self.time(out, record.modified),
            Source::Activity => match record.activity {
                Some(at) => self.time(out, at),
                None => out.extend_from_slice(b"null"),
            },
            Source::Tag => self.tags(out, record),
            Source::FullName => {
                json_out::string(out, &self.module.full_name(record, self.module.text(record, "Salutation")));
            }
            Source::CallStatus => json_out::string(out, call_status(self.module, record, self.now)),
            Source::Rows | Source::Links(_) => self.rows(out, column, record),
            Source::Address(prefix, code) => {
                json_out::string(out, &address(self.module, record, prefix, code))
            }
        }
    }

    fn value(&self, out: &mut Vec<u8>, column: &Column<'_>, value: &Value) {
        match value {
            Value::Text(text) => json_out::string(out, text),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            Value::Int(number) => {
                if self.module.meta.fields[column.no as usize].kind == crate::org::kind::Kind::BigInt {
                    json_out::id(out, *number);
                } else {
                    json_out::integer(out, *number);
                }
            }
            Value::Decimal(number) => out.extend_from_slice(number.normalize().to_string().as_bytes()),
            Value::Date(date) => {
                out.push(b'"');
                zone::write_date(out, *date);
                out.push(b'"');
            }
            Value::Instant(at) => self.time(out, *at),
            Value::Lookup(id) => match column.target {
                Some(target) => self.lookup(out, target, *id),
                None => json_out::id(out, *id),
            },
            Value::ModuleLookup(module, id) => {
                let target = &self.state.modules[usize::from(*module)];
                let start = out.len();
                self.lookup(out, target, *id);
                let is_parent = self.module.meta.fields[column.no as usize].api_name == "Parent_Id";
                if is_parent && self.parent_modules && out[start] == b'{' {
                    out.pop();
                    out.extend_from_slice(b",\"module\":{\"api_name\":");
                    json_out::string(out, &target.meta.api_name);
                    out.extend_from_slice(b",\"id\":");
                    json_out::id(out, target.meta.id);
                    out.extend_from_slice(b"}}");
                }
            }
            Value::User(id) => self.user(out, *id),
            Value::Many(values) => {
                out.push(b'[');
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    json_out::string(out, value);
                }
                out.push(b']');
            }
            Value::Json(sent) if self.module.meta.fields[column.no as usize].api_name == "Participants" => {
                out.extend_from_slice(participants::show(self.state, sent).to_string().as_bytes());
            }
            Value::Json(json) => out.extend_from_slice(json.to_string().as_bytes()),
        }
    }

    fn lookup(&self, out: &mut Vec<u8>, target: &Module, id: i64) {
        // A deleted target leaves the reference, without a name, until the record is written again.
        match target.table.get(id) {
            Some(record) => {
                out.extend_from_slice(b"{\"name\":");
                json_out::string(out, &target.display_name(record));
                out.extend_from_slice(b",\"id\":");
                json_out::id(out, id);
                out.push(b'}');
            }
            None => out.extend_from_slice(b"null"),
        }
    }

    fn user(&self, out: &mut Vec<u8>, id: i64) {
        match self.state.user(id) {
            Some(user) if self.mails => write_user(out, user),
            Some(user) => {
                out.extend_from_slice(b"{\"name\":");
                json_out::string(out, &user.full_name());
                out.extend_from_slice(b",\"id\":");
                json_out::id(out, user.id);
                out.push(b'}');
            }
            None => out.extend_from_slice(b"null"),
        }
    }

    fn time(&self, out: &mut Vec<u8>, seconds: i64) {
        out.push(b'"');
        zone::write_time(out, &self.org.zone, seconds);
        out.push(b'"');
    }

    fn rows(&self, out: &mut Vec<u8>, column: &Column<'_>, record: &Record) {
        out.push(b'[');
        let found = column.rows.as_ref().and_then(|(columns, parent)| {
            Some((columns, columns.module.table.candidates(*parent, record.id)?))
        });
        if let Some((columns, rows)) = found {
            for (at, row) in rows.enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                columns.write(out, row);
            }
        }
        out.push(b']');
    }

    fn tags(&self, out: &mut Vec<u8>, record: &Record) {
        out.push(b'[');
        let tags = record.tags.iter().filter_map(|id| self.module.meta.tags.iter().find(|tag| tag.id == *id));
        for (at, tag) in tags.enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"name\":");
            json_out::string(out, &tag.name);
            out.extend_from_slice(b",\"id\":");
            json_out::id(out, tag.id);
            out.extend_from_slice(b",\"color_code\":");
            match &tag.color {
                Some(color) => json_out::string(out, color),
                None => out.extend_from_slice(b"null"),
            }
            out.push(b'}');
        }
        out.push(b']');
    }

    fn record_key(&self, out: &mut Vec<u8>, key: RecordKey, record: &Record) {
        match key {
            RecordKey::RelatedModule(no) => {
                out.extend_from_slice(b",\"$se_module\":");
                match record.get(no) {
                    Some(Value::ModuleLookup(target, _)) => {
                        json_out::string(out, &self.state.modules[usize::from(*target)].meta.api_name);
                    }
                    _ => out.extend_from_slice(b"null"),
                }
            }
            RecordKey::Converted => {
                out.extend_from_slice(format!(",\"$converted\":{}", record.converted.is_some()).as_bytes());
            }
            RecordKey::ConvertedDetail => {
                let detail = record.converted.as_ref().map_or_else(|| serde_json::json!({}), |c| {
                    let text = |id: Option<i64>| id.map(|id| id.to_string());
                    serde_json::json!({"deal": text(c.deal), "contact": text(c.contact), "account": text(c.account),
                        "convert_date": self.org.time(c.time)[..10]})
                });
                out.extend_from_slice(b",\"$converted_detail\":");
                out.extend_from_slice(detail.to_string().as_bytes());
            }
            RecordKey::Calendar => {
                let id = record.id as u64;
                out.extend_from_slice(
                    format!(
                        ",\"$u_id\":\"{:08x}-{:04x}-4000-8000-{:012x}\"",
                        id >> 32,
                        id & 0xffff,
                        id & 0xffff_ffff_ffff
                    )
                    .as_bytes(),
                );
            }
        }
    }
}

/// The `$` keys of a module that differ from record to record.
fn record_keys(module: &Module) -> Vec<RecordKey> {
    let related = || related_field(module).map(RecordKey::RelatedModule);
    match module.meta.api_name.as_str() {
        "Leads" => vec![RecordKey::Converted, RecordKey::ConvertedDetail],
        "Tasks" | "Calls" | "Notes" => related().into_iter().collect(),
        "Events" => related().into_iter().chain([RecordKey::Calendar]).collect(),
        _ => Vec::new(),
    }
}

/// The field that points at what an activity or a note belongs to.
fn related_field(module: &Module) -> Option<FieldNo> {
    module.field_no(if module.meta.api_name == "Notes" { "Parent_Id" } else { "What_Id" })
}

/// Those that come along when these fields are asked for: the module of what a record belongs to goes with its id, which says
/// nothing alone.
fn named_keys(module: &Module, names: &[&str]) -> Vec<RecordKey> {
    let named = |key: &RecordKey| match key {
        RecordKey::RelatedModule(no) => names
            .iter()
            .any(|name| *name == "$se_module" || *name == module.meta.fields[usize::from(*no)].api_name),
        RecordKey::Converted => names.contains(&"$converted"),
        RecordKey::ConvertedDetail | RecordKey::Calendar => false,
    };
    record_keys(module).into_iter().filter(named).collect()
}

fn row_columns<'a>(
    org: &'a Org,
    state: &'a State,
    field: &Field,
    now: i64,
) -> Option<(Columns<'a>, FieldNo)> {
    let (no, parent) = rows::module_of(state, field)?;
    if let Some(links) = field.links() {
        let linking = &state.modules[no];
        let columns = [linking.field_no("id")?, linking.field_no(&links.other)?];
        let columns = Columns::build(org, state, linking, &columns, SystemKeys::Without, now);
        return Some((Columns { mails: false, ..columns }, parent));
    }
    Some((Columns::all(org, state, &state.modules[no], SystemKeys::Without, now), parent))
}

/// Appends `{"name","id","email"}`.
pub fn write_user(out: &mut Vec<u8>, user: &User) {
    out.extend_from_slice(b"{\"name\":");
    json_out::string(out, &user.full_name());
    out.extend_from_slice(b",\"id\":");
    json_out::id(out, user.id);
    out.extend_from_slice(b",\"email\":");
    json_out::string(out, &user.email);
    out.push(b'}');
}

/// The `$` keys that are the same for all records of a module, as recorded answers have them.
fn system_keys(org: &Org, module: &Module) -> String {
    const APPROVAL: &str =
        r#"{"delegate":false,"takeover":false,"approve":false,"reject":false,"resubmit":false}"#;
    const REVIEW: &str = r#"{"approve":false,"reject":false,"resubmit":false}"#;
    let name = module.meta.api_name.as_str();
    let mut out = String::from(r#","$field_states":null,"$editable":true,"$state":"save""#);
    if matches!(name, "Notes" | "Attachments") {
        if name == "Notes" {
            out.push_str(
                r#","$attachments":null,"$size":null,"$voice_note":false,"$is_shared_to_client":false"#,
            );
        }
        return out;
    }
    let activity = matches!(name, "Tasks" | "Events" | "Calls");
    out.push_str(&format!(
        r#","$currency_symbol":{},"$review_process":{},"$review":null,"$process_flow":false,"$approved":true,"$approval":{APPROVAL},"$orchestration":false,"$in_merge":false,"$approval_state":"approved""#,
        serde_json::Value::from(org.profile.currency_symbol.as_str()),
        if activity { "null" } else { REVIEW },
    ));
    if !matches!(name, "Events" | "Calls") {
        out.push_str(r#","$locked_for_me":false"#);
        if !matches!(name, "Products" | "Vendors" | "Campaigns" | "Price_Books") {
            out.push_str(r#","$zia_owner_assignment":"owner_recommendation_unavailable""#);
        }
    }
    if matches!(name, "Contacts" | "Accounts") {
        out.push_str(r#","$is_duplicate":false"#);
    }
    match name {
        "Products" => out.push_str(r#","$taxable":true"#),
        "Tasks" => out.push_str(r#","$u_id":null"#),
        "Calls" => out.push_str(r#","$calendar_booking_call":false"#),
        "Events" => out.push_str(r#","$calendar_booking_event":false,"$recurrence_id":null,"$meeting_details":null,"$send_notification":false"#),
        _ => {}
    }
    if !activity && let Some(layout) = module.meta.layouts.first() {
        let label = serde_json::Value::from(layout.name.as_str());
        out.push_str(&format!(
            r#","$layout_id":{{"display_label":{label},"name":{label},"id":"{}"}}"#,
            layout.id
        ));
    }
    out
}

/// Street, then city, state and code, then country, each on its line.
fn address(module: &Module, record: &Record, prefix: &str, code: &str) -> String {
    let text = |name: &str| module.text(record, &format!("{prefix}{name}")).to_owned();
    let region = [text("State"), module.text(record, code).to_owned()];
    let region =
        region.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ");
    let town = [text("City"), region];
    let town = town.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ");
    let lines = [text("Street"), town, text("Country")];
    lines.iter().filter(|line| !line.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn call_status(module: &Module, record: &Record, now: i64) -> &'static str {
    let start = match module.field_no("Call_Start_Time").and_then(|no| record.get(no)) {
        Some(Value::Instant(at)) => *at,
        _ => now,
    };
    match module.text(record, "Call_Type") {
        _ if start > now => "Scheduled",
        "Inbound" => "Attended",
        "Missed" => "Missed",
        _ => "Attended Dialled",
    }
}
