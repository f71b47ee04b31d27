//! Reads all contacts of a running sandbox's first org, by list pages and by bulk read, and tells how fast and in how much memory.
//!
//! `cargo run --release -p musubi-zoho --example read_all -- http://127.0.0.1:8090 [--generate 200000]`

use musubi_connector::http::{Http, HttpOptions, Pool, Request};
use musubi_connector::oauth::App;
use musubi_connector::token::MemoryTokenStore;
use musubi_connector::{
    BulkState, Clock, Connector, ListRequest, Order, Place, Position, Projection, Secret, Secrets,
};
use musubi_core::schema::FieldType;
use musubi_zoho::Settings;
use serde_json::{Value as Json, json};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

const FIELDS: [&str; 20] = [
    "First_Name",
    "Last_Name",
    "Email",
    "Phone",
    "Mobile",
    "Title",
    "Department",
    "Lead_Source",
    "Date_of_Birth",
    "Email_Opt_Out",
    "Mailing_Street",
    "Mailing_City",
    "Mailing_State",
    "Mailing_Zip",
    "Mailing_Country",
    "Description",
    "Assistant",
    "Skype_ID",
    "Account_Name",
    "Owner",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let base = arguments.first().ok_or("give the sandbox's base_url")?;
    let place = Place::base_url(base)?;
    let orgs = control(&place, "GET", "sandbox/orgs", None).await?;
    let text = |key: &str| orgs[0][key].as_str().unwrap_or_default().to_owned();
    if let [flag, count] = &arguments[1..]
        && flag == "--generate"
    {
        let body = json!({"module": "Contacts", "count": count.parse::<u64>()?, "seed": 1});
        control(&place, "POST", &format!("sandbox/orgs/{}/generate", text("org_id")), Some(body)).await?;
    }
    let app = App { client_id: text("client_id"), client_secret: Secret::new(text("client_secret")) };
    let connector = musubi_zoho::connect(Settings {
        service: "crm".to_owned(),
        place,
        org: None,
        secrets: Secrets { app, refresh_token: Secret::new(text("refresh_token")) },
        tokens: Arc::new(MemoryTokenStore::default()),
        clock: Clock::system(),
        options: musubi_zoho::crm::CallOptions { timeout: Duration::from_secs(60) },
        pool: Pool::new(HttpOptions::default())?,
    })?;
    let schema = connector.schema(&"Contacts".into()).await?;
    let fields = FIELDS.iter().filter_map(|name| schema.field(&(*name).into()).cloned());
    let fields: Vec<_> = fields.filter(|field| !matches!(field.kind, FieldType::Other { .. })).collect();
    let projection = Arc::new(Projection { module: "Contacts".into(), fields });
    let mut out = std::io::stdout();
    for _ in 0..2 {
        let (rows, took) = listed(&*connector, &projection).await?;
        report(&mut out, "list", rows, took)?;
    }
    let (rows, took) = bulk(&*connector, &projection).await?;
    report(&mut out, "bulk", rows, took)
}

fn report(
    out: &mut impl std::io::Write,
    what: &str,
    rows: usize,
    took: Duration,
) -> Result<(), Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("?").trim();
    let each = rows as f64 / took.as_secs_f64();
    writeln!(out, "{what}: {rows} records in {:.2} s, {each:.0} records/s, peak {peak}", took.as_secs_f64())?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement measures time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

async fn listed(
    connector: &dyn Connector,
    projection: &Arc<Projection>,
) -> Result<(usize, Duration), Box<dyn Error>> {
    let (begun, mut rows, mut position) = (now(), 0, Position::Start);
    loop {
        let projection = Arc::clone(projection);
        let request = ListRequest { projection, modified_since: None, order: Order::IdAscending, position };
        let page = connector.list(request).await?;
        rows += page.rows.len();
        match page.next {
            Some(next) => position = Position::After(next),
            None => return Ok((rows, begun.elapsed())),
        }
    }
}

async fn bulk(
    connector: &dyn Connector,
    projection: &Arc<Projection>,
) -> Result<(usize, Duration), Box<dyn Error>> {
    let (begun, mut rows, mut next) = (now(), 0, None);
    loop {
        let (job, _) = connector.bulk_start(Arc::clone(projection), next).await?;
        next = loop {
            match connector.bulk_state(&job).await?.0 {
                BulkState::Working => tokio::time::sleep(Duration::from_millis(50)).await,
                BulkState::Ready { next, .. } => break next,
                BulkState::Failed(error) => return Err(error.message.into()),
            }
        };
        let mut from = Some(0);
        while let Some(place) = from {
            let lot = connector.bulk_rows(Arc::clone(projection), &job, place).await?;
            rows += lot.rows.len();
            from = lot.next;
        }
        if next.is_none() {
            return Ok((rows, begun.elapsed()));
        }
    }
}

async fn control(
    place: &Place,
    method: &str,
    path: &str,
    body: Option<Json>,
) -> Result<Json, Box<dyn Error>> {
    let url = place.accounts().join(path)?;
    let mut request = Request::new(method.parse()?, url, Duration::from_secs(600));
    request.body = body.map(|body| body.to_string().into());
    let answer = Http::new(HttpOptions::default(), place)?.send(request).await?;
    Ok(serde_json::from_slice(&answer.body)?)
}
