//! docs/first-hour.md is walked through: its files are written, its commands are run, and they print what it says. Its
//! Chinese twin and the README's are twins: the same blocks, and sections, table rows and list items alike.
#![cfg(all(feature = "sandbox", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

const ENGLISH: &str = include_str!("../docs/first-hour.md");
const CHINESE: &str = include_str!("../docs/first-hour.zh-CN.md");

#[test]
fn the_page_does_what_it_says() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("first-hour");
    let desk = root.join("desk");
    let _ = fs::remove_dir_all(&desk);
    let _ = fs::remove_file(root.join("eid-verifier"));
    fs::create_dir_all(&root).unwrap();
    // The folder may lie in that of this package: `cargo new` must not make the desk a member of it.
    fs::write(root.join("Cargo.toml"), "[workspace]\nexclude = [\"desk\", \"eid-verifier\"]\n").unwrap();
    std::os::unix::fs::symlink(env!("CARGO_MANIFEST_DIR"), root.join("eid-verifier")).unwrap();

    let (mut files, mut commands, mut place) = (0, 0, root.clone());
    for (info, body) in blocks(ENGLISH) {
        match info.split_once(' ') {
            Some((_, path)) => {
                let path = desk.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                // And a workspace of its own, for the same reason.
                let workspace = if info.starts_with("toml") { "\n[workspace]\n" } else { "" };
                fs::write(path, body + workspace).unwrap();
                files += 1;
            }
            None if info == "console" => {
                for (command, printed) in transcript(&body) {
                    commands += 1;
                    if let Some(folder) = command.strip_prefix("cd ") {
                        place = place.join(folder);
                        continue;
                    }
                    let output = run(&command, &place, &root);
                    if !command.starts_with("cargo test") {
                        assert_eq!(output, printed, "$ {command}");
                    }
                    if command.starts_with("cargo new") {
                        // Of the versions that this project is tested with, and so without a network.
                        fs::copy(root.join("eid-verifier/Cargo.lock"), desk.join("Cargo.lock")).unwrap();
                    }
                }
            }
            None => panic!("a block of {info:?}: neither a file nor a console"),
        }
    }
    assert_eq!((files, commands), (8, 11));
}

#[test]
fn the_twins_are_twins() {
    for (english, chinese) in
        [(ENGLISH, CHINESE), (include_str!("../README.md"), include_str!("../README.zh-CN.md"))]
    {
        assert_eq!(blocks(english), blocks(chinese));
        assert_eq!(outline(english), outline(chinese));
    }
}

/// What each line outside of the blocks begins with, where that is a mark; of a table also the code in its row.
fn outline(page: &str) -> Vec<String> {
    let mut in_block = false;
    let mut outline = Vec::new();
    for line in page.lines() {
        in_block ^= line.starts_with("```");
        let code = || line.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(" ");
        match line.split_whitespace().next() {
            Some("|") if !in_block => outline.push(format!("| {}", code())),
            Some(mark @ ("#" | "##" | "-")) if !in_block => outline.push(mark.into()),
            _ => {}
        }
    }
    outline
}

/// The fenced blocks: what stands behind the fence, and the lines.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let body: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            blocks.push((info.to_string(), body));
        }
    }
    blocks
}

/// Commands, each with what it prints.
fn transcript(body: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in body.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.into(), String::new())),
            (None, Some((_, printed))) => *printed += &format!("{line}\n"),
            (None, None) => panic!("printed before any command: {line}"),
        }
    }
    commands
}

fn run(command: &str, place: &Path, root: &Path) -> String {
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(place)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", root.join("target"))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "$ {command}\n{out}{err}");
    out.into_owned()
}
