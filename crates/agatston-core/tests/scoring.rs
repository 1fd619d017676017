//! The scorer against hand-computed grids and against the oracle, which shares no code with it.

mod against_oracle;
mod cases;
mod pieces;
mod support;
