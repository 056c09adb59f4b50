//! Draws the code of a sandbox scenario, or of a test vector, as a phone would show it: in the terminal, and as a PNG.
//!
//! `cargo run --features sandbox --example make_code -- ok-hotel guest.png`
//!
//! QR in alphanumeric mode, error correction M, a quiet zone of four modules, four pixels a module.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageEncoder as _, Luma};
use qrcode::bits::Bits;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode, Version};
use serde_json::Value;

const USAGE: &str = "\
usage: cargo run [--features sandbox] --example make_code -- <what> [out.png] [--lists DIR] [--files DIR]
       cargo run --features sandbox --example make_code -- --list

what          the id of a sandbox scenario, `live` for one that holds now, or a vector.json
out.png       draw the code there; without any place to write to, it is drawn in the terminal
--lists DIR   write trust_list.cbor and status_list.cbor (status_list_2.cbor, ...) there
--files DIR   write the lists, picture.png and scenario.json there, for a desk in any language
--list        the ids, what each must be answered with, and why";

const PIXELS_A_MODULE: u32 = 4;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run(std::env::args_os().skip(1)) {
        // A reader that has seen enough, `head`, is no failure.
        Ok(said) => drop(writeln!(std::io::stdout(), "{said}")),
        Err(error) => {
            eprintln!("make_code: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(mut arguments: impl Iterator<Item = OsString>) -> Outcome<String> {
    let (mut plain, mut lists, mut files) = (Vec::new(), None, None);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--list") => return list(),
            Some("--lists") => lists = Some(PathBuf::from(arguments.next().ok_or(USAGE)?)),
            Some("--files") => files = Some(PathBuf::from(arguments.next().ok_or(USAGE)?)),
            _ => plain.push(argument),
        }
    }
    let (what, picture) = match plain.as_slice() {
        [what] => (what, None),
        [what, picture] => (what, Some(Path::new(picture))),
        _ => return Err(USAGE.into()),
    };
    let case = case(what)?;
    // First what needs no picture: a text that no QR code holds is a case to try as well.
    if let Some(folder) = &files {
        write_lists(&case, folder)?;
        write(&folder.join("scenario.json"), format!("{case:#}\n").as_bytes())?;
    }
    let code = encode(case.get("qr").and_then(Value::as_str).ok_or("no text in \"qr\"")?)?;
    if let Some(folder) = &files {
        draw(&code, &folder.join("picture.png"))?;
    }
    if let Some(picture) = picture {
        draw(&code, picture)?;
    }
    if let Some(folder) = &lists {
        write_lists(&case, folder)?;
    }
    let text = |field| case.get(field).and_then(Value::as_str).unwrap_or("?");
    let said = format!("{}: {} ({})", text("id"), text("expect"), text("why"));
    let in_terminal = picture.is_none() && lists.is_none() && files.is_none();
    Ok(if in_terminal { format!("{}\n{said}", blocks(&code)) } else { said })
}

/// What is to be drawn, in the JSON shape of the test vectors: a file's, or a scenario's.
fn case(what: &OsString) -> Outcome<Value> {
    let path = Path::new(what);
    if path.extension().is_none_or(|extension| extension != "json") {
        return scenario(what.to_str().ok_or(USAGE)?);
    }
    let json = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&json).map_err(|error| format!("{}: {error}", path.display()))?)
}

#[cfg(feature = "sandbox")]
fn scenario(id: &str) -> Outcome<Value> {
    use eid_verifier::sandbox::{Scenario, World};

    if id == "live" {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let why = "made just now, for a hotel in 510107; it runs out in 290 s";
        let mut world = World::live(now, nonce);
        // Made again, it is a later list: a desk keeps its floor.
        world.operator.sequence = now;
        return Ok(world.scenario("live", why, "ok").to_json());
    }
    let unknown = || format!("no scenario {id}: `--list` names them all");
    Ok(Scenario::named(id).ok_or_else(unknown)?.to_json())
}

#[cfg(feature = "sandbox")]
fn list() -> Outcome<String> {
    let line = |scenario: &eid_verifier::sandbox::Scenario| {
        format!("{:36} {:26} {}", scenario.id, scenario.expect, scenario.why)
    };
    Ok(eid_verifier::sandbox::Scenario::all().iter().map(line).collect::<Vec<_>>().join("\n"))
}

#[cfg(not(feature = "sandbox"))]
fn scenario(id: &str) -> Outcome<Value> {
    Err(format!("{id}: scenarios need `--features sandbox`; without it, give a vector.json").into())
}

#[cfg(not(feature = "sandbox"))]
fn list() -> Outcome<String> {
    Err("scenarios need `--features sandbox`".into())
}

fn write_lists(case: &Value, folder: &Path) -> Outcome<()> {
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap_or_default());
    write(&folder.join("trust_list.cbor"), &bytes(case.get("trust_list").ok_or("no trust_list")?)?)?;
    let lists = case.get("status_lists").and_then(Value::as_array).ok_or("no status_lists")?;
    for (number, list) in (1..).zip(lists) {
        let name = if number == 1 { "status_list.cbor".into() } else { format!("status_list_{number}.cbor") };
        write(&folder.join(name), &bytes(list)?)?;
    }
    Ok(())
}

fn draw(code: &QrCode, picture: &Path) -> Outcome<()> {
    let image = code
        .render::<Luma<u8>>()
        .module_dimensions(PIXELS_A_MODULE, PIXELS_A_MODULE)
        .quiet_zone(true)
        .build();
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::NoFilter).write_image(
        image.as_raw(),
        image.width(),
        image.height(),
        image::ExtendedColorType::L8,
    )?;
    write(picture, &png)
}

/// Two modules a character, black on white whatever the terminal's own colours are.
fn blocks(code: &QrCode) -> String {
    let text = code.render::<Dense1x2>().quiet_zone(true).build();
    text.lines().map(|line| format!("\x1b[30;107m{line}\x1b[0m")).collect::<Vec<_>>().join("\n")
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// The smallest code that holds `text` in one alphanumeric segment.
fn encode(text: &str) -> Outcome<QrCode> {
    let is_alphanumeric =
        |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'Z') || b" $%*+-./:".contains(&byte);
    let alphanumeric = text.bytes().all(is_alphanumeric);
    // M as a phone shows it, or L where only that holds the text.
    for level in [EcLevel::M, EcLevel::L] {
        let code = if alphanumeric {
            (1..=40).find_map(|version| {
                let mut bits = Bits::new(Version::Normal(version));
                bits.push_alphanumeric_data(text.as_bytes()).ok()?;
                bits.push_terminator(level).ok()?;
                QrCode::with_bits(bits, level).ok()
            })
        } else {
            // A link, or what a scanner adds: no phone shows it so, but somebody may want to scan it.
            QrCode::with_error_correction_level(text, level).ok()
        };
        if let Some(code) = code {
            return Ok(code);
        }
    }
    Err(format!("{} characters are too many for one QR code", text.len()).into())
}
