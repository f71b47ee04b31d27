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

/// An integration, or one of its modules: `tokyo-london` or `tokyo-london/Contacts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The integration.
    pub integration: String,
    /// The left module, or both as in `Contacts:Leads`; none stands for all of it.
    pub module: Option<String>,
}

impl FromStr for Whole {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Whole, Self::Err> {
        if text.contains('/') {
            let Named { integration, module } = text.parse()?;
            return Ok(Whole { integration, module: Some(module) });
        }
        match text {
            "" => Err("name the integration, or one of its modules such as tokyo-london/Contacts"),
            name => Ok(Whole { integration: name.to_owned(), module: None }),
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

    #[test]
    fn an_integration_is_named_alone_or_with_a_module() {
        let whole = |text: &str| text.parse::<Whole>().map(|whole| (whole.integration, whole.module));
        assert_eq!(whole("tl"), Ok(("tl".to_owned(), None)));
        assert_eq!(whole("tl/Contacts:Leads"), Ok(("tl".to_owned(), Some("Contacts:Leads".to_owned()))));
        for wrong in ["", "/", "tl/"] {
            assert!(whole(wrong).is_err(), "{wrong}");
        }
    }
}
