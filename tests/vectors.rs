//! Runs every case of tests/vectors, and of the folders that `LZ_VECTORS` names (separated by colons), by its exact answer.

mod case;

use std::path::PathBuf;

use case::Case;

#[test]
fn every_vector_gets_its_exact_answer() {
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))];
    if let Some(more) = std::env::var_os("LZ_VECTORS") {
        folders.extend(std::env::split_paths(&more));
    }
    for folder in folders {
        let cases = Case::all_in(&folder);
        assert!(!cases.is_empty(), "no case in {}", folder.display());
        let mismatches: Vec<String> = cases.iter().filter_map(|case| case.mismatch()).collect();
        println!("{}: {} cases, {} mismatches", folder.display(), cases.len(), mismatches.len());
        assert!(mismatches.is_empty(), "\n{}", mismatches.join("\n"));
    }
}
