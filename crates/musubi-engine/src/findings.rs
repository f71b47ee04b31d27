//! What is found of a mapping before it is used: what forbids it, and what a person should know.

use crate::config::Fields;
use crate::error::{HubError, Result};
use crate::history::json;
use crate::note::Note;
use crate::value_schema::FieldValue;
use musubi_core::{
    NamesBySide, Side, Sides,
    lens::{self, Counterexample, Loss},
    mapping::{Mapping, Pair},
    policy::Direction,
    schema::{Access, Field, FieldType, ModuleSchema},
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// Modules by their names, left and right.
    modules: Sides<String>,
    /// Pairs that cannot go both ways.
    pub lossy: Vec<LossyPair>,
    /// Pairs that go both ways, though their two fields are of different kinds and some values come back changed, or wait.
    pub inexact: Vec<LossyPair>,
    /// Pairs that write a field which an earlier pair writes too.
    pub twice: Vec<WrittenTwice>,
    /// Per side, mandatory fields that nothing fills though records are made there.
    pub unfilled: NamesBySide,
    /// Those of them that point to records.
    lookups: NamesBySide,
    /// Those of them that are mandatory by the service's pages alone.
    by_pages: NamesBySide,
    /// Per side, the org's own fields that the pages demand and nothing fills though records are made there.
    demanded: NamesBySide,
    /// What takes part or does not without anybody having said so.
    pub by_default: Vec<Note>,
    /// Pairs that go fewer ways than their module, though nobody said so.
    pub narrowed: Vec<Note>,
    /// Per side, the org's own fields that nothing is mapped to.
    pub custom: NamesBySide,
}

/// When a mapping is asked whether it may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// It is configured, or begins.
    Beginning,
    /// It runs already. What somebody has a page demand meanwhile does not stop it, nor do fields of different kinds: the records that are refused and the values that wait
    /// are told one by one.
    Running,
}

/// Two fields that cannot be kept in agreement both ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LossyPair {
    /// The left field.
    pub left: String,
    /// The right field.
    pub right: String,
    /// A value with which it goes wrong, and how.
    pub example: String,
    /// The same, value by value.
    pub counterexample: LostValue,
    /// The record that holds the value; `null` for a typical one that no record need hold.
    #[schema(required)]
    pub record: Option<String>,
    /// What can be done.
    pub hint: String,
    /// What it comes of.
    #[serde(skip)]
    pub(crate) cause: Cause,
}

/// Why two fields cannot be kept in agreement both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// What is done to their values.
    Steps,
    /// The kinds of values that they hold.
    Kinds,
}

/// Two fields of which one is written from another pair as well: whichever came last would count, and no side would ever agree with both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenTwice {
    /// The fields of the later pair.
    pub fields: Sides<String>,
    /// The side whose field is written.
    pub side: Side,
    /// The field that the earlier pair writes it from.
    pub other: String,
}

impl WrittenTwice {
    /// As an error, naming the module of that side.
    pub fn error(&self, modules: &Sides<String>) -> HubError {
        let (written, module) = (self.fields.get(self.side), modules.get(self.side));
        let from = self.fields.get(self.side.other());
        HubError::new(
            "mapping.written_twice",
            format!(
                "{written} of {module} on the {} is written from two fields: {} and {from}",
                self.side.name(),
                self.other
            ),
            "map one of them only, or let the other pair go the other way only",
        )
    }
}

/// A value that does not come back as it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LostValue {
    /// The side it begins on.
    pub from: Side,
    /// The value.
    #[schema(value_type = FieldValue)]
    pub value: Json,
    /// What it becomes on the other side; a blank if it has no form there, and then nothing comes back.
    #[schema(value_type = FieldValue)]
    pub there: Json,
    /// What comes back of that; `null` if nothing can.
    #[schema(required, value_type = FieldValue)]
    pub back: Option<Json>,
    /// What that becomes on the other side once more; `null` if it cannot go there again.
    #[schema(required, value_type = FieldValue)]
    pub there_again: Option<Json>,
}

impl Findings {
    /// Looks the mapping over. Pairs that nobody wrote down are never refused for what their fields are.
    pub fn of(
        mapping: &Mapping,
        fields: &Fields,
        direction: Direction,
        schema: Sides<&ModuleSchema>,
    ) -> Findings {
        let names = |fields: Vec<&Field>| fields.into_iter().map(|field| field.name.to_string()).collect();
        let missing: Sides<Vec<&Field>> = Sides::from_fn(|side: Side| {
            if !direction.allows_from(side.other()) {
                return Vec::new();
            }
            // The service itself gives a record to whoever makes it.
            let owned = |field: &&Field| field.kind != FieldType::User;
            mapping.unfilled_mandatory(side, schema.get(side)).filter(owned).collect()
        });
        let of_missing = |wanted: fn(&Field) -> bool| {
            let of = |side| {
                names(missing.get(side).iter().copied().filter(|field: &&Field| wanted(field)).collect())
            };
            Sides::from_fn(of)
        };
        let unfilled = of_missing(|field| field.mandatory || !field.custom);
        let by_pages = of_missing(|field| !field.mandatory && !field.custom);
        let demanded = of_missing(|field| !field.mandatory && field.custom);
        let lookups = of_missing(|field| {
            use FieldType as F;
            matches!(field.kind, F::Lookup { .. } | F::AnyLookup { .. } | F::Rows { links: true, .. })
        });
        let custom = Sides::from_fn(|side| {
            let mapped =
                |field: &Field| mapping.pairs.iter().any(|pair| pair.fields.get(side).name == field.name);
            let fields = schema.get(side).fields.iter();
            names(
                fields
                    .filter(|field| field.custom && field.access == Access::Writable && !mapped(field))
                    .filter(|field| !matches!(field.kind, FieldType::Other { .. }))
                    .collect(),
            )
        });
        let lossy = |pair: &Pair| Some(LossyPair::of(pair, &lens::broken(pair)?, None));
        let mut lossy: Vec<LossyPair> = mapping.pairs.iter().filter_map(lossy).collect();
        let mut inexact = Vec::new();
        for pair in &mapping.pairs {
            let Some((loss, example)) = lens::unlike(pair) else { continue };
            let found = LossyPair::of_kinds(pair, loss, &example);
            match (loss, fields) {
                (Loss::Formless, Fields::List(_)) => lossy.push(found),
                _ => inexact.push(found),
            }
        }
        let modules = Sides::from_fn(|side| schema.get(side).module.to_string());
        let twice = twice(mapping);
        let (narrowed, by_default) = (Vec::new(), Vec::new());
        Findings {
            modules,
            lossy,
            inexact,
            twice,
            unfilled,
            lookups,
            by_pages,
            demanded,
            narrowed,
            by_default,
            custom,
        }
    }

    /// Those of the pairs that write what an earlier one writes.
    pub fn twice(&self) -> impl Iterator<Item = (&WrittenTwice, HubError)> {
        self.twice.iter().map(|twice| (twice, twice.error(&self.modules)))
    }

    /// Refuses what must not be used: a field that is written twice, the first of the lossy pairs, or the mandatory fields that nothing fills (S2-30).
    pub fn allow(&self, when: When) -> Result<()> {
        if let Some((_, error)) = self.twice().next() {
            return Err(error);
        }
        let stops = |lossy: &&LossyPair| when == When::Beginning || lossy.cause == Cause::Steps;
        if let Some(lossy) = self.lossy.iter().find(stops) {
            return Err(lossy.error());
        }
        for side in Side::BOTH {
            let by_pages = self.by_pages.get(side);
            let counts = |name: &&str| when == When::Beginning || by_pages.iter().all(|one| one != name);
            let missing: Vec<&str> =
                self.unfilled.get(side).iter().map(String::as_str).filter(counts).collect();
            if !missing.is_empty() {
                let module = self.modules.get(side);
                return Err(HubError::new(
                    "mapping.mandatory_unfilled",
                    format!(
                        "{module} on the {} demands fields that nothing fills: {}",
                        side.name(),
                        missing.join(", ")
                    ),
                    self.how_to_fill(side, &missing),
                ));
            }
        }
        Ok(())
    }

    /// What can be done about mandatory fields that nothing fills. A lookup takes no constant.
    fn how_to_fill(&self, side: Side, missing: &[&str]) -> String {
        let lookups = self.lookups.get(side).iter().map(String::as_str);
        let lookups: Vec<&str> = lookups.filter(|name| missing.contains(name)).collect();
        if lookups.is_empty() {
            return "map a field to each of them, if need be with a constant among its steps".to_owned();
        }
        let notes = match self.modules.get(side).as_str() {
            "Notes" => "; or leave the notes out here and let them go with their records (notes = true)",
            _ => "",
        };
        format!(
            "map a field to each of them: to {} a lookup, with the modules that it points to in the same integration, for no constant fills it{notes}",
            lookups.join(", ")
        )
    }

    /// What is allowed, and should be known.
    pub fn warnings(&self) -> impl Iterator<Item = Note> {
        let of_side = |code, fields: &NamesBySide, side: Side, what: &str| {
            let fields = fields.get(side).clone();
            let what = format!("{what}: {}", fields.join(", "));
            (!fields.is_empty()).then_some(Note { code, side: Some(side), fields, what })
        };
        let unmapped = Side::BOTH.into_iter().filter_map(move |side| {
            let module = self.modules.get(side);
            let what = format!("custom fields of {module} on the {} are not mapped", side.name());
            of_side("mapping.custom_unmapped", &self.custom, side, &what)
        });
        let demanded = Side::BOTH.into_iter().filter_map(move |side| {
            let what = format!(
                "the pages of {} on the {} demand custom fields that nothing fills, and without them no record can be made there",
                self.modules.get(side),
                side.name()
            );
            of_side("mapping.demanded", &self.demanded, side, &what)
        });
        // What runs is not refused for the kinds of its fields, and is not silent about them.
        let kinds = self.lossy.iter().filter(|lossy| lossy.cause == Cause::Kinds).chain(&self.inexact);
        let inexact = kinds.map(LossyPair::note);
        let said = self.narrowed.iter().chain(&self.by_default).cloned();
        said.chain(inexact).chain(demanded).chain(unmapped)
    }
}

fn twice(mapping: &Mapping) -> Vec<WrittenTwice> {
    let mut found = Vec::new();
    for (at, pair) in mapping.pairs.iter().enumerate() {
        for side in Side::BOTH {
            let writes = |one: &&Pair| {
                one.direction.allows_from(side.other())
                    && one.fields.get(side).name == pair.fields.get(side).name
            };
            let earlier = mapping.pairs[..at].iter().find(writes);
            if let Some(earlier) = earlier.filter(|_| pair.direction.allows_from(side.other())) {
                let name = |pair: &Pair, side: Side| pair.fields.get(side).name.to_string();
                let fields = Sides::from_fn(|side| name(pair, side));
                found.push(WrittenTwice { fields, side, other: name(earlier, side.other()) });
            }
        }
    }
    found
}

impl LossyPair {
    /// Of a pair that breaks a law; `record`: the one that holds the value.
    pub(crate) fn of(pair: &Pair, example: &Counterexample, record: Option<String>) -> LossyPair {
        let missing = Side::BOTH.into_iter().find(|side| pair.steps.get(*side).is_empty());
        let hint = match missing {
            Some(Side::Left) => {
                "make it one-way (direction = \"right_to_left\"), or say with to_right what is done on the way back"
            }
            Some(Side::Right) => {
                "make it one-way (direction = \"left_to_right\"), or say with to_left what is done on the way back"
            }
            None => {
                "make it one-way (direction = \"left_to_right\" or \"right_to_left\"), or mend the steps of one way"
            }
        };
        LossyPair {
            left: pair.fields.left.name.to_string(),
            right: pair.fields.right.name.to_string(),
            example: example.to_string(),
            counterexample: LostValue {
                from: example.from,
                value: json(&example.value),
                there: json(&example.there),
                back: example.back.as_ref().map(json),
                there_again: example.there_again.as_ref().map(json),
            },
            record,
            hint: hint.to_owned(),
            cause: Cause::Steps,
        }
    }

    /// Of a pair without steps whose two fields are of different kinds.
    fn of_kinds(pair: &Pair, loss: Loss, example: &Counterexample) -> LossyPair {
        let way = |from: Side| match from {
            Side::Left => "left_to_right",
            Side::Right => "right_to_left",
        };
        let steps = match example.from {
            Side::Left => "to_right",
            Side::Right => "to_left",
        };
        let hint = match loss {
            Loss::Formless => format!(
                "make it one-way (direction = \"{}\"), or say with {steps} what becomes of such values",
                way(example.from.other())
            ),
            Loss::Changed => format!(
                "leave it if that does no harm, or make it one-way (direction = \"{}\")",
                way(example.from)
            ),
        };
        LossyPair { hint, cause: Cause::Kinds, ..LossyPair::of(pair, example, None) }
    }

    /// What should be known of it, where it is allowed.
    fn note(&self) -> Note {
        let LossyPair { left, right, example, .. } = self;
        Note {
            code: "mapping.inexact",
            side: None,
            fields: vec![left.clone(), right.clone()],
            what: format!("{left} and {right} do not hold the same values: {example}"),
        }
    }

    /// Why the pair is refused. A value that a record holds is a customer's, and errors are written down in many places: it is told by its record, and shown by previews.
    pub(crate) fn error(&self) -> HubError {
        let LossyPair { left, right, example, hint, .. } = self;
        let shown = match &self.record {
            None => example.clone(),
            Some(record) => {
                let side = self.counterexample.from.name();
                format!("what {record} on the {side} holds does not come back as it went")
            }
        };
        let message = format!("{left} and {right} cannot be kept in agreement both ways: {shown}");
        HubError::new("mapping.lossy", message, hint.clone())
    }
}
