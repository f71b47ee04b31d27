//! `musubi connect --browser` end to end: a plain HTTP client is the browser that opens the printed address and presses the button.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::http::{call, escape};
use program::service::{Service, text};
use program::{Home, Waiting};
use std::collections::BTreeMap;

/// A sandbox, and a home whose environment holds the application of the left org.
fn set_up() -> (Home, Service) {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    for part in ["client_id", "client_secret"] {
        home.set(&format!("MUSUBI_CONNECTION_TOKYO_{}", part.to_uppercase()), &text(&service.orgs[0], part));
    }
    (home, service)
}

/// Starts the program and gives the address that a person is to open.
fn ask(home: &Home, service: &Service, more: &[&str]) -> (Waiting, String) {
    let mut arguments = vec![
        "connect",
        "tokyo",
        "--base-url",
        &service.base_url,
        "--browser",
        "--redirect-port",
        "0",
        "--json",
    ];
    arguments.extend(more);
    let mut waiting = home.wait_for(&arguments);
    let address = waiting.line_on_stderr(|line| line.trim().starts_with("http"));
    (waiting, address.trim().to_owned())
}

/// The values of a page's form, as a browser would send them.
fn form(page: &str) -> BTreeMap<String, String> {
    let attribute = |tag: &str, name: &str| {
        let from = tag.find(&format!("{name}=\""))? + name.len() + 2;
        Some(tag[from..].split('"').next()?.replace("&amp;", "&"))
    };
    let hidden = page
        .split("<input")
        .skip(1)
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)));
    hidden.collect()
}

/// Presses a button of the consent page, and gives where the browser is sent.
fn press(service: &Service, address: &str, button: &str) -> String {
    let page = call("GET", address, &[], "").unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(
        page.body.contains("ZohoCRM.modules.ALL"),
        "the page does not say what is asked for: {}",
        page.body
    );
    let mut fields = form(&page.body);
    fields.insert("org".to_owned(), service.org(0));
    fields.insert("decision".to_owned(), button.to_owned());
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let sent =
        call("POST", &format!("{}/oauth/v2/auth", service.base_url), &headers, &body.join("&")).unwrap();
    assert_eq!(sent.status, 302, "{}", sent.body);
    sent.header("location").unwrap().to_owned()
}

/// S0-33
#[test]
fn a_person_who_accepts_is_connected() {
    let (home, service) = set_up();
    let (waiting, address) = ask(&home, &service, &[]);
    let back = press(&service, &address, "accept");
    assert!(back.starts_with("http://127.0.0.1:"), "{back}");

    // A code that came without our state, or with another, is somebody else's.
    let (page, query) = back.split_once('?').unwrap();
    let without: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("state=")).collect();
    for wrong in [without.join("&"), format!("{}&state=guessed", without.join("&"))] {
        let answer = call("GET", &format!("{page}?{wrong}"), &[], "").unwrap();
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    assert_eq!(call("GET", &page.replace("/callback", "/favicon.ico"), &[], "").unwrap().status, 404);

    let answer = call("GET", &back, &[], "").unwrap();
    assert!(answer.status == 200 && answer.body.contains("<h1>Connected</h1>"), "{}", answer.body);
    let ended = waiting.end();
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.json()["org"], service.org(0));
    let port = page.rsplit(':').next().unwrap().split('/').next().unwrap();
    assert!(std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_err(), "somebody still listens");

    // What was kept works without the environment, and the secrets are nowhere to be read.
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap();
    let secret = text(&service.orgs[0], "client_secret");
    assert!(
        !ended.stdout.contains(&secret) && !ended.stderr.contains(&secret) && !ended.stderr.contains(code)
    );
    let status = home.run(&["status", "--json"]).json();
    assert_eq!(status["connections"][0]["has_credential"], true, "{status}");
    let doctor = home.run(&["doctor"]);
    assert!(doctor.stdout.contains("connection tokyo  Musubi"), "{}", doctor.stdout);
}

#[test]
fn a_person_who_refuses_is_not() {
    let (home, service) = set_up();
    let (waiting, address) = ask(&home, &service, &[]);
    let back = press(&service, &address, "reject");
    assert_eq!(call("GET", &back, &[], "").unwrap().status, 200);
    let ended = waiting.end();
    assert_eq!(
        (ended.code, ended.json()["error"]["code"].as_str()),
        (5, Some("connect.denied")),
        "{}",
        ended.stdout
    );
    assert_eq!(home.run(&["status", "--json"]).json()["connections"].as_array().map(Vec::len), Some(0));
}

#[test]
fn nobody_is_waited_for_without_end() {
    let (home, service) = set_up();
    let (waiting, _) = ask(&home, &service, &["--wait", "300ms"]);
    let ended = waiting.end();
    let error = &ended.json()["error"];
    assert_eq!((ended.code, error["code"].as_str()), (5, Some("connect.no_consent")), "{}", ended.stdout);
    assert!(error["hint"].as_str().unwrap().contains("/callback"), "{error}");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let (home, service) = set_up();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = home.run(&[
        "connect",
        "tokyo",
        "--base-url",
        &service.base_url,
        "--browser",
        "--redirect-port",
        &port,
    ]);
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error[connect.listen]"), "{}", ended.stderr);
}
