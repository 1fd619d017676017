//! Contours in the property list of the COCA data set (Stanford, gated scans), as XML or binary.
//!
//! A list of images, each with its contours (ROIs): a name, and every point twice, in pixels (`Point_px`, column and row,
//! integers at the centres of pixels) and in the patient (`Point_mm`). The pixels are the exact ones, the millimetres
//! tell the slice and prove both. Contours without a point are skipped; the data set has many. Left out: the numbers
//! that the drawing program computed (Area, Mean, Max and others), which are not asked about.

mod property_list;

use std::{collections::BTreeMap, fmt, io::Read};

use self::property_list::{Dict, Node};
use crate::{
    LabelKind,
    code::{LABELS_FORMAT, LABELS_INVALID},
    contours::{Contour, Drawing},
    error::{Refusal, Trouble, refusal},
    label_file::Origin,
    names::{Key, Named, Names},
    shown::shown,
    source::Input,
    vessel,
};

/// A reading of a hundred thousand points has some 12 MB.
const BYTES_MAX: u64 = 16 << 20;

/// The four arteries as the data set names them, and what each name means here. The left coronary artery is elsewhere
/// the whole left system; in this data set it is the left main.
const ARTERIES: [(&str, &str); 4] = [
    ("left coronary artery", "left main coronary artery"),
    ("left anterior descending artery", "left anterior descending artery"),
    ("left circumflex artery", "left circumflex artery"),
    ("right coronary artery", "right coronary artery"),
];

const AGAIN: &str = "export the contours again from the program that drew them";

/// Whether a file starts like a property list.
pub(crate) fn starts(bytes: &[u8]) -> bool {
    let text = without_mark(bytes).trim_ascii_start();
    let holds = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    let is_markup = [&b"<?xml"[..], b"<!--", b"<!DOCTYPE", b"<plist"].iter().any(|s| text.starts_with(s));
    bytes.starts_with(property_list::BINARY) || is_markup && (holds(b"<!DOCTYPE plist") || holds(b"<plist"))
}

/// Reads the contours of a file.
pub(crate) fn read(input: Input<'_>) -> Result<Drawing, Trouble> {
    let mut bytes = Vec::new();
    let read = input.reader.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(Trouble::Io)?;
    if read as u64 > BYTES_MAX {
        return Err(refusal(LABELS_INVALID, "the property list is too large")
            .expected(format!("at most {} MiB", BYTES_MAX >> 20))
            .into());
    }
    let root = property_list::read(without_mark(&bytes).trim_ascii_start())?;
    let mut regions = Regions::new();
    let mut contours = Vec::new();
    for (number, image) in (1..).zip(images(&root)?) {
        let image = Image::of(image, number)?;
        for (roi, node) in (1..).zip(image.rois) {
            contours.extend(contour(node, Place { roi: Some(roi), ..image.place }, &mut regions)?);
        }
    }
    Ok(Drawing {
        kind: LabelKind::CocaXml,
        names: regions.names,
        contours,
        holes: false,
        origin: Origin::default(),
        findings: Vec::new(),
    })
}

/// Without the byte order mark of UTF-8.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn images(root: &Node) -> Result<&[Node], Refusal> {
    let Node::Dict(entries) = root else { return Err(other()) };
    match entries.get("Images") {
        Some(Node::List(images)) => Ok(images),
        Some(_) => Err(refusal(LABELS_INVALID, "Images is no list").next_step(AGAIN)),
        None => Err(other()),
    }
}

fn other() -> Refusal {
    refusal(LABELS_FORMAT, "this is a property list, but no list of contours")
        .expected("the key Images, as the COCA data set has it")
        .next_step("name the file that has the contours")
}

/// An image with its contours.
struct Image<'a> {
    place: Place,
    rois: &'a [Node],
}

impl<'a> Image<'a> {
    fn of(node: &'a Node, number: usize) -> Result<Self, Refusal> {
        let place = Place { number, index: None, roi: None };
        let Node::Dict(image) = node else { return Err(place.invalid("is no dictionary")) };
        let index = place.count(image, "ImageIndex")?.map(u32::try_from).transpose();
        let place = Place { index: index.map_err(|_| place.invalid("has a huge ImageIndex"))?, ..place };
        let rois = match image.get("ROIs") {
            None => &[][..],
            Some(Node::List(rois)) => rois,
            Some(_) => return Err(place.invalid("has ROIs that are no list")),
        };
        place.check_count(image, "NumberOfROIs", rois.len())?;
        Ok(Self { place, rois })
    }
}

/// A contour, if it has points.
fn contour(node: &Node, place: Place, regions: &mut Regions) -> Result<Option<Contour>, Refusal> {
    let Node::Dict(roi) = node else { return Err(place.invalid("is no dictionary")) };
    let (pixels, mm) = (place.points::<2>(roi, "Point_px")?, place.points::<3>(roi, "Point_mm")?);
    place.check_count(roi, "NumberOfPoints", pixels.len().max(mm.len()))?;
    if pixels.is_empty() && mm.is_empty() {
        return Ok(None);
    }
    if pixels.len() != mm.len() {
        return Err(place
            .invalid("does not have each point in pixels and in mm")
            .seen(format!("{} in Point_px, {} in Point_mm", pixels.len(), mm.len()))
            .expected("both of each: Point_px is exact, Point_mm proves the image")
            .next_step("export the contours again with Point_px and Point_mm"));
    }
    let Some(Node::Text(name)) = roi.get("Name") else { return Err(place.invalid("has no Name")) };
    let key = regions.key(name).ok_or_else(|| place.invalid("has a name too many"))?;
    Ok(Some(Contour {
        key,
        lps_mm: mm,
        pixels: Some(pixels),
        sop_instance_uid: None,
        image_index: place.index,
    }))
}

/// What the contours are called. The four arteries are among them whether they occur or not: a reading that has no
/// contour of an artery says that there is no calcium in it.
struct Regions {
    names: Names,
    keys: BTreeMap<String, Key>,
}

impl Regions {
    fn new() -> Self {
        let arteries = (1..).map(Key::of).zip(ARTERIES);
        let (names, keys) = arteries
            .map(|(key, (name, meant))| ((key, Named::from(meant.to_owned())), (name.to_owned(), key)))
            .unzip();
        Self { names, keys }
    }

    /// The key of a name; nothing when there are over 2^32.
    fn key(&mut self, name: &str) -> Option<Key> {
        let plain = vessel::plain(name);
        if let Some(key) = self.keys.get(&plain) {
            return Some(*key);
        }
        let key = Key::of(u32::try_from(self.keys.len()).ok()?.checked_add(1)?);
        self.keys.insert(plain, key);
        self.names.insert(key, name.to_owned().into());
        Some(key)
    }
}

/// Where in the file something is.
#[derive(Clone, Copy)]
struct Place {
    /// The image, counted from 1 in the order of the file.
    number: usize,
    /// Its ImageIndex.
    index: Option<u32>,
    /// The contour, counted from 1.
    roi: Option<usize>,
}

impl Place {
    fn invalid(&self, what: &str) -> Refusal {
        refusal(LABELS_INVALID, format!("{self} {what}")).next_step(AGAIN)
    }

    /// A count, which need not be there.
    fn count(&self, of: &Dict, key: &str) -> Result<Option<u64>, Refusal> {
        match of.get(key) {
            None => Ok(None),
            Some(Node::Whole(count)) => Ok(Some(*count)),
            Some(_) => Err(self.invalid(&format!("has a {key} that is no integer from 0 on"))),
        }
    }

    /// Where the file counts what it holds, it must hold as many.
    fn check_count(&self, of: &Dict, key: &str, held: usize) -> Result<(), Refusal> {
        match self.count(of, key)? {
            Some(claimed) if claimed != held as u64 => {
                let refusal = self.invalid(&format!("does not hold what its {key} says"));
                Err(refusal.seen(held.to_string()).expected(claimed.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Points as `(x, y)` or `(x, y, z)`; none where the key is not there.
    fn points<const N: usize>(&self, roi: &Dict, key: &str) -> Result<Vec<[f64; N]>, Refusal> {
        let point = |node: &Node| {
            let Node::Text(text) = node else {
                return Err(self.invalid(&format!("has a {key} that is no text")));
            };
            parsed(text).ok_or_else(|| {
                let refusal = self.invalid(&format!("has a {key} that cannot be read"));
                refusal.seen(shown(text)).expected(format!("{N} finite numbers, as (1.5, 2.5)"))
            })
        };
        match roi.get(key) {
            None => Ok(Vec::new()),
            Some(Node::List(points)) => points.iter().map(point).collect(),
            Some(_) => Err(self.invalid(&format!("has a {key} that is no list"))),
        }
    }
}

/// As messages name it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(roi) = self.roi {
            write!(f, "ROI {roi} of ")?;
        }
        match self.index {
            Some(index) => write!(f, "the image with ImageIndex {index}"),
            None => write!(f, "image {} of the file", self.number),
        }
    }
}

/// Numbers in brackets, parted by commas.
fn parsed<const N: usize>(text: &str) -> Option<[f64; N]> {
    let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    let numbers = inner.split(',').map(|part| part.trim().parse().ok().filter(|v: &f64| v.is_finite()));
    numbers.collect::<Option<Vec<f64>>>()?.try_into().ok()
}
