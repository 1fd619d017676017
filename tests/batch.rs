//! Batches, through the program: every series one row, killed and resumed, in parts, with faults in the middle.

use crate::support::{Said, agatston, cases, run, text};
use agatston_phantom::{Header, Volume, dicom};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Slices and side of a generated series.
const SLICES: usize = 8;
const SIDE: usize = 64;

/// A body in air with plaques of 4 x 4 pixels of 0.5 mm in so many slices, 450 HU: 16 each.
fn volume(plaques: usize) -> Volume {
    let mut volume = Volume::filled([SLICES, SIDE, SIDE], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(ndarray::s![.., 8..56, 8..56]).fill(40.0);
    volume.hu.indexed_iter_mut().for_each(|((z, y, x), hu)| {
        if *hu == 40.0 {
            *hu += ((z * 31 + y * 7 + x * 13) % 17) as f64 - 8.0;
        }
    });
    volume.hu.slice_mut(ndarray::s![..plaques, 30..34, 30..34]).fill(450.0);
    volume
}

/// A tree of series, some at the root of a site, some deeper; series `n` scores 16 for each of `n % 5` slices.
fn cohort(count: usize) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for n in 0..count {
        let folder = root.path().join(format!("site {}/{n:03}", n % 3));
        series(&folder, n);
    }
    fs::write(root.path().join("notes.txt"), "no series").unwrap();
    root
}

fn series(folder: &Path, n: usize) {
    fs::create_dir_all(folder).unwrap();
    dicom::write_series(folder, &volume(n % 5), &Header::named(&format!("batch {n}"))).unwrap();
}

/// The arguments of a batch in which everything counts.
fn arguments<'a>(root: &'a str, out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["batch", root, "-o", out, "--region", "everything", "--detail", "lesions"], more].concat()
}

fn batch(root: &Path, out: &Path, more: &[&str]) -> Said {
    let (root, out) = (text(root), text(out));
    run(&arguments(&root, &out, more))
}

/// Every file of a folder by its relative name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn add(folder: &Path, prefix: &str, all: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                add(&path, &format!("{name}/"), all);
            } else {
                all.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    let mut all = Vec::new();
    add(folder, "", &mut all);
    all.sort();
    all
}

/// Fails with the names of what differs.
fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    let differ: Vec<&String> = a.iter().zip(&b).filter(|(a, b)| a != b).map(|(a, _)| &a.0).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

/// The rows of a CSV file, cell by cell, by the names of the header.
fn rows(path: &Path, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().clone();
    let places: Vec<usize> = names
        .iter()
        .map(|name| head.iter().position(|h| h == *name).unwrap_or_else(|| panic!("{name}")))
        .collect();
    let record = |r: csv::Result<csv::StringRecord>| {
        let r = r.unwrap();
        places.iter().map(|&i| r[i].to_owned()).collect()
    };
    reader.records().map(record).collect()
}

/// Folder of each key, by the index.
fn index(out: &Path) -> Vec<Value> {
    let text = fs::read_to_string(out.join("index.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Totals by hand; one row a series, keys sorted, each explained by the index; the same with other jobs, threads and order of
/// making the files.
#[test]
fn every_series_is_one_row() {
    let (root, out) = (cohort(12), tempfile::tempdir().unwrap());
    let first = batch(root.path(), &out.path().join("a"), &[]);
    assert_eq!((first.code, &*first.stderr), (0, ""), "{first:?}");
    assert!(first.stdout.starts_with("12 series\n  12 scored\n"), "{}", first.stdout);
    let a = out.path().join("a");
    let scores = rows(&a.join("scores.csv"), &["series_key", "kind", "agatston", "status"]);
    assert_eq!(scores.len(), 12, "everything has a total and no arteries");
    assert!(scores.is_sorted() && scores.iter().all(|row| row[1] == "total" && row[3] == "scored"));
    let mut totals: Vec<f64> = scores.iter().map(|row| row[2].parse().unwrap()).collect();
    totals.sort_by(f64::total_cmp);
    let mut expected: Vec<f64> = (0..12).map(|n| 16.0 * f64::from(n % 5)).collect();
    expected.sort_by(f64::total_cmp);
    assert_eq!(totals, expected);
    let index = index(&a);
    let keys: BTreeSet<&str> = index.iter().map(|entry| entry["key"].as_str().unwrap()).collect();
    assert_eq!(keys, scores.iter().map(|row| &*row[0]).collect());
    let folders: Vec<&str> = index.iter().map(|entry| entry["folder"].as_str().unwrap()).collect();
    assert_eq!((folders[0], folders[11]), ("site 0/000", "site 2/011"));
    assert!(folders.is_sorted());
    for (name, more) in [("b", ["--threads", "1", "--jobs", "1"]), ("c", ["--threads", "3", "--jobs", "5"])] {
        assert_eq!(batch(root.path(), &out.path().join(name), &more).code, 0);
        assert_same(&a, &out.path().join(name));
    }
    for entry in &index {
        let result = a.join("results").join(format!("{}.json", entry["key"].as_str().unwrap()));
        assert_eq!(run(&["validate", &text(&result)]).code, 0);
    }
}

/// A result of a batch is what `score` says of the same folder.
#[test]
fn a_result_is_that_of_score() {
    let (root, out) = (cohort(3), tempfile::tempdir().unwrap());
    assert_eq!(batch(root.path(), &out.path().join("a"), &[]).code, 0);
    for entry in index(&out.path().join("a")) {
        let folder = root.path().join(entry["folder"].as_str().unwrap());
        let key = entry["key"].as_str().unwrap();
        let alone = run(&[
            "score",
            &text(folder),
            "--region",
            "everything",
            "--detail",
            "lesions",
            "--format",
            "json",
        ]);
        let kept = fs::read_to_string(out.path().join(format!("a/results/{key}.json"))).unwrap();
        assert_eq!(kept, alone.stdout);
    }
}

/// Starts a batch that says nothing.
fn start(root: &Path, out: &Path, more: &[&str]) -> Child {
    let (root, out) = (text(root), text(out));
    let mut command = agatston(&arguments(&root, &out, more));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Killed at moments spread over the whole run, the writing of the tables included, and resumed until it comes to its end:
/// the same bytes, results and journal included.
#[test]
fn killed_and_resumed_it_ends_with_the_same_bytes() {
    let (root, out) = (cohort(cases(24, 60)), tempfile::tempdir().unwrap());
    let undisturbed = out.path().join("undisturbed");
    let began = Instant::now();
    assert_eq!(batch(root.path(), &undisturbed, &[]).code, 0);
    let whole = began.elapsed();
    let kills = u32::try_from(cases(6, 20)).unwrap();
    let mut kept = BTreeSet::new();
    for kill in 0..kills {
        let killed = out.path().join(format!("killed {kill}"));
        // A moment of its own for each, from the first to the last: 1/20, 3/20, ... mixed by a step that meets all of them.
        let moment = whole * (2 * (kill * 7 % kills) + 1) / (2 * kills);
        let mut child = start(root.path(), &killed, &[]);
        thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap();
        kept.insert(fs::read_dir(killed.join("results")).map_or(0, Iterator::count));
        let mut again = start(root.path(), &killed, &["--resume"]);
        thread::sleep(moment / 2);
        again.kill().unwrap();
        again.wait().unwrap();
        let resumed = batch(root.path(), &killed, &["--resume"]);
        assert_eq!(resumed.code, 0, "{resumed:?}");
        assert_same(&undisturbed, &killed);
    }
    assert!(kept.len() > 1, "all were killed at the same point: {kept:?}");
}

/// What is done is not done again, and what changed is: a file, the options, the program that made it.
#[test]
fn a_resumed_batch_scores_what_is_new() {
    let (root, out) = (cohort(6), tempfile::tempdir().unwrap());
    let a = out.path().join("a");
    assert_eq!(batch(root.path(), &a, &[]).code, 0);
    let kept = |more: &[&str]| {
        let resumed = batch(root.path(), &a, &[&["--resume", "--log-format", "json"], more].concat());
        assert_eq!(resumed.code, 0, "{resumed:?}");
        let lines = resumed.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let series: Vec<Value> = lines.filter(|line| line["event"] == "series").collect();
        (series.iter().filter(|line| line["kept"] == true).count(), series.len())
    };
    assert_eq!(kept(&[]), (6, 6));
    series(&root.path().join("site 0/100"), 100);
    assert_eq!(kept(&[]), (6, 7));
    // Touched, a series is scored again, unless its content is asked for.
    let touched = fs::read_dir(root.path().join("site 1/001")).unwrap().next().unwrap().unwrap().path();
    let later = fs::metadata(&touched).unwrap().modified().unwrap() + Duration::from_secs(10);
    fs::File::options().append(true).open(&touched).unwrap().set_modified(later).unwrap();
    assert_eq!(kept(&["--verify"]), (7, 7));
    fs::File::options()
        .append(true)
        .open(&touched)
        .unwrap()
        .set_modified(later + Duration::from_secs(9))
        .unwrap();
    assert_eq!(kept(&[]), (6, 7));
    assert_eq!(kept(&["--sensitivity"]), (0, 7));
    fs::remove_dir_all(root.path().join("site 0/100")).unwrap();
    let shorter = batch(root.path(), &a, &["--resume", "--sensitivity"]);
    assert!(shorter.stderr.starts_with("1 results of an earlier run stay"), "{shorter:?}");
    let anew = out.path().join("anew");
    assert_eq!(batch(root.path(), &anew, &["--sensitivity"]).code, 0);
    let tables = |out: &Path| {
        let all = files(out).into_iter();
        all.filter(|(name, _)| !name.contains('/') && name != "done.jsonl").collect::<Vec<_>>()
    };
    assert!(tables(&a) == tables(&anew), "what is gone is in no table");
}

/// Folders that cannot be had for once, as those of a share that is not mounted, cost no result.
#[test]
fn what_is_not_there_for_once_is_kept() {
    let (root, out) = (cohort(6), tempfile::tempdir().unwrap());
    let a = out.path().join("a");
    assert_eq!(batch(root.path(), &a, &[]).code, 0);
    let before = files(&a);
    let (there, aside) = (root.path().join("site 1"), out.path().join("aside"));
    fs::rename(&there, &aside).unwrap();
    assert_eq!(batch(root.path(), &a, &["--resume"]).code, 0);
    assert_eq!(index(&a).len(), 4);
    fs::rename(&aside, &there).unwrap();
    let again = batch(root.path(), &a, &["--resume", "--log-format", "json"]);
    assert_eq!(again.stderr.matches("\"kept\":true").count(), 6, "{again:?}");
    assert!(files(&a) == before);
    // Links that lead nowhere, and names that are no text, among folders and among slices.
    std::os::unix::fs::symlink("nowhere", root.path().join("site 0/link")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.path().join("site 1/001/link")).unwrap();
    let odd = batch(root.path(), &a, &["--resume"]);
    assert_eq!(odd.code, 5, "{odd:?}");
    let failed: Vec<(String, String)> =
        outcomes(&a).into_iter().filter(|(_, outcome)| outcome != "scored").collect();
    let failed: Vec<_> = failed.iter().map(|(folder, outcome)| (&**folder, &**outcome)).collect();
    // Each slice of the second may be what is behind the link; the first holds no series.
    assert_eq!(failed, [("site 0", "read_failed"), ("site 1/001", "read_failed")]);
    assert_eq!(outcomes(&a).len(), 7);
}

/// Labels that changed while their size and time did not, and those of another reader.
#[test]
fn labels_that_changed_are_scored_again() {
    let (root, out) = (cohort(3), tempfile::tempdir().unwrap());
    let a = out.path().join("a");
    let regions = |column: usize| {
        format!(
            r#"{{"regions": [{{"name": "LAD", "box_px": {{"column": [{column}, 36], "row": [28, 36]}}}}]}}"#
        )
    };
    let time = fs::metadata(root.path()).unwrap().modified().unwrap();
    let write = |path: &Path, column: usize| {
        fs::write(path, regions(column)).unwrap();
        fs::File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
    };
    let readers = [out.path().join("first"), out.path().join("second")];
    for (reader, column) in readers.iter().zip([28, 32]) {
        fs::create_dir(reader).unwrap();
        (0..3).for_each(|n| write(&reader.join(format!("{n:03}.json")), column));
    }
    let score = |reader: &Path, more: &[&str]| {
        let (root, out, pattern) = (text(root.path()), text(&a), text(reader.join("{folder_name}.json")));
        let typed = ["batch", &*root, "-o", &*out, "--labels-pattern", &*pattern, "--log-format", "json"];
        let said = run(&[&typed, more].concat());
        assert_eq!(said.code, 0, "{said:?}");
        let scores = rows(&a.join("scores.csv"), &["region", "agatston"]);
        let mut scores: Vec<String> =
            scores.into_iter().filter(|row| row[0] == "LAD").map(|row| row[1].clone()).collect();
        scores.sort();
        (said.stderr.matches("\"kept\":true").count(), scores)
    };
    // 0, 1 and 2 slices of 16 pixels, of which half lies in the second reader's box: 4 mm2 or 2 mm2, times 4.
    let whole = (0, vec!["0".to_owned(), "16".to_owned(), "32".to_owned()]);
    let half = (0, vec!["0".to_owned(), "16".to_owned(), "8".to_owned()]);
    assert_eq!(score(&readers[0], &[]), whole);
    assert_eq!(score(&readers[1], &["--resume"]), half, "of another reader, in a file of the same name");
    (0..3).for_each(|n| write(&readers[1].join(format!("{n:03}.json")), 28));
    let verified = score(&readers[1], &["--resume", "--verify"]);
    assert_eq!(verified, (1, whole.1), "the one without calcium came out again");
}

/// A result that is cut, or another one's, is scored again; `merge` takes neither.
#[test]
fn a_result_that_is_not_what_was_written() {
    let (root, out) = (cohort(4), tempfile::tempdir().unwrap());
    let (a, anew) = (out.path().join("a"), out.path().join("anew"));
    assert_eq!(batch(root.path(), &a, &[]).code, 0);
    assert_eq!(batch(root.path(), &anew, &[]).code, 0);
    let keys: Vec<String> = index(&a).iter().map(|entry| entry["key"].as_str().unwrap().to_owned()).collect();
    let result = |n: usize| a.join("results").join(format!("{}.json", keys[n]));
    fs::copy(result(0), result(1)).unwrap();
    let merged = run(&["merge", &text(&a), "-o", &text(out.path().join("merged"))]);
    assert!(merged.code == 3 && merged.stderr.contains("not what the batch wrote"), "{merged:?}");
    let bytes = fs::read(result(2)).unwrap();
    fs::write(result(2), &bytes[..100]).unwrap();
    let resumed = batch(root.path(), &a, &["--resume", "--log-format", "json"]);
    assert_eq!((resumed.code, resumed.stderr.matches("\"kept\":true").count()), (0, 2), "{resumed:?}");
    assert_same(&a, &anew);
}

/// A scan whose slices an export spread over two folders is two rows, and the second says so.
#[test]
fn a_series_in_two_folders() {
    let (root, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    series(&root.path().join("scan"), 4);
    fs::create_dir(root.path().join("scan/more")).unwrap();
    let mut slices: Vec<PathBuf> =
        fs::read_dir(root.path().join("scan")).unwrap().map(|entry| entry.unwrap().path()).collect();
    slices.sort();
    for path in slices.iter().filter(|path| path.is_file()).skip(SLICES / 2) {
        fs::rename(path, root.path().join("scan/more").join(path.file_name().unwrap())).unwrap();
    }
    let a = out.path().join("a");
    let said = batch(root.path(), &a, &[]);
    assert!(said.stdout.contains("1 of them have other slices in another folder"), "{said:?}");
    let entries = index(&a);
    assert_eq!((entries.len(), &entries[1]["split_from"]), (2, &entries[0]["key"]));
    let findings = rows(&a.join("scores.csv"), &["findings"]);
    assert_eq!(findings.iter().filter(|row| row[0].contains("series_split")).count(), 1);
    assert_eq!(batch(root.path(), &out.path().join("strict"), &["--strict"]).code, 5);
}

/// A copy that is put before what was scored makes that the second of two.
#[test]
fn a_copy_that_came_later() {
    let (root, out) = (cohort(3), tempfile::tempdir().unwrap());
    let (a, anew) = (out.path().join("a"), out.path().join("anew"));
    assert_eq!(batch(root.path(), &a, &[]).code, 0);
    series(&root.path().join("copy"), 0);
    for more in [&["--resume"][..], &["--resume"]] {
        assert_eq!(batch(root.path(), &a, more).code, 0);
    }
    assert_eq!(batch(root.path(), &anew, &[]).code, 0);
    assert_same(&a, &anew);
    let findings = rows(&a.join("scores.csv"), &["findings"]);
    assert_eq!(findings.iter().filter(|row| row[0].contains("duplicate_series")).count(), 1);
    fs::remove_dir_all(root.path().join("copy")).unwrap();
    assert_eq!(batch(root.path(), &a, &["--resume"]).code, 0);
    let findings = rows(&a.join("scores.csv"), &["findings"]);
    assert_eq!(findings.iter().filter(|row| row[0].contains("duplicate_series")).count(), 0);
}

/// A batch that is there is neither replaced nor mixed with, and a folder of others never written into.
#[test]
fn a_folder_that_is_taken() {
    let (root, out) = (cohort(2), tempfile::tempdir().unwrap());
    let a = out.path().join("a");
    assert_eq!(batch(root.path(), &a, &[]).code, 0);
    let again = batch(root.path(), &a, &[]);
    assert!(again.code == 6 && again.stderr.contains("--resume"), "{again:?}");
    assert_eq!(batch(root.path(), &a, &["--overwrite"]).code, 0);
    let others = batch(root.path(), root.path(), &["--overwrite"]);
    assert!(others.code == 2 && others.stderr.contains("holds files that are no batch"), "{others:?}");
    // Results within the scans are no scans.
    let within = root.path().join("out");
    assert_eq!(batch(root.path(), &within, &[]).code, 0);
    assert_eq!(batch(root.path(), &within, &["--resume"]).code, 0);
    assert_eq!(index(&within).len(), 2);
}

/// Parts of a batch, from the tree or from its index, come to the bytes of the whole when they are merged; a part that is
/// missing, unfinished or made otherwise is told.
#[test]
fn parts_merge_to_the_whole() {
    let (root, out) = (cohort(13), tempfile::tempdir().unwrap());
    let path = |name: &str| out.path().join(name);
    assert_eq!(batch(root.path(), &path("whole"), &[]).code, 0);
    assert_eq!(batch(root.path(), &path("index"), &["--only-index"]).code, 0);
    assert_eq!(files(&path("index")).len(), 1);
    assert_eq!(batch(root.path(), &path("index"), &["--only-index"]).code, 6);
    assert_eq!(batch(root.path(), &path("index"), &["--only-index", "--overwrite"]).code, 0);
    let manifest = path("index").join("index.jsonl");
    let mut series = 0;
    for i in 1..=4 {
        let shard = format!("{i}/4");
        let (walked, indexed) = (path(&format!("walked {i}")), path(&format!("indexed {i}")));
        assert_eq!(batch(root.path(), &walked, &["--shard", &shard]).code, 0);
        assert_eq!(batch(&manifest, &indexed, &["--shard", &shard, "--root", &text(root.path())]).code, 0);
        assert_same(&walked, &indexed);
        series += fs::read_dir(walked.join("results")).unwrap().count();
    }
    assert_eq!(series, 13);
    let part = |i: usize| text(path(&format!("walked {i}")));
    let merge = |parts: &[usize], to: &str| {
        let parts: Vec<String> = parts.iter().map(|&i| part(i)).collect();
        let to = text(path(to));
        let parts = parts.iter().map(String::as_str);
        run(&["merge"].into_iter().chain(parts).chain(["-o", &to]).collect::<Vec<_>>())
    };
    // In any order of the parts.
    assert_eq!(merge(&[3, 1, 4, 2], "merged").code, 0);
    let whole = files(&path("whole")).into_iter().filter(|(name, _)| {
        !["done.jsonl", "batch.lock"].contains(&&**name) && !name.starts_with("results/")
    });
    assert!(files(&path("merged")) == whole.collect::<Vec<_>>());
    for name in ["scores.parquet", "scores.csv"] {
        assert_eq!(merge(&[1, 2, 3, 4], name).code, 0);
        assert_eq!(fs::read(path(name)).unwrap(), fs::read(path("whole").join(name)).unwrap());
    }
    let missing = merge(&[1, 3], "no.csv");
    assert!(missing.code == 3 && missing.stderr.contains("shards are missing: 2/4, 4/4"), "{missing:?}");
    let twice = merge(&[1, 2, 2, 3, 4], "no.csv");
    assert!(twice.code == 3 && twice.stderr.contains("is in two of them"), "{twice:?}");
    assert_eq!(
        batch(root.path(), &path("walked 2"), &["--shard", "2/4", "--overwrite", "--sensitivity"]).code,
        0
    );
    let unlike = merge(&[1, 2, 3, 4], "no.csv");
    assert!(unlike.code == 3 && unlike.stderr.contains("not made alike (--sensitivity)"), "{unlike:?}");
    fs::remove_file(path("walked 2").join("run.json")).unwrap();
    let unfinished = merge(&[1, 2, 3, 4], "no.csv");
    assert!(unfinished.code == 3 && unfinished.stderr.contains("did not come to its end"), "{unfinished:?}");
    let none = run(&["merge", &text(root.path()), "-o", &text(path("no.csv"))]);
    assert!(none.code == 3 && none.stderr.contains("no folder that `agatston batch` filled"), "{none:?}");
    assert!(!path("no.csv").exists());
    let merged = run(&["merge", &text(path("merged")), "-o", &text(path("no.csv"))]);
    assert!(merged.code == 3 && merged.stderr.contains("merged before; give the parts"), "{merged:?}");
    let over = batch(&manifest, &path("index"), &["--root", &text(root.path()), "--overwrite"]);
    assert!(over.code == 2 && manifest.exists(), "the index would be lost: {over:?}");
}

/// A merge that fails over an older one leaves nothing that says it is complete.
#[test]
fn a_merge_that_fails_is_not_taken_for_the_older_one() {
    let (root, out) = (cohort(3), tempfile::tempdir().unwrap());
    let (part, merged) = (out.path().join("part"), out.path().join("merged"));
    assert_eq!(batch(root.path(), &part, &[]).code, 0);
    let merge = || run(&["merge", &text(&part), "-o", &text(&merged), "--overwrite"]);
    assert_eq!(merge().code, 0);
    let result = fs::read_dir(part.join("results")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(result).unwrap();
    let failed = merge();
    assert!(failed.code == 3 && failed.stderr.contains("run that batch again with --resume"), "{failed:?}");
    assert!(!merged.join("run.json").exists());
}

/// A list of folders, the first few series, and what cannot be a manifest.
#[test]
fn manifests_and_limits() {
    let (root, out) = (cohort(9), tempfile::tempdir().unwrap());
    let at = text(root.path());
    let list = out.path().join("list.txt");
    fs::write(&list, format!("site 1\n./site 0/003\n{at}/site 0/006\nsite 1/004\n")).unwrap();
    let listed = out.path().join("listed");
    assert_eq!(batch(&list, &listed, &["--root", &at]).code, 0);
    let folders: Vec<Value> = index(&listed).iter().map(|entry| entry["folder"].clone()).collect();
    assert_eq!(folders, ["site 0/003", "site 0/006", "site 1/001", "site 1/004", "site 1/007"]);
    let first = out.path().join("first");
    assert_eq!(batch(root.path(), &first, &["--limit", "2"]).code, 0);
    let folders: Vec<Value> = index(&first).iter().map(|entry| entry["folder"].clone()).collect();
    assert_eq!(folders, ["site 0/000", "site 0/003"]);
    let rootless = batch(&list, &out.path().join("no"), &[]);
    assert!(rootless.code == 2 && rootless.stderr.contains("--root"), "{rootless:?}");
    for (wrong, why) in [
        ("../elsewhere\n", "leads out of --root"),
        ("/etc\n", "does not begin with --root"),
        ("{\"key\": 1}\n", "line 1"),
    ] {
        fs::write(&list, wrong).unwrap();
        let refused = batch(&list, &out.path().join("no"), &["--root", &at]);
        assert!(refused.code == 2 && refused.stderr.contains(why), "{refused:?}");
    }
    // A folder of the list that is gone is a row.
    fs::write(&list, "site 1/001\ngone\n").unwrap();
    let gone = batch(&list, &out.path().join("gone"), &["--root", &at]);
    assert_eq!(gone.code, 5, "{gone:?}");
    let failed = rows(&out.path().join("gone/failures.csv"), &["outcome", "code", "seen"]);
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0][..2], ["failed", "read_failed"]);
    assert!(failed[0][2].starts_with("a file or folder could not be read"), "{failed:?}");
    let empty = tempfile::tempdir().unwrap();
    let nothing = batch(empty.path(), &out.path().join("nothing"), &[]);
    assert!(nothing.code == 3 && nothing.stderr.contains("no CT series was found"), "{nothing:?}");
}

/// The outcome of each folder: `scored`, or the code of the reason.
fn outcomes(out: &Path) -> Vec<(String, String)> {
    let status = rows(&out.join("scores.csv"), &["series_key", "status", "refusal_code"]);
    let of = |key: &str| {
        let row = status.iter().find(|row| row[0] == key).unwrap_or_else(|| panic!("no row of {key}"));
        if row[2].is_empty() { row[1].clone() } else { row[2].clone() }
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    index(out).iter().map(|entry| (text(&entry["folder"]), of(entry["key"].as_str().unwrap()))).collect()
}

/// A file that is damaged, one that nobody may read, an archive that is none, a folder of empty files, a series that would
/// stall the batch, the same series once more: each a row with its reason, and the others as if they were alone.
#[test]
fn faults_in_the_middle_are_rows() {
    let (root, out) = (cohort(9), tempfile::tempdir().unwrap());
    let at = |name: &str| root.path().join(name);
    let one_of = |folder: &str| {
        let mut all: Vec<PathBuf> =
            fs::read_dir(at(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all.remove(3)
    };
    let alone = out.path().join("alone");
    assert_eq!(batch(root.path(), &alone, &[]).code, 0);
    let damaged = one_of("site 0/003");
    let bytes = fs::read(&damaged).unwrap();
    fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    let (barred, aside) = (one_of("site 1/004"), out.path().join("aside"));
    unreadable(&barred, &aside);
    fs::write(at("site 2/broken.zip"), b"PK\x03\x04 and no more").unwrap();
    fs::create_dir(at("site 2/empty")).unwrap();
    fs::write(at("site 2/empty/1.dcm"), b"").unwrap();
    let mut bright = volume(0);
    bright.hu.fill(300.0);
    fs::create_dir(at("site 2/bright")).unwrap();
    dicom::write_series(&at("site 2/bright"), &bright, &Header::named("bright")).unwrap();
    fs::create_dir(at("copy")).unwrap();
    for entry in fs::read_dir(at("site 0/000")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, at("copy").join(path.file_name().unwrap())).unwrap();
    }
    let faulty = out.path().join("faulty");
    let done = batch(root.path(), &faulty, &[]);
    assert_eq!(done.code, 5, "{done:?}");
    let expected = [
        ("copy", "scored"),
        ("site 0/000", "scored"),
        ("site 0/003", "truncated_file"),
        ("site 0/006", "scored"),
        ("site 1/001", "scored"),
        ("site 1/004", "read_failed"),
        ("site 1/007", "scored"),
        ("site 2/002", "scored"),
        ("site 2/005", "scored"),
        ("site 2/008", "scored"),
        ("site 2/bright", "too_many_candidates"),
        ("site 2/broken.zip", "archive_unreadable"),
        ("site 2/empty", "no_ct_series"),
    ];
    let seen = outcomes(&faulty);
    assert_eq!(seen.iter().map(|(a, b)| (&**a, &**b)).collect::<Vec<_>>(), expected);
    let run_record: Value =
        serde_json::from_str(&fs::read_to_string(faulty.join("run.json")).unwrap()).unwrap();
    let counts = ["all", "scored", "refused", "failed", "duplicates"]
        .map(|name| run_record["series"][name].as_u64().unwrap());
    assert_eq!(counts, [13, 8, 4, 1, 1]);
    assert_eq!(rows(&faulty.join("failures.csv"), &["series_key"]).len(), 5);
    // What is well is as it was, but for the second of two.
    let results = |out: &Path| files(&out.join("results")).into_iter().collect::<Vec<_>>();
    let before = results(&alone);
    let same = results(&faulty).into_iter().filter(|file| before.contains(file)).count();
    assert_eq!(same, 6, "of nine, one is damaged, one cannot be read, one is the second of two");
    let again = index(&faulty).into_iter().find(|entry| !entry["duplicate_of"].is_null()).unwrap();
    assert_eq!(again["folder"], "site 0/000", "the first is that of the folder that comes first");
    let result = faulty.join("results").join(format!("{}.json", again["key"].as_str().unwrap()));
    assert!(fs::read_to_string(result).unwrap().contains("duplicate_series"));
    // Repaired, only what was amiss is scored again.
    readable(&barred, &aside);
    fs::write(&damaged, &bytes).unwrap();
    let resumed = batch(root.path(), &faulty, &["--resume", "--log-format", "json"]);
    // Rows that are a folder cost nothing, and are made anew too.
    assert_eq!(resumed.stderr.matches("\"kept\":true").count(), 9, "{resumed:?}");
    assert_eq!(outcomes(&faulty).iter().filter(|(_, outcome)| outcome == "scored").count(), 10);
}

/// Puts a link into a loop in the place of a file, which lies aside: rights do not stop everybody.
fn unreadable(path: &Path, aside: &Path) {
    fs::rename(path, aside).unwrap();
    std::os::unix::fs::symlink(path, path).unwrap();
}

fn readable(path: &Path, aside: &Path) {
    fs::remove_file(path).unwrap();
    fs::rename(aside, path).unwrap();
}

/// Folders that vanish while the batch runs are rows, or were scored before.
#[test]
fn a_folder_that_vanishes_is_a_row_or_was_scored() {
    let (root, out) = (cohort(30), tempfile::tempdir().unwrap());
    let manifest = out.path().join("index");
    assert_eq!(batch(root.path(), &manifest, &["--only-index"]).code, 0);
    let a = out.path().join("a");
    let at = text(root.path());
    let mut child = start(&manifest.join("index.jsonl"), &a, &["--root", &at, "--jobs", "1"]);
    while fs::read_dir(a.join("results")).map_or(0, Iterator::count) < 2
        && child.try_wait().unwrap().is_none()
    {
        thread::yield_now();
    }
    fs::remove_dir_all(root.path().join("site 2")).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    assert_eq!(code, 5);
    let outcomes = outcomes(&a);
    assert_eq!(outcomes.len(), 30);
    for (folder, outcome) in outcomes {
        let may_be_gone = folder.starts_with("site 2");
        assert!(outcome == "scored" || may_be_gone && outcome == "read_failed", "{folder}: {outcome}");
    }
}

/// The first signal stops the batch and keeps what is done; nothing half-written stays.
#[test]
fn a_signal_stops_and_keeps() {
    let (root, out) = (cohort(40), tempfile::tempdir().unwrap());
    let undisturbed = out.path().join("undisturbed");
    assert_eq!(batch(root.path(), &undisturbed, &[]).code, 0);
    for signal in ["INT", "TERM"] {
        let a = out.path().join(signal);
        let mut child = start(root.path(), &a, &["--jobs", "1"]);
        while fs::read_dir(a.join("results")).map_or(0, Iterator::count) < 3 {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
            thread::yield_now();
        }
        Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(7));
        let left = files(&a);
        assert!(
            left.iter()
                .all(|(name, _)| ["done.jsonl", "batch.lock"].contains(&&**name) || name.ends_with(".json")),
            "{:?}",
            left.len()
        );
        assert!(left.len() > 4 && left.len() < 42, "{}", left.len());
        assert_eq!(batch(root.path(), &a, &["--resume"]).code, 0);
        assert_same(&undisturbed, &a);
    }
}

/// A disk that is full stops the batch with exit 4; what is there is whole, and with room it goes on to the same bytes. Needs a
/// file system of its own, which only root can mount.
#[test]
fn a_full_disk_leaves_what_was_written() {
    let (root, out) = (cohort(40), tempfile::tempdir().unwrap());
    let small = out.path().join("small");
    fs::create_dir(&small).unwrap();
    let mount = |options: &str| {
        Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs", &text(&small)]).status()
    };
    if !mount("size=128k").is_ok_and(|status| status.success()) {
        let _ = writeln!(std::io::stderr(), "SKIPPED: no small file system can be mounted here");
        return;
    }
    let a = small.join("a");
    let full = batch(root.path(), &a, &[]);
    let left = files(&a);
    let _ = mount("remount,size=64m");
    let resumed = batch(root.path(), &a, &["--resume"]);
    let same = out.path().join("same");
    fs::create_dir(&same).unwrap();
    let copied = Command::new("cp").args(["-r", &text(&a), &text(&same)]).status().unwrap();
    let _ = Command::new("umount").arg(&small).status();
    assert!(copied.success());
    assert!(full.code == 4 && full.stderr.contains("No space left"), "{full:?}");
    assert!(left.len() > 2, "some fitted");
    for (name, bytes) in left.iter().filter(|(name, _)| name.starts_with("results/")) {
        assert!(serde_json::from_slice::<Value>(bytes).is_ok(), "{name} is not whole");
    }
    assert_eq!(resumed.code, 0, "{resumed:?}");
    let undisturbed = out.path().join("undisturbed");
    assert_eq!(batch(root.path(), &undisturbed, &[]).code, 0);
    assert_same(&undisturbed, &same.join("a"));
}

/// No name of a folder, no path and nothing of a person but in the index.
#[test]
fn names_of_folders_are_in_the_index_alone() {
    let (root, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    series(&root.path().join("Doe Jane 1950"), 3);
    fs::create_dir(root.path().join("Doe John 1949")).unwrap();
    fs::write(root.path().join("Doe John 1949/1.dcm"), b"").unwrap();
    let a = out.path().join("a");
    let done = batch(root.path(), &a, &["--log-format", "json"]);
    assert_eq!(done.code, 5);
    assert!(!done.stderr.contains("Doe") && !done.stdout.contains("Doe"), "{done:?}");
    for (name, bytes) in files(&a) {
        let holds = bytes.windows(3).any(|window| window == b"Doe");
        assert_eq!(holds, name == "index.jsonl", "{name}");
        let root = text(root.path());
        assert!(!bytes.windows(root.len()).any(|window| window == root.as_bytes()), "{name}");
    }
}

/// Labels and covariates of each series, as `score` takes them.
#[test]
fn labels_and_covariates_of_each_series() {
    let (root, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let regions = r#"{"regions": [
        {"name": "LM", "box_px": {"column": [0, 3], "row": [0, 3]}},
        {"name": "LAD", "box_px": {"column": [28, 36], "row": [28, 36]}},
        {"name": "LCX", "box_px": {"column": [60, 63], "row": [0, 3]}},
        {"name": "RCA", "box_px": {"column": [0, 3], "row": [60, 63]}}]}"#;
    for n in [2, 3] {
        let folder = root.path().join(n.to_string());
        series(&folder, n);
        fs::write(folder.join("regions.json"), regions).unwrap();
    }
    series(&root.path().join("unlabelled"), 4);
    let found = out.path().join("index");
    assert_eq!(batch(root.path(), &found, &["--only-index"]).code, 0);
    let uid = |folder: &str| {
        let entry = index(&found).into_iter().find(|entry| entry["folder"] == folder).unwrap();
        entry["series"].as_str().unwrap().to_owned()
    };
    let table = out.path().join("people.csv");
    fs::write(&table, format!("series_uid,age,sex,race\n{},61,f,white\n{},55,m,black\n", uid("2"), uid("3")))
        .unwrap();
    let (root, a, table) = (text(root.path()), text(out.path().join("a")), text(table));
    let labels = ["--labels-pattern", "{folder}/regions.json", "--covariates", &table];
    let done = run(&[&["batch", &root, "-o", &a], &labels[..]].concat());
    assert_eq!(done.code, 5, "{done:?}");
    let scores = out.path().join("a/scores.csv");
    let mut seen = rows(&scores, &["region", "agatston", "refusal_code"]);
    seen.retain(|row| row[0] == "LAD" || !row[2].is_empty());
    seen.sort();
    assert_eq!(seen, [["LAD", "32", ""], ["LAD", "48", ""], ["total", "", "labels_missing"]]);
    for (folder, age, sex) in [("2", 61, "f"), ("3", 55, "m")] {
        let key = index(&out.path().join("a")).into_iter().find(|entry| entry["folder"] == folder).unwrap();
        let key = key["key"].as_str().unwrap();
        let result = fs::read_to_string(out.path().join(format!("a/results/{key}.json"))).unwrap();
        let risk = &serde_json::from_str::<Value>(&result).unwrap()["risk"]["covariates"];
        assert_eq!(risk["age_years"], serde_json::json!({"value": age, "source": "csv"}));
        assert_eq!(risk["sex"], serde_json::json!({"value": sex, "source": "csv"}));
    }
    let declared = ["batch", &root, "-o", &a, "--resume", "--history", "stent"];
    assert_eq!(run(&[&declared[..], &labels[..]].concat()).code, 5);
    let findings = rows(&scores, &["refusal_code", "findings"]);
    assert!(
        findings.iter().all(|row| !row[0].is_empty() || row[1].contains("declared_stent")),
        "{findings:?}"
    );
}

/// A series that is no longer what the index says is a row with that reason, and what came in its place is no row: make the
/// index again.
#[test]
fn a_series_that_changed_since_the_index() {
    let (root, out) = (cohort(3), tempfile::tempdir().unwrap());
    let manifest = out.path().join("index");
    assert_eq!(batch(root.path(), &manifest, &["--only-index"]).code, 0);
    let changed = root.path().join("site 1/001");
    fs::remove_dir_all(&changed).unwrap();
    series(&changed, 77);
    let (a, at) = (out.path().join("a"), text(root.path()));
    assert_eq!(batch(&manifest.join("index.jsonl"), &a, &["--root", &at]).code, 5);
    let outcomes = outcomes(&a);
    let outcomes: Vec<_> = outcomes.iter().map(|(folder, outcome)| (&**folder, &**outcome)).collect();
    let expected = [("site 0/000", "scored"), ("site 1/001", "series_changed"), ("site 2/002", "scored")];
    assert_eq!(outcomes, expected);
}
