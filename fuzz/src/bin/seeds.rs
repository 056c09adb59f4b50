//! Writes fuzz/corpus/<target>/ from the vectors.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"));
    let seeds = eid_verifier_fuzz::seeds();
    for seed in &seeds {
        let folder = corpus.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&seed.name), &seed.input)?;
    }
    println!("{} seeds in {}", seeds.len(), corpus.display());
    Ok(())
}
