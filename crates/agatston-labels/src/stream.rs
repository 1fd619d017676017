//! Reading from a stream that belongs to a stranger: what ends too early or is packed wrongly is the file's fault.

use std::io::{self, Read};

use crate::{
    code::LABELS_INVALID,
    error::{Trouble, refusal},
};

/// A deflate stream grows by a factor of 1032 at most (a match of 258 bytes costs two bits).
pub(crate) const DEFLATE_RATIO_MAX: u64 = 1032;

/// Fills a buffer from the stream; `what` is what the buffer holds, in a message.
pub(crate) fn fill(stream: &mut dyn Read, buffer: &mut [u8], what: &str) -> Result<(), Trouble> {
    stream.read_exact(buffer).map_err(|e| broken(e, what))
}

/// An error while `what` was read: of the file where its content is at fault, else of the outside.
pub(crate) fn broken(error: io::Error, what: &str) -> Trouble {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    let message = match error.kind() {
        UnexpectedEof => format!("the file ends within its {what}"),
        InvalidData | InvalidInput => format!("the compressed data are damaged within the {what}"),
        _ => return Trouble::Io(error),
    };
    refusal(LABELS_INVALID, message).next_step("write or transfer the file again").into()
}
