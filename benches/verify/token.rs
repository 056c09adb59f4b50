//! The bytes of codes: those of a text, and crafted ones.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/// As long as a token may be.
const MOST: usize = 2048;

/// The bytes of a text in Base45.
pub(crate) fn of(text: &str) -> Vec<u8> {
    let (_, body) = text.trim_ascii_end().split_once("LZ1:").unwrap();
    let digit = |character| ALPHABET.iter().position(|&own| own == character).unwrap();
    body.as_bytes()
        .chunks(3)
        .flat_map(|group| {
            let number = group.iter().rev().fold(0, |number, &character| number * 45 + digit(character));
            number.to_be_bytes()[9 - group.len()..].to_vec()
        })
        .collect()
}

/// The text of some bytes.
pub(crate) fn to_base45(bytes: &[u8]) -> String {
    let triple = |group: &[u8]| {
        let number = group.iter().fold(0, |number, &byte| number * 256 + usize::from(byte));
        [number % 45, number / 45 % 45, number / 2025].into_iter().take(group.len() + 1)
    };
    let digits = bytes.chunks(2).flat_map(triple);
    "LZ1:".chars().chain(digits.map(|digit| char::from(ALPHABET[digit]))).collect()
}

/// Codes as long as they may be, full of small items, that are refused as `payload.shape` as late as can be.
pub(crate) fn crafted() -> Vec<(&'static str, Vec<u8>)> {
    let unread = |items: fn(usize) -> Vec<u8>| filled(&|bytes| with_unknown_header(&items(bytes)));
    vec![
        ("numbers", unread(|bytes| repeated(&[0], bytes))),
        ("letters", unread(|bytes| repeated(b"\x61a", bytes))),
        ("empty-maps", unread(|bytes| repeated(&[0xa0], bytes))),
        ("small-maps", unread(|bytes| repeated(&[0xa1, 0, 0], bytes))),
        ("one-map", unread(one_map)),
        ("all-kinds", unread(all_kinds)),
        (
            "ages",
            filled(&|bytes| with_licence(&[&[15][..], &repeated(&[0], bytes - 1), &[0x18, 99, 0]].concat())),
        ),
    ]
}

/// What `make` makes of as many bytes as fit.
fn filled(make: &dyn Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let most = (0..MOST).rev().find(|&bytes| bytes > 300 && make(bytes).len() <= MOST).unwrap();
    let token = make(most);
    assert!(token.len() > MOST - 4, "{}", token.len());
    token
}

/// An array of equal items, in at most `bytes` bytes.
fn repeated(item: &[u8], bytes: usize) -> Vec<u8> {
    counted(0x99, bytes, std::iter::repeat(item.to_vec()))
}

/// A map of numbers to numbers.
fn one_map(bytes: usize) -> Vec<u8> {
    let entry = |key: usize| match key {
        0..24 => vec![be(key)[1], 0],
        24..256 => vec![0x18, be(key)[1], 0],
        _ => [&[0x19][..], &be(key), &[0]].concat(),
    };
    counted(0xb9, bytes, (0..).map(entry))
}

/// Items of every kind in no order, so that no branch can be foreseen.
fn all_kinds(bytes: usize) -> Vec<u8> {
    let kinds: [&[u8]; 8] = [&[0], &[0x20], &[0x40], &[0x60], &[0xf6], &[0x80], &[0xa0], &[0x18, 0x18]];
    let mut state = 1_u32;
    let items = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        kinds[usize::try_from(state >> 29).unwrap()].to_vec()
    });
    counted(0x99, bytes, items)
}

/// An array or a map, of as many of these items as fit.
fn counted(head: u8, bytes: usize, items: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let (mut content, mut count) = (Vec::new(), 0);
    for item in items {
        if 3 + content.len() + item.len() > bytes {
            break;
        }
        content.extend(item);
        count += 1;
    }
    [&[head][..], &be(count), &content].concat()
}

/// With an unknown header, before a signature that is no signature: it is read, and read again to step over it.
fn with_unknown_header(value: &[u8]) -> Vec<u8> {
    [&[0xd2, 0x84, 0x40, 0xa1, 0x18, 99][..], value, &[0x40, 0x40]].concat()
}

/// With a licence that ends in a wrong key, in a credential without an issuer: it is read, and read again.
fn with_licence(entries: &[u8]) -> Vec<u8> {
    let signature = [&[0x58, 64][..], &[0; 64]].concat();
    let object = |protected: &[u8], payload: &[u8]| {
        [&[0xd2, 0x84][..], &string(protected), &[0xa0], &string(payload), &signature].concat()
    };
    let claims = [2, 0x61, b'b', 4, 2, 6, 1, 8, 0xa1, 1, 0xa0, 0x3a, 0, 1, 0, 0];
    let claims = [&[0xa5][..], &claims, &[0xa3, 0, 1], entries].concat();
    let header = [&[0xa3, 1, 0x32, 4, 0x48][..], &[0; 8], &[16, 0x19, 1, 37]].concat();
    let credential = object(&header, &claims);
    let binding = [
        &[0xa4, 3, 0x65][..],
        b"hotel",
        &[4, 0x1a, 0x6a, 0xb1, 0x3b, 0x9c, 6, 0x1a, 0x6a, 0xb1, 0x3b, 0x80, 7, 0x50],
        &[0; 16],
    ]
    .concat();
    object(&[&[0xa3, 1, 0x32, 13][..], &credential, &[16, 0x19, 1, 38]].concat(), &binding)
}

fn string(content: &[u8]) -> Vec<u8> {
    match content.len() {
        length @ 24..256 => [&[0x58, be(length)[1]], content].concat(),
        length @ 256.. => [&[0x59][..], &be(length), content].concat(),
        length => [&[0x40 | be(length)[1]], content].concat(),
    }
}

fn be(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap().to_be_bytes()
}
