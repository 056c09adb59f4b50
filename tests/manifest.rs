//! `rust-version` of Cargo.toml is what it must be: the highest of the shipped dependencies, with all features, and no
//! higher. Dependencies of the tests do not count.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Major, minor, patch.
type Version = [u64; 3];

#[test]
fn rust_version_is_the_highest_of_the_shipped_dependencies() {
    let metadata = metadata();
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), package)).collect();
    let root = text(&metadata["resolve"]["root"]);
    let shipped: Vec<&Value> = shipped(&metadata, root).iter().map(|id| packages[id]).collect();
    assert!(shipped.len() > 20, "too few to be all of them: {}", shipped.len());

    let (highest, whose) = shipped
        .iter()
        .filter_map(|package| Some((version(package["rust_version"].as_str()?), text(&package["name"]))))
        .max()
        .expect("a dependency with a rust-version");
    println!("{} shipped dependencies; {whose} asks for Rust {highest:?}", shipped.len());
    let ours = version(packages[root]["rust_version"].as_str().expect("rust-version in Cargo.toml"));
    assert_eq!(ours, highest, "rust-version in Cargo.toml against that of {whose}");
}

/// What `cargo` knows of the locked dependencies on this machine, with all features.
fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let about = output(Command::new(rustc).arg("-vV"));
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let json = output(
        Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--all-features", "--locked"])
            .args(["--filter-platform", host, "--manifest-path"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")),
    );
    serde_json::from_str(&json).unwrap()
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Ids of the packages that `root` links, over dependencies that are neither of the tests nor of build scripts.
fn shipped<'m>(metadata: &'m Value, root: &'m str) -> Vec<&'m str> {
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(id) = found.get(next) {
        let linked = list(&nodes[id]["deps"])
            .iter()
            .filter(|dependency| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()))
            .map(|dependency| text(&dependency["pkg"]));
        for id in linked.collect::<Vec<_>>() {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        next += 1;
    }
    found.split_off(1)
}

fn version(text: &str) -> Version {
    let mut parts = text.split('.').map(|part| part.parse().expect("a number"));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
