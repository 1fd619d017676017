//! Files beside the result: the same bytes whatever the threads, nothing replaced that was not to be, and of a refused series
//! no file that could be taken for a score.

use crate::support::{Said, fixture, run, text, write_series};
use agatston_phantom::{Header, damage::good_volume, dicom::slice_objects};
use dicom_dictionary_std::tags;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Every file under a folder, by its name below it.
fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = text(path.file_name().unwrap());
        if path.is_dir() {
            all.extend(files_of(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            all.insert(name, fs::read(path).unwrap());
        }
    }
    all
}

/// The options for every file, in a folder.
fn every_file(folder: &Path) -> Vec<String> {
    let options = [
        ("--report", "report.html"),
        ("--png", "pictures"),
        ("--seg", "seg.dcm"),
        ("--sr", "sr.dcm"),
        ("--labelmap", "map.nii.gz"),
        ("-o", "result.json"),
    ];
    let mut all = vec!["--format".to_owned(), "json".to_owned()];
    all.extend(options.iter().flat_map(|(option, name)| [(*option).to_owned(), text(folder.join(name))]));
    all
}

fn score(series: &Path, more: &[String]) -> Said {
    let labels = text(fixture("coronary/regions.json"));
    let arguments = ["score".to_owned(), text(series), "--labels".to_owned(), labels];
    run(&[&arguments[..], more].concat())
}

#[test]
fn any_number_of_threads_and_any_names_write_the_same_files() {
    let series = fixture("coronary");
    let mut seen: Option<BTreeMap<String, Vec<u8>>> = None;
    for threads in ["1", "2", "8"] {
        let (folder, turned) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let slices = files_of(&series).into_iter().filter(|(name, _)| name.ends_with(".dcm"));
        for (i, (_, bytes)) in slices.enumerate() {
            fs::write(turned.path().join(format!("{:02}", (i * 7) % 24)), bytes).unwrap();
        }
        let more = [every_file(folder.path()), vec!["--threads".to_owned(), threads.to_owned()]].concat();
        let said = score(turned.path(), &more);
        assert_eq!(said.code, 0, "{}", said.stderr);
        let files = files_of(folder.path());
        assert_eq!(files.len(), 6 + 2 + 13, "two projections and 13 slices: {:?}", files.keys());
        match &seen {
            None => seen = Some(files),
            Some(first) => assert!(*first == files, "{threads} threads"),
        }
    }
}

#[test]
fn a_refused_series_has_a_page_that_says_why_and_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let said = score(&fixture("refused/gap_large"), &every_file(folder.path()));
    assert_eq!(said.code, 3, "{}", said.stderr);
    let files = files_of(folder.path());
    assert_eq!(files.keys().collect::<Vec<_>>(), ["report.html", "result.json"]);
    let page = String::from_utf8(files["report.html"].clone()).unwrap();
    assert!(page.contains("NOT SCORED"));
    for name in ["seg.dcm", "sr.dcm", "map.nii.gz", "pictures"] {
        assert!(said.stderr.contains(name), "{name}: {}", said.stderr);
    }
}

/// Nothing is written over without `--overwrite`, and then no picture of an earlier run stays; what is not ours does.
#[test]
fn what_is_there_is_not_replaced_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let series = fixture("coronary");
    for (option, name) in
        [("--report", "a.html"), ("--seg", "a.dcm"), ("--sr", "b.dcm"), ("--png", "pictures")]
    {
        let kept = if option == "--png" { path(name).join("slice_9999.png") } else { path(name) };
        fs::create_dir_all(kept.parent().unwrap()).unwrap();
        fs::write(&kept, "mine").unwrap();
        let said = score(&series, &[option.to_owned(), text(path(name))]);
        assert_eq!((said.code, said.stdout.as_str()), (6, ""), "{option}: {}", said.stderr);
        assert_eq!(fs::read_to_string(kept).unwrap(), "mine");
    }
    fs::write(path("pictures/notes.txt"), "mine").unwrap();
    let said = score(&series, &["--png".to_owned(), text(path("pictures")), "--overwrite".to_owned()]);
    assert_eq!(said.code, 2, "what is called as a picture and is none is not ours: {}", said.stderr);
    assert_eq!(fs::read_to_string(path("pictures/slice_9999.png")).unwrap(), "mine");
    fs::write(path("pictures/slice_9999.png"), b"\x89PNG\r\n\x1a\n of an earlier run").unwrap();
    let said = score(&series, &["--png".to_owned(), text(path("pictures")), "--overwrite".to_owned()]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let files = files_of(&path("pictures"));
    assert!(files.contains_key("notes.txt") && files.contains_key("axial_mip.png"));
    assert!(!files.contains_key("slice_9999.png"), "a picture of another run");
    let slices = path("pictures/slice_0003.png");
    let said = score(&series, &["--png".to_owned(), text(&slices)]);
    assert_eq!(said.code, 2, "a file is no folder: {}", said.stderr);
    let dotted = text(folder.path().join(".").join("c.dcm"));
    let twice = score(&series, &["--seg".to_owned(), text(path("c.dcm")), "--sr".to_owned(), dotted]);
    assert_eq!(twice.code, 2, "one file in two spellings: {}", twice.stderr);
    let inside = text(path("new/axial_mip.png"));
    fs::create_dir(path("new")).unwrap();
    let twice = score(&series, &["--png".to_owned(), text(path("new")), "--seg".to_owned(), inside]);
    assert_eq!(twice.code, 2, "{}", twice.stderr);
    let nowhere = score(&series, &["--seg".to_owned(), text(path("nowhere/c.dcm"))]);
    assert_eq!((nowhere.code, nowhere.stderr.contains("--seg")), (2, true), "{}", nowhere.stderr);
    let twice =
        score(&series, &["--seg".to_owned(), text(path("c.dcm")), "--sr".to_owned(), text(path("c.dcm"))]);
    assert_eq!(twice.code, 2, "{}", twice.stderr);
}

/// A small series whose files were changed by `change`.
fn changed(folder: &Path, change: impl Fn(&mut agatston_phantom::dicom::Object)) -> PathBuf {
    let mut objects = slice_objects(&good_volume(12, 32), &Header::named("dated"));
    objects.iter_mut().for_each(&change);
    let series = folder.join("series");
    fs::create_dir_all(&series).unwrap();
    for (i, object) in objects.iter().enumerate() {
        fs::write(series.join(format!("{i}.dcm")), agatston_phantom::dicom::encode(object).unwrap()).unwrap();
    }
    series
}

/// A date is never guessed and never that of now: without one in the series it must be given, and the rest is written.
#[test]
fn an_object_without_a_date_asks_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let series = changed(folder.path(), |object| {
        for tag in [tags::STUDY_DATE, tags::SERIES_DATE, tags::ACQUISITION_DATE, tags::CONTENT_DATE] {
            object.remove_element(tag);
        }
        object.remove_element(tags::ACQUISITION_DATE_TIME);
    });
    let seg = text(folder.path().join("seg.dcm"));
    let labels = folder.path().join("regions.json");
    fs::write(&labels, r#"{"regions": [{"name": "LAD", "box_px": {"column": [5, 28], "row": [5, 28]}}]}"#)
        .unwrap();
    let arguments = ["score", &text(&series), "--labels", &text(&labels), "--seg", &seg];
    let said = run(&arguments);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("--date") && said.stderr.contains("seg.dcm"), "{}", said.stderr);
    assert!(said.stdout.contains("LAD") && !Path::new(&seg).exists(), "the score is there: {}", said.stdout);
    let said = run(&[&arguments[..], &["--date", "20240229123456"]].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    let object = dicom_object::open_file(&seg).unwrap();
    let value = |tag| object.element(tag).unwrap().to_str().unwrap().trim().to_owned();
    assert_eq!((value(tags::CONTENT_DATE), value(tags::CONTENT_TIME)), ("20240229".into(), "123456".into()));
}

#[test]
fn dates_that_are_none_are_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    let seg = text(folder.path().join("seg.dcm"));
    for date in ["20230229", "2023-02-01", "20230101250000", "", "today"] {
        let said = score(&fixture("coronary"), &["--seg", &seg, "--date", date].map(str::to_owned));
        assert_eq!(said.code, 2, "{date}: {}", said.stderr);
        assert!(said.stderr.contains("--date"), "{}", said.stderr);
    }
    let said = score(&fixture("coronary"), &["--date", "20230201"].map(str::to_owned));
    assert_eq!(said.code, 2, "nothing to date: {}", said.stderr);
}

/// Two scans on one page: pictures of both, of saved results none, and no page without a comparison.
#[test]
fn a_comparison_has_a_page_and_pictures_as_far_as_there_are_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let later = agatston_phantom::catalog::build("coronary-later").unwrap();
    let later = write_series(&later.volume, &later.header);
    let (earlier, labels) = (text(fixture("coronary")), text(fixture("coronary/regions.json")));
    let path = |name: &str| text(folder.path().join(name));
    let (page, pictures, later) = (path("page.html"), path("pictures"), text(&later));
    let arguments = ["compare", &earlier, &later, "--labels-baseline", &labels, "--labels-followup", &labels];
    let said = run(&[&arguments[..], &["--report", &page, "--png", &pictures]].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    let names: Vec<String> = files_of(Path::new(&pictures)).into_keys().collect();
    for name in [
        "baseline_axial_mip.png",
        "followup_coronal_mip.png",
        "lesion_01_baseline.png",
        "lesion_01_followup.png",
    ] {
        assert!(names.iter().any(|n| n == name), "{name}: {names:?}");
    }
    // 262.125 and 357.75 by hand, see the phantom; the change is growth.
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains(">growth<") && html.contains("+95.62") && html.contains("357.75"));
    assert!(html.contains("<svg") && !html.contains("<script"));
    let saved = path("saved.json");
    let score = ["score", &earlier, "--labels", &labels, "--format", "json", "-o", &saved];
    assert_eq!(run(&score).code, 0);
    let said = run(&["compare", &saved, &saved, "--report", &path("saved.html"), "--png", &path("none")]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        !fs::read_to_string(path("saved.html")).unwrap().contains("data:image"),
        "a result has no pixels"
    );
    let said = run(&[
        "compare",
        &saved,
        &text(fixture("refused/gap_large")),
        "--labels-followup",
        &labels,
        "--report",
        &path("none.html"),
    ]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("none.html") && !Path::new(&path("none.html")).exists(), "{}", said.stderr);
}
