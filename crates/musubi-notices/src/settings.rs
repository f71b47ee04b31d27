//! Who is told of what, and how: the table `[notices]` of the configuration. Secrets never stand here.

use crate::language::Language;
use crate::refused::Refused;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};
use url::{Host, Url};
use utoipa::ToSchema;

/// Who is told of what, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeSettings)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Settings {
    /// The language of mails, and of the text of webhooks.
    #[serde(default)]
    pub language: Language,
    /// The zone of times in mails and of `digest`, such as `Asia/Tokyo`; UTC, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When on each day it is told what is unresolved, such as `09:00`; never, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What is told; everything, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Event>>,
    /// A service that does not answer is told of after so many minutes; 15, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1440)]
    pub unreachable_minutes: Option<u32>,
    /// The address of the console, for links; where services reach the hub, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
    /// By mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp: Option<Smtp>,
    /// By a call to a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
}

/// What can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeEvent)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The first load of a module is done.
    FirstLoad,
    /// A comparison of everything that is made from time to time found records that were not in agreement.
    Drift,
    /// An integration was paused, or a module of it.
    Paused,
    /// A module pair was deactivated.
    Inactive,
    /// An integration was removed.
    Removed,
    /// A module stopped: a breaker holds it, or something keeps it from working.
    Stopped,
    /// Something waits for a person's decision.
    Decision,
    /// Records failed, and are not tried again before somebody mends what is wrong.
    Failed,
    /// A service refuses the credential: somebody has to connect again.
    Login,
    /// A service has not answered for long.
    Unreachable,
    /// What was told before is over.
    Recovered,
    /// The daily count of what is unresolved.
    Digest,
    /// Somebody tries whether notices arrive.
    Test,
}

impl Event {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Event::FirstLoad => "first_load",
            Event::Drift => "drift",
            Event::Paused => "paused",
            Event::Inactive => "inactive",
            Event::Removed => "removed",
            Event::Stopped => "stopped",
            Event::Decision => "decision",
            Event::Failed => "failed",
            Event::Login => "login",
            Event::Unreachable => "unreachable",
            Event::Recovered => "recovered",
            Event::Digest => "digest",
            Event::Test => "test",
        }
    }

    /// From its name.
    pub fn named(name: &str) -> Option<Event> {
        serde_json::from_value(serde_json::Value::from(name)).ok()
    }
}

/// A mail server, and who writes to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeSmtp)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Smtp {
    /// Its name, such as `smtp.example.com`.
    #[schema(min_length = 1, max_length = 255)]
    pub server: String,
    /// Its port; 587 with `starttls`, 465 with `tls`, 25 with `none`, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 65535)]
    pub port: Option<u16>,
    /// How the line is encrypted.
    #[serde(default)]
    pub tls: Tls,
    /// Who logs in; nobody does, if nothing is said. The password is a secret of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The sender, such as `Musubi <musubi@example.com>`.
    pub from: String,
    /// The receivers. Each gets a mail of their own.
    #[schema(min_items = 1, max_items = 20)]
    pub to: Vec<String>,
}

impl Smtp {
    /// The port that counts.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        })
    }
}

/// How the line to a mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeTls)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// It begins in the clear, and must become encrypted before anything is said.
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
    /// Not at all: for a relay on the same machine or in a network of one's own.
    None,
}

/// A program that is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeWebhook)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Webhook {
    /// Its address.
    #[schema(min_length = 1, max_length = 2000)]
    pub url: String,
}

impl Settings {
    /// Whether this is told.
    pub fn tells(&self, event: Event) -> bool {
        match (event, &self.events) {
            (Event::Test, _) | (_, None) => true,
            (_, Some(events)) => events.contains(&event),
        }
    }

    /// The zone that counts.
    pub fn time_zone(&self) -> TimeZone {
        let named = self.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        named.unwrap_or(TimeZone::UTC)
    }

    /// When the digest is due on each day.
    pub fn digest_at(&self) -> Option<Time> {
        self.digest.as_deref().and_then(time)
    }

    /// Checks everything that can be checked without asking anybody.
    pub fn check(&self) -> Result<(), Refused> {
        let wrong = |what: String, hint: &'static str| Err(Refused::new("config.notices", what, hint));
        if let Some(zone) = self.zone.as_deref().filter(|zone| TimeZone::get(zone).is_err()) {
            return wrong(
                format!("notices.zone {zone:?} is no time zone"),
                "name one as in Asia/Tokyo or Europe/London",
            );
        }
        if let Some(at) = self.digest.as_deref().filter(|at| time(at).is_none()) {
            return wrong(format!("notices.digest {at:?} is no time of day"), "write it as in 09:00");
        }
        if self.unreachable_minutes.is_some_and(|minutes| minutes > 1_440) {
            return wrong(
                "notices.unreachable_minutes is more than a day".to_owned(),
                "set it to 0 to 1,440 minutes",
            );
        }
        if self.events.iter().flatten().any(|event| *event == Event::Test) {
            return wrong(
                "notices.events names test, which is not told by itself".to_owned(),
                "leave it out: `musubi notices --test` sends one",
            );
        }
        for (key, url) in [
            ("console", self.console.as_deref()),
            ("webhook.url", self.webhook.as_ref().map(|webhook| webhook.url.as_str())),
        ] {
            if let Some(url) = url.filter(|url| address(url).is_none()) {
                return wrong(
                    format!("notices.{key} {url:?} is no address"),
                    "begin with https:// or http://, and give no user or password in it",
                );
            }
        }
        self.smtp.as_ref().map_or(Ok(()), check_smtp)
    }
}

fn check_smtp(smtp: &Smtp) -> Result<(), Refused> {
    let wrong = |what: String, hint: &'static str| Err(Refused::new("config.notices", what, hint));
    if Host::parse(&smtp.server).is_err() || smtp.port == Some(0) {
        return wrong(
            format!("notices.smtp.server {:?} is no mail server", smtp.server),
            "name a host, such as smtp.example.com, and its port as `port`",
        );
    }
    if smtp.to.is_empty() || smtp.to.len() > 20 {
        return wrong("notices.smtp.to names nobody, or more than 20".to_owned(), "name one address or more");
    }
    for (key, who) in [("from", &smtp.from)].into_iter().chain(smtp.to.iter().map(|who| ("to", who))) {
        if who.parse::<Mailbox>().is_err() {
            return wrong(
                format!("notices.smtp.{key} {who:?} is no mail address"),
                "write musubi@example.com, or Musubi <musubi@example.com>",
            );
        }
    }
    if smtp.tls == Tls::None && smtp.user.is_some() && !is_here(&smtp.server) {
        return wrong(
            "notices.smtp would send its password over a line that is not encrypted".to_owned(),
            "set tls = \"starttls\" or \"tls\", or leave the user out",
        );
    }
    Ok(())
}

/// This very machine.
fn is_here(server: &str) -> bool {
    match Host::parse(server) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

/// Where a call or a link can go.
pub(crate) fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let fine = matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none();
    fine.then_some(url)
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str, digits: usize| {
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<i8>().ok())
            .flatten()
    };
    Time::new(number(hour, 2)?, number(minute, 2)?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(change: impl FnOnce(&mut Smtp)) -> Settings {
        let mut smtp = Smtp {
            server: "smtp.example.com".into(),
            port: None,
            tls: Tls::Starttls,
            user: Some("musubi".into()),
            from: "Musubi <musubi@example.com>".into(),
            to: vec!["ops@example.com".into()],
        };
        change(&mut smtp);
        Settings { smtp: Some(smtp), ..Settings::default() }
    }

    fn refused(settings: &Settings, about: &str) {
        let error = settings.check().unwrap_err();
        assert_eq!(error.code, "config.notices");
        assert!(error.message.contains(about), "{}", error.message);
    }

    #[test]
    fn what_cannot_work_is_said_before_it_is_kept() {
        smtp(|_| ()).check().unwrap();
        smtp(|smtp| (smtp.tls, smtp.server) = (Tls::None, "127.0.0.1".into())).check().unwrap();
        smtp(|smtp| (smtp.tls, smtp.user) = (Tls::None, None)).check().unwrap();
        refused(&smtp(|smtp| smtp.tls = Tls::None), "not encrypted");
        refused(&smtp(|smtp| smtp.to.clear()), "smtp.to");
        refused(&smtp(|smtp| smtp.to.push("nobody".into())), "\"nobody\"");
        refused(&smtp(|smtp| smtp.from = "a@b@c".into()), "smtp.from");
        refused(&smtp(|smtp| smtp.server = "smtp example".into()), "smtp.server");
        let zone = Settings { zone: Some("Asia/Tokio".into()), ..Settings::default() };
        refused(&zone, "Asia/Tokio");
        for at in ["9:00", "24:00", "09:0", "noon", "09:00:00", "+9:00"] {
            refused(&Settings { digest: Some(at.into()), ..Settings::default() }, at);
        }
        for url in ["hooks.example.com", "ftp://a", "https://user:secret@a.example"] {
            let webhook = Some(Webhook { url: url.into() });
            refused(&Settings { webhook, ..Settings::default() }, "webhook.url");
        }
        let test = Settings { events: Some(vec![Event::Test]), ..Settings::default() };
        refused(&test, "test");
    }

    #[test]
    fn what_is_not_said_is_told() {
        assert!(Settings::default().tells(Event::Stopped));
        let some = Settings { events: Some(vec![Event::FirstLoad]), ..Settings::default() };
        assert!(some.tells(Event::FirstLoad) && !some.tells(Event::Stopped) && some.tells(Event::Test));
        assert_eq!(Event::named("first_load"), Some(Event::FirstLoad));
        assert_eq!(Event::named(Event::Unreachable.name()), Some(Event::Unreachable));
    }
}
