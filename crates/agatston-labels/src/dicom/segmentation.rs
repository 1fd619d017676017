//! Segmentations (PS3.3 A.51 and C.8.20): from segments, frames and pixels to a label map.

use super::{
    damaged,
    data_set::DataSet,
    file::File,
    frames::{Frame, frames},
    pixels::{BitsAllocated, PixelLayout, Pixels},
    planes::Planes,
    segments::Segments,
    tag::{
        BITS_ALLOCATED, BITS_STORED, COLUMNS, CONCATENATION_UID, FRAME_OF_REFERENCE_UID,
        MAXIMUM_FRACTIONAL_VALUE, NUMBER_OF_FRAMES, PIXEL_PADDING_VALUE, PIXEL_REPRESENTATION,
        REFERENCED_SERIES_SEQUENCE, ROWS, SAMPLES_PER_PIXEL, SEGMENTATION_TYPE, SERIES_INSTANCE_UID, Tag,
    },
};
use crate::{
    ReadOptions,
    code::{LABELS_DATATYPE, LABELS_ENCODING, LABELS_FRACTIONAL},
    error::{Refusal, refusal},
    label_file::{LabelFile, Origin, Reach},
    labels::LabelKind,
    names::Key,
    volume::{VOXELS_MAX, Volume},
};

/// Most samples of all frames together: as many bits as the largest file has.
const SAMPLES_MAX: u64 = 1 << 33;

/// SegmentationType: what a sample says.
#[derive(Clone, Copy, Debug)]
enum SegmentationType {
    /// 1: the segment of the frame.
    Binary,
    /// From this value on up to the maximum: the segment of the frame.
    Fractional { from: u16, maximum: u16 },
    /// The number of a segment; this one, if any, is padding.
    LabelMap { padding: Option<u16> },
}

/// Reads a segmentation.
pub(super) fn read(file: &File<'_>, options: &ReadOptions) -> Result<LabelFile, Refusal> {
    let data_set = &file.data_set;
    if data_set.uid(CONCATENATION_UID)?.is_some() {
        return Err(refusal(LABELS_ENCODING, "the file is one part of a segmentation in several files")
            .expected("a segmentation in one file, without ConcatenationUID")
            .next_step("join the parts in the program that wrote them"));
    }
    let kind = segmentation_type(data_set, options)?;
    let layout = layout(data_set, kind)?;
    let segments = Segments::read(data_set)?;
    let frames = frames(data_set, layout.frames)?;
    let planes = Planes::of(&frames, layout.columns, layout.rows)?;
    let labels = labels_of_frames(&frames, &segments, kind)?;
    check_pairs(&planes, &labels)?;
    let pixels = Pixels::of(file, layout)?;
    let mut volume = empty(&planes, layout)?;
    for (frame, (plane, label)) in planes.of_frame.iter().zip(labels).enumerate() {
        let first = plane * layout.samples();
        pixels.each(frame, |at, sample| match label_of(sample, kind, label, &segments)? {
            Some(key) => volume.mark(first + at, key),
            None => Ok(()),
        })?;
    }
    let file = LabelFile::on_grid(LabelKind::DicomSeg, planes.grid, volume, segments.names);
    let reach = Reach::Planes { step: planes.step };
    Ok(LabelFile { reach, ids_mean: false, origin: origin(data_set)?, ..file })
}

fn segmentation_type(data_set: &DataSet<'_>, options: &ReadOptions) -> Result<SegmentationType, Refusal> {
    match data_set.trimmed(SEGMENTATION_TYPE) {
        Some(b"BINARY") => Ok(SegmentationType::Binary),
        Some(b"LABELMAP") => Ok(SegmentationType::LabelMap { padding: data_set.u16(PIXEL_PADDING_VALUE)? }),
        Some(b"FRACTIONAL") => {
            let threshold = options.fractional_threshold.ok_or_else(fractional)?;
            let maximum = required(data_set.u16(MAXIMUM_FRACTIONAL_VALUE)?, "MaximumFractionalValue")?;
            let reaches = |value: &u16| f64::from(*value) >= threshold * f64::from(maximum);
            let from = (1..=maximum).find(reaches).ok_or_else(|| {
                refusal(LABELS_FRACTIONAL, "no fraction reaches the threshold")
                    .seen(format!("threshold {threshold}, largest value {maximum}"))
                    .expected("a threshold over 0 and up to 1, and a MaximumFractionalValue over 0")
            })?;
            Ok(SegmentationType::Fractional { from, maximum })
        }
        _ => Err(damaged("the segmentation does not say of which type it is")
            .expected("SegmentationType BINARY, FRACTIONAL or LABELMAP")),
    }
}

fn fractional() -> Refusal {
    refusal(
        LABELS_FRACTIONAL,
        "the segmentation holds fractions, and nothing says from which on a voxel belongs",
    )
    .seen("SegmentationType FRACTIONAL")
    .expected("a binary segmentation, or a threshold")
    .next_step("decide for a threshold and name it with --fractional-threshold F (0.5 is one half)")
}

/// The size and the depth of the pixels.
fn layout(data_set: &DataSet<'_>, kind: SegmentationType) -> Result<PixelLayout, Refusal> {
    let at_least_1 = |tag: Tag, name: &str| match required(data_set.u16(tag)?, name)? {
        0 => Err(damaged(format!("{name} is 0"))),
        n => Ok(usize::from(n)),
    };
    let (rows, columns) = (at_least_1(ROWS, "Rows")?, at_least_1(COLUMNS, "Columns")?);
    let frames = match required(data_set.integer(NUMBER_OF_FRAMES)?, "NumberOfFrames")? {
        0 => return Err(damaged("NumberOfFrames is 0")),
        n => usize::try_from(n).unwrap_or(usize::MAX),
    };
    if frames as u64 > SAMPLES_MAX / (rows as u64 * columns as u64) {
        return Err(damaged("the header claims too many voxels")
            .seen(format!("{frames} frames of {rows} x {columns}"))
            .next_step("crop the segmentation to the heart"));
    }
    let allocated = required(data_set.u16(BITS_ALLOCATED)?, "BitsAllocated")?;
    let bits_allocated = match (allocated, kind) {
        (1, SegmentationType::Binary) => BitsAllocated::One,
        (8, _) => BitsAllocated::Eight,
        (16, SegmentationType::LabelMap { .. }) => BitsAllocated::Sixteen,
        _ => return Err(unfit(format!("BitsAllocated {allocated}"))),
    };
    let fits = |tag, value: u16| Ok(data_set.u16(tag)?.is_none_or(|v| v == value));
    if !fits(SAMPLES_PER_PIXEL, 1)? || !fits(PIXEL_REPRESENTATION, 0)? || !fits(BITS_STORED, allocated)? {
        return Err(unfit("several samples a pixel, signed samples, or fewer bits stored than allocated"));
    }
    Ok(PixelLayout { rows, columns, frames, bits_allocated })
}

fn unfit(seen: impl Into<String>) -> Refusal {
    refusal(LABELS_DATATYPE, "the samples of the segmentation are none that its type has")
        .seen(seen)
        .expected("1 or 8 bits for BINARY, 8 for FRACTIONAL, 8 or 16 for LABELMAP, unsigned")
}

/// The label of each frame; nothing where the samples have it.
fn labels_of_frames(
    frames: &[Frame],
    segments: &Segments,
    kind: SegmentationType,
) -> Result<Vec<Option<Key>>, Refusal> {
    if let SegmentationType::LabelMap { .. } = kind {
        return Ok(vec![None; frames.len()]);
    }
    let label = |frame: &Frame| {
        let number = required(frame.segment, "ReferencedSegmentNumber of a frame")?;
        segments.label(number)?.map(Some).ok_or_else(|| damaged("a frame belongs to the background segment"))
    };
    frames.iter().map(label).collect()
}

/// A segment, or a label map, has one frame on a plane.
fn check_pairs(planes: &Planes, labels: &[Option<Key>]) -> Result<(), Refusal> {
    let mut pairs: Vec<_> = planes.of_frame.iter().zip(labels).collect();
    pairs.sort_unstable();
    let Some((plane, label)) =
        pairs.iter().zip(pairs.iter().skip(1)).find_map(|(a, b)| (a == b).then_some(*a))
    else {
        return Ok(());
    };
    let whose = label.map_or_else(String::new, |key| format!(" of segment {key}"));
    Err(damaged("two frames of the segmentation are at the same place")
        .seen(format!("plane {plane}{whose}, 0 the first along the normal"))
        .expected("one frame a plane and segment")
        .next_step("write the segmentation again"))
}

fn empty(planes: &Planes, layout: PixelLayout) -> Result<Volume, Refusal> {
    let [columns, rows, count] = planes.grid.dims;
    if columns as u64 * rows as u64 * count as u64 > VOXELS_MAX {
        return Err(damaged("the segmentation reaches over too many voxels")
            .seen(format!("{columns} x {rows} x {count}"))
            .expected(format!("at most {VOXELS_MAX}"))
            .next_step("crop the segmentation to the heart"));
    }
    let mut is_stored = vec![false; count];
    for plane in &planes.of_frame {
        *is_stored.get_mut(*plane).expect("the grid reaches to the last plane") = true;
    }
    Volume::of_planes(layout.samples(), &is_stored)
}

/// The label of a sample that is not 0.
fn label_of(
    sample: u16,
    kind: SegmentationType,
    of_frame: Option<Key>,
    segments: &Segments,
) -> Result<Option<Key>, Refusal> {
    match kind {
        SegmentationType::Binary if sample == 1 => Ok(of_frame),
        SegmentationType::Fractional { from, maximum } if sample <= maximum => {
            Ok(of_frame.filter(|_| sample >= from))
        }
        SegmentationType::Binary | SegmentationType::Fractional { .. } => {
            Err(damaged("a sample of the segmentation is larger than its type allows")
                .seen(sample.to_string())
                .expected("0 or 1 for BINARY, up to MaximumFractionalValue for FRACTIONAL"))
        }
        SegmentationType::LabelMap { padding: Some(padding) } if sample == padding => {
            match segments.label(sample) {
                Ok(Some(key)) => Err(damaged("a segment that is described is also the padding")
                    .seen(format!("PixelPaddingValue and segment {key}"))
                    .next_step("write the segmentation again")),
                _ => Ok(None),
            }
        }
        SegmentationType::LabelMap { .. } => segments.label(sample),
    }
}

fn origin(data_set: &DataSet<'_>) -> Result<Origin, Refusal> {
    let mut series_uids = Vec::new();
    for series in data_set.items(REFERENCED_SERIES_SEQUENCE) {
        series_uids.extend(series?.uid(SERIES_INSTANCE_UID)?);
    }
    Ok(Origin { frame_of_reference_uid: data_set.uid(FRAME_OF_REFERENCE_UID)?, series_uids })
}

/// A value that the type of the object demands.
fn required<T>(value: Option<T>, name: &str) -> Result<T, Refusal> {
    value.ok_or_else(|| damaged(format!("the segmentation does not say its {name}")))
}
