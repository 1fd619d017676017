//! Foci from their pixels and weights, lesions from their foci.

use super::ledger::Ledger;
use crate::{
    Detail,
    protocol_record::ProtocolRecord,
    result::{ClassWord, FocusRecord, LesionRecord, ResultDocument},
};
use agatston_core::{AREA_TOLERANCE, REFERENCE_INCREMENT_MM};

/// What counts are multiplied by, from the series and the protocol of the result.
struct Units<'a> {
    pixel_area_mm2: f64,
    increment_mm: f64,
    slice_factor: f64,
    thickness_mm: f64,
    mass_factor: Option<f64>,
    protocol: &'a ProtocolRecord,
}

pub(super) fn check(document: &ResultDocument, ledger: &mut Ledger) {
    let Some(units) = Units::of(document) else {
        ledger.truth("series", "pixel_spacing_mm and increment_mm of a scored series", false);
        return;
    };
    match document.options.detail {
        Detail::Totals => ledger.not_checked("lesions and foci: the result lists totals only"),
        Detail::Lesions => ledger.not_checked("foci: the result lists lesions only"),
        Detail::Foci => {}
    }
    for (i, lesion) in document.lesions.iter().enumerate() {
        let at = format!("lesions[{i}]");
        units.geometry(&at, lesion, ledger);
        units.class(&at, lesion, ledger);
        if document.options.detail == Detail::Foci {
            units.foci(&at, lesion, ledger);
        }
    }
}

impl<'a> Units<'a> {
    fn of(document: &'a ResultDocument) -> Option<Self> {
        let series = document.series.as_ref()?;
        let [row_mm, column_mm] = series.pixel_spacing_mm?;
        let increment_mm = series.increment_mm?;
        let scaled = document.protocol.slice_scaling == "increment_over_3mm";
        Some(Self {
            pixel_area_mm2: row_mm * column_mm,
            increment_mm,
            slice_factor: if scaled { increment_mm / REFERENCE_INCREMENT_MM } else { 1.0 },
            thickness_mm: series.slice_thickness_mm.unwrap_or(increment_mm),
            mass_factor: document.mass_factor.mg_cm3_per_hu,
            protocol: &document.protocol,
        })
    }

    fn geometry(&self, at: &str, lesion: &LesionRecord, ledger: &mut Ledger) {
        let [first, last] = lesion.bounding_box.slices;
        let slices = last.checked_sub(first).map(|n| u64::from(n) + 1);
        ledger.count(&format!("{at}.slices"), slices, Some(lesion.slices));
        let span_mm = f64::from(last.saturating_sub(first)) * self.increment_mm;
        let [low, high] = lesion.z_extent_mm;
        ledger.number(
            &format!("{at}.z_extent_mm[0]"),
            Some((span_mm - self.thickness_mm).max(0.0)),
            Some(low),
        );
        ledger.number(&format!("{at}.z_extent_mm[1]"), Some(span_mm + self.thickness_mm), Some(high));
        let cubed = lesion.equivalent_diameter_mm.powi(3) * std::f64::consts::PI / 6.0;
        ledger.number(
            &format!("{at}.equivalent_diameter_mm (cubed)"),
            lesion.measures.volume_mm3,
            Some(cubed),
        );
        let area = lesion.measures.area_mm2.filter(|area| *area > 0.0);
        let density = lesion.measures.agatston_unscaled.zip(area).map(|(unscaled, area)| unscaled / area);
        ledger.number(&format!("{at}.density"), density, lesion.measures.density);
        let single = lesion.flags.iter().any(|flag| flag == "z_unresolved");
        ledger.truth(
            &format!("{at}.flags"),
            "z_unresolved with one slice, and only then",
            single == (lesion.slices == 1),
        );
    }

    /// The class by caliper and lower bound of the extent.
    fn class(&self, at: &str, lesion: &LesionRecord, ledger: &mut Ledger) {
        let p = self.protocol;
        let apparent_mm = lesion.caliper_mm.max(lesion.z_extent_mm[0]);
        let under = |bound: f64| apparent_mm < bound * (1.0 - AREA_TOLERANCE);
        let (class, part) = if under(p.punctate_mm) {
            (ClassWord::Micro, "punctate")
        } else if under(p.spotty_mm) {
            (ClassWord::Micro, "spotty")
        } else if lesion.measures.peak_hu >= Some(p.dense_hu) {
            (ClassWord::Macro, "dense")
        } else {
            (ClassWord::Macro, "none")
        };
        let words = |class, part: &str| format!("{class:?} {part}").to_lowercase();
        let seen = words(lesion.class, lesion.part.as_deref().unwrap_or("none"));
        ledger.word(&format!("{at}.class"), &words(class, part), &seen);
    }

    fn foci(&self, at: &str, lesion: &LesionRecord, ledger: &mut Ledger) {
        for (i, focus) in lesion.foci.iter().enumerate() {
            self.focus(&format!("{at}.foci[{i}]"), focus, lesion, ledger);
        }
        let m = &lesion.measures;
        let sum = |of: fn(&FocusRecord) -> f64| Some(lesion.foci.iter().map(of).sum::<f64>());
        ledger.number(&format!("{at}.agatston"), sum(|f| f.agatston), m.agatston);
        let unscaled = sum(|f| f.area_mm2 * f64::from(f.weight));
        ledger.number(&format!("{at}.agatston_unscaled"), unscaled, m.agatston_unscaled);
        ledger.number(&format!("{at}.area_mm2"), sum(|f| f.area_mm2), m.area_mm2);
        ledger.number(&format!("{at}.volume_mm3"), sum(|f| f.volume_mm3), m.volume_mm3);
        let mass = self.mass_factor.and_then(|_| sum(|f| f.mass_mg.unwrap_or_default()));
        ledger.number(&format!("{at}.mass_mg"), mass, m.mass_mg);
        let peak = lesion.foci.iter().map(|f| f.peak_hu).reduce(f64::max);
        ledger.number(&format!("{at}.peak_hu"), peak, m.peak_hu);
        ledger.number(&format!("{at}.mean_hu"), mean(&lesion.foci), m.mean_hu);
        if self.protocol.volume_threshold_hu.is_none() {
            ledger.number(&format!("{at}.sd_hu"), pooled_sd(&lesion.foci), m.sd_hu);
            let parts = m.volume_by_weight_mm3.map(|parts| parts.iter().sum());
            ledger.number(&format!("{at}.volume_by_weight_mm3 (sum)"), m.volume_mm3, parts);
        }
        self.bounds(at, lesion, ledger);
    }

    /// The box of a lesion holds those of its foci, and no more.
    fn bounds(&self, at: &str, lesion: &LesionRecord, ledger: &mut Ledger) {
        let span = |of: fn(&FocusRecord) -> [u64; 2]| {
            let low = lesion.foci.iter().map(|f| of(f)[0]).min();
            low.zip(lesion.foci.iter().map(|f| of(f)[1]).max())
        };
        let b = &lesion.bounding_box;
        let wide = |[low, high]: [u16; 2]| Some((u64::from(low), u64::from(high)));
        let holds = span(|f| [f.slice; 2]) == wide(b.slices)
            && span(|f| f.rows.map(u64::from)) == wide(b.rows)
            && span(|f| f.columns.map(u64::from)) == wide(b.columns);
        ledger.truth(&format!("{at}.bounding_box"), "the box around its foci", holds);
    }

    fn focus(&self, at: &str, focus: &FocusRecord, lesion: &LesionRecord, ledger: &mut Ledger) {
        let area_mm2 = number(focus.pixels) * self.pixel_area_mm2;
        let volume_mm3 = number(focus.volume_pixels) * self.pixel_area_mm2 * self.increment_mm;
        let agatston = area_mm2 * f64::from(focus.weight) * self.slice_factor;
        ledger.number(&format!("{at}.area_mm2"), Some(area_mm2), Some(focus.area_mm2));
        ledger.number(&format!("{at}.volume_mm3"), Some(volume_mm3), Some(focus.volume_mm3));
        ledger.number(&format!("{at}.agatston"), Some(agatston), Some(focus.agatston));
        let mass = self.mass_factor.map(|f| focus.mean_hu.unwrap_or_default() * volume_mm3 * f / 1000.0);
        ledger.number(&format!("{at}.mass_mg"), mass, focus.mass_mg);
        let of_lesion = self.protocol.peak == "lesion";
        let peak = if of_lesion { lesion.measures.peak_hu } else { Some(focus.peak_hu) };
        let bounds = self.protocol.weight_bounds_hu.iter().filter(|bound| peak >= Some(**bound));
        ledger.count(&format!("{at}.weight"), Some(1 + bounds.count() as u64), Some(u64::from(focus.weight)));
        let passes = match self.protocol.comparison.as_str() {
            ">" => focus.peak_hu > self.protocol.threshold_hu,
            _ => focus.peak_hu >= self.protocol.threshold_hu,
        };
        ledger.truth(&format!("{at}.peak_hu"), "a peak that passes the threshold", passes);
    }
}

/// Mean HU over the pixels that count for volume.
fn mean(foci: &[FocusRecord]) -> Option<f64> {
    let voxels: u64 = foci.iter().map(|f| f.volume_pixels).sum();
    let sum: f64 = foci.iter().filter_map(|f| f.mean_hu.map(|mean| mean * number(f.volume_pixels))).sum();
    (voxels > 0).then(|| sum / number(voxels))
}

/// Standard deviation over all pixels, from that of each focus about its own mean.
fn pooled_sd(foci: &[FocusRecord]) -> Option<f64> {
    let mean = mean(foci)?;
    let about = |f: &FocusRecord| {
        let apart = f.mean_hu.unwrap_or_default() - mean;
        number(f.pixels) * (f.sd_hu * f.sd_hu + apart * apart)
    };
    let pixels: u64 = foci.iter().map(|f| f.pixels).sum();
    Some((foci.iter().map(about).sum::<f64>() / number(pixels)).sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "counts of pixels stay far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}
