//! What is asked of the engine, validated and resolved: no file name that is still to be read.

use crate::{AssignedBy, Checks, Error, KvpMode, NamedProtocol, pattern::LabelsPattern};
use agatston_core::{Class, Finding, Protocol};
use agatston_dicom::{Rules, Series, Workers};
use agatston_labels::{Edits, Error as LabelsError, Labels, ReadOptions};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet, path::Path};

/// Who says which candidates are coronary, and in which artery.
#[derive(Clone, Debug)]
pub enum Assign {
    /// Nobody: the series is refused.
    Nobody,
    /// Every candidate counts, in one region that is never called coronary.
    Everything,
    /// A label source.
    Labels(Box<Labels>),
    /// A label source for each series, read when the series is known.
    Pattern {
        /// Where it is.
        pattern: LabelsPattern,
        /// How it is to be read.
        options: ReadOptions,
    },
    /// A reader's decisions, over what another source assigns, or nobody.
    Edited {
        /// What was assigned before.
        base: Box<Self>,
        /// The decisions.
        edits: Box<Edits>,
    },
    /// A label source that is refused whatever the series: every series is refused with this reason.
    Unusable(Box<Finding>),
}

impl Assign {
    /// Reads a label source.
    ///
    /// A source with something wrong in it is [`Assign::Unusable`]: a refusal, with its code, in the result.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn from_labels(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        match agatston_labels::read(path, options) {
            Ok(labels) => Ok(Self::Labels(Box::new(labels))),
            Err(LabelsError::Refused { file, finding }) => Ok(Self::Unusable(refusal_of(&file, finding))),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads a log of edits, to be replayed over this assignment. A log with something wrong in it makes the whole
    /// [`Assign::Unusable`].
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn with_edits(self, path: &Path) -> Result<Self, Error> {
        match Edits::read(path) {
            Ok(_) if matches!(self, Self::Unusable(_)) => Ok(self),
            Ok(edits) => Ok(Self::Edited { base: Box::new(self), edits: Box::new(edits) }),
            Err(LabelsError::Refused { file, finding }) => Ok(Self::Unusable(refusal_of(&file, finding))),
            Err(error) => Err(error.into()),
        }
    }

    /// The same, once it is known which series it is for: a pattern becomes the labels of that series.
    ///
    /// # Errors
    ///
    /// When the label file of the series cannot be read.
    pub(crate) fn of_series(&self, series: &Series) -> Result<Cow<'_, Self>, Error> {
        match self {
            Self::Pattern { pattern, options } => match pattern.path(series) {
                Ok(path) => Self::from_labels(&path, options).map(Cow::Owned),
                Err(finding) => Ok(Cow::Owned(Self::Unusable(finding))),
            },
            Self::Edited { base, edits } => Ok(match base.of_series(series)? {
                Cow::Borrowed(_) => Cow::Borrowed(self),
                Cow::Owned(unusable @ Self::Unusable(_)) => Cow::Owned(unusable),
                Cow::Owned(base) => Cow::Owned(Self::Edited { base: Box::new(base), edits: edits.clone() }),
            }),
            _ => Ok(Cow::Borrowed(self)),
        }
    }

    /// The regions of a JSON text, as of a phantom.
    ///
    /// # Errors
    ///
    /// When the text is no regions file.
    pub fn from_regions_json(text: &str) -> Result<Self, Error> {
        Ok(Self::Labels(Box::new(agatston_labels::regions_from_json(text, "regions.json")?)))
    }

    /// Whether the outcome speaks of coronary arteries.
    pub fn is_coronary(&self) -> bool {
        match self {
            Self::Nobody | Self::Unusable(_) | Self::Pattern { .. } | Self::Edited { .. } => true,
            Self::Everything => false,
            Self::Labels(labels) => labels.names_an_artery(),
        }
    }
}

/// The refusal of a label file, which names it.
pub(crate) fn refusal_of(file: &str, mut finding: Box<Finding>) -> Box<Finding> {
    finding.message = format!("{file}: {}", finding.message);
    finding
}

/// How much of the foci the result lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// Totals only.
    Totals,
    /// Lesions without their foci.
    Lesions,
    /// Lesions and their foci: sums can be recomputed from the result.
    Foci,
}

/// A request to score; the default asks for `standard` and names nobody who assigns.
#[derive(Clone, Debug)]
pub struct Request {
    /// The choices of the score.
    pub protocol: NamedProtocol,
    /// What to do at another tube voltage.
    pub kvp_mode: KvpMode,
    /// Calibration factor, mg/cm3 per HU.
    pub mass_factor: Option<f64>,
    /// Who assigns.
    pub assign: Assign,
    /// Whose decision an assignment must be at least; any is good enough without.
    pub require: Option<AssignedBy>,
    /// From which fraction on a voxel of a fractional segmentation belongs.
    pub fractional_threshold: Option<f64>,
    /// Codes whose refusal becomes a warning.
    pub allow: BTreeSet<String>,
    /// Whether warnings refuse too.
    pub strict: bool,
    /// What the checks compare with.
    pub checks: Checks,
    /// How much the result lists.
    pub detail: Detail,
    /// Whether withheld foci are listed.
    pub withheld: bool,
    /// Whether neighbouring protocols are scored too.
    pub sensitivity: bool,
    /// How many threads read and compute; no result depends on it.
    pub workers: Workers,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            protocol: NamedProtocol::standard(),
            kvp_mode: KvpMode::As120,
            mass_factor: None,
            assign: Assign::Nobody,
            require: None,
            fractional_threshold: None,
            allow: BTreeSet::new(),
            strict: false,
            checks: Checks::default(),
            detail: Detail::Foci,
            withheld: false,
            sensitivity: false,
            workers: Workers::default(),
        }
    }
}

impl Request {
    /// What is asked of a series before it is scored. `chosen`: the user named this very series.
    pub(crate) fn rules(&self, chosen: bool) -> Rules {
        Rules {
            coronary: self.assign.is_coronary(),
            chosen,
            allow: self.allow.clone(),
            strict: self.strict,
            padding_below_hu: padding_below_hu(&self.protocol.protocol),
            cutoffs: self.checks.series,
        }
    }
}

/// Least factor on the bounds of a protocol (135 kV, 119 of 130 HU), with room to spare.
const LEAST_FACTOR: f64 = 0.9;

/// HU from which padding would take candidates away under any factor of the voltage.
fn padding_below_hu(protocol: &Protocol) -> f64 {
    let lowest = protocol.volume_threshold_hu.unwrap_or(f64::INFINITY).min(protocol.threshold_hu);
    (LEAST_FACTOR * lowest).min(Rules::default().padding_below_hu)
}

/// What is asked of an inspection.
#[derive(Clone, Debug, Default)]
pub struct InspectRequest {
    /// Codes whose refusal becomes a warning.
    pub allow: BTreeSet<String>,
    /// Whether warnings refuse too.
    pub strict: bool,
    /// What the checks compare with.
    pub checks: Checks,
    /// How many threads read.
    pub workers: Workers,
}

/// Which of several series to score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The only scorable one; several are refused.
    Only,
    /// The best by facts, and say why.
    Auto,
    /// Each of them.
    All,
    /// The one with this SeriesInstanceUID.
    Uid(String),
}

impl Choice {
    /// `auto`, `all` or a SeriesInstanceUID.
    pub fn from_word(word: &str) -> Self {
        match word {
            "auto" => Self::Auto,
            "all" => Self::All,
            uid => Self::Uid(uid.to_owned()),
        }
    }
}

/// The codes that may be allowed, out of those that were typed.
///
/// # Errors
///
/// When a code does not exist, or is one that no one can overrule (class G: geometry, pixels, identity).
pub fn allowed(codes: &[String]) -> Result<BTreeSet<String>, Error> {
    let wrong = |code: &String, reason: &str| Error::Allow { code: code.clone(), reason: reason.to_owned() };
    for code in codes {
        let mut known =
            [agatston_dicom::code::ALL, crate::code::ALL, agatston_labels::code::ALL].into_iter().flatten();
        match known.find(|c| c.name() == code).map(|c| c.class()) {
            None => return Err(wrong(code, "no finding has this code")),
            Some(Class::Geometry) => {
                return Err(wrong(code, "without geometry, pixels and identity in order no number is right"));
            }
            Some(Class::Assignment) => {
                return Err(wrong(code, "labels that do not fit say nothing of this series"));
            }
            Some(Class::Coronary) => {}
        }
    }
    Ok(codes.iter().cloned().collect())
}
