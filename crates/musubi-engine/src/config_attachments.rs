//! Whether the files that hang on the records of a module pair are carried over, and within which limits.

use crate::error::{HubError, Result};
use crate::table::WordOrTable;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest file that may be asked for, in megabytes: what the service itself takes.
const LARGEST_MB: u32 = 20;
/// Looks at pairs cost calls; at least so many a day, or nothing would ever be found.
const FEWEST_CALLS: u32 = 10;
const MOST_CALLS: u32 = 10_000_000;

/// `true`, `false`, or a table that says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AttachmentChoice {
    /// All of them, or none.
    Switch(bool),
    /// All of them, within these limits.
    Limits(AttachmentLimits),
}

impl<'de> Deserialize<'de> for AttachmentChoice {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<AttachmentChoice, D::Error> {
        let reader: WordOrTable<String, _, _> = WordOrTable {
            expecting: "attachments is true, false, or a table such as { max_mb = 10 }",
            word: None,
            table: AttachmentChoice::Limits,
            switch: Some(AttachmentChoice::Switch),
        };
        reader.read(from)
    }
}

impl Default for AttachmentChoice {
    fn default() -> AttachmentChoice {
        AttachmentChoice::Switch(false)
    }
}

/// The limits within which attachments are carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachmentLimits {
    /// Larger files stay where they are, and that is told; in megabytes of 1,048,576 bytes.
    #[serde(default = "largest_mb")]
    #[schema(minimum = 1, maximum = 20)]
    pub max_mb: u32,
    /// Calls, of both sides together, that may be made in 24 hours to look for attachments of pairs that were not changed.
    #[serde(default = "calls_a_day")]
    #[schema(minimum = 10, maximum = 10000000)]
    pub calls_a_day: u32,
}

fn largest_mb() -> u32 {
    LARGEST_MB
}

fn calls_a_day() -> u32 {
    2_000
}

impl AttachmentChoice {
    /// The limits, if attachments are carried over at all.
    pub fn limits(self) -> Option<AttachmentLimits> {
        match self {
            AttachmentChoice::Switch(false) => None,
            AttachmentChoice::Switch(true) => {
                Some(AttachmentLimits { max_mb: largest_mb(), calls_a_day: calls_a_day() })
            }
            AttachmentChoice::Limits(limits) => Some(limits),
        }
    }

    /// Refuses limits that cannot be.
    pub(crate) fn check(self, module: &str) -> Result<()> {
        let Some(AttachmentLimits { max_mb, calls_a_day }) = self.limits() else { return Ok(()) };
        for (name, value, least, most) in
            [("max_mb", max_mb, 1, LARGEST_MB), ("calls_a_day", calls_a_day, FEWEST_CALLS, MOST_CALLS)]
        {
            if !(least..=most).contains(&value) {
                return Err(HubError::new(
                    "config.attachments",
                    format!("{module}: {name} of attachments is {value}"),
                    format!("set it to {least} to {most}"),
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn config(attachments: &str) -> Result<Config> {
        Config::parse(&format!(
            "[connections.a]\nservice = \"crm\"\ndata_centre = \"jp\"\n[connections.b]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
             [integrations.i]\nleft = \"a\"\nright = \"b\"\n[[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n{attachments}\n"
        ))
    }

    // C-44
    #[test]
    fn attachments_stay_where_they_are_unless_they_are_asked_for() {
        let limits = |text: &str| {
            let config = config(text).unwrap();
            assert_eq!(Config::parse(&config.to_toml()).unwrap(), config);
            config.integrations["i"].modules[0].attachments.limits()
        };
        assert_eq!(limits(""), None);
        assert_eq!(limits("attachments = false"), None);
        assert!(!config("").unwrap().to_toml().contains("attachments"));
        let all = AttachmentLimits { max_mb: 20, calls_a_day: 2_000 };
        assert_eq!(limits("attachments = true"), Some(all));
        let small = AttachmentLimits { max_mb: 5, ..all };
        assert_eq!(limits("attachments = { max_mb = 5 }"), Some(small));
    }

    #[test]
    fn limits_that_cannot_be_are_refused() {
        for text in ["max_mb = 0", "max_mb = 21", "calls_a_day = 9"] {
            let wrong = config(&format!("attachments = {{ {text} }}")).unwrap_err();
            assert_eq!(wrong.code, "config.attachments", "{text}");
        }
        let wrong = config("attachments = \"yes\"").unwrap_err();
        assert!(wrong.message.contains("attachments is true, false, or a table"), "{wrong:?}");
    }
}
