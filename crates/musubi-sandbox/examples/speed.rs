//! Measures the sandbox without a client in the way: records listed and inserted per second of one core, memory used.
//!
//! `cargo run --release -p musubi-sandbox --example speed [records]`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measuring program"
)]

use std::sync::Arc;

use musubi_sandbox::{
    Dataset, crm, generate,
    http::{
        answer::Payload,
        request::{Query, Request, split_path},
    },
    org::Org,
    world::World,
};
use serde_json::{Value, json};

fn call(
    world: &Arc<World>,
    token: &str,
    method: &str,
    path: &str,
    query: &str,
    body: Vec<u8>,
) -> (u16, Vec<u8>) {
    let mut request = Request::internal();
    request.method = method.parse().unwrap();
    request.path = split_path(path);
    request.raw_path = path.to_owned();
    request.query = Query::parse(query);
    request.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    request.body = body.into();
    let ctx = crm::context::open(world, request).unwrap_or_else(|error| panic!("{error:?}"));
    let (org, weight) = (Arc::clone(&ctx.org), ctx.weight);
    let answer = crm::run(ctx, &[]);
    crm::context::close(&org, weight);
    match answer.body {
        Payload::Whole(bytes) => (answer.status, bytes),
        Payload::Stream(_) => (answer.status, Vec::new()),
    }
}

/// Seconds of processor time this process has used: what a busy machine does not distort.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or("VmRSS: 0 kB").to_owned();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn body(org: &Org, batch: u64) -> Vec<u8> {
    let state = org.read();
    let module = state.module("Contacts").unwrap();
    let data: Vec<Value> =
        (0..100).map(|n| generate::records::record(&state, module, 5, batch * 100 + n)).collect();
    json!({"data": data, "trigger": []}).to_string().into_bytes()
}

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let world = Arc::new(World::new("http://localhost".into(), 1, Dataset::Empty, None));
    generate::dataset(&world);
    let org = world.orgs()[0].clone();
    org.credits.lock().unwrap().allowance = None;
    let (client, secret, refresh) = {
        let accounts = world.accounts();
        let (client, token) = accounts.credentials(&org.profile.org_id).unwrap();
        (client.id.clone(), client.secret.clone(), token.to_owned())
    };
    let mut token = Request::internal();
    token.method = "POST".parse().unwrap();
    token.path = split_path("/oauth/v2/token");
    token.query = Query::parse(&format!(
        "grant_type=refresh_token&client_id={client}&client_secret={secret}&refresh_token={refresh}"
    ));
    let Payload::Whole(answer) = musubi_sandbox::accounts::handle(&world, &token).body else { return };
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let token = answer["access_token"].as_str().unwrap().to_owned();

    // Bodies are made in windows: small enough not to count as the sandbox's memory, long enough to be measured.
    let (mut took, mut bytes) = (0.0, 0);
    let batches: Vec<u64> = (0..count.div_ceil(100)).collect();
    for window in batches.chunks(200) {
        let bodies: Vec<Vec<u8>> = window.iter().map(|batch| body(&org, *batch)).collect();
        bytes += bodies.iter().map(Vec::len).sum::<usize>();
        let start = cpu_seconds();
        for body in bodies {
            let (status, answer) = call(&world, &token, "POST", "/crm/v8/Contacts", "", body);
            assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
        }
        took += cpu_seconds() - start;
    }
    println!("memory with {count} contacts: {:.0} MB", memory_mb());
    println!("insert: {:.0} records/s, {:.0} MB/s", count as f64 / took, bytes as f64 / 1e6 / took);

    let fields = "Last_Name,First_Name,Full_Name,Email,Phone,Mobile,Title,Department,Lead_Source,Date_of_Birth,Fax,Assistant,\
        Salutation,Secondary_Email,Twitter,Email_Opt_Out,Description,Mailing_Street,Mailing_City,Mailing_State,Mailing_Zip,\
        Mailing_Country,Owner,Created_Time,Modified_Time,Account_Name";
    for sort in ["id", "Modified_Time"] {
        let start = cpu_seconds();
        let (mut seen, mut bytes, mut token_part) = (0, 0, String::new());
        loop {
            let (status, page) = call(
                &world,
                &token,
                "GET",
                "/crm/v8/Contacts",
                &format!("fields={fields}&sort_by={sort}&sort_order=asc{token_part}"),
                Vec::new(),
            );
            assert_eq!(status, 200);
            bytes += page.len();
            // The info stands at the end; only it is parsed, so that this program's parsing is not what is measured.
            let at = page.windows(9).rposition(|w| w == b"],\"info\":").unwrap();
            let info: Value = serde_json::from_slice(&page[at + 9..page.len() - 1]).unwrap();
            seen += info["count"].as_u64().unwrap();
            match info["next_page_token"].as_str() {
                Some(next) => token_part = format!("&page_token={next}"),
                None => break,
            }
        }
        let took = cpu_seconds() - start;
        println!(
            "list by {sort}: {:.0} records/s, {:.0} MB/s",
            seen as f64 / took,
            bytes as f64 / 1e6 / took
        );
        assert_eq!(seen, count.div_ceil(100) * 100);
    }
}
