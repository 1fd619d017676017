//! What can go wrong with a label source, sorted by whose move it is: the request, the input, the outside.

use std::io;

use agatston_core::{Code, Finding, Severity};

/// Why there is no assignment. Every text names files by their name alone, never by a path.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request names a scheme that does not exist.
    #[error(
        "label scheme {name:?} is not known; known are {known}; name one of these or a .toml file of the same form"
    )]
    UnknownScheme {
        /// The name asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The scheme file does not say what a scheme must say.
    #[error("label scheme {scheme}: {reason}; `agatston schemes show orcascore` prints one that is right")]
    InvalidScheme {
        /// Name of the scheme.
        scheme: String,
        /// What was seen and what was needed.
        reason: String,
    },
    /// The label source is refused.
    #[error("{file}: {}", told(.finding))]
    Refused {
        /// Name of the file.
        file: String,
        /// Code, message, what was seen, what was needed, the next step. Its severity is a refusal.
        finding: Box<Finding>,
    },
    /// The file cannot be read: disk, permission, network.
    #[error("{file}: {source}")]
    Io {
        /// Name of the file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// The code of a refusal; nothing for a wrong request or trouble outside.
    pub fn code(&self) -> Option<Code> {
        self.finding().map(|f| f.code)
    }

    /// All that a refusal says, ready for the findings of a result.
    pub fn finding(&self) -> Option<&Finding> {
        match self {
            Self::Refused { finding, .. } => Some(finding),
            Self::UnknownScheme { .. } | Self::InvalidScheme { .. } | Self::Io { .. } => None,
        }
    }
}

/// Trouble in a place that does not know the name of the file.
#[derive(Debug)]
pub(crate) enum Trouble {
    Refused(Box<Finding>),
    Io(io::Error),
}

impl Trouble {
    pub(crate) fn in_file(self, file: &str) -> Error {
        let file = file.to_owned();
        match self {
            Self::Refused(mut finding) => {
                finding.next_step.get_or_insert_with(|| {
                    "correct the file in the program that wrote it, or write the labels in another format"
                        .to_owned()
                });
                Error::Refused { file, finding }
            }
            Self::Io(source) => Error::Io { file, source },
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.0)
    }
}

/// A refusal in a place that does not know the name of the file.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Finding>);

/// Letters of what was seen that a message shows: thirty labels with their names and counts have some 1,500.
const SEEN_MAX: usize = 3_000;

/// The start of a refusal: what was seen, needed and to do follows.
pub(crate) fn refusal(code: Code, message: impl Into<String>) -> Refusal {
    Refusal(Box::new(Finding::new(code, Severity::Refusal, message)))
}

impl Refusal {
    /// What was seen; of a stranger's text the beginning.
    pub(crate) fn seen(mut self, seen: impl Into<String>) -> Self {
        let seen: String = seen.into();
        let short: String = seen.chars().take(SEEN_MAX).collect();
        let more = if short.len() < seen.len() { "..." } else { "" };
        self.0.seen = Some(short + more);
        self
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    pub(crate) fn next_step(mut self, next_step: impl Into<String>) -> Self {
        self.0.next_step = Some(next_step.into());
        self
    }

    pub(crate) fn at_slice(mut self, slice: usize) -> Self {
        self.0.slice = Some(slice);
        self
    }
}

fn told(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    let parts = [("seen", &finding.seen), ("needed", &finding.expected), ("next step", &finding.next_step)];
    for (word, part) in parts {
        if let Some(part) = part {
            text.push_str(&format!("; {word}: {part}"));
        }
    }
    text
}
