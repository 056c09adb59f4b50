//! The public face of the crate against tests/public-api.txt, one line an item, so that no change to it goes unseen:
//!
//!     cargo run --manifest-path tests/public_api/Cargo.toml
//!     UPDATE=1 cargo run --manifest-path tests/public_api/Cargo.toml    # writes the file
//!
//! It is read from rustdoc's JSON, which a stable toolchain writes with RUSTC_BOOTSTRAP=1. Where a new toolchain writes
//! another version of that JSON, take the `public-api` that reads it.

use std::collections::BTreeSet;
use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

const FEATURES: &[&str] = &["--all-features"];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let snapshot = root.join("tests/public-api.txt");
    let api =
        public_api::Builder::from_rustdoc_json(rustdoc_json(&root)?).omit_blanket_impls(true).build()?;
    let found: String =
        api.items().map(|item| format!("{item}\n")).filter(|line| is_the_crates_own(line)).collect();
    if env::var_os("UPDATE").as_deref() == Some(OsStr::new("1")) {
        fs::write(&snapshot, &found)?;
        println!("{} lines written to tests/public-api.txt", found.lines().count());
        return Ok(ExitCode::SUCCESS);
    }
    let kept = fs::read_to_string(&snapshot).map_err(|error| format!("{}: {error}", snapshot.display()))?;
    let different = differences(&kept, &found);
    different.iter().for_each(|line| println!("{line}"));
    if !different.is_empty() {
        println!("The public API is not that of tests/public-api.txt. If it is meant so: UPDATE=1.");
        return Ok(ExitCode::FAILURE);
    }
    println!("{} lines of public API, as in tests/public-api.txt", found.lines().count());
    Ok(ExitCode::SUCCESS)
}

/// Of the traits that a compiler finds by itself, Send and Sync are promises; the others change with the toolchain.
fn is_the_crates_own(line: &str) -> bool {
    const FOUND: [&str; 6] =
        ["Freeze", "Unpin", "UnsafeUnpin", "RefUnwindSafe", "UnwindSafe", "StructuralPartialEq"];
    !line.starts_with("impl") || !FOUND.iter().any(|name| line.contains(&format!("::{name} for ")))
}

/// Builds the JSON, away from the documentation that people read.
fn rustdoc_json(root: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("tests/public_api/target"), PathBuf::from)
        .join("rustdoc-json");
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["rustdoc", "--quiet", "--lib", "--locked"])
        .args(FEATURES)
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format", "json"])
        .status()?;
    if !status.success() {
        return Err("cargo rustdoc failed".into());
    }
    Ok(target.join("doc/eid_verifier.json"))
}

/// Lines that are gone, and lines that are new.
fn differences(kept: &str, found: &str) -> Vec<String> {
    let [kept, found]: [BTreeSet<&str>; 2] = [kept.lines().collect(), found.lines().collect()];
    let gone = kept.difference(&found).map(|line| format!("-{line}"));
    let new = found.difference(&kept).map(|line| format!("+{line}"));
    gone.chain(new).collect()
}
