//! The choices of a score and the scorer itself, against the oracle, which shares no code with it.

use std::cell::Cell;

use agatston_core::{
    Assigned, Comparison, Connectivity, LesionConnectivity, Padding, Peak, Protocol, Region, Rescale, Scale,
    Score, SliceScaling, SmallestFocus, foci, lesions, neighbours, score,
};
use agatston_engine::{NamedProtocol, ProtocolRecord};
use agatston_phantom::{Volume, damage::good_volume, oracle};
use ndarray::Array3;

use super::{
    scanned::{Stored, scored},
    sums::near,
};

/// HU per stored unit: quarters stay exact in both.
const SLOPE: f64 = 0.25;
/// The stored value that means padding; the oracle knows NaN.
const PADDING: i16 = -30_000;
/// Stored quarters of a HU on both sides of every bound, and padding.
const PALETTE: [i16; 16] =
    [120, 160, 519, 520, 521, 799, 800, 801, 1199, 1200, 1201, 1599, 1600, 1601, 12_000, PADDING];

/// A small volume with labels under a protocol: 8 bytes choose, then a byte a voxel (low nibble HU, high bits label).
pub(crate) fn kernel(data: &[u8]) -> bool {
    let Some((head, voxels)) = data.split_first_chunk::<8>() else { return false };
    let case = Case::of(head, voxels);
    let candidates = case.stored().candidates(&case.protocol, 1 + usize::from(head[7] % 8));
    let labels = case.labelled.then_some(&case.labels);
    let assigned = Assigned::by_voxel(&candidates, Vec::new(), |z, row, column| {
        let label = labels.map_or(1, |labels| labels[[z, row.into(), column.into()]]);
        (label != 0).then(|| Region::Named(label.into()))
    });
    let ours = scored(&candidates, &assigned, &case.protocol);
    let theirs = oracle::score(&case.volume(), labels, &case.rules);
    let scale = Scale::new(&candidates.geometry, &case.protocol, None);
    for region in 1..=3 {
        totals_agree(region, &ours, &theirs, &scale);
    }
    let found = foci(&candidates, &assigned, &case.protocol);
    let mut foci_of_ours: Vec<_> = ours
        .lesions
        .iter()
        .flat_map(|lesion| &lesion.foci)
        .map(|f| (found.get(f.id), f.weight))
        .map(|(focus, weight)| (usize::from(focus.slice), focus.seed, focus.pixels as usize, weight))
        .collect();
    foci_of_ours.sort_unstable();
    let number = |n: usize| u16::try_from(n).expect("small volumes have short sides");
    let seed = |[row, column]: [usize; 2]| (number(row), number(column));
    let mut foci_of_theirs: Vec<_> =
        theirs.foci.iter().map(|f| (f.slice, seed(f.pixels[0]), f.pixels.len(), f.weight)).collect();
    foci_of_theirs.sort_unstable();
    assert_eq!(foci_of_ours, foci_of_theirs, "foci");
    assert_eq!(ours.lesions.len(), theirs.lesions.len(), "lesions");
    for (a, b) in ours.lesions.iter().zip(&theirs.lesions) {
        near("a lesion", Some(a.tally.measures(&scale).agatston), b.score);
        assert_eq!(a.lesion.peak_hu, b.peak_hu, "peak of a lesion");
    }
    if !case.labelled {
        everything_is_every_voxel(&candidates, &case.protocol, &ours);
    }
    !theirs.foci.is_empty()
}

/// All of one region's counts and measures.
fn totals_agree(region: u8, ours: &Score, theirs: &oracle::Score, scale: &Scale) {
    let named = Region::Named(region.into());
    let (tally, totals) = (ours.region(named), theirs.totals.get(&region).cloned().unwrap_or_default());
    let below = ours.withheld.below_minimum.get(&named).copied().unwrap_or_default();
    let counts = [tally.pixels, tally.weighted_pixels, tally.foci, tally.lesions, below.foci, below.pixels];
    let expected = [
        totals.pixels,
        totals.weighted_pixels,
        totals.foci,
        totals.lesions,
        totals.foci_below_minimum,
        totals.pixels_below_minimum,
    ];
    assert_eq!(counts, expected.map(|count| count as u64), "counts of region {region}");
    let measures = tally.measures(scale);
    near("agatston", Some(measures.agatston), totals.agatston);
    near("agatston_unscaled", Some(measures.agatston_unscaled), totals.agatston_unscaled);
    near("area", Some(measures.area_mm2), totals.area_mm2);
    near("volume", Some(measures.volume_mm3), totals.volume_mm3);
    near("mean HU", measures.mean_hu.or(Some(0.0)), totals.mean_hu.unwrap_or(0.0));
}

/// Everything in one region is the same, whether it is said once or voxel by voxel.
fn everything_is_every_voxel(candidates: &agatston_core::Candidates, protocol: &Protocol, each: &Score) {
    let foci = foci(candidates, &Assigned::everything(), protocol);
    let lesions = lesions(&foci, protocol, &candidates.geometry, 3.0);
    let all = score(&foci, lesions, &candidates.geometry, protocol);
    assert_eq!(all.region(Region::Named(0)), each.region(Region::Named(1)));
}

/// A volume, its labels, and the same choices in the words of both scorers.
struct Case {
    quarters: Array3<i16>,
    labels: Array3<u8>,
    labelled: bool,
    spacing_mm: [f64; 3],
    protocol: Protocol,
    rules: oracle::Rules,
}

impl Case {
    fn of(head: &[u8; 8], voxels: &[u8]) -> Self {
        let &[choices, smallest, depth, height, width, spacing, labelled, _] = head;
        let (protocol, rules) = protocols(choices, smallest);
        let shape = [1 + depth % 4, 1 + height % 12, 1 + width % 80].map(usize::from);
        let voxel = Cell::new(voxels.iter());
        let next = |_: [usize; 3]| {
            let mut rest = voxel.take();
            let byte = rest.next().copied().unwrap_or(0);
            voxel.set(rest);
            byte
        };
        let bytes = Array3::from_shape_fn(shape, |(z, y, x)| next([z, y, x]));
        let millimetres = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 0.3515625];
        let pick = |shift: u8| millimetres[usize::from(spacing.rotate_right(shift.into()) % 8)];
        Self {
            quarters: bytes.mapv(|byte| PALETTE[usize::from(byte & 0x0F)]),
            labels: bytes.mapv(|byte| byte >> 6),
            labelled: labelled % 2 == 1,
            spacing_mm: [pick(0), pick(3), pick(5)],
            protocol,
            rules,
        }
    }

    fn stored(&self) -> Stored {
        Stored {
            values: self.quarters.clone(),
            rescale: Rescale::new(SLOPE, 0.0, 0).expect("a positive slope"),
            padding: Some(Padding { low: PADDING, high: PADDING }),
            spacing_mm: self.spacing_mm,
            origin_lps_mm: [0.0; 3],
        }
    }

    fn volume(&self) -> Volume {
        let hu = |q: i16| if q == PADDING { f64::NAN } else { f64::from(q) * SLOPE };
        Volume { hu: self.quarters.mapv(hu), spacing_mm: self.spacing_mm, origin_lps_mm: [0.0; 3] }
    }
}

/// The same choices in the words of both.
fn protocols(choices: u8, smallest: u8) -> (Protocol, oracle::Rules) {
    let on = |bit: u8| choices & (1 << bit) != 0;
    let lesions = usize::from(smallest / 4 % 3);
    let (above, eight, by_lesion, scaled) = (on(0), on(1), on(2), on(3));
    let protocol = Protocol {
        comparison: if above { Comparison::Above } else { Comparison::AtLeast },
        connectivity: if eight { Connectivity::Eight } else { Connectivity::Four },
        smallest_focus: match smallest % 4 {
            0 => SmallestFocus::None,
            1 => SmallestFocus::Pixels { bound: 3, inclusive: true },
            2 => SmallestFocus::Pixels { bound: 2, inclusive: false },
            _ => SmallestFocus::AreaMm2 { bound: 1.0, inclusive: true },
        },
        peak: if by_lesion { Peak::Lesion } else { Peak::Focus },
        slice_scaling: if scaled { SliceScaling::IncrementOver3Mm } else { SliceScaling::None },
        lesion_connectivity: [
            LesionConnectivity::Six,
            LesionConnectivity::Eighteen,
            LesionConnectivity::TwentySix,
        ][lesions],
        ..Protocol::STANDARD
    };
    let rules = oracle::Rules {
        comparison: if above { oracle::Comparison::Above } else { oracle::Comparison::AtLeast },
        pixels: if eight { oracle::PixelConnectivity::Eight } else { oracle::PixelConnectivity::Four },
        smallest: match smallest % 4 {
            0 => oracle::SmallestFocus::Any,
            1 | 2 => oracle::SmallestFocus::Pixels(3),
            _ => oracle::SmallestFocus::AreaMm2(1.0),
        },
        peak: if by_lesion { oracle::Peak::Lesion } else { oracle::Peak::Focus },
        slice_scaling: scaled,
        lesions: [
            oracle::LesionConnectivity::Six,
            oracle::LesionConnectivity::Eighteen,
            oracle::LesionConnectivity::TwentySix,
        ][lesions],
        ..oracle::Rules::default()
    };
    (protocol, rules)
}

/// A protocol file: one that is accepted can be printed, hashed and scored with, as can its neighbours.
pub(crate) fn protocol(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Ok(named) = NamedProtocol::from_toml("file:fuzzed", text) else { return false };
    let record = ProtocolRecord::new(&named, &named.protocol);
    let _ = record.differences();
    let volume = good_volume(3, 14);
    #[expect(clippy::cast_possible_truncation, reason = "the phantom's HU are whole numbers of 16 bits")]
    let values = volume.hu.mapv(|hu| hu as i16);
    let stored = Stored {
        values,
        rescale: Rescale::new(1.0, 0.0, 0).expect("HU as they are"),
        padding: None,
        spacing_mm: volume.spacing_mm,
        origin_lps_mm: volume.origin_lps_mm,
    };
    let candidates = stored.candidates(&named.protocol, 14);
    scored(&candidates, &Assigned::everything(), &named.protocol);
    for neighbour in neighbours(&named.protocol) {
        // Sensitivity scores the candidates of the protocol itself.
        foci(&candidates, &Assigned::everything(), &neighbour.protocol);
    }
    true
}
