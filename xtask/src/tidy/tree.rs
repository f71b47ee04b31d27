//! The files of the repository, read once.

use super::source::Source;
use std::fs;
use std::path::Path;

/// One text file.
pub struct File {
    /// The path from the root, with `/` between its parts.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Whether the file is a module that its parent only builds for tests.
    is_test_module: bool,
}

/// Every text file that is ours.
pub struct Tree {
    /// The files, sorted by path.
    pub files: Vec<File>,
}

/// Folders that hold built or fetched things, wherever they stand.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", "generated"];

impl Tree {
    /// Reads the tree under a root.
    pub fn read(root: &Path) -> Result<Tree, String> {
        let mut files = Vec::new();
        visit(root, "", &mut files).map_err(|error| format!("the repository cannot be read: {error}"))?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Tree::with(files))
    }

    /// A tree made of these files, for tests.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        Tree::with(files.iter().map(|(path, text)| File::new((*path).into(), (*text).into())).collect())
    }

    fn with(mut files: Vec<File>) -> Tree {
        let modules: Vec<String> =
            files.iter().filter(|file| file.is_rust()).flat_map(test_modules).collect();
        for file in &mut files {
            let stem = file.path.trim_end_matches(".rs");
            file.is_test_module =
                modules.iter().any(|module| stem == module || stem.starts_with(&format!("{module}/")));
        }
        Tree { files }
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether a file or a folder stands at a path.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }
}

impl File {
    fn new(path: String, text: String) -> File {
        File { path, text, is_test_module: false }
    }

    /// The name without its folder.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether the file is Rust source.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the file is TypeScript source.
    pub fn is_typescript(&self) -> bool {
        self.path.ends_with(".ts") || self.path.ends_with(".tsx")
    }

    /// Whether the whole file is a test.
    pub fn is_test(&self) -> bool {
        let name = self.name();
        self.is_test_module
            || self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || name == "tests.rs"
            || [".test.ts", ".test.tsx", ".spec.ts", ".spec.tsx"].iter().any(|end| name.ends_with(end))
    }
}

/// The modules in files of their own that this file builds only for tests, as paths without their ending.
fn test_modules(file: &File) -> Vec<String> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let children = match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_string(),
        _ => file.path.trim_end_matches(".rs").to_string(),
    };
    let source = Source::of(&file.text);
    source.test_modules().into_iter().map(|name| format!("{children}/{name}")).collect()
}

fn visit(folder: &Path, prefix: &str, files: &mut Vec<File>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
            if !hidden && !NOT_OURS.contains(&name.as_str()) && path != "data" {
                visit(&entry.path(), &format!("{path}/"), files)?;
            }
        } else if kind.is_file()
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            // What is no text (a picture) has no rules here.
            files.push(File::new(path, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_their_place_or_name() {
        let tree = Tree::of(&[
            ("crates/a/tests/pages.rs", ""),
            ("crates/a/src/tests.rs", ""),
            ("console/src/pages/home/home.test.tsx", ""),
            ("crates/a/src/latest.rs", ""),
        ]);
        assert_eq!(tree.files.iter().map(File::is_test).collect::<Vec<_>>(), [true, true, true, false]);
    }

    #[test]
    fn a_module_built_for_tests_alone_is_a_test() {
        let tree = Tree::of(&[
            ("crates/a/src/crm/mod.rs", "#[cfg(test)]\nmod recorded;\nmod list;\n"),
            ("crates/a/src/crm/recorded.rs", ""),
            ("crates/a/src/crm/recorded/part.rs", ""),
            ("crates/a/src/crm/list.rs", "#[cfg(test)]\npub(crate) mod laws;\n"),
            ("crates/a/src/crm/list/laws.rs", ""),
            ("crates/a/src/recorded.rs", ""),
        ]);
        let tests = tree.files.iter().filter(|file| file.is_test()).map(|file| file.path.as_str());
        assert_eq!(
            tests.collect::<Vec<_>>(),
            [
                "crates/a/src/crm/recorded.rs",
                "crates/a/src/crm/recorded/part.rs",
                "crates/a/src/crm/list/laws.rs"
            ]
        );
    }

    #[test]
    fn folders_count_as_present() {
        let tree = Tree::of(&[("crates/a/src/lib.rs", "")]);
        assert!(tree.has("crates/a") && tree.has("crates/a/") && tree.has("crates/a/src/lib.rs"));
        assert!(!tree.has("crates/b") && !tree.has("crates/a/src/li"));
    }
}
