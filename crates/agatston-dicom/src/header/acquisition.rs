//! How the images came about. Slices of one series agree on it, so it is made once and shared.

use std::sync::Arc;

use super::{
    Acquisition, Contrast,
    elements::Elements,
    tag::{self, Key},
};
use crate::text::{self, number};

/// The acquisition that was last read, for the next file that says the same.
#[derive(Debug, Default)]
pub(crate) struct LastAcquisition {
    /// What a header said of it, and what was made of that.
    known: Option<(Elements, Arc<[Acquisition]>)>,
}

impl LastAcquisition {
    /// How each frame came about; one for all where they agree. Never empty.
    pub(crate) fn of(&mut self, elements: &Elements, frames: usize) -> Arc<[Acquisition]> {
        if !elements.is_classic() {
            return acquisitions(elements, frames).into();
        }
        if let Some((said, known)) = &self.known
            && elements.agrees(said, tag::of_acquisition)
        {
            return Arc::clone(known);
        }
        // Made of nothing but what is compared, so that nothing else can be missed.
        let said = elements.only(tag::of_acquisition);
        let made: Arc<[Acquisition]> = [acquisition(&said, 0)].into();
        self.known = Some((said, Arc::clone(&made)));
        made
    }
}

fn acquisitions(elements: &Elements, frames: usize) -> Vec<Acquisition> {
    let first = acquisition(elements, 0);
    // Compared before they are kept: nearly always one is enough, and there may be 65,535.
    if (1..frames).all(|i| acquisition(elements, i) == first) {
        return vec![first];
    }
    (0..frames).map(|i| acquisition(elements, i)).collect()
}

fn acquisition(elements: &Elements, frame: usize) -> Acquisition {
    let any = |key| elements.of_frame(frame, key);
    let texts = |key| any(key).map(text::list).unwrap_or_default();
    let date = [tag::ACQUISITION_DATE, tag::SERIES_DATE, tag::STUDY_DATE];
    let image_type = {
        let of_frame = texts(tag::FRAME_TYPE);
        if of_frame.is_empty() {
            text::list(elements.top.get(tag::IMAGE_TYPE).unwrap_or_default())
        } else {
            of_frame
        }
    };
    Acquisition {
        manufacturer: elements.text(tag::MANUFACTURER).into_owned(),
        model: elements.text(tag::MANUFACTURER_MODEL_NAME).into_owned(),
        kvp: number(any(tag::KVP)).value().copied().filter(|kvp| *kvp > 0.0),
        kernel: texts(tag::CONVOLUTION_KERNEL),
        reconstruction: any(tag::RECONSTRUCTION_ALGORITHM).map(text::clean).unwrap_or_default(),
        contrast: contrast(elements, frame, &image_type),
        image_type,
        scan_options: texts(tag::SCAN_OPTIONS),
        synchronization: any(tag::CARDIAC_SYNCHRONIZATION_TECHNIQUE).map(text::clean).unwrap_or_default(),
        trigger: [tag::TRIGGER_TIME, tag::NOMINAL_INTERVAL]
            .iter()
            .any(|key| number(any(*key)).value().is_some_and(|v| *v > 0.0)),
        filter: [texts(tag::FILTER_MATERIAL), texts(tag::FILTER_TYPE)].concat(),
        lossy: elements.text(tag::LOSSY_IMAGE_COMPRESSION).into_owned(),
        burned_in: elements.text(tag::BURNED_IN_ANNOTATION) == "YES",
        year: date.iter().find_map(|key| year(elements.top.get(*key)?)),
        mass_factor_patient: floats(elements, tag::CALCIUM_SCORING_MASS_FACTOR_PATIENT).first().copied(),
        mass_factor_device: floats(elements, tag::CALCIUM_SCORING_MASS_FACTOR_DEVICE),
        day: date.iter().find_map(|key| day(elements.top.get(*key)?)),
    }
}

/// Values of ContrastBolusAgent that mean none.
const NO_CONTRAST: [&str; 17] = [
    "NONE",
    "NO",
    "N",
    "NO CONTRAST",
    "W/O",
    "WITHOUT",
    "0",
    "W/O CONTRAST",
    "WITHOUT CONTRAST",
    "NON",
    "NO IV CONTRAST",
    "NON CONTRAST",
    "NON-CONTRAST",
    "UNENHANCED",
    "N/A",
    "NA",
    "-",
];

fn contrast(elements: &Elements, frame: usize, image_type: &[String]) -> Contrast {
    let upper = |key| elements.of_frame(frame, key).map(text::clean).unwrap_or_default().to_ascii_uppercase();
    let route = upper(tag::CONTRAST_BOLUS_ROUTE);
    let oral = matches!(route.as_str(), "ORAL" | "PO" | "P.O." | "PER OS");
    let agent = upper(tag::CONTRAST_BOLUS_AGENT);
    if image_type.iter().any(|value| value == "CARDIAC_CTA") {
        Contrast::ImageType
    } else if oral {
        Contrast::None
    } else if !agent.is_empty() && !NO_CONTRAST.contains(&agent.as_str()) {
        Contrast::Agent
    } else if elements.contrast_item {
        Contrast::Sequence
    } else {
        Contrast::None
    }
}

/// The year of a date; years outside 1970..2100 are placeholders.
fn year(date: &[u8]) -> Option<u16> {
    let digits = std::str::from_utf8(text::trim(date).get(..4)?).ok()?;
    digits.parse().ok().filter(|year| (1970..2100).contains(year))
}

/// Days from 1970-01-01 to a date (VR DA, also with the points of older files) whose year is no placeholder.
fn day(date: &[u8]) -> Option<i32> {
    let year = i32::from(year(date)?);
    let rest: Vec<u8> = text::trim(date).iter().skip(4).copied().filter(|b| *b != b'.').collect();
    let digits = std::str::from_utf8(rest.get(..4)?).ok()?;
    let (month, day): (i32, i32) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| days_from_1970(year, month, day))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; years begin in March, so that leap days end them.
fn days_from_1970(year: i32, month: i32, day: i32) -> i32 {
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    let in_year = (153 * months + 2) / 5 + day - 1;
    365 * years + leaps + in_year - 719_468
}

/// Binary floats (VR FL), those that are finite and positive.
fn floats(elements: &Elements, key: Key) -> Vec<f64> {
    let bytes = elements.of_frame(0, key).unwrap_or_default();
    let read = |b: &[u8]| {
        let b = b.try_into().ok()?;
        Some(if elements.big_endian { f32::from_be_bytes(b) } else { f32::from_le_bytes(b) })
    };
    let all = bytes.chunks_exact(4).filter_map(read).map(f64::from);
    all.filter(|v| v.is_finite() && *v > 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::read::read;

    /// A classic header with a value for each of some elements.
    fn header(values: &[(Key, &str)]) -> Elements {
        let mut elements = Elements::of_image();
        values.iter().for_each(|(key, value)| elements.take(&[], *key, value.as_bytes()));
        elements
    }

    /// Every element that an acquisition may be made of.
    fn asked() -> Vec<Key> {
        (0..=0x0040u32)
            .flat_map(|group| (0..=0xFFFFu32).map(move |element| (group << 16) | element))
            .filter(|key| tag::of_acquisition(*key))
            .collect()
    }

    #[test]
    fn what_slices_share_is_made_once_and_what_differs_anew() {
        let keys = asked();
        assert_eq!(keys.len(), 21);
        let all: Vec<(Key, &str)> = keys.iter().map(|key| (*key, "1")).collect();
        for changed in 0..keys.len() {
            let mut other = all.clone();
            other[changed].1 = "2";
            let mut last = LastAcquisition::default();
            let first = last.of(&header(&all), 1);
            assert!(!Arc::ptr_eq(&first, &last.of(&header(&other), 1)), "{}", tag::shown(keys[changed]));
            other.remove(changed);
            assert!(!Arc::ptr_eq(&first, &last.of(&header(&other), 1)), "{}", tag::shown(keys[changed]));
        }
        let (mut last, mut moved) = (LastAcquisition::default(), all.clone());
        let first = last.of(&header(&all), 1);
        moved.push((tag::IMAGE_POSITION_PATIENT, "0\\0\\3"));
        assert!(Arc::ptr_eq(&first, &last.of(&header(&moved), 1)));
        let mut swapped = header(&all);
        swapped.big_endian = true;
        assert!(!Arc::ptr_eq(&first, &last.of(&swapped, 1)));
        let mut enhanced = header(&all);
        enhanced.contrast_item = true;
        assert!(!Arc::ptr_eq(&first, &last.of(&enhanced, 1)));
    }

    /// 2000-02-29 and 2024-02-29 are 8766 days apart (24 years of 365.25 days); 1970-01-01 is day 0.
    #[test]
    fn days_between_dates() {
        let check = |date: &str, expected| assert_eq!(day(date.as_bytes()), expected, "{date}");
        check("19700101", Some(0));
        check("19700301", Some(59));
        check("20000229", Some(11_016));
        check("20240229", Some(11_016 + 8_766));
        check("2024.02.29", Some(19_782));
        for none in ["", "2024", "20241301", "20240132", "19000101", "2024-2-9", "2024022x"] {
            check(none, None);
        }
    }

    /// Nothing is read that is not compared: real headers, whole and cut down to it, say the same.
    #[test]
    fn an_acquisition_is_made_of_what_is_compared() {
        let data = crate::real_data::data();
        let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        let folders: Vec<_> = data.into_iter().chain([fixtures]).collect();
        let mut compared = 0;
        for source in crate::discover(&folders).unwrap().iter().filter(|s| s.len() < 2 << 20) {
            let Some(raw) = read(source, &mut Vec::new(), |_, _| false).unwrap().dicom() else { continue };
            if raw.elements.is_classic() {
                let cut = raw.elements.only(tag::of_acquisition);
                assert_eq!(acquisition(&raw.elements, 0), acquisition(&cut, 0), "{}", source.name());
                compared += 1;
            }
        }
        assert!(compared > 50, "{compared}");
    }
}
