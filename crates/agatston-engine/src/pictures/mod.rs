//! Pictures of a scored series: slices with lesions and two maximum intensity projections, each lesion outlined and named.
//!
//! ```text
//! Traced --Frame-->     one cut-out for all, slabs around the calcium      orientation by the patient, not by storage
//!        --Exposure-->  gray images, in one pass over the planes needed
//!        --Mark-->      outlines along pixel edges, label, colour
//! Picture --svg-->      for a page          --raster-->  PNG
//! ```
//!
//! No patient, date or UID is in a picture or in its name.

mod anatomy;
mod canvas;
mod colour;
mod exposure;
mod frame;
mod gray;
mod layout;
mod mark;
mod pair;
mod png;
mod raster;
mod scale;
mod svg;
mod view;

#[cfg(test)]
mod tests;

pub use anatomy::{anatomy_pictures, is_anatomy_picture};
pub(crate) use colour::hex;
pub(crate) use mark::Mark;
pub(crate) use pair::CloseUp;
pub use pair::{PairPictures, pair_pictures};

use crate::{
    Scope,
    palette::Rgb,
    planes::{PLANES_AT_ONCE, read},
    result::ResultDocument,
    scan::Unscanned,
    traced::{Calcium, Traced},
};
use agatston_anatomy::LEFT_STEM;
use agatston_core::{Artery, Region};
use agatston_dicom::Workers;
use colour::colour;
use exposure::{Exposure, Shown};
use frame::{Frame, SLAB_MM};
use gray::{Gray, WINDOW_HU};
use mark::Names;
use std::collections::BTreeSet;

/// The pictures of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Pictures {
    pub(crate) axial: Picture,
    pub(crate) coronal: Picture,
    /// Every slice with a lesion, from inferior to superior.
    pub(crate) slices: Vec<Picture>,
}

/// One picture: an image, and what is drawn over it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) kind: Kind,
    /// What it shows beyond its title, with units.
    pub(crate) caption: String,
    pub(crate) image: Gray,
    /// Distance from row to row and from column to column, mm.
    pub(crate) pixel_mm: [f64; 2],
    /// Lesions in the order of the result.
    pub(crate) marks: Vec<Mark>,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    AxialProjection,
    CoronalProjection,
    /// The slice of this index; 0 is the most inferior.
    Slice(u32),
}

impl Kind {
    /// Letters of the left, right, upper and lower side.
    pub(crate) fn sides(self) -> [&'static str; 4] {
        match self {
            Self::AxialProjection | Self::Slice(_) => ["R", "L", "A", "P"],
            Self::CoronalProjection => ["R", "L", "H", "F"],
        }
    }

    /// A short title.
    pub(crate) fn title(self) -> String {
        match self {
            Self::AxialProjection => "Axial projection".to_owned(),
            Self::CoronalProjection => "Coronal projection".to_owned(),
            Self::Slice(index) => format!("Slice {index}"),
        }
    }
}

impl Picture {
    /// Height and width, mm.
    pub(crate) fn size_mm(&self) -> [f64; 2] {
        let [row_mm, column_mm] = self.pixel_mm;
        [f64::from(self.image.rows) * row_mm, f64::from(self.image.columns) * column_mm]
    }
}

impl Pictures {
    /// Every picture as a PNG with a name of its own: `axial_mip.png`, `coronal_mip.png`, `slice_0021.png`.
    pub fn png_files(&self) -> Vec<(String, Vec<u8>)> {
        let projections = [&self.axial, &self.coronal].into_iter();
        let file = |picture: &Picture| (file_name(picture.kind), raster::png(picture));
        projections.chain(&self.slices).map(file).collect()
    }

    /// Whether a file of this name is one that [`png_files`](Self::png_files) makes, here or of a pair.
    pub fn is_png_name(name: &str) -> bool {
        let slice = name.strip_prefix("slice_").and_then(|rest| rest.strip_suffix(".png"));
        let is_slice = slice.is_some_and(|n| n.len() >= 4 && n.bytes().all(|b| b.is_ascii_digit()));
        is_slice
            || pair::is_png_name(name)
            || [Kind::AxialProjection, Kind::CoronalProjection].map(file_name).iter().any(|own| own == name)
    }
}

fn file_name(kind: Kind) -> String {
    match kind {
        Kind::AxialProjection => "axial_mip.png".to_owned(),
        Kind::CoronalProjection => "coronal_mip.png".to_owned(),
        Kind::Slice(index) => format!("slice_{index:04}.png"),
    }
}

/// The pictures of a scored series, read from its planes once more. Where everything counts, bone and all, there are only
/// the projections, and nothing is outlined.
///
/// # Errors
///
/// As [`scan_series`](crate::scan_series): the files may have changed since.
pub fn pictures(document: &ResultDocument, traced: &Traced, workers: Workers) -> Result<Pictures, Unscanned> {
    if !counts_everything(document) {
        return drawn(traced, &numbered(&traced.calcium), workers);
    }
    let slices = vec![Vec::new(); traced.calcium.slices.len()];
    let nothing = Calcium { regions: Vec::new(), lesions: Vec::new(), slices, is_provisional: false };
    let whole =
        Drawing { calcium: &nothing, labels: Vec::new(), reason: "everything counts: nothing is outlined" };
    draw(traced, &whole, workers)
}

/// Whether bone and all is counted, which is outlined nowhere.
fn counts_everything(document: &ResultDocument) -> bool {
    document.total.as_ref().is_some_and(|total| total.scope == Scope::Everything)
}

/// Labels of lesions as the table of lesions numbers them.
fn numbered(calcium: &Calcium) -> Vec<String> {
    let label = |(index, region): (usize, &usize)| {
        let name: String = calcium.regions[*region].name.chars().take(LABEL_NAME).collect();
        format!("{name} {}", index + 1)
    };
    calcium.lesions.iter().enumerate().map(label).collect()
}

/// Characters of a region's name in a label.
const LABEL_NAME: usize = 12;

/// As [`pictures`], with other labels of the lesions, in the order of the result.
pub(crate) fn drawn(traced: &Traced, labels: &[String], workers: Workers) -> Result<Pictures, Unscanned> {
    let calcium = &traced.calcium;
    draw(traced, &Drawing { calcium, labels: labels.to_vec(), reason: "no calcium was counted" }, workers)
}

/// What is to be drawn.
struct Drawing<'a> {
    calcium: &'a Calcium,
    labels: Vec<String>,
    /// Why projections go through the whole series, if they do.
    reason: &'static str,
}

fn draw(traced: &Traced, drawing: &Drawing<'_>, workers: Workers) -> Result<Pictures, Unscanned> {
    let (series, calcium) = (&traced.series, drawing.calcium);
    let frame = Frame::of(&series.geometry, calcium);
    let wanted: BTreeSet<u32> =
        (0u32..).zip(&calcium.slices).filter(|(_, s)| !s.is_empty()).map(|(i, _)| i).collect();
    let (axial, coronal) = (frame.axial_slab.clone(), frame.slices.clone());
    let needed: BTreeSet<u16> = axial.chain(coronal).filter_map(|i| u16::try_from(i).ok()).collect();
    let needed: Vec<u16> = needed.into_iter().collect();
    let mut exposure = Exposure::new(&frame);
    for slices in needed.chunks(PLANES_AT_ONCE) {
        let planes = read(series, slices, workers)?;
        let shown = workers.each(
            slices.len(),
            || (),
            |(), _, i| {
                let rescale = series.planes[usize::from(slices[i])].rescale;
                Shown::of(&planes[i].plane(), rescale, &frame)
            },
        );
        for (&slice, shown) in slices.iter().zip(shown) {
            let slice = u32::from(slice);
            exposure.take(slice, shown, wanted.contains(&slice));
        }
    }
    Ok(developed(exposure, &frame, drawing))
}

/// Images, marks and captions together.
fn developed(exposure: Exposure<'_>, frame: &Frame, drawing: &Drawing<'_>) -> Pictures {
    let calcium = drawing.calcium;
    let names = names(calcium, &drawing.labels);
    let slice = |(index, image): (u32, Gray)| Picture {
        kind: Kind::Slice(index),
        caption: slice_caption(index, frame),
        image,
        pixel_mm: frame.view.pixel_mm,
        marks: mark::of_slice(&calcium.slices[index as usize], frame, &names),
    };
    Pictures {
        axial: Picture {
            kind: Kind::AxialProjection,
            caption: axial_caption(frame, drawing),
            image: exposure.axial,
            pixel_mm: frame.view.pixel_mm,
            marks: mark::axial(calcium, frame, &names),
        },
        coronal: Picture {
            kind: Kind::CoronalProjection,
            caption: coronal_caption(frame, drawing),
            image: exposure.coronal,
            pixel_mm: [frame.increment_mm, frame.view.pixel_mm[1]],
            marks: mark::coronal(calcium, frame, &names),
        },
        slices: exposure.slices.into_iter().map(slice).collect(),
    }
}

/// Labels with the colours of their lesions.
fn names(calcium: &Calcium, labels: &[String]) -> Names {
    let of = |region: &usize| colour(calcium.regions[*region].region);
    Names { labels: labels.to_vec(), colours: calcium.lesions.iter().map(of).collect() }
}

fn slice_caption(index: u32, frame: &Frame) -> String {
    let above = f64::from(index) * frame.increment_mm;
    format!("{above:.1} mm above the lowest slice. {}", window())
}

fn axial_caption(frame: &Frame, drawing: &Drawing<'_>) -> String {
    let slab = &frame.axial_slab;
    let thick = f64::from(slab.end - slab.start) * frame.increment_mm;
    let through = format!("slices {} to {}, {thick:.0} mm", slab.start, slab.end.saturating_sub(1));
    format!("Maximum intensity through {}. {}", slab_words(&through, drawing), window())
}

fn coronal_caption(frame: &Frame, drawing: &Drawing<'_>) -> String {
    let slab = &frame.coronal_slab;
    let thick = f64::from(slab.end - slab.start) * frame.view.pixel_mm[0];
    let through = format!("{thick:.0} mm from front to back");
    format!("Maximum intensity through {}. {}", slab_words(&through, drawing), window())
}

fn slab_words(through: &str, drawing: &Drawing<'_>) -> String {
    if drawing.calcium.slices.iter().any(|spans| !spans.is_empty()) {
        format!("{through}: the calcium and up to {SLAB_MM:.0} mm on either side")
    } else {
        format!("the whole series ({through}), because {}", drawing.reason)
    }
}

fn window() -> String {
    let [black, white] = WINDOW_HU;
    format!("Window {black:.0} to {white:.0} HU.")
}

/// The colour of an artery by its name in the result; none of anything else.
pub(crate) fn colour_of_artery(name: &str) -> Option<Rgb> {
    let artery = Artery::ALL.into_iter().find(|artery| artery.as_str() == name).map(Region::Artery);
    let region = artery.or_else(|| (name == LEFT_STEM).then_some(Region::Coronary));
    region.map(colour)
}
