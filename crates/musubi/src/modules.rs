//! A module of an integration, as it is named in an argument.

use std::str::FromStr;

/// `tokyo-london/Contacts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The integration.
    pub integration: String,
    /// The left module, or both as in `Contacts:Leads`.
    pub module: String,
}

impl FromStr for Named {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Named, Self::Err> {
        match text.split_once('/') {
            Some((integration, module)) if !integration.is_empty() && !module.is_empty() => {
                Ok(Named { integration: integration.to_owned(), module: module.to_owned() })
            }
            _ => Err("name the integration and its left module, such as tokyo-london/Contacts"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_are_needed() {
        let named = "tokyo-london/Contacts".parse::<Named>().unwrap();
        assert_eq!((named.integration.as_str(), named.module.as_str()), ("tokyo-london", "Contacts"));
        for wrong in ["tokyo-london", "/Contacts", "tokyo-london/"] {
            assert!(wrong.parse::<Named>().is_err(), "{wrong}");
        }
    }
}
