//! Measures and size classes: parts add up, mass is linear, classes partition, a grain keeps its class.

use crate::support::{Said, fixture, near, number, run, shared_data, text};
use agatston_core::SizeClass;
use agatston_engine::{
    Assign, Calibration, Choice, Request, ResultDocument, Source, Unwatched, score_sources, validate,
};
use agatston_phantom::{
    Header, catalog, dicom,
    object::{Material, Object, Shape, column},
    scanner::{Scanner, TubeVoltage},
};
use serde_json::Value;

/// Every phantom that has regions, scored by them.
fn phantoms(request: &Request) -> Vec<ResultDocument> {
    let mut documents = Vec::new();
    for entry in catalog::list() {
        let phantom = catalog::build(entry.name).unwrap();
        let assign = match phantom.regions_json.as_deref() {
            Some(regions) => Assign::from_regions_json(regions).unwrap(),
            None => Assign::Everything,
        };
        let request = Request { assign, ..request.clone() };
        documents.extend(scored(&phantom.volume, &phantom.header, &request));
    }
    documents
}

fn scored(volume: &agatston_phantom::Volume, header: &Header, request: &Request) -> Vec<ResultDocument> {
    let objects = dicom::slice_objects(volume, header);
    let source = |(i, object)| Source::bytes(&dicom::file_name(i), dicom::encode(object).unwrap());
    let sources = objects.iter().enumerate().map(source).collect();
    score_sources(sources, &Choice::Only, request, &Unwatched).unwrap()
}

/// A request with a mass factor.
fn calibrated(factor: f64) -> Request {
    let calibration = Calibration { mass_factor: Some(factor), ..Calibration::default() };
    Request { calibration, ..Request::default() }
}

/// Parts add up to totals for every measure, in every phantom.
#[test]
fn parts_add_up() {
    let request = calibrated(0.75);
    for document in phantoms(&request) {
        let validation = validate(&document);
        assert!(validation.mismatches.is_empty(), "{:?}", validation.mismatches);
        assert!(validation.checked > 50, "{}", validation.checked);
    }
}

/// Mass is linear in the factor, to the last digit for a power of two, and the factor moves nothing else.
#[test]
fn mass_is_linear_in_the_factor() {
    let of = |factor| phantoms(&calibrated(factor)).into_iter().flat_map(|d| d.lesions).collect::<Vec<_>>();
    let (once, twice, thrice) = (of(0.7), of(1.4), of(2.1));
    assert!(once.len() > 20);
    for ((one, two), three) in once.iter().zip(&twice).zip(&thrice) {
        let mass = one.measures.mass_mg.unwrap();
        assert!(mass > 0.0);
        assert_eq!(two.measures.mass_mg, Some(2.0 * mass));
        assert!(near(three.measures.mass_mg.unwrap(), 3.0 * mass, 1e-12));
        assert_eq!(one.measures.agatston, three.measures.agatston);
        assert_eq!(one.measures.volume_half_maximum_mm3, three.measures.volume_half_maximum_mm3);
    }
}

/// Keys under which a changed number is no sum: where things are and what needs pixels.
const NO_SUM: [&str; 3] = ["centroid_lps_mm", "background_hu", "elongation"];

/// `validate` notices every sum that is changed: each number under the total, arteries, classes and lesions in turn.
#[test]
fn a_changed_number_is_noticed() {
    let scan = text(fixture("coronary"));
    let labels = text(fixture("coronary/labels.nii.gz"));
    let said = run(&[
        "score",
        &scan,
        "--labels",
        &labels,
        "--label-scheme",
        "agatston",
        "--mass-factor",
        "0.8",
        "--withheld",
        "--format",
        "json",
    ]);
    let result = said.json();
    let mut places = Vec::new();
    for key in ["total", "arteries", "classes", "lesions"] {
        numbers(&result[key], &format!("/{key}"), &mut places);
    }
    let (mut changed, mut missed) = (0, Vec::new());
    for place in &places {
        let mut other = result.clone();
        let value = other.pointer_mut(place).unwrap();
        *value = match value.as_u64() {
            Some(count) => (count + 1).into(),
            None => (value.as_f64().unwrap() * 1.01 + 1.0).into(),
        };
        let Ok(document) = serde_json::from_value::<ResultDocument>(other) else { continue };
        changed += 1;
        if validate(&document).mismatches.is_empty() {
            missed.push(place.clone());
        }
    }
    missed.retain(|place| !NO_SUM.iter().any(|key| place.contains(key)));
    // A caliper decides a class only at its bounds. Where a focus is and how bright are facts that no other number holds,
    // unless it is the outermost or the brightest of its lesion.
    missed.retain(|place| !place.ends_with("caliper_mm"));
    let facts = ["/slice", "/rows/0", "/rows/1", "/columns/0", "/columns/1", "/peak_hu"];
    missed.retain(|place| !(place.contains("/foci/") && facts.iter().any(|fact| place.ends_with(fact))));
    assert!(changed > 300, "{changed} numbers");
    assert!(missed.is_empty(), "not noticed: {missed:#?}");
}

fn numbers(value: &Value, at: &str, places: &mut Vec<String>) {
    match value {
        Value::Number(_) => places.push(at.to_owned()),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, v)| numbers(v, &format!("{at}/{i}"), places));
        }
        Value::Object(all) => all.iter().for_each(|(k, v)| numbers(v, &format!("{at}/{k}"), places)),
        _ => {}
    }
}

/// The program says where a result does not add up, and refuses what is none.
#[test]
fn validate_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("result.json");
    let scan = text(fixture("coronary"));
    let labels = text(fixture("coronary/labels.nii.gz"));
    let score = ["score", &scan, "--labels", &labels, "--label-scheme", "agatston", "--format", "json", "-o"];
    assert_eq!(run(&[&score[..], &[&text(&file)]].concat()).code, 0);
    let validated = |path: &str| run(&["validate", path]);
    let good = validated(&text(&file));
    assert_eq!((good.code, good.stdout.contains("adds up")), (0, true), "{good:?}");
    let written = std::fs::read_to_string(&file).unwrap();
    // One more digit before the pixels of the last focus.
    let at = written.rfind("\"pixels\": ").unwrap() + "\"pixels\": ".len();
    std::fs::write(&file, format!("{}1{}", &written[..at], &written[at..])).unwrap();
    let bad = validated(&text(&file));
    assert_eq!(bad.code, 3, "{bad:?}");
    assert!(bad.stdout.contains("].area_mm2: ") && bad.stdout.contains("result_does_not_add_up"));
    for (content, what) in
        [("", "empty"), ("{", "no JSON"), ("{\"schema\": \"else/1\"}", "schema"), ("[1]", "schema")]
    {
        std::fs::write(&file, content).unwrap();
        let Said { code, stderr, .. } = validated(&text(&file));
        assert!(
            code == 3 && stderr.contains("result_unreadable") && stderr.contains(what),
            "{content}: {stderr}"
        );
    }
    assert_eq!(validated(&text(folder.path().join("nothing.json"))).code, 4);
}

/// A grain of 1 mm that is bright enough to be seen wherever the slab starts: 24 starts over one increment, the whole of
/// it in one slice or split over two.
#[test]
fn a_punctate_grain_keeps_its_class_for_any_start_of_the_slab() {
    let grain = Object {
        shape: Shape::Sphere { centre: [0.1, -0.2, 0.0], radius: 0.5 },
        material: Material::Hu(3300.0),
    };
    let body = [column([0.0, 0.0], [26.0, 26.0], 40.0), column([-16.0, 0.0], [6.0, 12.0], -850.0), grain];
    let mut slices = std::collections::BTreeSet::new();
    for start in 0..24u32 {
        let scanner = Scanner {
            shape: [11, 240, 240],
            spacing_mm: [3.0, 0.25, 0.25],
            slice_thickness_mm: 3.0,
            psf_fwhm_mm: 1.0,
            noise_sd_hu: 2.0,
            start_mm: -15.0 - 3.0 * f64::from(start) / 24.0,
            voltage: TubeVoltage::Kv120,
            seed: u64::from(start),
        };
        let request = Request {
            assign: Assign::Everything,
            detail: agatston_engine::Detail::Foci,
            ..Request::default()
        };
        let documents = scored(&scanner.scan(&body), &Header::named("grain"), &request);
        let lesions = &documents[0].lesions;
        assert_eq!(lesions.len(), 1, "start {start}: {:?}", documents[0].refusal);
        assert_eq!(lesions[0].part.as_deref(), SizeClass::Punctate.part(), "start {start}: {:?}", lesions[0]);
        slices.insert(lesions[0].slices);
    }
    assert_eq!(slices.into_iter().collect::<Vec<_>>(), [1, 2], "both ways of falling into slices were seen");
}

/// The inserts of the real QRM phantom: density does not change the volume at half maximum by a quarter, while the
/// volume at the threshold grows over the repeatability limit of the first (Sevrukov et al., 2005) in five of six pairs.
#[test]
fn denser_inserts_of_one_size_have_one_half_maximum_volume() {
    let Some(folder) = shared_data("qrm_canon_large_rep1") else { return };
    let regions = text(folder.join("regions.json"));
    let result =
        run(&["score", &text(&folder), "--labels", &regions, "--protocol", "fqm", "--format", "json"]).json();
    let of = |name: &str, key: &str| {
        let all = result["regions"].as_array().unwrap();
        number(all.iter().find(|r| r["name"] == name).unwrap(), &format!("/{key}"))
    };
    let (mut pairs, mut beyond) = (0, 0);
    for size in ["Large", "Medium"] {
        for (less, more) in [("LD", "MD"), ("MD", "HD"), ("LD", "HD")] {
            let both = |key| [less, more].map(|density| of(&format!("{size}_{density}"), key));
            let [a, b] = both("volume_half_maximum_mm3");
            assert!((b / a - 1.0).abs() < 0.25, "{size} {less} {more}: {a}, {b}");
            let [a, b] = both("volume_mm3");
            pairs += 1;
            beyond += u32::from(b - a > 3.445 * a.sqrt());
        }
    }
    assert_eq!((pairs, beyond), (6, 5));
}
