//! Which fields belong to which, which to none and why, and what is wrong.

use crate::{left_out, output};
use musubi_core::Side;
use musubi_engine::config::Way;
use musubi_engine::preview::{MappedField, ModulePreview, Unmapped};
use std::collections::BTreeMap;

pub(super) fn text(preview: &ModulePreview) -> String {
    let mut text = format!("{} ↔ {}\n", preview.left, preview.right);
    let heading = ["  LEFT", "", "RIGHT", ""].map(str::to_owned).to_vec();
    let rows: Vec<_> = std::iter::once(heading).chain(preview.mapped.iter().map(row)).collect();
    text += &output::table(&rows);
    for (side, fields) in [(Side::Left, &preview.unmapped.left), (Side::Right, &preview.unmapped.right)] {
        text += &unmapped(side, fields);
    }
    for (side, names) in [("left", &preview.custom_unmapped.left), ("right", &preview.custom_unmapped.right)]
    {
        if !names.is_empty() {
            text += &format!("  custom fields of the {side} that stay behind: {}\n", names.join(", "));
        }
    }
    for problem in &preview.problems {
        text += &format!("  wrong: {} [{}]\n    {}\n", problem.what, problem.code, problem.hint);
    }
    text
}

/// Which way values go.
pub(super) fn arrow(direction: Option<Way>) -> &'static str {
    match direction {
        Some(Way::Both) => "↔",
        Some(Way::LeftToRight) => "→",
        Some(Way::RightToLeft) => "←",
        None => "·",
    }
}

fn row(field: &MappedField) -> Vec<String> {
    let mut notes = Vec::new();
    if field.matches {
        notes.push("records are recognised by it");
    }
    if field.direction.is_none() {
        notes.push("only looked at");
    }
    if !field.samples.is_empty() {
        notes.push("values are changed on their way");
    }
    vec![
        format!("  {}", field.left),
        arrow(field.direction).to_owned(),
        field.right.clone(),
        notes.join("; "),
    ]
}

/// One line for each reason; those without which nothing can be created come first.
fn unmapped(side: Side, fields: &[Unmapped]) -> String {
    let mut reasons: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
    for field in fields {
        reasons.entry((!field.blocks, field.reason)).or_default().push(&field.field);
    }
    let line = |((optional, reason), names): (&(bool, &str), &Vec<&str>)| {
        let what = if *optional { "not mapped" } else { "MANDATORY and not mapped" };
        format!("  {} {what}: {} ({})\n", side.name(), names.join(", "), left_out::why(reason))
    };
    reasons.iter().map(line).collect()
}
