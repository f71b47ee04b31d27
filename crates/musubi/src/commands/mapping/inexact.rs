//! Two fields that go both ways and do not hold the same values: told below their pair.

use crate::words::Words;
use musubi_core::Side;
use musubi_engine::findings::{LossyPair, LostValue};
use musubi_engine::meaning::Language;
use serde_json::Value;

pub(super) fn text(pair: &LossyPair, words: Words) -> String {
    let LossyPair { example, counterexample, hint, .. } = pair;
    let (what, hint) = match words.0 {
        Language::En => (format!("these two do not hold the same values: {example}"), hint.clone()),
        Language::Ja => in_japanese(counterexample),
    };
    format!("    {what} [mapping.inexact]\n      {hint}\n")
}

/// The sentence with its example, and what can be done.
fn in_japanese(lost: &LostValue) -> (String, String) {
    let (from, to) = match lost.from {
        Side::Left => ("左", "右"),
        Side::Right => ("右", "左"),
    };
    let (there_only, back_only, steps) = match lost.from {
        Side::Left => ("left_to_right", "right_to_left", "to_right"),
        Side::Right => ("right_to_left", "left_to_right", "to_left"),
    };
    let (value, there) = (quoted(&lost.value), quoted(&lost.there));
    let begins = format!("この2つの項目では、値が同じにならないことがあります：{from}の{value}は");
    if lost.there.is_null() && lost.back.is_none() {
        return (
            format!("{begins}、{to}では表せません。"),
            format!(
                "一方向のみにするか(direction = \"{back_only}\")、そのような値の変換を {steps} で指定してください。"
            ),
        );
    }
    let ends = match (&lost.back, &lost.there_again) {
        (None, _) => "元に戻せません。".to_owned(),
        (Some(back), Some(again)) if *again != lost.there => {
            format!("{}として戻った後、さらに{}に変わります。", quoted(back), quoted(again))
        }
        (Some(back), _) => format!("{}として戻ります。", quoted(back)),
    };
    (
        format!("{begins}{to}で{there}になり、{ends}"),
        format!(
            "支障がなければ、このまま同期できます。一方向のみにすることもできます(direction = \"{there_only}\")。"
        ),
    )
}

fn quoted(value: &Value) -> String {
    let text = match value {
        Value::Null => return "空".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    format!("「{}」", text.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_value_that_shows_it_is_told_in_japanese_too() {
        let check = |from, [value, there]: [Value; 2], back: Option<Value>, again, what: &str, way: &str| {
            let (told, hint) = in_japanese(&LostValue { from, value, there, back, there_again: again });
            let told = told.split_once('：').map(|(_, example)| example.to_owned());
            assert_eq!(told.as_deref(), Some(what));
            assert!(hint.contains(&format!("\"{way}\"")) && hint.ends_with('。'), "{hint}");
        };
        let seven = || json!("7");
        let both_ways = [json!("007"), seven()];
        let back = "左の「007」は右で「7」になり、「7」として戻ります。";
        check(Side::Left, both_ways.clone(), Some(seven()), Some(seven()), back, "left_to_right");
        check(Side::Left, both_ways.clone(), Some(seven()), None, back, "left_to_right");
        let wavers = "左の「007」は右で「7」になり、「7」として戻った後、さらに「8」に変わります。";
        check(Side::Left, both_ways, Some(seven()), Some(json!("8")), wavers, "left_to_right");
        let none = "右の「true」は左で「は い」になり、元に戻せません。";
        check(Side::Right, [json!(true), json!("は\nい")], None, None, none, "right_to_left");
        let formless = "右の「A, B」は、左では表せません。";
        check(Side::Right, [json!(["A", "B"]), Value::Null], None, None, formless, "left_to_right");
    }
}
