//! What a verifier checks, in order (FORMAT.md). [`check`] is the table of contents of the crate: one line a rule or two,
//! one file a step. The steps that change nothing come first; the nonce is spent last, by the caller's ledger.

mod audience;
mod claims;
mod clock;
mod credential;
mod device;
mod disclosures;
mod freshness;
mod group;
mod headers;
mod issuer;
mod nonce;
mod payload;
mod scope;
mod seen;
mod status;
mod trust;

pub use audience::{Challenge, ChallengeError};
pub use nonce::Unspent;
pub(crate) use seen::{Seen, SeenCode, phone, phones_signature};

use crate::UnixTime;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::site::Site;
use crate::status::StatusLists;
use crate::trust::TrustList;
use crate::wire::text;

/// Everything a scan is judged by but the ledger.
#[derive(Clone, Copy)]
pub(crate) struct Context<'v> {
    pub(crate) trust: &'v TrustList,
    pub(crate) status: &'v StatusLists,
    pub(crate) site: &'v Site,
    pub(crate) policy: &'v Policy,
    pub(crate) challenge: Option<&'v Challenge>,
    pub(crate) now: UnixTime,
}

/// Steps 0 to 12, and what step 13 needs.
///
/// # Errors
/// Every code of FORMAT.md but those of opening lists and of spending, in the order of the steps.
pub(crate) fn check(scanned: &str, context: &Context<'_>) -> Result<Unspent, Refusal> {
    run(scanned, context, None)
}

/// [`check`] once more, for a report or a receipt: the same run, and beside its answer what it saw on the way.
pub(crate) fn look_again(scanned: &str, context: &Context<'_>) -> (Result<Unspent, Refusal>, Seen) {
    let mut seen = Seen::default();
    let answer = run(scanned, context, Some(&mut seen));
    (answer, seen)
}

fn run(scanned: &str, context: &Context<'_>, mut seen: Option<&mut Seen>) -> Result<Unspent, Refusal> {
    let Context { trust, status, site, policy, challenge, now } = *context;
    clock::is_not_behind(trust, policy, now)?; //                       0
    let token = text::decode(scanned)?; //                              1: wiped when it goes
    let shown = payload::parse(&token)?;
    Seen::note_code(&mut seen, &shown);
    headers::are_the_formats(&shown)?; //                               2
    trust::is_in_force(trust, now)?; //                                 3
    let issuer = issuer::signed(&shown, trust, now)?; //                4
    credential::holds(&shown.credential, policy, now)?; //              5
    let authentic = device::signed(&shown, issuer, policy)?; //         6
    freshness::is_fresh(&authentic, policy, now)?; //                   7
    audience::is_this_desk(&authentic, site, policy, challenge)?; //    8
    scope::covers(&authentic, site)?; //                                9
    let groups = disclosures::open(&authentic)?; //                    10
    let claims = claims::read(&groups, &authentic, context)?; //   11
    let entry = status::entry(&authentic, status, policy, now)?; //    12
    Seen::note_entry(&mut seen, entry.as_ref());
    status::is_good(entry.as_ref(), policy, now)?;
    Ok(nonce::unspent(&authentic, claims, entry.as_ref(), context)) //  13
}
