//! Names and sentences for people: Chinese without ASCII, English without Chinese, each once, and what a standard or a law says
//! as it says it. Those of refusals are in tests/refusals.rs.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use std::collections::BTreeSet;

use case::Case;
use eid_verifier::VerifiedClaims;
use eid_verifier::claims::{Advisory, CivilDate};
use eid_verifier::policy::{Document, Group, Member as _};
use eid_verifier::receipt::{Ground, Ruling};
use eid_verifier::refusal::{Code, PayloadRefusal};
use eid_verifier::report::RowOutcome;
use eid_verifier::sandbox::{Cbor, Person, Scenario};

/// The guest of all nine groups, with a group that says something else.
fn guest(number: u64, value: Cbor) -> VerifiedClaims {
    let mut world = Scenario::named("ok-all-groups").unwrap().world;
    world.showing.credential.change(number, |group| group.value = value);
    Case(world.scenario("texts", "", "ok").to_json()).answer().unwrap()
}

fn list(items: impl IntoIterator<Item = Cbor>) -> Cbor {
    Cbor::Array(items.into_iter().collect())
}

fn chinese<'t>(texts: impl IntoIterator<Item = &'t str>) {
    let mut seen = BTreeSet::new();
    for text in texts {
        assert!(!text.is_empty() && !text.contains(|character: char| character.is_ascii()), "{text}");
        assert!(seen.insert(text), "twice: {text}");
    }
}

fn english<'t>(texts: impl IntoIterator<Item = &'t str>) {
    let mut seen = BTreeSet::new();
    for text in texts {
        assert!(!text.is_empty() && text.is_ascii() && text.trim() == text, "{text}");
        assert!(seen.insert(text), "twice: {text}");
    }
}

/// FORMAT.md names the documents and, in the first word or two, the groups.
#[test]
fn documents_and_groups_are_named_as_in_the_format() {
    let format = include_str!("../docs/FORMAT.md");
    chinese(Document::ALL.iter().map(|document| document.name_zh()));
    english(Document::ALL.iter().map(|document| document.name_en()));
    for document in Document::ALL {
        let name = format!("{} {}", document.number(), document.name_zh());
        assert!(format.contains(&name), "{name}");
    }
    chinese(Group::ALL.iter().map(|group| group.name_zh()));
    english(Group::ALL.iter().map(|group| group.name_en()));
    let names = [
        (Group::Identity, "姓名和身份证号码", "name and ID number"),
        (Group::Demographics, "性别、民族和出生日期", "sex, ethnicity and birth date"),
        (Group::Address, "户籍地址", "registered address"),
        (Group::Validity, "证件有效期和签发机关", "validity and issuing authority"),
        (Group::Ages, "是否已满规定年龄", "ages reached"),
        (Group::Household, "户口信息", "household"),
        (Group::Residence, "居住地址", "place of residence"),
        (Group::Permit, "居住证签注信息", "residence permit"),
        (Group::Portrait, "照片", "portrait"),
    ];
    assert_eq!(names.map(|(group, ..)| group), Group::ALL);
    for (group, zh, en) in names {
        assert_eq!((group.name_zh(), group.name_en()), (zh, en));
    }
}

#[test]
fn advisories_are_sentences() {
    chinese(Advisory::ALL.iter().map(|advisory| advisory.clerk_zh()));
    english(Advisory::ALL.iter().map(|advisory| advisory.clerk_en()));
    for advisory in Advisory::ALL {
        assert!(advisory.clerk_zh().ends_with('。') && advisory.clerk_en().ends_with('.'), "{advisory:?}");
    }
    // Each says what it is about.
    for (advisory, zh, en) in [
        (Advisory::SexDiffersFromNumber, "性别", "sex"),
        (Advisory::DocumentExpiresSoon, "到期", "expires"),
        (Advisory::AskForGuardian, "监护人", "guardian"),
        (Advisory::TrustListUpdateDue, "信任名单", "trust list"),
    ] {
        assert!(advisory.clerk_zh().contains(zh) && advisory.clerk_en().contains(en), "{advisory:?}");
    }
}

#[test]
fn outcomes_of_a_report_are_named() {
    let failed = RowOutcome::Failed(PayloadRefusal::Scheme.into());
    let outcomes =
        [RowOutcome::Passed, failed, RowOutcome::NotReached, RowOutcome::Skipped, RowOutcome::LeftToLedger];
    assert_eq!(
        outcomes.each_ref().map(RowOutcome::name_zh),
        ["通过", "不通过", "未检查", "按设置跳过", "由使用记录判定"]
    );
}

/// 居民身份证法 Art. 15, the five items in the order of the law.
#[test]
fn grounds_are_in_the_words_of_the_law() {
    assert_eq!(
        Ground::ALL.map(Ground::text_zh),
        [
            "对有违法犯罪嫌疑的人员，需要查明身份的",
            "依法实施现场管制时，需要查明有关人员身份的",
            "发生严重危害社会治安突发事件时，需要查明现场有关人员身份的",
            "在火车站、长途汽车站、港口、码头、机场或者在重大活动期间设区的市级人民政府规定的场所，需要查明有关人员身份的",
            "法律规定需要查明身份的其他情形",
        ]
    );
}

/// GB/T 4761: the tens of the code are the class.
#[test]
fn relations_and_households_are_named_by_their_standards() {
    for (codes, class) in [
        (1..=1, "本人"),
        (2..=2, "户主"),
        (3..=9, "其他"),
        (10..=19, "配偶"),
        (20..=29, "子"),
        (30..=39, "女"),
        (40..=49, "孙子、孙女或外孙子、外孙女"),
        (50..=59, "父母"),
        (60..=69, "祖父母或外祖父母"),
        (70..=79, "兄弟姐妹"),
        (80..=99, "其他"),
    ] {
        for code in [*codes.start(), *codes.end()] {
            let guest = guest(16, list(["123456789".into(), 1.into(), u64::from(code).into()]));
            let household = guest.household().unwrap();
            assert_eq!((household.relation().code(), household.relation().class_zh()), (code, class));
        }
    }
    for (kind, name) in [(1, "家庭户"), (2, "集体户")] {
        let guest = guest(16, list(["123456789".into(), kind.into(), 1.into()]));
        assert_eq!(guest.household().unwrap().kind().name_zh(), name);
    }
}

/// GB/T 2261.1 and GB/T 3304.
#[test]
fn sexes_and_ethnicities_are_named_by_their_standards() {
    let person = |sex: u64, ethnicity: u64| {
        guest(12, list([sex.into(), ethnicity.into(), Person::RESIDENT.birth.into()]))
    };
    for (code, name) in [(0, "未知的性别"), (1, "男"), (2, "女"), (9, "未说明的性别")] {
        let guest = person(code, 1);
        let sex = guest.demographics().unwrap().sex();
        assert_eq!((u64::from(sex.code()), sex.name_zh()), (code, name));
    }
    let mut names = Vec::new();
    for code in (1..=56).chain([97, 98]) {
        let guest = person(1, code);
        let ethnicity = guest.demographics().unwrap().ethnicity();
        assert_eq!(u64::from(ethnicity.code()), code);
        names.push(ethnicity.name_zh());
    }
    chinese(names.iter().copied());
    assert!(names[..56].iter().all(|name| name.ends_with('族')), "{names:?}");
    assert_eq!((names[0], names[55]), ("汉族", "基诺族"));
    assert_eq!(names[56..], ["其他", "外国血统中国籍人士"]);
}

#[test]
fn rulings_and_dates_print_as_they_are_stored() {
    assert_eq!(Ruling::Accepted.to_string(), "ok");
    assert_eq!(Ruling::Refused(Code::NonceSpent).to_string(), "nonce.spent");
    assert_eq!(
        format!("{:>12}|{:<4}|", Ruling::Refused(Code::NonceSpent), Ruling::Accepted),
        " nonce.spent|ok  |"
    );
    let guest = guest(14, list([20_160_229.into(), Cbor::Null, "测试局".into()]));
    let from: CivilDate = guest.validity().unwrap().from();
    assert_eq!((from.to_string(), format!("{from:?}")), ("2016-02-29".into(), "*".into()));
}
