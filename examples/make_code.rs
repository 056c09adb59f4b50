//! Draws the code of a vector as a picture, as a phone would show it.
//!
//! `cargo run --example make_code -- tests/vectors/ok-hotel-full.json guest.png`
//!
//! QR in alphanumeric mode, error correction M, a quiet zone of four modules, four pixels a module.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::process::ExitCode;

use image::Luma;
use qrcode::bits::Bits;
use qrcode::{EcLevel, QrCode, Version};
use serde_json::Value;

const PIXELS_A_MODULE: u32 = 4;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [vector, picture] = arguments.as_slice() else {
        eprintln!("usage: cargo run --example make_code -- <vector.json> <out.png>");
        return ExitCode::from(2);
    };
    match draw(vector, picture) {
        Ok(what) => {
            println!("{}: {what}", picture.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("make_code: {error}");
            ExitCode::FAILURE
        }
    }
}

fn draw(vector: &OsString, picture: &OsString) -> Result<String, Box<dyn Error>> {
    let in_vector = |error: &dyn Error| format!("{}: {error}", vector.display());
    let json = fs::read_to_string(vector).map_err(|error| in_vector(&error))?;
    let json: Value = serde_json::from_str(&json).map_err(|error| in_vector(&error))?;
    let text = json
        .get("qr")
        .and_then(Value::as_str)
        .ok_or_else(|| format!("{}: no text in \"qr\"", vector.display()))?;

    let code = encode(text)?;
    let image = code
        .render::<Luma<u8>>()
        .quiet_zone(true)
        .module_dimensions(PIXELS_A_MODULE, PIXELS_A_MODULE)
        .build();
    image
        .save_with_format(picture, image::ImageFormat::Png)
        .map_err(|error| format!("{}: {error}", picture.display()))?;
    Ok(format!(
        "{} characters, {} modules a side, {} x {} pixels",
        text.len(),
        code.width(),
        image.width(),
        image.height()
    ))
}

/// The smallest code that holds `text` in one alphanumeric segment.
fn encode(text: &str) -> Result<QrCode, Box<dyn Error>> {
    let is_alphanumeric =
        |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'Z') || b" $%*+-./:".contains(&byte);
    if !text.bytes().all(is_alphanumeric) {
        return Err(
            "\"qr\" has characters that alphanumeric mode does not: only the form LZ1: is drawn".into()
        );
    }
    (1..=40)
        .find_map(|version| {
            let mut bits = Bits::new(Version::Normal(version));
            bits.push_alphanumeric_data(text.as_bytes()).ok()?;
            bits.push_terminator(EcLevel::M).ok()?;
            QrCode::with_bits(bits, EcLevel::M).ok()
        })
        .ok_or_else(|| {
            format!("{} characters are too many for a code with error correction M", text.len()).into()
        })
}
