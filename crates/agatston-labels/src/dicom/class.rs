//! SOP classes: those that are read, and the names of those that people name by mistake.

/// Segmentation Storage.
pub(super) const SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.4";
/// Label Map Segmentation Storage.
pub(super) const LABEL_MAP_SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.7";
/// RT Structure Set Storage.
pub(super) const RT_STRUCTURE_SET: &str = "1.2.840.10008.5.1.4.1.1.481.3";

/// Names by UID or by the start of a UID (PS3.6 table A-1); the first that fits.
const NAMES: [(&str, &str); 22] = [
    ("1.2.840.10008.1.3.10", "a DICOMDIR"),
    ("1.2.840.10008.5.1.4.1.1.1.", "a digital X-ray image"),
    ("1.2.840.10008.5.1.4.1.1.1", "a CR image"),
    ("1.2.840.10008.5.1.4.1.1.2", "a CT image"),
    ("1.2.840.10008.5.1.4.1.1.4", "an MR image"),
    ("1.2.840.10008.5.1.4.1.1.6.", "an ultrasound image"),
    ("1.2.840.10008.5.1.4.1.1.7", "a secondary capture"),
    ("1.2.840.10008.5.1.4.1.1.11.", "a presentation state"),
    ("1.2.840.10008.5.1.4.1.1.12.", "an X-ray image"),
    ("1.2.840.10008.5.1.4.1.1.20", "a nuclear medicine image"),
    ("1.2.840.10008.5.1.4.1.1.66.5", "a surface segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66.6", "a tractography result"),
    ("1.2.840.10008.5.1.4.1.1.66.", "a spatial registration"),
    ("1.2.840.10008.5.1.4.1.1.66", "raw data"),
    ("1.2.840.10008.5.1.4.1.1.77.", "a visible light image"),
    ("1.2.840.10008.5.1.4.1.1.88.", "a structured report (SR)"),
    ("1.2.840.10008.5.1.4.1.1.91.", "microscopy annotations"),
    ("1.2.840.10008.5.1.4.1.1.104.", "an encapsulated document"),
    ("1.2.840.10008.5.1.4.1.1.128", "a PET image"),
    ("1.2.840.10008.5.1.4.1.1.481.2", "an RT dose"),
    ("1.2.840.10008.5.1.4.1.1.481.5", "an RT plan"),
    ("1.2.840.10008.5.1.4.1.1.481.", "another RT object"),
];

/// What a message calls a class.
pub(super) fn named(class: Option<&str>) -> String {
    let Some(uid) = class else { return "no SOPClassUID".to_owned() };
    let fits = |start: &str| {
        let rest = uid.strip_prefix(start);
        rest.is_some_and(|rest| start.ends_with('.') || rest.is_empty() || rest.starts_with('.'))
    };
    let known = NAMES.iter().find(|(start, _)| fits(start));
    known.map_or_else(|| format!("SOP class {uid}"), |(_, name)| format!("{name}, SOP class {uid}"))
}
