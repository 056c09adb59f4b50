//! The threat model of SECURITY.md names what stops each attack and the tests that show it. All of that is there: a test that
//! is renamed or dropped leaves no row behind it. (That each fails without its defence was tried: docs/assurance.md.)
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use eid_verifier::sandbox::Scenario;

const TABLE: &str = include_str!("../SECURITY.md");

#[test]
fn every_row_names_files_and_tests_that_are_there() {
    let scenarios: BTreeSet<String> = Scenario::all().into_iter().map(|scenario| scenario.id).collect();
    let (mut rows, mut tests) = (0, 0);
    for row in TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| attack |")) {
        if row.starts_with("| --- |") {
            continue;
        }
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, stops, shown_by, remains] = cells[..] else { panic!("not four cells: {row}") };
        assert!(!remains.trim().is_empty(), "what remains, or a dash: {row}");
        // Without a folder it is a file beside the one before.
        let is_path = |word: &&str| word.contains('/') && word.ends_with(".rs");
        for file in stops.split(['(', ')', ',', ' ']).filter(is_path) {
            assert!(file_of(file).is_none_or(|path| path.is_file()), "no file {file}: {row}");
        }
        let mut file = "";
        let mut count = 0;
        for name in shown_by.split('`').skip(1).step_by(2) {
            count += 1;
            if let Some((path, test)) = name.rsplit_once("::") {
                // `::another_test` is of the same file.
                let path = path.trim_end_matches("::tests");
                file = if path.is_empty() { file } else { path };
                assert!(has_test(file, test), "no test {name}: {row}");
            } else if shown_by.contains("`compile_fail`") && name.starts_with(char::is_uppercase) {
                assert!(has_example_that_must_not_compile(name), "no example of {name}: {row}");
            } else {
                assert!(name == "compile_fail" || scenarios.contains(name), "no scenario {name}: {row}");
            }
        }
        assert!(count > 0, "no test: {row}");
        rows += 1;
        tests += count;
    }
    println!("{rows} rows name {tests} tests");
    assert!(rows > 60 && tests > 200, "{rows} rows, {tests} tests: not the whole table");
}

/// `None` where the folder is not part of the package.
fn file_of(path: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = path.split('/').next()?;
    root.join(folder).is_dir().then(|| root.join(path))
}

fn has_test(file: &str, test: &str) -> bool {
    let Some(path) = file_of(file) else { return true };
    let Ok(source) = fs::read_to_string(&path) else { return false };
    // tests/restart.rs names its tests in a table of its own.
    source.contains(&format!("fn {test}(")) || source.contains(&format!("(\"{test}\", "))
}

fn has_example_that_must_not_compile(name: &str) -> bool {
    ["src/check/nonce.rs", "src/verifier.rs", "src/claims/mod.rs"].iter().any(|file| {
        let source = fs::read_to_string(file_of(file).unwrap()).unwrap();
        let declared = source.find(&format!("pub struct {name}")).map(|place| &source[..place]);
        declared.is_some_and(|before| before.contains("compile_fail"))
    })
}
