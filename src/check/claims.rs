//! Step 11, claims: what is shown is right in itself, complete, in force, and of age (FORMAT.md, Details). Code by code,
//! over all groups that are shown, also those that the policy does not want: these are dropped at the end.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::Context;
use super::device::Authentic;
use super::group::{RawGroup, RawGroups};
use crate::claims::{
    Address, Advisory, AgeProof, Ages, CivilDate, Claims, Demographics, Ethnicity, Evidence, Household,
    HouseholdKind, IdNumber, Identity, Name, Permit, Portrait, Relation, Sex, Validity,
};
use crate::policy::{AgeRule, Document, Group, Policy};
use crate::refusal::{ClaimsRefusal, CredentialRefusal, Refusal};
use crate::set::{Member as _, Set};
use crate::site::Scene;

/// Days before the end of a document in which the desk is told of it.
const EXPIRES_SOON_DAYS: i64 = 30;
/// Below this age a hotel asks for the guardian.
const ADULT: u8 = 18;

/// # Errors
/// `claims.name`, `claims.id_number`, `claims.date`, `claims.code`, `claims.inconsistent`, `claims.missing`,
/// `claims.document_expired`, `claims.endorsement_lapsed`, `claims.underage`.
pub(super) fn read(
    groups: &RawGroups<'_>,
    code: &Authentic<'_>,
    context: &Context<'_>,
) -> Result<Box<Claims>, Refusal> {
    let policy = context.policy;
    let today = CivilDate::in_china(context.now);

    let name = read_name(groups)?;
    let number = read_number(groups, today)?;
    let dates = Dates::read(groups, today)?;
    let codes = Codes::read(groups)?;
    let birth_date = one_birth_date(number.as_ref(), dates.birth)?;
    is_complete(groups, policy)?;
    let age = age_proof(birth_date, codes.ages.as_deref(), policy)?;
    dates.are_not_past(today)?;
    is_reached(age.as_ref(), today)?;

    // Step 5 has accepted the document.
    let number_of_document = code.credential.licence.document;
    let document = Document::from_number(number_of_document)
        .ok_or(CredentialRefusal::Document { document: number_of_document })?;
    // On the heap before anything is filled in, so that nothing of it is moved about on the stack.
    let mut claims = Box::new(Claims {
        document,
        issuer: Arc::clone(&code.issuer.iss),
        verified_at: context.now,
        identity: name.zip(number).map(|(name, number)| Identity { name, number }),
        demographics: None,
        address: None,
        validity: None,
        ages: None,
        household: None,
        residence: None,
        permit: None,
        portrait: None,
        over_disclosed: Set::new(),
        advisories: Vec::new(),
        evidence: Evidence {
            signature: Zeroizing::new(*code.binding.object.signature),
            site: context.site.clone(),
            policy: *policy,
            trust_list: (context.trust.sequence(), context.trust.sha256),
            issuer_key: (code.issuer_key.kid, *code.issuer_key.key.as_bytes()),
            status_list: None,
        },
    });
    fill(&mut claims, groups, &dates, codes);
    advise(&mut claims, birth_date, context, today);
    drop_unwanted(&mut claims, groups, policy);
    Ok(claims)
}

fn read_name(groups: &RawGroups<'_>) -> Result<Option<Name>, ClaimsRefusal> {
    let Some(RawGroup::Identity { name, .. }) = groups.get(Group::Identity) else {
        return Ok(None);
    };
    Name::parse(name).map(Some).ok_or(ClaimsRefusal::Name { group: Group::Identity.number() })
}

fn read_number(groups: &RawGroups<'_>, today: CivilDate) -> Result<Option<IdNumber>, ClaimsRefusal> {
    let Some(RawGroup::Identity { number, .. }) = groups.get(Group::Identity) else {
        return Ok(None);
    };
    IdNumber::parse(number, today)
        .map(Some)
        .ok_or(ClaimsRefusal::IdNumber { group: Group::Identity.number() })
}

/// The dates of groups 12, 14 and 18.
struct Dates {
    birth: Option<CivilDate>,
    validity: Option<(CivilDate, Option<CivilDate>)>,
    permit: Option<(CivilDate, CivilDate)>,
}

impl Dates {
    fn read(groups: &RawGroups<'_>, today: CivilDate) -> Result<Self, ClaimsRefusal> {
        let mut found = Self { birth: None, validity: None, permit: None };
        for (group, value) in groups.iter() {
            let refusal = ClaimsRefusal::Date { group: group.number() };
            let date =
                |number: i64| u32::try_from(number).ok().and_then(CivilDate::from_yyyymmdd).ok_or(refusal);
            let in_order = match value {
                RawGroup::Demographics { birth_date, .. } => {
                    let birth = date(birth_date)?;
                    found.birth = Some(birth);
                    birth <= today
                }
                RawGroup::Validity { from, until, .. } => {
                    let (from, until) = (date(from)?, until.map(date).transpose()?);
                    found.validity = Some((from, until));
                    until.is_none_or(|until| from <= until)
                }
                RawGroup::Permit { issued, endorsed_until, .. } => {
                    let (issued, endorsed_until) = (date(issued)?, date(endorsed_until)?);
                    found.permit = Some((issued, endorsed_until));
                    issued <= endorsed_until
                }
                _ => true,
            };
            if !in_order {
                return Err(refusal);
            }
        }
        Ok(found)
    }

    fn are_not_past(&self, today: CivilDate) -> Result<(), ClaimsRefusal> {
        if let Some((_, Some(until))) = self.validity
            && until < today
        {
            return Err(ClaimsRefusal::DocumentExpired);
        }
        if let Some((_, endorsed_until)) = self.permit
            && endorsed_until < today
        {
            return Err(ClaimsRefusal::EndorsementLapsed);
        }
        Ok(())
    }
}

/// The numbers of groups 12, 13, 15, 16 and 17 that come from a code set.
struct Codes {
    demographics: Option<(Sex, Ethnicity)>,
    address_division: Option<u32>,
    ages: Option<Zeroizing<Vec<u8>>>,
    household: Option<(HouseholdKind, Relation)>,
    residence_division: Option<u32>,
}

impl Codes {
    fn read(groups: &RawGroups<'_>) -> Result<Self, ClaimsRefusal> {
        let mut found = Self {
            demographics: None,
            address_division: None,
            ages: None,
            household: None,
            residence_division: None,
        };
        for (group, value) in groups.iter() {
            let refusal = ClaimsRefusal::CodeNumber { group: group.number() };
            match value {
                RawGroup::Demographics { sex, ethnicity, .. } => {
                    let codes = Sex::from_code(sex).zip(Ethnicity::from_code(ethnicity));
                    found.demographics = Some(codes.ok_or(refusal)?);
                }
                RawGroup::Address { division: Some(division), .. } => {
                    found.address_division = Some(six_digits(division).ok_or(refusal)?);
                }
                RawGroup::Ages(ages) => {
                    // Sized once: a vector that grows leaves unwiped copies behind.
                    let mut last = 0;
                    let mut reached = Zeroizing::new(Vec::with_capacity(ages.capacity()));
                    for age in ages.iter() {
                        let age =
                            u8::try_from(age).ok().filter(|&age| age > last && age <= 150).ok_or(refusal)?;
                        reached.push(age);
                        last = age;
                    }
                    found.ages = Some(reached);
                }
                RawGroup::Household { kind, relation, .. } => {
                    let codes = HouseholdKind::from_code(kind).zip(Relation::from_code(relation));
                    found.household = Some(codes.ok_or(refusal)?);
                }
                RawGroup::Residence { division, .. } => {
                    found.residence_division = Some(six_digits(division).ok_or(refusal)?);
                }
                _ => {}
            }
        }
        Ok(found)
    }
}

fn six_digits(division: u64) -> Option<u32> {
    u32::try_from(division).ok().filter(|division| (100_000..=999_999).contains(division))
}

/// The birth date of 12 or, without it, of 11.
fn one_birth_date(
    number: Option<&IdNumber>,
    birth: Option<CivilDate>,
) -> Result<Option<CivilDate>, ClaimsRefusal> {
    match (birth, number.map(IdNumber::birth_date)) {
        (Some(birth), Some(of_number)) if birth != of_number => Err(ClaimsRefusal::Inconsistent),
        (birth, of_number) => Ok(birth.or(of_number)),
    }
}

fn is_complete(groups: &RawGroups<'_>, policy: &Policy) -> Result<(), ClaimsRefusal> {
    match policy.require.iter().find(|&group| groups.get(group).is_none()) {
        Some(group) => Err(ClaimsRefusal::Missing { group: group.number() }),
        None => Ok(()),
    }
}

/// The age that the policy asks for, and what tells whether it is reached.
fn age_proof(
    birth_date: Option<CivilDate>,
    ages: Option<&Vec<u8>>,
    policy: &Policy,
) -> Result<Option<(u8, AgeProof)>, ClaimsRefusal> {
    let AgeRule::AtLeast(age) = policy.age else {
        return Ok(None);
    };
    let proof = AgeProof::new(birth_date, ages.map(Vec::as_slice)).ok_or(ClaimsRefusal::AgeMissing)?;
    Ok(Some((age, proof)))
}

fn is_reached(age: Option<&(u8, AgeProof)>, today: CivilDate) -> Result<(), ClaimsRefusal> {
    match age {
        Some((age, proof)) if !proof.reaches(*age, today) => Err(ClaimsRefusal::Underage { age: *age }),
        _ => Ok(()),
    }
}

/// Fills in every group but 11 from values that have been checked.
fn fill(claims: &mut Claims, groups: &RawGroups<'_>, dates: &Dates, codes: Codes) {
    let text = |text: &str| Zeroizing::new(String::from(text));
    claims.demographics = codes
        .demographics
        .zip(dates.birth)
        .map(|((sex, ethnicity), birth_date)| Demographics::new(sex, ethnicity, birth_date));
    claims.ages = codes.ages.map(Ages);
    for (_, value) in groups.iter() {
        match value {
            RawGroup::Address { text: address, .. } => {
                let division = codes.address_division.map(Zeroizing::new);
                claims.address = Some(Address { text: text(address), division });
            }
            RawGroup::Validity { authority, .. } => {
                claims.validity = dates.validity.map(|(from, until)| Validity {
                    from: from.into(),
                    until: until.map(Into::into),
                    authority: text(authority),
                });
            }
            RawGroup::Household { number, .. } => {
                claims.household = codes.household.map(|(kind, relation)| Household {
                    number: text(number),
                    codes: Zeroizing::new([kind.code(), relation.code()]),
                });
            }
            RawGroup::Residence { text: address, .. } => {
                let division = codes.residence_division.map(Zeroizing::new);
                claims.residence = Some(Address { text: text(address), division });
            }
            RawGroup::Permit { authority, .. } => {
                claims.permit = dates.permit.map(|(issued, endorsed_until)| Permit {
                    issued: issued.into(),
                    endorsed_until: endorsed_until.into(),
                    authority: text(authority),
                });
            }
            RawGroup::Portrait(digest) => claims.portrait = Some(Portrait(Zeroizing::new(*digest))),
            RawGroup::Identity { .. } | RawGroup::Demographics { .. } | RawGroup::Ages(_) => {}
        }
    }
}

/// Wipes what the policy neither requires nor accepts, and reports its numbers.
fn drop_unwanted(claims: &mut Claims, groups: &RawGroups<'_>, policy: &Policy) {
    for (group, _) in groups.iter().filter(|&(group, _)| !policy.wants(group)) {
        match group {
            Group::Identity => claims.identity = None,
            Group::Demographics => claims.demographics = None,
            Group::Address => claims.address = None,
            Group::Validity => claims.validity = None,
            Group::Ages => claims.ages = None,
            Group::Household => claims.household = None,
            Group::Residence => claims.residence = None,
            Group::Permit => claims.permit = None,
            Group::Portrait => claims.portrait = None,
        }
        claims.over_disclosed = claims.over_disclosed.with(group);
    }
}

/// Advises from all that is shown, also from what is dropped afterwards: an advisory is a check like any other.
fn advise(claims: &mut Claims, birth_date: Option<CivilDate>, context: &Context<'_>, today: CivilDate) {
    if let (Some(identity), Some(demographics)) = (&claims.identity, &claims.demographics)
        && matches!(demographics.sex(), Sex::Male | Sex::Female)
        && demographics.sex() != identity.number().sex()
    {
        claims.advisories.push(Advisory::SexDiffersFromNumber);
    }
    if let Some(until) = claims.validity.as_ref().and_then(|validity| validity.until.as_ref())
        && until.get() <= today.plus_days(EXPIRES_SOON_DAYS)
    {
        claims.advisories.push(Advisory::DocumentExpiresSoon);
    }
    if context.site.scene() == Scene::Hotel
        && birth_date.is_some_and(|birth_date| !birth_date.has_reached(ADULT, today))
    {
        claims.advisories.push(Advisory::AskForGuardian);
    }
    if context.now >= context.trust.next_update() {
        claims.advisories.push(Advisory::TrustListUpdateDue);
    }
}
