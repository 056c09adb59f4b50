//! docs/dependencies.md says what Cargo resolves: each direct dependency with its version and features, how many crates there
//! are, and all of them with their licences. It is written by hand but for the last table, which
//! `UPDATE=1 cargo test --test dependencies` writes anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/dependencies.md");
const LIBRARY: &str = "eid-verifier";
/// What ends in the program, and what is compiled for that.
const LINKED: &str = "normal,no-proc-macro";
const COMPILED: &str = "normal,build";

/// A line of the page for each: a dependency that is added, removed, moved to another version or given another feature
/// needs a word.
#[test]
fn every_direct_dependency_is_explained() {
    let page = page();
    let mut expected = BTreeSet::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let locked = tree(name, &["--all-features"], &["--edges", "normal", "--depth", "1"]);
        for dependency in package["dependencies"].as_array().unwrap() {
            // Of the tests and of build scripts.
            if !dependency["kind"].is_null() {
                continue;
            }
            let its = dependency["name"].as_str().unwrap();
            let version =
                locked.iter().find_map(|line| line.strip_prefix(&format!("{its} v"))?.split('|').next());
            let default = dependency["uses_default_features"].as_bool().unwrap().then_some("default");
            let more =
                dependency["features"].as_array().unwrap().iter().map(|feature| feature.as_str().unwrap());
            let mut features: Vec<_> = default.into_iter().chain(more).collect();
            features.sort_unstable();
            let features = if features.is_empty() { "none".into() } else { features.join(", ") };
            expected.insert(format!("| {name} | {its} {} | {features} |", version.expect(its)));
        }
    }
    assert!(expected.len() > 10, "too few to be all of them: {expected:?}");
    let rows = section(&page, "## Each direct one\n");
    let found: BTreeSet<String> = rows.map(|row| format!("{}|", row.rsplit_once("| ").unwrap().0)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_crates_are_counted() {
    let mut expected = Vec::new();
    for features in ["", "--no-default-features", "--features serde", "--features sandbox", "--all-features"]
    {
        let count = |edges| {
            tree(LIBRARY, &features.split_whitespace().collect::<Vec<_>>(), &["--edges", edges]).len()
        };
        let what = if features.is_empty() { "as it comes".into() } else { format!("`{features}`") };
        expected.push(format!("| {LIBRARY} | {what} | {} | {} |", count(LINKED), count(COMPILED)));
    }
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        if name != LIBRARY {
            let count = |edges| tree(name, &[], &["--edges", edges]).len();
            expected.push(format!("| {name} | as it comes | {} | {} |", count(LINKED), count(COMPILED)));
        }
    }
    assert_eq!(section(&page(), "## How many\n").collect::<Vec<_>>(), expected);
}

#[test]
fn every_crate_is_listed_with_its_licence() {
    const HEAD: &str = "## All of them\n";
    let linked = tree(LIBRARY, &["--all-features"], &["--edges", LINKED]);
    let rows: BTreeSet<String> = tree(LIBRARY, &["--all-features"], &["--edges", COMPILED])
        .iter()
        .map(|line| {
            let parts: Vec<_> = line.split('|').collect();
            let name = parts[0].split_once(' ').unwrap().0;
            let when = if linked.contains(line) { "in the program" } else { "compiling" };
            format!("| {name} | {when} | {} | {} |", parts[1], parts[2])
        })
        .collect();
    let mut page = page();
    if std::env::var_os("UPDATE").is_some() {
        let (before, after) = page.split_once(HEAD).unwrap();
        let (text, _) = after.split_once("| --- | --- | --- | --- |\n").unwrap();
        let table: String = rows.iter().map(|row| format!("{row}\n")).collect();
        page = format!("{before}{HEAD}{text}| --- | --- | --- | --- |\n{table}");
        fs::write(PAGE, &page).unwrap();
    }
    let found: BTreeSet<String> = section(&page, HEAD).map(String::from).collect();
    assert_eq!(found, rows, "UPDATE=1 cargo test --test dependencies, and look at what is new");
}

/// The rows of the table under a heading, without its head.
fn section<'p>(page: &'p str, heading: &str) -> impl Iterator<Item = &'p str> {
    let (_, after) = page.split_once(heading).unwrap_or_else(|| panic!("no {heading}"));
    after
        .lines()
        .skip_while(|line| !line.starts_with("| --- |"))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
}

fn page() -> String {
    fs::read_to_string(PAGE).unwrap()
}

/// Of the workspace.
fn packages() -> Vec<Value> {
    let json = cargo(&["metadata", "--locked", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&json).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// `name version|licence|repository` of each crate below `package`, on Linux, on whatever machine this runs.
fn tree(package: &str, features: &[&str], more: &[&str]) -> BTreeSet<String> {
    let fixed = ["tree", "--locked", "--target", "x86_64-unknown-linux-gnu", "--prefix", "none"];
    let what = ["--package", package, "--format", "{p}|{l}|{r}"];
    let lines = cargo(&[&fixed[..], &what, features, more].concat());
    let crates = lines.lines().filter(|line| !line.starts_with(&format!("{package} v")) && !line.is_empty());
    // Path and kind stand in brackets behind the version; what was listed before ends in (*).
    crates
        .map(|line| {
            let (package, rest) = line.trim_end_matches(" (*)").split_once('|').unwrap();
            format!("{}|{rest}", package.split(" (").next().unwrap())
        })
        .collect()
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
