//! A label source: read once, then fitted to a series. Left out: what each format looks like inside.

use std::path::Path;

use agatston_core::{Artery, Assigned, Candidates, Finding};

use crate::{
    Error, LmPolicy, Scheme,
    code::LABELS_SCHEME_UNUSED,
    label_map::LabelMap,
    regions::{self, RegionFile},
    source,
};

/// The kind of a label source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// A regions file: named shapes.
    Regions,
    /// A NIfTI label map.
    Nifti,
}

impl LabelKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regions => "regions",
            Self::Nifti => "nifti",
        }
    }
}

/// A label source, parsed and checked in itself, not yet fitted to a series.
#[derive(Clone, Debug)]
pub struct Labels {
    file: String,
    content: Content,
    findings: Vec<Finding>,
}

#[derive(Clone, Debug)]
enum Content {
    Regions(RegionFile),
    Map(Box<LabelMap>),
}

/// Labels fitted to a series: the assignment, and what a result must say about where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// The assignment.
    pub assigned: Assigned,
    /// The kind of the source.
    pub source: LabelKind,
    /// Name of the scheme that explained the ids, where one did.
    pub scheme: Option<String>,
    /// What the source does with the left main.
    pub lm_policy: LmPolicy,
    /// Which arteries the source separates, in the order of [`Artery::ALL`]: the score of another is unknown, not 0.
    pub separated: [bool; 4],
    /// Whether the source holds what is coronary of no named artery.
    pub unnamed: bool,
    /// Whether the source has coronary meaning at all; without it there is no coronary total.
    pub coronary: bool,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// What the labels of a source cover, known before any series is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cover {
    pub(crate) scheme: Option<String>,
    pub(crate) lm_policy: LmPolicy,
    pub(crate) separated: [bool; 4],
    pub(crate) coronary: bool,
}

/// Reads a label source, by its content: a regions file (JSON or TOML) or a NIfTI label map (`.nii`, `.nii.gz`).
///
/// A scheme explains the bare ids of a label map; names in the map beat it, and a regions file needs none.
///
/// # Errors
///
/// [`Error::Io`] when the file cannot be read, else a refusal with its code.
pub fn read(path: &Path, scheme: Option<&Scheme>) -> Result<Labels, Error> {
    let file = file_name(path);
    let labels = match source::open(path).map_err(|t| t.in_file(&file))? {
        source::Opened::Text { text, form } => {
            let regions = regions::parse(&text, form).map_err(|t| t.in_file(&file))?;
            Labels { findings: unused(scheme), content: Content::Regions(regions), file }
        }
        source::Opened::Nifti(nifti) => {
            let (map, findings) = LabelMap::read(*nifti, scheme).map_err(|t| t.in_file(&file))?;
            Labels { findings, content: Content::Map(Box::new(map)), file }
        }
    };
    Ok(labels)
}

/// Reads the text of a regions file in JSON; `file` is its name in messages.
///
/// # Errors
///
/// A refusal with its code.
pub fn regions_from_json(text: &str, file: &str) -> Result<Labels, Error> {
    let regions = regions::parse(text, source::TextForm::Json).map_err(|t| t.in_file(file))?;
    Ok(Labels { findings: Vec::new(), content: Content::Regions(regions), file: file.to_owned() })
}

impl Labels {
    /// Whether the source has coronary meaning: false for regions that are no artery, as of a phantom.
    pub fn names_an_artery(&self) -> bool {
        self.cover().coronary
    }

    /// The kind of the source.
    pub fn kind(&self) -> LabelKind {
        match self.content {
            Content::Regions(_) => LabelKind::Regions,
            Content::Map(_) => LabelKind::Nifti,
        }
    }

    /// Says of every candidate to what it belongs, by its position in the patient.
    ///
    /// # Errors
    ///
    /// A refusal when the labels do not fit the series or contradict each other there.
    pub fn assign(&self, candidates: &Candidates) -> Result<Labelled, Error> {
        let fitted = match &self.content {
            Content::Regions(regions) => regions.assign(candidates),
            Content::Map(map) => map.assign(candidates),
        };
        let (assigned, new) = fitted.map_err(|t| t.in_file(&self.file))?;
        let Cover { scheme, lm_policy, separated, coronary } = self.cover();
        let unnamed = match &self.content {
            Content::Regions(_) => false,
            Content::Map(map) => map.holds_unnamed(),
        };
        let findings = self.findings.iter().cloned().chain(new).collect();
        Ok(Labelled {
            assigned,
            source: self.kind(),
            scheme,
            lm_policy,
            separated,
            unnamed,
            coronary,
            findings,
        })
    }

    fn cover(&self) -> Cover {
        match &self.content {
            Content::Regions(regions) => regions.cover(),
            Content::Map(map) => map.cover(),
        }
    }
}

/// Place of an artery in tables that follow [`Artery::ALL`].
pub(crate) fn place(artery: Artery) -> usize {
    match artery {
        Artery::Lm => 0,
        Artery::Lad => 1,
        Artery::Lcx => 2,
        Artery::Rca => 3,
    }
}

/// The name of a file without its folder.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "the label file".to_owned(), |n| n.to_string_lossy().into_owned())
}

fn unused(scheme: Option<&Scheme>) -> Vec<Finding> {
    use agatston_core::Severity::Info;
    let finding = |s: &Scheme| {
        Finding::new(LABELS_SCHEME_UNUSED, Info, "a regions file has names, so the label scheme was not used")
            .seen(format!("scheme {}", s.name()))
    };
    scheme.map(finding).into_iter().collect()
}
