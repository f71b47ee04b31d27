//! Fields that no pair can carry, whatever is asked for, and that somebody may look for: those of the org itself, and those that people fill in.

use crate::compile::LeftOut;
use crate::config::{Fields, ModuleConfig};
use musubi_core::policy::Direction;
use musubi_core::{
    Side, Sides,
    mapping::Mapping,
    schema::{Access, Field, FieldType, ModuleSchema},
};

/// These fields, each once, beside those in `known`.
pub(crate) fn of(
    config: &ModuleConfig,
    schema: Sides<&ModuleSchema>,
    mapping: &Mapping,
    known: &[LeftOut],
) -> Vec<LeftOut> {
    let mut out: Vec<LeftOut> = Vec::new();
    for side in Side::BOTH {
        for field in &schema.get(side).fields {
            let name = field.name.as_str();
            let is_told = known.iter().chain(&out).any(|told| told.field == name);
            if is_told || config.derived.iter().any(|derived| derived.name == name) {
                continue;
            }
            if let Some(reason) = reason(config, schema, mapping, (side, field)) {
                out.push(LeftOut { field: name.to_owned(), reason });
            }
        }
    }
    out
}

/// Why the field cannot be mapped; nothing if it can be, is, or is none that somebody would look for.
fn reason(
    config: &ModuleConfig,
    schema: Sides<&ModuleSchema>,
    mapping: &Mapping,
    (side, field): (Side, &Field),
) -> Option<&'static str> {
    let by_name = matches!(config.fields, Fields::Named(_));
    let mapped = |side: Side| mapping.pairs.iter().any(|pair| pair.fields.get(side).name == field.name);
    let other = schema.get(side.other()).field(&field.name);
    if mapped(side) || (by_name && other.is_none()) {
        return None;
    }
    let is_filled_in = |field: &Field| field.access != Access::ReadOnly;
    match &field.kind {
        FieldType::Other { .. } => (field.custom || is_filled_in(field)).then_some("field.not_syncable"),
        FieldType::Through { .. } | FieldType::Tags { .. } => None,
        _ => {
            let other = other.filter(|_| !mapped(side.other()))?;
            let custom = field.custom || other.custom;
            // What is the service's own on both sides nobody misses; of a list, what somebody may have meant to leave out is not told either.
            let looked_for = custom || (by_name && (is_filled_in(field) || is_filled_in(other)));
            let direction = Direction::from(config.direction);
            let goes = |from: Side, to: &Field| direction.allows_from(from) && to.access == Access::Writable;
            let can_go = goes(side, other) || goes(side.other(), field);
            (looked_for && !can_go).then_some("field.read_only")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use musubi_core::mapping::{Wanted, WantedPair};

    /// Its access, and whether the org made it.
    fn field(name: &str, kind: FieldType, access: Access, custom: bool) -> Field {
        Field { name: name.into(), label: name.into(), kind, access, mandatory: false, unique: false, custom }
    }

    fn text() -> FieldType {
        FieldType::Text { max: 80, multiline: false }
    }

    fn other(name: &str) -> FieldType {
        FieldType::Other { name: name.into() }
    }

    fn contacts() -> ModuleSchema {
        use Access::{ReadOnly, Writable};
        let fields = vec![
            field("Email", text(), Writable, false),
            field("Created_Time", FieldType::DateTime, ReadOnly, false),
            field("Record_Image", other("profileimage"), ReadOnly, false),
            field("Consent", other("consent_lookup"), Writable, false),
            field("Files", other("fileupload"), Writable, true),
            field("Score", FieldType::Integer, ReadOnly, true),
            field("Rank", text(), Writable, true),
        ];
        ModuleSchema { module: "Contacts".into(), label: "Contacts".into(), fields, demanded: Vec::new() }
    }

    fn config(fields: &str, direction: &str) -> ModuleConfig {
        let text = format!(
            "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n[connections.b]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
             [integrations.i]\nleft = \"a\"\nright = \"b\"\n[[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n\
             direction = \"{direction}\"\nfields = {fields}\n"
        );
        Config::parse(&text).unwrap().integrations["i"].modules[0].clone()
    }

    fn told(fields: &str, direction: &str, right: &ModuleSchema) -> Vec<(String, &'static str)> {
        let (config, left) = (config(fields, direction), contacts());
        let schema = Sides { left: &left, right };
        let wanted = match &config.fields {
            Fields::Named(_) => Wanted::SameName,
            Fields::List(pairs) => {
                Wanted::Pairs(pairs.iter().map(|pair| WantedPair::new(&*pair.left, &*pair.right)).collect())
            }
        };
        let mapping = Mapping::compile(schema, &wanted, config.direction.into(), &[]).unwrap();
        let known = [LeftOut { field: "Files".to_owned(), reason: "field.not_syncable" }];
        of(&config, schema, &mapping, &known).into_iter().map(|out| (out.field, out.reason)).collect()
    }

    #[test]
    fn what_no_pair_can_carry_is_told_and_what_is_the_services_own_is_not() {
        let never = [("Consent".to_owned(), "field.not_syncable"), ("Score".to_owned(), "field.read_only")];
        assert_eq!(told("\"same_name\"", "both", &contacts()), never);
        let list = "[{ left = \"Email\", right = \"Email\" }]";
        assert_eq!(told(list, "both", &contacts()), never, "what is only not chosen is not among it");
        // It is carried into a text.
        let score = "[{ left = \"Score\", right = \"Rank\" }]";
        assert_eq!(told(score, "both", &contacts()), never[..1]);
    }

    #[test]
    fn of_a_list_each_side_is_looked_over() {
        let mut right = contacts();
        right.fields.retain(|field| field.name.as_str() != "Consent");
        right.fields.push(field("Dateien", other("fileupload"), Access::Writable, true));
        let list = "[{ left = \"Email\", right = \"Email\" }]";
        let names = |told: Vec<(String, &'static str)>| told.into_iter().map(|one| one.0).collect::<Vec<_>>();
        assert_eq!(names(told(list, "both", &right)), ["Consent", "Score", "Dateien"]);
        assert_eq!(names(told("\"same_name\"", "both", &right)), ["Score"], "the others have no counterpart");
    }

    #[test]
    fn against_the_direction_nothing_goes() {
        let mut right = contacts();
        right.fields.iter_mut().filter(|field| field.name.as_str() == "Rank").for_each(|field| {
            field.access = Access::ReadOnly;
        });
        let read_only = |direction: &str| {
            let told = told("\"same_name\"", direction, &right);
            told.into_iter().filter(|one| one.1 == "field.read_only").map(|one| one.0).collect::<Vec<_>>()
        };
        assert_eq!(read_only("left_to_right"), ["Score", "Rank"]);
        assert_eq!(read_only("both"), ["Score"]);
    }
}
