//! Exit codes: the one file that says what each means.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done: scored, also with findings or `everything`; compared, also `not_comparable`.
    Done = 0,
    /// A bug in the program.
    Bug = 1,
    /// Wrong use; the message names the option.
    Usage = 2,
    /// The input was refused, every reason with its code; or a result does not add up, or a table is none.
    Refused = 3,
    /// Reading or writing failed outside (disk, permission, network): worth a retry.
    Outside = 4,
    /// A batch finished, and some series have no score: they are rows with their reason.
    SomeWithoutScore = 5,
    /// An output exists and `--overwrite` was not given.
    Exists = 6,
    /// Stopped by a signal; a batch goes on with `--resume`.
    Stopped = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The table of exit codes, for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done: scored, also with findings or --region everything; compared, also not_comparable
  1  a bug in the program
  2  wrong use; the message names the option
  3  the input was refused, every reason with its code; or a result does not add up
  4  reading or writing failed outside the program; worth a retry
  5  a batch finished, and some series were refused or failed: they are rows with their reason
  6  an output exists and --overwrite was not given
  7  stopped by a signal; a batch goes on with --resume";
