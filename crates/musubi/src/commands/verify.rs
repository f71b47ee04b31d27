//! `musubi verify`: compares both sides completely and prints an agreement certificate.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::progress::Bar;
use crate::{hub, store, tasks};
use musubi_engine::{Certificate, Progress};

const EXAMPLES: &str = "\
Examples:
  musubi verify tokyo-london
  musubi verify tokyo-london --json > certificate.json
  musubi verify tokyo-london --repair

Both sides are read completely (in bulk, which is cheap) and compared through the mapping, pair by pair. A difference
is read again by id before it is reported. Ends with 0 when nothing disagrees, with 3 when something does.
With --repair the records that differ are given to the hub to be decided again: run `musubi run NAME` afterwards, or
let `musubi serve` do it.";

/// Compare both sides record by record.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// Have what differs decided again.
    #[arg(long)]
    repair: bool,
}

/// Compares and reports.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = hub::reading(&opened);
    let bar = Bar::new(context.shows_progress());
    let mut progress =
        |progress: &Progress| bar.show(progress.scanned, Some(progress.expected), progress.stage.to_owned());
    let work = async { Ok(hub.verify(&arguments.name, arguments.repair, &mut progress).await?) };
    let certificate = tasks::or_stopped(work, std::future::ready(())).await;
    bar.end();
    let certificate = certificate?;
    context.output.report(&certificate, text)?;
    Ok(if certificate.agrees() { Exit::Done } else { Exit::Differs })
}

/// So many of each kind are shown; `--json` has them all.
const SHOWN: usize = 20;

fn text(certificate: &Certificate) -> String {
    let mut text = format!(
        "{} pairs compared, {} equal, {} different, {} only on the left, {} only on the right, {} held.\n",
        certificate.compared,
        certificate.equal,
        certificate.different.len(),
        certificate.only_left.len(),
        certificate.only_right.len(),
        certificate.held
    );
    for (reason, count) in &certificate.skipped {
        text.push_str(&format!("  {count} have no counterpart and shall have none: {reason}\n"));
    }
    for found in certificate.different.iter().take(SHOWN) {
        text.push_str(&format!(
            "  different  {}  {} ↔ {}  {}\n",
            found.module,
            found.left_id,
            found.right_id,
            found.fields.join(", ")
        ));
    }
    for (what, alone) in [("only left ", &certificate.only_left), ("only right", &certificate.only_right)] {
        for record in alone.iter().take(SHOWN) {
            text.push_str(&format!("  {what} {}  {}\n", record.module, record.id));
        }
    }
    if certificate.different.len().max(certificate.only_left.len()).max(certificate.only_right.len()) > SHOWN
    {
        text.push_str("  … --json lists them all\n");
    }
    match &certificate.repair {
        Some(repair) => {
            text.push_str(&format!("{} records will be decided again by the hub.\n", repair.records))
        }
        None if !certificate.agrees() => text.push_str("`--repair` has them decided again.\n"),
        None => text.push_str("Nothing disagrees.\n"),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_engine::report::{Alone, Difference};

    #[test]
    fn what_a_person_reads() {
        let certificate = Certificate {
            compared: 3,
            equal: 2,
            different: vec![Difference {
                module: "Contacts".into(),
                left_id: "1".into(),
                right_id: "2".into(),
                fields: vec!["Phone".into()],
            }],
            only_left: vec![Alone { module: "Leads".into(), id: "9".into() }],
            ..Certificate::default()
        };
        insta::assert_snapshot!(text(&certificate), @r"
        3 pairs compared, 2 equal, 1 different, 1 only on the left, 0 only on the right, 0 held.
          different  Contacts  1 ↔ 2  Phone
          only left  Leads  9
        `--repair` has them decided again.
        ");
    }
}
