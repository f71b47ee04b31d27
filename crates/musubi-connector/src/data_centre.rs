//! Zoho's data centres and their hosts. An account lives in exactly one; its tokens work nowhere else.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One of Zoho's data centres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataCentre {
    /// United States.
    Us,
    /// European Union.
    Eu,
    /// India.
    In,
    /// Australia.
    Au,
    /// Japan.
    Jp,
    /// China.
    Cn,
    /// Canada.
    Ca,
    /// Saudi Arabia.
    Sa,
    /// United Arab Emirates.
    Ae,
    /// United Kingdom.
    Uk,
}

use DataCentre::{Ae, Au, Ca, Cn, Eu, In, Jp, Sa, Uk, Us};

impl DataCentre {
    /// All of them, in the order of the documentation.
    pub const ALL: [DataCentre; 10] = [Us, Eu, In, Au, Jp, Cn, Ca, Sa, Ae, Uk];

    /// The short name used in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Us => "us",
            Eu => "eu",
            In => "in",
            Au => "au",
            Jp => "jp",
            Cn => "cn",
            Ca => "ca",
            Sa => "sa",
            Ae => "ae",
            Uk => "uk",
        }
    }

    /// The country or union, for people.
    pub const fn label(self) -> &'static str {
        match self {
            Us => "United States",
            Eu => "European Union",
            In => "India",
            Au => "Australia",
            Jp => "Japan",
            Cn => "China",
            Ca => "Canada",
            Sa => "Saudi Arabia",
            Ae => "United Arab Emirates",
            Uk => "United Kingdom",
        }
    }

    /// Host of the accounts server, which alone may be given secrets.
    pub const fn accounts_host(self) -> &'static str {
        match self {
            Us => "accounts.zoho.com",
            Eu => "accounts.zoho.eu",
            In => "accounts.zoho.in",
            Au => "accounts.zoho.com.au",
            Jp => "accounts.zoho.jp",
            Cn => "accounts.zoho.com.cn",
            Ca => "accounts.zohocloud.ca",
            Sa => "accounts.zoho.sa",
            Ae => "accounts.zoho.ae",
            Uk => "accounts.zoho.uk",
        }
    }

    /// The ending of the API hosts: `zohoapis.{ending}`.
    pub const fn api_ending(self) -> &'static str {
        match self {
            Us => "com",
            Eu => "eu",
            In => "in",
            Au => "com.au",
            Jp => "jp",
            Cn => "com.cn",
            Ca => "ca",
            Sa => "sa",
            Ae => "ae",
            Uk => "uk",
        }
    }

    /// Host of the CRM and Bigin API of production orgs.
    pub fn api_host(self) -> String {
        format!("www.zohoapis.{}", self.api_ending())
    }

    /// Every host that may serve the CRM and Bigin API of this data centre: production, sandbox and developer orgs, and file upload.
    pub fn api_hosts(self) -> [String; 5] {
        let ending = self.api_ending();
        [
            format!("www.zohoapis.{ending}"),
            format!("zohoapis.{ending}"),
            format!("sandbox.zohoapis.{ending}"),
            format!("developer.zohoapis.{ending}"),
            format!("content.zohoapis.{ending}"),
        ]
    }

    /// Host of the Desk API.
    pub const fn desk_host(self) -> &'static str {
        match self {
            Us => "desk.zoho.com",
            Eu => "desk.zoho.eu",
            In => "desk.zoho.in",
            Au => "desk.zoho.com.au",
            Jp => "desk.zoho.jp",
            Cn => "desk.zoho.com.cn",
            Ca => "desk.zohocloud.ca",
            Sa => "desk.zoho.sa",
            Ae => "desk.zoho.ae",
            Uk => "desk.zoho.uk",
        }
    }

    /// Host of the Campaigns API; four data centres name none.
    pub const fn campaigns_host(self) -> Option<&'static str> {
        match self {
            Us => Some("campaigns.zoho.com"),
            Eu => Some("campaigns.zoho.eu"),
            In => Some("campaigns.zoho.in"),
            Au => Some("campaigns.zoho.com.au"),
            Jp => Some("campaigns.zoho.jp"),
            Cn => Some("campaigns.zoho.com.cn"),
            Ca | Sa | Ae | Uk => None,
        }
    }

    /// The data centre whose accounts server this is: a full `https` address as in `accounts-server`, or a bare host.
    pub fn of_accounts_server(address: &str) -> Option<DataCentre> {
        let host = address.strip_prefix("https://").unwrap_or(address);
        let host = host.strip_suffix('/').unwrap_or(host);
        DataCentre::ALL.into_iter().find(|centre| centre.accounts_host() == host)
    }
}

impl fmt::Display for DataCentre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no data centre.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no Zoho data centre; there are us, eu, in, au, jp, cn, ca, sa, ae and uk{hint}")]
pub struct UnknownDataCentre {
    /// What was given.
    pub given: String,
    /// A better guess, as a half sentence.
    pub hint: String,
}

impl FromStr for DataCentre {
    type Err = UnknownDataCentre;

    fn from_str(text: &str) -> Result<DataCentre, UnknownDataCentre> {
        let wanted = text.trim().to_ascii_lowercase();
        if let Some(centre) = DataCentre::ALL.into_iter().find(|centre| centre.name() == wanted) {
            return Ok(centre);
        }
        let ending = wanted.rsplit("zoho.").next().unwrap_or(&wanted).trim_start_matches('.');
        let guess = DataCentre::ALL
            .into_iter()
            .find(|centre| centre.api_ending() == ending || centre.label().eq_ignore_ascii_case(&wanted));
        let hint =
            guess.map_or(String::new(), |centre| format!(" (did you mean {centre}, {}?)", centre.label()));
        Err(UnknownDataCentre { given: text.to_owned(), hint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for centre in DataCentre::ALL {
            assert_eq!(centre.name().parse(), Ok(centre));
            assert_eq!(centre.name().to_uppercase().parse(), Ok(centre));
            assert_eq!(
                DataCentre::of_accounts_server(&format!("https://{}", centre.accounts_host())),
                Some(centre)
            );
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones_and_guesses() {
        let error = |text: &str| text.parse::<DataCentre>().unwrap_err().to_string();
        assert_eq!(
            error("mars"),
            "\"mars\" is no Zoho data centre; there are us, eu, in, au, jp, cn, ca, sa, ae and uk"
        );
        assert!(error(".com.au").ends_with("(did you mean au, Australia?)"));
        assert!(error("japan").ends_with("(did you mean jp, Japan?)"));
    }

    #[test]
    fn a_look_alike_accounts_server_is_refused() {
        for address in
            ["https://accounts.zoho.com.evil.example", "http://accounts.zoho.com", "https://accounts.zoho.co"]
        {
            assert_eq!(DataCentre::of_accounts_server(address), None, "{address}");
        }
    }
}
