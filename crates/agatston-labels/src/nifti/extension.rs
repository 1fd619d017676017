//! The extension between header and voxels in which TotalSegmentator and Connectome Workbench write label names.

use std::io::Read;

use roxmltree::{Document, Node};

use super::header::Header;
use crate::{
    code::LABELS_INVALID,
    error::{Refusal, Trouble, refusal},
    names::{Key, Names},
    stream::{broken, fill},
    volume::Order,
};

/// A table of ten thousand labels has some 2 MB.
const BYTES_MAX: u64 = 4 << 20;

/// Reads everything up to the voxels, and the label table if there is one.
pub(super) fn label_table(stream: &mut dyn Read, header: &Header) -> Result<Names, Trouble> {
    let mut extender = [0; 4];
    fill(stream, &mut extender, "header")?;
    let bytes = header.data_offset.saturating_sub(header.end + 4);
    if bytes > BYTES_MAX {
        let finding = refusal(LABELS_INVALID, "the voxels start implausibly late");
        return Err(finding.seen(format!("{bytes} bytes after the header")).expected("4 MiB at most").into());
    }
    let mut between = Vec::new();
    stream.take(bytes).read_to_end(&mut between).map_err(|e| broken(e, "extensions"))?;
    if between.len() as u64 != bytes {
        return Err(broken(std::io::ErrorKind::UnexpectedEof.into(), "extensions"));
    }
    if extender[0] == 0 {
        return Ok(Names::new());
    }
    let mut names = None;
    for content in split(&between, header.layout.order)? {
        if contains(content, b"<LabelTable") {
            if names.is_some() {
                return Err(refusal(LABELS_INVALID, "the file has two label tables").expected("one").into());
            }
            names = Some(parse(content)?);
        }
    }
    Ok(names.unwrap_or_default())
}

/// Contents of the extensions: each has its size (these 8 bytes included), a code and data. The code is no help:
/// TotalSegmentator writes 0.
fn split(mut rest: &[u8], order: Order) -> Result<Vec<&[u8]>, Refusal> {
    let mut contents = Vec::new();
    while rest.iter().any(|b| *b != 0) {
        let wrong = || refusal(LABELS_INVALID, "an extension of the header has an impossible size");
        let size = rest.first_chunk::<4>().ok_or_else(wrong)?;
        let size = if order == Order::Little { u32::from_le_bytes(*size) } else { u32::from_be_bytes(*size) };
        let size = usize::try_from(size).ok().filter(|s| (8..=rest.len()).contains(s)).ok_or_else(wrong)?;
        let (extension, after) = rest.split_at(size);
        contents.extend(extension.get(8..));
        rest = after;
    }
    Ok(contents)
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|w| w == word)
}

/// Reads `<Label Key="3">name</Label>`; 0 is the background and named nowhere.
fn parse(content: &[u8]) -> Result<Names, Refusal> {
    let invalid = |seen: String| {
        refusal(LABELS_INVALID, "the label table in the file cannot be read")
            .seen(seen)
            .next_step("write the label map again, or without its label table and with --label-scheme")
    };
    check_is_table(content)?;
    let text = std::str::from_utf8(content).map_err(|e| invalid(e.to_string()))?;
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let document = Document::parse(text).map_err(|e| invalid(e.to_string()))?;
    let mut tables = document.descendants().filter(|n| n.has_tag_name("LabelTable"));
    let table = tables.next().ok_or_else(|| invalid("no LabelTable".to_owned()))?;
    if tables.next().is_some() {
        return Err(invalid("two label tables".to_owned()));
    }
    let mut names = Names::new();
    for label in table.children().filter(|n| n.has_tag_name("Label")) {
        let (key, name) = label_of(label).map_err(invalid)?;
        if key == 0 || name.is_empty() {
            continue;
        }
        if names.insert(Key::of(key), name.into()).is_some() {
            return Err(invalid(format!("key {key} occurs twice")));
        }
    }
    Ok(names)
}

/// Letters of the longest tag of a label table, and its most name spaces: the parser's time grows with their squares.
const TAG_MAX: usize = 4096;
const NAME_SPACES_MAX: usize = 16;

fn check_is_table(content: &[u8]) -> Result<(), Refusal> {
    let tags = content.split(|b| *b == b'<').filter_map(|tag| tag.iter().position(|b| *b == b'>'));
    let name_spaces = content.windows(5).filter(|word| *word == b"xmlns").count();
    if name_spaces <= NAME_SPACES_MAX && tags.max().unwrap_or(0) <= TAG_MAX {
        return Ok(());
    }
    Err(refusal(LABELS_INVALID, "the label table in the file is none")
        .seen("long tags, or many name spaces")
        .next_step("write the label map again, or without its label table and with --label-scheme"))
}

fn label_of(label: Node<'_, '_>) -> Result<(u32, String), String> {
    let key = label.attribute("Key").ok_or("a label without a key")?;
    let id = key.trim().parse().map_err(|_| format!("key {key:?}, which is no label id"))?;
    let name: String = label.children().filter_map(|n| n.text()).collect();
    Ok((id, name.trim().to_owned()))
}
