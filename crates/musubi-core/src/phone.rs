//! Telephone numbers as people write them into the one form that names a line world-wide: E.164, such as `+81312345678`.
//!
//! Only what a plan of numbers says about writing is used: country codes, the digits dialled before national and international numbers, and lengths. The
//! libraries that know every plan in full are larger than the rest of this crate, and whether a number is in service they cannot tell either.

use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt};
use unicode_normalization::UnicodeNormalization;

/// How numbers are written in one country.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// Two letters, ISO 3166.
    pub name: &'static str,
    /// The country's code.
    code: &'static str,
    /// What is dialled before a national number, and is no part of it.
    trunk: &'static str,
    /// What is dialled before a number of another country.
    abroad: &'static str,
    /// The fewest and the most digits of a national number.
    digits: (u8, u8),
}

const fn region(
    name: &'static str,
    code: &'static str,
    trunk: &'static str,
    abroad: &'static str,
    digits: (u8, u8),
) -> Region {
    Region { name, code, trunk, abroad, digits }
}

/// The countries whose way of writing is known, by name.
const REGIONS: &[Region] = &[
    region("AE", "971", "0", "00", (8, 9)),
    region("AT", "43", "0", "00", (5, 13)),
    region("AU", "61", "0", "0011", (9, 9)),
    region("BD", "880", "0", "00", (8, 10)),
    region("BE", "32", "0", "00", (8, 9)),
    region("BG", "359", "0", "00", (7, 9)),
    region("BR", "55", "0", "00", (10, 11)),
    region("CA", "1", "1", "011", (10, 10)),
    region("CH", "41", "0", "00", (9, 9)),
    region("CL", "56", "", "00", (9, 9)),
    region("CN", "86", "0", "00", (10, 11)),
    region("CO", "57", "", "00", (10, 10)),
    region("CZ", "420", "", "00", (9, 9)),
    region("DE", "49", "0", "00", (6, 13)),
    region("DK", "45", "", "00", (8, 8)),
    region("EE", "372", "", "00", (7, 8)),
    region("EG", "20", "0", "00", (8, 10)),
    region("ES", "34", "", "00", (9, 9)),
    region("FI", "358", "0", "00", (5, 12)),
    region("FR", "33", "0", "00", (9, 9)),
    region("GB", "44", "0", "00", (9, 10)),
    region("GR", "30", "", "00", (10, 10)),
    region("HK", "852", "", "001", (8, 8)),
    region("HR", "385", "0", "00", (8, 9)),
    region("HU", "36", "06", "00", (8, 9)),
    region("ID", "62", "0", "001", (8, 12)),
    region("IE", "353", "0", "00", (7, 9)),
    region("IL", "972", "0", "00", (8, 9)),
    region("IN", "91", "0", "00", (10, 10)),
    region("IS", "354", "", "00", (7, 7)),
    // An Italian number keeps its 0, also from abroad.
    region("IT", "39", "", "00", (6, 11)),
    region("JP", "81", "0", "010", (9, 10)),
    region("KE", "254", "0", "000", (9, 9)),
    region("KR", "82", "0", "001", (8, 10)),
    region("LK", "94", "0", "00", (9, 9)),
    region("LT", "370", "0", "00", (8, 8)),
    region("LU", "352", "", "00", (5, 11)),
    region("LV", "371", "", "00", (8, 8)),
    region("MO", "853", "", "00", (8, 8)),
    region("MX", "52", "", "00", (10, 10)),
    region("MY", "60", "0", "00", (8, 10)),
    region("NG", "234", "0", "009", (7, 10)),
    region("NL", "31", "0", "00", (9, 9)),
    region("NO", "47", "", "00", (8, 8)),
    region("NP", "977", "0", "00", (8, 10)),
    region("NZ", "64", "0", "00", (8, 10)),
    region("PE", "51", "0", "00", (8, 9)),
    region("PH", "63", "0", "00", (8, 10)),
    region("PK", "92", "0", "00", (9, 10)),
    region("PL", "48", "", "00", (9, 9)),
    region("PT", "351", "", "00", (9, 9)),
    region("RO", "40", "0", "00", (9, 9)),
    region("RS", "381", "0", "00", (8, 9)),
    region("SA", "966", "0", "00", (8, 9)),
    region("SE", "46", "0", "00", (7, 9)),
    region("SG", "65", "", "001", (8, 8)),
    region("SI", "386", "0", "00", (8, 8)),
    region("SK", "421", "0", "00", (9, 9)),
    region("TH", "66", "0", "001", (8, 9)),
    region("TR", "90", "0", "00", (10, 10)),
    region("TW", "886", "0", "002", (8, 9)),
    region("UA", "380", "0", "00", (9, 9)),
    region("US", "1", "1", "011", (10, 10)),
    region("VN", "84", "0", "00", (9, 10)),
    region("ZA", "27", "0", "00", (9, 9)),
];

/// A country as people say it where numbers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// By its two letters.
    Named(&'static Region),
    /// By its calling code, be its way of writing known or not.
    Code(u16),
}

impl Country {
    /// How numbers are written there, where that is known. Countries that share a code share it too.
    fn region(self) -> Option<&'static Region> {
        match self {
            Country::Named(region) => Some(region),
            Country::Code(code) => {
                let code = code.to_string();
                REGIONS.iter().find(|region| region.code == code)
            }
        }
    }

    fn code(self) -> Cow<'static, str> {
        match self {
            Country::Named(region) => region.code.into(),
            Country::Code(code) => code.to_string().into(),
        }
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Country::Named(region) => to.serialize_str(region.name),
            Country::Code(code) => to.serialize_u16(*code),
        }
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Country, D::Error> {
        from.deserialize_any(Reader)
    }
}

#[cfg(feature = "schema")]
mod schema {
    use super::{Country, Region};
    use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
    use utoipa::openapi::{RefOr, Schema};

    impl utoipa::PartialSchema for Country {
        fn schema() -> RefOr<Schema> {
            let letters = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Region::names()));
            let code = ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(1))
                .maximum(Some(i32::from(u16::MAX)));
            let about = "A country by its two letters, such as `JP`, or by its calling code, such as 81.";
            OneOfBuilder::new().item(letters).item(code).description(Some(about)).into()
        }
    }

    impl utoipa::ToSchema for Country {}
}

/// Reads a country.
#[derive(Clone, Copy)]
struct Reader;

impl Visitor<'_> for Reader {
    type Value = Country;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the two letters of a country, such as \"JP\", or its calling code, such as 81")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Country, E> {
        Region::named(name).map(Country::Named).ok_or_else(|| {
            let known: Vec<&str> = Region::names().collect();
            E::custom(format!(
                "no country {name:?} is known: say its calling code as a number, such as 81, or one of {}",
                known.join(", ")
            ))
        })
    }

    fn visit_u64<E: de::Error>(self, code: u64) -> Result<Country, E> {
        match u16::try_from(code) {
            Ok(code) if code > 0 => Ok(Country::Code(code)),
            _ => Err(E::invalid_value(Unexpected::Unsigned(code), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, code: i64) -> Result<Country, E> {
        let wrong = || E::invalid_value(Unexpected::Signed(code), &self);
        u64::try_from(code).map_err(|_| wrong()).and_then(|code| self.visit_u64(code))
    }
}

impl Region {
    /// The country of this name, whatever its case.
    pub fn named(name: &str) -> Option<&'static Region> {
        REGIONS.iter().find(|region| region.name.eq_ignore_ascii_case(name.trim()))
    }

    /// The names of all countries known.
    pub fn names() -> impl Iterator<Item = &'static str> {
        REGIONS.iter().map(|region| region.name)
    }
}

/// The number in E.164, read as somebody in this country writes it; `None` for what is no number, or has more to it, such as an extension.
pub fn e164(text: &str, region: &Region) -> Option<String> {
    let text: String = text.nfkc().collect();
    let text = without_trunk(text.trim());
    let (mut digits, mut plus) = (String::with_capacity(text.len()), false);
    for (at, sign) in text.char_indices() {
        match sign {
            '0'..='9' => digits.push(sign),
            '+' if at == 0 => plus = true,
            ' ' | '-' | '(' | ')' | '.' | '/' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | '・' =>
                {}
            _ => return None,
        }
    }
    let worldwide = if plus {
        digits
    } else if let Some(foreign) = digits.strip_prefix(region.abroad) {
        foreign.to_owned()
    } else {
        let national = digits.strip_prefix(region.trunk).filter(|_| !region.trunk.is_empty());
        let national = national.unwrap_or(&digits);
        let (fewest, most) = region.digits;
        // What is dialled first stands once.
        let twice = national.starts_with('0') && !region.trunk.is_empty();
        if twice || !(usize::from(fewest)..=usize::from(most)).contains(&national.len()) {
            return None;
        }
        format!("{}{national}", region.code)
    };
    let fits = (7..=15).contains(&worldwide.len()) && !worldwide.starts_with('0');
    fits.then(|| format!("+{worldwide}"))
}

/// The digits by which numbers are told apart: those of E.164 for what can be read so, and the same without its bounds for everything else that has digits.
pub(crate) fn line(text: &str, country: Option<Country>) -> String {
    let region = country.and_then(Country::region);
    if let Some(number) = region.and_then(|region| e164(text, region)) {
        return number.trim_start_matches('+').to_owned();
    }
    let text: String = text.nfkc().collect();
    let text = without_trunk(&text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let before = text.split(|sign: char| sign.is_ascii_digit()).next().unwrap_or_default();
    if before.contains('+') || digits.is_empty() {
        return digits;
    }
    let (trunk, abroad) = region.map_or(("0", "00"), |region| (region.trunk, region.abroad));
    // Nearly everywhere one dials 00, and no number at home begins so.
    if let Some(foreign) = digits.strip_prefix(abroad).or_else(|| digits.strip_prefix("00")) {
        return foreign.to_owned();
    }
    let Some(code) = country.map(Country::code) else { return digits };
    let fits = |national: &&str| {
        region.is_some_and(|region| {
            (usize::from(region.digits.0)..=usize::from(region.digits.1)).contains(&national.len())
        })
    };
    // The country's code, and only its sign is missing.
    if digits.strip_prefix(&*code).filter(fits).is_some() {
        return digits;
    }
    format!("{code}{}", digits.strip_prefix(trunk).unwrap_or(&digits))
}

/// Many write the digit that is dialled at home only into the international form; where there is no such digit it belongs to the number.
fn without_trunk(text: &str) -> Cow<'_, str> {
    if !text.contains("(0)") {
        return text.into();
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let of = REGIONS.iter().find(|region| digits.starts_with(region.code));
    if text.starts_with('+') && of.is_some_and(|region| region.trunk.is_empty()) {
        return text.into();
    }
    text.replace("(0)", "").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, region: &str, expected: Option<&str>) {
        let region = Region::named(region).unwrap();
        assert_eq!(e164(text, region).as_deref(), expected, "{text} in {}", region.name);
    }

    #[test]
    fn numbers_are_read_as_they_are_written_at_home() {
        check("03-1234-5678", "JP", Some("+81312345678"));
        check("090-1234-5678", "jp", Some("+819012345678"));
        check("０３（１２３４）５６７８", "JP", Some("+81312345678"));
        check("+81 (0)3 1234 5678", "JP", Some("+81312345678"));
        check("010 44 20 7946 0018", "JP", Some("+442079460018"));
        check("020 7946 0018", "GB", Some("+442079460018"));
        check("(415) 555-2671", "US", Some("+14155552671"));
        check("1-415-555-2671", "US", Some("+14155552671"));
        check("011 81 3 1234 5678", "US", Some("+81312345678"));
        check("06 698 12345", "IT", Some("+390669812345"));
        check("06 1 234 5678", "HU", Some("+3612345678"));
    }

    #[test]
    fn what_is_no_number_or_more_than_one_is_none() {
        for text in
            ["", "   ", "内線 5", "03-1234-5678 ext. 5", "123", "03-1234-5678-9012", "1+2", "+0123456789"]
        {
            check(text, "JP", None);
        }
    }

    fn one(country: &str, texts: &[&str]) {
        let country: Country = serde_json::from_str(country).unwrap();
        for text in texts {
            assert_eq!(line(text, Some(country)), line(texts[0], Some(country)), "{text} and {}", texts[0]);
        }
    }

    #[test]
    fn a_line_is_one_however_it_is_written() {
        let rome =
            ["+39 06 1234 5678", "06 1234 5678", "0039 06 1234 5678", "+39 (0)6 12345678", "39 06 12345678"];
        one("39", &rome);
        one("\"IT\"", &rome);
        one(
            "\"JP\"",
            &[
                "+81 3-1234-5678",
                "03-1234-5678",
                "010 81 3 1234 5678",
                "0081 3 1234 5678",
                "(+81) 3 1234 5678",
            ],
        );
        one("\"GB\"", &["+44 20 7946 0018", "020 7946 0018", "(020) 7946-0018", "44 20 7946 0018"]);
        one("1", &["+1 415 555 2671", "(415) 555-2671", "1-415-555-2671", "011 1 415 555 2671"]);
        one("\"HU\"", &["+36 1 234 5678", "06 1 234 5678"]);
        one("\"ID\"", &["+81 3 1234 5678", "0081 3 1234 5678", "001 81 3 1234 5678"]);
        assert_eq!(line("03-1234-5678", Some(Country::Code(81))), "81312345678");
        assert_eq!(line("06 1234 5678", Some(Country::Code(39))), "390612345678");
    }

    #[test]
    fn what_is_no_number_still_has_its_digits() {
        let japan = Some(Country::Named(Region::named("JP").unwrap()));
        assert_eq!(line("03-1234-5678 ext. 5", japan), line("+81 3 1234 5678 ext. 5", japan));
        assert_eq!(line("110", japan), "81110");
        assert_eq!(line("ext.", japan), "");
        // A code that no list has: as most of the world writes it.
        assert_eq!(line("071 234 567", Some(Country::Code(998))), "99871234567");
        assert_eq!(line("00 998 71 234 567", None), "99871234567");
    }

    #[test]
    fn a_country_is_two_letters_or_a_code() {
        let read = |text: &str| serde_json::from_str::<Country>(text).map_err(|error| error.to_string());
        for said in ["\"JP\"", "81", "998"] {
            assert_eq!(serde_json::to_string(&read(said).unwrap()).unwrap(), said);
        }
        assert!(read("\"XX\"").unwrap_err().contains("no country \"XX\" is known"));
        for wrong in ["0", "-1", "70000", "true"] {
            assert!(read(wrong).unwrap_err().contains("the two letters"), "{wrong}");
        }
    }

    #[test]
    fn the_list_is_in_order_and_its_prefixes_are_digits() {
        assert!(REGIONS.is_sorted_by_key(|region| region.name));
        for Region { code, trunk, abroad, digits, .. } in REGIONS {
            assert!([code, trunk, abroad].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())));
            assert!(digits.0 <= digits.1 && code.len() + usize::from(digits.1) <= 15, "{code}");
        }
    }

    proptest! {
        /// What is in the form already stays so, whichever country reads it.
        #[test]
        fn once_is_enough(text in "[+0-9() -]{0,20}", first in 0..REGIONS.len(), second in 0..REGIONS.len()) {
            if let Some(number) = e164(&text, &REGIONS[first]) {
                prop_assert_eq!(e164(&number, &REGIONS[second]), Some(number));
            }
        }
    }
}
