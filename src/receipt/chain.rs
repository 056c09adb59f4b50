//! Receipts in a row, each holding the digest of the one before.

use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{Receipt, ReceiptError};
use crate::wire::cbor::{self, Fault, Reader};
use crate::wire::encode::Encoder;

/// Links receipts: the digest of each link stands in the next.
///
/// The desk stores every link, in order, and the [`head`](Self::head) with them; a copy of the head that is kept elsewhere
/// (at head office, on paper) holds the desk itself to its records. Old links may be deleted from the front, as retention
/// allows: the head that stood after them is then where [`verify`](Self::verify) begins.
///
/// A chain has one writer: two that go on from one head are two chains, each whole in itself, and only the head that was kept
/// tells which is the desk's. It does not judge times: a clock that was set back shows in the receipts.
///
/// ```
/// use eid_verifier::receipt::{ChainHead, Receipt, ReceiptChain};
///
/// fn day(receipts: &[Receipt]) {
///     let mut chain = ReceiptChain::resume(ChainHead::START);
///     let mut stored: Vec<Vec<u8>> = receipts.iter().map(|receipt| chain.append(receipt)).collect();
///     assert!(ReceiptChain::verify(ChainHead::START, &stored, chain.head()).is_ok());
///     if stored.len() > 1 {
///         stored.remove(0);
///         assert_eq!(ReceiptChain::verify(ChainHead::START, &stored, chain.head()).unwrap_err().position, 0);
///     }
/// }
/// # day(&[]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptChain {
    head: ChainHead,
}

/// Where a chain stands: links so far, and the digest of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    number: u64,
    sha256: [u8; 32],
}

/// One link, as it is stored: `[number, SHA-256 of the link before, receipt]`, deterministic CBOR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    number: u64,
    previous: [u8; 32],
    receipt: Receipt,
}

/// The first link of a chain that does not follow from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("link {position} of those given: {fault}")]
pub struct BrokenLink {
    /// Its place among the links given, from 0; their count, where the end is missing.
    pub position: usize,
    /// What is wrong with it.
    pub fault: LinkFault,
}

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LinkFault {
    /// It is no link, or its receipt is none.
    #[error("not a link")]
    Malformed,
    /// Its receipt is of another version than 1.
    #[error("a receipt of another version than 1")]
    Version,
    /// It is not the next number: links are missing, doubled or in another order.
    #[error("number {found} where {expected} belongs")]
    Number {
        /// Its number.
        found: u64,
        /// The number that belongs there.
        expected: u64,
    },
    /// It follows from another link than the one before it: one of the two was changed.
    #[error("does not follow from the link before it, or that one was changed")]
    Previous,
    /// The links end elsewhere than the head that was kept: the last was changed, or later ones are missing.
    #[error("the chain does not end at the head that was kept")]
    Head,
}

impl ChainHead {
    /// The head of a chain without links.
    pub const START: Self = Self { number: 0, sha256: [0; 32] };

    /// Links so far.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.number
    }

    /// 40 bytes to keep: the number, big-endian, and the digest.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 40] {
        let mut kept = [0; 40];
        let fields = self.number.to_be_bytes().into_iter().chain(self.sha256);
        kept.iter_mut().zip(fields).for_each(|(place, byte)| *place = byte);
        kept
    }

    /// The head that [`to_bytes`](Self::to_bytes) wrote, or `None` if these are not 40 bytes.
    #[must_use]
    pub fn from_bytes(kept: &[u8]) -> Option<Self> {
        let (number, sha256) = kept.split_first_chunk()?;
        Some(Self { number: u64::from_be_bytes(*number), sha256: sha256.try_into().ok()? })
    }

    fn after(self, link: &[u8]) -> Self {
        Self { number: self.number.saturating_add(1), sha256: Sha256::digest(link).into() }
    }
}

impl ReceiptChain {
    /// The chain that stands at `head`: [`ChainHead::START`] once, then the head that was kept.
    #[must_use]
    pub const fn resume(head: ChainHead) -> Self {
        Self { head }
    }

    /// Where it stands.
    #[must_use]
    pub const fn head(&self) -> ChainHead {
        self.head
    }

    /// The next link, to be stored as it is.
    pub fn append(&mut self, receipt: &Receipt) -> Vec<u8> {
        let mut link = Encoder::new();
        link.array(3).uint(self.head.number).bytes(&self.head.sha256).item(&receipt.to_bytes());
        let link = link.into_bytes();
        self.head = self.head.after(&link);
        link
    }

    /// Steps over a stored link that is the next, and reads it: for a desk that was stopped between storing a link and
    /// its head.
    ///
    /// # Errors
    /// [`LinkFault::Malformed`], [`LinkFault::Version`], [`LinkFault::Number`], [`LinkFault::Previous`]; the chain stands where it stood.
    pub fn follow(&mut self, stored: &[u8]) -> Result<Link, LinkFault> {
        let link = Link::from_bytes(stored).map_err(|error| match error {
            ReceiptError::Version => LinkFault::Version,
            _ => LinkFault::Malformed,
        })?;
        if link.number != self.head.number {
            return Err(LinkFault::Number { found: link.number, expected: self.head.number });
        }
        if link.previous != self.head.sha256 {
            return Err(LinkFault::Previous);
        }
        self.head = self.head.after(stored);
        Ok(link)
    }

    /// Goes through stored links, the first of which followed `after`, the last of which made `until`.
    ///
    /// # Errors
    /// The first [`BrokenLink`]: [`LinkFault::Malformed`], [`LinkFault::Version`], [`LinkFault::Number`], [`LinkFault::Previous`] of each, then
    /// [`LinkFault::Head`].
    pub fn verify<L: AsRef<[u8]>>(
        after: ChainHead,
        links: impl IntoIterator<Item = L>,
        until: ChainHead,
    ) -> Result<(), BrokenLink> {
        let mut chain = Self::resume(after);
        let mut position = 0;
        for link in links {
            chain.follow(link.as_ref()).map_err(|fault| BrokenLink { position, fault })?;
            position += 1;
        }
        if chain.head == until { Ok(()) } else { Err(BrokenLink { position, fault: LinkFault::Head }) }
    }
}

impl Link {
    /// A stored link.
    ///
    /// # Errors
    /// [`ReceiptError::Malformed`], [`ReceiptError::Version`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let read = |reader: &mut Reader<'_>| {
            reader.array_of(3, |reader| {
                let (number, previous) = (reader.uint()?, *reader.bytes_of()?);
                let (encoded, ()) = reader.encoding_of(|reader| reader.skip().map(drop))?;
                Ok((number, previous, encoded.to_vec()))
            })
        };
        let (number, previous, receipt) =
            cbor::decode(bytes, read).map_err(|_: Fault| ReceiptError::Malformed)?;
        Ok(Self { number, previous, receipt: Receipt::from_bytes(&receipt)? })
    }

    /// Its number in the chain, from 0.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Its receipt.
    #[must_use]
    pub const fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}
