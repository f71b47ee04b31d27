//! Normal forms: for matching, and for telling a service's own tidying from a person's change.

use crate::{
    Side, Value,
    match_form::{self, MatchForm, MatchRule},
    schema::FieldType,
};
use compact_str::CompactString;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// The digest under which a record can be found by one match rule.
pub type MatchKey = [u8; 16];

/// The key of `value`, which stands on `side`, under a match rule, of which it is number `number`; `None` when it cannot identify a record.
pub fn match_key_by(
    number: usize,
    rule: MatchRule,
    side: Side,
    value: Option<&Value>,
    kind: &FieldType,
) -> Option<MatchKey> {
    match value? {
        Value::Text(text) if rule.form != MatchForm::Plain => {
            let normal = match_form::normal(text, rule.form, *rule.country.get(side))?;
            Some(key(number, &normal))
        }
        value => match_key(number, Some(value), kind),
    }
}

fn key(rule: usize, normal: &str) -> MatchKey {
    xxhash_rust::xxh3::xxh3_128_with_seed(normal.as_bytes(), rule as u64).to_be_bytes()
}

/// The key of `value` under match rule number `rule`; `None` when the value cannot identify a record (blank, not known).
///
/// Text is compared without regard to case, width (full-width letters and digits), repeated or outer spaces; phones by their digits.
pub fn match_key(rule: usize, value: Option<&Value>, kind: &FieldType) -> Option<MatchKey> {
    let normal = match value? {
        Value::Blank | Value::Rows(_) => return None,
        Value::Text(text) if matches!(kind, FieldType::Phone { .. }) => digits(&fold(text)),
        Value::Text(text) if is_plain(text) => text.to_string(),
        Value::Text(text) => fold(text),
        Value::Number(number) => number.normalize().to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(at) => at.second().to_string(),
        Value::Set(items) => items.join("\u{1f}"),
        Value::Record(id) => id.as_str().to_owned(),
        Value::User(user) => user.email.as_deref().map(fold)?,
    };
    if normal.is_empty() {
        return None;
    }
    Some(key(rule, &normal))
}

/// A positive number that stands for these texts together.
pub fn digest(parts: &[&str]) -> i64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    (hash.digest() >> 1) as i64
}

/// Already in normal form: lower-case ASCII without spaces. Most e-mail addresses are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
}

pub(crate) fn fold(text: &str) -> String {
    let wide: String = text.nfkc().collect();
    let mut folded = String::with_capacity(wide.len());
    for word in wide.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// True when `read` is what a service may have made of `sent` by a known tidying: outer and repeated spaces, letter case, phone punctuation, rounding to
/// the field's precision, truncation to its length, whole seconds. Anything else that comes back is somebody's change (DESIGN §2.2).
pub fn is_tidied(sent: &Value, read: &Value, kind: &FieldType) -> bool {
    match (sent, read) {
        (Value::Text(sent), Value::Text(read)) => {
            if fold(sent) == fold(read) {
                return true;
            }
            match kind {
                FieldType::Phone { max } => {
                    let (sent, read) = (digits(&fold(sent)), digits(&fold(read)));
                    !read.is_empty() && (sent == read || truncated(&sent, &read, *max))
                }
                FieldType::Text { max, .. } | FieldType::Email { max } | FieldType::Url { max } => {
                    truncated(sent.trim(), read, *max)
                }
                _ => false,
            }
        }
        (Value::Text(sent), Value::Blank) => sent.trim().is_empty(),
        (Value::Number(sent), Value::Number(read)) => match kind {
            FieldType::Decimal { scale } => sent.round_dp(*scale) == *read || away(*sent, *scale) == *read,
            FieldType::Integer => sent.round_dp(0) == *read || sent.trunc() == *read,
            _ => false,
        },
        (Value::Instant(sent), Value::Instant(read)) => sent.second() == read.second(),
        // A tag that is there already stays in the case it has.
        (Value::Set(sent), Value::Set(read)) if matches!(kind, FieldType::Tags { .. }) => {
            folded(sent) == folded(read)
        }
        _ => false,
    }
}

fn folded(items: &[CompactString]) -> BTreeSet<String> {
    items.iter().map(|item| fold(item)).collect()
}

fn away(number: rust_decimal::Decimal, scale: u32) -> rust_decimal::Decimal {
    number.round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

fn truncated(sent: &str, read: &str, max: u32) -> bool {
    let (max, length) = (max as usize, read.chars().count());
    length == max && sent.chars().count() > max && sent.starts_with(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str, kind: &FieldType) -> Option<MatchKey> {
        match_key(0, Some(&Value::text(text)), kind)
    }

    #[test]
    fn matching_sees_through_case_width_and_spaces() {
        let text = FieldType::Text { max: 100, multiline: false };
        let email = FieldType::Email { max: 100 };
        assert_eq!(key(" Tanaka@Example.COM ", &email), key("tanaka@example.com", &email));
        assert_eq!(key("株式会社　ムスビ", &text), key("株式会社 ムスビ", &text));
        assert_eq!(key("ＡＢＣ", &text), key("abc", &text));
        assert_ne!(key("acme", &text), key("acme ltd", &text));
        assert_eq!(key("  ", &text), None);
        let phone = FieldType::Phone { max: 30 };
        assert_eq!(key("03-1234-5678", &phone), key("０３（１２３４）５６７８", &phone));
    }

    #[test]
    fn two_rules_never_share_a_key() {
        assert_ne!(
            match_key(0, Some(&Value::text("a")), &FieldType::Bool),
            match_key(1, Some(&Value::text("a")), &FieldType::Bool)
        );
    }

    #[test]
    fn tidying_is_told_from_a_change() {
        let text = FieldType::Text { max: 5, multiline: false };
        let check = |sent: &str, read: &str, kind: &FieldType, expect: bool| {
            assert_eq!(is_tidied(&Value::text(sent), &Value::text(read), kind), expect, "{sent} → {read}");
        };
        check(" a  b ", "a b", &text, true);
        check("abcdefg", "abcde", &text, true);
        check("abcdefg", "abc", &text, false);
        check("a", "b", &text, false);
        check("090-1111-2222", "09011112222", &FieldType::Phone { max: 30 }, true);
        check("090-1111-2222", "09011112223", &FieldType::Phone { max: 30 }, false);
        let number = |text: &str| Value::Number(text.parse().unwrap());
        assert!(is_tidied(&number("1.005"), &number("1.01"), &FieldType::Decimal { scale: 2 }));
        assert!(!is_tidied(&number("1.005"), &number("1.02"), &FieldType::Decimal { scale: 2 }));
        let tags =
            |read: &[&str], kind: &FieldType| is_tidied(&Value::set(["VIP", "new"]), &Value::set(read), kind);
        let kind = FieldType::Tags { max: 25 };
        assert!(tags(&["vip", "new"], &kind));
        assert!(!tags(&["vip"], &kind));
        assert!(!tags(&["vip", "new", "more"], &kind));
        assert!(!tags(&["vip", "new"], &FieldType::MultiPicklist { options: Vec::new() }));
    }
}
