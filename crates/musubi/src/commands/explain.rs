//! `musubi explain`: why is this record not synced?

use super::Context;
use crate::failure::{Exit, Failure};
use crate::store;
use crate::words::Words;
use jiff::Timestamp;
use musubi_core::Side;
use musubi_engine::Hub;
use musubi_engine::explain::{Because, Explanation, Said};
use musubi_engine::meaning::Language;

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
    context.output.report(&explanation, |explanation| text(explanation, context.output.words()))?;
    Ok(Exit::Done)
}

fn text(explanation: &Explanation, words: Words) -> String {
    let Explanation { module, side, id, label, counterpart, reasons, .. } = explanation;
    let label = label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
    let mut lines = vec![match words.0 {
        Language::En => {
            let other = counterpart.as_deref().unwrap_or("none");
            format!("{module} {id}{label} on the {}; counterpart: {other}", side.name())
        }
        Language::Ja => {
            let other = counterpart.as_deref().unwrap_or("なし");
            let side = if *side == Side::Left { "左" } else { "右" };
            format!("{side}の{module} {id}{label}、対応するデータ：{other}")
        }
    }];
    lines.extend(reasons.iter().map(|because| line(because, words)));
    lines.join("\n")
}

fn line(because: &Because, words: Words) -> String {
    let field = because.field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
    let what = words.what(&because.code, &because.what);
    let hint = words.hint(&because.code, "What would change it", &because.hint);
    let hint = hint.map(|hint| format!("\n    {hint}")).unwrap_or_default();
    let said = because.said.as_ref().map(|said| self::said(said, words)).unwrap_or_default();
    format!("  {}{field}: {}{said}{hint}", because.code, about(&what, because, words))
}

/// The sentence, with what is known of the case.
fn about(what: &str, because: &Because, words: Words) -> String {
    let parent = because.waits_for.as_deref();
    let at = because.since.and_then(|at| Timestamp::from_millisecond(at).ok());
    let since = at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string());
    let by = because.by.as_deref();
    match words.0 {
        Language::En => {
            let parent = parent.map(|id| format!(" ({id})")).unwrap_or_default();
            let since = since.map(|since| format!(", since {since}")).unwrap_or_default();
            let by = by.map(|by| format!(", by {by}")).unwrap_or_default();
            format!("{}{parent}{since}{by}.", what.trim_end_matches('.'))
        }
        Language::Ja => {
            let known = [("待っているデータ", parent), ("発生", since.as_deref()), ("実行者", by)];
            let known: Vec<String> =
                known.iter().filter_map(|(name, it)| Some(format!("{name}：{}", (*it)?))).collect();
            if known.is_empty() { what.to_owned() } else { format!("{what}({})", known.join("、")) }
        }
    }
}

fn said(said: &Said, words: Words) -> String {
    let field = said.field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
    let who = match words.0 {
        Language::En => "The service said: ",
        Language::Ja => "サービスの回答：",
    };
    format!("\n    {who}{}{field}: {}", said.code, said.message)
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
        insta::assert_snapshot!(text(&explanation, Words::default()), @r"
        Contacts 1 (Mori) on the left; counterpart: 2
          explain.unlinked: a person took the pair apart, since 2026-11-22 08:00, by Ann.
            What would change it: link it by hand.
          permission.refused: the user may not do this.
            The service said: NO_PERMISSION (Phone): permission denied
            What would change it: give that user the right.
        ");
        insta::assert_snapshot!(text(&explanation, Words(Language::Ja)), @r"
        左のContacts 1 (Mori)、対応するデータ：2
          explain.unlinked: 手動で関連付けが解除されています。(発生：2026-11-22 08:00、実行者：Ann)
            対処方法：必要な場合は、手動でリンクしてください。
          permission.refused: 相手側の組織に接続しているユーザーには、この操作の権限がありません。サービスからの説明は詳細にあります。
            サービスの回答：NO_PERMISSION (Phone): permission denied
            対処方法：そのユーザーに組織での権限を付与するか、権限のあるユーザーで接続し直してから、再試行してください。
        ");
    }
}
