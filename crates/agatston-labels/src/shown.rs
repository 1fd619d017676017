//! Names and lists in messages: a file is a stranger's, and may have long names or many of them.

use std::fmt::Display;

/// How many letters of a name a message shows.
const SHOWN: usize = 64;

/// How many of many things a message lists.
const LISTED: usize = 30;

/// A name in a message: quoted, and no longer than a name.
pub(crate) fn shown(name: &str) -> String {
    let short: String = name.chars().take(SHOWN).collect();
    let more = if short.len() < name.len() { "..." } else { "" };
    format!("{short:?}{more}")
}

/// The first of many, and how many more there are.
pub(crate) fn listed(items: impl Iterator<Item = impl Display>) -> String {
    let all: Vec<String> = items.map(|i| i.to_string()).collect();
    let shown = all.get(..LISTED).unwrap_or(&all).join(", ");
    if all.len() > LISTED { format!("{shown} and {} more", all.len() - LISTED) } else { shown }
}
