//! What could be mapped besides, with the lines that would do it.

use super::fields::arrow;
use crate::output;
use musubi_engine::config::{Fields, Way};
use musubi_engine::preview::ModulePreview;
use musubi_engine::suggest::{Candidate, Suggestion, SuggestionReason};

pub(super) fn text(suggestions: &[Suggestion], mapping: &ModulePreview, fields: &Fields) -> String {
    if suggestions.is_empty() {
        return "\n  Nothing suggests itself for the fields that are in no pair.\n".to_owned();
    }
    let heading = ["  LEFT", "", "RIGHT", "SCORE", "WHAT SPEAKS FOR IT"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for suggestion in suggestions {
        rows.extend((0..).zip(&suggestion.candidates).map(|(nth, one)| row(nth, &suggestion.left, one)));
    }
    let mut text = format!("\n  Suggested:\n{}\n", output::table(&rows));
    text += match fields {
        Fields::List(_) => "  What is right goes into `fields` of this module:\n",
        Fields::Named(_) => {
            "  This module maps fields of the same name. To map others as well, name all of them; what is right of the suggestions goes without its `#`:\n"
        }
    };
    text += "    fields = [\n";
    if matches!(fields, Fields::Named(_)) {
        let mapped = mapping.mapped.iter().filter_map(|field| {
            // A pair that goes both ways says nothing of it; what is only looked at needs no pair.
            let way = field.direction?;
            Some(format!("      {},\n", line(&field.left, &field.right, way)))
        });
        text.extend(mapped);
    }
    let best = |suggestion: &Suggestion| {
        let best = suggestion.candidates.first()?;
        Some(format!("      # {},\n", line(&suggestion.left, &best.right, best.direction)))
    };
    text.extend(suggestions.iter().filter_map(best));
    text + "    ]\n"
}

fn line(left: &str, right: &str, way: Way) -> String {
    let direction = match way {
        Way::Both => "",
        Way::LeftToRight => ", direction = \"left_to_right\"",
        Way::RightToLeft => ", direction = \"right_to_left\"",
    };
    format!("{{ left = \"{left}\", right = \"{right}\"{direction} }}")
}

fn row(nth: usize, left: &str, candidate: &Candidate) -> Vec<String> {
    let reasons: Vec<String> = candidate.reasons.iter().map(reason).collect();
    vec![
        if nth == 0 { format!("  {left}") } else { String::new() },
        arrow(Some(candidate.direction)).to_owned(),
        candidate.right.clone(),
        candidate.score.to_string(),
        reasons.join(", "),
    ]
}

fn reason(reason: &SuggestionReason) -> String {
    match (reason.code, reason.same, reason.compared) {
        ("same_name", ..) => "same name".to_owned(),
        ("similar_name", ..) => "similar name".to_owned(),
        ("same_label", ..) => "same label".to_owned(),
        ("similar_label", ..) => "similar label".to_owned(),
        ("same_meaning", ..) => "names that mean the same".to_owned(),
        ("same_type", ..) => "same type".to_owned(),
        ("same_values", Some(same), Some(compared)) => format!("{same} of {compared} values are the same"),
        (other, ..) => other.to_owned(),
    }
}
