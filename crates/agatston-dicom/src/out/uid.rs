//! UIDs made of content: `2.25.` and a 128-bit hash (PS3.5 B.2). Other content has another UID, the same the same.

use twox_hash::XxHash3_128;

/// A UID of a kind of thing and the parts that decide what it is. At most 44 characters.
pub fn derived_uid(kind: &str, parts: &[&[u8]]) -> String {
    let mut hash = XxHash3_128::new();
    for part in [kind.as_bytes()].iter().chain(parts) {
        // With its length in front no part can run into the next.
        hash.write(&(part.len() as u64).to_le_bytes());
        hash.write(part);
    }
    format!("2.25.{}", hash.finish_128())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::is_uid;
    use proptest::prelude::*;

    #[test]
    fn parts_do_not_run_together() {
        let all = [
            derived_uid("seg", &[b"ab", b"c"]),
            derived_uid("seg", &[b"a", b"bc"]),
            derived_uid("seg", &[b"abc"]),
            derived_uid("seg", &[b"abc", b""]),
            derived_uid("sega", &[b"bc"]),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b), "{a}");
        }
    }

    /// Expected from the Python package xxhash: three lengths of 8 bytes, each before its part.
    #[test]
    fn the_hash_is_xxh3_128_of_lengths_and_parts() {
        let expected = "2.25.257985527436695868027146488153955918607";
        assert_eq!(derived_uid("seg", &[b"content", b""]), expected);
    }

    proptest! {
        #[test]
        fn every_one_is_valid(kind in ".*", part in prop::collection::vec(any::<u8>(), 0..40)) {
            let uid = derived_uid(&kind, &[&part]);
            prop_assert!(is_uid(&uid) && uid.starts_with("2.25."), "{}", uid);
        }
    }
}
