//! What a series of a batch is known by, and which part of a batch it belongs to.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};
use twox_hash::XxHash3_128;

/// The key of a series: a hash of its folder, its name in it and what is in it; 32 hexadecimal digits. The same series in
/// another folder has another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey(u128);

impl SeriesKey {
    /// Of a series in a folder, of which the name and the instances (SOPInstanceUID, frame; sorted) are known.
    pub(super) fn of_series(folder: &str, identity: Identity) -> Self {
        let mut hash = XxHash3_128::new();
        text(&mut hash, folder);
        hash.write(&identity.0.to_le_bytes());
        Self(hash.finish_128())
    }

    /// Of a folder whose series cannot be told.
    pub(super) fn of_folder(folder: &str) -> Self {
        let mut hash = XxHash3_128::new();
        text(&mut hash, folder);
        text(&mut hash, "folder");
        Self(hash.finish_128())
    }
}

/// What a series is, wherever it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity(u128);

impl Identity {
    pub(super) fn of(name: &str, instances: &[(&str, usize)]) -> Self {
        let mut hash = XxHash3_128::new();
        text(&mut hash, name);
        for (uid, frame) in instances {
            text(&mut hash, uid);
            hash.write(&(*frame as u64).to_le_bytes());
        }
        Self(hash.finish_128())
    }
}

/// Adds a text and its end.
fn text(hash: &mut XxHash3_128, text: &str) {
    hash.write(text.as_bytes());
    hash.write(&[0]);
}

impl fmt::Display for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// No key: 32 hexadecimal digits in lower case are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key has 32 hexadecimal digits in lower case")]
pub struct NoKey;

impl FromStr for SeriesKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let is_hex = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex { u128::from_str_radix(text, 16).map(Self).map_err(|_| NoKey) } else { Err(NoKey) }
    }
}

impl Serialize for SeriesKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SeriesKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// One of several parts of a batch: series belong to it by their key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// From 1 to `of`.
    index: u32,
    of: u32,
}

/// Most parts of a batch.
const SHARDS_MAX: u32 = 100_000;

impl Shard {
    /// Whether a series belongs to it.
    pub fn holds(self, key: SeriesKey) -> bool {
        key.0 % u128::from(self.of) == u128::from(self.index - 1)
    }

    /// Which part it is, from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Number of parts.
    pub fn of(self) -> u32 {
        self.of
    }
}

/// No part: `I/N` is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("needs I/N, as 1/4: part I of N, from 1 to N, {SHARDS_MAX} at most")]
pub struct NoShard;

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (index, of) = text.split_once('/').ok_or(NoShard)?;
        let [index, of] = [index, of].map(|n| n.parse::<u32>().map_err(|_| NoShard));
        let shard = Self { index: index?, of: of? };
        if (1..=shard.of).contains(&shard.index) && shard.of <= SHARDS_MAX { Ok(shard) } else { Err(NoShard) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl Serialize for Shard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_belongs_to_one_part() {
        for n in 0..100 {
            let key = SeriesKey::of_series("a", Identity::of("1.2", &[("1.2.3", n)]));
            let parts = (1..=7).filter(|i| format!("{i}/7").parse::<Shard>().unwrap().holds(key));
            assert_eq!(parts.count(), 1);
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn what_tells_series_apart() {
        let of = |folder, name, frame| SeriesKey::of_series(folder, Identity::of(name, &[("1.2.3", frame)]));
        let all = [of("a", "1.2", 0), of("b", "1.2", 0), of("a", "1.2#1", 0), of("a", "1.2", 1)];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert_ne!(SeriesKey::of_folder("a"), of("a", "", 0));
    }

    #[test]
    fn parts_and_keys_that_are_none() {
        for wrong in ["", "1", "0/4", "5/4", "1/0", "a/b", "-1/4", "1/200000"] {
            assert_eq!(wrong.parse::<Shard>(), Err(NoShard), "{wrong}");
        }
        for wrong in ["", "12", "G0000000000000000000000000000000", "ABCDEF00000000000000000000000000"] {
            assert_eq!(wrong.parse::<SeriesKey>(), Err(NoKey), "{wrong}");
        }
    }
}
