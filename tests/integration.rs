//! The program from outside, and the house rules: a file per subject.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod support; // the binary, fixtures, the shared data and how tests say that they skip

mod anatomy; // chests without labels: bounds, refusals, and what the result says of them
mod anatomy_pictures; // --debug-png: pictures and a map of the anatomy, also of refused series
mod bad_input; // nonsense, truncation, bombs: a refusal with a code, never a panic
mod batch; // every series one row, killed and resumed, in parts, with faults in the middle
mod caps; // limits of what is read: a refusal that names them, and little memory
mod cases_as_series; // the 25 grids written as DICOM and scored through the binary
mod checks; // pixels, metal, kernels and their cut-offs
mod cli; // formats, exit codes, series choice, outputs
mod compare; // two scans: verdicts on known changes, formats, exit codes, and the other way round
mod corpus; // what fuzzers were given and found, through the bodies of the fuzz targets
mod determinism; // file order, names, threads: the same bytes
mod dicom_objects; // SEG and SR: the same score when given back, the numbers of the result, refusals
mod faults; // the fault matrix: the same score, a finding, or a refusal; never another score
mod files; // files beside the result: the same bytes, nothing replaced unasked, nothing of a refused series
mod fixtures; // fixtures are what the phantoms write, and score what they are derived to score
mod golden; // the real QRM phantom: 27 published numbers
mod identity; // every element planted with a mark: no output tells of a person or a place
mod label_identity; // what a label file says of a person stays in it
mod label_maps; // label maps that the program writes: given back, the same score
mod labels; // label files of every format by other programs, and reader edits
mod mass; // the mass factor: who says it; rods, blood and the size of the body
mod measures; // parts add up, mass is linear, classes partition; the command validate
mod odd_inputs; // archives, discs, links, lists, names: the same score or a refusal, and nothing outside is read
mod real_data; // whole-image totals and transfer syntaxes of the shared series
mod regressions; // one test for each mistake that was found, with a sentence
mod risk; // percentile, risk and categories: where inputs come from, what is withheld, what is said of a person
mod summary; // a cohort on one page: the same from CSV and Parquet, hand-known counts, refusals
mod tables; // CSV and Parquet of scores and lesions say the same; colour only where a terminal wants it
mod tidy; // purity of core, licences, sizes, docs in step with the code
