//! The forms in which values are compared to find out whether two records are the same.

use crate::{
    FieldName, Sides,
    normalise::fold,
    phone::{self, Country},
};
use serde::{Deserialize, Deserializer, Serialize};

/// How the values of a match field are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum MatchForm {
    /// As their kind is: phones by their digits, everything else without regard to case, width and spaces.
    #[default]
    Plain,
    /// An e-mail address, also out of `Name <address>` or `mailto:address`.
    Email,
    /// A phone number with its country, whether it is written with it or not.
    Phone,
    /// The domain of a website or an e-mail address, without what stands before the name that was registered.
    Domain,
    /// A name, without regard to spaces, full and half width, and katakana or hiragana.
    Name,
}

/// A field by which records are recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchWanted {
    /// The left field.
    pub left: FieldName,
    /// The right field; where nothing is said, the one that the left one is mapped to, else the one of the same name.
    pub right: Option<FieldName>,
    /// How its values are compared.
    pub form: MatchForm,
    /// Per side, the country of numbers that are written without one.
    pub country: Sides<Option<Country>>,
}

impl From<&str> for MatchWanted {
    fn from(left: &str) -> MatchWanted {
        MatchWanted { left: left.into(), right: None, form: MatchForm::Plain, country: Sides::default() }
    }
}

/// A field by which records are recognised, in a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchRule {
    /// The slot.
    pub slot: u16,
    /// How its values are compared.
    pub form: MatchForm,
    /// Per side, the country of numbers that are written without one.
    #[serde(default, deserialize_with = "of_each")]
    pub country: Sides<Option<Country>>,
    /// Which way keys of this form are made: those that were made another way are made anew.
    #[serde(default)]
    pub made: u8,
}

impl MatchForm {
    /// Which way its keys are made. To be raised whenever a value gets another key than before.
    pub(crate) fn made(self) -> u8 {
        match self {
            MatchForm::Phone => 1,
            MatchForm::Plain | MatchForm::Email | MatchForm::Domain | MatchForm::Name => 0,
        }
    }
}

/// What is stored of versions that knew one country for both sides is read as that.
fn of_each<'de, D: Deserializer<'de>>(from: D) -> Result<Sides<Option<Country>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Both(Option<Country>),
        Each(Sides<Option<Country>>),
    }
    Ok(match Stored::deserialize(from)? {
        Stored::Both(country) => Sides { left: country, right: country },
        Stored::Each(country) => country,
    })
}

/// The form in which a text is compared; `None` when there is nothing to compare in it.
pub(crate) fn normal(text: &str, form: MatchForm, country: Option<Country>) -> Option<String> {
    let normal = match form {
        MatchForm::Plain => fold(text),
        MatchForm::Email => email(&fold(text)),
        MatchForm::Phone => phone::line(text, country),
        MatchForm::Domain => domain(&fold(text)),
        MatchForm::Name => name(&fold(text)),
    };
    Some(normal).filter(|normal| !normal.is_empty())
}

fn email(text: &str) -> String {
    let inner = text.rsplit_once('<').map_or(text, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    inner.trim().trim_start_matches("mailto:").to_owned()
}

/// The host of an address, down to the name that was registered: what is before it belongs to the same owner.
fn domain(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host).trim_matches(['.', ' ', '>']);
    if !host.contains('.') {
        return String::new();
    }
    psl::domain_str(host).unwrap_or(host).to_owned()
}

/// Letters and digits only, katakana as hiragana.
fn name(text: &str) -> String {
    let hiragana = |letter: char| match letter {
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
        other => other,
    };
    text.chars().filter(|letter| letter.is_alphanumeric() || *letter == 'ー').map(hiragana).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(form: MatchForm, texts: &[&str]) {
        let normal = |text: &str| normal(text, form, Some(Country::Code(81)));
        for text in texts {
            assert_eq!(normal(text), normal(texts[0]), "{text} and {}", texts[0]);
        }
        assert!(normal(texts[0]).is_some());
    }

    fn different(form: MatchForm, a: &str, b: &str) {
        assert_ne!(
            normal(a, form, Some(Country::Code(81))),
            normal(b, form, Some(Country::Code(81))),
            "{a} and {b}"
        );
    }

    #[test]
    fn what_an_earlier_version_stored_is_read_and_told_from_what_is_made_now() {
        let read = |text: &str| serde_json::from_str::<MatchRule>(text).unwrap();
        let both = |country| Sides { left: country, right: country };
        let phone = read(r#"{"slot":1,"form":"phone","country":81}"#);
        assert_eq!((phone.country, phone.made), (both(Some(Country::Code(81))), 0));
        assert_ne!(phone.made, MatchForm::Phone.made());
        let email = MatchRule { slot: 0, form: MatchForm::Email, country: Sides::default(), made: 0 };
        assert_eq!(read(r#"{"slot":0,"form":"email","country":null}"#), email);
        assert_eq!(email.made, MatchForm::Email.made());
        for rule in [phone, email] {
            assert_eq!(read(&serde_json::to_string(&rule).unwrap()), rule);
        }
    }

    #[test]
    fn phones_are_one_with_and_without_their_country() {
        same(
            MatchForm::Phone,
            &[
                "+81 3-1234-5678",
                "03-1234-5678",
                "0081 3 1234 5678",
                "０３（１２３４）５６７８",
                "+81 (0)3 1234 5678",
            ],
        );
        different(MatchForm::Phone, "+44 3 1234 5678", "03-1234-5678");
        assert_eq!(normal("03-1234", MatchForm::Phone, None), Some("031234".into()));
        assert_eq!(normal("ext.", MatchForm::Phone, None), None);
    }

    #[test]
    fn websites_are_one_by_the_name_that_was_registered() {
        same(
            MatchForm::Domain,
            &[
                "https://www.example.co.jp/about?x=1",
                "EXAMPLE.CO.JP",
                "shop.example.co.jp:8080",
                "info@example.co.jp",
            ],
        );
        different(MatchForm::Domain, "a.co.jp", "b.co.jp");
        different(MatchForm::Domain, "alice.github.io", "bob.github.io");
        assert_eq!(normal("none", MatchForm::Domain, None), None);
    }

    #[test]
    fn names_are_one_whatever_the_width_and_the_script_of_their_kana() {
        same(MatchForm::Name, &["株式会社 ムスビ", "株式会社むすび", "株式会社ﾑｽﾋﾞ", "株式会社　ムスビ"]);
        same(MatchForm::Name, &["Ｂｌｕｅ－Ｓｋｙ", "blue sky", "BLUE SKY"]);
        // The form of the company is part of its name: whether it may be left out is for a person to say.
        different(MatchForm::Name, "株式会社ムスビ", "ムスビ");
        different(MatchForm::Name, "Acme Inc.", "Acme Ltd.");
    }

    #[test]
    fn addresses_are_found_in_what_is_written_round_them() {
        same(
            MatchForm::Email,
            &["kenji@x.example", "Kenji Tanaka <KENJI@x.example>", "mailto:kenji@x.example"],
        );
    }
}
