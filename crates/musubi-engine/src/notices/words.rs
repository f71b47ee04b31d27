//! A notice in sentences, English and Japanese. Names, codes and counts; never what a record holds (I18).

use super::names;
use super::told::{Body, Matter};
use crate::matter::MATTERS;
use jiff::Timestamp;
use musubi_notices::{Event, Language, Message, Settings};
use musubi_store::NoticeRow;
use serde_json::{Value, json};
use url::Url;

/// What a notice is said in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around<'a> {
    /// The workspace's name.
    pub workspace: &'a str,
    /// Where services reach the hub.
    pub public_url: Option<&'a str>,
    /// So many notices were given up since the last one that arrived.
    pub missed: u64,
}

/// The notice as it goes out.
pub(super) fn message(row: &NoticeRow, body: &Body, settings: &Settings, around: Around<'_>) -> Message {
    let language = settings.language;
    let Around { workspace, public_url, missed } = around;
    let links = Links(settings.console.as_deref().or(public_url));
    let subject = format!("[Musubi] {}", subject(row, body, language));
    let at = Timestamp::from_millisecond(row.at).unwrap_or_default();
    let here = at.to_zoned(settings.time_zone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let mut text = text(row, body, language, &links, &here);
    if missed > 0 {
        text = text + "\n" + &gave_up(missed, language) + "\n";
    }
    let id = format!("{}.{}", row.id, row.at);
    let matters: Vec<Value> = body
        .matters
        .iter()
        .map(|matter| {
            let Matter { integration, module, code, count } = matter;
            json!({
                "integration": integration, "module": module, "code": code, "count": count,
                "url": links.matter(matter),
            })
        })
        .collect();
    let integration = (!row.about.is_empty()).then_some(&row.about);
    let json = json!({
        "id": id, "event": body.event, "at": at.to_string(), "workspace": workspace, "integration": integration,
        "matters": matters, "over": body.over, "missed": missed, "subject": subject, "text": text,
        "url": links.notice(row, body),
    });
    Message { id, at: row.at, subject, text, body: json }
}

/// In one line.
pub(super) fn subject(row: &NoticeRow, body: &Body, language: Language) -> String {
    let about = &row.about;
    let modules = modules(body);
    let total: u64 = body.matters.iter().map(|matter| matter.count).sum();
    match (language, body.event) {
        (Language::En, Event::FirstLoad) => format!("{about}: first load done ({modules})"),
        (Language::En, Event::Drift) => format!("{about}: a comparison found differences ({modules})"),
        (Language::En, Event::Paused) if !modules.is_empty() => {
            format!("{about}: modules were paused ({modules})")
        }
        (Language::En, Event::Paused) => format!("{about} was paused"),
        (Language::En, Event::Inactive) => format!("{about}: modules were deactivated ({modules})"),
        (Language::En, Event::Removed) => format!("{about} was removed"),
        (Language::En, Event::Stopped) => format!("{about} has stopped ({modules})"),
        (Language::En, Event::Decision) => format!("{about}: a decision is needed ({modules})"),
        (Language::En, Event::Failed) => format!("{about}: records could not be synced ({modules})"),
        (Language::En, Event::Login) => format!("{about}: an account has to be connected again"),
        (Language::En, Event::Unreachable) => format!("{about}: a service does not answer"),
        (Language::En, Event::Recovered) if !modules.is_empty() => {
            format!("{about} is back to normal ({modules})")
        }
        (Language::En, Event::Recovered) => format!("{about} is back to normal"),
        (Language::En, Event::Digest) => format!("Unresolved: {total}"),
        (Language::En, Event::Test) => "This is a test".to_owned(),
        (Language::Ja, Event::FirstLoad) => format!("{about}：初回同期が完了しました({modules})"),
        (Language::Ja, Event::Drift) => format!("{about}：定期比較で相違が見つかりました({modules})"),
        (Language::Ja, Event::Paused) if !modules.is_empty() => {
            format!("{about}：タブが一時停止されました({modules})")
        }
        (Language::Ja, Event::Paused) => format!("{about}：一時停止されました"),
        (Language::Ja, Event::Inactive) => format!("{about}：タブが無効になりました({modules})"),
        (Language::Ja, Event::Removed) => format!("{about}：連携が削除されました"),
        (Language::Ja, Event::Stopped) => format!("{about}：同期が停止しています({modules})"),
        (Language::Ja, Event::Decision) => format!("{about}：担当者の判断が必要です({modules})"),
        (Language::Ja, Event::Failed) => format!("{about}：同期できないデータがあります({modules})"),
        (Language::Ja, Event::Login) => format!("{about}：アカウントの再認証が必要です"),
        (Language::Ja, Event::Unreachable) => format!("{about}：サービスが応答していません"),
        (Language::Ja, Event::Recovered) if !modules.is_empty() => {
            format!("{about}：正常に戻りました({modules})")
        }
        (Language::Ja, Event::Recovered) => format!("{about}：正常に戻りました"),
        (Language::Ja, Event::Digest) => format!("未解決の項目：{total}件"),
        (Language::Ja, Event::Test) => "通知のテストです".to_owned(),
    }
}

fn modules(body: &Body) -> String {
    let mut names: Vec<&str> = Vec::new();
    for module in body.matters.iter().filter_map(|matter| matter.module.as_deref()) {
        if !names.contains(&module) {
            names.push(module);
        }
    }
    names.join(", ")
}

fn text(row: &NoticeRow, body: &Body, language: Language, links: &Links<'_>, here: &str) -> String {
    let mut lines = vec![format!("{}{}", subject(row, body, language), stop(language)), String::new()];
    let explained = explained(body, language);
    if !explained.is_empty() {
        lines.extend([explained.to_owned(), String::new()]);
    }
    let mut last = "";
    for matter in &body.matters {
        if body.event == Event::Digest && matter.integration != last {
            last = &matter.integration;
            lines.push(last.to_owned());
        }
        let (name, count) = (names::of(&matter.code, language), matter.count);
        let module = matter.module.as_deref().map(|module| format!("{module}: ")).unwrap_or_default();
        lines.push(match language {
            Language::En => format!("  {module}{name}: {count}"),
            Language::Ja => format!("  {module}{name}：{count}件"),
        });
        if body.event == Event::Digest
            && let Some(url) = links.matter(matter)
        {
            lines.push(format!("    {url}"));
        }
    }
    lines.extend(body.over.iter().map(|over| format!("  {}", is_over(*over, language))));
    if !body.matters.is_empty() || !body.over.is_empty() {
        lines.push(String::new());
    }
    if let Some(url) = links.notice(row, body) {
        lines.extend([url, String::new()]);
    }
    lines.push(here.to_owned());
    lines.join("\n") + "\n"
}

fn gave_up(missed: u64, language: Language) -> String {
    match language {
        Language::En => format!("Notices before this one that could not be delivered here: {missed}."),
        Language::Ja => format!("これより前の通知のうち、{missed}件はこの宛先に届けられませんでした。"),
    }
}

fn stop(language: Language) -> &'static str {
    match language {
        Language::En => ".",
        Language::Ja => "。",
    }
}

/// What follows from it.
fn explained(body: &Body, language: Language) -> &'static str {
    let of_modules = body.matters.iter().any(|matter| matter.module.is_some());
    match (language, body.event) {
        (Language::En, Event::FirstLoad) => "From now on changes are followed. Other modules can be set up.",
        (Language::En, Event::Drift) => {
            "They were not told of by the services when they came up, and are dealt with like any change; the history says how."
        }
        (Language::En, Event::Paused) if of_modules => {
            "Nothing is read or written for what is listed here until it is resumed. The others go on."
        }
        (Language::En, Event::Paused) => "Nothing is read or written until it is resumed.",
        (Language::En, Event::Inactive) => {
            "Nothing is read or written for what is listed here until it is activated. The others go on."
        }
        (Language::En, Event::Removed) => {
            "Nothing of it is synced any more. The records stay on both sides, and it stays known which belongs to which."
        }
        (Language::En, Event::Stopped) => "What is listed here does not go on until somebody looks at it.",
        (Language::En, Event::Decision) => "The records it is about wait; all others go on.",
        (Language::En, Event::Failed) => {
            "These are not tried again before what is wrong is mended. All others go on."
        }
        (Language::En, Event::Login) => {
            "A service refuses the credential. Connect the account again, in the console or with `musubi connect`; then it goes on by itself."
        }
        (Language::En, Event::Unreachable) => {
            "It is tried again and again; what people change meanwhile is carried over later."
        }
        (Language::En, Event::Test) => "Notices of this hub arrive here.",
        (Language::Ja, Event::FirstLoad) => {
            "今後は、変更が自動的に反映されます。ほかのタブの設定に進むことができます。"
        }
        (Language::Ja, Event::Drift) => {
            "発生時にサービスから通知されなかった相違です。通常の変更と同じように反映され、内容は履歴で確認できます。"
        }
        (Language::Ja, Event::Paused) if of_modules => {
            "次のタブは、再開するまで読み込みと書き込みが行われません。その他のタブは通常どおり同期されています。"
        }
        (Language::Ja, Event::Paused) => "再開するまで、読み込みと書き込みは行われません。",
        (Language::Ja, Event::Inactive) => {
            "次のタブは、有効にするまで読み込みと書き込みが行われません。その他のタブは通常どおり同期されています。"
        }
        (Language::Ja, Event::Removed) => {
            "この連携の同期は行われなくなりました。双方のデータは残り、関連付けも記憶されています。"
        }
        (Language::Ja, Event::Stopped) => "次の内容は、確認されるまで処理されません。",
        (Language::Ja, Event::Decision) => {
            "対象のデータの同期は保留されています。その他のデータは通常どおり同期されています。"
        }
        (Language::Ja, Event::Failed) => {
            "原因が解消されるまで再試行されません。その他のデータは通常どおり同期されています。"
        }
        (Language::Ja, Event::Login) => {
            "サービスに認証情報が拒否されました。コンソールまたは `musubi connect` で接続し直してください。その後は自動的に再開されます。"
        }
        (Language::Ja, Event::Unreachable) => {
            "自動的に再試行しています。その間の変更は、後でまとめて反映されます。"
        }
        (Language::Ja, Event::Test) => "このハブの通知は、この宛先に届きます。",
        (_, Event::Recovered | Event::Digest) => "",
    }
}

fn is_over(event: Event, language: Language) -> &'static str {
    match (language, event) {
        (Language::En, Event::Paused) => "It was resumed.",
        (Language::En, Event::Inactive) => "A module is active again.",
        (Language::En, Event::Login) => "The account is connected again.",
        (Language::En, Event::Unreachable) => "The service answers again.",
        (Language::En, _) => "What kept it from working is over.",
        (Language::Ja, Event::Paused) => "再開されました。",
        (Language::Ja, Event::Inactive) => "タブが再び有効になりました。",
        (Language::Ja, Event::Login) => "アカウントが再び接続されました。",
        (Language::Ja, Event::Unreachable) => "サービスの応答が戻りました。",
        (Language::Ja, _) => "同期を妨げていた問題は解消しました。",
    }
}

/// Into the console, if its address is known.
struct Links<'a>(Option<&'a str>);

impl Links<'_> {
    fn to(&self, path: &[&str], query: &[(&str, &str)]) -> Option<String> {
        let mut url = Url::parse(self.0?).ok()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Some(url.into())
    }

    fn matter(&self, matter: &Matter) -> Option<String> {
        let path = ["integrations", &matter.integration];
        let waits = MATTERS.iter().any(|known| known.code == matter.code);
        if waits {
            self.to(&path, &[("tab", "attention"), ("code", &matter.code)])
        } else {
            self.to(&path, &[])
        }
    }

    fn notice(&self, row: &NoticeRow, body: &Body) -> Option<String> {
        match (row.about.as_str(), body.event) {
            ("", _) | (_, Event::Removed) => self.to(&[], &[]),
            (about, Event::Decision | Event::Failed | Event::Stopped) => {
                self.to(&["integrations", about], &[("tab", "attention")])
            }
            (about, _) => self.to(&["integrations", about], &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matter(module: &str, code: &str, count: u64) -> Matter {
        Matter { integration: "tokyo-london".into(), module: Some(module.into()), code: code.into(), count }
    }

    fn shown(language: Language, body: &Body, about: &str, missed: u64) -> String {
        let zone = Some("Asia/Tokyo".to_owned());
        let settings = Settings { language, zone, ..Settings::default() };
        let row = NoticeRow { id: 7, ..body.row(about, 1_795_737_600_000) };
        let around = Around { workspace: "main", public_url: Some("https://m.example/hub/"), missed };
        let message = message(&row, body, &settings, around);
        format!("{}\n\n{}", message.subject, message.text)
    }

    fn body(event: Event, matters: Vec<Matter>) -> Body {
        Body { event, matters, over: Vec::new() }
    }

    #[test]
    fn what_a_person_reads() {
        let two = vec![matter("Contacts", "conflict.held", 3), matter("Deals", "match.ambiguous", 1)];
        let decision = body(Event::Decision, two.clone());
        let holds = |text: &str, lines: &[&str]| {
            for line in lines {
                assert!(text.lines().any(|own| own == *line), "{line:?} is not a line of\n{text}");
            }
        };
        holds(
            &shown(Language::En, &decision, "tokyo-london", 0),
            &[
                "[Musubi] tokyo-london: a decision is needed (Contacts, Deals)",
                "The records it is about wait; all others go on.",
                "  Contacts: Conflict to decide: 3",
                "  Deals: Several possible matches: 1",
                "https://m.example/hub/integrations/tokyo-london?tab=attention",
                "2026-11-27 09:00 JST",
            ],
        );
        holds(
            &shown(Language::Ja, &decision, "tokyo-london", 2),
            &[
                "[Musubi] tokyo-london：担当者の判断が必要です(Contacts, Deals)",
                "  Contacts: 競合(保留)：3件",
                "これより前の通知のうち、2件はこの宛先に届けられませんでした。",
            ],
        );
        let stopped = Matter { module: None, ..matter("", "login", 1) };
        let digest = body(Event::Digest, [vec![stopped], two].concat());
        holds(
            &shown(Language::En, &digest, "", 1),
            &[
                "[Musubi] Unresolved: 5",
                "tokyo-london",
                "  An account has to be connected again: 1",
                "    https://m.example/hub/integrations/tokyo-london?tab=attention&code=conflict.held",
                "Notices before this one that could not be delivered here: 1.",
            ],
        );
        holds(
            &shown(Language::Ja, &digest, "", 0),
            &["[Musubi] 未解決の項目：5件", "  アカウントの再認証が必要：1件"],
        );
        let paused = body(Event::Paused, vec![matter("Contacts", "paused", 1)]);
        holds(
            &shown(Language::En, &paused, "tokyo-london", 0),
            &[
                "[Musubi] tokyo-london: modules were paused (Contacts)",
                "Nothing is read or written for what is listed here until it is resumed. The others go on.",
                "  Contacts: Paused: 1",
            ],
        );
        holds(
            &shown(Language::Ja, &paused, "tokyo-london", 0),
            &["[Musubi] tokyo-london：タブが一時停止されました(Contacts)", "  Contacts: 一時停止中：1件"],
        );
        let resumed = vec![matter("Contacts", "resumed", 1)];
        let resumed = Body { over: vec![Event::Paused], ..body(Event::Recovered, resumed) };
        holds(
            &shown(Language::En, &resumed, "tokyo-london", 0),
            &[
                "[Musubi] tokyo-london is back to normal (Contacts)",
                "  Contacts: Resumed: 1",
                "  It was resumed.",
            ],
        );
        let recovered =
            Body { over: vec![Event::Login, Event::Paused], ..body(Event::Recovered, Vec::new()) };
        holds(
            &shown(Language::En, &recovered, "tokyo-london", 0),
            &[
                "[Musubi] tokyo-london is back to normal",
                "  The account is connected again.",
                "  It was resumed.",
            ],
        );
    }

    #[test]
    fn every_event_is_a_sentence_in_both_languages() {
        let all = [
            Event::FirstLoad,
            Event::Drift,
            Event::Paused,
            Event::Inactive,
            Event::Removed,
            Event::Stopped,
            Event::Decision,
            Event::Failed,
            Event::Login,
            Event::Unreachable,
            Event::Recovered,
            Event::Digest,
            Event::Test,
        ];
        for event in all {
            let about = if matches!(event, Event::Digest | Event::Test) { "" } else { "tokyo-london" };
            let text = |language| {
                let body = body(event, vec![matter("Contacts", "write.refused", 2)]);
                let row = body.row(about, 0);
                let settings = Settings { language, ..Settings::default() };
                message(&row, &body, &settings, Around::default())
            };
            let (english, japanese) = (text(Language::En), text(Language::Ja));
            for message in [&english, &japanese] {
                assert!(message.subject.contains(about), "{}", message.subject);
                assert!(!message.subject.contains('\n'), "a subject is one line");
                assert!(message.text.contains('2'), "{event:?} tells how many: {}", message.text);
            }
            assert!(english.subject.is_ascii() && english.text.is_ascii(), "{}", english.text);
            let foreign = |text: &str| text.chars().filter(|c| !c.is_ascii()).count();
            assert!(foreign(&japanese.subject) > 3 && foreign(&japanese.text) > 10, "{}", japanese.text);
        }
    }

    #[test]
    fn what_a_program_reads() {
        let body = body(Event::FirstLoad, vec![matter("Contacts", "pairs", 1_204)]);
        let row = NoticeRow { id: 7, ..body.row("tokyo-london", 1_795_737_600_000) };
        let around = Around { workspace: "main", public_url: None, missed: 3 };
        let message = message(&row, &body, &Settings::default(), around);
        assert_eq!(message.body["event"], "first_load");
        assert_eq!(message.body["at"], "2026-11-27T00:00:00Z");
        assert_eq!(message.body["workspace"], "main");
        assert_eq!(message.body["integration"], "tokyo-london");
        assert_eq!(message.body["matters"][0]["count"], 1_204);
        assert_eq!(message.body["missed"], 3);
        assert_eq!(message.body["url"], Value::Null, "nobody knows where the console is");
        assert_eq!(message.body["id"], message.id.as_str());
    }
}
