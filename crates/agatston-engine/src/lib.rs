//! One CT series in, one explained calcium score out: the only place where input and output meet the core.
//!
//! ```text
//! paths --discover, index, group--> groups of slices           agatston-dicom
//!       --select-->                 the series to score        never a silent choice
//!       --check-->                  Series, or every reason    agatston-dicom
//!       --scan_series-->            Candidates, content hash   the one pass over pixels
//!       --assign-->                 Assignment                 labels, regions or everything
//!       --score_candidates-->       Outcome                    agatston-core; repeated for sensitivity
//!       --record-->                 ResultDocument             agatston.result/1
//!       --writers-->                text                       table, JSON, CSV; the binary writes it
//!
//! two ResultDocuments --compare--> Comparison                agatston.compare/1: how calcium changed, and what can be said of it
//! ```
//!
//! A refusal is a result that says why. An [`Error`] is what the request or the outside did.

mod assign;
mod checks;
pub mod code;
mod compare;
mod crops;
mod error;
mod input;
mod inspect;
mod kernel;
mod kvp;
mod metal;
mod outcome;
mod pattern;
mod plausibility;
mod protocol_record;
mod protocols;
mod record;
mod request;
pub mod result;
mod scan;
mod score;
mod select;
mod series;
pub mod writers;

pub use agatston_dicom::Sex;
pub use agatston_dicom::{Error as DicomError, Event, FILES_MAX, Source, Unwatched, Watch, Workers};
pub use agatston_labels::{Error as LabelsError, ReadOptions, Scheme};
pub use assign::{AssignedBy, Assignment, Scope};
pub use checks::{Checks, PixelCutoffs};
pub use compare::{CompareRequest, Comparison, PrivateFacts, Side, Verdict, compare, record as comparison};
pub use error::Error;
pub use inspect::{INSPECTION_SCHEMA, InspectedSeries, Inspection, inspect};
pub use kernel::{KernelClass, kernel_class};
pub use kvp::{KvpMode, STANDARD_KVP};
pub use outcome::{Neighbouring, Nominal, Outcome, score_candidates, sensitivity};
pub use pattern::LabelsPattern;
pub use protocol_record::{ProtocolRecord, SmallestFocusRecord};
pub use protocols::NamedProtocol;
pub use request::{Assign, Choice, Detail, InspectRequest, LabelSource, Request, allowed};
pub use result::{ResultDocument, Status};
pub use scan::{Scanned, Unscanned, scan_series};
pub use score::{score, score_sides, score_source_sides, score_sources};
