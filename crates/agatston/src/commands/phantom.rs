//! `agatston phantom`

use crate::{cli::PhantomCommand, exit::Exit, failure::Failure, output};
use agatston_engine::{Assign, Choice, Request, ResultDocument, Source, Unwatched, score_sources, writers};
use agatston_phantom::{Check, EVERYTHING, Measure, Phantom, catalog, dicom, nifti};
use std::{fs, path::Path};

pub(crate) fn run(command: PhantomCommand) -> Result<Exit, Failure> {
    match command {
        PhantomCommand::List => {
            let line = |e: &catalog::Entry| format!("{:<12}{}\n", e.name, e.about);
            output::stdout(catalog::list().iter().map(line).collect::<String>().as_bytes())
        }
        PhantomCommand::Write { name, output, overwrite } => write(&build(&name)?, &output, overwrite),
        PhantomCommand::Check { names } => check(names),
    }
}

fn build(name: &str) -> Result<Phantom, Failure> {
    catalog::build(name).ok_or_else(|| Failure::Unknown {
        what: "phantom",
        name: name.to_owned(),
        known: catalog::list().iter().map(|e| e.name).collect::<Vec<_>>().join(", "),
    })
}

/// Writes the slices, and beside them the regions file and the label map that the phantom has.
fn write(phantom: &Phantom, folder: &Path, overwrite: bool) -> Result<Exit, Failure> {
    let filled = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if filled && !overwrite {
        return Err(Failure::Exists(folder.to_path_buf()));
    }
    output::folder(folder)?;
    let slices = dicom::write_series(folder, &phantom.volume, &phantom.header)?.len();
    let mut said = format!("{} slices in {}\n", slices, folder.display());
    if let Some(regions) = &phantom.regions_json {
        let path = folder.join("regions.json");
        output::file(&path, regions.as_bytes(), true)?;
        said += &format!("regions in {}\n", path.display());
    }
    if let Some(labels) = &phantom.labels {
        let path = folder.join("labels.nii.gz");
        nifti::write(&path, labels, &phantom.volume, nifti::LabelDepth::U8)?;
        said += &format!("label map in {} (scheme {})\n", path.display(), labels.scheme);
    }
    output::stdout(said.as_bytes())
}

/// Scores phantoms through the loader and compares; any miss is a bug of the program.
fn check(names: Vec<String>) -> Result<Exit, Failure> {
    let all = || catalog::list().iter().map(|e| e.name.to_owned()).collect();
    let names: Vec<String> = if names.is_empty() { all() } else { names };
    let (mut text, mut misses) = (String::new(), 0);
    for name in names {
        let phantom = build(&name)?;
        let (table, missed) = compare(&phantom, &Scored::new(&phantom)?);
        text += &table;
        misses += missed;
    }
    text += &if misses == 0 { "\nall within tolerance\n".to_owned() } else { format!("\n{misses} MISSED\n") };
    output::stdout(text.as_bytes())?;
    Ok(if misses == 0 { Exit::Done } else { Exit::Bug })
}

/// A phantom scored under `standard` with the bounds of 120 kV: by its regions, and everything.
struct Scored {
    by_region: Option<ResultDocument>,
    everything: ResultDocument,
}

impl Scored {
    fn new(phantom: &Phantom) -> Result<Self, Failure> {
        let regions = phantom.regions_json.as_deref().map(Assign::from_regions_json).transpose()?;
        Ok(Self {
            by_region: regions.map(|assign| score(phantom, assign)).transpose()?,
            everything: score(phantom, Assign::Everything)?,
        })
    }

    /// What the results say about the region and measure of a check.
    fn measured(&self, check: &Check) -> Option<f64> {
        let measures = if check.region == EVERYTHING {
            &self.everything.total.as_ref()?.measures
        } else {
            let result = self.by_region.as_ref()?;
            let artery = result.arteries.iter().find(|a| a.artery == check.region).map(|a| &a.measures);
            artery.or_else(|| result.regions.iter().find(|r| r.name == check.region).map(|r| &r.measures))?
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
    let request = Request { assign, mass_factor: phantom.mass_factor, ..Request::default() };
    let mut results = score_sources(sources, &Choice::Only, &request, &Unwatched)?;
    Ok(results.remove(0)) // there is at least one
}

fn compare(phantom: &Phantom, scored: &Scored) -> (String, usize) {
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
