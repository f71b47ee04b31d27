//! The guide in both languages: what it shows is read by the program, and what it leads to is there.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use musubi_engine::Config;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The chapters by their names, such as `scope` and `scope.ja`.
fn chapters() -> Vec<(String, String)> {
    let files = std::fs::read_dir(repository().join("docs/guide")).unwrap();
    let chapter = |path: PathBuf| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&path));
    let mut chapters: Vec<_> = files.map(|file| chapter(file.unwrap().path())).collect();
    chapters.sort();
    chapters
}

/// The blocks between fences of this kind.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let parts = text.split("\n```").skip(1).step_by(2);
    parts.filter_map(|part| part.strip_prefix(kind)?.strip_prefix('\n')).map(str::to_owned).collect()
}

const CONNECTIONS: &str = "[connections.tokyo]\nservice = \"crm\"\ndata_centre = \"jp\"\n\
    [connections.london]\nservice = \"crm\"\ndata_centre = \"uk\"\n";
const INTEGRATION: &str = "[integrations.tokyo-london]\nleft = \"tokyo\"\nright = \"london\"\n";
const MODULE: &str = "[[integrations.tokyo-london.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n";

/// A whole file around what a chapter shows: a file already, some of its tables, keys of a module pair, or pairs of fields.
fn file(block: &str) -> String {
    if block.contains("[connections.") {
        return block.to_owned();
    }
    let mut text = CONNECTIONS.to_owned();
    if !block.contains(INTEGRATION) {
        text += INTEGRATION;
    }
    if block.starts_with('{') {
        return text + MODULE + "fields = [\n" + block + "]\n";
    }
    if !block.contains("[[integrations.tokyo-london.modules]]") {
        text += MODULE;
    }
    text + block
}

#[test]
fn every_file_and_every_piece_of_one_is_read_as_configuration() {
    let mut seen = 0;
    let readmes = ["README", "README.ja"].map(|name| {
        let path = repository().join(format!("{name}.md"));
        (format!("../../{name}"), read(&path))
    });
    for (name, text) in chapters().into_iter().chain(readmes) {
        for block in blocks(&text, "toml") {
            seen += 1;
            if let Err(error) = Config::parse(&file(&block)) {
                panic!("docs/guide/{name}.md: {} ({}), in\n{block}", error.message, error.hint);
            }
        }
    }
    assert!(seen > 20, "the blocks are not found any more: {seen}");
}

/// The keys of the grammar, as the document of the API has them: a configuration file and the API are read by the same types.
fn keys() -> BTreeSet<String> {
    let document = read(&repository().join("docs/openapi.json"));
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let of = |name: &str| -> Vec<String> {
        let schema = &document["components"]["schemas"][name]["properties"];
        schema.as_object().unwrap_or_else(|| panic!("no {name}")).keys().cloned().collect()
    };
    let named = [
        "ModulePair",
        "FieldPair",
        "AttachmentLimits",
        "DerivedField",
        "ToldMatch",
        "RecordScope",
        "SideScope",
        "Criteria",
        "DeletionLimitConfig",
        "Owners",
        "TimeOf",
        "ValueMap",
    ];
    named.into_iter().flat_map(of).collect()
}

#[test]
fn the_chapter_on_configuration_has_every_key_in_both_languages() {
    let chapters = chapters();
    let text = |name: &str| &chapters.iter().find(|(chapter, _)| chapter == name).unwrap().1;
    for name in ["configuration", "configuration.ja"] {
        let words: BTreeSet<&str> = text(name)
            .split('`')
            .flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
            .collect();
        let missing: Vec<_> = keys().into_iter().filter(|key| !words.contains(key.as_str())).collect();
        assert!(missing.is_empty(), "docs/guide/{name}.md says nothing of {missing:?}");
    }
    let without_remarks = |name: &str| -> Vec<String> {
        let lines = |block: String| -> String {
            block.lines().map(|line| line.split('#').next().unwrap().trim_end().to_owned() + "\n").collect()
        };
        blocks(text(name), "toml").into_iter().map(lines).collect()
    };
    assert_eq!(without_remarks("configuration"), without_remarks("configuration.ja"));
}

#[test]
fn the_countries_whose_numbers_are_known_are_listed_in_both_languages() {
    let known: Vec<&str> = musubi_core::phone::Region::names().collect();
    for (name, start) in [("mapping", "These countries are known: "), ("mapping.ja", "指定できる国:")] {
        let text = read(&repository().join(format!("docs/guide/{name}.md")));
        let list = text.lines().find_map(|line| line.strip_prefix(start)).unwrap();
        let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        assert_eq!(listed, known, "docs/guide/{name}.md");
    }
}

#[test]
fn every_chapter_comes_in_both_languages_and_stands_in_the_index() {
    let chapters = chapters();
    let names: BTreeSet<&str> = chapters.iter().map(|(name, _)| name.as_str()).collect();
    let index = |name: &str| &chapters.iter().find(|(chapter, _)| chapter == name).unwrap().1;
    for name in names.iter().filter(|name| !name.ends_with(".ja")) {
        let other = format!("{name}.ja");
        assert!(names.contains(other.as_str()), "docs/guide/{name}.md has no Japanese");
        if *name != "README" {
            assert!(index("README").contains(&format!("]({name}.md)")), "{name} does not stand in the index");
            assert!(index("README.ja").contains(&format!("]({other}.md)")), "{other} does not stand in it");
        }
    }
    assert!(names.iter().all(|name| names.contains(name.trim_end_matches(".ja"))), "{names:?}");
}

#[test]
fn every_link_leads_somewhere() {
    for (name, text) in chapters() {
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if target.starts_with("http") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = match path {
                "" => format!("{name}.md"),
                path => path.to_owned(),
            };
            let file = repository().join("docs/guide").join(&path);
            if path.ends_with(".png") {
                assert!(file.is_file(), "docs/guide/{name}.md shows {target}, which is not there");
                continue;
            }
            let page = read(&file);
            let heading = |line: &&str| line.starts_with('#') && slug(line) == anchor;
            assert!(
                anchor.is_empty() || page.lines().any(|line| heading(&line)),
                "docs/guide/{name}.md leads to {target}, and there is no such heading"
            );
        }
    }
}

/// The anchor that a heading gets.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[test]
fn every_command_shown_is_one_and_takes_what_it_is_given() {
    let manual = read(&repository().join("docs/cli.md"));
    let (general, _) = manual.split_once("\n## ").unwrap();
    for (name, text) in chapters() {
        for shown in text.split("musubi ").skip(1) {
            let line = shown.split(['`', '\n']).next().unwrap();
            let command = line.split(|c: char| !c.is_ascii_lowercase()).next().unwrap();
            // A word of a sentence, or a name such as `musubi.toml`.
            if command.is_empty() {
                continue;
            }
            let section = manual.split("\n## musubi ").find(|part| part.lines().next() == Some(command));
            let section = section.unwrap_or_else(|| panic!("docs/guide/{name}.md: no command `{command}`"));
            let flags = line.split(|c: char| !c.is_ascii_lowercase() && c != '-');
            for flag in flags.filter(|word| word.len() > 2 && word.starts_with("--")) {
                let known = |page: &str| page.split_whitespace().any(|word| word == flag);
                assert!(
                    known(section) || known(general),
                    "docs/guide/{name}.md: `musubi {command}` takes no {flag}"
                );
            }
        }
    }
}
