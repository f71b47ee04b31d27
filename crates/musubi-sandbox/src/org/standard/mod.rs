//! The standard modules and fields that a new CRM org has, read from the tables beside this file.

use super::{
    field::{Field, Pick, Source},
    ids::Ids,
    kind::Kind,
};

/// One standard module.
pub struct Standard {
    /// Its API name.
    pub api_name: &'static str,
    /// Name of one record.
    pub singular: &'static str,
    /// Name of many.
    pub plural: &'static str,
    /// The table of its fields.
    fields: &'static str,
    /// Whether the service shows it as a tab.
    pub tab: bool,
}

macro_rules! standard {
    ($($api:literal $singular:literal $plural:literal $file:literal $tab:literal;)*) => {
        /// All standard modules.
        pub const MODULES: &[Standard] = &[$(Standard {
            api_name: $api, singular: $singular, plural: $plural, fields: include_str!($file), tab: $tab,
        }),*];
    };
}

standard! {
    "Leads" "Lead" "Leads" "leads.fields" true;
    "Contacts" "Contact" "Contacts" "contacts.fields" true;
    "Accounts" "Account" "Accounts" "accounts.fields" true;
    "Deals" "Deal" "Deals" "deals.fields" true;
    "Tasks" "Task" "Tasks" "tasks.fields" true;
    "Events" "Meeting" "Meetings" "events.fields" true;
    "Calls" "Call" "Calls" "calls.fields" true;
    "Products" "Product" "Products" "products.fields" true;
    "Vendors" "Vendor" "Vendors" "vendors.fields" true;
    "Price_Books" "Price Book" "Price Books" "price_books.fields" true;
    "Campaigns" "Campaign" "Campaigns" "campaigns.fields" true;
    "Notes" "Note" "Notes" "notes.fields" false;
    "Attachments" "Attachment" "Attachments" "attachments.fields" false;
    "Pricing_Details" "Pricing Detail" "Pricing Details" "pricing_details.fields" false;
}

/// System fields every custom module has, besides its name field.
pub const CUSTOM_MODULE_FIELDS: &str = include_str!("custom.fields");

/// System fields of the rows of a custom subform.
pub const SUBFORM_FIELDS: &str = include_str!("subform.fields");

/// System fields of a linking module, besides the two that point at what its rows link.
pub const LINKING_MODULE_FIELDS: &str = include_str!("linking.fields");

impl Standard {
    /// The module's fields with fresh ids.
    pub fn fields(&self, ids: &mut Ids) -> Vec<Field> {
        parse_table(self.fields, ids)
    }
}

/// Reads a table of fields.
pub fn parse_table(table: &str, ids: &mut Ids) -> Vec<Field> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| parse_line(line, ids).expect("the tables beside this file are well formed"))
        .collect()
}

fn parse_line(line: &str, ids: &mut Ids) -> Option<Field> {
    let mut parts = line.splitn(4, '|').map(str::trim);
    let (api_name, label, kind, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next().unwrap_or(""));
    let (kind_name, argument) = match kind.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')?),
        None => (kind, ""),
    };
    let mut field = Field::new(ids.fresh(), api_name, label, Kind::parse(kind_name)?);
    match field.kind {
        Kind::Text | Kind::TextArea | Kind::BigInt => {
            field.length = argument.parse().ok().unwrap_or(field.length)
        }
        Kind::Double => field.decimal_place = argument.parse().ok().unwrap_or(2),
        Kind::Picklist | Kind::MultiPicklist => {
            field.picks = argument
                .split(';')
                .map(|value| Pick { id: ids.fresh(), value: value.to_owned(), used: true })
                .collect();
        }
        Kind::Lookup | Kind::MultiModuleLookup | Kind::Subform => {
            field.targets = argument.split(';').map(str::to_owned).collect()
        }
        _ => {}
    }
    let mut rest = flags;
    while !rest.is_empty() {
        // A default may hold spaces, so it stands last.
        let (flag, after) =
            if rest.starts_with('=') { (rest, "") } else { rest.split_once(' ').unwrap_or((rest, "")) };
        match flag {
            "!" => field.mandatory = true,
            "ro" => field.read_only = true,
            "hidden" => field.hidden = true,
            "dup" => field.duplicate_check = true,
            _ => parse_valued_flag(&mut field, flag)?,
        }
        rest = after.trim();
    }
    Some(field)
}

fn parse_valued_flag(field: &mut Field, flag: &str) -> Option<()> {
    if let Some(default) = flag.strip_prefix('=') {
        field.default = Some(serde_json::from_str(default).unwrap_or_else(|_| default.into()));
    } else if let Some(blank) = flag.strip_prefix('~') {
        field.blank = Some(blank.to_owned());
    } else {
        field.source = parse_source(flag.strip_prefix("src:")?)?;
    }
    Some(())
}

fn parse_source(text: &str) -> Option<Source> {
    Some(match text {
        "id" => Source::Id,
        "owner" => Source::Owner,
        "created_by" => Source::CreatedBy,
        "modified_by" => Source::ModifiedBy,
        "created_time" => Source::CreatedTime,
        "modified_time" => Source::ModifiedTime,
        "activity" => Source::Activity,
        "tag" => Source::Tag,
        "full_name" => Source::FullName,
        "call_status" => Source::CallStatus,
        _ => {
            let code = text.strip_prefix("address(")?.strip_suffix(')')?;
            let prefix = code.rfind('_').map_or("", |at| if code == "Zip_Code" { "" } else { &code[..=at] });
            Source::Address(prefix.to_owned(), code.to_owned())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_well_formed() {
        let mut ids = Ids::new(1);
        for module in MODULES {
            let fields = module.fields(&mut ids);
            assert!(fields.len() >= 7, "{}", module.api_name);
            let mut names: Vec<&str> = fields.iter().map(|f| f.api_name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), fields.len(), "{}", module.api_name);
        }
    }

    #[test]
    fn flags_are_read() {
        let mut ids = Ids::new(1);
        let field =
            parse_line("Status | Status | picklist(Not Started;Done) | ! =Not Started", &mut ids).unwrap();
        assert!(field.mandatory);
        assert_eq!(field.default, Some("Not Started".into()));
        assert_eq!(field.picks.len(), 2);
        let field = parse_line("A | A | text(9) | ro src:address(Mailing_Zip)", &mut ids).unwrap();
        assert_eq!(field.source, Source::Address("Mailing_".into(), "Mailing_Zip".into()));
    }
}
