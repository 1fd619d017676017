//! `agatston phantom`

use crate::{
    chest_matrix,
    cli::PhantomCommand,
    exit::Exit,
    failure::{Failure, named},
    fault_matrix::{Matrix, Row, table},
    output,
    pair_matrix::{self, Group, group},
    phantom_check::{Scored, compare},
};
use agatston_phantom::{
    Phantom, catalog,
    damage::{self, NamedFile},
    dicom, nifti,
    pairs::Kind,
};
use std::{fs, path::Path};

pub(crate) fn run(command: PhantomCommand) -> Result<Exit, Failure> {
    match command {
        PhantomCommand::List => {
            let line = |e: &catalog::Entry| format!("{:<12}{}\n", e.name, e.about);
            output::stdout(catalog::list().iter().map(line).collect::<String>().as_bytes())
        }
        PhantomCommand::Write { name, output, overwrite } => write(&build(&name)?, &output, overwrite),
        PhantomCommand::Chests { from, most, others } => chests(from..from.saturating_add(most), others),
        PhantomCommand::Check { names } => check(names),
        PhantomCommand::Pairs { kinds, most } => pairs(&kinds, most),
        PhantomCommand::Faults { series } => faults(series.as_deref()),
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
    remove_slices(folder)?;
    let slices = dicom::write_series(folder, &phantom.volume, &phantom.header).map_err(without_path)?.len();
    let mut said = format!("{} slices in {}\n", slices, named(folder));
    if let Some(regions) = &phantom.regions_json {
        let path = folder.join("regions.json");
        output::file(&path, regions.as_bytes(), true)?;
        said += &format!("regions in {}\n", named(&path));
    }
    if let Some(labels) = &phantom.labels {
        let path = folder.join("labels.nii.gz");
        nifti::write(&path, labels, &phantom.volume, nifti::LabelDepth::U8).map_err(without_path)?;
        said += &format!("label map in {} (scheme {})\n", named(&path), labels.scheme);
    }
    output::stdout(said.as_bytes())
}

/// A failure to write, said as every other.
fn without_path(error: agatston_phantom::Error) -> Failure {
    match error {
        agatston_phantom::Error::Write { path, source } => Failure::Write { path, source },
        other => other.into(),
    }
}

/// Removes slices of an earlier phantom, which would mix with the new ones.
fn remove_slices(folder: &Path) -> Result<(), Failure> {
    let wrong = |source| Failure::Write { path: folder.to_path_buf(), source };
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let number = name.strip_prefix("IM").and_then(|n| n.strip_suffix(".dcm"));
        if number.is_some_and(|n| n.len() == 4 && n.bytes().all(|b| b.is_ascii_digit())) {
            fs::remove_file(&path).map_err(wrong)?;
        }
    }
    Ok(())
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

/// Damages a good series in every way; any that does not come to what it must is a bug of the program.
fn faults(series: Option<&Path>) -> Result<Exit, Failure> {
    let matrix = match series {
        None => Matrix::generated()?,
        Some(folder) => Matrix::of(damage::as_written_here(&read_files(folder)?)?)?,
    };
    let rows = matrix.rows()?;
    let right = rows.iter().filter(|row| row.is_right()).count();
    let text = format!(
        "{}\n{right} of {} damages came to what they must; the good series scores {:.2}.\n",
        table(&rows),
        rows.len(),
        matrix.score()
    );
    output::stdout(text.as_bytes())?;
    Ok(if rows.iter().all(Row::is_right) { Exit::Done } else { Exit::Bug })
}

/// Compares pairs of scans; any kind that does not come to what it must is a bug of the program.
fn pairs(names: &[String], most: Option<u32>) -> Result<Exit, Failure> {
    let kind = |name: &String| {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| Failure::Unknown {
            what: "kind of pairs",
            name: name.clone(),
            known: Kind::ALL.map(Kind::as_str).join(", "),
        })
    };
    let kinds: Vec<Kind> = names.iter().map(kind).collect::<Result<_, Failure>>()?;
    let kinds = if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds };
    let groups: Vec<Group> =
        kinds.into_iter().map(|kind| group(kind, most)).collect::<Result<_, Failure>>()?;
    output::stdout(pair_matrix::table(&groups).as_bytes())?;
    Ok(if groups.iter().all(Group::is_right) { Exit::Done } else { Exit::Bug })
}

/// Scores chests by their anatomy; any that does not come to what it must is a bug of the program.
fn chests(seeds: std::ops::Range<u64>, others: u64) -> Result<Exit, Failure> {
    let groups = chest_matrix::groups(seeds, others)?;
    output::stdout(chest_matrix::table(&groups).as_bytes())?;
    Ok(if groups.iter().all(chest_matrix::Group::is_right) { Exit::Done } else { Exit::Bug })
}

/// The DICOM files of a folder, without those below it.
fn read_files(folder: &Path) -> Result<Vec<NamedFile>, Failure> {
    let wrong = |source| Failure::Read { path: folder.to_path_buf(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        if entry.file_type().map_err(wrong)?.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.push(NamedFile { name, bytes: fs::read(entry.path()).map_err(wrong)? });
        }
    }
    files.retain(|file| file.bytes.get(128..132) == Some(b"DICM".as_slice()));
    if files.is_empty() {
        let problem = "there is no DICOM file in the folder; folders below it are not looked into".to_owned();
        return Err(Failure::Usage { option: "--series", problem });
    }
    Ok(files)
}
