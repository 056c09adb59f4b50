//! Steps 8 and 9: for whom, for which challenge, by whom, and where (FORMAT.md, What a verifier checks, Details).

use super::Case;
use crate::sandbox::world::World;

pub(super) const CASES: &[Case] = &[
    ("audience-mismatch-scene", "audience.mismatch", "shown for an internet cafe, scanned at a hotel", |w| {
        w.showing.binding.aud = "internet-cafe".into();
    }),
    ("audience-mismatch-relying-party", "audience.mismatch", "shown for another hotel", |w| {
        w.showing.binding.aud = "hotel:another-desk".into();
    }),
    ("audience-mismatch-case", "audience.mismatch", "the scene with a capital letter", |w| {
        w.showing.binding.aud = "Hotel".into();
    }),
    ("audience-mismatch-empty", "audience.mismatch", "an empty audience", |w| w.showing.binding.aud.clear()),
    ("audience-mismatch-challenged", "audience.mismatch", "an answer to the challenge, for any hotel", |w| {
        w.challenged();
        w.showing.binding.aud = "hotel".into();
    }),
    ("ok-audience-relying-party", "ok", "shown for this hotel, without a challenge", |w| {
        w.showing.binding.aud = ["hotel:", &w.site.relying_party].concat();
    }),
    ("ok-challenge", "ok", "the phone answers this terminal's challenge", World::challenged),
    ("ok-challenge-of-64-bytes", "ok", "the phone answers a challenge of 64 bytes", |w| {
        w.challenged();
        w.challenge = Some([7; 64].into());
        w.showing.binding.cnonce.clone_from(&w.challenge);
    }),
    ("challenge-missing", "challenge.missing", "no answer to the challenge", |w| {
        w.challenged();
        w.showing.binding.cnonce = None;
    }),
    ("challenge-unexpected", "challenge.unexpected", "an answer to a challenge that nobody gave", |w| {
        w.challenged();
        w.challenge = None;
    }),
    ("challenge-mismatch", "challenge.mismatch", "an answer to another challenge", |w| {
        w.challenged();
        w.showing.binding.cnonce = Some([7; 16].into());
    }),
    ("challenge-mismatch-prefix", "challenge.mismatch", "an answer to half of the challenge", |w| {
        w.challenged();
        w.showing.binding.cnonce.iter_mut().for_each(|cnonce| cnonce.truncate(8));
    }),
    ("user-not-verified", "user.not_verified", "no password was entered", |w| {
        w.showing.binding.user_verification = Some(0);
    }),
    ("user-not-verified-unknown", "user.not_verified", "the phone does not say how", |w| {
        w.showing.binding.user_verification = None;
    }),
    ("user-not-verified-face-only", "user.not_verified", "a face, where a password is asked for", |w| {
        w.showing.binding.user_verification = Some(0b10);
    }),
    ("user-not-verified-one-of-two", "user.not_verified", "a password, where a face is asked for too", |w| {
        w.policy.user_verification = 0b11;
    }),
    ("ok-user-verified-twice", "ok", "a password and a fingerprint, where a password is asked for", |w| {
        w.showing.binding.user_verification = Some(0b101);
    }),
    ("ok-user-not-asked", "ok", "no password, where none is asked for", |w| {
        w.policy.user_verification = 0;
        w.showing.binding.user_verification = None;
    }),
    ("scope-region-province", "scope.region", "a Sichuan credential in Beijing", |w| w.site.region = 110_101),
    ("scope-region-county", "scope.region", "a county credential used outside its county", |w| {
        w.showing.credential.regions = [510_104, 510_703].into();
    }),
    ("ok-scope-county", "ok", "a county credential used in its county", |w| {
        w.showing.credential.regions = [510_703, 510_107].into();
    }),
    ("ok-scope-city", "ok", "a city's credential used in one of its counties", |w| {
        w.showing.credential.regions = [5_101].into();
    }),
    ("ok-scope-whole-country", "ok", "a credential for the whole country in Beijing", |w| {
        w.operator.issuer.regions = [0].into();
        w.showing.credential.regions = [0].into();
        w.site.region = 110_101;
    }),
    ("scope-scene", "scope.scene", "not valid for real-estate registration", |w| w.move_to("real-estate")),
    ("scope-scene-unknown", "scope.scene", "valid only in a scene that nobody knows", |w| {
        w.showing.credential.scenes = [99].into();
    }),
];
