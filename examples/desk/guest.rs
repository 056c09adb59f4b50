//! The other side of the desk: the province that publishes lists, and guests with phones, none of whom exist.

use eid_verifier::UnixTime;
use eid_verifier::sandbox::{
    Fault, Key, Person, Phone, STATUS_OUTDATED, STATUS_REVOKED, STATUS_SUSPENDED, World,
};

/// A code on a phone's screen.
pub(crate) struct Shown {
    pub(crate) text: String,
    /// When it runs out, by the phone; `None` of a text that is no code.
    pub(crate) expires_at: Option<UnixTime>,
}

/// Something that goes wrong at the guest's side.
pub(crate) struct Trouble {
    what: What,
    /// In Chinese, as the fault itself says it in English.
    pub(crate) zh: &'static str,
}

enum What {
    /// A code of another kind.
    Payment,
    /// One thing broken in what the guest shows.
    Fault(Fault),
    /// The published status list has something against the credential.
    Listed(Fault),
}

pub(crate) const TROUBLES: [Trouble; 13] = [
    Trouble { what: What::Payment, zh: "出示的是付款码" },
    Trouble { what: What::Fault(Fault::LateBy(600)), zh: "十分钟前的码（截图）" },
    Trouble { what: What::Fault(Fault::EarlyBy(180)), zh: "手机时间快三分钟" },
    Trouble { what: What::Fault(Fault::OtherAudience), zh: "选错了场景" },
    Trouble { what: What::Fault(Fault::NoPassword), zh: "没有输入亮证密码" },
    Trouble { what: What::Fault(Fault::Withheld { group: 11 }), zh: "没有出示姓名和号码" },
    Trouble { what: What::Fault(Fault::OtherRegion), zh: "证照只适用于邻县" },
    Trouble { what: What::Fault(Fault::ExpiredDocument), zh: "身份证已过有效期" },
    Trouble { what: What::Fault(Fault::WrongPhoneKey), zh: "由另一部手机签名" },
    Trouble { what: What::Fault(Fault::ForgedDisclosure), zh: "出示的信息不是签发的" },
    Trouble { what: What::Listed(Fault::ReportedLost), zh: "证照已挂失" },
    Trouble { what: What::Listed(Fault::Revoked), zh: "证照已注销或已换发" },
    Trouble { what: What::Listed(Fault::Outdated), zh: "证照需要更新" },
];

/// The credentials that the published status list has something against: list, index, value.
const LIST: u64 = 17;
const LISTED: [(Fault, u64, u8); 3] = [
    (Fault::ReportedLost, 7_001, STATUS_SUSPENDED),
    (Fault::Revoked, 7_002, STATUS_REVOKED),
    (Fault::Outdated, 7_003, STATUS_OUTDATED),
];

impl Trouble {
    pub(crate) fn name(&self) -> &'static str {
        match self.what {
            What::Payment => "payment",
            What::Fault(fault) | What::Listed(fault) => fault.name(),
        }
    }

    pub(crate) fn why(&self) -> &'static str {
        match self.what {
            What::Payment => "a code to pay with",
            What::Fault(fault) | What::Listed(fault) => fault.why(),
        }
    }
}

/// The trust list and the status lists that a desk fetches now.
pub(crate) fn published(now: UnixTime) -> (Vec<u8>, Vec<Vec<u8>>) {
    let world = province(now, [0; 16]);
    (world.trust_list(), world.status_lists())
}

fn province(now: UnixTime, nonce: [u8; 16]) -> World {
    let mut world = World::live(now.as_secs(), nonce);
    // A later list has a greater number.
    world.operator.sequence = now.as_secs();
    world.publisher.values = LISTED.iter().map(|&(_, index, value)| (index, value)).collect();
    world
}

/// One guest after the other, each with a phone of their own.
#[derive(Default)]
pub(crate) struct Guests {
    so_far: usize,
}

impl Guests {
    /// Shows name and number, made now, for 300 seconds.
    pub(crate) fn next(&mut self, now: UnixTime, nonce: [u8; 16]) -> Shown {
        shown(&self.world(now, nonce))
    }

    pub(crate) fn troubled(&mut self, trouble: &Trouble, now: UnixTime, nonce: [u8; 16]) -> Shown {
        let mut world = self.world(now, nonce);
        match trouble.what {
            What::Payment => {
                return Shown { text: "HTTPS://PAY.TEST.INVALID/P/0X8F2C".into(), expires_at: None };
            }
            What::Fault(fault) => {
                // What must come of it is for the desk to find.
                let _ = fault.apply(&mut world);
            }
            What::Listed(fault) => {
                let index = LISTED.iter().find_map(|&(listed, index, _)| (listed == fault).then_some(index));
                world.showing.credential.short_status = index.map(|index| (LIST, index));
            }
        }
        shown(&world)
    }

    fn world(&mut self, now: UnixTime, nonce: [u8; 16]) -> World {
        let mut world = province(now, nonce);
        let person = Person::ALL.iter().cycle().nth(self.so_far);
        self.so_far += 1;
        let (credential, binding) = (&mut world.showing.credential, &mut world.showing.binding);
        if let Some(person) = person {
            credential.describe(person);
        }
        // As little as a credential can hold, and in the clear, so that the code is narrow enough for a terminal.
        credential.clear(&[11]);
        credential.decoys = 0;
        (binding.iat, binding.exp) = (now.as_secs(), now.as_secs() + 300);
        world.showing.enrol(Phone::Ed25519(Key::named(&format!("phone of guest {}", self.so_far))));
        world
    }
}

fn shown(world: &World) -> Shown {
    let expires_at = Some(UnixTime::from_secs(world.showing.binding.exp));
    Shown { text: world.showing.text(), expires_at }
}
