//! The package manifests of the workspace, as the rules see them.

use super::Problem;
use super::tree::Tree;

/// One package.
pub struct Manifest {
    /// The path of its `Cargo.toml`.
    pub path: String,
    /// The package's name.
    pub name: String,
    /// The whole document.
    pub document: toml::Table,
}

/// One dependency of a package.
pub struct Dependency {
    /// The name of the crate it brings.
    pub name: String,
    /// Whether only tests use it.
    pub purpose: Purpose,
    /// Whether version and source are those of the workspace.
    pub is_inherited: bool,
}

/// What a dependency is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The code that ships.
    Code,
    /// Tests, examples and benchmarks.
    Tests,
}

/// Every package below the root, and the manifests that cannot be read.
pub fn all(tree: &Tree) -> (Vec<Manifest>, Vec<Problem>) {
    let mut manifests = Vec::new();
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let document = match file.text.parse::<toml::Table>() {
            Ok(document) => document,
            Err(error) => {
                problems.push(Problem::new(
                    &file.path,
                    format!("not a manifest: {}", error.message()),
                    "correct the TOML",
                ));
                continue;
            }
        };
        let name =
            document.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        if let Some(name) = name {
            manifests.push(Manifest {
                path: file.path.clone(),
                name: name.into(),
                document: document.clone(),
            });
        }
    }
    (manifests, problems)
}

impl Manifest {
    /// Its dependencies of every kind, those for single platforms included.
    pub fn dependencies(&self) -> Vec<Dependency> {
        let mut all = Vec::new();
        collect(&self.document, &mut all);
        let targets = self.document.get("target").and_then(toml::Value::as_table);
        for target in targets.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table) {
            collect(target, &mut all);
        }
        all
    }
}

fn collect(table: &toml::Table, all: &mut Vec<Dependency>) {
    let kinds = [
        ("dependencies", Purpose::Code),
        ("build-dependencies", Purpose::Code),
        ("dev-dependencies", Purpose::Tests),
    ];
    for (key, purpose) in kinds {
        for (name, value) in table.get(key).and_then(toml::Value::as_table).into_iter().flatten() {
            let name = value.get("package").and_then(toml::Value::as_str).unwrap_or(name);
            let is_inherited = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            all.push(Dependency { name: name.into(), purpose, is_inherited });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_dependency_is_seen() {
        let tree = Tree::of(&[(
            "crates/a/Cargo.toml",
            "[package]\nname = \"a\"\n[dependencies]\nb = { workspace = true }\nc = { package = \"real\", version = \"1\" }\n\
             [dev-dependencies]\nd = \"1\"\n[target.'cfg(unix)'.dependencies]\ne.workspace = true\n",
        )]);
        let (manifests, problems) = all(&tree);
        assert!(problems.is_empty());
        let seen: Vec<_> =
            manifests[0].dependencies().into_iter().map(|d| (d.name, d.purpose, d.is_inherited)).collect();
        assert_eq!(
            seen,
            [
                ("b".into(), Purpose::Code, true),
                ("real".into(), Purpose::Code, false),
                ("d".into(), Purpose::Tests, false),
                ("e".into(), Purpose::Code, true),
            ]
        );
    }

    #[test]
    fn a_broken_manifest_is_a_problem() {
        assert_eq!(all(&Tree::of(&[("crates/a/Cargo.toml", "[package")])).1.len(), 1);
    }
}
