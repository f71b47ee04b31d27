//! `musubi connect`: gives the hub an account in a service.

use super::Context;
use crate::ask::Ask;
use crate::credential::{self, Given};
use crate::failure::{Exit, Failure};
use crate::{duration, registry, store, tasks};
use musubi_connector::{DataCentre, Place, Secrets};
use musubi_engine::connecting::is_served;
use musubi_engine::{HubError, save_credential, stand_by};
use musubi_store::{ConnectionRow, Store};
use serde::Serialize;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  musubi connect tokyo                                    asks for everything
  musubi connect tokyo --data-centre jp --org 600123 --client-id 1000.ABC --code 1000.xyz
  musubi connect tokyo --data-centre jp --browser         you consent in a browser
  musubi connect test --base-url http://127.0.0.1:8090 --secrets credentials.json
  musubi connect tokyo --browser --stand-in               another person of that org, for when the first is refused

How to get a credential from Zoho, at https://api-console.zoho.com (or .jp, .eu …: your data centre's):
  by a code:       1. Add a Self Client.
                   2. Under Generate Code enter these scopes and choose 10 minutes:
                      ZohoCRM.modules.ALL,ZohoCRM.settings.READ,ZohoCRM.users.READ,ZohoCRM.org.READ,
                      ZohoCRM.bulk.READ,ZohoCRM.notifications.ALL,ZohoCRM.coql.READ
                   3. Give the client id, the client secret and the code to this command.
  in a browser:    1. Add a Server-based Application with the redirect URI http://127.0.0.1:8757/callback
                   2. Give its client id and secret to this command, with --browser.
                   3. Open the address it prints, on this machine; choose the org and accept.

Secrets are never taken from the command line, where other users could see them: they come from the prompt, from
MUSUBI_CONNECTION_<NAME>_CLIENT_SECRET and …_REFRESH_TOKEN, or from a JSON file (`-` is standard input) with
client_id, client_secret and refresh_token. They are stored encrypted.";

/// Connect an account of a service: test its credential and keep it, encrypted.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A name for it: letters, digits, - and _.
    name: String,
    /// The service.
    #[arg(long, default_value = "crm")]
    service: String,
    /// The data centre: us, eu, in, au, jp, cn, ca, sa, ae or uk.
    #[arg(long, value_name = "DC", conflicts_with = "base_url")]
    data_centre: Option<String>,
    /// The address of a sandbox, in place of a data centre.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The org's id; the credential must belong to it [default: the org the credential belongs to].
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// The client id.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// A code from the API console; good for a few minutes and once.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Consent in a browser on this machine, at an address that is printed; nothing is opened by itself.
    #[arg(long, conflicts_with_all = ["code", "secrets"])]
    browser: bool,
    /// With --browser: the port of this machine that the browser is sent back to; 0 takes any free one.
    #[arg(long, value_name = "PORT", default_value_t = 8757, requires = "browser")]
    redirect_port: u16,
    /// With --browser: how long to wait for the consent.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration::parse, requires = "browser")]
    wait: Duration,
    /// A JSON file with client_id, client_secret and refresh_token; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["client_id", "code"])]
    secrets: Option<String>,
    /// Keep the credential of the connection, and add this one, of another person of the same org: it takes over when the service refuses the first.
    #[arg(long)]
    stand_in: bool,
}

/// What was connected.
#[derive(Debug, Serialize)]
struct Report {
    name: String,
    service: String,
    org: String,
    org_name: String,
    edition: Option<String>,
    user: String,
    /// The credential takes over when the service refuses the one in use.
    stand_in: bool,
    credits_per_day: Option<u64>,
}

/// Connects: nothing is kept unless the service accepts the credential.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    tasks::or_stopped(connect(arguments, context), std::future::ready(())).await
}

async fn connect(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    is_served(&arguments.name, &arguments.service)?;
    let opened = store::open(&context.global).await?;
    let known = opened.store.connections(opened.workspace.id).await?;
    let known = known.into_iter().find(|row| row.name == arguments.name);
    let ask = Ask::new(context.output);
    let row = describe(&arguments, known, opened.workspace.id, ask)?;
    let place = registry::place(&row.name, row.data_centre.as_deref(), row.base_url.as_deref())?;
    let given = Given::new(arguments.secrets.as_deref(), arguments.client_id, arguments.code)?;
    let (secrets, place) = match arguments.browser {
        true => {
            let app = given.app(&row.name, ask)?;
            credential::consent(app, place, arguments.redirect_port, arguments.wait).await?
        }
        false => (given.secrets(&row.name, &place, ask).await?, place),
    };
    // Who signs in in a browser may turn out to live in another data centre.
    let row = match &place {
        Place::DataCentre(centre) => ConnectionRow { data_centre: Some(centre.name().to_owned()), ..row },
        Place::BaseUrl(_) => row,
    };

    let connector = musubi_zoho::connect(musubi_zoho::Settings {
        service: row.service.clone(),
        place,
        org: (!row.org.is_empty()).then(|| row.org.clone()),
        secrets: secrets.clone(),
        tokens: std::sync::Arc::new(musubi_connector::token::MemoryTokenStore::default()),
        clock: musubi_connector::Clock::system(),
        options: musubi_zoho::crm::CallOptions { timeout: Duration::from_secs(30) },
        pool: musubi_connector::http::Pool::new(musubi_connector::http::HttpOptions::default())?,
    })?;
    let org = connector.org().await.map_err(|error| HubError::of_call(&row.name, &error))?;

    let row = ConnectionRow { org: org.id.clone(), ..row };
    if arguments.stand_in {
        let person = stand_by::person(&org);
        stand_by::keep_stand_in(&opened.store, &row, &secrets, person).await?;
    } else {
        keep(&opened.store, &row, &secrets).await?;
    }
    let report = Report {
        name: row.name,
        service: row.service,
        org: org.id,
        org_name: org.name,
        edition: org.edition,
        user: org.current_user.id.to_string(),
        stand_in: arguments.stand_in,
        credits_per_day: connector.limits().credits_per_day,
    };
    context.output.report(&report, |report| {
        let edition = report.edition.as_deref().unwrap_or("edition unknown");
        if report.stand_in {
            return format!(
                "Added a stand-in to {}: it takes over when {} refuses the credential in use.",
                report.name, report.org_name
            );
        }
        format!("Connected {} to {} ({edition}, org {}).", report.name, report.org_name, report.org)
    })?;
    Ok(Exit::Done)
}

/// Keeps the connection with its credential.
async fn keep(store: &Store, row: &ConnectionRow, secrets: &Secrets) -> Result<(), Failure> {
    let id = if row.id == 0 {
        store.insert_connection(row, store::now()).await?
    } else {
        store.update_connection(row).await?;
        row.id
    };
    Ok(save_credential(store, id, secrets).await?)
}

/// Where it is: from the arguments, else as it was connected before, else asked for.
fn describe(
    arguments: &Arguments,
    known: Option<ConnectionRow>,
    workspace: i64,
    ask: Ask,
) -> Result<ConnectionRow, Failure> {
    let named = arguments.data_centre.is_some() || arguments.base_url.is_some();
    let (mut data_centre, base_url) = match &known {
        Some(row) if !named => (row.data_centre.clone(), row.base_url.clone()),
        _ => (arguments.data_centre.clone(), arguments.base_url.clone()),
    };
    if data_centre.is_none() && base_url.is_none() {
        let names: Vec<&str> = DataCentre::ALL.iter().map(|centre| centre.name()).collect();
        data_centre =
            Some(ask.text(&format!("Data centre ({})", names.join(", ")), "--data-centre or --base-url")?);
    }
    let org_named = match &known {
        Some(row) if arguments.org.is_none() => row.org_named,
        _ => arguments.org.is_some(),
    };
    let org = arguments.org.clone().or_else(|| known.as_ref().map(|row| row.org.clone())).unwrap_or_default();
    Ok(ConnectionRow {
        id: known.map_or(0, |row| row.id),
        workspace,
        name: arguments.name.clone(),
        service: arguments.service.clone(),
        data_centre,
        base_url,
        org,
        org_named,
    })
}
