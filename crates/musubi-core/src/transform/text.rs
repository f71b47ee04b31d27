//! Steps on texts.

use serde::{Deserialize, Serialize};

/// How letters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = LetterCase))]
pub enum Case {
    /// All of them capitals.
    Upper,
    /// All of them small.
    Lower,
    /// The first one of each word a capital, the others small.
    Title,
}

impl Case {
    /// The text written so.
    pub(super) fn of(self, text: &str) -> String {
        match self {
            Case::Upper => text.to_uppercase(),
            Case::Lower => text.to_lowercase(),
            Case::Title => title(text),
        }
    }
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for letter in text.chars() {
        if begins {
            let mut capital = letter.to_uppercase();
            // A letter whose capital are two, such as ß, stays as it is: otherwise the second time would change it again.
            match (capital.next(), capital.next()) {
                (Some(one), None) => out.push(one),
                _ => out.push(letter),
            }
        } else {
            out.extend(letter.to_lowercase());
        }
        begins = letter.is_whitespace() || letter == '-';
    }
    out
}

/// Which part of a text is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = SplitPart))]
pub struct Split {
    /// What stands between the parts.
    pub at: String,
    /// The number of the part: 1 is the first one, -1 the last one.
    pub part: i32,
}

impl Split {
    /// That part without outer spaces; nothing if there are fewer.
    pub(super) fn of<'a>(&self, text: &'a str) -> &'a str {
        let nth = usize::try_from(self.part.unsigned_abs()).map_or(usize::MAX, |nth| nth - 1);
        let found = if self.part > 0 {
            text.split(self.at.as_str()).nth(nth)
        } else {
            text.rsplit(self.at.as_str()).nth(nth)
        };
        found.unwrap_or_default().trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        assert_eq!(Case::Title.of("anna MARIA o'neil-smith"), "Anna Maria O'neil-Smith");
        assert_eq!(Case::Upper.of("straße ａ"), "STRASSE Ａ");
        assert_eq!(Case::Lower.of("ÉCOLE"), "école");
    }

    #[test]
    fn parts() {
        let part = |text: &str, part: i32| Split { at: " ".to_owned(), part }.of(text).to_owned();
        assert_eq!(part("山田 太郎", 1), "山田");
        assert_eq!(part("山田 太郎", -1), "太郎");
        assert_eq!(part("山田", 2), "");
        assert_eq!(part("山田", i32::MIN), "");
    }
}
