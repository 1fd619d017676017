//! Addresses of object stores: `s3://BUCKET/PREFIX`.
//!
//! A prefix is taken literally, as names of objects are: nothing in it is an escape, a query or a fragment.

use object_store::path::Path;

use crate::Error;

/// Schemes that are read; both mean the same.
const SCHEMES: [&str; 2] = ["s3://", "s3a://"];

/// A bucket, and where in it the tree begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) bucket: String,
    pub(crate) root: Path,
}

/// Whether a text is an address that [`ObjectTree::open`](crate::ObjectTree::open) reads, by its scheme alone.
///
/// ```
/// assert!(agatston_store::is_url("s3://bucket/scans"));
/// assert!(!agatston_store::is_url("scans/s3"));
/// ```
pub fn is_url(text: &str) -> bool {
    without_scheme(text).is_some()
}

fn without_scheme(text: &str) -> Option<&str> {
    SCHEMES.iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::Address { reason: reason.to_owned() };
        let rest = without_scheme(url).ok_or_else(|| wrong("it does not begin with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // The bucket becomes a part of the URL that is asked: nothing else may come along with it.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if bucket.is_empty() || bucket.starts_with('.') || !bucket.chars().all(plain) {
            return Err(wrong("the name of the bucket is not letters, digits, dots and hyphens"));
        }
        let root = Path::parse(prefix)
            .map_err(|_| wrong("the prefix has an empty part, `.`, `..` or a control character"))?;
        Ok(Self { bucket: bucket.to_owned(), root })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_and_a_literal_prefix() {
        for (url, bucket, root) in [
            ("s3://b", "b", ""),
            ("s3://b/", "b", ""),
            ("S3://my.bucket-1/a/b/", "my.bucket-1", "a/b"),
            ("s3a://b/a b/ü%20+?#x", "b", "a b/ü%20+?#x"),
        ] {
            let expected = Address { bucket: bucket.to_owned(), root: Path::parse(root).unwrap() };
            assert_eq!(Address::parse(url).unwrap(), expected, "{url}");
            assert!(is_url(url));
        }
    }

    #[test]
    fn other_addresses_are_refused_and_not_repeated() {
        for url in ["/data/s3", "s3:/b/a", "s3", "https://b.s3.amazonaws.com/a", "ß3://b"] {
            assert!(!is_url(url) && Address::parse(url).is_err(), "{url}");
        }
        for url in [
            "s3://",
            "s3:///a",
            "s3://key:secret@b/a",
            "s3://../a",
            "s3://b/a//b",
            "s3://b/a/../b",
            "s3://b/\n",
        ] {
            let said = Address::parse(url).unwrap_err().to_string();
            assert!(is_url(url) && !said.contains("secret"), "{said}");
        }
    }
}
