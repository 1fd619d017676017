//! Phantoms scored through the loader and compared with what must be found.

use crate::failure::Failure;
use agatston_engine::{
    Assign, Calibration, Choice, Request, ResultDocument, Source, Unwatched, score_sources, writers,
};
use agatston_phantom::{Check, EVERYTHING, Measure, Phantom, dicom};

/// A phantom scored under `standard` with the bounds of 120 kV: by its regions, and everything.
pub(crate) struct Scored {
    by_region: Option<ResultDocument>,
    everything: ResultDocument,
}

impl Scored {
    pub(crate) fn new(phantom: &Phantom) -> Result<Self, Failure> {
        let regions = phantom.regions_json.as_deref().map(Assign::from_regions_json).transpose()?;
        Ok(Self {
            by_region: regions.map(|assign| score(phantom, assign)).transpose()?,
            everything: score(phantom, Assign::Everything)?,
        })
    }

    /// What the results say about the region and measure of a check.
    fn measured(&self, check: &Check) -> Option<f64> {
        let measures = if check.region == EVERYTHING {
            &self.everything.total.as_ref()?.sums.measures
        } else {
            let result = self.by_region.as_ref()?;
            let artery = result.arteries.iter().find(|a| a.artery == check.region).map(|a| &a.sums.measures);
            artery.or_else(|| {
                result.regions.iter().find(|r| r.name == check.region).map(|r| &r.sums.measures)
            })?
        };
        match check.measure {
            Measure::Agatston => measures.agatston,
            Measure::VolumeMm3 => measures.volume_mm3,
            Measure::MassMg => measures.mass_mg,
        }
    }
}

/// Scores the phantom as DICOM in memory, through the loader.
fn score(phantom: &Phantom, assign: Assign) -> Result<ResultDocument, Failure> {
    let objects = dicom::slice_objects(&phantom.volume, &phantom.header);
    let source = |(i, object)| Ok(Source::bytes(&dicom::file_name(i), dicom::encode(object)?));
    let sources: Vec<Source> = objects.iter().enumerate().map(source).collect::<Result<_, Failure>>()?;
    let calibration = Calibration { mass_factor: phantom.mass_factor, ..Calibration::default() };
    let request = Request { assign, calibration, ..Request::default() };
    let mut results = score_sources(sources, &Choice::Only, &request, &Unwatched)?;
    Ok(results.remove(0)) // there is at least one
}

/// The checks of a phantom as a table, and how many are missed.
pub(crate) fn compare(phantom: &Phantom, scored: &Scored) -> (String, usize) {
    let mut text = format!(
        "\n{}: {}\n{:<14}{:<11}{:>10}{:>10}{:>10}{:>19}\n",
        phantom.name, phantom.about, "region", "measure", "truth", "expected", "measured", "passes from, to"
    );
    let (mut missed, mut reason) = (0, "");
    for check in &phantom.checks {
        let measured = scored.measured(check);
        let holds = measured.is_some_and(|m| check.tolerance.holds(m));
        missed += usize::from(!holds);
        if check.reason != reason {
            reason = &check.reason;
            text += &writers::wrapped("  ", reason);
        }
        text += &row(check, measured, holds);
    }
    (text, missed)
}

fn row(check: &Check, measured: Option<f64>, holds: bool) -> String {
    let measure = match check.measure {
        Measure::Agatston => "Agatston",
        Measure::VolumeMm3 => "volume mm3",
        Measure::MassMg => "mass mg",
    };
    let measured = measured.map_or_else(|| "none".to_owned(), |m| format!("{m:.2}"));
    let passes = format!("{:>9.2}{:>10.2}", check.tolerance.low, check.tolerance.high);
    format!(
        "{:<14}{measure:<11}{:>10.2}{:>10.2}{measured:>10}{passes} {}\n",
        check.region,
        check.truth,
        check.expected,
        if holds { "ok" } else { "MISS" }
    )
}
