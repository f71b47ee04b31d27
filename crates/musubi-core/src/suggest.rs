//! Which fields of two modules probably hold the same: proposals with their reasons. A person accepts them; nothing is ever mapped by them.

mod likeness;
mod meaning;

use crate::convert::{is_convertible, is_nameable};
use crate::normalise::match_key;
use crate::policy::Direction;
use crate::schema::{Access, Field, FieldType};
use crate::{Side, Value};
use likeness::likeness;
pub(crate) use meaning::means;
use std::collections::HashSet;

/// Proposals with fewer points are not worth a person's time.
pub const LEAST: u32 = 40;
/// Names that are less alike than this, in per cent, say nothing.
const ALIKE: u32 = 60;
/// So many different values that meet leave no doubt.
const CERTAIN: usize = 5;

/// Why two fields probably hold the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Their API names are the same.
    SameName,
    /// Their API names are alike.
    SimilarName,
    /// Their labels are the same.
    SameLabel,
    /// Their labels are alike.
    SimilarLabel,
    /// Their names are two words for one thing, perhaps in two languages.
    SameMeaning,
    /// They are of the same type.
    SameType,
    /// Values of the sample are the same.
    SameValues(Overlap),
}

/// How far two fields hold the same values in a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// What was compared: pairs of records, or different values.
    pub compared: usize,
    /// How many of them are the same.
    pub same: usize,
    /// How many different values are among those that are the same.
    pub distinct: usize,
}

/// What the samples of both sides have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those in the same place are one thing.
    Paired,
    /// They know nothing of each other.
    Apart,
}

/// Two fields that probably hold the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// 0 to 100.
    pub score: u32,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
    /// Which way values can go.
    pub direction: Direction,
}

/// Which way values can go between two fields at all; `None` when they cannot.
pub fn ways(left: &Field, right: &Field) -> Option<Direction> {
    let goes = |from: &Field, to: &Field| {
        (is_convertible(&from.kind, &to.kind) || is_nameable(&from.kind, &to.kind))
            && to.access == Access::Writable
    };
    // Subforms meet by the columns that they share.
    if let (FieldType::Rows { columns: l, links: false }, FieldType::Rows { columns: r, links: false }) =
        (&left.kind, &right.kind)
    {
        let shared = l.iter().any(|a| r.iter().any(|b| a.name == b.name && is_convertible(&a.kind, &b.kind)));
        return (shared && right.access == Access::Writable).then_some(Direction::Both);
    }
    match (goes(left, right), goes(right, left)) {
        (true, true) => Some(Direction::Both),
        (true, false) => Some(Direction::LeftToRight),
        (false, true) => Some(Direction::RightToLeft),
        (false, false) => None,
    }
}

/// How far the values of two fields are the same. `None` in a column: not known.
pub fn overlap(left: (&Field, &[Option<Value>]), right: (&Field, &[Option<Value>]), rows: Rows) -> Overlap {
    // Digits alone count as soon as one of the two is a telephone number.
    let phone = [left.0, right.0].into_iter().find(|field| matches!(field.kind, FieldType::Phone { .. }));
    let kind = &phone.unwrap_or(left.0).kind;
    let keys = |values: &[Option<Value>]| -> Vec<_> {
        values.iter().map(|value| match_key(0, value.as_ref(), kind)).collect()
    };
    let (left, right) = (keys(left.1), keys(right.1));
    match rows {
        Rows::Paired => {
            let both = left.iter().zip(&right).filter_map(|(l, r)| Some((l.as_ref()?, r.as_ref()?)));
            let (mut compared, mut same, mut distinct) = (0, 0, HashSet::new());
            for (left, right) in both {
                compared += 1;
                if left == right {
                    same += 1;
                    distinct.insert(*left);
                }
            }
            Overlap { compared, same, distinct: distinct.len() }
        }
        Rows::Apart => {
            let (left, right): (HashSet<_>, HashSet<_>) =
                (left.into_iter().flatten().collect(), right.into_iter().flatten().collect());
            let same = left.intersection(&right).count();
            Overlap { compared: left.len().min(right.len()), same, distinct: same }
        }
    }
}

/// What speaks for two fields; `None` when values cannot go between them, or too little does.
pub fn propose(left: &Field, right: &Field, found: Overlap) -> Option<Proposal> {
    let direction = ways(left, right)?;
    let name = likeness(left.name.as_str(), right.name.as_str());
    let label = likeness(&left.label, &right.label);
    let meaning = meaning::shared([left.name.as_str(), &left.label], [right.name.as_str(), &right.label]);
    let mut weighed: Vec<(u32, Reason)> = Vec::new();
    let mut named = 0;
    for (alike, same, similar) in
        [(name, Reason::SameName, Reason::SimilarName), (label, Reason::SameLabel, Reason::SimilarLabel)]
    {
        if alike >= ALIKE {
            named = named.max(alike * 45 / 100);
            weighed.push((alike * 45 / 100, if alike == 100 { same } else { similar }));
        }
    }
    if meaning && name < 100 && label < 100 {
        named = named.max(36);
        weighed.push((36, Reason::SameMeaning));
    }
    let values = points(found);
    if values > 0 {
        weighed.push((values, Reason::SameValues(found)));
    }
    let kind = match () {
        () if std::mem::discriminant(&left.kind) == std::mem::discriminant(&right.kind) => 10,
        () if direction == Direction::Both => 5,
        () => 2,
    };
    if kind == 10 {
        weighed.push((kind, Reason::SameType));
    }
    // Many values, and none in common: what is called alike is something else.
    let against = if found.compared >= CERTAIN && found.same == 0 { 20 } else { 0 };
    let score = (named + values + kind).saturating_sub(against).min(100);
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let reasons = weighed.into_iter().map(|(_, reason)| reason).collect();
    (score >= LEAST && named + values > 0).then_some(Proposal { score, reasons, direction })
}

/// What equal values are worth: as many as are equal, less while there are few different ones. Two columns of "yes" prove nothing.
fn points(found: Overlap) -> u32 {
    if found.compared == 0 || found.distinct < 2 {
        return 0;
    }
    let sure = found.distinct.min(CERTAIN) * 100 / CERTAIN;
    let points = 45 * found.same * sure / found.compared / 100;
    u32::try_from(points).unwrap_or(0)
}

/// The fields of the other side by how much speaks for them, the best first; equal ones by name, so that the order is always the same.
pub fn ranked<'a>(
    field: &Field,
    side: Side,
    others: impl Iterator<Item = (&'a Field, Overlap)>,
) -> Vec<(&'a Field, Proposal)> {
    let proposal = |(other, found): (&'a Field, Overlap)| {
        let proposed = match side {
            Side::Left => propose(field, other, found),
            Side::Right => propose(other, field, found),
        };
        proposed.map(|proposal| (other, proposal))
    };
    let mut ranked: Vec<_> = others.filter_map(proposal).collect();
    ranked.sort_by(|a, b| b.1.score.cmp(&a.1.score).then_with(|| a.0.name.as_str().cmp(b.0.name.as_str())));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::tests::{field, text};

    fn labelled(name: &str, label: &str) -> Field {
        Field { label: label.into(), ..text(name) }
    }

    fn column(texts: &[&str]) -> Vec<Option<Value>> {
        texts.iter().map(|text| Some(Value::text(text))).collect()
    }

    fn score(left: &Field, right: &Field, found: Overlap) -> u32 {
        propose(left, right, found).map_or(0, |proposal| proposal.score)
    }

    #[test]
    fn a_japanese_label_meets_an_english_name_by_the_values() {
        let (left, right) = (labelled("field12", "顧客名称"), labelled("Account_Name", "Account Name"));
        assert_eq!(propose(&left, &right, Overlap::default()), None, "the names say nothing");
        let (ours, theirs) = (
            column(&["株式会社ムスビ", "アクメ", "東京計測機器", "山田商店", "大阪精機", "北海道乳業"]),
            column(&["株式会社 ムスビ", "ｱｸﾒ", "東京計測機器", "山田商店", "大阪精機", "Hokkaido"]),
        );
        let found = overlap((&left, &ours), (&right, &theirs), Rows::Paired);
        assert_eq!((found.compared, found.same), (6, 4), "width is no difference, a space within a name is");
        let proposal = propose(&left, &right, found);
        assert_eq!(proposal, None, "four values are not enough by themselves: {proposal:?}");
        let theirs = column(&["株式会社ムスビ", "ｱｸﾒ", "東京計測機器", "山田商店", "大阪精機", "北海道乳業"]);
        let found = overlap((&left, &ours), (&right, &theirs), Rows::Paired);
        let proposal = propose(&left, &right, found).expect("they are the same in every record");
        assert_eq!(proposal.reasons, [Reason::SameValues(found), Reason::SameType]);
        assert_eq!(proposal.direction, Direction::Both);
    }

    #[test]
    fn two_languages_have_words_for_one_thing() {
        let (left, right) = (labelled("field3", "会社名"), labelled("Account_Name", "Account Name"));
        let proposal = propose(&left, &right, Overlap::default()).expect("by their meaning");
        assert_eq!(proposal.reasons, [Reason::SameMeaning, Reason::SameType]);
        assert_eq!(propose(&left, &labelled("Phone", "Phone"), Overlap::default()), None);
    }

    #[test]
    fn the_better_match_comes_first_and_the_reasons_are_told() {
        let left = labelled("Email", "メール");
        let others = [labelled("Email_Address", "メールアドレス"), labelled("Email", "メール"), text("Fax")];
        let found = ranked(&left, Side::Left, others.iter().map(|other| (other, Overlap::default())));
        let names: Vec<_> = found.iter().map(|(field, _)| field.name.as_str()).collect();
        assert_eq!(names, ["Email", "Email_Address"]);
        assert_eq!(found[0].1.reasons, [Reason::SameName, Reason::SameLabel, Reason::SameType]);
        assert!(found[1].1.reasons.contains(&Reason::SimilarLabel), "{:?}", found[1].1.reasons);
    }

    #[test]
    fn equal_names_with_other_values_count_less_and_few_values_prove_nothing() {
        let (left, right) = (text("Code"), text("Code"));
        let other = Overlap { compared: 20, same: 0, distinct: 0 };
        assert!(score(&left, &right, other) < score(&left, &right, Overlap::default()));
        let (left, right) = (field("A", FieldType::Bool), field("Zeta", FieldType::Bool));
        assert_eq!(score(&left, &right, Overlap { compared: 40, same: 40, distinct: 1 }), 0);
    }

    #[test]
    fn samples_that_know_nothing_of_each_other_are_compared_as_sets() {
        let (left, right) = (text("A"), text("B"));
        let (ours, theirs) = (column(&["a", "b", "b", "c"]), column(&["c", "b", "x", "y", "z"]));
        let found = overlap((&left, &ours), (&right, &theirs), Rows::Apart);
        assert_eq!(found, Overlap { compared: 3, same: 2, distinct: 2 });
    }

    #[test]
    fn telephone_numbers_are_their_digits_whatever_the_other_field_is() {
        let (left, right) = (text("Tel"), field("Mobile", FieldType::Phone { max: 30 }));
        let (ours, theirs) = (column(&["090-1234-5678", ""]), column(&["０９０ 1234 5678", "1"]));
        let found = overlap((&left, &ours), (&right, &theirs), Rows::Paired);
        assert_eq!((found.compared, found.same), (1, 1), "a blank is compared with nothing");
    }

    #[test]
    fn what_cannot_be_written_or_converted_is_not_proposed() {
        let read_only = Field { access: Access::ReadOnly, ..text("Email") };
        assert_eq!(ways(&text("Email"), &read_only), Some(Direction::RightToLeft));
        assert_eq!(ways(&read_only, &read_only), None);
        assert_eq!(ways(&field("Born", FieldType::Date), &text("Born")), None);
    }
}
