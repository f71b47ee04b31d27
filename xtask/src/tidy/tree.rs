//! The files of the repository, read once.

use std::fs;
use std::path::Path;

/// One text file.
pub struct File {
    /// The path from the root, with `/` between its parts.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Every text file that is ours.
pub struct Tree {
    /// The files, sorted by path.
    pub files: Vec<File>,
}

/// Folders that hold built or fetched things, wherever they stand.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist"];

impl Tree {
    /// Reads the tree under a root.
    pub fn read(root: &Path) -> Result<Tree, String> {
        let mut files = Vec::new();
        visit(root, "", &mut files).map_err(|error| format!("the repository cannot be read: {error}"))?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Tree { files })
    }

    /// A tree made of these files, for tests.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() });
        Tree { files: files.collect() }
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
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || name == "tests.rs"
            || [".test.ts", ".test.tsx", ".spec.ts", ".spec.tsx"].iter().any(|end| name.ends_with(end))
    }
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
            files.push(File { path, text });
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
    fn folders_count_as_present() {
        let tree = Tree::of(&[("crates/a/src/lib.rs", "")]);
        assert!(tree.has("crates/a") && tree.has("crates/a/") && tree.has("crates/a/src/lib.rs"));
        assert!(!tree.has("crates/b") && !tree.has("crates/a/src/li"));
    }
}
