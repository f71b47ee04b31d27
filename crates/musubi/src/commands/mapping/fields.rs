//! Which fields belong to which, which to none and why, and what is wrong.

use super::inexact;
use crate::words::Words;
use crate::{left_out, output};
use musubi_core::Side;
use musubi_engine::config::Way;
use musubi_engine::draft::MappingProblem;
use musubi_engine::findings::LossyPair;
use musubi_engine::preview::{MappedField, ModulePreview, Unmapped};
use std::collections::BTreeMap;

/// So many letters of names stand in a line.
const WIDTH: usize = 92;

pub(super) fn text(preview: &ModulePreview, words: Words) -> String {
    let mut text = format!("{} ↔ {}\n", preview.left, preview.right);
    let heading = ["  LEFT", "", "RIGHT", ""].map(str::to_owned).to_vec();
    let rows: Vec<_> = std::iter::once(heading).chain(preview.mapped.iter().map(row)).collect();
    let is_of = |field: &MappedField, pair: &&LossyPair| pair.left == field.left && pair.right == field.right;
    let below = preview.mapped.iter().map(|field| preview.inexact.iter().find(|pair| is_of(field, pair)));
    for (line, below) in output::table(&rows).lines().zip(std::iter::once(None).chain(below)) {
        text += &format!("{line}\n");
        text += &below.map(|pair| inexact::text(pair, words)).unwrap_or_default();
    }
    for (side, fields) in [(Side::Left, &preview.unmapped.left), (Side::Right, &preview.unmapped.right)] {
        text += &unmapped(side, fields);
    }
    for (side, names) in [("left", &preview.custom_unmapped.left), ("right", &preview.custom_unmapped.right)]
    {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            text += &format!("  custom fields of the {side} that stay behind:\n{}", lines(&names));
        }
    }
    for MappingProblem { code, what, hint, .. } in &preview.problems {
        let (what, hint) = (words.problem(code, what), words.problem_hint(code, hint));
        text += &format!("  wrong: {what} [{code}]\n    {hint}\n");
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

/// Names in lines that fit a terminal.
fn lines(names: &[&str]) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for (at, name) in names.iter().enumerate() {
        let comma = if at + 1 < names.len() { "," } else { "" };
        if at > 0 && width + name.len() + 2 > WIDTH {
            text += "\n";
            width = 0;
        }
        text += if width == 0 { "    " } else { " " };
        text += &format!("{name}{comma}");
        width += name.len() + 2;
    }
    text + "\n"
}

/// One paragraph for each reason; those without which nothing can be created come first.
fn unmapped(side: Side, fields: &[Unmapped]) -> String {
    let mut reasons: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
    for field in fields {
        reasons.entry((!field.blocks, field.reason)).or_default().push(&field.field);
    }
    let line = |((optional, reason), names): (&(bool, &str), &Vec<&str>)| {
        let what = if *optional { "not mapped" } else { "MANDATORY and not mapped" };
        format!("  {} {what} ({}):\n{}", side.name(), left_out::why(reason), lines(names))
    };
    reasons.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_stand_in_several_lines() {
        let names = ["Mailing_Street"; 8];
        insta::assert_snapshot!(lines(&names), @r"
            Mailing_Street, Mailing_Street, Mailing_Street, Mailing_Street, Mailing_Street,
            Mailing_Street, Mailing_Street, Mailing_Street
        ");
        assert_eq!(lines(&["Email"]), "    Email\n");
    }

    #[test]
    fn what_nobody_can_do_without_comes_first() {
        let field = |field: &str, reason, blocks| Unmapped { field: field.into(), reason, blocks };
        let fields = [field("Fax", "field.not_chosen", false), field("Last_Name", "field.not_chosen", true)];
        insta::assert_snapshot!(unmapped(Side::Right, &fields), @r"
        right MANDATORY and not mapped (not in the list):
          Last_Name
        right not mapped (not in the list):
          Fax
        ");
    }
}
