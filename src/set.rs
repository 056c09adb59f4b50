//! Small sets of numbered things: documents, claim groups, ways to verify the user.

use core::fmt;
use core::marker::PhantomData;

/// A thing with a number below 32, of this crate only.
pub trait Member: Sealed + Copy + fmt::Debug + 'static {
    /// Every one there is, ascending by number.
    const ALL: &'static [Self];

    /// The number of the format.
    fn number(self) -> u8;

    /// The stable name, for a program: `identity_card`.
    fn as_str(self) -> &'static str;
}

/// Only these are members: a number of 32 or more would not fit a [`Set`].
#[expect(unnameable_types, reason = "so that nobody else can implement it")]
pub trait Sealed {}
impl Sealed for crate::policy::Document {}
impl Sealed for crate::policy::Group {}
impl Sealed for crate::policy::UserFactor {}

/// A set of [`Member`]s.
///
/// ```
/// use eid_verifier::policy::{Group, Set};
///
/// let groups = Set::from([Group::Address, Group::Identity]);
/// assert!(groups.contains(Group::Identity));
/// assert_eq!(groups.iter().collect::<Vec<_>>(), [Group::Identity, Group::Address]);
/// assert_eq!(format!("{groups:?}"), "{Identity, Address}");
/// ```
pub struct Set<T> {
    bits: u32,
    members: PhantomData<T>,
}

impl<T: Member> Set<T> {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { bits: 0, members: PhantomData }
    }

    /// This set and one member more.
    #[must_use]
    pub fn with(self, member: T) -> Self {
        Self { bits: self.bits | 1 << member.number(), members: PhantomData }
    }

    /// This set without one member.
    #[must_use]
    pub fn without(self, member: T) -> Self {
        Self { bits: self.bits & !(1 << member.number()), members: PhantomData }
    }

    /// Whether `member` is in the set.
    #[must_use]
    pub fn contains(self, member: T) -> bool {
        self.bits & 1 << member.number() != 0
    }

    /// Whether the set has no members.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Members of the set.
    #[must_use]
    pub fn len(self) -> usize {
        self.iter().count()
    }

    /// The members, ascending by number.
    #[must_use]
    pub fn iter(self) -> Members<T> {
        self.into_iter()
    }
}

impl<T: Member, const N: usize> From<[T; N]> for Set<T> {
    fn from(members: [T; N]) -> Self {
        members.into_iter().collect()
    }
}

impl<T: Member> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        members.into_iter().fold(Self::new(), Self::with)
    }
}

impl<T: Member> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = Members<T>;

    /// The members, ascending by number.
    fn into_iter(self) -> Members<T> {
        Members { left: self, all: T::ALL.iter() }
    }
}

/// The members of a [`Set`], ascending by number.
#[derive(Clone)]
pub struct Members<T: 'static> {
    left: Set<T>,
    all: core::slice::Iter<'static, T>,
}

impl<T: Member> Iterator for Members<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.all.by_ref().copied().find(|&member| self.left.contains(member))
    }
}

impl<T: Member> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Set<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Set<T> {}

impl<T> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<T> Eq for Set<T> {}

impl<T: Member> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
