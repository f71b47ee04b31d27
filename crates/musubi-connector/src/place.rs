//! Where a connection's service answers: a data centre, or one address for everything (a sandbox).

use crate::{CallError, CallErrorKind, data_centre::DataCentre};
use url::{Origin, Url};

/// Where a connection's service answers. Nothing is ever sent to any other host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Zoho's own hosts.
    DataCentre(DataCentre),
    /// One address for all services: the sandbox, or a proxy in front of a service.
    BaseUrl(Url),
}

impl Place {
    /// From the `base_url` of a configuration: `http` or `https` with a host, without query, fragment or user.
    pub fn base_url(text: &str) -> Result<Place, CallError> {
        let refuse = |why: &str| {
            CallError::new(
                CallErrorKind::Refused,
                "INVALID_BASE_URL",
                format!("{text:?} is no base_url: {why}"),
            )
        };
        let mut url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("it must begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("it must not hold a user or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it must end with the path"));
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Place::BaseUrl(url))
    }

    /// The accounts server, which alone is given secrets.
    pub fn accounts(&self) -> Url {
        match self {
            Place::DataCentre(centre) => https(centre.accounts_host()),
            Place::BaseUrl(url) => url.clone(),
        }
    }

    /// The CRM and Bigin API.
    ///
    /// A token may name another host of the same data centre (`api_domain`: sandbox and developer orgs); one of another data centre is an error.
    pub fn api(&self, api_domain: Option<&str>) -> Result<Url, CallError> {
        match (self, api_domain) {
            (Place::BaseUrl(url), _) => Ok(url.clone()),
            (Place::DataCentre(centre), None) => Ok(https(&centre.api_host())),
            (Place::DataCentre(centre), Some(domain)) => {
                let host = domain.strip_prefix("https://").unwrap_or(domain).trim_end_matches('/');
                if centre.api_hosts().iter().any(|known| known == host) {
                    return Ok(https(host));
                }
                let hint = DataCentre::ALL
                    .into_iter()
                    .find(|other| other.api_hosts().iter().any(|known| known == host))
                    .map_or("which is no host of Zoho's".to_owned(), |other| {
                        format!("which belongs to {other}: set data_centre = \"{other}\"")
                    });
                Err(CallError::new(
                    CallErrorKind::Auth,
                    "WRONG_DATA_CENTRE",
                    format!("this account's API is at {host}, {hint}; the connection says {centre}"),
                ))
            }
        }
    }

    /// The origins that may be talked to.
    pub fn origins(&self) -> Vec<Origin> {
        match self {
            Place::BaseUrl(url) => vec![url.origin()],
            Place::DataCentre(centre) => {
                let mut hosts = vec![centre.accounts_host().to_owned(), centre.desk_host().to_owned()];
                hosts.extend(centre.api_hosts());
                hosts.extend(centre.campaigns_host().map(str::to_owned));
                hosts.iter().map(|host| https(host).origin()).collect()
            }
        }
    }

    /// Checks the `accounts-server` that came back with an authorization code, before the secret is sent there.
    pub fn confirmed(&self, accounts_server: &str) -> Result<Place, CallError> {
        let refused = || {
            CallError::new(
                CallErrorKind::Refused,
                "UNKNOWN_ACCOUNTS_SERVER",
                "the sign-in came back naming an accounts server that is not Zoho's; nothing was sent to it",
            )
        };
        match self {
            Place::DataCentre(_) => {
                DataCentre::of_accounts_server(accounts_server).map(Place::DataCentre).ok_or_else(refused)
            }
            Place::BaseUrl(url) => {
                let same = Url::parse(accounts_server).is_ok_and(|given| given.origin() == url.origin());
                if same { Ok(self.clone()) } else { Err(refused()) }
            }
        }
    }
}

fn https(host: &str) -> Url {
    Url::parse(&format!("https://{host}/")).expect("hosts of the table are valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_of_the_table_is_a_valid_url() {
        for centre in DataCentre::ALL {
            let place = Place::DataCentre(centre);
            assert!(place.origins().contains(&place.accounts().origin()));
            assert!(place.origins().contains(&place.api(None).unwrap().origin()));
        }
    }

    #[test]
    fn a_token_of_another_data_centre_says_which() {
        let place = Place::DataCentre(DataCentre::Us);
        let error = place.api(Some("https://www.zohoapis.jp")).unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Auth);
        assert!(error.service.message.contains("set data_centre = \"jp\""), "{error}");
        assert!(place.api(Some("https://sandbox.zohoapis.com")).is_ok());
        assert!(place.api(Some("https://www.zohoapis.com.evil.example")).is_err());
    }

    #[test]
    fn the_accounts_server_is_checked_before_secrets_are_sent() {
        let place = Place::DataCentre(DataCentre::Us);
        assert_eq!(place.confirmed("https://accounts.zoho.eu").unwrap(), Place::DataCentre(DataCentre::Eu));
        assert!(place.confirmed("https://accounts.zoho.evil.example").is_err());
        let sandbox = Place::base_url("http://127.0.0.1:8090").unwrap();
        assert!(sandbox.confirmed("http://127.0.0.1:8090").is_ok());
        assert!(sandbox.confirmed("http://127.0.0.1:8091").is_err());
    }

    #[test]
    fn a_bad_base_url_says_why() {
        for bad in ["127.0.0.1:8090", "ftp://x/", "http://u:p@x/", "http://x/?a=b", ""] {
            let error = Place::base_url(bad).unwrap_err();
            assert_eq!(error.service.code, "INVALID_BASE_URL", "{bad}");
        }
    }
}
