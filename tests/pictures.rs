//! The pictures and lists of the examples are what their names say: a picture is named after its scenario, and the lists
//! beside it are that scenario's.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../examples/scan/mod.rs"]
mod scan;

use std::path::{Path, PathBuf};

use eid_verifier::sandbox::Scenario;
use eid_verifier::{Anchor, Floor, Scene, Site, TrustList, Verifier};
use serde_json::Value;

#[test]
fn pictures_are_the_scenarios_they_are_named_after() {
    let mut pictures = 0;
    for (example, scene) in
        [("hotel_family", Scene::Hotel), ("internet_cafe", Scene::InternetCafe), ("patrol", Scene::Patrol)]
    {
        let folder = folder(example);
        for picture in pngs(&folder) {
            let id = picture.file_stem().unwrap().to_str().unwrap();
            let scenario = Scenario::named(id).unwrap_or_else(|| panic!("no scenario {id}"));
            assert_eq!(scan::text(&picture).unwrap(), scenario.qr, "{id}");
            assert_eq!(read(&folder, "trust_list.cbor"), scenario.trust_list, "{id}");
            assert_eq!([read(&folder, "status_list.cbor")].as_slice(), scenario.status_lists, "{id}");
            assert_eq!(at_a_preset_desk(scene, &scenario), scenario.expect, "{id}");
            pictures += 1;
        }
    }
    assert_eq!(pictures, 8);
}

/// The answer at a desk with the scene's own policy, as in the examples.
fn at_a_preset_desk(scene: Scene, scenario: &Scenario) -> &'static str {
    let now = scenario.now();
    let anchors = [Anchor::danger_sandbox()];
    let trust = TrustList::open(&scenario.trust_list, &anchors, Floor::FirstInstallation, now).unwrap();
    let desk = Verifier::new(trust, Site::new(scene, 510_107, "any").unwrap())
        .with_status_list(&scenario.status_lists[0], now)
        .unwrap();
    desk.check(&scenario.qr, now).map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
}

#[test]
fn the_guest_of_hotel_check_in_is_the_vectors() {
    let vector = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/ok-hotel-full.json");
    let vector: Value = serde_json::from_slice(&scan::file(&vector).unwrap()).unwrap();
    let folder = folder("hotel_check_in");
    assert_eq!(scan::text(&folder.join("guest.png")).unwrap(), vector["qr"]);
    assert_eq!(hex::encode(read(&folder, "trust_list.cbor")), vector["trust_list"]);
    assert_eq!(
        Value::from([hex::encode(read(&folder, "status_list.cbor"))].to_vec()),
        vector["status_lists"]
    );
}

fn folder(example: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example)
}

fn pngs(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "png"));
    files
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    scan::file(&folder.join(name)).unwrap()
}
