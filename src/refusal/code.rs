//! The one table of codes: number, name, advice, and what the clerk reads. Numbers are append-only.

use core::fmt;

/// What to do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// The holder opens a new code, and it is scanned again.
    ShowAgain,
    /// The holder enters the password (亮证密码) and shows a new code.
    EnterPassword,
    /// The holder shows a new code with the groups that this desk needs.
    ShareMore,
    /// The desk tries the same again: the trouble is at its own side and may pass.
    TryAgain,
    /// The holder updates the credential in the app first.
    Renew,
    /// The desk does not accept this code, and follows its own rules.
    Refuse,
    /// The desk asks for the physical card.
    AskForPhysicalCard,
    /// The desk's program fetches the trust list and the status lists.
    UpdateLists,
    /// The desk's program, or the holder's app, is too old.
    UpdateSoftware,
    /// The desk's clock is set right.
    FixClock,
}

impl Advice {
    /// The stable name, for a program: `show_again`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ShowAgain => "show_again",
            Self::EnterPassword => "enter_password",
            Self::ShareMore => "share_more",
            Self::TryAgain => "try_again",
            Self::Renew => "renew",
            Self::Refuse => "refuse",
            Self::AskForPhysicalCard => "ask_for_physical_card",
            Self::UpdateLists => "update_lists",
            Self::UpdateSoftware => "update_software",
            Self::FixClock => "fix_clock",
        }
    }

    /// A button or a heading for the clerk, in Chinese.
    #[must_use]
    pub const fn clerk_zh(self) -> &'static str {
        match self {
            Self::ShowAgain => "请对方重新亮证",
            Self::EnterPassword => "请对方在手机上输入密码",
            Self::ShareMore => "请对方补充出示信息",
            Self::TryAgain => "请重试",
            Self::Renew => "请对方更新证照",
            Self::Refuse => "不能接受",
            Self::AskForPhysicalCard => "请查验实体证件",
            Self::UpdateLists => "更新名单",
            Self::UpdateSoftware => "先查验实体证件，并报修软件",
            Self::FixClock => "校准时间",
        }
    }

    /// A button or a heading for the clerk, in English.
    #[must_use]
    pub const fn clerk_en(self) -> &'static str {
        match self {
            Self::ShowAgain => "Ask for a new code",
            Self::EnterPassword => "The person enters the password",
            Self::ShareMore => "Ask to share more",
            Self::TryAgain => "Try again",
            Self::Renew => "Ask to update the credential",
            Self::Refuse => "Do not accept",
            Self::AskForPhysicalCard => "Check the physical card",
            Self::UpdateLists => "Update the lists",
            Self::UpdateSoftware => "Check the card, report the program",
            Self::FixClock => "Set the clock",
        }
    }
}

/// The stable name.
impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! codes {
    ($($number:literal $name:ident $code:literal $advice:ident $zh:literal $en:literal;)*) => {
        /// The stable name of a rule, as in FORMAT.md.
        ///
        /// ```
        /// use eid_verifier::refusal::Code;
        ///
        /// assert_eq!(Code::IssuerUnknown.to_string(), "issuer.unknown");
        /// assert_eq!(Code::IssuerUnknown.number(), 401);
        /// assert_eq!(Code::ALL.len(), 69);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = concat!("`", $code, "`: ", $en)]
                $name,
            )*
        }

        impl Code {
            /// Every code, in the order of the steps.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            const fn row(self) -> Row {
                match self {
                    $( Self::$name => Row { number: $number, code: $code, advice: Advice::$advice, zh: $zh, en: $en }, )*
                }
            }
        }
    };
}

struct Row {
    number: u16,
    code: &'static str,
    advice: Advice,
    zh: &'static str,
    en: &'static str,
}

// The clerk's text never says why a credential is revoked or suspended: the person across the desk may be a thief, or
// may be threatened by one. So these and `status.unknown` read the same.
codes! {
    1 ClockBehind "clock.behind" FixClock
        "本机时间可能不准，暂时无法核验。请校准电脑时间后再扫；时间无误请联系软件供应商，期间请查验实体证件。"
        "This computer's clock may be wrong. Set it right, then scan again; if it is right, call the software vendor. Meanwhile check the physical card.";

    101 PayloadScheme "payload.scheme" ShowAgain
        "没有认出电子证照二维码。请对方在手机应用里打开“亮证”，再扫一次；仍不行请关闭大写锁定、切换到英文输入法。"
        "No identity code was recognised. Ask the person to open the credential in the app and scan again; if it fails again, switch off Caps Lock and the Chinese input method.";
    102 PayloadTooLong "payload.too_long" ShowAgain
        "二维码内容过长，不是有效的亮证码。请对方重新亮证；仍不行请查验实体证件。"
        "The code is too long to be an identity code. Ask for a new one; if it fails again, check the physical card.";
    103 PayloadEncoding "payload.encoding" TryAgain
        "扫到的内容变了样。请关闭大写锁定、切换到英文输入法，把这个码再扫一次。"
        "The scan came out garbled. Switch off Caps Lock and the Chinese input method, then scan the same code again.";
    104 PayloadCbor "payload.cbor" ShowAgain
        "二维码内容有误。请对方重新亮证，再扫一次；仍不行请查验实体证件。"
        "The code is not right. Ask for a new one and scan again; if it fails again, check the physical card.";
    105 PayloadShape "payload.shape" ShowAgain
        "二维码内容不符合规定格式。请对方重新亮证；仍不行请查验实体证件。"
        "The code is not in the right form. Ask for a new one; if it fails again, check the physical card.";
    106 PayloadVersion "payload.version" UpdateSoftware
        "本机软件版本过旧，无法识别此证照。请先查验实体证件，并联系软件供应商升级。"
        "This program is too old for this credential. Check the physical card, and ask the software vendor for an update.";

    201 HeaderCritical "header.critical" UpdateSoftware
        "本机软件无法识别此证照的要求。请先查验实体证件，并联系软件供应商升级。"
        "This program does not understand what the credential demands. Check the physical card, and ask the software vendor for an update.";
    202 HeaderType "header.type" ShowAgain
        "扫到的不是亮证码。请对方在手机应用里打开“亮证”，再扫一次。"
        "This is another kind of code. Ask the person to open the credential in the app and scan again.";
    203 HeaderAlgorithm "header.algorithm" UpdateSoftware
        "此证照的签名方式无法识别。请先查验实体证件，并联系软件供应商升级。"
        "The credential is signed in an unknown way. Check the physical card, and ask the software vendor for an update.";
    204 HeaderUnexpected "header.unexpected" UpdateSoftware
        "此证照含有无法识别的内容。请先查验实体证件，并联系软件供应商升级。"
        "The credential has parts that are unknown here. Check the physical card, and ask the software vendor for an update.";

    301 TrustMalformed "trust.malformed" UpdateLists
        "本机的信任名单已损坏。请重新下载名单，期间请查验实体证件；仍不行请联系软件供应商。"
        "The trust list on this computer is damaged. Fetch it again; meanwhile check the physical card. If it fails again, call the software vendor.";
    302 TrustType "trust.type" UpdateLists
        "本机载入的文件不是信任名单。请重新下载名单，期间请查验实体证件；仍不行请联系软件供应商。"
        "The file on this computer is not a trust list. Fetch it again; meanwhile check the physical card. If it fails again, call the software vendor.";
    303 TrustAnchor "trust.anchor" UpdateSoftware
        "信任名单不是由认可的机构签发。请先查验实体证件，并联系软件供应商。"
        "The trust list is signed by somebody this program does not know. Check the physical card, and call the software vendor.";
    304 TrustSignature "trust.signature" UpdateLists
        "信任名单的签名无效。请从正规渠道重新下载名单，期间请查验实体证件。"
        "The trust list's signature is not valid. Fetch it again from the official source; meanwhile check the physical card.";
    305 TrustExpired "trust.expired" UpdateLists
        "本机的信任名单已过期。请联网更新名单后再扫；不能更新时请查验实体证件。"
        "The trust list on this computer has expired. Update it and scan again, or check the physical card.";
    306 TrustDuplicate "trust.duplicate" UpdateLists
        "信任名单有重复内容，不能使用。请重新下载名单，期间请查验实体证件；仍不行请联系软件供应商。"
        "The trust list has the same entry twice. Fetch it again; meanwhile check the physical card. If it fails again, call the software vendor.";
    307 TrustRollback "trust.rollback" UpdateLists
        "信任名单比本机用过的旧，或内容对不上。请下载最新名单，期间请查验实体证件。"
        "The trust list is older than one used here, or does not agree with it. Fetch the newest; meanwhile check the physical card.";

    401 IssuerUnknown "issuer.unknown" UpdateLists
        "本机名单里没有此证照的签发机关。请先更新名单再扫；仍不行请查验实体证件。"
        "The issuer is not in this computer's list. Update the list and scan again; if it fails again, check the physical card.";
    402 IssuerKeyValidity "issuer.key_validity" Renew
        "手机里的证照需要更新。请对方联网更新证照后再亮证；无法更新时请查验实体证件。"
        "The credential on the phone needs an update. Ask the person to go online, update it and show it again; if that is not possible, check the physical card.";
    403 IssuerNotAuthorised "issuer.not_authorised" Refuse
        "签发机关无权签发此证照，不能接受。请查验实体证件。"
        "The issuer is not allowed to issue this credential. Do not accept it; check the physical card.";
    404 IssuerSignature "issuer.signature" Refuse
        "此码未通过真伪核验，不能接受。请查验实体证件。"
        "The code did not pass the check of its origin. Do not accept it; check the physical card.";

    501 CredentialDates "credential.dates" Refuse
        "证照的日期不符合规定，不能接受此码。请查验实体证件。"
        "The credential's dates are not allowed. Do not accept the code; check the physical card.";
    502 CredentialNotYetValid "credential.not_yet_valid" FixClock
        "证照尚未生效。请先核对本机时间；时间无误则查验实体证件。"
        "The credential is not valid yet. Check this computer's clock; if it is right, check the physical card.";
    503 CredentialExpired "credential.expired" Renew
        "手机里的证照已过期。请对方联网更新证照后再亮证；无法更新时请查验实体证件。"
        "The credential on the phone has expired. Ask the person to go online, update it and show it again; if that is not possible, check the physical card.";
    504 CredentialDocument "credential.document" AskForPhysicalCard
        "这里不接受此类证照。请对方出示居民身份证或其他有效身份证件。"
        "This kind of document is not accepted here. Ask for an identity card or another valid identity document.";

    601 DeviceKey "device.key" Refuse
        "此码与证照绑定的手机对不上，不能接受。请查验实体证件。"
        "The code and the phone of the credential do not fit. Do not accept it; check the physical card.";
    602 DeviceSignature "device.signature" Refuse
        "此码不是由该证照绑定的手机生成，不能接受。请查验实体证件。"
        "The code does not come from the phone the credential belongs to. Do not accept it; check the physical card.";
    603 DeviceKeyProtection "device.key_protection" AskForPhysicalCard
        "这部手机的安全等级达不到要求。请查验实体证件。"
        "This phone does not protect its key well enough. Check the physical card.";

    701 FreshnessWindow "freshness.window" ShowAgain
        "二维码的有效时间不符合规定。请对方重新亮证，再扫一次；仍不行请查验实体证件。"
        "The code's times are not allowed. Ask for a new one and scan again; if it fails again, check the physical card.";
    702 FreshnessNotYet "freshness.not_yet" ShowAgain
        "对方手机时间比本机快。请对方把手机设为自动时间后重新亮证；若几位都这样，请校准本机时间。"
        "The phone's clock is ahead. Ask the person to set it to automatic time and show a new code. If several phones are ahead, set this computer's clock.";
    703 FreshnessExpired "freshness.expired" ShowAgain
        "二维码已过期（可能是截图）。请对方当面重新亮证；若接连几位都这样，请检查本机时间。"
        "The code has expired, or is a screenshot. Ask the person to show a new one here. If it happens with several people, check this computer's clock.";

    801 AudienceMismatch "audience.mismatch" ShowAgain
        "此码不是给这里用的。请对方选对使用场景后重新亮证。"
        "The code was made for another use. Ask the person to choose the right scene in the app and show a new code.";
    802 ChallengeMissing "challenge.missing" ShowAgain
        "对方没有扫本机的请求码。请先让对方扫描，再亮证。"
        "The person did not scan this desk's request. Let the person scan it first, then show the code.";
    803 ChallengeUnexpected "challenge.unexpected" ShowAgain
        "此码是回应别处请求的。请对方不要扫别处的码，直接重新亮证。"
        "The code answers another desk's request. Ask the person to show a new one without scanning anything first.";
    804 ChallengeMismatch "challenge.mismatch" ShowAgain
        "此码回应的不是本次请求。请刷新请求码，让对方重新扫描。"
        "The code answers another request. Show a new request and let the person scan it again.";
    805 UserNotVerified "user.not_verified" EnterPassword
        "对方没有在手机上完成本人验证（如输入亮证密码）。请对方验证后重新亮证。"
        "The person did not confirm on the phone, by password for example. Ask the person to do so and show a new code.";

    901 ScopeRegion "scope.region" AskForPhysicalCard
        "此证照在本地区不适用。请查验实体证件。"
        "The credential does not hold in this region. Check the physical card.";
    902 ScopeScene "scope.scene" AskForPhysicalCard
        "此证照不适用于这个场景。请查验实体证件。"
        "The credential does not hold for this use. Check the physical card.";

    1001 DisclosureMalformed "disclosure.malformed" ShowAgain
        "出示的信息格式有误。请对方重新亮证；仍不行请查验实体证件。"
        "What is shown is not in the right form. Ask for a new code; if it fails again, check the physical card.";
    1002 DisclosureUnmatched "disclosure.unmatched" Refuse
        "出示的信息与签发的内容不一致，不能接受此码。请查验实体证件。"
        "What is shown is not what was issued. Do not accept the code; check the physical card.";
    1003 DisclosureDuplicate "disclosure.duplicate" Refuse
        "出示的信息有重复，不能接受此码。请查验实体证件。"
        "Something is shown twice. Do not accept the code; check the physical card.";

    1101 ClaimsName "claims.name" AskForPhysicalCard
        "证照上的姓名无法识别。请查验实体证件，并按证件登记。"
        "The name cannot be read. Register from the physical card.";
    1102 ClaimsIdNumber "claims.id_number" AskForPhysicalCard
        "证照上的身份证号码不符合编码规则。请查验实体证件，并按证件登记。"
        "The ID number does not follow the rule. Register from the physical card.";
    1103 ClaimsDate "claims.date" AskForPhysicalCard
        "证照上的日期无法识别。请查验实体证件，并按证件登记。"
        "A date cannot be read. Register from the physical card.";
    1104 ClaimsCode "claims.code" AskForPhysicalCard
        "证照上有无法识别的代码。请查验实体证件，并按证件登记。"
        "A code in the credential is unknown. Register from the physical card.";
    1105 ClaimsInconsistent "claims.inconsistent" AskForPhysicalCard
        "证照上的出生日期前后不一致。请查验实体证件，并按证件登记。"
        "The birth dates in the credential differ. Register from the physical card.";
    1106 ClaimsMissing "claims.missing" ShareMore
        "对方没有出示所需的信息。请对方勾选全部所需项目后重新亮证。"
        "Something that is needed was not shown. Ask the person to share it and show a new code.";
    1107 ClaimsDocumentExpired "claims.document_expired" AskForPhysicalCard
        "对方的证件已过有效期。请查验其他有效证件。"
        "The document itself has expired. Ask for another valid document.";
    1108 ClaimsEndorsementLapsed "claims.endorsement_lapsed" AskForPhysicalCard
        "居住证逾期未签注。请查验居民身份证。"
        "The residence permit's yearly endorsement has lapsed. Check the identity card.";
    1109 ClaimsUnderage "claims.underage" Refuse
        "对方未达到规定年龄，按规定不能接待。"
        "The person has not reached the required age; by the rules they may not be admitted.";

    1201 StatusMalformed "status.malformed" UpdateLists
        "本机的状态名单已损坏。请重新下载名单，期间请查验实体证件；仍不行请联系软件供应商。"
        "The status list on this computer is damaged. Fetch it again; meanwhile check the physical card. If it fails again, call the software vendor.";
    1202 StatusType "status.type" UpdateLists
        "本机载入的文件不是状态名单。请重新下载名单，期间请查验实体证件；仍不行请联系软件供应商。"
        "The file on this computer is not a status list. Fetch it again; meanwhile check the physical card. If it fails again, call the software vendor.";
    1203 StatusIssuer "status.issuer" UpdateLists
        "状态名单的签发者不在信任名单内。请更新两份名单，期间请查验实体证件。"
        "Whoever signed the status list is not in the trust list. Update both lists; meanwhile check the physical card.";
    1204 StatusSignature "status.signature" UpdateLists
        "状态名单的签名无效。请从正规渠道重新下载名单，期间请查验实体证件。"
        "The status list's signature is not valid. Fetch it again from the official source; meanwhile check the physical card.";
    1205 StatusTooLarge "status.too_large" UpdateLists
        "状态名单过大，不能使用。请重新下载名单，期间请查验实体证件；仍不行请联系软件供应商。"
        "The status list is too large. Fetch it again; meanwhile check the physical card. If it fails again, call the software vendor.";
    1206 StatusUnreferenced "status.unreferenced" AskForPhysicalCard
        "无法查询此证照的状态。请查验实体证件。"
        "The status of this credential cannot be looked up. Check the physical card.";
    1207 StatusAmbiguous "status.ambiguous" AskForPhysicalCard
        "无法确定此证照的状态。请查验实体证件。"
        "The status of this credential is not clear. Check the physical card.";
    1208 StatusUnavailable "status.unavailable" UpdateLists
        "本机缺少查询此证照状态的名单。请更新名单后再扫；不能更新时请查验实体证件。"
        "The status list for this credential is not on this computer. Update the lists and scan again, or check the physical card.";
    1209 StatusStale "status.stale" UpdateLists
        "本机的状态名单太旧。请联网更新名单后再扫；不能更新时请查验实体证件。"
        "The status list on this computer is too old. Update it and scan again, or check the physical card.";
    1210 StatusIndex "status.index" UpdateLists
        "名单里查不到此证照。请更新名单后再扫；仍不行请查验实体证件。"
        "The credential is not in the status list. Update it and scan again; if it fails again, check the physical card.";
    1211 StatusRevoked "status.revoked" Refuse
        "此证照目前不能使用，请勿接受此码。请按规定查验实体证件。"
        "This credential cannot be used at present. Do not accept the code; check the physical card as your rules say.";
    1212 StatusSuspended "status.suspended" Refuse
        "此证照目前不能使用，请勿接受此码。请按规定查验实体证件。"
        "This credential cannot be used at present. Do not accept the code; check the physical card as your rules say.";
    1213 StatusOutdated "status.outdated" Renew
        "证照信息需要更新。请对方在手机应用里更新证照后再亮证；无法更新时请查验实体证件。"
        "The credential must be updated. Ask the person to update it in the app and show it again; if that is not possible, check the physical card.";
    1214 StatusUnknown "status.unknown" Refuse
        "此证照目前不能使用，请勿接受此码。请按规定查验实体证件。"
        "This credential cannot be used at present. Do not accept the code; check the physical card as your rules say.";

    1301 NonceLedgerFailed "nonce.ledger_failed" TryAgain
        "核验记录暂时不可用。请稍后重新扫码；仍不行请查验实体证件。"
        "The record of used codes does not answer. Wait a moment and scan again; if it fails again, check the physical card.";
    1302 NonceBeforeLedger "nonce.before_ledger" ShowAgain
        "系统刚启动，或时间有过变动。请等一两分钟，再请对方重新亮证；仍不行请查验实体证件。"
        "The system has just started, or a clock was moved. Wait a minute or two, then ask for a new code; if it fails again, check the physical card.";
    1303 NonceSpent "nonce.spent" ShowAgain
        "此码已经用过，一次一验。请对方重新亮证。"
        "This code has been used, and each counts once. Ask for a new one.";
    1304 NonceLedgerFull "nonce.ledger_full" TryAgain
        "核验记录已满。请等几分钟，再请对方重新亮证；反复出现请联系软件供应商。"
        "The record of used codes is full. Wait some minutes and ask for a new code; if it happens often, call the software vendor.";
}

impl Code {
    /// The stable name, as in FORMAT.md.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().code
    }

    /// The stable number, for a slip or a phone call: the step times 100, and a number within it. Never reused.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.row().number
    }

    /// What the clerk reads, in Chinese.
    #[must_use]
    pub const fn clerk_zh(self) -> &'static str {
        self.row().zh
    }

    /// What the clerk reads, in English.
    #[must_use]
    pub const fn clerk_en(self) -> &'static str {
        self.row().en
    }

    /// What to do about it.
    #[must_use]
    pub const fn advice(self) -> Advice {
        self.row().advice
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
