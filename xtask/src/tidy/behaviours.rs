//! The list of behaviours against the tests: what the list calls done must be shown by a test.

use super::tree::Tree;
use super::{Problem, citations};
use std::collections::BTreeMap;

/// The list, and the authority on which numbers there are.
const PATH: &str = "docs/behaviours.md";

/// Kinds that a test must show: function, default value, limit, error.
const SHOWN_BY_TESTS: &[&str] = &["F", "D", "L", "E"];
/// Kinds that a page, a check or an example shows.
const SHOWN_OTHERWISE: &[&str] = &["UI", "P", "C", "I"];

/// One row of the list.
#[derive(Debug)]
struct Row {
    number: String,
    kind: String,
    state: String,
    places: Vec<String>,
    line: usize,
}

/// Checks the list and every citation.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let Some(file) = tree.file(PATH) else {
        return vec![Problem::new(
            PATH,
            "the list of behaviours is missing",
            "write it: one row per behaviour",
        )];
    };
    let mut problems = Vec::new();
    let mut known: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows(&file.text) {
        problems.extend(form(tree, &row));
        if let Some(former) = known.get(&row.number) {
            let what = format!("{} stands in line {} already", row.number, former.line);
            problems.push(Problem::new(format!("{PATH}:{}", row.line), what, "keep one of the two rows"));
        } else {
            known.insert(row.number.clone(), row);
        }
    }
    let cited = citations::all(tree);
    for citation in &cited {
        if !known.contains_key(&citation.number) {
            problems.push(Problem::new(
                &citation.place,
                format!("{} is cited, and {PATH} does not know it", citation.number),
                "correct the number, or add its row to the list",
            ));
        }
    }
    for row in known.values().filter(|row| row.state == "done" && SHOWN_BY_TESTS.contains(&row.kind.as_str()))
    {
        if !cited.iter().any(|citation| citation.by_test && citation.number == row.number) {
            problems.push(Problem::new(
                format!("{PATH}:{}", row.line),
                format!("{} is called done, and no test cites it", row.number),
                format!("write `{}` at the test that shows it, or call it planned", row.number),
            ));
        }
    }
    problems
}

/// How many behaviours there are and how many of them are done.
pub fn summary(tree: &Tree) -> String {
    let rows = tree.file(PATH).map(|file| rows(&file.text)).unwrap_or_default();
    let done = rows.iter().filter(|row| row.state == "done").count();
    format!("{done} of {} listed behaviours done", rows.len())
}

/// The table rows whose first cell is a number of ours.
fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(inner) = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            continue;
        };
        let cells: Vec<&str> = inner.split('|').map(str::trim).collect();
        let is_number = cells[0].starts_with(['S', 'K', 'A']) && cells[0].contains('-');
        if is_number {
            let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
            // The places are what stands between backticks, the others are words about them.
            let places = cell(4).split('`').skip(1).step_by(2).map(str::to_string).collect();
            let (number, kind, state) = (cells[0].into(), cell(1).into(), cell(3).into());
            rows.push(Row { number, kind, state, places, line: index + 1 });
        }
    }
    rows
}

/// Kind, state and places of one row.
fn form(tree: &Tree, row: &Row) -> Vec<Problem> {
    let at = |what: String, mend: &str| Problem::new(format!("{PATH}:{}", row.line), what, mend);
    let mut problems = Vec::new();
    if !SHOWN_BY_TESTS.contains(&row.kind.as_str()) && !SHOWN_OTHERWISE.contains(&row.kind.as_str()) {
        problems.push(at(
            format!("{} has the unknown kind `{}`", row.number, row.kind),
            "use F, D, L, E, UI, P, C or I",
        ));
    }
    if row.state != "done" && row.state != "planned" {
        problems
            .push(at(format!("{} has the unknown state `{}`", row.number, row.state), "use done or planned"));
    }
    if row.state == "done" && row.places.is_empty() {
        problems.push(at(
            format!("{} is done, and nothing says where", row.number),
            "name a file or folder in backticks",
        ));
    }
    for place in row.places.iter().filter(|place| row.state == "done" && !tree.has(place)) {
        problems
            .push(at(format!("{} points to {place}, which is not there", row.number), "correct the path"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_list(list: &str, test: &str, expect: &[&str]) {
        let tree = Tree::of(&[(PATH, list), ("crates/a/tests/a.rs", test)]);
        let found = check(&tree);
        assert_eq!(found.len(), expect.len(), "{found:?}");
        for (problem, part) in found.iter().zip(expect) {
            assert!(problem.what.contains(part), "{problem:?} should speak of {part}");
        }
    }

    const DONE: &str = "| S0-2 | F | a created record arrives | done | `crates/a` |\n";

    #[test]
    fn what_is_done_is_cited_by_a_test() {
        check_list(DONE, "// S0-2\n", &[]);
        check_list(DONE, "", &["no test cites it"]);
        check_list("| S0-2 | F | a created record arrives | planned | |\n", "", &[]);
        check_list("| S0-5 | C | several regions | done | `crates/a` |\n", "", &[]);
    }

    #[test]
    fn a_number_nobody_listed_is_an_error() {
        check_list(DONE, "// S0-2 and S0-99\n", &["S0-99 is cited"]);
    }

    #[test]
    fn a_row_has_a_kind_a_state_and_a_place() {
        check_list("| S0-2 | Z | a | planned | |\n", "", &["unknown kind"]);
        check_list("| S0-2 | F | a | soon | |\n", "", &["unknown state"]);
        check_list("| S0-2 | F | a | done | |\n", "// S0-2\n", &["nothing says where"]);
        check_list("| S0-2 | F | a | done | `crates/b` |\n", "// S0-2\n", &["which is not there"]);
        check_list(&format!("{DONE}{DONE}"), "// S0-2\n", &["stands in line 1 already"]);
    }

    #[test]
    fn the_summary_counts() {
        let list = format!("{DONE}| S0-3 | F | b | planned | |\n| number | kind |\n");
        assert_eq!(summary(&Tree::of(&[(PATH, &list)])), "1 of 2 listed behaviours done");
    }
}
