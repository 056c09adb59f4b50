//! What must survive a restart, in a folder: the floor of the trust list, the time of the last spend, and the receipts.
//!
//! | file | |
//! | --- | --- |
//! | `floor` | `first installation`, then the 48 bytes of [`Floor::to_bytes`] |
//! | `last_spend` | unix seconds, the latest that were: the next ledger begins there |
//! | `receipts` | a line for each link, in hexadecimal |
//! | `head` | where the chain stands, in hexadecimal: 40 bytes of [`ChainHead::to_bytes`] |
//!
//! A link is appended and synced before the head is replaced, and a file is replaced by renaming: so whatever the moment of a
//! kill or a power cut, the last line is torn or the head is one link behind, never anything else. Both are mended at the
//! start, and said. Anything else was not the desk's doing, and stops it.
//!
//! Whoever deletes the folder has a first installation: receipts and floor are gone, and codes of the last minutes count
//! again. So it lies where only the desk's own account can write. Two desks want two folders, and then one ledger for both.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use eid_verifier::receipt::{ChainHead, Link, Receipt, ReceiptChain, Ruling};
use eid_verifier::{Floor, UnixTime};

use crate::Outcome;

const FIRST: &[u8] = b"first installation";

pub(crate) struct Kept {
    folder: PathBuf,
    chain: ReceiptChain,
    /// The latest that is known here, should the file be lost meanwhile.
    last_spend: UnixTime,
    /// Bytes of `receipts`: another desk that writes there is found out.
    length: u64,
}

/// A remark in Chinese and in English.
type Remark = (String, String);

impl Kept {
    /// What is kept in `folder`; where there is none, this is the first installation. What was mended is said.
    pub(crate) fn open(folder: &Path) -> Outcome<(Self, Vec<Remark>)> {
        let mut said = Vec::new();
        if !folder.try_exists().map_err(about(folder))? {
            install(folder)?;
            said.push(("首次安装".into(), "first installation".into()));
        }
        let mut kept = Self {
            folder: folder.into(),
            chain: ReceiptChain::resume(ChainHead::START),
            last_spend: UnixTime::from_secs(0),
            length: 0,
        };
        let (head, bytes) = (kept.head()?, kept.read("receipts")?);
        let (whole, torn) =
            bytes.split_at(bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1));
        let links = links(whole)?;
        kept.chain = ReceiptChain::resume(head);
        kept.length = u64::try_from(whole.len())?;

        // First everything is looked at, then mended.
        let behind = u64::try_from(links.len())?.checked_sub(head.number());
        let unnoted = match (behind, links.split_last()) {
            (Some(0), _) => {
                hold(&links, head)?;
                None
            }
            (Some(1), Some((last, before))) => {
                hold(before, head)?;
                kept.chain.follow(last).map_err(|fault| format!("receipts, the last line: {fault}"))?;
                Some(head.number())
            }
            _ => return Err(format!("{} receipts, and the head says {}", links.len(), head.number()).into()),
        };
        for link in &links {
            let receipt = Link::from_bytes(link)?;
            if receipt.receipt().ruling() == Ruling::Accepted {
                kept.last_spend = kept.last_spend.max(receipt.receipt().at());
            }
        }
        if !torn.is_empty() {
            let file = OpenOptions::new().write(true).open(kept.folder.join("receipts"))?;
            file.set_len(kept.length)?;
            file.sync_all()?;
            said.push((
                format!("上次写到一半的存根已删去（{} 字节）：那次核验没有显示过结果", torn.len()),
                format!(
                    "a receipt cut short was removed ({} bytes): its verdict was never shown",
                    torn.len()
                ),
            ));
        }
        if let Some(number) = unnoted {
            kept.keep_head()?;
            said.push((
                format!("第 {number} 号存根完整，链尾已补记"),
                format!("receipt {number} is whole, and the head that lagged behind it was brought up"),
            ));
        }
        Ok((kept, said))
    }

    pub(crate) fn floor(&self) -> Outcome<Floor> {
        match self.read("floor")?.as_slice() {
            FIRST => Ok(Floor::FirstInstallation),
            bytes => Ok(Floor::from_bytes(bytes).ok_or("floor is damaged: restore it, do not begin anew")?),
        }
    }

    pub(crate) fn keep_floor(&self, floor: Floor) -> Outcome<()> {
        replace(&self.folder, "floor", &floor.to_bytes().ok_or("no floor")?)
    }

    /// When a code may last have been admitted, where the next ledger begins; and whether that was on record. If not, it is
    /// the present, or what the receipts tell if they are later: the clock may have been set back since.
    pub(crate) fn beginning(&mut self, now: UnixTime) -> Outcome<(UnixTime, bool)> {
        let text = self.read("last_spend")?;
        let noted = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .map(UnixTime::from_secs);
        self.last_spend = self.last_spend.max(noted.unwrap_or(now));
        Ok((self.last_spend, noted.is_some()))
    }

    /// Before a code is spent. What is later already stays: a clock that went back has admitted codes of then.
    pub(crate) fn note_spend(&mut self, now: UnixTime) -> Outcome<()> {
        self.last_spend = self.last_spend.max(now);
        replace(&self.folder, "last_spend", self.last_spend.to_string().as_bytes())
    }

    /// Links a receipt, and gives its number. When this returns, it is on the disk.
    pub(crate) fn add(&mut self, receipt: &Receipt) -> Outcome<u64> {
        let number = self.chain.head().number();
        let line = hex::encode(self.chain.append(receipt)) + "\n";
        let mut file = OpenOptions::new().append(true).open(self.folder.join("receipts"))?;
        if file.metadata()?.len() != self.length {
            return Err("another program has written to receipts: one desk a folder".into());
        }
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        self.length += u64::try_from(line.len())?;
        self.keep_head()?;
        Ok(number)
    }

    /// Every receipt, from a chain that holds: as the files have it, not as this program remembers it.
    pub(crate) fn receipts(&self) -> Outcome<Vec<Receipt>> {
        let links = links(&self.read("receipts")?)?;
        hold(&links, self.head()?)?;
        links.iter().map(|link| Ok(Link::from_bytes(link)?.receipt().clone())).collect()
    }

    pub(crate) fn head_to_copy(&self) -> String {
        hex::encode(self.chain.head().to_bytes())
    }

    fn head(&self) -> Outcome<ChainHead> {
        let kept = hex::decode(self.read("head")?).ok().and_then(|kept| ChainHead::from_bytes(&kept));
        Ok(kept.ok_or("head is damaged: restore it, do not begin anew")?)
    }

    fn keep_head(&self) -> Outcome<()> {
        replace(&self.folder, "head", self.head_to_copy().as_bytes())
    }

    fn read(&self, name: &str) -> Outcome<Vec<u8>> {
        let path = self.folder.join(name);
        Ok(fs::read(&path).map_err(about(&path))?)
    }
}

/// Only this writes what says that nothing was seen before: in a folder aside, put in place whole.
fn install(folder: &Path) -> Outcome<()> {
    let mut aside = folder.as_os_str().to_owned();
    aside.push(".installing");
    let aside = PathBuf::from(aside);
    // Of an installation that was cut short: no desk has used it.
    if aside.try_exists()? {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir_all(&aside).map_err(about(&aside))?;
    let head = hex::encode(ChainHead::START.to_bytes());
    let files = [("floor", FIRST), ("last_spend", b"0"), ("receipts", b""), ("head", head.as_bytes())];
    for (name, bytes) in files {
        replace(&aside, name, bytes)?;
    }
    fs::rename(&aside, folder).map_err(about(folder))?;
    sync(folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

/// Written aside and put in place at once, so that a power cut leaves the old file or the new one.
fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Outcome<()> {
    let (aside, place) = (folder.join(format!("{name}.new")), folder.join(name));
    let mut file = File::create(&aside).map_err(about(&aside))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&aside, &place).map_err(about(&place))?;
    sync(folder)
}

/// The renaming itself, onto the disk. Windows opens no folder: there it is left to the file system.
fn sync(folder: &Path) -> Outcome<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn links(lines: &[u8]) -> Outcome<Vec<Vec<u8>>> {
    let lines = std::str::from_utf8(lines).map_err(|_| "receipts: no text")?.lines();
    lines
        .zip(1..)
        .map(|(line, n)| hex::decode(line).map_err(|_| format!("receipts, line {n}: no link").into()))
        .collect()
}

/// Whether the links are one chain from its beginning to `head`.
fn hold(links: &[Vec<u8>], head: ChainHead) -> Outcome<()> {
    Ok(ReceiptChain::verify(ChainHead::START, links, head).map_err(|broken| format!("receipts: {broken}"))?)
}

fn about(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
