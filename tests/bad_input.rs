//! Nonsense, truncation and bombs through the binary: exit code 3, a code, a next step, never a panic, little memory.

use crate::support::{Said, agatston, fixture, run, said, score_within, text};
use agatston_phantom::damage::{damages, good_series};
use std::{fs, io::Write, path::Path};

/// Memory that a refusal may take, kB.
const MEMORY_KB: u64 = 100_000;

fn refused(input: &Path) -> Said {
    let said = run(&["score", &text(input), "--region", "everything", "--format", "json"]);
    assert_eq!(said.code, 3, "{said:?}");
    let result = said.json();
    assert_eq!(result["status"], "refused");
    assert!(result["total"].is_null());
    assert!(result["refusal"]["message"].as_str().is_some_and(|m| m.len() > 10), "{result}");
    assert!(said.stderr.contains("NOT SCORED"), "the reason is on standard error too: {}", said.stderr);
    assert!(!said.stderr.contains("panicked") && !said.stdout.contains("panicked"));
    said
}

fn code(said: &Said) -> String {
    said.json()["refusal"]["code"].as_str().expect("a code").to_owned()
}

#[test]
fn an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&refused(folder.path())), "no_ct_series");
}

#[test]
fn a_text_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "no picture here\n".repeat(100)).unwrap();
    assert_eq!(code(&refused(&file)), "no_ct_series");
}

#[test]
fn a_path_that_does_not_exist() {
    let said = run(&["score", "/no/such/folder", "--region", "everything"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.stderr.starts_with("error: ") && said.stdout.is_empty(), "{said:?}");
}

/// Writes the good series with a damage and scores the folder.
fn damaged(name: &str) -> (tempfile::TempDir, &'static [&'static str]) {
    let damage = damages().into_iter().find(|d| d.name == name).unwrap_or_else(|| panic!("no damage {name}"));
    let mut files = good_series(name, 8, 32).unwrap();
    (damage.apply)(&mut files);
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file.name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.bytes).unwrap();
    }
    (folder, damage.codes)
}

/// A truncated file, a length of 4 GiB, 5,000 nested sequences, an intercept of `-1,02`.
#[test]
fn damaged_series() {
    let names: Vec<&str> = damages().iter().map(|d| d.name).collect();
    for part in ["truncated", "4_gib", "nested", "comma"] {
        let found: Vec<&&str> = names.iter().filter(|n| n.contains(part)).collect();
        assert!(!found.is_empty(), "no damage like {part} in {names:?}");
        for name in found {
            let (folder, codes) = damaged(name);
            let said = refused(folder.path());
            assert!(codes.contains(&code(&said).as_str()), "{name}: {}", code(&said));
        }
    }
}

/// All of it works in an address space of 100 MB, where a claim of 4 GiB that was believed would abort.
#[cfg(target_os = "linux")]
#[test]
fn little_memory() {
    for name in damages().iter().map(|d| d.name) {
        let (folder, _) = damaged(name);
        let said = score_within(folder.path(), &["--region", "everything"], MEMORY_KB);
        assert!(said.code == 0 || said.code == 3, "{name}: {said:?}");
    }
}

/// Label files that claim, or unpack to, far more than they are: a refusal within the same 100 MB.
#[cfg(target_os = "linux")]
#[test]
fn little_memory_for_label_files() {
    let zeros = |bytes: usize| {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![0; bytes]).unwrap();
        packed.finish().unwrap()
    };
    let bomb = zeros(400 << 20);
    let mha = |side: u32, packed: &[u8]| {
        let head = format!(
            "ObjectType = Image\nNDims = 3\nBinaryData = True\nCompressedData = True\n\
             TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = -35.625 -35.625 -34.5\nElementSpacing = 0.75 0.75 3\n\
             DimSize = {side} {side} 400\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n"
        );
        [head.as_bytes(), packed].concat()
    };
    let nrrd = |sizes: &str| {
        format!(
            "NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: {sizes}\nencoding: raw\n\
             space directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\n\n"
        )
        .into_bytes()
    };
    let line =
        r#"{"sop_instance_uid": "1", "row": 1, "column": 1, "artery": "LAD", "reader": "R", "time": "x"}"#;
    let nested =
        [&[0; 128][..], b"DICM", &[0x08, 0, 0x40, 0x11, b'S', b'Q', 0, 0, 255, 255, 255, 255].repeat(5000)]
            .concat();
    let folder = tempfile::tempdir().unwrap();
    let series = fixture("coronary");
    for (name, content) in [
        ("bomb.mha", mha(1024, &bomb)),
        ("claims.mha", mha(60_000, &zeros(10))),
        ("claims.nrrd", nrrd("1024 1024 1024")),
        ("wide.nrrd", nrrd("4000000000 4000000000 4000000000")),
        ("nested.dcm", nested),
        ("deep.xml", [b"<plist>".to_vec(), b"<array>".repeat(100_000)].concat()),
        ("log.jsonl", line.repeat(50_000).into_bytes()),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let option = if name.ends_with("jsonl") { "--edits" } else { "--labels" };
        let said = score_within(&series, &[option, &text(&path)], MEMORY_KB);
        assert_eq!(said.code, 3, "{name}: {said:?}");
        assert!(said.stdout.contains(name), "{name}: {said:?}");
    }
}

/// A pipe that nobody writes into would never end; it is not opened, wherever it is named.
#[cfg(unix)]
#[test]
fn pipes_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (series, pipe) = (text(fixture("coronary")), text(&pipe));
    let regions = format!("{series}/regions.json");
    for (arguments, code) in [
        (vec!["--labels", &pipe], 3),
        (vec!["--edits", &pipe], 3),
        (vec!["--labels", &regions, "--label-scheme", &pipe], 2),
    ] {
        let said = run(&[&["score", &series][..], &arguments].concat());
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
    }
}

/// What a stranger wrote is repeated in part only, and every refusal of labels says what to do.
#[test]
fn messages_of_label_files_are_short_and_helpful() {
    let series = text(fixture("coronary"));
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("long.toml", format!("regions = [\"{}\"]", "x".repeat(1 << 20))),
        ("none.json", "[]".to_owned()),
        ("empty.nii", String::new()),
        ("log.jsonl", format!("{{\"{}\": 1}}", "y".repeat(1 << 20))),
    ] {
        let path = text(folder.path().join(name));
        fs::write(&path, content).unwrap();
        let option = if name.ends_with("jsonl") { "--edits" } else { "--labels" };
        let said = run(&["score", &series, option, &path, "--format", "json"]);
        assert_eq!(said.code, 3, "{name}");
        assert!(said.stdout.len() + said.stderr.len() < 20_000, "{name}: {} bytes", said.stdout.len());
        let refusal = &said.json()["refusal"];
        assert!(refusal["next_step"].as_str().is_some_and(|step| step.len() > 10), "{name}: {refusal}");
    }
}

#[test]
fn labels_that_do_not_fit() {
    let series = text(fixture("coronary"));
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join("labels.json");
    for (content, code) in [
        ("", "labels_invalid"),
        ("{]", "labels_invalid"),
        (
            r#"{"regions": [{"name": "lad", "circle_px": {"column": 3, "row": 3, "radius": 2}}]}"#,
            "labels_unknown_name",
        ),
        (
            r#"{"regions": [{"name": "LAD", "circle_px": {"column": 3, "row": 3, "radius": 2}, "slices": [90, 95]}]}"#,
            "labels_off_grid",
        ),
    ] {
        std::fs::write(&labels, content).unwrap();
        let said = run(&["score", &series, "--labels", &text(&labels), "--format", "json"]);
        assert_eq!(said.code, 3, "{content}: {said:?}");
        assert_eq!(said.json()["refusal"]["code"], code, "{content}");
    }
    let said = run(&["score", &series, "--labels", "/no/such/labels.json"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.stdout.contains("labels.json: there is no such label file (labels_missing)"), "{said:?}");
}

/// Writing into a pipe that nobody reads any more is a success.
#[test]
fn a_closed_pipe() {
    let mut child = agatston(&["schema", "result"]);
    let mut child = child.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(said(output).code, 0);
}
