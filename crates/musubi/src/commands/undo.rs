//! `musubi undo`: takes back what the hub wrote.

use super::Context;
use crate::ask::Ask;
use crate::decisions::{self, ACTOR, WAIT};
use crate::failure::{Exit, Failure};
use crate::store;
use crate::values::quoted;
use jiff::Timestamp;
use musubi_engine::Hub;
use musubi_engine::undo::{UndoField, UndoItem, UndoOf, UndoPlan, Writes};

const EXAMPLES: &str = "\
Examples:
  musubi undo tokyo-london --record 3652397000000649013           shows the plan, then asks
  musubi undo tokyo-london --since 2026-11-27T09:00:00Z --until 2026-11-27T10:00:00Z
  musubi undo tokyo-london --module Contacts --run 4 --yes        for scripts
  musubi undo tokyo-london --record 3652397000000649013 --json    the plan alone, as JSON

A field is set back to what it held before the hub wrote it, if it still holds what the hub wrote; otherwise the plan says why
not, and it stays. What is set back does not go to the other side: the two stay different until somebody changes one of them.
Records that the hub made or deleted are not touched: that is done in the service.";

/// Plan an undo of a record, a run or a time, and carry it out.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["record", "run", "since"])))]
pub struct Arguments {
    /// The integration.
    name: String,
    /// What was written to this record or its counterpart; its id on either side.
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    /// What was written by this run of the module, as the console and `GET …/runs` number them.
    #[arg(long, value_name = "NUMBER", requires = "module")]
    run: Option<i64>,
    /// What was written from this time on, such as 2026-11-27T09:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// With --since: only what was written before this time.
    #[arg(long, value_name = "TIME", requires = "since")]
    until: Option<Timestamp>,
    /// Only of this module, named as on the left.
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

/// Shows the plan, asks, and has it carried out.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let Arguments { name, record, run, since, until, module, yes } = arguments;
    let millis = |at: Option<Timestamp>, other: i64| at.map_or(other, Timestamp::as_millisecond);
    let writes = match (record, run) {
        (Some(record), _) => Writes::Record(record),
        (None, Some(run)) => Writes::Run(run),
        (None, None) => Writes::Between(millis(since, 0), millis(until, i64::MAX)),
    };
    let of = UndoOf { module, writes };
    hub.undo_names_something(&name, &of).await?;
    let plan = hub.undo_plan(&name, &of).await?;
    if plan.ready == 0 || (context.output.is_json() && !yes) {
        context.output.report(&plan, text)?;
        return Ok(Exit::Done);
    }
    if !yes {
        context.output.remark(&text(&plan));
        Ask::new(context.output).consent("Set these back?")?;
    }
    let made = hub.undo(&name, &of, Some(&plan.digest), ACTOR).await?;
    let ids: Vec<String> = made.into_iter().map(|decision| decision.id).collect();
    let found = hub.answered(&name, &ids, WAIT).await?;
    decisions::tell(&found, &name, context)
}

fn text(plan: &UndoPlan) -> String {
    if plan.items.is_empty() {
        return "Nothing was written there.".to_owned();
    }
    let mut lines: Vec<String> = plan.items.iter().map(item).collect();
    let stays: u64 = plan.stays.values().sum();
    lines.push(format!("Fields to set back: {}; staying as they are: {stays}.", plan.ready));
    lines.join("\n")
}

fn item(item: &UndoItem) -> String {
    let label = item.label.as_deref().unwrap_or("");
    let fields: String = item.fields.iter().map(field).collect();
    format!("{} {} ↔ {} {label}{fields}", item.module, item.left_id, item.right_id)
}

fn field(field: &UndoField) -> String {
    let (side, name) = (field.side.name(), field.field.as_deref().unwrap_or("the record"));
    match field.code.as_str() {
        "undo.ready" => {
            format!("\n    {name} on the {side}: {} → {}", quoted(&field.now), quoted(&field.back))
        }
        _ => format!("\n    {name} on the {side}: {}", field.what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::Side;
    use serde_json::{Value, json};

    #[test]
    fn what_a_person_reads() {
        let field = |code: &str, now: Value, back: Value| UndoField {
            side: Side::Right,
            field: Some("Title".into()),
            code: code.into(),
            what: "not taken back: it was changed since".into(),
            hint: String::new(),
            now,
            back,
        };
        let fields = vec![
            field("undo.ready", json!("new"), json!("old")),
            field("undo.changed_since", json!("x"), Value::Null),
        ];
        let (module, label) = ("Contacts".to_owned(), Some("Mori".to_owned()));
        let item = UndoItem { module, left_id: "1".into(), right_id: "2".into(), label, fields };
        let stays = [("undo.changed_since".to_owned(), 1)].into();
        let plan = UndoPlan { digest: "d".into(), ready: 1, stays, items: vec![item] };
        insta::assert_snapshot!(text(&plan), @r#"
        Contacts 1 ↔ 2 Mori
            Title on the right: "new" → "old"
            Title on the right: not taken back: it was changed since
        Fields to set back: 1; staying as they are: 1.
        "#);
    }
}
