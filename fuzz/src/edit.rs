//! One edit of one object's bytes, as the script says.

use crate::script::Script;
use crate::tree::Node;

/// More than any object may have, so that too long stays reachable.
const MOST_BYTES: usize = 4096;

/// Number of edits that [`edit`] knows.
pub const KINDS: u8 = 13;

pub const INSERT: u8 = 2;
pub const SPLICE: u8 = 5;
/// An item without children is replaced.
pub const ONE_CHILD_LESS: u8 = 9;
pub const ONE_ENTRY_MORE: u8 = 12;

/// Edits `bytes`; `donor` is another object of the same kind.
pub fn edit(bytes: &mut Vec<u8>, donor: &[u8], script: &mut Script<'_>) {
    let kind = script.byte().unwrap_or(0) % KINDS;
    if kind < 6 {
        edit_bytes(kind, bytes, donor, script)
    } else {
        edit_items(kind, bytes, donor, script)
    }
    bytes.truncate(MOST_BYTES);
}

fn edit_bytes(kind: u8, bytes: &mut Vec<u8>, donor: &[u8], script: &mut Script<'_>) {
    let at = script.pick(bytes.len() + 1);
    match kind {
        // Flip a bit.
        0 => {
            let bit = script.byte().unwrap_or(0) % 8;
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        // Overwrite.
        1 => {
            for (byte, new) in bytes[at..].iter_mut().zip(script.literal()) {
                *byte = *new;
            }
        }
        // Insert.
        INSERT => drop(bytes.splice(at..at, script.literal().iter().copied())),
        // Cut a piece out, or all that follows.
        3 => {
            let length = script.pick(bytes.len() - at + 1);
            bytes.drain(at..if length == 0 { bytes.len() } else { at + length });
        }
        // Swap two pieces of one length.
        4 => {
            let (first, second) = bytes.split_at_mut(at);
            let (from, to) = (script.pick(first.len() + 1), script.pick(second.len() + 1));
            let length = script.pick((first.len() - from).min(second.len() - to) + 1);
            first[from..from + length].swap_with_slice(&mut second[to..to + length]);
        }
        // Splice with the donor.
        _ => {
            bytes.truncate(at);
            bytes.extend(&donor[script.pick(donor.len() + 1)..]);
        }
    }
}

/// The lengths around the edit are made right again.
fn edit_items(kind: u8, bytes: &mut Vec<u8>, donor: &[u8], script: &mut Script<'_>) {
    let Some(mut tree) = Node::parse(bytes) else { return };
    let place = script.pick(tree.count());
    let Some(node) = tree.at(place) else { return };
    match (kind, node) {
        // Another number.
        (6, node) => *node = Node::uint(script.u64() >> (script.byte().unwrap_or(0) % 64)),
        // An item of the donor's: of the same place, or of any.
        (7 | 8, node) => {
            let Some(mut donor) = Node::parse(donor) else { return };
            let from = if kind == 7 { place } else { script.pick(donor.count()) };
            if let Some(item) = donor.at(from) {
                *node = item.clone();
            }
        }
        // One child less, once more, or at another place.
        (ONE_CHILD_LESS, Node::Array(items) | Node::Map(items)) if !items.is_empty() => {
            items.remove(script.pick(items.len()));
        }
        (10, Node::Array(items) | Node::Map(items)) if !items.is_empty() => {
            let item = items[script.pick(items.len())].clone();
            items.insert(script.pick(items.len() + 1), item);
        }
        (11, Node::Array(items) | Node::Map(items)) if !items.is_empty() => {
            let (a, b) = (script.pick(items.len()), script.pick(items.len()));
            items.swap(a, b);
        }
        // One entry more.
        (ONE_ENTRY_MORE, Node::Array(items) | Node::Map(items)) => {
            let at = script.pick(items.len() / 2 + 1) * 2;
            items.splice(at..at, [0; 2].map(|_| Node::uint(script.byte().unwrap_or(0).into())));
        }
        (_, node) => {
            if let Some(item) = script.literal().first() {
                *node = Node::Leaf(vec![*item]);
            }
        }
    }
    *bytes = tree.encode();
}
