//! An Apple property list as a tree, XML or binary. Left out: what its entries mean.
//!
//! The `plist` crate does the parsing, event by event, and the tree is grown here, because a file of a stranger may nest
//! without end, refer to the same part over and over, or say one key twice, of which its own tree keeps the last.

use std::{collections::BTreeMap, io::Cursor};

use plist::stream::{BinaryReader, OwnedEvent, XmlReader};

use crate::{
    code::LABELS_INVALID,
    error::{Refusal, refusal},
};

/// How a binary property list starts.
pub(super) const BINARY: &[u8] = b"bplist00";

/// Depth of a reading is 6: root, images, image, contours, contour, points.
const DEPTH_MAX: usize = 16;

/// A reading of a hundred thousand points has some 200,000 entries.
const ENTRIES_MAX: u64 = 2_000_000;

/// Letters of all strings together; a binary list may name one string from many places.
const LETTERS_MAX: usize = 64 << 20;

/// An entry.
#[derive(Debug, PartialEq)]
pub(super) enum Node {
    Dict(Dict),
    List(Vec<Node>),
    Text(String),
    /// An integer from 0 on.
    Whole(u64),
    /// Another number, a date, bytes: nothing that is asked for here.
    Other,
}

pub(super) type Dict = BTreeMap<String, Node>;

pub(super) fn read(bytes: &[u8]) -> Result<Node, Refusal> {
    if bytes.starts_with(BINARY) {
        return grow(BinaryReader::new(Cursor::new(bytes)));
    }
    check_xml(bytes)?;
    grow(XmlReader::new(bytes))
}

/// The parser leaves out CDATA sections and entities that it does not know, which would change a number, and does not
/// miss the end of the outermost element.
fn check_xml(bytes: &[u8]) -> Result<(), Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|e| damaged().seen(e.to_string()).expected("UTF-8"))?;
    let known = ["amp;", "lt;", "gt;", "quot;", "apos;", "#"];
    let unknown = text.split('&').skip(1).find(|rest| !known.iter().any(|known| rest.starts_with(known)));
    if unknown.is_some() || text.contains("<!ENTITY") || text.contains("<![CDATA[") {
        return Err(refusal(LABELS_INVALID, "the property list has XML that no property list needs")
            .seen("an entity of its own, or a CDATA section")
            .expected("plain text between the tags")
            .next_step("export the contours again"));
    }
    if text.contains("</plist>") { Ok(()) } else { Err(damaged().seen("an end before </plist>")) }
}

fn grow(events: impl Iterator<Item = Result<OwnedEvent, plist::Error>>) -> Result<Node, Refusal> {
    let mut tree = Tree { root: None, open: Vec::new(), entries: 0, letters: 0 };
    for event in events {
        tree.add(event.map_err(|e| damaged().seen(e.to_string()))?)?;
    }
    let whole = tree.open.is_empty().then_some(tree.root).flatten();
    whole.ok_or_else(|| damaged().seen("an end before everything is closed"))
}

/// A tree that grows.
struct Tree {
    root: Option<Node>,
    /// What is not closed yet, outermost first.
    open: Vec<Open>,
    entries: u64,
    letters: usize,
}

enum Open {
    List(Vec<Node>),
    Dict { entries: Dict, key: Option<String> },
}

impl Tree {
    fn add(&mut self, event: OwnedEvent) -> Result<(), Refusal> {
        self.claim(1)?;
        match event {
            OwnedEvent::StartArray(claimed) => {
                self.claim(claimed.unwrap_or(0))?;
                self.start(Open::List(Vec::new()))
            }
            OwnedEvent::StartDictionary(claimed) => {
                self.claim(claimed.unwrap_or(0))?;
                self.start(Open::Dict { entries: Dict::new(), key: None })
            }
            OwnedEvent::EndCollection => match self.open.pop() {
                Some(Open::List(nodes)) => self.put(Node::List(nodes)),
                Some(Open::Dict { entries, key: None }) => self.put(Node::Dict(entries)),
                Some(Open::Dict { key: Some(key), .. }) => {
                    Err(damaged().seen(format!("no value of {key:?}")))
                }
                None => Err(damaged().seen("an end without a start")),
            },
            OwnedEvent::String(text) => self.put_text(text.into_owned()),
            OwnedEvent::Integer(value) => self.put(value.as_unsigned().map_or(Node::Other, Node::Whole)),
            _ => self.put(Node::Other),
        }
    }

    fn claim(&mut self, entries: u64) -> Result<(), Refusal> {
        self.entries = self.entries.saturating_add(entries);
        if self.entries <= ENTRIES_MAX { Ok(()) } else { Err(too_large()) }
    }

    fn start(&mut self, open: Open) -> Result<(), Refusal> {
        if self.open.len() == DEPTH_MAX {
            return Err(refusal(LABELS_INVALID, "the property list is nested too deep")
                .expected(format!("at most {DEPTH_MAX} levels")));
        }
        self.open.push(open);
        Ok(())
    }

    /// A string is a key where a dictionary waits for one.
    fn put_text(&mut self, text: String) -> Result<(), Refusal> {
        self.letters = self.letters.saturating_add(text.len());
        if self.letters > LETTERS_MAX {
            return Err(too_large());
        }
        let Some(Open::Dict { entries, key: key @ None }) = self.open.last_mut() else {
            return self.put(Node::Text(text));
        };
        if entries.contains_key(&text) {
            return Err(damaged().seen(format!("the key {text:?} twice in one place")).expected("it once"));
        }
        *key = Some(text);
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<(), Refusal> {
        match self.open.last_mut() {
            Some(Open::List(nodes)) => nodes.push(node),
            Some(Open::Dict { entries, key }) => {
                let key = key.take().ok_or_else(|| damaged().seen("a key that is no text"))?;
                entries.insert(key, node);
            }
            None if self.root.is_none() => self.root = Some(node),
            None => return Err(damaged().seen("more after its end")),
        }
        Ok(())
    }
}

fn damaged() -> Refusal {
    refusal(LABELS_INVALID, "the property list cannot be read")
        .next_step("transfer the file again, or export the contours again")
}

fn too_large() -> Refusal {
    refusal(LABELS_INVALID, "the property list holds too much")
        .expected(format!("at most {ENTRIES_MAX} entries and {} MiB of text", LETTERS_MAX >> 20))
}
