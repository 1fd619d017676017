//! The mass factor and reference regions: rods of known HU, headers, body sizes, and the rod of the real QRM scan.

use crate::support::{codes, fixture, near, number, run, shared_data, text, write_series};
use agatston_phantom::{
    Header, Volume, dicom,
    object::{Material, Object, Shape, column},
    scanner::{Scanner, TubeVoltage},
};
use dicom_core::{DataElement, PrimitiveValue, VR, value::C};
use dicom_dictionary_std::tags;
use ndarray::s;
use serde_json::{Value, json};
use std::fs;

/// A body in air: a plaque of 400 HU (16 voxels of 0.75 mm3), a rod of 260 HU and water of 0 HU.
fn chest() -> Volume {
    let mut volume = Volume::filled([24, 64, 64], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(s![.., 4..60, 4..60]).fill(40.0);
    volume.hu.slice_mut(s![8..16, 8..20, 8..20]).fill(260.0);
    volume.hu.slice_mut(s![.., 8..20, 40..52]).fill(0.0);
    volume.hu.slice_mut(s![12, 40..44, 10..14]).fill(400.0);
    volume
}

fn rod(density: f64) -> Value {
    let shape = json!({"column": [9, 18], "row": [9, 18]});
    json!({"name": "rod", "ha_mg_cm3": density, "box_px": shape, "slices": [8, 15]})
}

fn water() -> Value {
    json!({"name": "water", "ha_mg_cm3": 0, "box_px": {"column": [41, 50], "row": [9, 18]}})
}

/// A series in a folder, scored with the lower half of the image as the region `insert`, and reference regions.
struct Scan {
    series: tempfile::TempDir,
    beside: tempfile::TempDir,
}

impl Scan {
    fn new(volume: &Volume) -> Self {
        Self::of(write_series(volume, &Header::named("mass")), [32, 63])
    }

    /// With Calcium Scoring Mass Factor Patient and Device in every header.
    fn with_header(volume: &Volume, patient: Option<f32>, device: &[f32]) -> Self {
        let mut objects = dicom::slice_objects(volume, &Header::named("mass"));
        for object in &mut objects {
            let mut put = |tag, values: &[f32]| {
                let values = PrimitiveValue::F32(C::from_slice(values));
                object.put(DataElement::new(tag, VR::FL, values));
            };
            patient.into_iter().for_each(|f| put(tags::CALCIUM_SCORING_MASS_FACTOR_PATIENT, &[f]));
            if !device.is_empty() {
                put(tags::CALCIUM_SCORING_MASS_FACTOR_DEVICE, device);
            }
        }
        let series = tempfile::tempdir().unwrap();
        dicom::write_objects(series.path(), &objects).unwrap();
        Self::of(series, [32, 63])
    }

    fn of(series: tempfile::TempDir, rows: [usize; 2]) -> Self {
        let beside = tempfile::tempdir().unwrap();
        let region = json!({"name": "insert", "box_px": {"column": [0, 999], "row": rows}});
        fs::write(beside.path().join("labels.json"), json!({"regions": [region]}).to_string()).unwrap();
        Self { series, beside }
    }

    /// Exit code and result with reference regions (none where there are none) and options.
    fn score(&self, references: &[Value], more: &[&str]) -> (i32, Value) {
        let (series, labels) = (text(self.series.path()), text(self.beside.path().join("labels.json")));
        let file = text(self.beside.path().join("references.json"));
        fs::write(&file, json!({"regions": references}).to_string()).unwrap();
        let mut arguments = vec!["score", &series, "--labels", &labels, "--format", "json"];
        if !references.is_empty() {
            arguments.extend(["--references", &file]);
        }
        arguments.extend(more);
        let said = run(&arguments);
        (said.code, said.json())
    }
}

/// Factor, source and body size of a result.
fn factor(result: &Value) -> (Option<f64>, Option<&str>, Option<&str>) {
    let m = &result["mass_factor"];
    (m["mg_cm3_per_hu"].as_f64(), m["source"].as_str(), m["body_size"].as_str())
}

fn has(result: &Value, code: &str) -> bool {
    codes(result).iter().any(|c| c == code)
}

/// 400 HU x 12 mm3 x factor / 1000, the factor 200 / 260; water at 0 HU changes nothing.
#[test]
fn rods_calibrate() {
    let scan = Scan::new(&chest());
    for references in [vec![rod(200.0)], vec![rod(200.0), water()]] {
        let (code, result) = scan.score(&references, &[]);
        assert_eq!(code, 0, "{result}");
        assert_eq!(factor(&result).1, Some("rods"));
        assert!(near(factor(&result).0.unwrap(), 200.0 / 260.0, 1e-12), "{result}");
        assert!(near(number(&result, "/regions/0/mass_mg"), 4.8 * 200.0 / 260.0, 1e-12));
        assert_eq!(has(&result, "mass_factor_one_rod"), references.len() == 1);
        let measured = &result["references"][0];
        let expected = json!({"name": "rod", "kind": "rod", "ha_mg_cm3": 200.0, "voxels": 800, "mean_hu": 260.0,
            "sd_hu": 0.0});
        assert_eq!(*measured, expected);
    }
    // Of 16 voxels of 400 HU in 40 HU against a rod of 260 HU: 16 x 360 / 220 voxels of 200 mg/cm3.
    let (_, result) = scan.score(&[rod(200.0)], &[]);
    let integrated = number(&result, "/regions/0/mass_integrated_mg");
    assert!(near(integrated, 16.0 * 0.75 * 360.0 / 220.0 * 0.2, 1e-9), "{integrated}");
    assert!(result["regions"][0]["spatially_weighted"].is_null(), "there is no rod of 100 mg/cm3");
}

/// What was said is taken before what was measured, and that before what depends on the size of the body.
#[test]
fn sources_in_their_order() {
    let scan = Scan::with_header(&chest(), Some(0.75), &[0.5, 0.625, 0.875]);
    let (_, result) = scan.score(&[rod(200.0)], &["--mass-factor", "0.9", "--body-size", "large"]);
    assert_eq!(factor(&result), (Some(0.9), Some("option"), None));
    assert_eq!(result["options"]["mass_factor"], 0.9);
    assert_eq!(result["mass_factor"]["candidates"].as_array().unwrap().len(), 6);
    let (_, result) = scan.score(&[rod(200.0)], &["--body-size", "large"]);
    assert_eq!(factor(&result), (Some(0.75), Some("header_patient"), None));
    assert!(result["options"]["mass_factor"].is_null());
    let scan = Scan::with_header(&chest(), None, &[0.5, 0.625, 0.875]);
    let (_, result) = scan.score(&[rod(200.0)], &["--body-size", "large"]);
    assert_eq!(factor(&result).1, Some("rods"));
    let (_, result) = scan.score(&[], &["--body-size", "large"]);
    assert_eq!(factor(&result), (Some(0.875), Some("header_device"), Some("large")));
    assert!(near(number(&result, "/regions/0/mass_mg"), 4.8 * 0.875, 1e-12));
}

#[test]
fn grams_are_told() {
    let scan = Scan::with_header(&chest(), Some(0.0008), &[]);
    let (code, result) = scan.score(&[], &[]);
    assert!(code == 0 && has(&result, "mass_factor_in_grams"), "{result}");
    assert!(near(factor(&result).0.unwrap(), 0.8, 1e-6));
    let (_, result) = scan.score(&[], &["--mass-factor", "0.0007"]);
    assert!(has(&result, "mass_factor_in_grams"));
    assert!(near(number(&result, "/regions/0/mass_mg"), 4.8 * 0.7, 1e-12));
    assert_eq!(result["options"]["mass_factor"], 0.0007, "as typed");
    let (_, result) = scan.score(&[], &["--mass-factor", "2"]);
    assert!(has(&result, "mass_factor_unusual") && !has(&result, "mass_factor_in_grams"));
}

/// An oval body of 340 x 220 mm with lungs, in a field of so many mm; slices of 3 mm, pixels of 2 mm.
fn body(field_mm: f64, noise_sd_hu: f64, more: &[Object]) -> Volume {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number of pixels")]
    let pixels = (0.5 * field_mm) as usize;
    let scanner = Scanner {
        shape: [24, pixels, pixels],
        spacing_mm: [3.0, 2.0, 2.0],
        slice_thickness_mm: 3.0,
        psf_fwhm_mm: 1.0,
        noise_sd_hu,
        start_mm: -36.0,
        voltage: TubeVoltage::Kv120,
        seed: 7,
    };
    let thorax = [
        column([0.0, 0.0], [170.0, 110.0], 40.0),
        column([-95.0, 0.0], [45.0, 70.0], -850.0),
        column([95.0, 0.0], [45.0, 70.0], -850.0),
    ];
    scanner.scan(&thorax.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn a_body_in_the_field_says_how_large_it_is() {
    let device = [0.5, 0.625, 0.875];
    let (_, result) = Scan::with_header(&body(400.0, 8.0, &[]), None, &device).score(&[], &[]);
    assert_eq!(factor(&result), (Some(0.625), Some("header_device"), Some("medium")));
    let width = number(&result, "/mass_factor/body_width_mm");
    assert!((width - 340.0).abs() <= 4.0, "{width}");
    let scan = Scan::with_header(&body(220.0, 8.0, &[]), None, &device);
    let (code, result) = scan.score(&[], &[]);
    assert_eq!((code, factor(&result)), (0, (None, None, None)));
    assert!(has(&result, "mass_factor_ambiguous"));
    assert!(result["regions"][0]["mass_mg"].is_null() && result["mass_factor"]["body_width_mm"].is_null());
    let candidates = result["mass_factor"]["candidates"].as_array().unwrap();
    let sizes: Vec<_> = candidates.iter().map(|c| c["body_size"].as_str().unwrap()).collect();
    assert_eq!(sizes, ["small", "medium", "large"]);
    let (_, result) = scan.score(&[], &["--body-size", "small"]);
    assert_eq!(factor(&result), (Some(0.5), Some("header_device"), Some("small")));
}

/// Rods of 100 and 200 mg/cm3 and water under noise of 8 HU; 1.3 HU per mg/cm3, so the factor is 1 / 1.3. Some 1,500 voxels
/// a rod, so their means are 0.2 HU off and the slope 0.2 %.
#[test]
fn rods_under_noise() {
    let rod = |x: f64, material| {
        let shape = Shape::Cylinder { axis: [x, -50.0], semi_axes: [12.0; 2], z: [-100.0, 100.0] };
        Object { shape, material }
    };
    let calcium = Material::Hydroxyapatite;
    let volume = body(
        400.0,
        8.0,
        &[rod(-30.0, Material::Hu(0.0)), rod(0.0, calcium(100.0)), rod(30.0, calcium(200.0))],
    );
    let scan = Scan::new(&volume);
    let region = |name: &str, density: f64, x: f64| {
        let shape = json!({"from": [x, -50, -34], "to": [x, -50, 30], "radius": 9});
        json!({"name": name, "ha_mg_cm3": density, "cylinder_lps_mm": shape})
    };
    let regions = [region("200", 200.0, 30.0), region("water", 0.0, -30.0), region("100", 100.0, 0.0)];
    let (code, result) = scan.score(&regions, &[]);
    assert_eq!(code, 0, "{result}");
    let found = factor(&result).0.unwrap();
    assert!((found * 1.3 - 1.0).abs() < 0.005, "{found}");
    for reference in result["references"].as_array().unwrap() {
        let sd_hu = number(reference, "/sd_hu");
        assert!((3.0..9.0).contains(&sd_hu), "noise after the point spread: {reference}");
        let expected = 1.3 * number(reference, "/ha_mg_cm3");
        assert!((number(reference, "/mean_hu") - expected).abs() < 1.0, "{reference}");
    }
}

/// Columns of 30 and 50 HU in turn: the mean is 40, n / 2 each, sample SD 10 sqrt(n / (n - 1)) of 800 voxels, so the level is
/// 150.01 HU. Peaks of 150 are suspect, those of 151 are not; both lesions are 4 mm2.
#[test]
fn a_peak_within_the_noise_of_blood_is_suspect() {
    let mut volume = chest();
    volume.hu.slice_mut(s![12, 40..44, 10..14]).fill(150.0);
    volume.hu.slice_mut(s![12, 40..44, 30..34]).fill(151.0);
    volume.hu.slice_mut(s![14, 50..52, 40..42]).fill(140.0); // 1 mm2: suspect for its area too, and told once
    volume.hu.slice_mut(s![0..8, 24..34, 20..30;2]).fill(30.0);
    volume.hu.slice_mut(s![0..8, 24..34, 21..30;2]).fill(50.0);
    let shape = json!({"column": [20, 29], "row": [24, 33]});
    let blood = json!({"name": "blood", "blood": true, "box_px": shape, "slices": [0, 7]});
    let scan = Scan::new(&volume);
    let flags = |result: &Value| -> Vec<Value> {
        result["lesions"].as_array().unwrap().iter().map(|l| l["flags"].clone()).collect()
    };
    let (_, without) = scan.score(&[], &[]);
    let both = json!(["z_unresolved", "noise_suspect"]);
    assert_eq!(flags(&without), [json!(["z_unresolved"]), json!(["z_unresolved"]), both.clone()]);
    assert_eq!(without["references"], json!([]));
    let (_, with) = scan.score(&[blood], &[]);
    assert_eq!(with["references"][0]["kind"], "blood");
    assert!(near(number(&with, "/references/0/sd_hu"), 10.0 * (800.0f64 / 799.0).sqrt(), 1e-12));
    assert_eq!(flags(&with), [both.clone(), json!(["z_unresolved"]), both]);
    assert_eq!(factor(&with), (None, None, None), "blood calibrates nothing");
    assert_eq!(with["total"], without["total"]);
}

/// Each refusal has its code, names the file by its name alone, and gives no score.
#[test]
fn references_that_cannot_be() {
    let scan = Scan::new(&chest());
    let mut off = rod(200.0);
    off["slices"] = json!([20, 24]);
    let mut small = rod(200.0);
    small["box_px"] = json!({"column": [9, 11], "row": [9, 11]});
    small["slices"] = json!([9, 9]);
    let mut dark = water();
    dark["ha_mg_cm3"] = json!(400);
    let mut nothing = rod(200.0);
    nothing["ha_mg_cm3"] = Value::Null;
    for (references, expected) in [
        (vec![off], "labels_off_grid"),
        (vec![small], "reference_too_small"),
        (vec![rod(200.0), dark.clone()], "references_contradict"),
        (vec![dark], "references_contradict"),
        (vec![nothing], "references_invalid"),
    ] {
        let (code, result) = scan.score(&references, &[]);
        assert_eq!((code, result["refusal"]["code"].as_str()), (3, Some(expected)), "{result}");
        let message = result["refusal"]["message"].as_str().unwrap();
        assert!(message.starts_with("references.json: "), "{message}");
        assert!(!result.to_string().contains(&text(scan.beside.path())), "no folder is told");
    }
    let file = scan.beside.path().join("none.json");
    let input = text(scan.series.path());
    let said = run(&["score", &input, "--region", "everything", "--references", &text(&file)]);
    assert!(said.code == 3 && said.stdout.contains("labels_missing"), "{said:?}");
    let labels = text(scan.beside.path().join("references.json"));
    let said = run(&[
        "score",
        &input,
        "--references",
        &labels,
        "--region",
        "everything",
        "-o",
        &labels,
        "--overwrite",
    ]);
    assert_eq!(said.code, 2, "what is read is never written: {said:?}");
}

/// The table says which factor, and whence.
#[test]
fn the_table_tells_of_the_factor() {
    let coronary = text(fixture("coronary"));
    let labels = text(fixture("coronary/regions.json"));
    let arguments = ["score", &coronary, "--labels", &labels, "--mass-factor", "0.8"];
    let said = run(&arguments);
    assert!(said.stdout.contains("Mass factor: 0.8000 mg/cm3 per HU, as given."), "{}", said.stdout);
    assert!(!said.stdout.contains("No mass"));
}

/// The rod of the real scan is taken for 200 mg/cm3. The masses of the nine inserts are those of the published run of FQM times
/// the quotient of the factors: the voxels are the same.
#[test]
fn the_rod_of_the_qrm_phantom() {
    let Some(folder) = shared_data("qrm_canon_large_rep1") else { return };
    let (input, regions) = (text(&folder), text(folder.join("regions.json")));
    let rods = text(fixture("references/qrm_canon.json"));
    let arguments = ["score", &input, "--labels", &regions, "--protocol", "fqm", "--references", &rods];
    let result = run(&[&arguments[..], &["--format", "json"]].concat()).json();
    let found = factor(&result).0.expect("a factor");
    let mean = number(&result, "/references/0/mean_hu");
    assert!((300.0..320.0).contains(&mean), "{mean}");
    assert!(near(found, 200.0 / mean, 1e-12));
    let inserts: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("inserts.json")).unwrap()).unwrap();
    let published_factor = number(&inserts, "/mass_calibration_factor_mg_per_cm3_per_hu");
    for (insert, region) in
        inserts["inserts"].as_array().unwrap().iter().zip(result["regions"].as_array().unwrap())
    {
        assert_eq!(insert["name"], region["name"]);
        let published = number(insert, "/published_fqm/mass_mg");
        let expected = published * found / published_factor;
        assert!((number(region, "/mass_mg") - expected).abs() < 1e-5, "{region}");
        let truth = number(insert, "/true_mass_mg");
        // From 3 mm on: within 16 % of the truth, where the published factor is within 29 %.
        if number(insert, "/diameter_mm") > 2.0 && published > 0.0 {
            assert!((number(region, "/mass_mg") / truth - 1.0).abs() < 0.16, "{region}");
        }
    }
}
