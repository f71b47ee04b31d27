//! Sends a message to one address.

use crate::mail;
use crate::message::Message;
use crate::refused::Refused;
use crate::settings::Settings;
use crate::webhook;
use musubi_connector::Secret;
use musubi_connector::http::{HttpOptions, Pool};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// One receiver. Each is sent to, and tried again, by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A person.
    Mail(String),
    /// The program.
    Webhook,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Mail(who) => write!(f, "mail:{who}"),
            Address::Webhook => f.write_str("webhook"),
        }
    }
}

impl FromStr for Address {
    type Err = ();

    fn from_str(text: &str) -> Result<Address, ()> {
        match text.strip_prefix("mail:") {
            Some(who) => Ok(Address::Mail(who.to_owned())),
            None if text == "webhook" => Ok(Address::Webhook),
            None => Err(()),
        }
    }
}

impl Address {
    /// Whether the settings name it.
    pub fn is_in(&self, settings: &Settings) -> bool {
        Address::of(settings).contains(self)
    }

    /// All receivers.
    pub fn of(settings: &Settings) -> Vec<Address> {
        let people = settings.smtp.iter().flat_map(|smtp| &smtp.to).cloned().map(Address::Mail);
        people.chain(settings.webhook.iter().map(|_| Address::Webhook)).collect()
    }
}

/// What is kept apart from the settings, encrypted.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// The password at the mail server.
    pub smtp_password: Option<Secret>,
    /// What webhooks are signed with.
    pub webhook_secret: Option<Secret>,
}

/// Sends messages. The connections for webhooks are made when the first one goes out.
#[derive(Debug, Default)]
pub struct Sender {
    pool: Mutex<Option<Pool>>,
}

impl Sender {
    /// Sends one message to one address, once, and gives what the receiver said to it. `now` is in milliseconds since 1970.
    pub async fn send(
        &self,
        settings: &Settings,
        secrets: &Secrets,
        address: &Address,
        message: &Message,
        now: i64,
    ) -> Result<String, Refused> {
        let gone = || {
            Refused::new(
                "notices.address",
                format!("{address} is not among the receivers any more"),
                "nothing; who is named in the settings is told from now on",
            )
        };
        match (address, &settings.smtp, &settings.webhook) {
            (Address::Mail(who), Some(smtp), _) if smtp.to.contains(who) => {
                mail::send(smtp, secrets.smtp_password.as_ref(), who, message).await
            }
            (Address::Webhook, _, Some(webhook)) => {
                let pool = self.pool()?;
                webhook::send(webhook, secrets.webhook_secret.as_ref(), &pool, message, now).await
            }
            _ => Err(gone()),
        }
    }

    fn pool(&self) -> Result<Pool, Refused> {
        let mut kept = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = &*kept {
            return Ok(pool.clone());
        }
        let options = HttpOptions { max_answer: 64 << 10, ..HttpOptions::default() };
        let made = Pool::new(options).map_err(|error| {
            Refused::new(
                "notices.webhook",
                error.to_string(),
                "`musubi doctor` checks what the program needs",
            )
        })?;
        Ok(kept.insert(made).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_and_read() {
        for address in [Address::Mail("a@b.example".into()), Address::Webhook] {
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        assert_eq!("pigeon".parse::<Address>(), Err(()));
    }
}
