//! The secrets of notices: what the environment holds of them is taken over and kept.

use crate::environment::variable;
use crate::failure::Failure;
use crate::store::Opened;
use musubi_connector::Secret;
use musubi_engine::Hub;
use musubi_engine::notices::NoticeSecret;

const VARIABLES: [(NoticeSecret, &str); 2] = [
    (NoticeSecret::Smtp, "MUSUBI_NOTICES_SMTP_PASSWORD"),
    (NoticeSecret::Webhook, "MUSUBI_NOTICES_WEBHOOK_SECRET"),
];

/// Keeps what the environment gives, encrypted, in place of what was kept.
pub async fn take(opened: &Opened) -> Result<(), Failure> {
    let hub = Hub::offline(opened.store.clone(), opened.workspace.id);
    for (which, name) in VARIABLES {
        let Some(given) = variable(name) else { continue };
        hub.set_notice_secret(which, Some(&Secret::new(given))).await.map_err(|error| {
            let failure = Failure::from(error);
            Failure { message: format!("{name} cannot be used: {}", failure.message), ..failure }
        })?;
    }
    Ok(())
}

/// Which secrets the settings need and nobody gave.
pub async fn lacking(opened: &Opened) -> Result<Vec<String>, Failure> {
    let kept = Hub::offline(opened.store.clone(), opened.workspace.id).notice_settings().await?;
    let needs_password = kept.settings.smtp.is_some_and(|smtp| smtp.user.is_some());
    let needs = [
        (needs_password && !kept.has_smtp_password, "password for the mail server", VARIABLES[0].1),
        (
            kept.settings.webhook.is_some() && !kept.has_webhook_secret,
            "secret to sign webhooks with",
            VARIABLES[1].1,
        ),
    ];
    let lacks = needs.into_iter().filter(|(lacks, ..)| *lacks);
    Ok(lacks
        .map(|(_, what, name)| {
            format!("note: there is no {what}, so no notice goes out there\nhint: set {name} and apply again, or give one in the console")
        })
        .collect())
}
