//! The scorer against hand-computed grids and against the oracle, which shares no code with it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod against_oracle;
mod cases;
mod crops;
mod pieces;
mod support;
