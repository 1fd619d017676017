//! `agatston cutoffs`

use crate::{exit::Exit, failure::Failure, output};
use agatston_engine::Checks;

pub(crate) fn run() -> Result<Exit, Failure> {
    output::stdout(Checks::default().to_toml().as_bytes())
}
