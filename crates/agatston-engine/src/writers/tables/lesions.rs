//! The table of lesions: a row a lesion, in the order of their seed voxels.

use super::{
    column::{Column, float, int, never_null, text, yes_no},
    measures::{Measured, measures},
};
use crate::result::{LesionRecord, MeasuresRecord, ResultDocument, SeriesRecord, TierWord};

/// A lesion of one series.
#[derive(Clone, Copy)]
pub(super) struct LesionRow<'a> {
    key: Option<&'a str>,
    document: &'a ResultDocument,
    lesion: &'a LesionRecord,
}

/// The rows of one document: none when it was refused, holds no calcium or lists totals only.
pub(super) fn rows<'a>(key: Option<&'a str>, document: &'a ResultDocument) -> Vec<LesionRow<'a>> {
    document.lesions.iter().map(|lesion| LesionRow { key, document, lesion }).collect()
}

impl<'a> LesionRow<'a> {
    /// The columns, in order: which lesion, the numbers, where it is and how large.
    pub(super) fn columns() -> Vec<Column<'a, Self>> {
        let mut all: Vec<Column<'a, Self>> = keys().into();
        all.extend(doubts());
        all.extend(measures());
        all.extend(place());
        all.extend(size());
        all
    }

    fn series(self) -> Option<&'a SeriesRecord> {
        self.document.series.as_ref()
    }
}

impl<'a> Measured<'a> for LesionRow<'a> {
    fn measures(self) -> Option<&'a MeasuresRecord> {
        Some(&self.lesion.measures)
    }
}

fn keys<'a>() -> [Column<'a, LesionRow<'a>>; 11] {
    [
        text("series_key", super::KEY_MEANING, |r| Some(r.key?.into())),
        text("series_uid", "SeriesInstanceUID.", |r| Some(r.series()?.series_uid.as_deref()?.into())),
        text("study_uid", "StudyInstanceUID.", |r| Some(r.series()?.study_uid.as_deref()?.into())),
        text("content_hash", "Hash of what was scored.", |r| {
            Some(r.series()?.content_hash.as_deref()?.into())
        }),
        never_null(text("protocol_hash", "Hash of the choices of the protocol, as applied.", |r| {
            Some(r.document.protocol.hash.as_str().into())
        })),
        never_null(text("lesion_id", "Its seed voxel: `SOPInstanceUID/frame/row/column`.", |r| {
            Some(r.lesion.id.as_str().into())
        })),
        never_null(text("artery", "The artery or region.", |r| Some(r.lesion.artery.as_str().into()))),
        never_null(text(
            "assigned_by",
            "Whose decision the artery is: `reader`, `labels`, `anatomy` or `everything`.",
            |r| Some(r.lesion.assigned_by.as_str().into()),
        )),
        never_null(text("class", "Size class: `micro` or `macro`.", |r| {
            Some(r.lesion.class.as_str().into())
        })),
        text(
            "part",
            "Part of the class: `punctate`, `spotty` or `dense`; null for the rest of macro.",
            |r| Some(r.lesion.part.as_deref()?.into()),
        ),
        text("flags", "Its flags joined by blanks; null without one.", |r| {
            Some(r.lesion.flags.join(" ").into())
        }),
    ]
}

fn doubts<'a>() -> [Column<'a, LesionRow<'a>>; 3] {
    [
        text(
            "tier",
            "How sure the anatomy is of it: `confident` or `likely`; null unless it decided.",
            |r| Some(r.lesion.tier.map(TierWord::as_str)?.into()),
        ),
        never_null(yes_no("needs_review", "Whether a reader should look at it.", |r| {
            Some(r.lesion.needs_review)
        })),
        text("reasons", "What speaks against it, joined by blanks; null without a doubt.", |r| {
            Some(r.lesion.reasons.join(" ").into())
        }),
    ]
}

fn place<'a>() -> [Column<'a, LesionRow<'a>>; 10] {
    [
        float("background_hu", "HU", "Median of the tissue around it; null where none can be told.", |r| {
            r.lesion.background_hu
        }),
        never_null(float("centroid_x_lps_mm", "mm", "Centroid, towards the patient's left.", |r| {
            Some(r.lesion.centroid_lps_mm[0])
        })),
        never_null(float("centroid_y_lps_mm", "mm", "Centroid, towards the patient's back.", |r| {
            Some(r.lesion.centroid_lps_mm[1])
        })),
        never_null(float("centroid_z_lps_mm", "mm", "Centroid, towards the patient's head.", |r| {
            Some(r.lesion.centroid_lps_mm[2])
        })),
        never_null(int("first_slice", "Its first slice; 0 is the most inferior.", |r| {
            Some(r.lesion.bounding_box.slices[0].into())
        })),
        never_null(int("last_slice", "Its last slice.", |r| Some(r.lesion.bounding_box.slices[1].into()))),
        never_null(int("first_row", "Its first row, from 0.", |r| {
            Some(r.lesion.bounding_box.rows[0].into())
        })),
        never_null(int("last_row", "Its last row.", |r| Some(r.lesion.bounding_box.rows[1].into()))),
        never_null(int("first_column", "Its first column, from 0.", |r| {
            Some(r.lesion.bounding_box.columns[0].into())
        })),
        never_null(int("last_column", "Its last column.", |r| Some(r.lesion.bounding_box.columns[1].into()))),
    ]
}

fn size<'a>() -> [Column<'a, LesionRow<'a>>; 6] {
    [
        never_null(float(
            "caliper_mm",
            "mm",
            "Largest distance between pixel corners in the slice plane.",
            |r| Some(r.lesion.caliper_mm),
        )),
        never_null(float("z_extent_lower_mm", "mm", "Lower bound of the extent along the normal.", |r| {
            Some(r.lesion.z_extent_mm[0])
        })),
        never_null(float("z_extent_upper_mm", "mm", "Upper bound of the extent along the normal.", |r| {
            Some(r.lesion.z_extent_mm[1])
        })),
        never_null(int("slices", "Number of slices from its first to its last.", |r| Some(r.lesion.slices))),
        never_null(float("equivalent_diameter_mm", "mm", "Diameter of the ball that has its volume.", |r| {
            Some(r.lesion.equivalent_diameter_mm)
        })),
        never_null(float(
            "elongation",
            "",
            "Longest over shortest principal axis in the slice plane.",
            |r| Some(r.lesion.elongation),
        )),
    ]
}
