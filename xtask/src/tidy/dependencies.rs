//! Who may depend on whom. A crate is a rule about what may be imported; this is where the rule is kept.
//!
//! `musubi → api → engine → {store, connector} → core`, `zoho → connector`, `engine → notices → connector`; the sandbox stands alone, so that a
//! misreading of a service is not shared by both sides of a test.

use super::Problem;
use super::manifest::{self, Dependency, Manifest, Purpose};
use super::tree::Tree;

/// What one crate may import of ours: in the code that ships, and besides that in its tests.
struct Rule {
    name: &'static str,
    code: &'static [&'static str],
    tests: &'static [&'static str],
}

const CORE: &str = "musubi-core";
const CONNECTOR: &str = "musubi-connector";
const NOTICES: &str = "musubi-notices";
const ZOHO: &str = "musubi-zoho";
const STORE: &str = "musubi-store";
const ENGINE: &str = "musubi-engine";
const API: &str = "musubi-api";
const MEMORY: &str = "musubi-memory";
const SANDBOX: &str = "musubi-sandbox";
const TESTKIT: &str = "musubi-testkit";
const WORLD: &str = "musubi-world";

const RULES: &[Rule] = &[
    Rule { name: CORE, code: &[], tests: &[] },
    Rule { name: CONNECTOR, code: &[CORE], tests: &[SANDBOX, TESTKIT] },
    Rule { name: ZOHO, code: &[CORE, CONNECTOR], tests: &[SANDBOX, TESTKIT] },
    Rule { name: NOTICES, code: &[CONNECTOR], tests: &[] },
    Rule { name: STORE, code: &[CORE], tests: &[TESTKIT] },
    Rule { name: ENGINE, code: &[CORE, CONNECTOR, NOTICES, STORE], tests: &[TESTKIT] },
    Rule { name: API, code: &[CORE, CONNECTOR, STORE, ENGINE], tests: &[ZOHO, SANDBOX, TESTKIT, WORLD] },
    Rule {
        name: "musubi",
        code: &[CORE, CONNECTOR, ZOHO, STORE, ENGINE, API, MEMORY, SANDBOX],
        tests: &[TESTKIT],
    },
    Rule { name: MEMORY, code: &[], tests: &[] },
    Rule { name: SANDBOX, code: &[], tests: &[] },
    Rule { name: TESTKIT, code: &[CORE, CONNECTOR, ZOHO, STORE, ENGINE, API, SANDBOX], tests: &[] },
    Rule { name: WORLD, code: &[CONNECTOR, ZOHO, STORE, ENGINE, SANDBOX], tests: &[CORE, NOTICES] },
];

/// Tools beside the product: no crate may import them, they may import what they like.
const TOOLS: &[&str] = &["xtask", "musubi-bench"];

/// SQL drivers: one crate names them, everything else speaks to that crate.
const DRIVERS: &[&str] = &[
    "rusqlite",
    "libsqlite3-sys",
    "tokio-postgres",
    "postgres",
    "deadpool-postgres",
    "sqlx",
    "diesel",
    "sea-orm",
];

/// What the core must do without: waiting, networks, chance, clocks of its own, logs.
const IMPURE: &[&str] = &[
    "tokio",
    "futures",
    "async-trait",
    "reqwest",
    "hyper",
    "axum",
    "rand",
    "getrandom",
    "fastrand",
    "uuid",
    "chrono",
    "tracing",
    "log",
    "tempfile",
];

/// Checks every manifest.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let (manifests, mut problems) = manifest::all(tree);
    for manifest in &manifests {
        problems.extend(house(manifest));
        if TOOLS.contains(&manifest.name.as_str()) {
            continue;
        }
        let Some(rule) = RULES.iter().find(|rule| rule.name == manifest.name) else {
            problems.push(Problem::new(
                &manifest.path,
                format!("the crate {} has no rule about what it may import", manifest.name),
                "add its line to RULES in xtask/src/tidy/dependencies.rs, and to the design's map of crates",
            ));
            continue;
        };
        for dependency in manifest.dependencies() {
            problems.extend(judge(manifest, rule, &dependency));
        }
    }
    problems
}

fn judge(manifest: &Manifest, rule: &Rule, dependency: &Dependency) -> Option<Problem> {
    let name = dependency.name.as_str();
    let at = |what: String, mend: &str| Some(Problem::new(&manifest.path, what, mend));
    if name.starts_with("musubi") || TOOLS.contains(&name) {
        let in_tests = dependency.purpose == Purpose::Tests && rule.tests.contains(&name);
        if rule.code.contains(&name) || in_tests {
            return None;
        }
        if rule.tests.contains(&name) {
            return at(
                format!("{} imports {name} in code that ships", rule.name),
                "move it to [dev-dependencies]",
            );
        }
        let allowed = if rule.code.is_empty() { "nothing of ours".to_string() } else { rule.code.join(", ") };
        return at(
            format!("{} must not depend on {name}; it may on {allowed}", rule.name),
            "move the code to the crate that may, or pass what is needed as an argument",
        );
    }
    if DRIVERS.contains(&name) && rule.name != STORE {
        return at(
            format!("{} names the SQL driver {name}", rule.name),
            "put the statement into musubi-store",
        );
    }
    let clock_or_io = IMPURE.contains(&name) && !(dependency.purpose == Purpose::Tests && name == "tempfile");
    if rule.name == CORE && clock_or_io {
        return at(
            format!("the core depends on {name}; it is a calculation"),
            "take what the crate would fetch (time, chance, data) as an argument",
        );
    }
    if name == "clap" && !matches!(rule.name, "musubi" | TESTKIT) && dependency.purpose == Purpose::Code {
        return at(
            format!("{} parses arguments", rule.name),
            "only the binary `musubi` does; take a value instead",
        );
    }
    None
}

/// What every manifest of the workspace has in common.
fn house(manifest: &Manifest) -> Vec<Problem> {
    let mut problems = Vec::new();
    for dependency in manifest.dependencies().iter().filter(|dependency| !dependency.is_inherited) {
        problems.push(Problem::new(
            &manifest.path,
            format!("{} has a version of its own here", dependency.name),
            "name it in [workspace.dependencies] and write `{ workspace = true }`",
        ));
    }
    let lints = manifest.document.get("lints").and_then(|lints| lints.get("workspace"));
    // `forbid` cannot be lifted for the one call that the allocator needs.
    let may_differ = manifest.name == MEMORY;
    if lints.and_then(toml::Value::as_bool) != Some(true) && !may_differ {
        problems.push(Problem::new(
            &manifest.path,
            "the lints of the workspace are not switched on",
            "add `[lints]` with `workspace = true`",
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_manifest(name: &str, body: &str, expect: &[&str]) {
        let text = format!("[package]\nname = \"{name}\"\n[lints]\nworkspace = true\n{body}");
        let path = format!("crates/{name}/Cargo.toml");
        let found = check(&Tree::of(&[(&path, &text)]));
        assert_eq!(found.len(), expect.len(), "{found:?}");
        for (problem, part) in found.iter().zip(expect) {
            assert!(problem.what.contains(part), "{problem:?} should speak of {part}");
        }
    }

    #[test]
    fn the_arrows_point_downwards() {
        check_manifest("musubi-engine", "[dependencies]\nmusubi-store = { workspace = true }\n", &[]);
        check_manifest(
            "musubi-store",
            "[dependencies]\nmusubi-engine = { workspace = true }\n",
            &["must not depend on musubi-engine"],
        );
        check_manifest(
            "musubi-zoho",
            "[dependencies]\nmusubi-store.workspace = true\n",
            &["must not depend"],
        );
        check_manifest(
            "musubi-api",
            "[dependencies]\nxtask.workspace = true\n",
            &["must not depend on xtask"],
        );
    }

    #[test]
    fn test_tools_stay_in_tests() {
        check_manifest("musubi-zoho", "[dev-dependencies]\nmusubi-sandbox.workspace = true\n", &[]);
        check_manifest(
            "musubi-zoho",
            "[dependencies]\nmusubi-testkit.workspace = true\n",
            &["in code that ships"],
        );
        check_manifest(
            "musubi-sandbox",
            "[dev-dependencies]\nmusubi-core.workspace = true\n",
            &["must not depend on musubi-core; it may on nothing of ours"],
        );
    }

    #[test]
    fn one_crate_names_the_driver() {
        check_manifest("musubi-store", "[dependencies]\nrusqlite.workspace = true\n", &[]);
        check_manifest(
            "musubi-engine",
            "[dependencies]\nrusqlite.workspace = true\n",
            &["SQL driver rusqlite"],
        );
        check_manifest(
            "musubi-testkit",
            "[dev-dependencies]\ntokio-postgres.workspace = true\n",
            &["SQL driver"],
        );
    }

    #[test]
    fn the_core_is_a_calculation() {
        check_manifest("musubi-core", "[dependencies]\njiff.workspace = true\n", &[]);
        check_manifest("musubi-core", "[dependencies]\ntokio.workspace = true\n", &["depends on tokio"]);
        check_manifest("musubi-core", "[dev-dependencies]\nrand.workspace = true\n", &["depends on rand"]);
    }

    #[test]
    fn every_crate_has_a_rule_and_the_common_settings() {
        check_manifest("musubi-unheard-of", "", &["has no rule"]);
        check_manifest("musubi-api", "[dependencies]\naxum = \"0.8\"\n", &["axum has a version of its own"]);
        let bare = Tree::of(&[("xtask/Cargo.toml", "[package]\nname = \"xtask\"\n")]);
        assert_eq!(check(&bare).len(), 1);
    }
}
