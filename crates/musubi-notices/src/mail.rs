//! By mail, over SMTP.

use crate::message::Message;
use crate::refused::{Refused, words};
use crate::settings::{Smtp, Tls};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use musubi_connector::Secret;
use std::time::{Duration, UNIX_EPOCH};

const TIMEOUT: Duration = Duration::from_secs(20);

/// Nobody's out-of-office answers this (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(AutoSubmitted::name(), "auto-generated".to_owned())
    }
}

pub(crate) async fn send(
    smtp: &Smtp,
    password: Option<&Secret>,
    to: &str,
    message: &Message,
) -> Result<String, Refused> {
    let letter = letter(smtp, to, message)?;
    let mut builder = match smtp.tls {
        Tls::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.server),
        Tls::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&smtp.server)
            .map_err(|error| said(&error))?,
        Tls::Tls => {
            AsyncSmtpTransport::<Tokio1Executor>::relay(&smtp.server).map_err(|error| said(&error))?
        }
    };
    builder = builder.port(smtp.port()).timeout(Some(TIMEOUT));
    if let Some(user) = &smtp.user {
        let password = password.ok_or_else(|| {
            Refused::new(
                "notices.smtp_password",
                format!("there is no password for {user} at {}", smtp.server),
                "give one in the console, or set MUSUBI_NOTICES_SMTP_PASSWORD and apply again",
            )
        })?;
        builder = builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()));
    }
    let answer = builder.build().send(letter).await.map_err(|error| said(&error))?;
    let text: Vec<&str> = answer.message().collect();
    Ok(words(&format!("{} {}", answer.code(), text.join(" "))))
}

fn letter(smtp: &Smtp, to: &str, message: &Message) -> Result<Letter, Refused> {
    let invalid = |what: String| {
        Refused::new("notices.mail", what, "apply the configuration again with notices.smtp mended")
    };
    let mailbox = |text: &str| {
        text.parse::<Mailbox>().map_err(|error| invalid(format!("{text:?} is no mail address: {error}")))
    };
    let from = mailbox(&smtp.from)?;
    // The same each time, so that a mail that is sent twice is one to whoever looks at it.
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(message.at).unwrap_or(0));
    Letter::builder()
        .from(from)
        .to(mailbox(to)?)
        .subject(&message.subject)
        .date(at)
        .message_id(Some(id))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(message.text.clone())
        .map_err(|error| invalid(error.to_string()))
}

/// What the server said, in its own words.
fn said(error: &Error) -> Refused {
    let text = words(&innermost(error));
    if let Some(status) = error.status() {
        let code: String = status.to_string();
        // 530, 534, 535, 538: about who logs in.
        return if code.starts_with("53") {
            let hint = "check notices.smtp.user and the password";
            Refused::new(
                "notices.smtp_login",
                format!("the mail server does not let us in: {code} {text}"),
                hint,
            )
        } else {
            let hint = "the mail server's own words say what it does not like";
            Refused::new("notices.smtp_refused", format!("the mail server said: {code} {text}"), hint)
        };
    }
    if error.is_tls() {
        return Refused::new(
            "notices.smtp_tls",
            format!("the line to the mail server cannot be encrypted: {text}"),
            "check the name of the server, and whether it speaks `starttls` or `tls` on that port",
        );
    }
    if error.is_client() {
        return Refused::new(
            "notices.smtp_client",
            format!("the mail server cannot be used: {text}"),
            "check `tls` and `user` of notices.smtp: the server does not offer what they ask for",
        );
    }
    Refused::new(
        "notices.smtp_unreachable",
        format!("the mail server does not answer: {text}"),
        "check the server and its port, and that this machine may reach it",
    )
}

/// The innermost reason, which is where the server's words stand.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut reason = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
