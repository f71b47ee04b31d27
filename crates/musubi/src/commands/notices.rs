//! `musubi notices`: who is told of what, what was told lately, and whether it arrives.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::{output, store};
use jiff::Timestamp;
use musubi_engine::Hub;
use musubi_engine::notices::{Delivery, Kept, Notice, Tried};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  musubi notices
  musubi notices --limit 100 --json | jq '.notices[] | select(.event == \"first_load\")'
  musubi notices --test                 sends a test to everybody, and says what their servers answered

Who is told of what stands in the table [notices] of the configuration: `musubi apply`. The secrets come from
MUSUBI_NOTICES_SMTP_PASSWORD and MUSUBI_NOTICES_WEBHOOK_SECRET, or the console. A test ends with 7 when it did not reach everybody.";

/// Show who is told of what, and what was told lately; or send a test.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Send a test to everybody whom the settings name.
    #[arg(long)]
    test: bool,
    /// So many of the latest notices.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000), conflicts_with = "test")]
    limit: u16,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    kept: Kept,
    notices: Vec<Notice>,
}

/// Reads the store, or sends a test from here.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    if arguments.test {
        let tried = hub.test_notices().await?;
        context.output.report(&tried, |tried| trial(tried))?;
        return Ok(if tried.iter().all(|tried| tried.arrived) { Exit::Done } else { Exit::Service });
    }
    let report = Report {
        kept: hub.notice_settings().await?,
        notices: hub.notices(None, usize::from(arguments.limit)).await?,
    };
    context.output.report(&report, text)?;
    Ok(Exit::Done)
}

fn text(report: &Report) -> String {
    let mut text = receivers(&report.kept);
    if report.notices.is_empty() {
        return text + "\nNothing was told yet.";
    }
    let heading = ["AT", "WHAT", "RECEIVERS"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for notice in &report.notices {
        rows.push(vec![time(notice.at), notice.subject.clone(), went_out(&notice.deliveries)]);
    }
    text += "\n";
    text += &output::table(&rows);
    text
}

fn receivers(kept: &Kept) -> String {
    let mut lines = Vec::new();
    if let Some(smtp) = &kept.settings.smtp {
        let password = match (&smtp.user, kept.has_smtp_password) {
            (Some(user), true) => format!(" as {user}"),
            (Some(user), false) => format!(" as {user}, WITHOUT A PASSWORD"),
            (None, _) => String::new(),
        };
        lines.push(format!("mail to {} by {}:{}{password}", smtp.to.join(", "), smtp.server, smtp.port()));
    }
    if let Some(webhook) = &kept.settings.webhook {
        let secret = if kept.has_webhook_secret { "" } else { ", WITHOUT A SECRET to sign with" };
        lines.push(format!("webhook to {}{secret}", webhook.url));
    }
    if lines.is_empty() {
        lines.push("Nobody is told: notices are shown here and in the console only.".to_owned());
    }
    lines.join("\n") + "\n"
}

fn went_out(deliveries: &[Delivery]) -> String {
    if deliveries.is_empty() {
        return "–".to_owned();
    }
    let arrived = deliveries.iter().filter(|delivery| delivery.done_at.is_some()).count();
    let mut text = format!("{arrived} of {}", deliveries.len());
    for delivery in deliveries.iter().filter(|delivery| delivery.done_at.is_none()) {
        if let Some(error) = &delivery.error {
            let next = delivery.due.map_or("given up".to_owned(), |due| format!("again at {}", time(due)));
            text += &format!("; {}: {} [{}] ({next})", delivery.address, error.message, error.code);
        }
    }
    text
}

fn time(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis);
    at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

fn trial(tried: &[Tried]) -> String {
    if tried.is_empty() {
        return "Nobody is told: the configuration has no [notices.smtp] and no [notices.webhook]."
            .to_owned();
    }
    let lines = tried.iter().map(|tried| {
        let Tried { address, message, .. } = tried;
        match (&tried.code, &tried.hint) {
            (Some(code), Some(hint)) => format!("FAILED  {address}: {message} [{code}]\n        {hint}"),
            _ => format!("ok      {address}: {message}"),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_engine::Problem;
    use musubi_engine::notices::{Event, Settings, Smtp, Tls, Webhook};

    fn delivery(address: &str, done_at: Option<i64>) -> Delivery {
        let error = done_at.is_none().then(|| Problem {
            code: "notices.smtp_refused".into(),
            message: "the mail server said: 550 no such user".into(),
            hint: "check the addresses".into(),
        });
        Delivery { address: address.into(), done_at, due: None, tries: i64::from(done_at.is_none()), error }
    }

    #[test]
    fn what_a_person_reads() {
        let smtp = Smtp {
            server: "smtp.example.com".into(),
            port: None,
            tls: Tls::Starttls,
            user: Some("musubi".into()),
            from: "musubi@example.com".into(),
            to: vec!["ops@example.com".into()],
        };
        let webhook = Some(Webhook { url: "https://hooks.example.com/m".into() });
        let settings = Settings { smtp: Some(smtp), webhook, ..Settings::default() };
        let notice = Notice {
            id: 1,
            at: 1_795_737_600_000,
            event: Event::FirstLoad,
            integration: Some("tokyo-london".into()),
            subject: "tokyo-london: first load done (Contacts)".into(),
            matters: Vec::new(),
            over: Vec::new(),
            deliveries: vec![delivery("mail:ops@example.com", None), delivery("webhook", Some(1))],
        };
        let kept = Kept { settings, has_smtp_password: false, has_webhook_secret: true };
        let told = text(&Report { kept, notices: vec![notice] });
        for part in [
            "mail to ops@example.com by smtp.example.com:587 as musubi, WITHOUT A PASSWORD\n",
            "webhook to https://hooks.example.com/m\n",
            "1 of 2; mail:ops@example.com: the mail server said: 550 no such user [notices.smtp_refused] (given up)",
        ] {
            assert!(told.contains(part), "{told}");
        }
        let nobody =
            Kept { settings: Settings::default(), has_smtp_password: false, has_webhook_secret: false };
        assert_eq!(
            text(&Report { kept: nobody, notices: Vec::new() }),
            "Nobody is told: notices are shown here and in the console only.\n\nNothing was told yet."
        );
        let tried = |message: &str, code: Option<&str>| Tried {
            address: "webhook".into(),
            arrived: code.is_none(),
            code: code.map(str::to_owned),
            message: message.into(),
            hint: code.map(|_| "look into the receiver".to_owned()),
        };
        let both = [
            tried("the receiver answered 204", None),
            tried("the receiver answered 500", Some("notices.webhook_refused")),
        ];
        assert_eq!(
            trial(&both),
            "ok      webhook: the receiver answered 204\n\
             FAILED  webhook: the receiver answered 500 [notices.webhook_refused]\n        look into the receiver"
        );
    }
}
