//! Level `anatomy`: chests without labels, through the program.

use crate::support::{cases, number, run, shared_data, text};
use agatston_phantom::chest::{Chest, ChestParameters, ChestScan, Variant};
use serde_json::Value;
use std::collections::BTreeMap;

fn chest(change: impl Fn(ChestParameters) -> ChestParameters) -> (tempfile::TempDir, ChestScan) {
    let scan = Chest::new(change(ChestParameters::seeded(2))).scan();
    let folder = tempfile::tempdir().unwrap();
    scan.write(folder.path()).unwrap();
    (folder, scan)
}

/// The program itself holds the table against the truth: bounds, arteries, refusals, and the same score however a series is
/// stored. A hundred of them with `AGATSTON_FULL=1`.
#[test]
fn chests_come_to_what_they_must() {
    let [most, others] = [cases(4, 100), cases(1, 3)].map(|n| n.to_string());
    let said = run(&["phantom", "chests", "--most", &most, "--others", &others]);
    assert_eq!(said.code, 0, "{}", said.stdout);
    assert!(said.stdout.contains("| contrast agent |") && !said.stdout.contains("WRONG"), "{}", said.stdout);
}

/// What the program found is nobody's decision, also when it comes back as labels; renamed by somebody, or by a scheme that has
/// its very names, it is.
#[test]
fn a_provisional_score_given_back_as_labels_is_refused() {
    let (folder, _) = chest(|p| p);
    let out = tempfile::tempdir().unwrap();
    let files = ["map.nii.gz", "map.seg.nrrd", "map.nrrd"].map(|name| text(out.path().join(name)));
    let seg = text(out.path().join("seg.dcm"));
    for file in &files {
        let written = run(&["score", &text(folder.path()), "--labelmap", file, "--seg", &seg, "--overwrite"]);
        assert_eq!(written.code, 0, "{}", written.stderr);
    }
    for file in files.iter().chain([&seg]) {
        for scheme in [&[][..], &["--label-scheme", "agatston"]] {
            let said = run(&[&["score", &text(folder.path()), "--labels", file], scheme].concat());
            assert_eq!(said.code, 3, "{file}: {}", said.stdout);
            assert!(said.stdout.contains("labels_provisional"), "{}", said.stdout);
        }
    }
    let scheme = out.path().join("decided.toml");
    let decided =
        [("LM", "LM"), ("LAD", "LAD"), ("LCX", "LCX"), ("RCA", "RCA"), ("LM/LAD/LCX", "other_coronary")];
    let labels = decided.iter().zip(1..).map(|((name, region), id)| {
        format!("[[label]]\nid = {id}\nname = \"{name} provisional\"\nregion = \"{region}\"\n")
    });
    let head = "source = \"a reader\"\nlm_policy = \"separate\"\n".to_owned();
    std::fs::write(&scheme, head + &labels.collect::<String>()).unwrap();
    let said = run(&["score", &text(folder.path()), "--labels", &files[0], "--label-scheme", &text(&scheme)]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}

/// Tiers add up to value and bounds, lesions are candidates, and the result says that it is provisional.
#[test]
fn a_chest_without_labels_is_provisional() {
    let (folder, scan) = chest(|p| p);
    let said = run(&["score", &text(folder.path()), "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let result = said.json();
    assert_eq!(
        (&result["status"], &result["assignment"]["assigned_by"]),
        (&"provisional".into(), &"anatomy".into())
    );
    let sum = |tiers: &[&str]| -> f64 {
        let all = result["anatomy"]["candidates"].as_array().unwrap();
        all.iter()
            .filter(|c| tiers.contains(&c["tier"].as_str().unwrap()))
            .map(|c| number(c, "/agatston"))
            .sum()
    };
    let total = number(&result, "/total/agatston");
    assert!((total - sum(&["confident", "likely"])).abs() < 1e-9);
    let truth = scan.truth.agatston(None);
    assert!(number(&result, "/total/lower") <= truth && truth <= number(&result, "/total/upper"));
    let rows: Vec<&str> =
        result["arteries"].as_array().unwrap().iter().map(|a| a["artery"].as_str().unwrap()).collect();
    assert_eq!(rows, ["LM", "LAD", "LCX", "RCA", "LM/LAD/LCX"]);
    assert!(result["arteries"][0]["agatston"].is_null());
    assert_eq!(result["risk"]["withheld"][0], "provisional");
    assert!(result["not_checked"].as_array().unwrap().is_empty(), "{}", result["not_checked"]);
    let file = folder.path().join("result.json");
    std::fs::write(&file, &said.stdout).unwrap();
    assert_eq!(run(&["validate", &text(&file)]).code, 0);
    // A lower bound of the volume joins lesions to what is none; the sums still hold.
    let wide = run(&["score", &text(folder.path()), "--protocol", "philips-like", "--format", "json"]);
    std::fs::write(&file, &wide.stdout).unwrap();
    assert_eq!(run(&["validate", &text(&file)]).code, 0);
}

/// Without noise no peak is so many standard deviations high: the result says so with null, and is read again.
#[test]
fn a_chest_without_noise() {
    let (folder, _) = chest(|p| ChestParameters { noise_sd_hu: 0.0, ..p });
    let said = run(&["score", &text(folder.path()), "--allow", "repeated_pixels", "--format", "json"]);
    let file = folder.path().join("result.json");
    std::fs::write(&file, &said.stdout).unwrap();
    assert_eq!((said.code, run(&["validate", &text(&file)]).code), (0, 0), "{}", said.stderr);
}

/// A refusal has its code, exit 3 and no number, and lists candidates when asked; allowed, it is a warning.
#[test]
fn noise_refuses_unless_it_is_allowed() {
    let (folder, _) = chest(|p| ChestParameters { noise_sd_hu: 3.0 * p.noise_sd_hu, ..p });
    let score = ["score", &text(folder.path()), "--format", "json"].map(str::to_owned).to_vec();
    let with = |more: &[&str]| run(&[score.clone(), more.iter().map(|m| (*m).to_owned()).collect()].concat());
    let refused = with(&["--withheld"]);
    let result = refused.json();
    assert_eq!((refused.code, &result["refusal"]["code"]), (3, &"high_noise".into()));
    assert!(result["total"].is_null() && result["lesions"].as_array().unwrap().is_empty());
    assert!(!result["anatomy"]["candidates"].as_array().unwrap().is_empty());
    assert!(with(&[]).json()["anatomy"]["candidates"].as_array().unwrap().is_empty());
    let allowed = with(&["--allow", "high_noise"]);
    assert_eq!((allowed.code, &allowed.json()["status"]), (0, &"provisional".into()), "{}", allowed.stderr);
    assert_eq!(with(&["--require", "labels"]).json()["refusal"]["code"], "assignment_level");
}

/// A tag that speaks of contrast agent is held against the blood: plainly without, it is a warning.
#[test]
fn the_blood_knows_better_than_a_tag() {
    let score = |variant| {
        let scan = Chest::new(ChestParameters { variant, ..ChestParameters::seeded(2) }).scan();
        let mut objects = scan.objects();
        for object in &mut objects {
            let agent = dicom_core::DataElement::new(
                dicom_dictionary_std::tags::CONTRAST_BOLUS_AGENT,
                dicom_core::VR::LO,
                dicom_core::PrimitiveValue::from("IOHEXOL"),
            );
            object.put(agent);
        }
        let folder = tempfile::tempdir().unwrap();
        agatston_phantom::dicom::write_objects(folder.path(), &objects).unwrap();
        run(&["score", &text(folder.path()), "--format", "json"]).json()
    };
    let severity = |result: &Value| {
        let findings = result["findings"].as_array().unwrap();
        let of_tag = findings.iter().find(|f| f["code"] == "contrast_agent").expect("the tag is told of");
        of_tag["severity"].as_str().unwrap().to_owned()
    };
    let plain = score(Variant::Whole);
    assert_eq!((&plain["status"], &*severity(&plain)), (&"provisional".into(), "warning"));
    let without_heart = score(Variant::Abdomen);
    assert_eq!((&without_heart["status"], &*severity(&without_heart)), (&"refused".into(), "refusal"));
}

/// The real chest is refused for its noise by default and scored when that is allowed; the QRM phantom and the head are
/// refused, each with a reason that a reader can check.
#[test]
fn the_shared_series() {
    let expected = BTreeMap::from([
        ("dicom4qi_1", "high_noise"),
        ("qrm_canon_large_rep1", "no_ascending_aorta"),
        ("dcm_qa_ct_ge_tilt", "missing_slice"),
    ]);
    for (set, code) in expected {
        let Some(path) = shared_data(set) else { return };
        let said = run(&["score", &text(&path), "--series", "auto", "--format", "json"]);
        assert_eq!((said.code, said.json()["refusal"]["code"].as_str()), (3, Some(code)), "{set}");
    }
    let Some(path) = shared_data("dicom4qi_1") else { return };
    let allowed = run(&["score", &text(&path), "--allow", "high_noise", "--format", "json"]).json();
    assert_eq!(allowed["status"], "provisional");
}
