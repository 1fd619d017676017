//! What stops the engine: wrong requests and the outside. What is wrong with an input is a refusal, in the result.

use std::io;

/// Why there is no result at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request names a protocol that does not exist.
    #[error("no protocol is called {name:?} and no such file exists; known: {known}")]
    UnknownProtocol {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A protocol file says something that no protocol can be.
    #[error("protocol {name:?} cannot be used: {problem}")]
    Protocol {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file of cut-offs says something that none can be.
    #[error("the cut-offs cannot be used: {problem}; `agatston cutoffs` prints all of them")]
    Cutoffs {
        /// What is wrong with it.
        problem: String,
    },
    /// A covariates file is none.
    #[error("the covariates file cannot be used: {problem}")]
    Covariates {
        /// What is wrong with it, and where; never what stands there.
        problem: String,
    },
    /// Edits over a count of everything.
    #[error("edits decide what is coronary, and everything was to count; leave out one of the two")]
    EditsOfEverything,
    /// A pattern of label files that cannot tell them apart.
    #[error("the pattern of label files cannot be used: {problem}; its places are {places}")]
    Pattern {
        /// What may stand in braces.
        places: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A code given to allow is none that can be allowed.
    #[error("{code:?} cannot be allowed: {reason}")]
    Allow {
        /// The code.
        code: String,
        /// Why not.
        reason: String,
    },
    /// A file that the request names could not be read.
    #[error("the {what} file could not be read: {source}")]
    Read {
        /// What the file is.
        what: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The label file or scheme could not be read.
    #[error(transparent)]
    Labels(#[from] agatston_labels::Error),
    /// The input could not be read.
    #[error(transparent)]
    Input(#[from] agatston_dicom::Error),
}
