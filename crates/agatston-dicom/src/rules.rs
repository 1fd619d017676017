//! What is asked of a series, with the cut-offs of the checks. Each is a number with a source.

use std::collections::BTreeSet;

use agatston_core::{Class, Finding, Severity};

/// What is asked of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The score speaks of coronary arteries. When not, class C is recorded as a warning and refuses nothing.
    pub coronary: bool,
    /// This very stack was chosen by the user: others under the same SeriesInstanceUID are left out knowingly.
    pub chosen: bool,
    /// Codes of class C whose refusal becomes a warning. Class G always refuses.
    pub allow: BTreeSet<String>,
    /// Warnings refuse too.
    pub strict: bool,
    /// HU from which padding would take candidates away: below every bound that may apply.
    pub padding_below_hu: f64,
    /// The cut-offs.
    pub cutoffs: Cutoffs,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            coronary: true,
            chosen: false,
            allow: BTreeSet::new(),
            strict: false,
            padding_below_hu: 100.0, // the lowest bound of a shipped protocol is 112.5
            cutoffs: Cutoffs::default(),
        }
    }
}

impl Rules {
    /// Gives a finding the severity that the rules leave to it, wherever it was made.
    ///
    /// A refusal of class C is a warning where the user allowed it or the score is not called coronary; under `strict` every
    /// other warning is a refusal.
    pub fn settle(&self, finding: &mut Finding) {
        let coronary = finding.code.class() == Class::Coronary;
        let overruled = coronary && (!self.coronary || self.allow.contains(finding.code.name()));
        if overruled && finding.severity == Severity::Refusal {
            finding.severity = Severity::Warning;
        } else if !overruled && self.strict && finding.severity == Severity::Warning {
            finding.severity = Severity::Refusal;
        }
    }
}

/// The numbers behind the checks. All are this project's choices unless a source is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cutoffs {
    /// A neighbour distance over this multiple of the median is a missing slice.
    pub missing_slice_ratio: f64,
    /// Positions may be off the straight line by this much, mm: DS values rounded to 0.1 mm occur.
    pub line_mm: f64,
    /// Or by this part of the increment.
    pub line_ratio: f64,
    /// Largest angle between the normal and the body axis, and largest gantry tilt, degrees.
    pub axial_degrees: f64,
    /// Largest drift along the stack, pixels.
    pub shear_pixels: f64,
    /// An increment may exceed the thickness by this much, mm.
    pub gap_mm: f64,
    /// An increment over this multiple of the thickness leaves out too much to be scored.
    pub gap_ratio: f64,
    /// Least coverage, mm: a heart is 90 to 150 mm long.
    pub coverage_mm: f64,
    /// Tube voltage of the Agatston score, kV (Agatston et al., 1990, as standardised by Ohnesorge et al., 2002).
    pub kvp: f64,
    /// Slice thickness of the Agatston score, mm: 3 mm (Agatston et al., 1990), 2.5 mm on scanners without 3 mm.
    pub thickness_mm: [f64; 2],
    /// An increment under this part of the thickness is not Agatston's.
    pub increment_ratio: f64,
    /// Pixel spacings that are ordinary, mm.
    pub pixel_mm: [f64; 2],
    /// Most planes of a series.
    pub planes: u64,
    /// Most rows and columns.
    pub side: u64,
}

impl Default for Cutoffs {
    fn default() -> Self {
        Self {
            missing_slice_ratio: 1.5,
            line_mm: 0.1,
            line_ratio: 0.02,
            axial_degrees: 1.0,
            shear_pixels: 0.5,
            gap_mm: 0.1,
            gap_ratio: 1.2,
            coverage_mm: 60.0,
            kvp: 120.0,
            thickness_mm: [2.45, 3.05],
            increment_ratio: 0.5,
            pixel_mm: [0.2, 0.75],
            planes: 65_535,
            side: 4096,
        }
    }
}
