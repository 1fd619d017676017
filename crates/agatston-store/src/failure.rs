//! What a store or the way to it said, in words that can be shown.
//!
//! Answers of a store repeat key ids and signed texts, and an endpoint may hold a password: of an answer only its status
//! and its code are shown, of an address nothing.

use std::{
    error::Error as StdError,
    io::{self, ErrorKind},
    iter,
};

use object_store::{
    Error,
    client::{HttpError, HttpErrorKind},
};

/// Longest code of an answer that is shown; those of S3 have up to 50 letters.
const CODE_MAX: usize = 64;

/// What is wrong with the settings. Such errors name a variable or a value of a switch, never a key.
pub(crate) fn of_settings(error: &Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// A request that failed, after every retry.
pub(crate) fn of_request(error: &Error) -> io::Error {
    if let Some(http) = chain(error).find_map(|e| e.downcast_ref::<HttpError>()) {
        return of_connection(http);
    }
    let text = error.to_string();
    let (kind, said) = match (error, status(&text)) {
        (Error::NotFound { .. }, _) | (_, Some("404")) => {
            (ErrorKind::NotFound, "it is not in the object store")
        }
        (Error::Unauthenticated { .. }, _) | (_, Some("401")) => {
            (ErrorKind::PermissionDenied, "the object store does not accept the credentials")
        }
        (Error::PermissionDenied { .. }, _) | (_, Some("403")) => {
            (ErrorKind::PermissionDenied, "the object store denies access")
        }
        (Error::InvalidPath { .. }, _) => (ErrorKind::InvalidData, UNNAMABLE),
        _ if text.contains("redirect without LOCATION") => {
            (ErrorKind::Other, "the bucket is in another region; set AWS_REGION")
        }
        _ => (ErrorKind::Other, "the object store gave no answer that can be used"),
    };
    match code(&text).or_else(|| status(&text)) {
        Some(code) => io::Error::new(kind, format!("{said} ({code})")),
        None => io::Error::new(kind, said),
    }
}

/// Why a key is no name of a file.
pub(crate) const UNNAMABLE: &str =
    "the name of an object in it has an empty part, `.`, `..` or a control character; rename it";

/// A connection that failed; of it the deepest cause is told, which names no address.
fn of_connection(http: &HttpError) -> io::Error {
    let cause = chain(http).last().map(ToString::to_string).unwrap_or_default();
    let (kind, said) = match http.kind() {
        HttpErrorKind::Connect => (ErrorKind::NotConnected, "there is no connection to the object store"),
        HttpErrorKind::Timeout => (ErrorKind::TimedOut, "the object store took too long"),
        _ => (ErrorKind::Other, "the connection to the object store failed"),
    };
    io::Error::new(kind, format!("{said}: {cause}"))
}

/// An error and its causes.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&e| e.source())
}

/// The code in an answer of a store (S3 API, "Error responses": `<Code>NoSuchBucket</Code>`).
fn code(text: &str) -> Option<&str> {
    let code = text.split_once("<Code>")?.1.split_once("</Code>")?.0;
    (code.len() <= CODE_MAX && code.chars().all(|c| c.is_ascii_alphanumeric())).then_some(code)
}

/// The status in the words of the client.
fn status(text: &str) -> Option<&str> {
    let status = text.split_once("status code: ")?.1.get(..3)?;
    status.bytes().all(|b| b.is_ascii_digit()).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let source = text.to_owned().into();
        of_request(&Error::PermissionDenied { path: "a".to_owned(), source }).to_string()
    }

    #[test]
    fn of_an_answer_only_status_and_code_are_shown() {
        let answer =
            "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIA1</AWSAccessKeyId></Error>";
        let told = said(&format!(
            "GET http://user:pw@host/b in 1s - Server returned non-2xx status code: 403: {answer}"
        ));
        assert_eq!(told, "the object store denies access (SignatureDoesNotMatch)");
        let told =
            said("GET http://user:pw@host/b - Server returned non-2xx status code: 403 Forbidden: AKIA1");
        assert_eq!(told, "the object store denies access (403)");
        assert_eq!(said("<Code>a key: AKIA1</Code>"), "the object store denies access");
        let listing =
            Error::Generic { store: "S3", source: "status code: 404: <Code>NoSuchBucket</Code>".into() };
        assert_eq!(of_request(&listing).to_string(), "it is not in the object store (NoSuchBucket)");
    }
}
