//! Reference regions measured: what rods, water and blood look like on this scan, and whether they can be that.

use crate::{
    Error,
    code::{REFERENCE_TOO_SMALL, REFERENCES_CONTRADICT},
    planes::{PLANES_AT_ONCE, read},
    request::refusal_of,
    result::{ReferenceKind, ReferenceRecord},
    scan::Unscanned,
};
use agatston_core::{Finding, Plane, Rescale, Rod, Rods};
use agatston_dicom::{Series, Workers};
use agatston_labels::{Content, Error as LabelsError, PlacedReference, References, Span};
use std::{collections::BTreeSet, path::Path};

/// Fewest voxels that a mean and its spread are taken of.
const VOXELS_MIN: u64 = 10;

/// Means of two regions that hold the same may differ by both their standard deviations, and in any case by this, HU:
/// beam hardening shifts the same material by that much from place to place.
const SAME_HU: f64 = 20.0;

/// The density of the rod that the spatially weighted score is made with, mg/cm3 (Liang et al., 2012).
const LIANG_MG_CM3: f64 = 100.0;

/// Regions of known content that calibrate a scan.
#[derive(Clone, Debug, Default)]
pub enum ReferenceRegions {
    /// None.
    #[default]
    None,
    /// Those of a file.
    Read(Box<References>),
    /// A file that is refused whatever the series: every series is refused with this reason.
    Unusable(Box<Finding>),
}

impl ReferenceRegions {
    /// Reads a file. One with something wrong in it is [`ReferenceRegions::Unusable`]: a refusal, with its code, in the
    /// result.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        match References::read(path) {
            Ok(references) => Ok(Self::Read(Box::new(references))),
            Err(LabelsError::Refused { file, finding }) => Ok(Self::Unusable(refusal_of(&file, finding))),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads every voxel of every region, and holds the regions against each other.
    pub(crate) fn measure(&self, series: &Series, workers: Workers) -> Result<Measured, Unscanned> {
        let refused = |finding: Box<Finding>| Unscanned::Refused(vec![*finding]);
        let references = match self {
            Self::None => return Ok(Measured::default()),
            Self::Unusable(finding) => return Err(refused(finding.clone())),
            Self::Read(references) => references,
        };
        let (placed, findings) =
            references.on(&series.geometry, series.planes.len()).map_err(|error| match error {
                LabelsError::Refused { file, finding } => refused(refusal_of(&file, finding)),
                error => Unscanned::Failed(error.into()),
            })?;
        let sums = sums(series, &placed, workers)?;
        let regions = placed.iter().zip(sums).map(|(region, sum)| record(region, &sum));
        let regions =
            regions.collect::<Result<_, _>>().map_err(|f| Unscanned::Refused(vec![self.named(f)]))?;
        let measured = Measured { regions, findings };
        match measured.contradiction() {
            Some(finding) => Err(Unscanned::Refused(vec![self.named(Box::new(finding))])),
            None => Ok(measured),
        }
    }

    /// A refusal that names the file.
    pub(crate) fn named(&self, finding: Box<Finding>) -> Finding {
        match self {
            Self::Read(references) => *refusal_of(references.file(), finding),
            Self::None | Self::Unusable(_) => *finding,
        }
    }
}

/// Reference regions with what was read from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measured {
    /// In the order of the file.
    pub(crate) regions: Vec<ReferenceRecord>,
    /// What was noticed about their places.
    pub(crate) findings: Vec<Finding>,
}

impl Measured {
    /// Density in mg/cm3 and region of every rod, water included, by density and then in the order of the file.
    fn by_density(&self) -> Vec<(f64, &ReferenceRecord)> {
        let mut rods: Vec<(f64, &ReferenceRecord)> =
            self.regions.iter().filter_map(|r| Some((r.ha_mg_cm3?, r))).collect();
        rods.sort_by(|a, b| a.0.total_cmp(&b.0));
        rods
    }

    /// Mean HU and density of every rod, water included, by density.
    pub(crate) fn calibration_points(&self) -> Vec<[f64; 2]> {
        self.by_density().iter().map(|(mg_cm3, region)| [region.mean_hu, *mg_cm3]).collect()
    }

    /// The rods that scores without a threshold are made with: of several of one density the first of the file.
    pub(crate) fn rods(&self) -> Rods {
        let rods = self.by_density();
        let rod =
            |&(ha_mg_cm3, r): &(f64, &ReferenceRecord)| Rod { mean_hu: r.mean_hu, sd_hu: r.sd_hu, ha_mg_cm3 };
        let densest = rods.last().map(|last| last.0).filter(|mg_cm3| *mg_cm3 > 0.0);
        let of_density = |density: f64| rods.iter().find(|(mg_cm3, _)| *mg_cm3 == density).map(rod);
        Rods { calcium: densest.and_then(of_density), at_100_mg_cm3: of_density(LIANG_MG_CM3) }
    }

    /// Standard deviation of the HU of blood; the first region of the file that holds it.
    pub(crate) fn blood_sd_hu(&self) -> Option<f64> {
        self.regions.iter().find(|r| r.kind == ReferenceKind::Blood).map(|r| r.sd_hu)
    }

    /// Why the rods cannot be what they are said to be: more calcium is brighter, and as much is as bright.
    fn contradiction(&self) -> Option<Finding> {
        let rods = self.by_density();
        let wrong = |(a, b): (&(f64, &ReferenceRecord), &(f64, &ReferenceRecord)), message: &str| {
            let told = |(mg_cm3, r): &(f64, &ReferenceRecord)| {
                format!("{:?} of {mg_cm3} mg/cm3 with {:.1} HU", r.name, r.mean_hu)
            };
            Finding::refusal(REFERENCES_CONTRADICT, message)
                .seen(format!("{} and {}", told(a), told(b)))
                .expected("HU that grow with the density")
                .next_step("check where the regions lie and which density each of them has")
        };
        let pairs = || rods.iter().enumerate().flat_map(|(i, b)| rods[..i].iter().map(move |a| (a, b)));
        let apart = |a: &ReferenceRecord, b: &ReferenceRecord| {
            (a.mean_hu - b.mean_hu).abs() > SAME_HU.max(a.sd_hu + b.sd_hu)
        };
        let unequal = pairs().find(|(a, b)| a.0 == b.0 && apart(a.1, b.1));
        let reversed = pairs().find(|(a, b)| a.0 < b.0 && a.1.mean_hu >= b.1.mean_hu);
        unequal
            .map(|pair| wrong(pair, "two reference rods of one density are not equally bright"))
            .or_else(|| reversed.map(|pair| wrong(pair, "a reference rod is no brighter than a lighter one")))
    }
}

/// What the HU of some voxels add up to.
#[derive(Clone, Copy, Default)]
struct Sum {
    voxels: u32,
    hu: f64,
    hu_squared: f64,
}

impl Sum {
    /// Takes the voxels of a span that are no padding.
    fn take(&mut self, span: &Span, plane: &Plane<'_>, rescale: Rescale) {
        let row = plane.stored.row(span.row.into());
        for &stored in row.iter().take(span.end.into()).skip(span.start.into()) {
            if !plane.padding.is_some_and(|padding| padding.contains(stored)) {
                let hu = rescale.hu(stored);
                self.voxels += 1;
                self.hu += hu;
                self.hu_squared += hu * hu;
            }
        }
    }

    /// Mean, and standard deviation as estimated from a sample.
    fn mean_and_sd(&self) -> [f64; 2] {
        let n = f64::from(self.voxels);
        let scatter = n.mul_add(self.hu_squared, -(self.hu * self.hu)).max(0.0);
        [self.hu / n, (scatter / (n * (n - 1.0))).sqrt()]
    }
}

/// Reads the slices that carry a region, some at a time; sums in the order of the slices.
fn sums(series: &Series, regions: &[PlacedReference<'_>], workers: Workers) -> Result<Vec<Sum>, Unscanned> {
    let needed: BTreeSet<u16> = regions.iter().flat_map(|r| &r.voxels).map(|span| span.slice).collect();
    let needed: Vec<u16> = needed.into_iter().collect();
    let mut sums = vec![Sum::default(); regions.len()];
    for slices in needed.chunks(PLANES_AT_ONCE) {
        for (slice, kept) in slices.iter().zip(read(series, slices, workers)?) {
            let (plane, rescale) = (kept.plane(), series.planes[usize::from(*slice)].rescale);
            for (sum, region) in sums.iter_mut().zip(regions) {
                let first = region.voxels.partition_point(|span| span.slice < *slice);
                let spans = region.voxels[first..].iter().take_while(|span| span.slice == *slice);
                spans.for_each(|span| sum.take(span, &plane, rescale));
            }
        }
    }
    Ok(sums)
}

fn record(region: &PlacedReference<'_>, sum: &Sum) -> Result<ReferenceRecord, Box<Finding>> {
    let voxels = u64::from(sum.voxels);
    if voxels < VOXELS_MIN {
        let message = format!("reference region {:?} holds too few voxels", region.name);
        let finding = Finding::refusal(REFERENCE_TOO_SMALL, message)
            .seen(format!("{voxels} that are no padding"))
            .expected(format!("{VOXELS_MIN} or more"))
            .next_step("make the region larger, within the material");
        return Err(Box::new(finding));
    }
    let (kind, ha_mg_cm3) = match region.content {
        Content::Hydroxyapatite { mg_cm3 } if mg_cm3 > 0.0 => (ReferenceKind::Rod, Some(mg_cm3)),
        Content::Hydroxyapatite { .. } => (ReferenceKind::Water, Some(0.0)),
        Content::Blood => (ReferenceKind::Blood, None),
    };
    let [mean_hu, sd_hu] = sum.mean_and_sd();
    Ok(ReferenceRecord { name: region.name.to_owned(), kind, ha_mg_cm3, voxels, mean_hu, sd_hu })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str, ha_mg_cm3: Option<f64>, mean_hu: f64) -> ReferenceRecord {
        let kind = match ha_mg_cm3 {
            None => ReferenceKind::Blood,
            Some(0.0) => ReferenceKind::Water,
            Some(_) => ReferenceKind::Rod,
        };
        ReferenceRecord { name: name.to_owned(), kind, ha_mg_cm3, voxels: 100, mean_hu, sd_hu: 4.0 }
    }

    fn measured(regions: &[(Option<f64>, f64)]) -> Measured {
        let regions = regions.iter().enumerate();
        let regions = regions.map(|(i, (density, hu))| region(&i.to_string(), *density, *hu)).collect();
        Measured { regions, findings: Vec::new() }
    }

    #[test]
    fn more_calcium_is_brighter_and_as_much_as_bright() {
        let check = |regions: &[(Option<f64>, f64)], contradicts: bool| {
            assert_eq!(measured(regions).contradiction().is_some(), contradicts, "{regions:?}");
        };
        check(&[(Some(200.0), 260.0), (Some(0.0), 3.0), (None, 300.0)], false);
        check(&[(Some(200.0), 3.0), (Some(0.0), 260.0)], true);
        check(&[(Some(200.0), 260.0), (Some(100.0), 130.0), (Some(400.0), 200.0)], true);
        check(&[(Some(200.0), 260.0), (Some(200.0), 275.0)], false);
        check(&[(Some(200.0), 260.0), (Some(200.0), 285.0)], true);
        check(&[], false);
    }

    #[test]
    fn the_rods_of_the_scores_without_a_threshold() {
        let all = [
            (Some(100.0), 130.0),
            (Some(400.0), 520.0),
            (Some(0.0), 1.0),
            (None, 45.0),
            (Some(400.0), 530.0),
        ];
        let found = measured(&all);
        assert_eq!(found.rods().calcium.map(|r| (r.ha_mg_cm3, r.mean_hu)), Some((400.0, 520.0)));
        assert_eq!(found.rods().at_100_mg_cm3.map(|r| r.mean_hu), Some(130.0));
        assert_eq!(found.blood_sd_hu(), Some(4.0));
        assert_eq!(measured(&[(Some(0.0), 1.0)]).rods(), Rods::default(), "water is no calcium");
    }

    /// 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squared deviations 32, sample SD sqrt(32 / 7).
    #[test]
    fn mean_and_sample_sd() {
        let mut sum = Sum::default();
        for hu in [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            sum.voxels += 1;
            sum.hu += hu;
            sum.hu_squared += hu * hu;
        }
        let [mean, sd] = sum.mean_and_sd();
        assert_eq!(mean, 5.0);
        assert!((sd - (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
    }
}
