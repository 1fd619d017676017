//! The fault matrix of the phantoms through the loader: the same voxels, a finding, or a refusal with its code.

use agatston_core::Severity;
use agatston_dicom::{Rules, group};
use agatston_phantom::damage::{Class, Damage, NamedFile, Outcome, damages, good_series};

use crate::support::{hu, indexed, refusals};

/// Codes that need the pixels of the whole series, the table of kernels or the input as a whole: the engine raises them.
const OF_THE_ENGINE: [&str; 11] = [
    "too_many_candidates",
    "no_air",
    "no_soft_tissue",
    "hu_offset",
    "blank_slice",
    "repeated_pixels",
    "metal",
    "sharp_kernel",
    "kernel_unknown",
    "iterative_reconstruction",
    "files_left_out",
];

/// What came of a series: its calcium and the codes of its findings, or the codes that refuse it.
type Loaded = Result<(Vec<String>, Vec<&'static str>), Vec<&'static str>>;

fn load(files: &[NamedFile], rules: &Rules) -> Loaded {
    let groups = group(indexed(files));
    let several = groups.len() > 1;
    let mut all = Vec::new();
    for group in groups {
        match group.check(rules) {
            Ok(_) if several => panic!("a stack passes while others of its input do not"),
            Ok(series) => {
                assert!(series.findings.iter().all(|f| f.severity != Severity::Refusal));
                let slices = match hu(&series) {
                    Ok(slices) => slices,
                    Err(agatston_dicom::PlaneError::Refused(finding)) => {
                        return Err(vec![finding.code.name()]);
                    }
                    Err(other) => panic!("{other}"),
                };
                return Ok((calcium(&slices), series.findings.iter().map(|f| f.code.name()).collect()));
            }
            Err(refusal) => all.extend(refusals(&refusal)),
        }
    }
    Err(all)
}

/// Number and sum of the voxels from 130 HU up, slice by slice, as text; padding does not count.
fn calcium(slices: &[Vec<Option<f64>>]) -> Vec<String> {
    let told = |slice: &Vec<Option<f64>>| {
        let candidates: Vec<f64> = slice.iter().flatten().copied().filter(|hu| *hu >= 130.0).collect();
        format!("{} voxels, {} HU", candidates.len(), candidates.iter().sum::<f64>())
    };
    slices.iter().map(told).collect()
}

fn check(damage: &Damage, good: &[String], files: &[NamedFile]) {
    let name = damage.name;
    match (damage.outcome, load(files, &Rules::default())) {
        (Outcome::SameScore, Ok((calcium, _))) => assert_eq!(calcium, good, "{name}"),
        (Outcome::Finding, Ok((calcium, findings))) => {
            assert_eq!(calcium, good, "{name}");
            let told = findings.iter().any(|code| damage.codes.contains(code));
            assert!(told, "{name}: {findings:?}, expected {:?}", damage.codes);
        }
        (Outcome::Refused, Err(codes)) => {
            let told = codes.iter().any(|code| damage.codes.contains(code));
            assert!(told, "{name}: {codes:?}, expected {:?}", damage.codes);
        }
        (_, other) => panic!("{name}: {other:?}, expected {:?} {:?}", damage.outcome, damage.codes),
    }
    if damage.outcome == Outcome::Refused {
        let lenient = Rules { coronary: false, ..Rules::default() };
        let allowed =
            Rules { allow: damage.codes.iter().map(|c| (*c).to_owned()).collect(), ..Rules::default() };
        for rules in [lenient, allowed] {
            let passes = load(files, &rules).is_ok();
            assert_eq!(passes, damage.class == Class::Coronary, "{name}: only class C can be overruled");
        }
    }
}

#[test]
fn every_damage_is_seen() {
    let good = good_series("damages", 8, 32).unwrap();
    let (calcium, findings) = load(&good, &Rules::default()).unwrap();
    assert_eq!(calcium[1], "16 voxels, 4000 HU", "4 x 4 voxels of 250 HU");
    assert_eq!(findings, ["short_coverage"]);
    for damage in damages() {
        if damage.codes.iter().any(|code| OF_THE_ENGINE.contains(code)) {
            continue;
        }
        let mut files = good.clone();
        (damage.apply)(&mut files);
        check(&damage, &calcium, &files);
    }
}

/// One file that is lost in the middle of its header must not vanish: the others alone would score.
#[test]
fn a_slice_is_never_dropped_in_silence() {
    let good = good_series("dropped", 8, 32).unwrap();
    for length in [0, 100, 132, 200, 400, 600, 900, 1200] {
        let mut files = good.clone();
        files[7].bytes.truncate(length);
        let found = indexed(&files);
        let skipped = found.skipped.len();
        let passes = group(found).into_iter().all(|g| g.check(&Rules::default()).is_ok());
        assert!(!passes || skipped == 1, "cut to {length} bytes: neither refused nor listed");
        assert!(length <= 132 || !passes, "cut to {length} bytes: a DICOM file that cannot be placed");
    }
}

/// No order of the files and no name changes a finding or a voxel.
#[test]
fn order_and_names_do_not_matter() {
    let good = good_series("order", 8, 32).unwrap();
    for damage in damages() {
        let mut files = good.clone();
        (damage.apply)(&mut files);
        let before = load(&files, &Rules::default());
        files.reverse();
        for (i, file) in files.iter_mut().enumerate() {
            file.name = format!("{:03}", (i * 7) % 31);
        }
        let after = load(&files, &Rules::default());
        assert_eq!(format!("{before:?}"), format!("{after:?}"), "{}", damage.name);
    }
}
