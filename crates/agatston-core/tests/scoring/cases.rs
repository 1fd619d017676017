//! The 25 grids of `fixtures/cases/agatston_cases.json` under the five conventions given there.

use crate::support::score_volume;
use agatston_core::{Comparison, Connectivity, Protocol, SliceScaling, SmallestFocus};
use agatston_phantom::cases;

#[test]
fn every_grid_under_every_convention() {
    let standard = Protocol::STANDARD;
    let all = cases::all();
    assert_eq!(all.len(), 25);
    for case in all {
        let check = |convention: &str, protocol: Protocol, expected: f64| {
            let got = score_volume(&case.volume, case.labels.as_ref(), &protocol).agatston();
            let near = (got - expected).abs() <= 1e-9 * expected.max(1.0);
            assert!(near, "{} ({}), {convention}: {got}, not {expected}", case.id, case.what);
        };
        let e = case.expected;
        check("standard", standard.clone(), e.standard);
        check(
            "8-connected",
            Protocol { connectivity: Connectivity::Eight, ..standard.clone() },
            e.eight_connected,
        );
        check(
            "no minimum",
            Protocol { smallest_focus: SmallestFocus::None, ..standard.clone() },
            e.no_minimum,
        );
        check(">", Protocol { comparison: Comparison::Above, ..standard.clone() }, e.greater_than);
        check(
            "no slice scaling",
            Protocol { slice_scaling: SliceScaling::None, ..standard.clone() },
            e.no_slice_scaling,
        );
        let volume = score_volume(&case.volume, case.labels.as_ref(), &standard).volume_mm3();
        assert!((volume - e.volume_mm3_standard).abs() < 1e-9, "{}: {volume} mm3", case.id);
    }
}

/// Lesion counts that the scoring specification names: E's corner contact is in one slice, so two lesions;
/// F and G join through the next slice; K's foci are all withheld, and withheld foci make no lesion.
#[test]
fn lesion_counts() {
    for (id, expected) in [("E", 2), ("F", 1), ("G", 1), ("K", 0)] {
        let case = cases::all().into_iter().find(|c| c.id == id).unwrap();
        let scored = score_volume(&case.volume, case.labels.as_ref(), &Protocol::STANDARD);
        assert_eq!(scored.lesions.len(), expected, "{id}");
    }
}

/// Peak of the lesion instead of the focus: 150 and 450 HU in neighbouring slices both weigh 4, 2 x 4 mm2 x 4.
#[test]
fn lesion_peak_is_an_option() {
    let case = cases::all().into_iter().find(|c| c.id == "F").unwrap();
    let protocol = Protocol { peak: agatston_core::Peak::Lesion, ..Protocol::STANDARD };
    assert_eq!(score_volume(&case.volume, None, &protocol).agatston(), 32.0);
}
