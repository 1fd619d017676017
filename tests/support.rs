//! The binary, fixtures, the shared data and how tests say that they skip.

use agatston_phantom::{Header, Volume, dicom};
use serde_json::Value;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file or folder of `fixtures/`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

/// A set of the shared data: `$AGATSTON_DATA`, else `../shared/data` beside the workspace. `None` says on standard
/// error that the test skips.
pub(crate) fn shared_data(set: &str) -> Option<PathBuf> {
    let base = std::env::var_os("AGATSTON_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let path = base.join(set);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("no {set} (set AGATSTON_DATA to the folder of the shared data)"));
    None
}

/// Says that a test skips, past the test harness, which keeps what passing tests print.
fn skipped(why: &str) {
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

/// Facts that lie beside the shared data.
pub(crate) fn shared_json(path: &str) -> Option<Value> {
    let file = shared_data("")?.join("..").join(path);
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        skipped(&format!("no {path} beside the shared data"));
    }
    text.map(|t| serde_json::from_str(&t).expect("the shared facts are JSON"))
}

/// The program with its arguments, ready to run.
pub(crate) fn agatston<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agatston"));
    command.args(arguments);
    command
}

/// What a run said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("no JSON ({e}): {self:?}"))
    }

    /// Codes of the findings of a result.
    pub(crate) fn codes(&self) -> Vec<String> {
        codes(&self.json())
    }
}

/// Runs the program.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Said {
    said(agatston(arguments).output().expect("the program starts"))
}

/// Scores an input in an address space of so many kB, where a claim that was believed would abort. There is one heap: of
/// every further one, which is made when threads happen to meet, 64 MB of addresses would be set aside.
pub(crate) fn score_within(input: &Path, assignment: &[&str], kilobytes: u64) -> Said {
    let command = format!("ulimit -v {kilobytes}; exec \"$0\" score \"$@\" --threads 1 --format json");
    let input = text(input);
    let program = ["-c", &command, env!("CARGO_BIN_EXE_agatston"), &input];
    said(Command::new("sh").args(program).args(assignment).env("MALLOC_ARENA_MAX", "1").output().expect("sh"))
}

pub(crate) fn said(output: Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Codes of the findings of a result.
pub(crate) fn codes(result: &Value) -> Vec<String> {
    let findings = result["findings"].as_array().expect("findings");
    findings.iter().map(|f| f["code"].as_str().expect("a code").to_owned()).collect()
}

/// A volume as a DICOM series in a folder that goes away with the guard.
pub(crate) fn write_series(volume: &Volume, header: &Header) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    dicom::write_series(folder.path(), volume, header).expect("the series can be written");
    folder
}

/// A path as text for a command line.
pub(crate) fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().to_str().expect("a path in UTF-8").to_owned()
}

/// The number at a JSON pointer.
pub(crate) fn number(value: &Value, pointer: &str) -> f64 {
    let found = value.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    found.as_f64().unwrap_or_else(|| panic!("no number at {pointer}: {found}"))
}

/// Whether two numbers agree to a relative tolerance.
pub(crate) fn near(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * b.abs().max(1.0)
}

/// `cases(quick, full)`: the second when everything is asked for (`AGATSTON_FULL=1`), for costly tests.
pub(crate) fn cases(quick: usize, full: usize) -> usize {
    if std::env::var_os("AGATSTON_FULL").is_some_and(|v| v == "1") { full } else { quick }
}
