//! One message to one receiver, over real sockets: what arrives, and what is said when it does not.

mod receivers;

use hmac::{Hmac, KeyInit, Mac};
use musubi_connector::Secret;
use musubi_notices::{Address, Language, Message, Refused, Secrets, Sender, Settings, Smtp, Tls, Webhook};
use receivers::{Answer, MailServer, Program};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "sixteen or more letters";
const NOW: i64 = 1_795_737_600_500;

fn message() -> Message {
    Message {
        id: "7.1795737600000".into(),
        at: 1_795_737_600_000,
        subject: "[Musubi] tokyo-london：初回同期が完了しました".into(),
        text: "First line.\n.\nA line of one dot stands above.\n".into(),
        body: json!({"id": "7.1795737600000", "event": "first_load"}),
    }
}

fn to_mail(port: u16, user: Option<&str>) -> Settings {
    let smtp = Smtp {
        server: "127.0.0.1".into(),
        port: Some(port),
        tls: Tls::None,
        user: user.map(str::to_owned),
        from: "Musubi <musubi@example.com>".into(),
        to: vec!["ops@example.com".into()],
    };
    Settings { smtp: Some(smtp), language: Language::Ja, ..Settings::default() }
}

async fn mail(settings: &Settings, password: Option<&str>) -> Result<String, Refused> {
    let secrets = Secrets { smtp_password: password.map(Secret::new), ..Secrets::default() };
    let address = Address::Mail("ops@example.com".into());
    Sender::default().send(settings, &secrets, &address, &message(), NOW).await
}

async fn call(url: &str, secret: Option<&str>) -> Result<String, Refused> {
    let settings = Settings { webhook: Some(Webhook { url: url.into() }), ..Settings::default() };
    let secrets = Secrets { webhook_secret: secret.map(Secret::new), ..Secrets::default() };
    Sender::default().send(&settings, &secrets, &Address::Webhook, &message(), NOW).await
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written_with_a_number_that_stays() {
    let server = MailServer::start(None).await;
    let settings = to_mail(server.port, None);
    assert_eq!(mail(&settings, None).await.unwrap(), "250 2.0.0 queued as 1A2B");
    mail(&settings, None).await.unwrap();
    let mails = server.mails();
    assert_eq!(
        (mails[0].from.as_str(), mails[0].to.join(",")),
        ("musubi@example.com", "ops@example.com".into())
    );
    assert_eq!(mails[0].header("Message-ID").unwrap(), "<7.1795737600000@example.com>");
    assert_eq!(mails[1].header("Message-ID"), mails[0].header("Message-ID"), "it is the same notice");
    assert_eq!(mails[0].header("Auto-Submitted").unwrap(), "auto-generated");
    assert_eq!(mails[0].header("To").unwrap(), "ops@example.com");
    assert!(mails[0].header("Subject").unwrap().contains("=?utf-8?b?"), "{}", mails[0].data);
    assert_eq!(mails[0].text().trim_end(), message().text.trim_end());
}

#[tokio::test]
async fn who_may_not_log_in_is_told_so_and_the_password_is_not() {
    let server = MailServer::start(Some(("musubi", "right horse"))).await;
    let settings = to_mail(server.port, Some("musubi"));
    mail(&settings, Some("right horse")).await.unwrap();
    let wrong = mail(&settings, Some("wrong horse")).await.unwrap_err();
    assert_eq!(wrong.code, "notices.smtp_login");
    assert!(wrong.message.contains("535 5.7.8 wrong password"), "{}", wrong.message);
    assert!(!format!("{wrong:?}").contains("horse"), "{wrong:?}");
    assert_eq!(mail(&settings, None).await.unwrap_err().code, "notices.smtp_password");
    let stranger = mail(&to_mail(server.port, None), None).await.unwrap_err();
    assert_eq!((stranger.code, server.mails().len()), ("notices.smtp_login", 1));
}

#[tokio::test]
async fn what_a_mail_server_says_is_told_in_its_own_words() {
    let server = MailServer::start(None).await;
    let settings = to_mail(server.port, None);
    server.will_say(&[Answer::No("421 4.3.2 closing down"), Answer::No("550 5.1.1 no such user")]);
    for words in ["421 4.3.2 closing down", "550 5.1.1 no such user"] {
        let refused = mail(&settings, None).await.unwrap_err();
        assert_eq!(refused.code, "notices.smtp_refused");
        assert!(refused.message.contains(words), "{}", refused.message);
        assert!(!refused.is_silence(), "it spoke");
    }
    mail(&settings, None).await.unwrap();

    // A line that must be encrypted is never gone on with in the clear.
    let mut encrypted = settings.clone();
    encrypted.smtp.as_mut().unwrap().tls = Tls::Starttls;
    let plain = mail(&encrypted, None).await.unwrap_err();
    assert!(matches!(plain.code, "notices.smtp_client" | "notices.smtp_tls"), "{plain:?}");
    assert_eq!(server.mails().len(), 1);

    // Nobody listens where somebody listened a moment ago.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let nobody = mail(&to_mail(gone, None), None).await.unwrap_err();
    assert_eq!((nobody.code, nobody.is_silence()), ("notices.smtp_unreachable", true), "{nobody:?}");
}

#[tokio::test]
async fn a_call_is_signed_so_that_its_receiver_can_check_who_sent_it_and_when() {
    let program = Program::start().await;
    assert_eq!(call(&program.url, Some(SECRET)).await.unwrap(), "the receiver answered 204");
    let call = program.calls().remove(0);
    assert_eq!(call.path, "/hook");
    assert_eq!(call.headers["content-type"], "application/json");
    assert_eq!(call.headers["musubi-delivery"], "7.1795737600000");
    assert_eq!(serde_json::from_slice::<Value>(&call.body).unwrap(), message().body);
    let (time, hex) = call.headers["musubi-signature"].split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    assert_eq!(time, "1795737600");
    let mac = |secret: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.").as_bytes());
        mac.update(&call.body);
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(hex, mac(SECRET));
    assert_ne!(hex, mac("another secret of ours"));
    assert!(!format!("{:?}", program.calls()).contains(SECRET));
}

#[tokio::test]
async fn anything_but_yes_is_no_and_nobody_is_followed_elsewhere() {
    let (program, other) = (Program::start().await, Program::start().await);
    program.will_say(&[Answer::No("500 Broken\n\nthe queue is full")]);
    let refused = call(&program.url, Some(SECRET)).await.unwrap_err();
    assert_eq!(refused.code, "notices.webhook_refused");
    assert_eq!(refused.message, "the receiver answered 500: the queue is full");
    let there: &'static str = format!("307 Elsewhere\nlocation: {}", other.url).leak();
    program.will_say(&[Answer::No(there)]);
    let elsewhere = call(&program.url, Some(SECRET)).await.unwrap_err();
    assert_eq!(elsewhere.message, "the receiver answered 307");
    assert_eq!(other.calls().len(), 0, "a redirect is not followed");
    assert_eq!(call(&program.url, None).await.unwrap_err().code, "notices.webhook_secret");
    assert_eq!(program.calls().len(), 2, "nothing goes out unsigned");

    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = call(&format!("http://{gone}/"), Some(SECRET)).await.unwrap_err();
    assert_eq!((nobody.code, nobody.is_silence()), ("notices.webhook_unreachable", true), "{nobody:?}");
}

#[tokio::test]
async fn nobody_is_written_to_who_is_not_in_the_settings() {
    let server = MailServer::start(None).await;
    let settings = to_mail(server.port, None);
    for address in [Address::Mail("else@example.com".into()), Address::Webhook] {
        let refused = Sender::default()
            .send(&settings, &Secrets::default(), &address, &message(), NOW)
            .await
            .unwrap_err();
        assert_eq!(refused.code, "notices.address");
    }
    assert_eq!(server.mails().len(), 0);
}
