//! CBOR as a tree, so that an edit inside keeps every length around it right.

/// One item.
#[derive(Clone)]
pub enum Node {
    /// An integer, a text, a simple value, or a byte string that holds no CBOR: as it stands.
    Leaf(Vec<u8>),
    Array(Vec<Node>),
    /// Keys and values by turns.
    Map(Vec<Node>),
    Tag(u64, Box<Node>),
    /// A byte string that holds an array or a map.
    Wrapped(Box<Node>),
}

impl Node {
    /// The one item that `bytes` are. Only shortest, definite encodings are known.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (node, rest) = item(bytes, 0)?;
        rest.is_empty().then_some(node)
    }

    pub fn uint(number: u64) -> Self {
        let mut head = Vec::new();
        put_head(0, number, &mut head);
        Self::Leaf(head)
    }

    /// The unsigned integer under an unsigned key of this map.
    pub fn uint_at(&self, key: u64) -> Option<u64> {
        let Self::Map(items) = self else { return None };
        let mut entries = items.as_chunks::<2>().0.iter();
        let [_, value] = entries.find(|[own, _]| own.as_uint() == Some(key))?;
        value.as_uint()
    }

    /// The value under this key of this map, the key as encoded.
    pub fn get(&self, key: &[u8]) -> Option<&Self> {
        let Self::Map(items) = self else { return None };
        items.as_chunks::<2>().0.iter().find(|[own, _]| own.encode() == key).map(|[_, value]| value)
    }

    /// The keys of this map, as encoded.
    pub fn keys(&self) -> Option<Vec<Vec<u8>>> {
        let Self::Map(items) = self else { return None };
        Some(items.as_chunks::<2>().0.iter().map(|[key, _]| key.encode()).collect())
    }

    pub fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        let Self::Leaf(bytes) = self else { return None };
        std::str::from_utf8(content(bytes, 3)?).ok()
    }

    pub fn as_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Leaf(bytes) => content(bytes, 2).map(<[u8]>::to_vec),
            Self::Wrapped(inner) => Some(inner.encode()),
            _ => None,
        }
    }

    /// Whether this is an integer, of either sign.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Leaf(bytes) if bytes.first().is_some_and(|first| first >> 5 < 2))
    }

    pub fn as_uint(&self) -> Option<u64> {
        let Self::Leaf(bytes) = self else { return None };
        let (&first, argument) = bytes.split_first()?;
        match first {
            0..24 => Some(first.into()),
            24..28 => Some(argument.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))),
            _ => None,
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(&mut out);
        out
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Leaf(bytes) => out.extend(bytes),
            Self::Array(items) => {
                put_head(4, items.len() as u64, out);
                items.iter().for_each(|item| item.put(out));
            }
            Self::Map(items) => {
                put_head(5, items.len() as u64 / 2, out);
                items.iter().for_each(|item| item.put(out));
            }
            Self::Tag(tag, item) => {
                put_head(6, *tag, out);
                item.put(out);
            }
            Self::Wrapped(item) => {
                let inner = item.encode();
                put_head(2, inner.len() as u64, out);
                out.extend(inner);
            }
        }
    }

    /// All items, the outer before the inner.
    pub fn count(&self) -> usize {
        1 + self.children().iter().map(Self::count).sum::<usize>()
    }

    /// Goes through them in that order.
    pub fn each(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        self.children().iter().for_each(|child| child.each(visit));
    }

    /// The item at a place in that order.
    pub fn at(&mut self, place: usize) -> Option<&mut Self> {
        fn walk<'n>(node: &'n mut Node, place: &mut usize) -> Option<&'n mut Node> {
            if *place == 0 {
                return Some(node);
            }
            *place -= 1;
            node.children_mut().iter_mut().find_map(|child| walk(child, place))
        }
        walk(self, &mut { place })
    }

    fn children(&self) -> &[Self] {
        match self {
            Self::Leaf(_) => &[],
            Self::Array(items) | Self::Map(items) => items,
            Self::Tag(_, item) | Self::Wrapped(item) => std::slice::from_ref(item),
        }
    }

    fn children_mut(&mut self) -> &mut [Self] {
        match self {
            Self::Leaf(_) => &mut [],
            Self::Array(items) | Self::Map(items) => items,
            Self::Tag(_, item) | Self::Wrapped(item) => std::slice::from_mut(item),
        }
    }
}

/// The first item of `bytes`, and what follows it.
pub fn split_item(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = item(bytes, 0)?;
    bytes.split_at_checked(bytes.len() - rest.len())
}

/// The content of a byte or text string.
fn content(item: &[u8], major: u8) -> Option<&[u8]> {
    let first = *item.first()?;
    let head = match first & 31 {
        0..24 => 1,
        information => 1 + (1 << (information - 24)),
    };
    if first >> 5 == major { item.get(head..) } else { None }
}

fn put_head(major: u8, argument: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..24 => out.push(major | bytes[7]),
        24..0x100 => out.extend([major | 24, bytes[7]]),
        0x100..0x1_0000 => out.extend([major | 25, bytes[6], bytes[7]]),
        0x1_0000..0x1_0000_0000 => {
            out.push(major | 26);
            out.extend(&bytes[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend(bytes);
        }
    }
}

fn item(bytes: &[u8], depth: u8) -> Option<(Node, &[u8])> {
    if depth > 32 {
        return None;
    }
    let (&first, rest) = bytes.split_first()?;
    let (major, information) = (first >> 5, first & 31);
    let more = match information {
        0..24 => 0,
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (argument, mut rest) = rest.split_at_checked(more)?;
    let argument = match information {
        0..24 => information.into(),
        _ => argument.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)),
    };
    let mut items = |count: u64| {
        let mut found = Vec::new();
        for _ in 0..count {
            let (node, after) = item(rest, depth + 1)?;
            rest = after;
            found.push(node);
        }
        Some(found)
    };
    let node = match major {
        2 | 3 => {
            let (content, after) = rest.split_at_checked(argument.try_into().ok()?)?;
            rest = after;
            match Node::parse(content) {
                Some(inner @ (Node::Array(_) | Node::Map(_))) if major == 2 => Node::Wrapped(inner.into()),
                _ => Node::Leaf(bytes[..bytes.len() - rest.len()].into()),
            }
        }
        4 => Node::Array(items(argument)?),
        5 => Node::Map(items(argument.checked_mul(2)?)?),
        6 => Node::Tag(argument, items(1)?.pop()?.into()),
        _ => Node::Leaf(bytes[..bytes.len() - rest.len()].into()),
    };
    Some((node, rest))
}

#[cfg(test)]
mod tests {
    use super::Node;
    use crate::world;

    #[test]
    fn every_token_and_list_is_a_tree_and_comes_back() {
        for bytes in world::TOKENS.iter().chain(world::LISTS.iter()) {
            let tree = Node::parse(bytes).unwrap();
            assert_eq!(tree.encode(), *bytes);
            assert!(tree.count() > 20);
        }
    }
}
