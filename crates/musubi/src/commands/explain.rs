//! `musubi explain`: why is this record not synced?

use super::Context;
use crate::failure::{Exit, Failure};
use crate::store;
use jiff::Timestamp;
use musubi_core::Side;
use musubi_engine::Hub;
use musubi_engine::explain::{Because, Explanation, Said};

const EXAMPLES: &str = "\
Examples:
  musubi explain tokyo-london Contacts --left 3652397000000649013
  musubi explain tokyo-london Contacts --right 5544332000000120044 --json

Says how the record stands, why, and what would change it: in agreement, on its way, held, waiting for another record, untied,
of a direction that makes no copies, paused, or never seen. No call to a service is made.";

/// Say why a record is, or is not, in agreement with its counterpart.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group(clap::ArgGroup::new("side").required(true).args(["left", "right"])))]
pub struct Arguments {
    /// The integration.
    name: String,
    /// The left module; where it is tied to several, both: `Contacts:Leads`.
    module: String,
    /// The record, by its id on the left.
    #[arg(long, value_name = "ID")]
    left: Option<String>,
    /// The record, by its id on the right.
    #[arg(long, value_name = "ID")]
    right: Option<String>,
}

/// Reads what is stored of the record and prints it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let Arguments { name, module, left, right } = arguments;
    let (side, id) = match (left, right) {
        (Some(id), _) => (Side::Left, id),
        (None, id) => (Side::Right, id.unwrap_or_default()),
    };
    let explanation = hub.explain(&name, &module, side, &id).await?;
    context.output.report(&explanation, text)?;
    Ok(Exit::Done)
}

fn text(explanation: &Explanation) -> String {
    let Explanation { module, side, id, label, counterpart, reasons, .. } = explanation;
    let label = label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
    let other = counterpart.as_deref().unwrap_or("none");
    let mut lines = vec![format!("{module} {id}{label} on the {}; counterpart: {other}", side.name())];
    lines.extend(reasons.iter().map(line));
    lines.join("\n")
}

fn line(because: &Because) -> String {
    let field = because.field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
    let parent = because.waits_for.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    let by = because.by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
    let at = because.since.and_then(|at| Timestamp::from_millisecond(at).ok());
    let since = at.map(|at| format!(", since {}", at.strftime("%Y-%m-%d %H:%M"))).unwrap_or_default();
    let hint = match because.hint.as_str() {
        "" | "nothing" => String::new(),
        hint => format!("\n    What would change it: {hint}."),
    };
    let said = because.said.as_ref().map(said).unwrap_or_default();
    format!("  {}{field}: {}{parent}{since}{by}.{said}{hint}", because.code, because.what)
}

fn said(said: &Said) -> String {
    let field = said.field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
    format!("\n    The service said: {}{field}: {}", said.code, said.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads() {
        let because = Because {
            code: "explain.unlinked".into(),
            what: "a person took the pair apart".into(),
            hint: "link it by hand".into(),
            since: Some(1_795_334_400_000),
            by: Some("Ann".into()),
            ..Because::default()
        };
        let refused = Because {
            code: "permission.refused".into(),
            what: "the user may not do this".into(),
            said: Some(Said {
                code: "NO_PERMISSION".into(),
                message: "permission denied".into(),
                field: Some("Phone".into()),
            }),
            hint: "give that user the right".into(),
            ..Because::default()
        };
        let explanation = Explanation {
            module: "Contacts".into(),
            side: Side::Left,
            id: "1".into(),
            label: Some("Mori".into()),
            counterpart: Some("2".into()),
            synced: false,
            reasons: vec![because, refused],
        };
        insta::assert_snapshot!(text(&explanation), @r"
        Contacts 1 (Mori) on the left; counterpart: 2
          explain.unlinked: a person took the pair apart, since 2026-11-22 08:00, by Ann.
            What would change it: link it by hand.
          permission.refused: the user may not do this.
            The service said: NO_PERMISSION (Phone): permission denied
            What would change it: give that user the right.
        ");
    }
}
