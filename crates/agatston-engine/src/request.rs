//! What is asked of the engine, validated and resolved: no file name that is still to be read.

use crate::{
    AssignedBy, Calibration, Checks, CovariateSources, Declared, Error, KvpMode, NamedProtocol,
    pattern::LabelsPattern,
};
use agatston_core::{Class, Finding, Protocol};
use agatston_dicom::{Rules, Series, Workers};
use agatston_labels::{Edits, Error as LabelsError, Labels, ReadOptions};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet, path::Path};

/// Who says which candidates are coronary, and in which artery.
#[derive(Clone, Debug)]
pub enum Assign {
    /// Rules about the anatomy in the image: a provisional score.
    Anatomy,
    /// Every candidate counts, in one region that is never called coronary.
    Everything,
    /// Labels, a reader's decisions, or decisions over labels. Neither is as the anatomy.
    By {
        /// The labels.
        labels: Option<LabelSource>,
        /// The decisions.
        edits: Option<Box<Edits>>,
    },
    /// A source that is refused whatever the series: every series is refused with this reason.
    Unusable(Box<Finding>),
}

/// Where labels come from.
#[derive(Clone, Debug)]
pub enum LabelSource {
    /// One source for every series.
    Read {
        /// The labels.
        labels: Box<Labels>,
        /// How they were read.
        options: ReadOptions,
    },
    /// A source for each series, read when the series is known.
    Pattern {
        /// Where it is.
        pattern: LabelsPattern,
        /// How it is to be read.
        options: ReadOptions,
    },
}

/// Who assigns, now that the series is known.
pub(crate) enum Settled<'a> {
    Everything,
    Anatomy,
    Labels { labels: Box<Cow<'a, Labels>>, edits: Option<&'a Edits> },
    Edits(&'a Edits),
}

impl Settled<'_> {
    /// Whether the outcome speaks of coronary arteries.
    pub(crate) fn is_coronary(&self) -> bool {
        match self {
            Self::Everything => false,
            Self::Anatomy => true,
            Self::Labels { labels, edits: None } => labels.is_coronary(),
            Self::Labels { .. } | Self::Edits(_) => true,
        }
    }
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
        Ok(match read(path, options)? {
            Ok(labels) => {
                let labels = LabelSource::Read { labels: Box::new(labels), options: options.clone() };
                Self::By { labels: Some(labels), edits: None }
            }
            Err(finding) => Self::Unusable(finding),
        })
    }

    /// Labels that are found by a pattern when a series is known.
    pub fn from_pattern(pattern: LabelsPattern, options: ReadOptions) -> Self {
        Self::By { labels: Some(LabelSource::Pattern { pattern, options }), edits: None }
    }

    /// Reads a log of edits, to be replayed over these labels, or over none. A log with something wrong in it makes the
    /// whole [`Assign::Unusable`].
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or everything is to count: edits say what does.
    pub fn with_edits(self, path: &Path) -> Result<Self, Error> {
        let edits = match Edits::read(path) {
            Ok(edits) => Some(Box::new(edits)),
            Err(LabelsError::Refused { file, finding }) => {
                return Ok(Self::Unusable(refusal_of(&file, finding)));
            }
            Err(error) => return Err(error.into()),
        };
        match self {
            Self::Anatomy => Ok(Self::By { labels: None, edits }),
            Self::By { labels, .. } => Ok(Self::By { labels, edits }),
            Self::Unusable(finding) => Ok(Self::Unusable(finding)),
            Self::Everything => Err(Error::EditsOfEverything),
        }
    }

    /// The same once the series is known: a pattern becomes the labels of that series.
    ///
    /// # Errors
    ///
    /// When the label file of the series cannot be read. The inner error is a refusal.
    pub(crate) fn settled(&self, series: &Series) -> Result<Result<Settled<'_>, Box<Finding>>, Error> {
        let (labels, edits) = match self {
            Self::Everything => return Ok(Ok(Settled::Everything)),
            Self::Unusable(finding) => return Ok(Err(finding.clone())),
            Self::Anatomy => return Ok(Ok(Settled::Anatomy)),
            Self::By { labels, edits } => (labels, edits),
        };
        let labels = match labels {
            None => return Ok(Ok(edits.as_deref().map_or(Settled::Anatomy, Settled::Edits))),
            Some(LabelSource::Read { labels, .. }) => Cow::Borrowed(&**labels),
            Some(LabelSource::Pattern { pattern, options }) => {
                let path = match pattern.path(series) {
                    Ok(path) => path,
                    Err(finding) => return Ok(Err(finding)),
                };
                // The name of the file may be made of that of a folder, which may be that of a person.
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                match agatston_labels::read(&path, options) {
                    Ok(labels) => Cow::Owned(labels),
                    Err(LabelsError::Refused { file, finding }) => {
                        let shown = if file == name { pattern.name() } else { &file };
                        return Ok(Err(refusal_of(shown, finding)));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        Ok(Ok(Settled::Labels { labels: Box::new(labels), edits: edits.as_deref() }))
    }

    /// The regions of a JSON text, as of a phantom.
    ///
    /// # Errors
    ///
    /// When the text is no regions file.
    pub fn from_regions_json(text: &str) -> Result<Self, Error> {
        let labels = Box::new(agatston_labels::regions_from_json(text, "regions.json")?);
        let labels = LabelSource::Read { labels, options: ReadOptions::default() };
        Ok(Self::By { labels: Some(labels), edits: None })
    }

    /// Whether the outcome speaks of coronary arteries. Of labels that are found by a pattern nobody knows yet.
    pub fn is_coronary(&self) -> bool {
        match self {
            Self::Everything => false,
            Self::By { labels: Some(LabelSource::Read { labels, .. }), edits: None } => labels.is_coronary(),
            Self::Anatomy | Self::By { .. } | Self::Unusable(_) => true,
        }
    }

    /// From which fraction on a voxel of a fractional segmentation belongs.
    pub(crate) fn fractional_threshold(&self) -> Option<f64> {
        let Self::By { labels: Some(labels), .. } = self else { return None };
        let (LabelSource::Read { options, .. } | LabelSource::Pattern { options, .. }) = labels;
        options.fractional_threshold
    }
}

/// Labels, or why there are none; an error is what the outside did.
fn read(path: &Path, options: &ReadOptions) -> Result<Result<Labels, Box<Finding>>, Error> {
    match agatston_labels::read(path, options) {
        Ok(labels) => Ok(Ok(labels)),
        Err(LabelsError::Refused { file, finding }) => Ok(Err(refusal_of(&file, finding))),
        Err(error) => Err(error.into()),
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

/// A request to score; the default asks for `standard`, and lets the anatomy say what is coronary.
#[derive(Clone, Debug)]
pub struct Request {
    /// The choices of the score.
    pub protocol: NamedProtocol,
    /// What to do at another tube voltage.
    pub kvp_mode: KvpMode,
    /// What calibrates mass and the scores without a threshold.
    pub calibration: Calibration,
    /// Who assigns.
    pub assign: Assign,
    /// Whose decision an assignment must be at least; any is good enough without.
    pub require: Option<AssignedBy>,
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
    /// What is known of the person beside the header.
    pub covariates: CovariateSources,
    /// What every person has in the heart that is no calcium, as declared.
    pub history: BTreeSet<Declared>,
    /// Whether to keep where the calcium is, for pictures and segmentations.
    pub trace: bool,
    /// Whether to keep what the anatomy was found to be, also of a refused series, for pictures of each step.
    pub trace_anatomy: bool,
    /// How many threads read and compute; no result depends on it.
    pub workers: Workers,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            protocol: NamedProtocol::standard(),
            kvp_mode: KvpMode::As120,
            calibration: Calibration::default(),
            assign: Assign::Anatomy,
            require: None,
            allow: BTreeSet::new(),
            strict: false,
            checks: Checks::default(),
            detail: Detail::Foci,
            withheld: false,
            sensitivity: false,
            covariates: CovariateSources::default(),
            history: BTreeSet::new(),
            trace: false,
            trace_anatomy: false,
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
            allow: self.allow.iter().cloned().chain(self.left_to_blood()).collect(),
            strict: self.strict,
            padding_below_hu: padding_below_hu(&self.protocol.protocol),
            cutoffs: self.checks.series,
        }
    }

    /// What headers cannot refuse, because the blood itself will be looked at.
    fn left_to_blood(&self) -> Option<String> {
        matches!(self.assign, Assign::Anatomy).then(|| agatston_dicom::code::CONTRAST_AGENT.name().to_owned())
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
            Some(_) if crate::code::OF_ORIGIN.iter().any(|c| c.name() == code) => {
                return Err(wrong(
                    code,
                    "without lungs, spine, aorta and heart there is nothing to place calcium by; give labels",
                ));
            }
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
