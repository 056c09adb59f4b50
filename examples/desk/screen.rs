//! The terminal: a code in half blocks, a prompt with the seconds left, and a countdown in the window's title, which never
//! gets in the way of what is typed.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use eid_verifier::UnixTime;
use qrcode::bits::Bits;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode, Version};
use time::{OffsetDateTime, UtcOffset};

use crate::{Outcome, both, now};

/// Rows below the code: until when it is valid, and the prompt.
const ROWS_BELOW: usize = 3;

pub(crate) struct Screen {
    is_terminal: bool,
    /// For the title: when the code runs out, 0 for none.
    counted: Arc<AtomicU64>,
}

impl Screen {
    pub(crate) fn new() -> Self {
        let is_terminal = io::stdout().is_terminal();
        let counted = Arc::new(AtomicU64::new(0));
        if is_terminal {
            let counted = Arc::clone(&counted);
            thread::spawn(move || {
                loop {
                    let left = counted.load(Ordering::Relaxed).saturating_sub(now().as_secs());
                    // Nobody to read it is no failure.
                    let _ = title(&format!("LZ1 {left} s"));
                    thread::sleep(Duration::from_secs(1));
                }
            });
        }
        Self { is_terminal, counted }
    }

    /// Draws a code; where it does not fit, says so and gives its text.
    pub(crate) fn code(&self, text: &str) -> Outcome<()> {
        let drawn = blocks(text)?;
        let (rows, columns) = (drawn.len(), drawn.first().map_or(0, |line| line.chars().count()));
        if !self.is_terminal {
            println!("{text}");
            return Ok(());
        }
        if let Some((height, width)) = size()
            && (width < columns || height < rows + ROWS_BELOW)
        {
            let (needed, is) = (format!("{columns} x {}", rows + ROWS_BELOW), format!("{width} x {height}"));
            both(
                format!("窗口 {is} 太小，二维码需要 {needed}：放大窗口或缩小字号后输入 show。文本如下"),
                format!(
                    "the window ({is}) is too small for the code ({needed}): enlarge it, then `show`. Its text"
                ),
            );
            println!("{text}");
            return Ok(());
        }
        for line in drawn {
            println!("\x1b[30;107m{line}\x1b[0m");
        }
        Ok(())
    }

    pub(crate) fn prompt(&self, expires_at: Option<UnixTime>, now: UnixTime) -> Outcome<()> {
        self.counted.store(expires_at.map_or(0, UnixTime::as_secs), Ordering::Relaxed);
        if self.is_terminal {
            print!("{}", prompt(expires_at, now));
        }
        Ok(io::stdout().flush()?)
    }

    /// Takes a scanned text off the screen again: it is a proof of a person's data for ever.
    pub(crate) fn wipe_echo(&self, line: &str) -> Outcome<()> {
        let Some((_, width)) = size().filter(|_| self.is_terminal) else { return Ok(()) };
        // The prompt is ASCII, and so is a code; of anything else less may go, never more than what was typed.
        let typed = line.trim_end_matches(['\r', '\n']).chars().count();
        let rows = (PROMPT + typed).saturating_sub(1) / width + 1;
        println!("\x1b[{rows}A\r\x1b[J[{typed} characters] {typed} 个字符");
        Ok(())
    }

    pub(crate) fn end(&self) -> Outcome<()> {
        if self.is_terminal {
            title("")?;
        }
        Ok(())
    }
}

/// Columns of the prompt.
const PROMPT: usize = 11;

fn prompt(expires_at: Option<UnixTime>, now: UnixTime) -> String {
    match expires_at {
        Some(expires_at) => {
            format!("[{:>4} s] > ", expires_at.as_secs().saturating_sub(now.as_secs()).min(9999))
        }
        None => "[   - s] > ".into(),
    }
}

fn title(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "\x1b]2;{text}\x07")?;
    out.flush()
}

/// Rows and columns of the terminal, where that can be asked.
fn size() -> Option<(usize, usize)> {
    let answer =
        Command::new("stty").arg("size").stdin(Stdio::inherit()).stderr(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(answer.stdout).ok()?;
    let (rows, columns) = answer.trim().split_once(' ')?;
    Some((rows.parse().ok()?, columns.parse().ok()?)).filter(|&(rows, columns)| rows > 0 && columns > 0)
}

/// Two modules a character, with a quiet zone; error correction L, as a screen is not torn or dirty.
fn blocks(text: &str) -> Outcome<Vec<String>> {
    let code = (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_alphanumeric_data(text.as_bytes()).ok()?;
        bits.push_terminator(EcLevel::L).ok()?;
        QrCode::with_bits(bits, EcLevel::L).ok()
    });
    let drawn = code.ok_or("too long for a QR code")?.render::<Dense1x2>().quiet_zone(true).build();
    Ok(drawn.lines().map(String::from).collect())
}

/// The time of day in China.
pub(crate) fn clock(moment: UnixTime) -> Outcome<String> {
    let moment = in_china(moment)?;
    Ok(format!("{:02}:{:02}:{:02}", moment.hour(), moment.minute(), moment.second()))
}

pub(crate) fn date_and_clock(moment: UnixTime) -> Outcome<String> {
    Ok(format!("{} {}", in_china(moment)?.date(), clock(moment)?))
}

fn in_china(moment: UnixTime) -> Outcome<OffsetDateTime> {
    let moment = OffsetDateTime::from_unix_timestamp(i64::try_from(moment.as_secs())?)?;
    Ok(moment.to_offset(UtcOffset::from_hms(8, 0, 0)?))
}
