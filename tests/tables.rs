//! Tables of scores and lesions: CSV and Parquet say the same, parts add up, and colour comes only where a terminal wants
//! it.

use crate::support::{Said, agatston, fixture, near, run, said, text};
use agatston_engine::writers::tables::{CellType, Heading, Table};
use parquet::{
    basic::{Compression, LogicalType, Type},
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use std::{collections::BTreeMap, fs, fs::File, path::Path};

/// The series with plaques in all four arteries and its regions.
fn coronary() -> Vec<String> {
    let folder = fixture("coronary");
    vec!["score".to_owned(), text(&folder), "--labels".to_owned(), text(folder.join("regions.json"))]
}

/// Both forms of a table.
struct Both {
    headings: Vec<Heading>,
    csv: Vec<csv::StringRecord>,
    parquet: Vec<Vec<Field>>,
}

impl Both {
    /// Runs `score` twice; `code` is what it exits with.
    fn of(table: Table, score: &[String], code: i32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rows = match table {
            Table::Scores => "arteries",
            Table::Lesions => "lesions",
        };
        let write = |format: &str| {
            let path = folder.path().join(format);
            let more = ["--rows", rows, "--format", format, "-o", &text(&path)].map(str::to_owned);
            let said = run(&[score, &more].concat());
            assert_eq!(said.code, code, "{said:?}");
            path
        };
        let mut csv = csv::Reader::from_path(write("csv")).unwrap();
        let headings = table.headings();
        let names: Vec<&str> = headings.iter().map(|h| h.name).collect();
        assert_eq!(csv.headers().unwrap(), names);
        let parquet = read(&write("parquet"), &headings);
        Self { headings, csv: csv.records().map(Result::unwrap).collect(), parquet }
    }

    /// The cells of a column, in both forms.
    fn column(&self, name: &str) -> impl Iterator<Item = (&str, &Field)> {
        let at = self.headings.iter().position(|h| h.name == name).expect("a column");
        self.csv.iter().zip(&self.parquet).map(move |(csv, parquet)| (&csv[at], &parquet[at]))
    }
}

/// The rows of a Parquet file, whose columns must be those of the headings, by type.
fn read(path: &Path, headings: &[Heading]) -> Vec<Vec<Field>> {
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let facts = file.metadata().file_metadata();
    assert_eq!(facts.created_by(), Some(&*format!("agatston version {}", env!("CARGO_PKG_VERSION"))));
    assert!(facts.key_value_metadata().is_none(), "{facts:?}");
    let columns = facts.schema_descr().columns();
    assert_eq!(columns.len(), headings.len());
    for (column, heading) in columns.iter().zip(headings) {
        let (kind, meaning) = match heading.cell_type {
            CellType::Text => (Type::BYTE_ARRAY, Some(LogicalType::String)),
            CellType::Float64 => (Type::DOUBLE, None),
            CellType::Int64 => (Type::INT64, None),
            CellType::Bool => (Type::BOOLEAN, None),
        };
        assert_eq!(column.name(), heading.name);
        assert_eq!(
            (column.physical_type(), column.logical_type_ref().cloned()),
            (kind, meaning),
            "{heading:?}"
        );
        assert_eq!(column.self_type().is_optional(), heading.is_nullable, "{heading:?}");
    }
    for group in file.metadata().row_groups() {
        assert!(group.columns().iter().all(|c| c.compression() == Compression::SNAPPY));
    }
    let cells = |row: parquet::record::Row| row.into_columns().into_iter().map(|(_, cell)| cell).collect();
    file.get_row_iter(None).unwrap().map(|row| cells(row.unwrap())).collect()
}

/// Whether a cell of CSV and one of Parquet say the same: bit by bit for numbers, empty for null and for nothing else.
fn agree(csv: &str, parquet: &Field) -> bool {
    match parquet {
        Field::Null => csv.is_empty(),
        Field::Str(text) => csv == text && !text.is_empty(),
        Field::Double(x) => csv.parse::<f64>().is_ok_and(|csv| csv.to_bits() == x.to_bits()),
        Field::Long(n) => csv.parse() == Ok(*n),
        Field::Bool(b) => csv.parse() == Ok(*b),
        _ => false,
    }
}

#[test]
fn csv_and_parquet_agree_cell_by_cell() {
    let everything = ["score", &text(fixture("coronary")), "--region", "everything"].map(str::to_owned);
    let calibrated = [coronary(), ["--mass-factor".to_owned(), "0.7".to_owned()].into()].concat();
    for (score, arteries) in [(coronary(), 6), (calibrated, 6), (everything.into(), 1)] {
        for table in Table::ALL {
            let both = Both::of(table, &score, 0);
            assert_eq!(both.csv.len(), both.parquet.len());
            assert!(table == Table::Lesions || both.csv.len() == arteries, "{}", both.csv.len());
            let mut kinds = BTreeMap::new();
            for heading in &both.headings {
                for (csv, parquet) in both.column(heading.name) {
                    assert!(agree(csv, parquet), "{}: {csv:?}, {parquet:?}", heading.name);
                    assert!(heading.is_nullable || *parquet != Field::Null, "{heading:?}");
                    *kinds.entry(format!("{:?}", std::mem::discriminant(parquet))).or_insert(0) += 1;
                }
            }
            assert!(kinds.len() >= 4, "null, text and numbers: {kinds:?}");
        }
    }
}

/// The sums of the lesions of an artery are its row, and those of all arteries the total.
#[test]
fn lesions_add_up_to_their_artery() {
    let score = [coronary(), ["--mass-factor".to_owned(), "0.7".to_owned()].into()].concat();
    let (scores, lesions) = (Both::of(Table::Scores, &score, 0), Both::of(Table::Lesions, &score, 0));
    let double = |field: &Field| match field {
        Field::Double(x) => *x,
        other => panic!("no number: {other:?}"),
    };
    let additive = [
        "agatston",
        "agatston_unscaled",
        "area_mm2",
        "volume_mm3",
        "volume_interpolated_mm3",
        "volume_half_maximum_mm3",
        "mass_mg",
        "volume_weight_1_mm3",
        "volume_weight_2_mm3",
        "volume_weight_3_mm3",
        "volume_weight_4_mm3",
        "volume_from_1000_hu_mm3",
    ];
    for measure in additive {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        for ((artery, _), (_, x)) in lesions.column("artery").zip(lesions.column(measure)) {
            *sums.entry(artery).or_default() += double(x);
            *sums.entry("total").or_default() += double(x);
        }
        assert_eq!(sums.len(), 5, "{measure}: {sums:?}");
        for ((region, _), (_, x)) in scores.column("region").zip(scores.column(measure)) {
            match sums.get(region) {
                Some(sum) => assert!(near(double(x), *sum, 1e-12), "{measure} of {region}: {x:?}, {sum}"),
                None => assert_eq!((region, x), ("coronary", &Field::Null), "{measure}: not told apart"),
            }
        }
    }
    // fixtures/README.md derives the scores by hand.
    let agatston: Vec<&str> = scores.column("agatston").map(|(csv, _)| csv).collect();
    assert_eq!(agatston, ["15.75", "93.375", "74.25", "78.75", "", "262.125"]);
    let lesions_of: Vec<&Field> = scores.column("lesions").map(|(_, n)| n).collect();
    assert_eq!(lesions_of.last(), Some(&&Field::Long(i64::try_from(lesions.csv.len()).unwrap())));
    let ids: std::collections::BTreeSet<&str> = lesions.column("lesion_id").map(|(id, _)| id).collect();
    assert_eq!(ids.len(), lesions.csv.len(), "no two lesions have one id");
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for rows in ["arteries", "lesions"] {
        let bytes = |threads: &str, name: &str| {
            let path = folder.path().join(format!("{rows}{name}"));
            let more = ["--rows", rows, "--format", "parquet", "--threads", threads, "-o", &text(&path)];
            assert_eq!(run(&[coronary(), more.map(str::to_owned).into()].concat()).code, 0);
            fs::read(path).unwrap()
        };
        let one = bytes("1", "a");
        assert_eq!(one[..4], *b"PAR1");
        assert_eq!(one, bytes("4", "b"), "{rows}");
        assert_eq!(one, bytes("4", "c"), "{rows}, once more");
    }
}

/// A refused series is a row with its reason in one table, and no row in the other, which keeps its columns.
#[test]
fn a_refused_series_is_a_row_with_its_reason() {
    let score = ["score".to_owned(), text(fixture("coronary"))];
    let scores = Both::of(Table::Scores, &score, 3);
    let cell = |name: &str| scores.column(name).map(|(csv, _)| csv).collect::<Vec<_>>();
    assert_eq!((cell("status"), cell("kind")), (vec!["refused"], vec!["total"]));
    assert_eq!(cell("refusal_code"), ["no_lungs"]);
    assert!(cell("findings")[0].contains("refusal:no_lungs"), "{:?}", cell("findings"));
    for name in ["agatston", "lesions", "scope", "category", "volume_weight_1_mm3"] {
        assert!(
            scores.column(name).all(|(csv, parquet)| csv.is_empty() && *parquet == Field::Null),
            "{name}"
        );
    }
    let lesions = Both::of(Table::Lesions, &score, 3);
    assert!(lesions.csv.is_empty() && lesions.parquet.is_empty());
}

#[test]
fn every_series_of_a_study_is_in_one_table() {
    let score = ["score", &text(fixture("")), "--series", "all", "--region", "everything"].map(str::to_owned);
    let json = run(&[&score[..], &["--format", "json"].map(str::to_owned)].concat());
    let mut expected: Vec<String> = json.stdout.lines().map(series_uid).collect();
    assert!(expected.len() > 20, "{} series", expected.len());
    let scores = Both::of(Table::Scores, &score, 3);
    let mut seen: Vec<String> = scores.column("series_uid").map(|(uid, _)| uid.to_owned()).collect();
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected, "a row a series: everything has no arteries");
}

fn series_uid(line: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(line).unwrap();
    document["series"]["series_uid"].as_str().unwrap_or_default().to_owned()
}

/// Lesions of everything over the threshold are listed when they are asked for, and only then.
#[test]
fn rows_of_lesions_ask_for_lesions() {
    let score = ["score", &text(fixture("coronary")), "--region", "everything"].map(str::to_owned);
    let lesions = Both::of(Table::Lesions, &score, 0);
    let scores = Both::of(Table::Scores, &score, 0);
    let (_, counted) = scores.column("lesions").next().unwrap();
    assert_eq!(*counted, Field::Long(i64::try_from(lesions.csv.len()).unwrap()));
    assert!(lesions.csv.len() > 1);
    assert!(lesions.column("assigned_by").all(|(by, _)| by == "everything"));
}

#[test]
fn rows_that_cannot_be_are_wrong_use() {
    for arguments in [
        &["--rows", "lesions"][..],
        &["--rows", "arteries", "--format", "table"],
        &["--rows", "lesions", "--format", "json"],
        &["--rows", "lesions", "--format", "csv", "--detail", "totals"],
        &["--rows", "lesions", "--format", "parquet", "--detail", "totals"],
        &["--rows", "foci", "--format", "csv"],
    ] {
        let said = run(&[coronary(), arguments.iter().map(|&a| a.to_owned()).collect()].concat());
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{arguments:?}: {said:?}");
        assert!(said.stderr.contains("--rows"), "{arguments:?}: {}", said.stderr);
    }
    let compare = run(&["compare", "a.json", "b.json", "--format", "parquet"]);
    assert_eq!(compare.code, 2, "{compare:?}");
    assert!(compare.stderr.contains("[possible values: table, json, csv]"), "{}", compare.stderr);
}

/// A table of ours may be replaced beside the slices; a file that is not ours may not.
#[test]
fn a_table_among_the_slices_may_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture("coronary")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let table = folder.path().join("scores.parquet");
    let write = |to: &Path| {
        let labels = text(fixture("coronary/regions.json"));
        let more = ["--labels", &labels, "--format", "parquet", "--overwrite", "-o", &text(to)];
        run(&[&["score", &text(folder.path())][..], &more].concat()).code
    };
    assert_eq!(write(&table), 0);
    let first = fs::read(&table).unwrap();
    assert_eq!(write(&table), 0, "it is a table of ours");
    let headings = Table::Scores.headings();
    assert_eq!(read(&table, &headings).len(), 6);
    assert_eq!(first[..4], *b"PAR1");
    let other = folder.path().join("notes.parquet");
    fs::write(&other, "no table").unwrap();
    assert_eq!(write(&other), 2, "it is somebody's");
}

/// Runs in an environment of the given variables, of all that ask for colour or forbid it.
fn coloured(arguments: &[String], variables: &[(&str, &str)]) -> Said {
    let mut command = agatston(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    said(command.envs(variables.iter().copied()).env("TERM", "xterm-256color").output().unwrap())
}

/// A text without the few sequences that are the program's own.
fn without_colour(text: &str) -> String {
    ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"]
        .iter()
        .fold(text.to_owned(), |t, s| t.replace(s, ""))
}

/// A pipe is no terminal; `NO_COLOR` beats `CLICOLOR_FORCE`; colour changes nothing but colour.
#[test]
fn colour_is_for_those_who_want_it() {
    let folder = text(fixture("coronary"));
    let compare = ["compare", &folder, &folder, "--region", "everything"].map(str::to_owned);
    let refused = ["score", &folder].map(str::to_owned);
    for arguments in [coronary(), refused.into(), ["inspect".to_owned(), folder].into(), compare.into()] {
        let plain = coloured(&arguments, &[]);
        assert!(!plain.stdout.contains('\x1b') && plain.stdout.len() > 200, "{plain:?}");
        for forbidden in [&[("NO_COLOR", "1")][..], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]] {
            assert_eq!(coloured(&arguments, forbidden).stdout, plain.stdout, "{forbidden:?}");
        }
        let forced = coloured(&arguments, &[("CLICOLOR_FORCE", "1")]);
        assert!(forced.stdout.contains("\x1b[1m"), "{forced:?}");
        assert_eq!(without_colour(&forced.stdout), plain.stdout, "{arguments:?}");
        assert_eq!(forced.stderr, plain.stderr);
    }
    let refused = coloured(&["score".to_owned(), text(fixture("coronary"))], &[("CLICOLOR_FORCE", "1")]);
    assert!(refused.stdout.contains("\x1b[1m\x1b[31mNOT SCORED: \x1b[0m"), "{}", refused.stdout);
    assert!(refused.stdout.contains("\x1b[2m  info     \x1b[0m"), "{}", refused.stdout);
}

/// Colour is for terminals: a file has none, and no other form has.
#[test]
fn files_and_data_have_no_colour() {
    let force = [("CLICOLOR_FORCE", "1")];
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.txt");
    let to_file = ["-o".to_owned(), text(&out)];
    assert_eq!(coloured(&[coronary(), to_file.into()].concat(), &force).code, 0);
    assert_eq!(fs::read_to_string(out).unwrap(), coloured(&coronary(), &[]).stdout);
    for format in ["json", "csv"] {
        let said = coloured(&[coronary(), ["--format", format].map(str::to_owned).into()].concat(), &force);
        assert!(!said.stdout.contains('\x1b'), "{format}");
    }
}

/// The name of a region comes from a file that anybody may have written: it reaches no terminal as a command.
#[test]
fn a_hostile_name_is_defused_before_it_is_painted() {
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join("hostile.json");
    let name = r"x\u001b[31m\u009b2J\u0007";
    let whole = r#""box_px": {"column": [0, 95], "row": [0, 95]}"#;
    fs::write(&labels, format!(r#"{{"regions": [{{"name": "{name}", {whole}}}]}}"#)).unwrap();
    let score = ["score", &text(fixture("coronary")), "--labels", &text(&labels)].map(str::to_owned);
    let said = coloured(&score, &[("CLICOLOR_FORCE", "1")]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.contains("\nx?[31m?2J?"), "{}", said.stdout);
    let left = without_colour(&said.stdout);
    assert!(left.chars().all(|c| c == '\n' || !c.is_control()), "{left:?}");
    assert!(said.stderr.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", said.stderr);
    // In a table as data it is defused as well, the same in both forms.
    let scores = Both::of(Table::Scores, &score, 0);
    let regions: Vec<(&str, &Field)> = scores.column("region").collect();
    assert_eq!(regions[0], ("x?[31m?2J?", &Field::Str("x?[31m?2J?".to_owned())));
}
