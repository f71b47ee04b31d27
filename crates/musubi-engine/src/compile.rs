//! From what was configured and what both services say they have to the mapping of a module sync.

use crate::account::Account;
use crate::columns;
use crate::config::{DefaultValue, FieldPair, Fields, ModuleConfig, Owners, Way, nearest};
use crate::derived::{self, Derived};
use crate::error::{HubError, Result};
use crate::findings::Findings;
use crate::note::Note;
use crate::owners::{self, Everybody};
use crate::sync::{Parent, People};
use crate::tags;
use crate::through;
use crate::typed;
use crate::unmappable;
use musubi_core::{
    FieldName, ModuleName, Side, Sides, Value,
    mapping::{Mapping, MappingError, Pair, Wanted, WantedPair},
    match_form::MatchWanted,
    policy::{Direction, FieldPolicy},
    schema::{Field, FieldType, ModuleSchema},
    transform::Steps,
};
use musubi_store::SyncId;
use serde::Serialize;
use std::sync::Arc;

/// A module sync of the integration, as its siblings need to know it.
#[derive(Clone, Debug)]
pub(crate) struct Sibling {
    pub sync: SyncId,
    pub modules: Sides<ModuleName>,
}

/// A field that is not synced, though somebody may look for it, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LeftOut {
    /// Its API name, which as a rule both sides have.
    pub field: String,
    /// A stable code.
    pub reason: &'static str,
}

/// A compiled mapping with what was left out of it.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub mapping: Mapping,
    pub parents: Vec<Vec<Parent>>,
    pub people: People,
    pub left_out: Vec<LeftOut>,
    pub findings: Findings,
    /// Per side, the fields that are made of others.
    pub derived: Sides<Vec<Derived>>,
}

/// Compiles the mapping of a module sync.
pub(crate) async fn mapping(
    config: &ModuleConfig,
    accounts: &Sides<Arc<Account>>,
    siblings: &[Sibling],
    owners: &Owners,
) -> Result<Compiled> {
    let modules = Sides { left: ModuleName::new(&config.left), right: ModuleName::new(&config.right) };
    let (left, right, left_users, right_users) = tokio::try_join!(
        accounts.left.schema(&modules.left),
        accounts.right.schema(&modules.right),
        accounts.left.users(),
        accounts.right.users(),
    )?;
    let users = Sides { left: left_users.as_slice(), right: right_users.as_slice() };
    let people = owners::people(users, owners::us(accounts), owners);
    let everybody = owners::has_everybody(users, &people);
    let schema = through::add(config, accounts, Sides { left, right }).await?;
    let schema = Sides { left: &*schema.left, right: &*schema.right };
    let mut compiled = compile(config, schema, siblings, people, everybody)?;
    for pair in &mut compiled.mapping.pairs {
        if holds_owner(pair) {
            pair.policy.later = owners.later_changes;
        }
    }
    Ok(compiled)
}

fn compile(
    config: &ModuleConfig,
    schema: Sides<&ModuleSchema>,
    siblings: &[Sibling],
    people: People,
    everybody: Everybody,
) -> Result<Compiled> {
    let (with_derived, derived) = derived::add(config, schema)?;
    let schema = Sides { left: &with_derived.left, right: &with_derived.right };
    let mut left_out = Vec::new();
    let tags = tags::wanted(config, schema)?;
    let nobody = people.pairs.left.is_empty();
    let (wanted, left_fields) = match &config.fields {
        Fields::Named(_) => {
            // What could never be carried over is left out, and said, rather than holding up every record.
            let mut fields = Vec::new();
            for field in &schema.left.fields {
                let Some(right) = schema.right.field(&field.name) else { continue };
                if tags::are_left_out(config, field) {
                    continue;
                }
                let reason = match (&field.kind, &right.kind) {
                    (FieldType::Lookup { .. }, FieldType::Lookup { .. })
                    | (FieldType::AnyLookup { .. }, FieldType::AnyLookup { .. })
                        if parents(siblings, &field.kind, &right.kind).is_empty() =>
                    {
                        Some("lookup.parent_not_synced")
                    }
                    (FieldType::Rows { links: true, .. }, FieldType::Rows { links: true, .. })
                        if points_to(&field.kind).is_some()
                            && parents(siblings, &field.kind, &right.kind).is_empty() =>
                    {
                        Some("lookup.parent_not_synced")
                    }
                    (FieldType::User, FieldType::User)
                        if match owners::is_owner(&field.name) {
                            true => everybody == Everybody::Missing,
                            // Who has no counterpart is told record by record; the others are carried over.
                            false => everybody != Everybody::Matched && nobody,
                        } =>
                    {
                        Some("owner.unknown")
                    }
                    // What the service keeps to itself, such as a file or an image.
                    (FieldType::Other { .. }, FieldType::Other { .. }) if field.custom || right.custom => {
                        Some("field.not_syncable")
                    }
                    (left, right) if !columns::go_together(left, right) => Some("field.types_differ"),
                    _ => None,
                };
                match reason {
                    Some(reason) => left_out.push(LeftOut { field: field.name.to_string(), reason }),
                    None => fields.push(field.clone()),
                }
            }
            (Wanted::SameName, fields)
        }
        Fields::List(pairs) => {
            let pairs = pairs.iter().map(|pair| wanted(pair, config.direction, schema));
            let pairs = pairs.chain(tags.map(Ok)).collect::<Result<_>>()?;
            (Wanted::Pairs(pairs), schema.left.fields.clone())
        }
    };
    let match_fields = config.match_wanted(schema);
    // A match field that was left out is still looked for.
    let mut left = ModuleSchema { fields: left_fields, ..schema.left.clone() };
    for MatchWanted { left: name, .. } in &match_fields {
        if left.field(name).is_none() {
            left.fields.extend(schema.left.field(name).cloned());
        }
    }
    let sides = Sides { left: &left, right: schema.right };
    let mut mapping = Mapping::compile(sides, &wanted, config.direction.into(), &match_fields)
        .map_err(|error| HubError::new("mapping.invalid", error.to_string(), mends(&error, schema)))?;
    for (field, conflict) in &config.field_conflict {
        let pair = mapping.pairs.iter_mut().find(|pair| pair.fields.left.name.as_str() == field);
        let pair = pair.ok_or_else(|| {
            HubError::new(
                "mapping.field_conflict",
                format!("field_conflict names {field}, which is not synced"),
                "leave it out, or check the field's API name",
            )
        })?;
        pair.policy.conflict = Some(*conflict);
    }
    left_out.extend(columns::leave_out(&mut mapping, siblings));
    left_out.extend(unmappable::of(config, schema, &mapping, &left_out));
    matched_by_what_they_say(&mapping)?;
    let mut findings = Findings::of(&mapping, &config.fields, config.direction.into(), schema);
    findings.narrowed = narrowed(config, &mapping);
    findings.by_default = with_parents(config, &mapping).into_iter().collect();
    let of_pair = |pair: &Pair| parents(siblings, &pair.fields.left.kind, &pair.fields.right.kind);
    let parents: Vec<Vec<Parent>> = mapping.pairs.iter().map(of_pair).collect();
    for (pair, parents) in mapping.pairs.iter().zip(&parents) {
        if let Some(modules) = points_to(&pair.fields.left.kind)
            && parents.is_empty()
            && pair.direction != Direction::Neither
        {
            return Err(HubError::new(
                "mapping.parent_not_synced",
                format!(
                    "{} of {} points to {modules}, which this integration does not sync",
                    pair.fields.left.name, schema.left.module
                ),
                format!("add {modules} to the integration's modules, or leave the field out"),
            ));
        }
    }
    Ok(Compiled { mapping, parents, people, left_out, findings, derived })
}

/// What can be done about a mapping that cannot be made.
fn mends(error: &MappingError, schema: Sides<&ModuleSchema>) -> String {
    match error {
        MappingError::NoSuchField { side, field, .. } => {
            let names = schema.get(*side).fields.iter().map(|field| field.name.as_str());
            match nearest(field.as_str(), names) {
                Some(meant) => format!("did you mean {meant}?"),
                None => "use the field's API name, which the service's set-up pages show, not its label".to_owned(),
            }
        }
        MappingError::NoWay { .. } => {
            "leave the pair out, or let it go the way that values can go; steps such as a script turn one kind into another".to_owned()
        }
        MappingError::NotConvertible { left, right, .. } => {
            let other = |side: Side, name: &FieldName| {
                schema.get(side).field(name).is_some_and(|field| matches!(field.kind, FieldType::Other { .. }))
            };
            match [(Side::Left, left), (Side::Right, right)].into_iter().find(|(side, name)| other(*side, name)) {
                Some((_, name)) => format!(
                    "what {name} holds stays in its service, as files and images do, and is never carried over: leave the pair out"
                ),
                None => "leave the pair out, or pair each of the two with a field of its own kind; steps such as a script turn one kind into another".to_owned(),
            }
        }
        _ => "check the fields' API names in the service's set-up pages (API names, not labels)".to_owned(),
    }
}

/// Pairs of which nobody said which way they go, and that do not go every way that their module does: what was written does not tell that by itself.
fn narrowed(config: &ModuleConfig, mapping: &Mapping) -> Vec<Note> {
    let Fields::List(pairs) = &config.fields else { return Vec::new() };
    let module = Direction::from(config.direction);
    let plain = |name: &str| !name.contains('.') && config.derived.iter().all(|derived| derived.name != name);
    let told = |(written, pair): (&FieldPair, &Pair)| {
        let blocked = |side: &Side| module.allows_from(*side) && !pair.direction.allows_from(*side);
        let side = Side::BOTH.into_iter().find(blocked)?;
        let as_written = written.direction.is_none() && plain(&written.left) && plain(&written.right);
        let names = Side::BOTH.into_iter().any(|side| pair.fields.get(side).kind == FieldType::NameOf);
        let name = |side: Side| pair.fields.get(side).name.as_str();
        let why = pair.blocked(side).filter(|_| as_written && !names)?;
        let note = |code, names: [&str; 2], what| Note {
            code,
            side: None,
            fields: names.map(str::to_owned).to_vec(),
            what,
        };
        Some(match pair.direction {
            Direction::Neither => {
                let (left, right) = (name(Side::Left), name(Side::Right));
                let what = format!("nothing goes between {left} and {right}: {why}");
                note("mapping.no_way", [left, right], what)
            }
            _ => {
                let (from, to) = (name(side.other()), name(side));
                note("mapping.one_way", [from, to], format!("{from} goes to {to} and never back: {why}"))
            }
        })
    };
    pairs.iter().zip(&mapping.pairs).filter_map(told).collect()
}

/// That only records with a synced parent take part, where nobody said so.
fn with_parents(config: &ModuleConfig, mapping: &Mapping) -> Option<Note> {
    let fields = mapping.pairs.iter().map(|pair| &pair.fields.left);
    let lookups = fields.filter(|field| matches!(field.kind, FieldType::AnyLookup { .. }));
    let names: Vec<&str> = lookups.map(|field| field.name.as_str()).collect();
    let told = config.only_with_parent.is_none() && config.goes_with_parents(names.iter().copied());
    told.then(|| Note {
        code: "mapping.with_parents",
        side: None,
        fields: names.iter().map(|name| (*name).to_owned()).collect(),
        what: format!(
            "only {} whose parent ({}) is synced take part; only_with_parent = false takes all",
            config.left,
            names.join(", ")
        ),
    })
}

/// The syncs of this integration that link what two lookups point to, or those in the columns of two subforms that are paired. An id is one of its org's, whatever
/// the module, so that of several columns each record is found by whoever links it.
pub(crate) fn parents(siblings: &[Sibling], left: &FieldType, right: &FieldType) -> Vec<Parent> {
    if let (FieldType::Rows { columns: left, .. }, FieldType::Rows { columns: right, .. }) = (left, right) {
        let mut all = Vec::new();
        for parent in left.iter().zip(right).flat_map(|(l, r)| parents(siblings, &l.kind, &r.kind)) {
            if !all.contains(&parent) {
                all.push(parent);
            }
        }
        return all;
    }
    let may = |modules: &[ModuleName], module: &ModuleName| modules.is_empty() || modules.contains(module);
    let links = |sibling: &&Sibling| match (left, right) {
        (FieldType::Lookup { module: left }, FieldType::Lookup { module: right }) => {
            sibling.modules.left == *left && sibling.modules.right == *right
        }
        (FieldType::AnyLookup { modules: left }, FieldType::AnyLookup { modules: right }) => {
            may(left, &sibling.modules.left) && may(right, &sibling.modules.right)
        }
        _ => false,
    };
    let parent = |sibling: &Sibling| Parent { sync: sibling.sync, modules: sibling.modules.clone() };
    let found = siblings.iter().filter(links).map(parent);
    // Two syncs of the same modules: the first one links what a lookup to one module points to.
    match left {
        FieldType::Lookup { .. } => found.take(1).collect(),
        _ => found.collect(),
    }
}

/// Ids say nothing in another org, and a check box the same of many records: they are recognised by what they say themselves.
fn matched_by_what_they_say(mapping: &Mapping) -> Result<()> {
    let is_id = |kind: &FieldType| {
        matches!(
            kind,
            FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::User | FieldType::Rows { .. }
        )
    };
    for rule in &mapping.matches {
        let fields = Side::BOTH.map(|side| mapping.field(side, rule.slot));
        let why = |field: &Field| match field.kind.plain() {
            FieldType::Bool => Some("a check box says the same of many records"),
            kind => is_id(kind).then_some("it points to others by their ids"),
        };
        if let Some((field, why)) = fields.into_iter().find_map(|field| Some((field, why(field)?))) {
            return Err(HubError::new(
                "mapping.match_kind",
                format!("records cannot be recognised by {}: {why}", field.name),
                "match by a field that says who or what the record is, such as an e-mail address or a number of your own",
            ));
        }
    }
    Ok(())
}

/// What a lookup points to, in words.
fn points_to(kind: &FieldType) -> Option<String> {
    match kind {
        FieldType::Lookup { module } => Some(module.to_string()),
        FieldType::AnyLookup { modules } if modules.is_empty() => Some("records of any module".to_owned()),
        FieldType::AnyLookup { modules } => {
            Some(modules.iter().map(ModuleName::as_str).collect::<Vec<_>>().join(", "))
        }
        FieldType::Rows { columns, links: true } => points_to(&columns.first()?.kind),
        _ => None,
    }
}

/// A pair of fields as configured. A default must be a value of each field that can be given it.
fn wanted(pair: &FieldPair, module: Way, schema: Sides<&ModuleSchema>) -> Result<WantedPair> {
    let FieldPair { conflict, master, blank, .. } = *pair;
    let fields = Sides { left: FieldName::new(&pair.left), right: FieldName::new(&pair.right) };
    let direction = pair.direction.map(Direction::from);
    let goes = direction.unwrap_or_default().and(module.into());
    let mut default = Sides::default();
    for side in Side::BOTH.into_iter().filter(|side| goes.allows_from(side.other())) {
        let Some(written) = pair.default.as_ref().and_then(|default| default.of(side)) else { continue };
        let Some(field) = schema.get(side).field(fields.get(side)) else { continue };
        *default.get_mut(side) = Some(default_of(field, written)?);
    }
    let policy = FieldPolicy { conflict, master, blank, default, ..FieldPolicy::default() };
    let mut steps = Sides::<Steps>::default();
    for side in Side::BOTH {
        let written = pair.steps().get(side).to_vec();
        *steps.get_mut(side) = Steps::try_from(written).map_err(|error| {
            let name = fields.get(side);
            HubError::new("mapping.invalid", format!("{name}: {error}"), "mend the steps of the field")
        })?;
    }
    Ok(WantedPair { fields, direction, policy, steps })
}

fn default_of(field: &Field, written: &DefaultValue) -> Result<Value> {
    let wrong = |why: &str| {
        HubError::new(
            "mapping.default",
            format!("the default of {}: {why}", field.name),
            "write a value that the field can hold, or leave the default out; each side may have its own: default = { left = …, right = … }",
        )
    };
    if matches!(
        field.kind,
        FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::User | FieldType::Rows { .. }
    ) {
        return Err(wrong("records, people and rows have no default"));
    }
    let json = serde_json::to_value(written).unwrap_or_default();
    typed::value(field, &json).map_err(|error| wrong(&error.message))
}

/// Whether the two fields say whose record it is.
pub(crate) fn holds_owner(pair: &Pair) -> bool {
    let is_user = |side| pair.fields.get(side).kind == FieldType::User;
    Side::BOTH.into_iter().all(is_user) && owners::is_owner(&pair.fields.left.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::findings::When;
    use musubi_core::schema::Access;

    fn field(name: &str, kind: FieldType) -> Field {
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

    fn contacts() -> ModuleSchema {
        let text = FieldType::Text { max: 80, multiline: false };
        let fields = vec![
            field("Last_Name", text),
            field("Email", FieldType::Email { max: 100 }),
            field("Account_Name", FieldType::Lookup { module: "Accounts".into() }),
            field("Owner", FieldType::User),
        ];
        ModuleSchema { module: "Contacts".into(), label: "Contacts".into(), fields, demanded: Vec::new() }
    }

    fn config(fields: &str) -> ModuleConfig {
        let text = format!(
            "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n[connections.b]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
             [integrations.i]\nleft = \"a\"\nright = \"b\"\n[[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n\
             match = [\"Email\"]\nfields = {fields}\n"
        );
        Config::parse(&text).unwrap().integrations["i"].modules[0].clone()
    }

    fn compiled(fields: &str, siblings: &[Sibling], everybody: Everybody) -> Result<Compiled> {
        compiled_of(&contacts(), fields, siblings, everybody)
    }

    fn compiled_of(
        schema: &ModuleSchema,
        fields: &str,
        siblings: &[Sibling],
        everybody: Everybody,
    ) -> Result<Compiled> {
        compile(
            &config(fields),
            Sides { left: schema, right: schema },
            siblings,
            People::default(),
            everybody,
        )
    }

    fn names(compiled: &Compiled) -> Vec<&str> {
        compiled.mapping.pairs.iter().map(|pair| pair.fields.left.name.as_str()).collect()
    }

    #[test]
    fn what_cannot_be_carried_over_is_left_out_and_said() {
        let alone = compiled("\"same_name\"", &[], Everybody::Missing).unwrap();
        assert_eq!(names(&alone), ["Last_Name", "Email"]);
        let reasons: Vec<_> = alone.left_out.iter().map(|out| (out.field.as_str(), out.reason)).collect();
        assert_eq!(reasons, [("Account_Name", "lookup.parent_not_synced"), ("Owner", "owner.unknown")]);
    }

    #[test]
    fn what_stays_in_its_service_is_said_to() {
        let mut schema = contacts();
        schema.fields.push(field("Contract", FieldType::Other { name: "fileupload".into() }));
        let hint = |pair: &str| {
            compiled_of(&schema, &format!("[{pair}]"), &[], Everybody::Matched).unwrap_err().hint
        };
        let file = hint("{ left = \"Contract\", right = \"Email\" }");
        assert!(file.starts_with("what Contract holds stays in its service"), "{file}");
        let kinds = hint("{ left = \"Owner\", right = \"Account_Name\" }");
        assert!(kinds.starts_with("leave the pair out, or pair each"), "{kinds}");
    }

    #[test]
    fn a_default_is_a_value_of_the_field_that_is_given_it() {
        let with = |default: &str| {
            let list = format!("[{{ left = \"Email\", right = \"Email\", default = {default} }}]");
            compiled(&list, &[], Everybody::Matched)
        };
        let policy = with("\"a@x.example\"").unwrap().mapping.pairs.remove(0).policy;
        assert_eq!(policy.default, Sides::from_fn(|_| Some(Value::text("a@x.example"))));
        let wrong = with("7").unwrap_err();
        assert_eq!(
            (wrong.code, wrong.message.as_str()),
            ("mapping.default", "the default of Email: Email takes a text")
        );
        // Each side may have its own, and is asked about no other.
        let policy = with("{ left = \"l@x.example\" }").unwrap().mapping.pairs.remove(0).policy;
        assert_eq!(policy.default, Sides { left: Some(Value::text("l@x.example")), right: None });
        let wrong = with("{ left = \"l@x.example\", right = 7 }").unwrap_err();
        assert_eq!(wrong.message, "the default of Email: Email takes a text");
        let schema = ModuleSchema {
            fields: vec![
                field("Source", FieldType::Picklist { options: vec!["Partner".into()] }),
                field("Status", FieldType::Picklist { options: vec!["Contacted".into()] }),
            ],
            ..contacts()
        };
        let list = "[{ left = \"Source\", right = \"Status\", default = { left = \"Partner\", right = \"Contacted\" } }]";
        let config = ModuleConfig { match_fields: Some(Vec::new()), ..config(list) };
        let sides = Sides { left: &schema, right: &schema };
        let own = compile(&config, sides, &[], People::default(), Everybody::Matched).unwrap();
        let given = &own.mapping.pairs[0].policy.default;
        assert_eq!(
            *given,
            Sides { left: Some(Value::text("Partner")), right: Some(Value::text("Contacted")) }
        );
        let list = "[{ left = \"Owner\", right = \"Owner\", default = \"1\" }]";
        assert_eq!(compiled(list, &[], Everybody::Matched).unwrap_err().code, "mapping.default");
    }

    #[test]
    fn a_field_that_two_pairs_write_is_refused_and_named() {
        let check = |list: &str, expect: Option<&str>| {
            let findings = compiled(list, &[], Everybody::Matched).unwrap().findings;
            let told = findings
                .allow(When::Beginning)
                .err()
                .filter(|error| error.code.starts_with("mapping.written"));
            assert_eq!(told.map(|error| error.message).as_deref(), expect, "{list}");
        };
        let pair = |left: &str, right: &str, way: &str| {
            format!("{{ left = \"{left}\", right = \"{right}\", direction = \"{way}\" }}")
        };
        let both = |one: (&str, &str, &str), other: (&str, &str, &str)| {
            format!("[{}, {}]", pair(one.0, one.1, one.2), pair(other.0, other.1, other.2))
        };
        let (name, cross) = (("Last_Name", "Last_Name", "both"), ("Email", "Last_Name", "left_to_right"));
        let twice = "Last_Name of Contacts on the right is written from two fields: Last_Name and Email";
        check(&both(name, cross), Some(twice));
        check(&both(cross, ("Last_Name", "Last_Name", "right_to_left")), None);
        let back = ("Last_Name", "Email", "right_to_left");
        let twice = "Last_Name of Contacts on the left is written from two fields: Last_Name and Email";
        check(&both(name, back), Some(twice));
        // One source for two fields is no contradiction.
        check(&both(name, ("Last_Name", "Email", "left_to_right")), None);
    }

    #[test]
    fn two_kinds_that_do_not_agree_are_told_and_what_has_no_form_is_refused_where_it_is_listed() {
        let both = |left: FieldType, right: FieldType, fields: &str| {
            let side = |kind: FieldType| {
                let mut schema = contacts();
                schema.fields.push(field("Size", kind));
                schema
            };
            let (left, right) = (side(left), side(right));
            let sides = Sides { left: &left, right: &right };
            compile(&config(fields), sides, &[], People::default(), Everybody::Matched).unwrap().findings
        };
        let told = |findings: &Findings| {
            findings.warnings().map(|note| format!("{}: {}", note.code, note.what)).collect::<Vec<_>>()
        };
        let number = |scale| FieldType::Decimal { scale };
        let text = || FieldType::Text { max: 80, multiline: false };
        let listed = "[{ left = \"Size\", right = \"Size\" }]";
        let rounded = "mapping.inexact: Size and Size do not hold the same values: \"-2.5\" on the left becomes \"-3\" on the right, and that comes back as \"-3\"";
        for fields in [listed, "\"same_name\""] {
            let findings = both(number(4), number(0), fields);
            findings.allow(When::Beginning).unwrap();
            assert_eq!(told(&findings), [rounded], "{fields}");
            assert!(findings.inexact[0].hint.contains("left_to_right"), "{:?}", findings.inexact);
        }
        let formless = "mapping.inexact: Size and Size do not hold the same values: \"a\" on the left has no form on the right";
        let by_name = both(text(), FieldType::Bool, "\"same_name\"");
        by_name.allow(When::Beginning).unwrap();
        assert_eq!(told(&by_name), [formless]);
        let by_hand = both(text(), FieldType::Bool, listed);
        let refused = by_hand.allow(When::Beginning).unwrap_err();
        assert_eq!(
            (refused.code, refused.message.as_str()),
            (
                "mapping.lossy",
                "Size and Size cannot be kept in agreement both ways: \"a\" on the left has no form on the right"
            )
        );
        assert!(refused.hint.contains("right_to_left") && refused.hint.contains("to_right"), "{refused:?}");
        // What runs goes on, and is told.
        by_hand.allow(When::Running).unwrap();
        assert_eq!(told(&by_hand), [formless]);
        let one_way = "[{ left = \"Size\", right = \"Size\", direction = \"right_to_left\" }]";
        let one_way = both(text(), FieldType::Bool, one_way);
        one_way.allow(When::Beginning).unwrap();
        assert_eq!(told(&one_way), [""; 0]);
        let same = both(number(2), number(2), listed);
        assert_eq!(told(&same), [""; 0]);
    }

    #[test]
    fn no_constant_is_proposed_for_a_lookup_that_nothing_fills() {
        let hint = |module: &str, name: &str, kind: FieldType| {
            let mut schema = ModuleSchema { module: module.into(), ..contacts() };
            schema.fields.push(Field { mandatory: true, ..field(name, kind) });
            let refused =
                compiled_of(&schema, "[{ left = \"Email\", right = \"Email\" }]", &[], Everybody::Matched)
                    .unwrap()
                    .findings
                    .allow(When::Beginning)
                    .unwrap_err();
            assert_eq!(refused.code, "mapping.mandatory_unfilled");
            refused.hint
        };
        let text = hint("Contacts", "Rank", FieldType::Text { max: 80, multiline: false });
        assert!(text.contains("with a constant"), "{text}");
        let lookup = hint("Contacts", "Region", FieldType::Lookup { module: "Regions".into() });
        assert!(lookup.contains("to Region a lookup") && !lookup.contains("notes"), "{lookup}");
        let parent = hint("Notes", "Parent_Id", FieldType::AnyLookup { modules: Vec::new() });
        assert!(parent.contains("to Parent_Id a lookup") && parent.contains("notes = true"), "{parent}");
    }

    // S2-30, AMB-26
    #[test]
    fn what_the_pages_demand_is_refused_before_it_begins_and_told_of_the_orgs_own() {
        let text = || FieldType::Text { max: 80, multiline: false };
        let mut schema = contacts();
        schema.fields.push(field("Department", text()));
        schema.fields.push(Field { custom: true, ..field("Rank", text()) });
        schema.demanded = vec!["Department".into(), "Rank".into(), "Email".into()];
        let findings = |more: &str| {
            let list = format!("[{{ left = \"Email\", right = \"Email\" }}{more}]");
            let sides = Sides { left: &schema, right: &schema };
            compile(&config(&list), sides, &[], People::default(), Everybody::Matched).unwrap().findings
        };
        let short = findings("");
        let refused = short.allow(When::Beginning).unwrap_err();
        assert_eq!(refused.code, "mapping.mandatory_unfilled");
        assert!(refused.message.ends_with("fills: Department"), "{refused:?}");
        short.allow(When::Running).unwrap();
        assert_eq!(short.unfilled.left, ["Department"]);
        let whole = findings(", { left = \"Department\", right = \"Department\" }");
        whole.allow(When::Beginning).unwrap();
        let told: Vec<String> = whole.warnings().map(|note| note.what).collect();
        assert!(
            told[0].contains("pages of Contacts on the left demand") && told[0].ends_with(": Rank"),
            "{told:?}"
        );
    }

    #[test]
    fn a_lookup_is_led_to_the_sync_of_its_module() {
        let modules = Sides { left: "Accounts".into(), right: "Accounts".into() };
        let accounts = [Sibling { sync: SyncId(3), modules }];
        let both = compiled("\"same_name\"", &accounts, Everybody::Matched).unwrap();
        assert_eq!(names(&both), ["Last_Name", "Email", "Account_Name", "Owner"]);
        let syncs: Vec<_> =
            both.parents.iter().map(|parents| parents.first().map(|parent| parent.sync)).collect();
        assert_eq!(syncs, [None, None, Some(SyncId(3)), None]);
        let list = "[{ left = \"Account_Name\", right = \"Account_Name\" }]";
        assert_eq!(compiled(list, &[], Everybody::Matched).unwrap_err().code, "mapping.parent_not_synced");
    }
}
