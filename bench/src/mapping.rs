//! The twenty fields both contenders carry over, and how a value is taken over.

use serde_json::value::RawValue;
use std::borrow::Cow;

/// How many fields are mapped.
pub const COUNT: usize = 20;

/// What happens to a value on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conversion {
    /// It stays as it is.
    Copy,
    /// Its letters become small, as an address is compared.
    Lower,
}

/// The mapped fields of a contact; the names are the same on both sides.
const FIELDS: [(&str, Conversion); COUNT] = [
    ("Salutation", Conversion::Copy),
    ("First_Name", Conversion::Copy),
    ("Last_Name", Conversion::Copy),
    ("Email", Conversion::Lower),
    ("Secondary_Email", Conversion::Lower),
    ("Phone", Conversion::Copy),
    ("Mobile", Conversion::Copy),
    ("Home_Phone", Conversion::Copy),
    ("Fax", Conversion::Copy),
    ("Title", Conversion::Copy),
    ("Department", Conversion::Copy),
    ("Lead_Source", Conversion::Copy),
    ("Date_of_Birth", Conversion::Copy),
    ("Mailing_Street", Conversion::Copy),
    ("Mailing_City", Conversion::Copy),
    ("Mailing_State", Conversion::Copy),
    ("Mailing_Zip", Conversion::Copy),
    ("Mailing_Country", Conversion::Copy),
    ("Email_Opt_Out", Conversion::Copy),
    ("Description", Conversion::Copy),
];

/// The name of a mapped field.
pub fn name(position: usize) -> &'static str {
    FIELDS[position].0
}

/// All names, as the `fields` of a list call.
pub fn names() -> String {
    FIELDS.map(|(name, _)| name).join(",")
}

/// The position of a field by its name; `expected` is where a service that keeps the asked order has it.
pub fn position(name: &str, expected: usize) -> Option<usize> {
    if FIELDS.get(expected).is_some_and(|field| field.0 == name) {
        return Some(expected);
    }
    FIELDS.iter().position(|field| field.0 == name)
}

/// The value for the target, as JSON text.
pub fn convert(position: usize, value: &RawValue) -> Cow<'_, str> {
    let text = value.get();
    let unchanged = match FIELDS[position].1 {
        Conversion::Copy => true,
        Conversion::Lower => text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()),
    };
    if unchanged { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_order() {
        for at in 0..COUNT {
            assert_eq!(position(name(at), at), Some(at));
            assert_eq!(position(name(at), COUNT), Some(at));
        }
        assert_eq!(position("Owner", 0), None);
        assert_eq!(names().split(',').count(), COUNT);
    }

    #[test]
    fn addresses_become_small_and_names_stay() {
        let value: &RawValue = serde_json::from_str("\"Yui.SATO@example.JP\"").unwrap();
        assert_eq!(convert(3, value), "\"yui.sato@example.jp\"");
        assert_eq!(convert(1, value), "\"Yui.SATO@example.JP\"");
    }
}
