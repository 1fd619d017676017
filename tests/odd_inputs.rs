//! Inputs as people have them: archives, discs, links, lists, names in any script. The same score as the plain folder,
//! or a refusal that says what to do; nothing outside of the input is ever read.

use crate::support::{Said, agatston, number, run, said, text};
use agatston_phantom::{
    Header,
    damage::{good_series, good_volume},
    dicom,
};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Score of the good series, by hand (see `agatston_phantom::damage`).
const GOOD: f64 = 80.0;

/// The good series in a folder.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    dicom::write_series(folder.path(), &good_volume(8, 32), &Header::named("odd")).unwrap();
    folder
}

/// Its files.
fn slices() -> Vec<(String, Vec<u8>)> {
    good_series("odd", 8, 32).unwrap().into_iter().map(|file| (file.name, file.bytes)).collect()
}

fn score(inputs: &[&Path]) -> Said {
    let inputs: Vec<&std::ffi::OsStr> = inputs.iter().map(|p| p.as_os_str()).collect();
    let options = ["--region", "everything", "--format", "json"].map(std::ffi::OsStr::new);
    run(&[&[std::ffi::OsStr::new("score")], &inputs[..], &options].concat())
}

fn is_good(said: &Said, what: &str) {
    assert_eq!(said.code, 0, "{what}: {said:?}");
    assert_eq!(number(&said.json(), "/total/agatston"), GOOD, "{what}");
    assert_eq!(number(&said.json(), "/series/slices"), 8.0, "{what}");
}

/// The code of the refusal and its words, with a next step.
fn refused(said: &Said, code: &str, words: &str) {
    assert_eq!(said.code, 3, "{said:?}");
    let refusal = &said.json()["refusal"];
    assert_eq!(refusal["code"], code, "{refusal}");
    assert!(refusal["message"].as_str().unwrap().contains(words), "{words:?} is not in {refusal}");
    assert!(refusal["next_step"].as_str().is_some_and(|step| step.len() > 10), "{refusal}");
}

/// Reasons for which files were left out.
fn left_out(said: &Said) -> Vec<String> {
    said.json()["files"]["skipped"].as_object().unwrap().keys().cloned().collect()
}

type Options = SimpleFileOptions;

fn stored() -> Options {
    Options::default().compression_method(CompressionMethod::Stored)
}

fn deflated() -> Options {
    Options::default().compression_method(CompressionMethod::Deflated)
}

/// An archive of the good series, each entry named by `name`.
fn archive(path: &Path, options: Options, name: impl Fn(usize) -> String) {
    let entries = slices().into_iter().enumerate().map(|(i, (_, bytes))| (name(i), bytes));
    write_archive(path, options, entries);
}

fn write_archive(path: &Path, options: Options, entries: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    for (name, bytes) in entries {
        zip.start_file(name, options).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// Changes every occurrence of some bytes in a file; there must be `times`.
fn patch(path: &Path, from: &[u8], to: &[u8], times: usize) {
    let mut bytes = fs::read(path).unwrap();
    let places: Vec<usize> =
        (0..=bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert_eq!(places.len(), times, "{from:?}");
    places.iter().for_each(|at| bytes[*at..at + to.len()].copy_from_slice(to));
    fs::write(path, bytes).unwrap();
}

/// However it is packed and whatever its entries are called.
#[test]
fn archives_of_every_kind() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.zip");
    type Named = (&'static str, fn(usize) -> String);
    let named: [Named; 7] = [
        ("flat", |i| format!("{i}")),
        ("nested", |i| format!("a/b{}/c/{i}", i % 2)),
        ("backslashes", |i| format!("a\\b\\{i}")),
        ("absolute", |i| format!("/tmp/{i}")),
        ("a drive", |i| format!("C:\\Users\\x\\{i}")),
        ("steps up", |i| format!("../../{i}")),
        ("scripts", |i| format!("患者/снимок{i}")),
    ];
    for (what, name) in named {
        for options in [stored(), deflated(), stored().large_file(true), deflated().large_file(true)] {
            archive(&path, options, name);
            is_good(&score(&[&path]), what);
        }
    }
}

/// Entry names that would leave the root, or tell of a machine, are cut before they are shown.
#[test]
fn names_of_entries_are_only_names() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.zip");
    for (name, shown) in [
        ("/home/someone/SLICE", "SLICE"),
        ("C:\\Users\\someone\\SLICE", "SLICE"),
        ("../../x/SLICE", "x/SLICE"),
    ] {
        write_archive(&path, stored(), [(name.to_owned(), vec![b'x'; 3000])]);
        patch(&path, b"xxxxxxxx", b"xxxxxxxy", 3000 - 7);
        let said = score(&[&path]);
        refused(&said, "archive_unreadable", &format!("a.zip: {shown} "));
        assert!(!said.stdout.contains("someone") && !said.stdout.contains(".."), "{}", said.stdout);
    }
}

/// Archives from which a slice could go missing, or that would take the machine's time or memory.
#[test]
fn archives_that_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.zip");
    write_archive(&path, stored(), []);
    refused(&score(&[&path]), "no_ct_series", "no CT series");
    // Two entries of one name: most readers see the last of them only.
    archive(&path, stored(), |i| format!("slice{i}"));
    patch(&path, b"slice7", b"slice6", 2);
    refused(&score(&[&path]), "archive_unreadable", "same name");
    // Flag bit 0 of the local and the central header: encrypted.
    archive(&path, stored(), |i| format!("slice{i}"));
    let mut bytes = fs::read(&path).unwrap();
    bytes[6] |= 1;
    let central = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bytes[central + 8] |= 1;
    fs::write(&path, bytes).unwrap();
    refused(
        &score(&[&path]),
        "archive_unreadable",
        "slice0 could not be opened as a zip archive: it is encrypted",
    );
    // Another size in both headers than what is packed, with the right checksum.
    for (claimed, words) in [(4000u32, "larger than its declared"), (6000, "another length than it claims")] {
        write_archive(&path, deflated(), [("slice".to_owned(), vec![7; 5000])]);
        patch(&path, &5000u32.to_le_bytes(), &claimed.to_le_bytes(), 2);
        refused(&score(&[&path]), "archive_unreadable", words);
    }
}

/// Small archives that claim gigabytes are refused before anything is unpacked: by what deflate can do at all, and by
/// what no scan does.
#[test]
fn bombs_do_not_go_off() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.zip");
    write_archive(&path, deflated(), [("zeros".to_owned(), vec![0; 5000])]);
    patch(&path, &5000u32.to_le_bytes(), &0xFFFF_0000u32.to_le_bytes(), 2);
    refused(&score(&[&path]), "archive_unreadable", "over 1024 MB and over 100 times its size");
    patch(&path, &0xFFFF_0000u32.to_le_bytes(), &500_000_000u32.to_le_bytes(), 2);
    refused(&score(&[&path]), "archive_unreadable", "a size that it cannot have");
    // Honest about its 64 MB of zeros: read, and no slice.
    write_archive(&path, deflated(), [("zeros".to_owned(), vec![0; 64 << 20])]);
    assert!(fs::metadata(&path).unwrap().len() < 100_000);
    let said = score(&[&path]);
    refused(&said, "no_ct_series", "no CT series");
    assert_eq!(left_out(&said), ["an empty file"]);
}

/// An archive within an archive or a folder is not opened, and that is told.
#[test]
fn archives_inside_are_told() {
    let place = folder();
    let (inner, outer) = (place.path().join("inner.zip"), place.path().join("outer.zip"));
    archive(&inner, deflated(), |i| format!("{i}"));
    let mut entries = slices();
    entries.push(("more.zip".to_owned(), fs::read(&inner).unwrap()));
    write_archive(&outer, deflated(), entries);
    let told = "a zip archive inside the input; give it as an input of its own";
    for input in [&outer, &place.path().to_path_buf()] {
        let said = score(&[input]);
        is_good(&said, "beside an archive");
        assert_eq!(left_out(&said), [told]);
    }
}

/// A DICOMDIR (PS3.3 F) that names files by their parts, written byte by byte.
fn dicomdir(path: &Path, references: &[Vec<&str>]) {
    let element = |group: u16, element: u16, vr: &[u8; 2], value: &str| {
        let mut value = value.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), if vr == b"UI" { 0 } else { b' ' });
        let length = u16::try_from(value.len()).unwrap();
        [&group.to_le_bytes()[..], &element.to_le_bytes(), vr, &length.to_le_bytes(), &value].concat()
    };
    let meta = [
        element(2, 2, b"UI", "1.2.840.10008.1.3.10"),
        element(2, 3, b"UI", "2.25.1"),
        element(2, 0x10, b"UI", "1.2.840.10008.1.2.1"),
    ]
    .concat();
    let mut bytes = [&[0; 128][..], b"DICM", &[2, 0, 0, 0, b'U', b'L', 4, 0]].concat();
    bytes.extend(u32::try_from(meta.len()).unwrap().to_le_bytes());
    bytes.extend(meta);
    bytes.extend([4, 0, 0x20, 0x12, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    for parts in references {
        let record =
            [element(4, 0x1430, b"CS", "IMAGE"), element(4, 0x1500, b"CS", &parts.join("\\"))].concat();
        bytes.extend([0xFE, 0xFF, 0, 0xE0]);
        bytes.extend(u32::try_from(record.len()).unwrap().to_le_bytes());
        bytes.extend(record);
    }
    bytes.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    fs::write(path, bytes).unwrap();
}

/// Writes the good series as files of a disc, named by the parts of `name`, and gives the names.
fn disc(root: &Path, name: impl Fn(usize) -> Vec<String>) -> Vec<Vec<String>> {
    let place = |(i, (_, bytes)): (usize, (String, Vec<u8>))| {
        let parts = name(i);
        let path = root.join(parts.join("/"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        parts
    };
    slices().into_iter().enumerate().map(place).collect()
}

fn parts(i: usize) -> Vec<String> {
    vec!["IMAGES".into(), format!("SER{}", i % 2), format!("IM{i}")]
}

/// A disc whose DICOMDIR names the files as they are, in another case, in a deeper folder, and beside a report.
#[test]
fn discs() {
    for lower in [false, true] {
        for deep in ["", "copy/of/disc"] {
            let place = tempfile::tempdir().unwrap();
            let root = place.path().join(deep);
            fs::create_dir_all(&root).unwrap();
            let on_disc = |i: usize| {
                parts(i).iter().map(|p| if lower { p.to_lowercase() } else { p.clone() }).collect()
            };
            disc(&root, on_disc);
            fs::write(root.join("REPORT"), "no picture").unwrap();
            let named: Vec<Vec<String>> = (0..8).map(parts).chain([vec!["REPORT".to_owned()]]).collect();
            let named: Vec<Vec<&str>> =
                named.iter().map(|p| p.iter().map(String::as_str).collect()).collect();
            let directory = root.join(if lower { "dicomdir" } else { "DICOMDIR" });
            dicomdir(&directory, &named);
            let said = score(&[&directory]);
            is_good(&said, "by the DICOMDIR");
            assert_eq!(left_out(&said), ["not a DICOM file"]);
            let whole = score(&[place.path()]);
            is_good(&whole, "by the folder");
            assert_eq!(left_out(&whole), ["a DICOMDIR", "not a DICOM file"]);
            // Given as it is typed in its own folder.
            let mut here = agatston(&["score", "--region", "everything", "--format", "json"]);
            here.arg(directory.file_name().unwrap()).current_dir(&root);
            is_good(&said_of(&mut here), "by its bare name");
        }
    }
}

fn said_of(command: &mut std::process::Command) -> Said {
    said(command.output().unwrap())
}

/// A file that is not there may be a slice, and nothing outside of the disc is read, whatever it is called.
#[test]
fn references_that_lead_nowhere_or_outside() {
    let outside = folder();
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("disc");
    fs::create_dir(&root).unwrap();
    disc(&root, parts);
    fs::copy(outside.path().join("IM0001.dcm"), place.path().join("OUT")).unwrap();
    let directory = root.join("DICOMDIR");
    let check = |reference: &[&str], words: &str| {
        dicomdir(&directory, &[vec!["IMAGES", "SER0", "IM0"], reference.to_vec()]);
        refused(&score(&[&directory]), "dicomdir_unusable", words);
    };
    check(&["IMAGES", "SER0", "IM99"], "IMAGES/SER0/IM99: there is no such file");
    check(&["IMAGES", "SER0", "IM0", "IM1"], "there is no such file");
    check(&["IMAGES", "SER0"], "it is no file");
    check(&["..", "OUT"], "leads out of the folder");
    check(&["IMAGES", "..", "..", "OUT"], "leads out of the folder");
    check(&["/etc/hostname"], "leads out of the folder");
    check(&["C:", "OUT"], "leads out of the folder");
    check(&["IMAGES", "", "IM0"], "leads out of the folder");
    dicomdir(&directory, &vec![vec!["A"]; (1 << 20) + 1]);
    refused(&score(&[&directory]), "dicomdir_unusable", "it names more than 1048576 files");
    dicomdir(&directory, &[]);
    refused(&score(&[&directory]), "dicomdir_unusable", "it holds no references");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path(), root.join("LINK")).unwrap();
        check(&["LINK", "IM0001.dcm"], "leads out of the folder through a link");
        std::os::unix::fs::symlink(place.path().join("OUT"), root.join("SLICE")).unwrap();
        check(&["SLICE"], "leads out of the folder through a link");
        // A link inside the disc is no way out.
        std::os::unix::fs::symlink(root.join("IMAGES"), root.join("ALIAS")).unwrap();
        let named: Vec<Vec<String>> = (0..8).map(parts).collect();
        let named: Vec<Vec<&str>> = named.iter().map(|p| vec!["ALIAS", &p[1], &p[2]]).collect();
        dicomdir(&directory, &named);
        is_good(&score(&[&directory]), "a link inside");
    }
}

/// Links to files and folders are followed; one into its own folder ends; one that leads nowhere may hide a slice.
#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let real = folder();
    let place = tempfile::tempdir().unwrap();
    symlink(real.path(), place.path().join("folder")).unwrap();
    is_good(&score(&[place.path()]), "a link to a folder");
    is_good(&score(&[&place.path().join("folder")]), "a link as the input");
    let files = tempfile::tempdir().unwrap();
    for (name, _) in slices() {
        symlink(real.path().join(&name), files.path().join(name)).unwrap();
    }
    symlink(files.path(), files.path().join("loop")).unwrap();
    is_good(&score(&[files.path()]), "links to files, and a loop");
    // The same folder by two ways is read once.
    symlink(real.path(), place.path().join("again")).unwrap();
    let twice = score(&[place.path()]);
    is_good(&twice, "two links to one folder");
    assert_eq!(number(&twice.json(), "/files/read"), 8.0);
    for (from, to) in [("dangling", "nowhere"), ("a", "b"), ("b", "a")] {
        symlink(to, files.path().join(from)).unwrap();
    }
    let said = score(&[files.path()]);
    assert_eq!((said.code, said.stdout.as_str()), (4, ""), "{said:?}");
    assert!(said.stderr.starts_with("error: a could not be read"), "{}", said.stderr);
}

/// A pipe without a writer would wait for ever; it is not opened, and told.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    let place = folder();
    let made = std::process::Command::new("mkfifo").arg(place.path().join("pipe")).status();
    assert!(made.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(place.path().join("socket")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", place.path().join("device")).unwrap();
    let said = score(&[place.path()]);
    is_good(&said, "beside a pipe, a socket and a device");
    assert_eq!(said.json()["files"]["skipped"]["a pipe, socket or device"], 3);
    let alone = score(&[&place.path().join("pipe")]);
    assert_eq!(alone.code, 4, "{alone:?}");
    assert!(alone.stderr.contains("pipe could not be read: neither a file nor a folder"), "{}", alone.stderr);
}

/// What cannot be read is told and never scored around. Permissions mean nothing to root, so a name that is too long
/// for any file system stands in for them.
#[test]
fn what_cannot_be_read_stops_the_run() {
    let place = folder();
    let missing = place.path().join("x".repeat(300));
    let said = score(&[place.path(), &missing]);
    assert_eq!((said.code, said.stdout.as_str()), (4, ""), "{said:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let locked = place.path().join("IM0008.dcm");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        let said = score(&[place.path()]);
        if fs::File::open(&locked).is_err() {
            assert_eq!((said.code, said.stdout.as_str()), (4, ""), "{said:?}");
            assert!(said.stderr.contains("IM0008.dcm could not be read"), "{}", said.stderr);
        } else {
            is_good(&said, "root reads everything");
        }
    }
}

/// Names of files and folders in any script, with blanks, quotes and line ends, and bytes that are no text.
#[test]
fn names_in_any_script() {
    let place = tempfile::tempdir().unwrap();
    let mut names: Vec<PathBuf> =
        ["患者/山田 太郎", "снимок", "Ä ö.dcm", "a\nb", "it's \"x\"", "-", "ＩＭ１"]
            .map(PathBuf::from)
            .into();
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        names.push(PathBuf::from(std::ffi::OsStr::from_bytes(b"\xFF\xFE/IM\xC0")));
    }
    #[cfg(not(target_os = "linux"))]
    names.push(PathBuf::from("IM8"));
    for (name, (_, bytes)) in names.iter().zip(slices()) {
        let path = place.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    is_good(&score(&[place.path()]), "a folder");
    let paths: Vec<PathBuf> = names.iter().map(|name| place.path().join(name)).collect();
    is_good(&score(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>()), "one by one");
}

/// The files as a list, with the given line end, as bytes.
fn list(root: &Path, end: &str) -> Vec<u8> {
    slices().iter().flat_map(|(name, _)| format!("{}{end}", text(root.join(name))).into_bytes()).collect()
}

fn score_list(content: &[u8]) -> [Said; 2] {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("list.txt");
    fs::write(&file, content).unwrap();
    let options = ["--region", "everything", "--format", "json"];
    let by_file = run(&[&["score", "--files-from", &text(&file)], &options[..]].concat());
    let mut command = agatston(&[&["score", "-"], &options[..]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    [by_file, said(child.wait_with_output().unwrap())]
}

/// Lists as `find`, editors and spreadsheets write them.
#[test]
fn lists() {
    let place = folder();
    let unix = list(place.path(), "\n");
    let marked = [b"\xEF\xBB\xBF".as_slice(), &unix].concat();
    let blank = [b"\n  \n".as_slice(), &list(place.path(), "\n\n\r\n")].concat();
    let folder = format!("{}\n", text(place.path())).into_bytes();
    for (what, content) in [
        ("LF", unix.clone()),
        ("no end at the end", unix[..unix.len() - 1].to_vec()),
        ("CRLF", list(place.path(), "\r\n")),
        ("a mark in front", marked),
        ("blank lines", blank),
        ("a folder", folder),
    ] {
        for said in score_list(&content) {
            is_good(&said, what);
            assert_eq!(number(&said.json(), "/files/read"), 8.0, "{what}");
        }
    }
    // The same file twice is one slice, and that is told.
    for said in score_list(&[unix.clone(), unix.clone()].concat()) {
        is_good(&said, "every file twice");
        assert!(said.codes().contains(&"duplicate_slice".to_owned()));
    }
    for said in score_list(&[unix, b"/no/such/SLICE\n".to_vec()].concat()) {
        assert_eq!((said.code, said.stdout.as_str()), (4, ""), "{said:?}");
        assert!(said.stderr.starts_with("error: SLICE could not be read"), "{}", said.stderr);
    }
    for said in score_list(b"\n\r\n") {
        refused(&said, "no_ct_series", "no CT series");
    }
    let missing = run(&["score", "--files-from", "/no/such/list.txt", "--region", "everything"]);
    assert_eq!(missing.code, 4, "{missing:?}");
    assert!(missing.stderr.starts_with("error: list.txt: "), "{}", missing.stderr);
}

/// A list whose names are no text: a file name on Linux is bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_list_of_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let place = tempfile::tempdir().unwrap();
    let mut content = Vec::new();
    for (i, (_, bytes)) in slices().into_iter().enumerate() {
        let name = [b"\xFF\xC0".as_slice(), i.to_string().as_bytes()].concat();
        let path = place.path().join(std::ffi::OsStr::from_bytes(&name));
        fs::write(&path, bytes).unwrap();
        content.extend([path.as_os_str().as_bytes(), b"\n"].concat());
    }
    score_list(&content).iter().for_each(|said| is_good(said, "names that are no text"));
}
