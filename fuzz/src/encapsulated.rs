//! A well-formed multi-frame CT object of two or more frames around compressed pixels that need not be well-formed.
//!
//! Written by hand, because it is written anew for every input: PS3.5 chapter 7 (explicit VR little endian) and annex
//! A.4 (fragments).

/// Distance of the frames, mm.
const INCREMENT_MM: usize = 3;

/// What the header says of the pixels.
pub(crate) struct Picture<'a> {
    pub(crate) syntax: &'a str,
    pub(crate) rows: u16,
    pub(crate) columns: u16,
    pub(crate) bits_stored: u16,
    pub(crate) signed: bool,
    pub(crate) slope: i8,
}

/// Where the frames begin, as the file says.
pub(crate) enum Table {
    /// It does not.
    None,
    /// In the basic offset table, correctly.
    Basic,
    /// In the extended offset table, correctly.
    Extended,
    /// In a basic offset table with this content.
    Stated(Vec<u8>),
}

/// RescaleIntercept of every frame.
pub(crate) const INTERCEPT: i32 = -1024;

/// The file: each frame a list of fragments.
pub(crate) fn file(picture: &Picture<'_>, table: &Table, frames: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    out.extend(meta(picture.syntax));
    out.extend(header(picture, frames.len()));
    if let Table::Extended = table {
        let offsets: Vec<u8> = offsets(frames).iter().flat_map(|o| u64::from(*o).to_le_bytes()).collect();
        let lengths = frames.iter().map(|f| f.iter().map(|part| even(part).len() as u64).sum::<u64>());
        element(&mut out, 0x7FE0_0001, b"OV", &offsets);
        element(&mut out, 0x7FE0_0002, b"OV", &lengths.flat_map(u64::to_le_bytes).collect::<Vec<_>>());
    }
    out.extend([0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    let basic = match table {
        Table::None | Table::Extended => Vec::new(),
        Table::Basic => offsets(frames).iter().flat_map(|o| o.to_le_bytes()).collect(),
        Table::Stated(bytes) => bytes.clone(),
    };
    item(&mut out, &basic);
    frames.iter().flatten().for_each(|fragment| item(&mut out, &even(fragment)));
    out.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    out
}

/// The file meta group.
pub(crate) fn meta(syntax: &str) -> Vec<u8> {
    let mut group = Vec::new();
    element(&mut group, 0x0002_0001, b"OB", &[0, 1]);
    element(&mut group, 0x0002_0002, b"UI", ENHANCED_CT.as_bytes());
    element(&mut group, 0x0002_0003, b"UI", INSTANCE.as_bytes());
    element(&mut group, 0x0002_0010, b"UI", syntax.as_bytes());
    let mut out = Vec::new();
    element(&mut out, 0x0002_0000, b"UL", &length(&group).to_le_bytes());
    out.extend(group);
    out
}

const ENHANCED_CT: &str = "1.2.840.10008.5.1.4.1.1.2.1";
const INSTANCE: &str = "2.25.1";

/// Everything before the pixels.
fn header(picture: &Picture<'_>, frames: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut text = |tag, vr: &[u8; 2], value: &str| element(&mut out, tag, vr, value.as_bytes());
    text(0x0008_0008, b"CS", "ORIGINAL\\PRIMARY\\AXIAL");
    text(0x0008_0016, b"UI", ENHANCED_CT);
    text(0x0008_0018, b"UI", INSTANCE);
    text(0x0008_0060, b"CS", "CT");
    text(0x0010_0020, b"LO", "PHANTOM");
    text(0x0020_000D, b"UI", "2.25.2");
    text(0x0020_000E, b"UI", "2.25.3");
    text(0x0020_0052, b"UI", "2.25.4");
    text(0x0028_0004, b"CS", "MONOCHROME2");
    text(0x0028_0008, b"IS", &frames.to_string());
    let numbers = [
        (0x0028_0002, 1),
        (0x0028_0010, picture.rows),
        (0x0028_0011, picture.columns),
        (0x0028_0100, 16),
        (0x0028_0101, picture.bits_stored),
        (0x0028_0102, picture.bits_stored.saturating_sub(1)),
        (0x0028_0103, u16::from(picture.signed)),
    ];
    for (tag, number) in numbers {
        element(&mut out, tag, b"US", &number.to_le_bytes());
    }
    let orientation = sequence(0x0020_9116, &texts(&[(0x0020_0037, "1\\0\\0\\0\\1\\0")]));
    let measures = sequence(0x0028_9110, &texts(&[(0x0018_0050, "3"), (0x0028_0030, "0.5\\0.5")]));
    out.extend(sequence(0x5200_9229, &[orientation, measures].concat()));
    let mut groups = Vec::new();
    for frame in 0..frames {
        let position = format!("0\\0\\{}", INCREMENT_MM * frame);
        let place = sequence(0x0020_9113, &texts(&[(0x0020_0032, &position)]));
        let (slope, intercept) = (picture.slope.to_string(), INTERCEPT.to_string());
        let rescale = texts(&[(0x0028_1052, &intercept), (0x0028_1053, &slope)]);
        item(&mut groups, &[place, sequence(0x0028_9145, &rescale)].concat());
    }
    element(&mut out, 0x5200_9230, b"SQ", &groups);
    out
}

/// Decimal strings.
fn texts(values: &[(u32, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    values.iter().for_each(|(tag, value)| element(&mut out, *tag, b"DS", value.as_bytes()));
    out
}

/// A sequence of one item.
fn sequence(tag: u32, content: &[u8]) -> Vec<u8> {
    let (mut items, mut out) = (Vec::new(), Vec::new());
    item(&mut items, content);
    element(&mut out, tag, b"SQ", &items);
    out
}

/// An item of a sequence or of encapsulated pixels.
fn item(out: &mut Vec<u8>, content: &[u8]) {
    out.extend([0xFE, 0xFF, 0x00, 0xE0]);
    out.extend(length(content).to_le_bytes());
    out.extend(content);
}

/// An element of explicit VR little endian; a value of odd length gets a byte more.
fn element(out: &mut Vec<u8>, tag: u32, vr: &[u8; 2], value: &[u8]) {
    let filler = if vr == b"UI" || vr == b"OB" { 0 } else { b' ' };
    let odd = value.len() % 2 == 1;
    let length = length(value) + u32::from(odd);
    let [a, b, c, d] = tag.to_be_bytes();
    out.extend([b, a, d, c]);
    out.extend(vr);
    match vr {
        b"OB" | b"OV" | b"SQ" => {
            out.extend([0, 0]);
            out.extend(length.to_le_bytes());
        }
        _ => out.extend(u16::try_from(length).expect("short elements are short").to_le_bytes()),
    }
    out.extend(value);
    out.extend(odd.then_some(filler));
}

/// Where each frame begins, from the first fragment's head.
fn offsets(frames: &[Vec<Vec<u8>>]) -> Vec<u32> {
    let mut at = 0;
    let size = |frame: &Vec<Vec<u8>>| frame.iter().map(|part| 8 + length(&even(part))).sum::<u32>();
    frames
        .iter()
        .map(|frame| {
            let start = at;
            at += size(frame);
            start
        })
        .collect()
}

fn even(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.resize(bytes.len().next_multiple_of(2), 0);
    out
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("inputs are far below 4 GiB")
}
