//! Notices by the program: set up by a file, secrets from the environment, tried at once.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;
#[path = "../../musubi-notices/tests/receivers/mod.rs"]
mod receivers;

use program::Home;
use receivers::{MailServer, Program};

const PASSWORD: &str = "right horse of ours";
const SECRET: &str = "sixteen or more letters";

fn file(port: u16, url: &str) -> String {
    format!(
        "[notices]\nlanguage = \"ja\"\nzone = \"Asia/Tokyo\"\ndigest = \"09:00\"\nevents = [\"first_load\", \"digest\"]\n\
         [notices.smtp]\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"musubi\"\n\
         from = \"Musubi <musubi@example.com>\"\nto = [\"ops@example.com\"]\n[notices.webhook]\nurl = \"{url}\"\n"
    )
}

/// No file below this folder holds the text.
fn nowhere(folder: &std::path::Path, text: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nowhere(&path, text);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_and_two_variables_set_notices_up_and_a_test_shows_that_they_arrive() {
    let (mail, hook) = (MailServer::start(Some(("musubi", PASSWORD))).await, Program::start().await);
    let mut home = Home::new();
    std::fs::write(home.path().join("a.toml"), file(mail.port, &hook.url)).unwrap();
    let without = home.run(&["apply", "a.toml", "--yes"]);
    assert_eq!(without.code, 0, "{}", without.stderr);
    assert!(without.stdout.contains("~ update  settings notices"), "{}", without.stdout);
    assert!(without.stderr.contains("MUSUBI_NOTICES_SMTP_PASSWORD"), "{}", without.stderr);
    assert!(without.stderr.contains("MUSUBI_NOTICES_WEBHOOK_SECRET"), "{}", without.stderr);
    let lacking = home.run(&["notices", "--test", "--json"]);
    assert_eq!(lacking.code, 7, "{}", lacking.stderr);
    assert_eq!(lacking.json()[0]["code"], "notices.smtp_password");
    assert_eq!(lacking.json()[1]["code"], "notices.webhook_secret");
    assert_eq!((mail.mails().len(), hook.calls().len()), (0, 0));

    home.set("MUSUBI_NOTICES_SMTP_PASSWORD", PASSWORD);
    home.set("MUSUBI_NOTICES_WEBHOOK_SECRET", "short");
    let short = home.run(&["apply", "a.toml", "--yes", "--json"]);
    assert_eq!((short.code, &short.json()["error"]["code"]), (4, &"config.notice_secret".into()));
    home.set("MUSUBI_NOTICES_WEBHOOK_SECRET", SECRET);
    let again = home.run(&["apply", "a.toml", "--yes"]);
    assert!(again.stdout.contains("nothing to change"), "{}", again.stdout);
    assert_eq!(again.stderr, "");

    // They are kept now: no variable is needed any more.
    home.set("MUSUBI_NOTICES_SMTP_PASSWORD", "");
    home.set("MUSUBI_NOTICES_WEBHOOK_SECRET", "");
    let tried = home.run(&["notices", "--test", "--log", "trace"]);
    assert_eq!(tried.code, 0, "{}\n{}", tried.stdout, tried.stderr);
    assert!(tried.stdout.contains("mail:ops@example.com: 250 2.0.0 queued as 1A2B"), "{}", tried.stdout);
    assert!(tried.stdout.contains("webhook: the receiver answered 204"), "{}", tried.stdout);
    assert_eq!((mail.mails().len(), hook.calls().len()), (1, 1));

    // I18
    let told = home.run(&["notices"]);
    assert!(told.stdout.contains("mail to ops@example.com by 127.0.0.1"), "{}", told.stdout);
    let exported = home.run(&["export"]);
    for text in [PASSWORD, SECRET] {
        for ended in [&tried, &told, &exported, &again] {
            assert!(!ended.stdout.contains(text) && !ended.stderr.contains(text), "{}", ended.stderr);
        }
        nowhere(&home.path().join("data"), text);
    }
    std::fs::write(home.path().join("b.toml"), &exported.stdout).unwrap();
    let same = home.run(&["apply", "b.toml", "--yes"]);
    assert!(same.stdout.contains("nothing to change"), "{}\n{}", same.stdout, exported.stdout);
    // A file that says nothing of them leaves them as they are.
    std::fs::write(home.path().join("c.toml"), "").unwrap();
    assert_eq!(home.run(&["apply", "c.toml", "--yes"]).code, 0);
    assert_eq!(home.run(&["export"]).stdout, exported.stdout);
}

#[test]
fn what_cannot_work_is_refused_with_where_and_how_to_mend_it() {
    let home = Home::new();
    let whole = file(25, "https://hooks.example.com/m");
    for (from, to, about) in [
        ("09:00", "9 o'clock", "notices.digest"),
        ("Asia/Tokyo", "Asia/Tokio", "notices.zone"),
        ("https://hooks", "gopher://hooks", "notices.webhook.url"),
        ("127.0.0.1", "smtp.example.com", "not encrypted"),
        ("ops@example.com", "ops", "notices.smtp.to"),
    ] {
        std::fs::write(home.path().join("a.toml"), whole.replace(from, to)).unwrap();
        let refused = home.run(&["apply", "a.toml", "--yes"]);
        assert_eq!(refused.code, 4, "{}", refused.stderr);
        assert!(
            refused.stderr.contains("config.notices") && refused.stderr.contains(about),
            "{}",
            refused.stderr
        );
        assert!(refused.stderr.contains("hint: "), "{}", refused.stderr);
    }
}
