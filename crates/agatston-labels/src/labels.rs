//! A label source: read once, then fitted to a series. Left out: what each format looks like inside.

use std::path::Path;

use agatston_core::{Artery, Assigned, Finding, Severity};

use crate::{
    Error, LmPolicy, Scheme, Series,
    code::{LABELS_FRAME_OF_REFERENCE, LABELS_OTHER_SERIES, LABELS_SCHEME_UNUSED},
    contours::Contours,
    error::{Refusal, Trouble, refusal},
    label_map::LabelMap,
    regions::{self, RegionFile},
    source::{self, Opened},
};

/// The kind of a label source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// A regions file: named shapes.
    Regions,
    /// A NIfTI label map.
    Nifti,
    /// An NRRD label map.
    Nrrd,
    /// A segmentation of 3D Slicer (`.seg.nrrd`).
    SlicerSegmentation,
    /// A MetaImage label map (`.mha`, `.mhd`).
    MetaImage,
    /// A DICOM segmentation.
    DicomSeg,
    /// A DICOM RT structure set.
    RtStruct,
    /// Contours in the property list of the COCA data set.
    CocaXml,
    /// No labels: a reader's decisions alone.
    Edits,
}

impl LabelKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regions => "regions",
            Self::Nifti => "nifti",
            Self::Nrrd => "nrrd",
            Self::SlicerSegmentation => "seg_nrrd",
            Self::MetaImage => "metaimage",
            Self::DicomSeg => "dicom_seg",
            Self::RtStruct => "rtstruct",
            Self::CocaXml => "coca_xml",
            Self::Edits => "edits",
        }
    }

    /// Whether it holds what a person decided: contours are a reader's decisions.
    pub const fn is_of_a_reader(self) -> bool {
        matches!(self, Self::RtStruct | Self::CocaXml | Self::Edits)
    }
}

/// What a label source needs beside its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// What bare ids mean, and names that are no artery's.
    pub scheme: Option<Scheme>,
    /// From which fraction on a voxel of a fractional segmentation belongs, over 0 and up to 1; without it such a
    /// segmentation is refused.
    pub fractional_threshold: Option<f64>,
}

impl From<Scheme> for ReadOptions {
    fn from(scheme: Scheme) -> Self {
        Self { scheme: Some(scheme), fractional_threshold: None }
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
    Contours(Contours),
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

/// Reads a label source, told by its content: a regions file (JSON or TOML), a label map (NIfTI, NRRD, `.seg.nrrd`,
/// MetaImage, DICOM SEG), contours (RTSTRUCT, COCA XML), or a folder that holds one such file or a mask for each
/// artery.
///
/// A scheme explains the bare ids of a label map; names and codes in the file beat it.
///
/// # Errors
///
/// [`Error::Io`] when the file cannot be read, else a refusal with its code.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Labels, Error> {
    let file = file_name(path);
    let opened = source::open(path, options).map_err(|trouble| trouble.in_file(&file))?;
    Labels::explained(opened, options.scheme.as_ref(), &file).map_err(|trouble| trouble.in_file(&file))
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
    fn explained(opened: Opened, scheme: Option<&Scheme>, file: &str) -> Result<Self, Trouble> {
        let (content, findings) = match opened {
            Opened::Text { text, form } => (Content::Regions(regions::parse(&text, form)?), unused(scheme)),
            Opened::Voxels(voxels) => {
                let (map, findings) = LabelMap::new(*voxels, scheme)?;
                (Content::Map(Box::new(map)), findings)
            }
            Opened::Contours(drawing) => {
                let (contours, findings) = Contours::new(drawing, scheme)?;
                (Content::Contours(contours), findings)
            }
        };
        Ok(Self { file: file.to_owned(), content, findings })
    }

    /// Whether the source has coronary meaning: false for regions that are no artery, as of a phantom.
    pub fn is_coronary(&self) -> bool {
        self.cover().coronary
    }

    /// The kind of the source.
    pub fn kind(&self) -> LabelKind {
        match &self.content {
            Content::Regions(_) => LabelKind::Regions,
            Content::Map(map) => map.kind(),
            Content::Contours(contours) => contours.kind(),
        }
    }

    /// Says of every candidate to what it belongs, by its position in the patient.
    ///
    /// # Errors
    ///
    /// A refusal when the labels do not fit the series or contradict each other there.
    pub fn assign<'a>(&self, series: impl Into<Series<'a>>) -> Result<Labelled, Error> {
        self.fitted(series.into()).map_err(|t| t.in_file(&self.file))
    }

    fn fitted(&self, series: Series<'_>) -> Result<Labelled, Trouble> {
        let mut findings = self.findings.clone();
        findings.extend(check_origin(&self.content, series)?);
        let (assigned, new) = match &self.content {
            Content::Regions(regions) => regions.assign(series.candidates)?,
            Content::Map(map) => map.assign(series)?,
            Content::Contours(contours) => contours.assign(series)?,
        };
        findings.extend(new);
        let Cover { scheme, lm_policy, separated, coronary } = self.cover();
        let unnamed = match &self.content {
            Content::Regions(_) => false,
            Content::Map(map) => map.holds_unnamed(),
            Content::Contours(contours) => contours.holds_unnamed(),
        };
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
            Content::Contours(contours) => contours.cover(),
        }
    }
}

/// Positions mean something only within one frame of reference. Contours that name the images of this very series, and lie
/// in them, are proved by that: some programs write a frame of reference of their own. Labels that were drawn on another
/// series of the same frame fit, but a reader of the result may want to know.
fn check_origin(content: &Content, series: Series<'_>) -> Result<Option<Finding>, Refusal> {
    let (origin, names_images) = match content {
        Content::Regions(_) => return Ok(None),
        Content::Map(map) => (map.origin(), false),
        Content::Contours(contours) => (contours.origin(), contours.name_images_of(series)),
    };
    if let (Some(drawn), Some(own)) = (&origin.frame_of_reference_uid, series.frame_of_reference_uid)
        && drawn != own
    {
        let seen = format!("FrameOfReferenceUID {drawn}");
        if names_images {
            let message =
                "the contours name another frame of reference than the images that they name and lie in";
            let finding = Finding::new(LABELS_FRAME_OF_REFERENCE, Severity::Warning, message);
            let next_step = "look whether the contours lie on the calcium";
            return Ok(Some(finding.seen(seen).expected(own).next_step(next_step)));
        }
        let message = "the labels were drawn in other patient coordinates than those of the series";
        return Err(refusal(LABELS_FRAME_OF_REFERENCE, message)
            .seen(seen)
            .expected(own)
            .next_step("take the labels that were drawn on this series, or register and resample them"));
    }
    let is_other = |uid: &str| !origin.series_uids.is_empty() && !origin.series_uids.iter().any(|s| s == uid);
    let message = "the labels were drawn on another series of the same patient coordinates";
    let finding = |own: &str| {
        Finding::new(LABELS_OTHER_SERIES, Severity::Info, message)
            .seen(format!("SeriesInstanceUID {}", origin.series_uids.join(", ")))
            .expected(own)
    };
    Ok(series.series_uid.filter(|uid| is_other(uid)).map(finding))
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
    let finding = |s: &Scheme| {
        let message = "a regions file has names, so the label scheme was not used";
        Finding::new(LABELS_SCHEME_UNUSED, Severity::Info, message).seen(format!("scheme {}", s.name()))
    };
    scheme.map(finding).into_iter().collect()
}
