//! House rules that a machine can check.

use crate::support::root;
use agatston_engine::writers::tables::Table;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Crates that core may use: arrays, threads, a hash, a safe view of bytes. No serde, no DICOM, no errors of others.
const CORE_MAY_USE: [&str; 5] = ["bytemuck", "libm", "ndarray", "rayon", "twox-hash"];
/// Who of ours may import whom.
const IMPORTS: [(&str, &[&str]); 8] = [
    ("agatston-phantom", &[]),
    ("agatston-core", &[]),
    ("agatston-dicom", &["agatston-core"]),
    ("agatston-labels", &["agatston-core"]),
    ("agatston-anatomy", &["agatston-core"]),
    ("agatston-engine", &["agatston-anatomy", "agatston-core", "agatston-dicom", "agatston-labels"]),
    ("agatston-store", &["agatston-dicom"]),
    ("agatston", &["agatston-engine", "agatston-phantom", "agatston-store"]),
];
/// Licences that a dependency may have; an `OR` needs one of them. CDLA-Permissive is of data: Mozilla's list of certificates.
const LICENCES: [&str; 13] = [
    "MIT",
    "Apache-2.0",
    "BSL-1.0",
    "IJG",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "0BSD",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
];

/// Crates of which the dependencies want different versions: dicom-rs, the codecs and parquet's hash are a step behind; so
/// are the checksums and the XML of object_store, which are built only with the feature `object-store`.
const TWICE: [&str; 11] = [
    "bitflags",
    "crypto-common",
    "digest",
    "getrandom",
    "itertools",
    "miniz_oxide",
    "quick-xml",
    "r-efi",
    "syn",
    "thiserror",
    "thiserror-impl",
];

/// Of everything that may be built, also with features that are off by default.
fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What is at hand is enough mostly; of a crate for another system, or behind a feature, the manifest may have to be fetched.
    let asked = |more: &[&str]| {
        let mut command = Command::new(&cargo);
        command.args(["metadata", "--format-version", "1", "--all-features", "--locked"]).args(more);
        command.current_dir(root()).output().expect("cargo runs")
    };
    let at_hand = asked(&["--offline"]);
    let output = if at_hand.status.success() { at_hand } else { asked(&[]) };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn packages(metadata: &Value) -> &Vec<Value> {
    metadata["packages"].as_array().expect("packages")
}

/// Names of the ordinary dependencies of a package.
fn dependencies(package: &Value) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().expect("dependencies");
    all.iter()
        .filter(|d| d["kind"].is_null())
        .map(|d| d["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// Every file below a folder with one of the endings, without `target` and hidden folders.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            out.extend(files(&path, endings));
        } else if endings.iter().any(|e| name.ends_with(e)) {
            out.push(path);
        }
    }
    out
}

/// Core does no input or output of any kind: its sources name none of these, its manifest no foreign crate.
#[test]
fn core_is_pure() {
    let banned = [
        "std::fs",
        "std::io",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "println!",
        "eprintln!",
        "dbg!",
        "print!(",
        "include_str!",
        "SystemTime",
        "Instant",
    ];
    for file in files(&root().join("crates/agatston-core/src"), &[".rs"]) {
        let text = fs::read_to_string(&file).unwrap();
        for word in banned {
            assert!(!text.contains(word), "{} says {word}", file.display());
        }
    }
    let metadata = metadata();
    let core = packages(&metadata).iter().find(|p| p["name"] == "agatston-core").expect("core");
    for dependency in dependencies(core) {
        assert!(CORE_MAY_USE.contains(&dependency.as_str()), "core uses {dependency}");
    }
}

#[test]
fn crates_import_only_those_below_them() {
    let metadata = metadata();
    for (name, allowed) in IMPORTS {
        let package =
            packages(&metadata).iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        let ours = dependencies(package).into_iter().filter(|d| d.starts_with("agatston"));
        for dependency in ours {
            assert!(allowed.contains(&dependency.as_str()), "{name} imports {dependency}");
        }
    }
}

/// Unsafe code is in core/src/simd and nowhere else.
#[test]
fn unsafe_code_has_one_place() {
    for file in files(&root().join("crates"), &[".rs"]) {
        let text = fs::read_to_string(&file).unwrap();
        let has = text.contains("unsafe {") || text.contains("unsafe fn") || text.contains("unsafe impl");
        assert!(!has || file.ends_with("simd/avx2.rs"), "{}", file.display());
    }
}

#[test]
fn licences_are_permissive() {
    let metadata = metadata();
    for package in packages(&metadata) {
        let licence = package["license"].as_str().unwrap_or_default();
        let term = |t: &str| {
            LICENCES.contains(&t.trim().trim_matches(['(', ')']).trim_end_matches(" WITH LLVM-exception"))
        };
        let fine = licence.split(" AND ").all(|part| part.replace('/', " OR ").split(" OR ").any(term));
        assert!(fine, "{} {}: {licence:?}", package["name"], package["version"]);
    }
}

/// Every dependency comes from the registry, and no more versions of one crate than are known and accepted.
#[test]
fn dependencies_come_from_the_registry_once() {
    let metadata = metadata();
    let mut versions: std::collections::BTreeMap<&str, BTreeSet<&str>> = std::collections::BTreeMap::new();
    for package in packages(&metadata) {
        let source = package["source"].as_str();
        assert!(
            source.is_none_or(|s| s.starts_with("registry+")),
            "{} comes from {source:?}",
            package["name"]
        );
        let (name, version) = (package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        versions.entry(name).or_default().insert(version);
    }
    let platform = |name: &str| name.starts_with("windows") || name.starts_with("wasi");
    let twice: Vec<&str> = versions
        .iter()
        .filter(|(name, all)| all.len() > 1 && !platform(name))
        .map(|(name, _)| *name)
        .collect();
    for name in &twice {
        assert!(TWICE.contains(name), "{name} is there in several versions: {:?}", versions[name]);
    }
}

/// Every source file opens by saying what it holds.
#[test]
fn files_open_with_their_purpose() {
    for folder in ["crates", "tests", "benches", "fuzz"] {
        for file in files(&root().join(folder), &[".rs"]) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("//!"), "{} does not say what it holds", file.display());
        }
    }
}

/// A file over 400 lines without its tests has a second idea in it; twice that is too much.
#[test]
fn files_are_short() {
    for file in files(&root().join("crates"), &[".rs"]) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().lines().count();
        assert!(code <= 500, "{}: {code} lines", file.display());
    }
}

/// docs/formats.md lists every key of the result, so that no field goes undocumented.
#[test]
fn formats_documents_every_key() {
    let formats = fs::read_to_string(root().join("docs/formats.md")).unwrap();
    let engine = root().join("crates/agatston-engine/src");
    let single = ["result.rs", "protocol_record.rs", "inspect.rs", "compare/record.rs", "summary/record.rs"]
        .map(|name| engine.join(name));
    let risk = ["risk/record.rs", "risk/covariates.rs"].map(|name| engine.join(name));
    let records = single.into_iter().chain(risk).chain(files(&engine.join("result"), &[".rs"]));
    let sources: Vec<String> = records.map(|path| fs::read_to_string(path).unwrap()).collect();
    let public = sources.iter().flat_map(|s| s.lines());
    for line in public {
        let Some(field) = line.trim().strip_prefix("pub ").and_then(|l| l.split_once(": ")) else { continue };
        if !["measures", "sums"].contains(&field.0) && !field.0.contains([' ', '(']) {
            assert!(
                formats.contains(&format!("`{}`", field.0)),
                "docs/formats.md does not tell of {}",
                field.0
            );
        }
    }
}

/// docs/formats.md lists every column of every table as it is defined, in order, and no other.
#[test]
fn formats_documents_every_column() {
    let formats = fs::read_to_string(root().join("docs/formats.md")).unwrap();
    for table in Table::ALL {
        let mut expected = String::from("| column | type | unit | null | meaning |\n|---|---|---|---|---|\n");
        for column in table.headings() {
            let null = if column.is_nullable { "yes" } else { "never" };
            let (name, kind) = (column.name, column.cell_type.as_str());
            expected += &format!("| `{name}` | {kind} | {} | {null} | {} |\n", column.unit, column.meaning);
        }
        let title = format!("### Columns of `{}`\n", table.as_str());
        let section = formats.split(&title).nth(1).and_then(|rest| rest.split("\n#").next());
        let section = section.unwrap_or_else(|| panic!("docs/formats.md has no {title}"));
        let written: String = section.split_inclusive('\n').filter(|line| line.starts_with('|')).collect();
        assert_eq!(written, expected, "docs/formats.md, {title}");
    }
}

/// docs/formats.md lists every finding code.
#[test]
fn formats_documents_every_code() {
    let formats = fs::read_to_string(root().join("docs/formats.md")).unwrap();
    for file in ["agatston-dicom/src/code.rs", "agatston-engine/src/code.rs", "agatston-labels/src/code.rs"] {
        let source = fs::read_to_string(root().join("crates").join(file)).unwrap();
        let is_code = |text: &&str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        for code in source.split('"').skip(1).step_by(2).filter(is_code) {
            assert!(
                formats.contains(&format!("`{code}`")),
                "docs/formats.md does not tell of {code} ({file})"
            );
        }
    }
}

/// Links between the documents lead somewhere.
#[test]
fn links_lead_somewhere() {
    for file in files(&root(), &[".md"]).into_iter().filter(|f| !f.starts_with(root().join("target"))) {
        let text = fs::read_to_string(&file).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") || link.starts_with('#') {
                continue;
            }
            let target = file.parent().unwrap().join(link.split('#').next().unwrap_or_default());
            assert!(target.exists(), "{}: {link}", file.display());
        }
    }
}
