//! One CT series in, one explained calcium score out: the only place where input and output meet the core.
//!
//! ```text
//! paths --discover, index, group--> groups of slices           agatston-dicom
//!       --select-->                 the series to score        never a silent choice
//!       --check-->                  Series, or every reason    agatston-dicom
//!       --scan_series-->            Candidates, content hash   the one pass over pixels
//!       --assign-->                 Assignment                 labels, regions or everything
//!       --calibrate-->              mass factor, rods          reference regions, read from their planes
//!       --score_candidates-->       Outcome                    agatston-core; repeated for sensitivity
//!       --risk-->                   RiskRecord             categories, percentile, risk: research, no advice
//!       --record-->                 ResultDocument             agatston.result/1
//!       --writers-->                text, bytes                table, JSON, CSV, Parquet, HTML, DICOM; the binary writes it
//! Traced --pictures-->              Pictures                   slices and projections with lesions outlined
//! Anatomical --anatomy_pictures-->  PNG                        what the anatomy was found to be, slice by slice
//!
//! two ResultDocuments --compare--> Comparison                agatston.compare/1: how calcium changed, and what can be said of it
//! a table of scores --summarise-->  Summary                    agatston.summary/1: a cohort on one page
//! ```
//!
//! A refusal is a result that says why. An [`Error`] is what the request or the outside did.

mod anatomical;
mod anatomy;
mod assign;
pub mod batch;
mod body;
mod calibration;
mod checks;
pub mod code;
mod compare;
mod crops;
mod error;
mod input;
mod inspect;
mod kernel;
mod kvp;
mod mass_factor;
mod metal;
mod outcome;
mod outline;
mod palette;
mod pattern;
mod pictures;
mod planes;
mod plausibility;
mod protocol_record;
mod protocols;
mod record;
mod references;
mod request;
pub mod result;
mod risk;
mod scan;
mod score;
mod select;
mod series;
mod shown_text;
mod summary;
mod terminology;
mod traced;
mod validate;
pub mod writers;

pub use agatston_anatomy::PARAMETERS_TOML as ANATOMY_PARAMETERS_TOML;
pub use agatston_dicom::{
    Error as DicomError, Event, FILES_MAX, FileTree, Source, Tree, Unwatched, Watch, Workers,
};
pub use agatston_labels::{Error as LabelsError, ReadOptions, Scheme};
pub use anatomical::Anatomical;
pub use assign::{AssignedBy, Assignment, Scope};
pub use batch::Places;
pub use calibration::Calibration;
pub use checks::{Checks, PixelCutoffs};
pub use compare::{CompareRequest, Comparison, PrivateFacts, Side, Verdict, compare, record as comparison};
pub use error::Error;
pub use inspect::{INSPECTION_SCHEMA, InspectedSeries, Inspection, inspect};
pub use kernel::{KernelClass, kernel_class};
pub use kvp::{KvpMode, STANDARD_KVP};
pub use mass_factor::{BodySize, MassFactorSource, is_mass_factor};
pub use outcome::{Neighbouring, Nominal, Outcome, score_candidates, sensitivity};
pub use pattern::LabelsPattern;
pub use pictures::{PairPictures, Pictures, anatomy_pictures, is_anatomy_picture, pair_pictures, pictures};
pub use protocol_record::{ProtocolRecord, SmallestFocusRecord};
pub use protocols::NamedProtocol;
pub use references::ReferenceRegions;
pub use request::{Assign, Choice, Detail, InspectRequest, LabelSource, Request, allowed};
pub use result::{ResultDocument, Status};
pub use risk::{
    CacDrsRecord, CategoriesRecord, ChdRecord, Covariate, CovariateSource, CovariateSources, CovariateTable,
    Covariates, Declared, Given, PercentileRecord, Race, RiskRecord, Sex,
};
pub use scan::{ScanRequest, Scanned, Unscanned, scan_series};
pub use score::{score, score_sides, score_source_sides, score_sources};
pub use summary::{Summary, Unread, record as summary_record, summarise};
pub use traced::Traced;
pub use validate::{Mismatch, Validation, validate};
