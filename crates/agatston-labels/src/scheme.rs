//! What the ids of a label map mean: the schemes that ship, and the user's own in the same form.
//!
//! Left out: names found in the label map itself, which beat every scheme (`legend`).

use std::{collections::BTreeMap, fmt, fs, path::Path, sync::LazyLock};

use agatston_core::Artery;
use serde::Deserialize;

use crate::{Error, labels::file_name};

/// What a source does with the left main.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LmPolicy {
    /// The left main is an artery of its own.
    Separate,
    /// The left main is counted as part of the LAD.
    MergedIntoLad,
    /// The source does not say what is left main.
    NotSeparated,
}

impl LmPolicy {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Separate => "separate",
            Self::MergedIntoLad => "merged_into_lad",
            Self::NotSeparated => "not_separated",
        }
    }
}

/// What a label means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Meaning {
    /// One of the four arteries.
    Artery(Artery),
    /// Coronary, artery not determined. Where such a label occurs, no artery of the map is complete.
    Coronary,
    /// A coronary vessel that is none of the four, such as a ramus: in the total, in no artery.
    OtherCoronary,
    /// Looked at and found not to be coronary.
    NotCoronary,
    /// A named region that is no coronary artery: measured on its own, never in the total.
    Region,
}

impl Meaning {
    /// The word used in a scheme file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Artery(artery) => artery.as_str(),
            Self::Coronary => "coronary",
            Self::OtherCoronary => "other_coronary",
            Self::NotCoronary => "not_coronary",
            Self::Region => "region",
        }
    }

    /// Whether it counts in the coronary total.
    pub const fn is_coronary(self) -> bool {
        matches!(self, Self::Artery(_) | Self::Coronary | Self::OtherCoronary)
    }
}

impl TryFrom<String> for Meaning {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let others = [Self::Coronary, Self::OtherCoronary, Self::NotCoronary, Self::Region];
        let mut all = Artery::ALL.into_iter().map(Self::Artery).chain(others);
        all.find(|m| m.as_str() == word).ok_or_else(|| {
            format!(
                "region {word:?} is none of LM, LAD, LCX, RCA, coronary, other_coronary, not_coronary, region"
            )
        })
    }
}

/// One label of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeEntry {
    /// Value in the label map, over 0: 0 is always the background.
    pub id: u32,
    /// Name given by the source; of a region, the name it has in the result.
    pub name: String,
    /// What it means.
    #[serde(rename = "region")]
    pub meaning: Meaning,
}

/// What the ids of a label map mean, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    name: String,
    source: String,
    lm_policy: LmPolicy,
    entries: Vec<SchemeEntry>,
}

/// The form of a scheme file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    source: String,
    lm_policy: LmPolicy,
    label: Vec<SchemeEntry>,
}

/// Names and texts of the schemes that ship, in the order in which they are listed.
const SHIPPED: [(&str, &str); 8] = [
    ("agatston", include_str!("../schemes/agatston.toml")),
    ("binary", include_str!("../schemes/binary.toml")),
    ("orcascore", include_str!("../schemes/orcascore.toml")),
    ("cardiac-agatston-measures", include_str!("../schemes/cardiac-agatston-measures.toml")),
    ("cacslabeler-artery", include_str!("../schemes/cacslabeler-artery.toml")),
    ("cacslabeler-artery-lm", include_str!("../schemes/cacslabeler-artery-lm.toml")),
    ("cacslabeler-segment", include_str!("../schemes/cacslabeler-segment.toml")),
    ("cacslabeler-17", include_str!("../schemes/cacslabeler-17.toml")),
];

static ALL: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    let read = |(name, text)| Scheme::from_toml(text, name).expect("a test reads every scheme that ships");
    SHIPPED.into_iter().map(read).collect()
});

/// A scheme has some thirty labels; a file beyond this is not one.
const BYTES_MAX: u64 = 1 << 20;

/// Labels of the largest scheme: regions are counted in 16 bits.
const LABELS_MAX: usize = 65_535;

impl Scheme {
    /// The schemes that ship.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// A scheme that ships, by its name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|s| s.name == name)
    }

    /// What `--label-scheme` takes: the name of a scheme that ships, or a `.toml` file of the same form.
    ///
    /// # Errors
    ///
    /// An unknown name, an unreadable file, a file that is no scheme.
    pub fn open(name_or_file: &str) -> Result<Self, Error> {
        if let Some(scheme) = Self::named(name_or_file) {
            return Ok(scheme.clone());
        }
        let path = Path::new(name_or_file);
        if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
            let known = ALL.iter().map(Self::name).collect::<Vec<_>>().join(", ");
            return Err(Error::UnknownScheme { name: file_name(path), known });
        }
        let file = file_name(path);
        let io = |source| Error::Io { file: file.clone(), source };
        let metadata = fs::metadata(path).map_err(io)?;
        if !metadata.is_file() {
            return Err(Error::InvalidScheme { scheme: file, reason: "this is no file".to_owned() });
        }
        if metadata.len() > BYTES_MAX {
            return Err(Error::InvalidScheme { scheme: file, reason: "the file is over 1 MiB".to_owned() });
        }
        let text = fs::read_to_string(path).map_err(io)?;
        Self::from_toml(&text, &file)
    }

    /// Reads the TOML form of a scheme; `name` is what results will call it.
    ///
    /// ```
    /// let text = r#"
    ///     source = "our reading protocol, 2024"
    ///     lm_policy = "merged_into_lad"
    ///     label = [
    ///         { id = 1, name = "left", region = "LAD" },
    ///         { id = 9, name = "aortic valve", region = "region" },
    ///     ]
    /// "#;
    /// let scheme = agatston_labels::Scheme::from_toml(text, "ours")?;
    /// assert_eq!(scheme.entries().len(), 2);
    /// # Ok::<(), agatston_labels::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A text that is not TOML or not of this form, no label, id 0, an id twice, one name with two meanings, or an
    /// `lm_policy` that the labels contradict.
    pub fn from_toml(text: &str, name: &str) -> Result<Self, Error> {
        let invalid = |reason: String| Error::InvalidScheme { scheme: name.to_owned(), reason };
        let form: Form = toml::from_str(text).map_err(|e| invalid(e.to_string().trim_end().to_owned()))?;
        check(&form).map_err(invalid)?;
        Ok(Self {
            name: name.to_owned(),
            source: form.source,
            lm_policy: form.lm_policy,
            entries: form.label,
        })
    }

    /// What results call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who says that the ids mean this.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What becomes of the left main.
    pub fn lm_policy(&self) -> LmPolicy {
        self.lm_policy
    }

    /// The labels, in the order of the file.
    pub fn entries(&self) -> &[SchemeEntry] {
        &self.entries
    }

    /// The label of an id.
    pub(crate) fn entry(&self, id: u32) -> Option<&SchemeEntry> {
        self.entries.iter().find(|e| e.id == id)
    }
}

/// The TOML form, as [`Scheme::from_toml`] reads it.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.name)?;
        writeln!(f, "source = {}", quoted(&self.source))?;
        writeln!(f, "lm_policy = \"{}\"", self.lm_policy.as_str())?;
        writeln!(f, "label = [")?;
        for SchemeEntry { id, name, meaning } in &self.entries {
            let (name, region) = (quoted(name), meaning.as_str());
            writeln!(f, "    {{ id = {id}, name = {name}, region = \"{region}\" }},")?;
        }
        writeln!(f, "]")
    }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Names that outputs give to arteries and totals: nothing else may be called so.
const RESERVED: [&str; 7] = ["LM", "LAD", "LCX", "RCA", "coronary", "total", "everything"];

fn check(form: &Form) -> Result<(), String> {
    if form.label.is_empty() {
        return Err("it has no label; at least one is needed".to_owned());
    }
    if form.label.len() > LABELS_MAX {
        return Err(format!("it has {} labels; at most {LABELS_MAX} are possible", form.label.len()));
    }
    let mut meanings = BTreeMap::new();
    for (i, entry) in form.label.iter().enumerate() {
        if entry.id == 0 {
            return Err("id 0 is always the background and cannot be a label".to_owned());
        }
        if entry.name.trim().is_empty() {
            return Err(format!("the label of id {} has no name", entry.id));
        }
        if RESERVED.contains(&entry.name.as_str()) && !entry.meaning.is_coronary() {
            return Err(format!("the name {:?} is reserved for what is coronary", entry.name));
        }
        if form.label.iter().take(i).any(|e| e.id == entry.id) {
            return Err(format!("id {} occurs twice", entry.id));
        }
        if *meanings.entry(entry.name.as_str()).or_insert(entry.meaning) != entry.meaning {
            return Err(format!("name {:?} has two meanings", entry.name));
        }
    }
    let has = |artery| form.label.iter().any(|e| e.meaning == Meaning::Artery(artery));
    let needed = match (has(Artery::Lm), form.lm_policy) {
        (true, LmPolicy::Separate) | (false, LmPolicy::NotSeparated) => return Ok(()),
        (false, LmPolicy::MergedIntoLad) if has(Artery::Lad) => return Ok(()),
        (true, _) => "separate, since LM is a label",
        (false, LmPolicy::MergedIntoLad) => "not_separated, since neither LM nor LAD is a label",
        (false, LmPolicy::Separate) => "merged_into_lad or not_separated, since LM is no label",
    };
    Err(format!("lm_policy is {}; needed is {needed}", form.lm_policy.as_str()))
}
