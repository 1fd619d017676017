//! The numbers that the checks compare with: each has a name, a default, a range, and can be set in a TOML file.
//!
//! Left out: the checks themselves. Those of headers and geometry are the loader's, those of pixels in
//! `plausibility` and `metal`.

use crate::Error;
use agatston_dicom::Cutoffs;
use std::{collections::BTreeMap, ops::RangeInclusive, path::Path};

/// Every cut-off.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Checks {
    /// Those of headers and geometry.
    pub series: Cutoffs,
    /// Those of pixels.
    pub pixels: PixelCutoffs,
}

/// Cut-offs of what is seen in the pixels. All are this project's choices unless a source is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelCutoffs {
    /// Air and lung are darker than this, HU.
    pub air_hu: f64,
    /// Least share of the pixels that are air or lung: a chest has a quarter and more.
    pub air_share: f64,
    /// Soft tissue lies between minus and plus this, HU.
    pub tissue_hu: f64,
    /// Least share of the pixels that are soft tissue.
    pub tissue_share: f64,
    /// Largest distance of the peak of air from -1000 HU that needs no word, and that is not refused, HU.
    pub offset_hu: [f64; 2],
    /// Share of the pixels that one bin of the peak of air must hold to be believed.
    pub offset_share: f64,
    /// HU from which joined voxels are metal: the densest calcium stays below 2000.
    pub metal_hu: f64,
    /// So many joined voxels are metal.
    pub metal_voxels: u64,
    /// Peak from which a lesion may be metal, HU: many stents stay below 2500.
    pub metal_suspect_hu: f64,
    /// Share of the pixels that candidates may be, percent: bone, contrast and noise together stay below it.
    pub candidates_percent: u64,
    /// Runs of candidates a slice on average; a noisy thin-slice chest has 1,600.
    pub runs_a_slice: u64,
}

impl Default for PixelCutoffs {
    fn default() -> Self {
        Self {
            air_hu: -500.0,
            air_share: 0.01,
            tissue_hu: 200.0,
            tissue_share: 0.01,
            offset_hu: [50.0, 80.0],
            offset_share: 0.01,
            metal_hu: 2500.0,
            metal_voxels: 3,
            metal_suspect_hu: 1500.0,
            candidates_percent: 25,
            runs_a_slice: 20_000,
        }
    }
}

/// Where the number of a cut-off is kept.
enum Place {
    Number(fn(&mut Checks) -> &mut f64, RangeInclusive<f64>),
    Count(fn(&mut Checks) -> &mut u64, RangeInclusive<u64>),
}

/// A cut-off as a file sets it.
struct Entry {
    name: &'static str,
    about: &'static str,
    place: Place,
}

/// Every cut-off by name, in the order in which they are printed.
const ENTRIES: &[Entry] = &[
    number(
        "missing_slice_ratio",
        "missing_slice: an increment over this multiple of the median",
        |c| &mut c.series.missing_slice_ratio,
        1.05..=1.9,
    ),
    number(
        "line_mm",
        "missing_slice: distance of a position from the straight line, mm",
        |c| &mut c.series.line_mm,
        0.001..=1.0,
    ),
    number(
        "line_ratio",
        "missing_slice: the same, as a part of the increment",
        |c| &mut c.series.line_ratio,
        0.0..=0.2,
    ),
    number(
        "axial_degrees",
        "not_axial, gantry_tilt: angle off the body axis, degrees",
        |c| &mut c.series.axial_degrees,
        0.01..=5.0,
    ),
    number(
        "shear_pixels",
        "sheared: drift along the stack, pixels",
        |c| &mut c.series.shear_pixels,
        0.01..=5.0,
    ),
    number(
        "gap_mm",
        "interslice_gap: an increment may exceed the thickness by this, mm",
        |c| &mut c.series.gap_mm,
        0.0..=1.0,
    ),
    number(
        "gap_ratio",
        "interslice_gap: from this multiple of the thickness on refused",
        |c| &mut c.series.gap_ratio,
        1.0..=2.0,
    ),
    number("coverage_mm", "short_coverage: under this, mm", |c| &mut c.series.coverage_mm, 0.0..=200.0),
    number(
        "thickness_least_mm",
        "nonstandard_thickness: below this, mm",
        |c| &mut c.series.thickness_mm[0],
        0.1..=10.0,
    ),
    number(
        "thickness_most_mm",
        "nonstandard_thickness: above this, mm",
        |c| &mut c.series.thickness_mm[1],
        0.1..=10.0,
    ),
    number(
        "increment_ratio",
        "nonstandard_thickness: increment under this part of the thickness",
        |c| &mut c.series.increment_ratio,
        0.0..=1.0,
    ),
    number("pixel_least_mm", "coarse_pixels: below this, mm", |c| &mut c.series.pixel_mm[0], 0.01..=5.0),
    number("pixel_most_mm", "coarse_pixels: above this, mm", |c| &mut c.series.pixel_mm[1], 0.01..=5.0),
    number("air_hu", "no_air: air and lung are darker, HU", |c| &mut c.pixels.air_hu, -900.0..=-300.0),
    number("air_share", "no_air: least share of the pixels", |c| &mut c.pixels.air_share, 0.0..=0.5),
    number(
        "tissue_hu",
        "no_soft_tissue: between minus and plus this, HU",
        |c| &mut c.pixels.tissue_hu,
        50.0..=300.0,
    ),
    number(
        "tissue_share",
        "no_soft_tissue: least share of the pixels",
        |c| &mut c.pixels.tissue_share,
        0.0..=0.5,
    ),
    number(
        "offset_warning_hu",
        "hu_offset: peak of air this far off -1000 is told, HU",
        |c| &mut c.pixels.offset_hu[0],
        5.0..=100.0,
    ),
    number(
        "offset_refusal_hu",
        "hu_offset: this far off is refused, HU",
        |c| &mut c.pixels.offset_hu[1],
        5.0..=100.0,
    ),
    number(
        "offset_share",
        "hu_offset: share of the pixels in the peak",
        |c| &mut c.pixels.offset_share,
        0.001..=0.5,
    ),
    number("metal_hu", "metal: voxels at or over this, HU", |c| &mut c.pixels.metal_hu, 1000.0..=30_000.0),
    count("metal_voxels", "metal: joined voxels", |c| &mut c.pixels.metal_voxels, 1..=1000),
    number(
        "metal_suspect_hu",
        "lesion flag metal_suspect: peak at or over this, HU",
        |c| &mut c.pixels.metal_suspect_hu,
        500.0..=30_000.0,
    ),
    count(
        "candidates_percent",
        "too_many_candidates: percent of the pixels",
        |c| &mut c.pixels.candidates_percent,
        1..=50,
    ),
    count(
        "runs_a_slice",
        "too_many_candidates: runs a slice on average",
        |c| &mut c.pixels.runs_a_slice,
        1..=50_000,
    ),
    count("planes", "limits: planes of a series", |c| &mut c.series.planes, 1..=65_535),
    count("side", "limits: rows or columns", |c| &mut c.series.side, 1..=16_384),
];

const fn number(
    name: &'static str,
    about: &'static str,
    of: fn(&mut Checks) -> &mut f64,
    range: RangeInclusive<f64>,
) -> Entry {
    Entry { name, about, place: Place::Number(of, range) }
}

const fn count(
    name: &'static str,
    about: &'static str,
    of: fn(&mut Checks) -> &mut u64,
    range: RangeInclusive<u64>,
) -> Entry {
    Entry { name, about, place: Place::Count(of, range) }
}

/// Largest file of cut-offs; one that names all of them has 3 kB.
const BYTES_MAX: u64 = 1 << 20;

impl Checks {
    /// The cut-offs that a TOML file sets, over the defaults.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or as [`from_toml`](Self::from_toml).
    pub fn load(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Read { what: "cut-offs".to_owned(), source };
        let about = std::fs::metadata(path).map_err(unreadable)?;
        if !about.is_file() || about.len() > BYTES_MAX {
            return Err(Error::Cutoffs { problem: "it is no file of a few lines".to_owned() });
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let text = String::from_utf8(bytes);
        Self::from_toml(&text.map_err(|_| Error::Cutoffs { problem: "it is no text in UTF-8".to_owned() })?)
    }

    /// The cut-offs that a TOML text sets, over the defaults.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, names a cut-off that does not exist, or gives it a value out of its range.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let wrong = |problem: String| Error::Cutoffs { problem };
        let table: BTreeMap<String, toml::Value> = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        let mut checks = Self::default();
        for (name, value) in &table {
            let entry = ENTRIES.iter().find(|entry| entry.name == name);
            let entry = entry.ok_or_else(|| wrong(format!("no cut-off is called {name:?}")))?;
            entry.set(&mut checks, value).map_err(wrong)?;
        }
        let pairs = [
            ("thickness_least_mm", "thickness_most_mm", checks.series.thickness_mm),
            ("pixel_least_mm", "pixel_most_mm", checks.series.pixel_mm),
            ("offset_warning_hu", "offset_refusal_hu", checks.pixels.offset_hu),
            ("metal_suspect_hu", "metal_hu", [checks.pixels.metal_suspect_hu, checks.pixels.metal_hu]),
        ];
        if let Some((low, high, [least, most])) = pairs.into_iter().find(|(_, _, [least, most])| least > most)
        {
            return Err(wrong(format!("{low} = {least} is over {high} = {most}")));
        }
        Ok(checks)
    }

    /// A TOML text that sets every cut-off to what it is.
    pub fn to_toml(&self) -> String {
        let mut checks = self.clone();
        let line = |entry: &Entry| {
            let (value, range) = entry.shown(&mut checks);
            format!("{:<28} # {} ({range})\n", format!("{} = {value}", entry.name), entry.about)
        };
        ENTRIES.iter().map(line).collect()
    }

    /// The cut-offs that are not the default, by name.
    pub fn changed(&self) -> BTreeMap<String, f64> {
        let (mut own, mut default) = (self.clone(), Self::default());
        let values = ENTRIES.iter().map(|e| (e.name.to_owned(), e.value(&mut own), e.value(&mut default)));
        values.filter(|(_, own, default)| own != default).map(|(name, own, _)| (name, own)).collect()
    }
}

impl Entry {
    fn set(&self, checks: &mut Checks, value: &toml::Value) -> Result<(), String> {
        let out = |range: String| format!("{} needs {range}", self.name);
        match &self.place {
            Place::Number(of, range) => {
                #[expect(clippy::cast_precision_loss, reason = "a whole number in a range of small numbers")]
                let given = value.as_float().or_else(|| value.as_integer().map(|i| i as f64));
                let given = given.filter(|x| range.contains(x));
                *of(checks) = given.ok_or_else(|| out(format!("{} to {}", range.start(), range.end())))?;
            }
            Place::Count(of, range) => {
                let given = value.as_integer().and_then(|i| u64::try_from(i).ok());
                let given = given.filter(|n| range.contains(n));
                *of(checks) = given.ok_or_else(|| {
                    out(format!("a whole number from {} to {}", range.start(), range.end()))
                })?;
            }
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "counts in a range of small numbers")]
    fn value(&self, checks: &mut Checks) -> f64 {
        match &self.place {
            Place::Number(of, _) => *of(checks),
            Place::Count(of, _) => *of(checks) as f64,
        }
    }

    /// The value and its range, as TOML writes them.
    fn shown(&self, checks: &mut Checks) -> (String, String) {
        match &self.place {
            Place::Number(of, range) => {
                (format!("{:?}", of(checks)), format!("{:?} to {:?}", range.start(), range.end()))
            }
            Place::Count(of, range) => {
                (of(checks).to_string(), format!("{} to {}", range.start(), range.end()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_read() {
        let checks = Checks::default();
        assert_eq!(Checks::from_toml(&checks.to_toml()).unwrap(), checks);
        assert!(checks.changed().is_empty());
        let changed = Checks::from_toml("metal_voxels = 5\ncoverage_mm = 90").unwrap();
        assert_eq!((changed.pixels.metal_voxels, changed.series.coverage_mm), (5, 90.0));
        let expected = [("coverage_mm".to_owned(), 90.0), ("metal_voxels".to_owned(), 5.0)];
        assert_eq!(changed.changed(), expected.into());
        assert_eq!(Checks::from_toml(&changed.to_toml()).unwrap(), changed);
    }

    /// Every default lies in its range, and every name is its own.
    #[test]
    fn every_cut_off_is_in_its_range() {
        for entry in ENTRIES {
            let text = format!("{} = {}", entry.name, entry.shown(&mut Checks::default()).0);
            assert!(Checks::from_toml(&text).is_ok(), "{text}");
            assert_eq!(ENTRIES.iter().filter(|other| other.name == entry.name).count(), 1, "{}", entry.name);
        }
    }

    #[test]
    fn wrong_cut_offs_are_named() {
        let check = |text: &str, part: &str| {
            let problem = Checks::from_toml(text).unwrap_err().to_string();
            assert!(problem.contains(part), "{text}: {problem}");
        };
        check("coverage = 60", "no cut-off is called \"coverage\"");
        check("missing_slice_ratio = 100", "1.05 to 1.9");
        check("metal_voxels = 2.5", "a whole number from 1 to 1000");
        check("air_hu = nan", "-900 to -300");
        check("pixel_least_mm = 0.8", "pixel_least_mm = 0.8 is over pixel_most_mm = 0.75");
        check("air_hu", "TOML");
    }
}
