//! How long records are kept: a hint, which a lawyer of the relying party confirms.

use crate::site::Scene;

/// How long the law has a desk keep its records.
///
/// | scene | at least | law |
/// | --- | --- | --- |
/// | internet café | 60 days | 互联网上网服务营业场所管理条例 Art. 23: kept 60 days at least, not changed, not deleted within them |
/// | all others | as short as the purpose allows | 个人信息保护法 Art. 19; local rules of registration may say more |
///
/// ```
/// use eid_verifier::{Scene, receipt::Retention};
///
/// assert_eq!(Retention::of_scene(Scene::InternetCafe).at_least_days(), Some(60));
/// assert_eq!(Retention::of_scene(Scene::Hotel).at_least_days(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    at_least_days: Option<u16>,
    law_zh: &'static str,
}

impl Retention {
    /// The hint for a scene.
    #[must_use]
    pub const fn of_scene(scene: Scene) -> Self {
        match scene {
            Scene::InternetCafe => Self {
                at_least_days: Some(60),
                law_zh: "《互联网上网服务营业场所管理条例》第二十三条：登记内容和记录备份保存时间不得少于60日，在保存期内不得修改或者删除",
            },
            Scene::Hotel | Scene::Patrol | Scene::GovernmentService | Scene::RealEstate => Self {
                at_least_days: None,
                law_zh: "《中华人民共和国个人信息保护法》第十九条：保存期限应当为实现处理目的所必要的最短时间",
            },
        }
    }

    /// Days to keep, at least; `None` where the law names none, and the shortest that the purpose needs is right.
    #[must_use]
    pub const fn at_least_days(&self) -> Option<u16> {
        self.at_least_days
    }

    /// The law, in Chinese.
    #[must_use]
    pub const fn law_zh(&self) -> &'static str {
        self.law_zh
    }
}
