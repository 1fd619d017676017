//! What was noticed about an input: a code, how much it matters, what was seen and what to do next.
//!
//! The vocabulary alone. Which codes exist is said by the crate that raises them.

use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth recording; the score stands.
    Info,
    /// The score stands, but a reader must know this.
    Warning,
    /// No score is given.
    Refusal,
}

impl Severity {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Refusal => "refusal",
        }
    }
}

/// What a finding is about, which decides whether a refusal can be overridden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Geometry, pixels, decoding, identity: without them no number is right, so a refusal always stands.
    Geometry,
    /// Whether this is a coronary calcium scan at all: a person may overrule it, and phantoms do not ask.
    Coronary,
    /// The assignment of candidates to arteries: labels, regions, edits.
    Assignment,
}

/// A stable name for one kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    name: &'static str,
    class: Class,
}

impl Code {
    /// A code about geometry, pixels or identity (class G).
    pub const fn geometry(name: &'static str) -> Self {
        Self { name, class: Class::Geometry }
    }

    /// A code about coronary meaning (class C).
    pub const fn coronary(name: &'static str) -> Self {
        Self { name, class: Class::Coronary }
    }

    /// A code about labels, regions or edits.
    pub const fn assignment(name: &'static str) -> Self {
        Self { name, class: Class::Assignment }
    }

    /// The stable name, in snake case.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What the code is about.
    pub const fn class(self) -> Class {
        self.class
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// One thing noticed about an input. Every text is free of patient identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind of finding this is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// Index of the slice it concerns (0 is the most inferior), where it concerns one.
    pub slice: Option<usize>,
    /// What was needed, with its DICOM tag where there is one.
    pub expected: Option<String>,
    /// What was seen.
    pub seen: Option<String>,
    /// What the user can do about it.
    pub next_step: Option<String>,
}

impl Finding {
    /// A finding with a message and nothing else.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            slice: None,
            expected: None,
            seen: None,
            next_step: None,
        }
    }

    /// A refusal with a message and nothing else.
    pub fn refusal(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Refusal, message)
    }

    /// A warning with a message and nothing else.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// An information with a message and nothing else.
    pub fn info(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Info, message)
    }

    /// Says which slice it concerns.
    #[must_use]
    pub fn at_slice(mut self, slice: usize) -> Self {
        self.slice = Some(slice);
        self
    }

    /// Says what was needed.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what was seen.
    #[must_use]
    pub fn seen(mut self, seen: impl Into<String>) -> Self {
        self.seen = Some(seen.into());
        self
    }

    /// Says what the user can do.
    #[must_use]
    pub fn next_step(mut self, next_step: impl Into<String>) -> Self {
        self.next_step = Some(next_step.into());
        self
    }
}
