//! One side of a comparison: a result, and what was read beside it that no output may tell.

use crate::{anatomical::Anatomical, result::ResultDocument, traced::Traced};
use agatston_dicom::{SeriesFacts, Sex};

/// One of the two scans that are compared.
#[derive(Debug)]
pub struct Side {
    /// Its result.
    pub document: ResultDocument,
    /// What only a series that was scored in this run can tell.
    pub private: Option<PrivateFacts>,
    /// Where its calcium is, and the way back to its pixels; only of a series that was scored in this run and when asked for.
    pub traced: Option<Traced>,
    /// What the anatomy was found to be, as far as it was looked for; only when asked for.
    pub anatomical: Option<Anatomical>,
}

/// What tells whether two scans are of one person, and how far apart. It is compared and subtracted, and never shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrivateFacts {
    /// A number that is the same for the same PatientID.
    pub patient: Option<u64>,
    /// PatientSex.
    pub sex: Option<Sex>,
    /// Day of the acquisition, counted from 1970-01-01.
    pub acquisition_day: Option<i32>,
}

impl PrivateFacts {
    pub(crate) fn of(facts: &SeriesFacts) -> Self {
        Self { patient: facts.patient, sex: facts.patient_sex, acquisition_day: facts.acquisition_day }
    }
}

impl From<ResultDocument> for Side {
    fn from(document: ResultDocument) -> Self {
        Self { document, private: None, traced: None, anatomical: None }
    }
}
