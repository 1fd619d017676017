//! DICOM UIDs made from names: `2.25.` and a 128-bit hash, so that the same phantom has the same UIDs
//! on every machine and no registered root is needed (DICOM PS3.5, annex B.2).

/// UID of the thing called `name`, for example `staircase/slice/3`. At most 44 characters.
#[must_use]
pub fn uid_of(name: &str) -> String {
    format!("2.25.{}", fnv1a_128(name.as_bytes()))
}

/// The FNV-1a hash of 128 bits (Fowler, Noll, Vo; RFC 9923).
fn fnv1a_128(bytes: &[u8]) -> u128 {
    const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET_BASIS, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published test vector of FNV-1a: the hash of the empty string is the offset basis, and that of
    /// "a" is known.
    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a_128(b""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv1a_128(b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }

    #[test]
    fn a_uid_fits_dicom() {
        let uid = uid_of("staircase/slice/3");
        assert!(uid.starts_with("2.25.") && uid.len() <= 64, "{uid}");
        assert_ne!(uid, uid_of("staircase/slice/4"));
    }
}
