//! From an input to results: select, check, scan, assign, score, record.

mod draft;
mod judged;
mod recorded;

use self::draft::Draft;
use crate::{
    Choice, Error, Request,
    compare::{PrivateFacts, Side},
    input::{files, left_out, unusable},
    result::{FilesRecord, ResultDocument},
    select::select,
    series::Checked,
    traced::Traced,
};
use agatston_core::Finding;
use agatston_dicom::{Refusal, SeriesFacts, Source, Watch, discover, group, index};
use std::path::PathBuf;

/// Scores what the paths hold: one result a series, refused ones included. At least one.
///
/// # Errors
///
/// When the outside fails, or the watch says stop. What is wrong with an input is a refused result.
pub fn score(
    inputs: &[PathBuf],
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<ResultDocument>, Error> {
    Ok(documents(score_sides(inputs, choice, request, watch)?))
}

/// As [`score`], each result as one side of a comparison: with what only serves to be compared.
///
/// # Errors
///
/// As [`score`].
pub fn score_sides(
    inputs: &[PathBuf],
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<Side>, Error> {
    match discover(inputs) {
        Ok(sources) => score_source_sides(sources, choice, request, watch),
        Err(error) => match unusable(&error) {
            Some(finding) => {
                let document = Draft::new(request, FilesRecord::default()).refused(vec![finding]);
                Ok(vec![Side::from(document)])
            }
            None => Err(error.into()),
        },
    }
}

/// As [`score`], from sources: files, entries of archives, or bytes in memory.
///
/// # Errors
///
/// As [`score`].
pub fn score_sources(
    sources: Vec<Source>,
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<ResultDocument>, Error> {
    Ok(documents(score_source_sides(sources, choice, request, watch)?))
}

fn documents(sides: Vec<Side>) -> Vec<ResultDocument> {
    sides.into_iter().map(|side| side.document).collect()
}

/// As [`score_sides`], from sources.
///
/// # Errors
///
/// As [`score`].
pub fn score_source_sides(
    sources: Vec<Source>,
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<Side>, Error> {
    let index = index(sources, request.workers, watch)?;
    let files = files(&index);
    let left_out = left_out(&index);
    match select(group(index), choice, request) {
        Err(finding) => {
            let mut draft = Draft::new(request, files);
            draft.findings.extend(left_out);
            Ok(vec![Side::from(draft.refused(vec![*finding]))])
        }
        Ok(selection) => selection
            .series
            .into_iter()
            .map(|checked| {
                let findings = selection.findings.iter().chain(&left_out).cloned().collect();
                score_checked(checked, files.clone(), findings, request, watch)
            })
            .collect(),
    }
}

/// Scores a series whose headers were checked; `findings` are those of its input.
///
/// # Errors
///
/// As [`score`].
pub(crate) fn score_checked(
    checked: Checked,
    files: FilesRecord,
    findings: Vec<Finding>,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Side, Error> {
    let mut draft = Draft::new(request, files);
    draft.findings.extend(findings);
    let private = Some(PrivateFacts::of(match &checked {
        Ok(series) => &series.facts,
        Err(refusal) => &refusal.facts,
    }));
    let (told, series) = match checked {
        Ok(series) => (draft.score(&series, watch)?, Some(series)),
        Err(refusal) => (draft.refused_unseen(refusal).into(), None),
    };
    let traced = series.zip(told.calcium).map(|(series, calcium)| Traced { series, calcium });
    Ok(Side { document: told.document, private, traced, anatomical: told.anatomical })
}

/// The refused result of a series, or of what should have been one.
pub(crate) fn refused(
    request: &Request,
    files: FilesRecord,
    facts: Option<&SeriesFacts>,
    findings: Vec<Finding>,
) -> ResultDocument {
    let draft = Draft::new(request, files);
    match facts {
        Some(facts) => draft.refused_unseen(Refusal { facts: Box::new(facts.clone()), findings }),
        None => draft.refused(findings),
    }
}
