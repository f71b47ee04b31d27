//! Which field belongs to which, and what identifies a record.

use crate::{
    FieldName, ModuleName, Side, Sides, Slots, Value,
    convert::{is_convertible, is_nameable},
    match_form::{MatchRule, MatchWanted},
    normalise::{MatchKey, match_key_by},
    policy::{Direction, FieldPolicy},
    schema::{Access, Field, FieldType, ModuleSchema},
    transform::{StepError, Steps},
};
use serde::{Deserialize, Serialize};

/// Two fields that shall hold the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The field of each side.
    pub fields: Sides<Field>,
    /// Which way its values go.
    pub direction: Direction,
    /// What is different for it from the policies of the module sync.
    pub policy: FieldPolicy,
    /// What is done to the values of each side on their way to the other.
    #[serde(default)]
    pub steps: Sides<Steps>,
}

/// The compiled mapping of a module sync. Slot `i` of every record means pair `i`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The module of each side.
    pub modules: Sides<ModuleName>,
    /// The pairs.
    pub pairs: Vec<Pair>,
    /// What identifies a record, in the order it is tried.
    pub matches: Vec<MatchRule>,
}

/// A mapping that cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A field that the module does not have.
    #[error("{module} on the {} has no field {field}", side.name())]
    NoSuchField {
        /// The side whose module it is.
        side: Side,
        /// The module.
        module: ModuleName,
        /// The field asked for.
        field: FieldName,
    },
    /// A way that was asked for, and that no value can go.
    #[error("no value can go from {from} to {to}: {why}")]
    NoWay {
        /// The field that values would come from.
        from: FieldName,
        /// The field that they would go to.
        to: FieldName,
        /// What is in the way.
        why: Box<str>,
    },
    /// Two kinds of values that do not go together.
    #[error("{left} holds {left_kind}, {right} holds {right_kind}: neither can be turned into the other")]
    NotConvertible {
        /// Left field.
        left: FieldName,
        /// Its kind.
        left_kind: String,
        /// Right field.
        right: FieldName,
        /// Its kind.
        right_kind: String,
    },
    /// Steps that a value of the field cannot take.
    #[error("{field}: {error}")]
    Steps {
        /// The field that the values come from.
        field: FieldName,
        /// Why not.
        error: StepError,
    },
    /// Steps on a way that no value goes.
    #[error("{from} has steps towards {to}, but no value goes there")]
    StepsToNowhere {
        /// The field that the values would come from.
        from: FieldName,
        /// The field that they would go to.
        to: FieldName,
    },
    /// Nothing to sync.
    #[error("{left} and {right} have no field in common that can be synced")]
    Empty {
        /// Left module.
        left: ModuleName,
        /// Right module.
        right: ModuleName,
    },
}

/// What the configuration asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Every field that both modules have under the same name and that can be synced.
    #[default]
    SameName,
    /// These.
    Pairs(Vec<WantedPair>),
}

/// Two fields that the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedPair {
    /// The field of each side.
    pub fields: Sides<FieldName>,
    /// Narrower than the module's direction.
    pub direction: Option<Direction>,
    /// What is different for it.
    pub policy: FieldPolicy,
    /// What is done to the values of each side on their way to the other.
    pub steps: Sides<Steps>,
}

impl WantedPair {
    /// These two, with nothing said about them.
    pub fn new(left: impl Into<FieldName>, right: impl Into<FieldName>) -> WantedPair {
        let fields = Sides { left: left.into(), right: right.into() };
        WantedPair { fields, direction: None, policy: FieldPolicy::default(), steps: Sides::default() }
    }
}

impl Mapping {
    /// Compiles a mapping from what is wanted and what the services say they have.
    pub fn compile(
        schema: Sides<&ModuleSchema>,
        wanted: &Wanted,
        direction: Direction,
        match_fields: &[MatchWanted],
    ) -> Result<Mapping, MappingError> {
        let find = |side: Side, name: &FieldName| {
            let module = *schema.get(side);
            module.field(name).ok_or_else(|| MappingError::NoSuchField {
                side,
                module: module.module.clone(),
                field: name.clone(),
            })
        };
        let mut pairs = Vec::new();
        match wanted {
            Wanted::SameName => {
                for left in &schema.left.fields {
                    let Some(right) = schema.right.field(&left.name) else { continue };
                    let Ok(pair) = pair(left, right, direction, Sides::default()) else { continue };
                    if pair.direction != Direction::Neither {
                        pairs.push(pair);
                    }
                }
            }
            Wanted::Pairs(list) => {
                for wanted in list {
                    let left = find(Side::Left, &wanted.fields.left)?;
                    let right = find(Side::Right, &wanted.fields.right)?;
                    let goes = wanted.direction.map_or(direction, |own| own.and(direction));
                    let pair = pair(left, right, goes, written_once(&wanted.steps, goes))?;
                    can_be_gone(&pair, goes, wanted.direction)?;
                    pairs.push(Pair { policy: wanted.policy.clone(), ..pair });
                }
            }
        }
        if pairs.is_empty() {
            return Err(MappingError::Empty {
                left: schema.left.module.clone(),
                right: schema.right.module.clone(),
            });
        }
        let mut matches = Vec::new();
        for wanted in match_fields {
            let is_it = |pair: &Pair| {
                let right = wanted.right.as_ref();
                pair.fields.left.name == wanted.left
                    && right.is_none_or(|right| pair.fields.right.name == *right)
            };
            let mapped = pairs.iter().position(is_it);
            let slot = match mapped {
                // Records are recognised by what both sides hold: what is changed on its way is compared as it stands.
                Some(slot) if pairs[slot].has_steps() => {
                    let Sides { left, right } = &pairs[slot].fields;
                    let plain = pair(left, right, Direction::Neither, Sides::default())?;
                    pairs.push(plain);
                    pairs.len() - 1
                }
                Some(slot) => slot,
                None => {
                    let right = wanted.right.as_ref().unwrap_or(&wanted.left);
                    let (left, right) = (find(Side::Left, &wanted.left)?, find(Side::Right, right)?);
                    pairs.push(pair(left, right, Direction::Neither, Sides::default())?);
                    pairs.len() - 1
                }
            };
            let MatchWanted { form, country, .. } = *wanted;
            matches.push(MatchRule { slot: slot as u16, form, country, made: form.made() });
        }
        let modules = Sides { left: schema.left.module.clone(), right: schema.right.module.clone() };
        Ok(Mapping { modules, pairs, matches })
    }

    /// The match keys of a record of `side`, in the order they are tried. Keys of both sides are taken from the left field's kind, so that they meet.
    pub fn match_keys<'a>(
        &'a self,
        side: Side,
        value: impl Fn(u16) -> Option<&'a Value> + 'a,
    ) -> impl Iterator<Item = MatchKey> + 'a {
        self.matches.iter().enumerate().filter_map(move |(number, rule)| {
            let kind = &self.pairs[usize::from(rule.slot)].fields.left.kind;
            match_key_by(number, *rule, side, value(rule.slot), kind)
        })
    }

    /// The field of `side` in slot `slot`.
    pub fn field(&self, side: Side, slot: u16) -> &Field {
        self.pairs[usize::from(slot)].fields.get(side)
    }

    /// Fields of `side` that a new record needs and that this mapping never fills: creating records there would be refused.
    pub fn unfilled_mandatory<'a>(
        &'a self,
        side: Side,
        schema: &'a ModuleSchema,
    ) -> impl Iterator<Item = &'a Field> {
        schema.fields.iter().filter(move |field| {
            schema.needs(field)
                && field.access != Access::ReadOnly
                && !self.pairs.iter().any(|pair| {
                    pair.fields.get(side).name == field.name && pair.direction.allows_from(side.other())
                })
        })
    }

    /// A new memory for a record of this mapping: nothing known.
    pub fn unknown(&self) -> Slots {
        vec![None; self.pairs.len()].into()
    }
}

/// The pair, with its direction narrowed to what both fields allow.
fn pair(
    left: &Field,
    right: &Field,
    direction: Direction,
    steps: Sides<Steps>,
) -> Result<Pair, MappingError> {
    let (left, right) = same_columns(left, right).ok_or_else(|| not_convertible(left, right))?;
    let (left, right) = (by_name(&left, &right), by_name(&right, &left));
    let fields = Sides { left, right };
    let (mut can, mut leads) = (Direction::Both, false);
    for side in Side::BOTH {
        let (from, to) = (fields.get(side), fields.get(side.other()));
        let lead = steps
            .get(side)
            .lead(&from.kind, &to.kind)
            .map_err(|error| MappingError::Steps { field: from.name.clone(), error })?;
        leads |= lead;
        if !lead || to.access != Access::Writable {
            can = can.and(Direction::from_side(side.other()));
        }
    }
    if !leads {
        return Err(not_convertible(&fields.left, &fields.right));
    }
    let direction = direction.and(can);
    let to_nowhere = |side: &Side| !steps.get(*side).is_empty() && !direction.allows_from(*side);
    if let Some(side) = Side::BOTH.into_iter().find(to_nowhere) {
        let name = |side: Side| fields.get(side).name.clone();
        return Err(MappingError::StepsToNowhere { from: name(side), to: name(side.other()) });
    }
    Ok(Pair { fields, direction, policy: FieldPolicy::default(), steps })
}

/// Refuses a pair of which somebody said that it goes a way that it cannot.
fn can_be_gone(pair: &Pair, wanted: Direction, said: Option<Direction>) -> Result<(), MappingError> {
    let blocked = |side: &Side| wanted.allows_from(*side) && !pair.direction.allows_from(*side);
    let Some(side) = said.and_then(|_| Side::BOTH.into_iter().find(blocked)) else { return Ok(()) };
    let name = |side: Side| pair.fields.get(side).name.clone();
    let why = pair.blocked(side).unwrap_or_default().into();
    Err(MappingError::NoWay { from: name(side), to: name(side.other()), why })
}

impl Pair {
    /// Why no value can go from `side` to the other one, whatever was asked for; nothing if one can.
    pub fn blocked(&self, side: Side) -> Option<String> {
        let (from, to) = (self.fields.get(side), self.fields.get(side.other()));
        match to.access {
            Access::ReadOnly => return Some(format!("{} can only be read", to.name)),
            Access::CreateOnly => return Some(format!("{} is written once, when a record is made", to.name)),
            Access::Writable => {}
        }
        let leads = self.steps.get(side).lead(&from.kind, &to.kind).unwrap_or(false);
        (!leads).then(|| {
            format!(
                "{} holds {}, which does not become {}, as {} holds it",
                from.name, from.kind, to.kind, to.name
            )
        })
    }
}

/// A lookup whose other field holds texts tells the name of what it points to; that is never written.
fn by_name(field: &Field, other: &Field) -> Field {
    match is_nameable(&field.kind, &other.kind) {
        true => Field { kind: FieldType::NameOf, access: Access::ReadOnly, ..field.clone() },
        false => field.clone(),
    }
}

/// Steps of one way that lead back by themselves are written once.
fn written_once(steps: &Sides<Steps>, direction: Direction) -> Sides<Steps> {
    let mut steps = steps.clone();
    for side in Side::BOTH {
        if direction == Direction::Both && steps.get(side).is_empty() {
            *steps.get_mut(side) = steps.get(side.other()).inverse().unwrap_or_default();
        }
    }
    steps
}

/// Subforms are paired by the columns they share, by name. Links have one column, whatever it is called.
fn same_columns(left: &Field, right: &Field) -> Option<(Field, Field)> {
    let (FieldType::Rows { columns: l, links: false }, FieldType::Rows { columns: r, links: false }) =
        (&left.kind, &right.kind)
    else {
        return Some((left.clone(), right.clone()));
    };
    let shared: Vec<(Field, Field)> = l
        .iter()
        .filter_map(|a| {
            r.iter()
                .find(|b| a.name == b.name && is_convertible(&a.kind, &b.kind))
                .map(|b| (a.clone(), b.clone()))
        })
        .collect();
    if shared.is_empty() {
        return None;
    }
    let (l, r) = shared.into_iter().unzip();
    Some((
        Field { kind: FieldType::Rows { columns: l, links: false }, ..left.clone() },
        Field { kind: FieldType::Rows { columns: r, links: false }, ..right.clone() },
    ))
}

fn not_convertible(left: &Field, right: &Field) -> MappingError {
    MappingError::NotConvertible {
        left: left.name.clone(),
        left_kind: left.kind.to_string(),
        right: right.name.clone(),
        right_kind: right.kind.to_string(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

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

    pub(crate) fn text(name: &str) -> Field {
        field(name, FieldType::Text { max: 100, multiline: false })
    }

    pub(crate) fn module(fields: Vec<Field>) -> ModuleSchema {
        ModuleSchema { module: "Contacts".into(), label: "Contacts".into(), fields, demanded: Vec::new() }
    }

    #[test]
    fn same_name_takes_what_both_have_and_may_write() {
        let read_only = Field { access: Access::ReadOnly, ..text("Score") };
        let left =
            module(vec![text("Last_Name"), text("Score"), text("Only_Left"), field("Born", FieldType::Date)]);
        let right = module(vec![text("Last_Name"), read_only, field("Born", FieldType::Bool)]);
        let sides = Sides { left: &left, right: &right };
        let mapping = Mapping::compile(sides, &Wanted::SameName, Direction::Both, &[]).unwrap();
        let seen: Vec<_> = mapping.pairs.iter().map(|p| (p.fields.left.name.as_str(), p.direction)).collect();
        assert_eq!(seen, [("Last_Name", Direction::Both), ("Score", Direction::RightToLeft)]);
    }

    #[test]
    fn a_pair_that_cannot_go_the_way_that_was_asked_for_is_refused() {
        let options = FieldType::MultiPicklist { options: vec!["a".into()] };
        let since = Field { access: Access::ReadOnly, ..field("Created_Time", FieldType::DateTime) };
        let changed = Field { access: Access::ReadOnly, ..field("Modified_Time", FieldType::DateTime) };
        let score = Field { access: Access::ReadOnly, ..text("Score") };
        let schema = module(vec![text("City"), field("Colours", options), since, changed, score]);
        let told = |left: &str, right: &str, direction: Option<Direction>, module: Direction| {
            let wanted = WantedPair { direction, ..WantedPair::new(left, right) };
            let sides = Sides { left: &schema, right: &schema };
            let made = Mapping::compile(sides, &Wanted::Pairs(vec![wanted]), module, &[]);
            made.map(|mapping| mapping.pairs[0].direction).map_err(|error| error.to_string())
        };
        use Direction as D;
        let refused = |left: &str, right: &str, direction, why: &str| {
            let error = told(left, right, direction, D::Both).unwrap_err();
            assert!(error.contains(why), "{left} {right}: {error}");
        };
        let to_text = "no value can go from Colours to City: Colours holds";
        refused("Colours", "City", Some(D::LeftToRight), to_text);
        refused("Colours", "City", Some(D::Both), to_text);
        refused("Created_Time", "Created_Time", Some(D::Both), "Created_Time can only be read");
        refused("Modified_Time", "Created_Time", Some(D::LeftToRight), "Created_Time can only be read");
        refused("City", "Score", Some(D::Both), "Score can only be read");
        assert_eq!(told("Colours", "City", None, D::Both), Ok(D::RightToLeft), "that is told as a warning");
        assert_eq!(told("Colours", "City", Some(D::RightToLeft), D::Both), Ok(D::RightToLeft));
        assert_eq!(told("City", "City", Some(D::Both), D::LeftToRight), Ok(D::LeftToRight));
        assert_eq!(told("Created_Time", "Created_Time", None, D::Both), Ok(D::Neither), "so is this");
    }

    #[test]
    fn a_lookup_is_written_into_a_text_by_its_name_and_never_back() {
        let lookup = field("Account_Name", FieldType::Lookup { module: "Accounts".into() });
        let left = module(vec![lookup, field("Owner", FieldType::User)]);
        let right = module(vec![text("Company"), text("Seller"), field("Born", FieldType::Date)]);
        let compile = |left_name: &str, right_name: &str| {
            let wanted = Wanted::Pairs(vec![WantedPair::new(left_name, right_name)]);
            Mapping::compile(Sides { left: &left, right: &right }, &wanted, Direction::Both, &[])
        };
        for (from, to) in [("Account_Name", "Company"), ("Owner", "Seller")] {
            let pair = compile(from, to).unwrap().pairs.remove(0);
            assert_eq!(
                (pair.direction, &pair.fields.left.kind),
                (Direction::LeftToRight, &FieldType::NameOf)
            );
        }
        assert!(compile("Account_Name", "Born").is_err());
    }

    #[test]
    fn a_match_field_outside_the_mapping_is_read_only() {
        let schema = module(vec![text("Last_Name"), text("Email")]);
        let wanted = Wanted::Pairs(vec![WantedPair::new("Last_Name", "Last_Name")]);
        let sides = Sides { left: &schema, right: &schema };
        let mapping = Mapping::compile(sides, &wanted, Direction::Both, &["Email".into()]).unwrap();
        assert_eq!(mapping.matches[0].slot, 1);
        assert_eq!(mapping.pairs[1].direction, Direction::Neither);
    }

    #[test]
    fn a_match_field_may_have_another_name_on_the_right() {
        let left = module(vec![text("Last_Name"), text("Email"), text("Second")]);
        let right = module(vec![text("Last_Name"), text("Mail"), text("Second")]);
        let sides = Sides { left: &left, right: &right };
        let wanted =
            Wanted::Pairs(vec![WantedPair::new("Last_Name", "Last_Name"), WantedPair::new("Email", "Mail")]);
        let other = MatchWanted { right: Some("Mail".into()), ..MatchWanted::from("Second") };
        let by = ["Email".into(), other];
        let mapping = Mapping::compile(sides, &wanted, Direction::Both, &by).unwrap();
        // What is mapped is found by its left name; what is not is read on both sides, for this alone.
        let slots: Vec<u16> = mapping.matches.iter().map(|rule| rule.slot).collect();
        assert_eq!(slots, [1, 2]);
        assert_eq!(mapping.pairs[2].fields.right.name.as_str(), "Mail");
        assert_eq!(mapping.pairs[2].direction, Direction::Neither);
    }

    #[test]
    fn a_wrong_field_is_named() {
        let schema = module(vec![text("Last_Name")]);
        let wanted = Wanted::Pairs(vec![WantedPair::new("Nope", "Last_Name")]);
        let sides = Sides { left: &schema, right: &schema };
        let error = Mapping::compile(sides, &wanted, Direction::Both, &[]).unwrap_err();
        assert_eq!(error.to_string(), "Contacts on the left has no field Nope");
    }
}
