//! What each label of a source means: codes and names in the file first, then the scheme, else a refusal.

use std::collections::BTreeMap;

use agatston_core::{Artery, Finding, Region, Severity};

use crate::{
    LmPolicy, Meaning, Scheme, SchemeEntry,
    code::{
        LABELS_ARTERY_UNDETERMINED, LABELS_NAMES_BEAT_SCHEME, LABELS_NAMES_CONTRADICT, LABELS_PROVISIONAL,
        LABELS_SCHEME_NEEDED, LABELS_UNKNOWN_ID, LABELS_UNKNOWN_NAME,
    },
    error::{Refusal, refusal},
    labels::{Cover, place},
    names::{Key, Named, Names},
    shown::{listed, shown},
    vessel,
};

/// Which labels occur in a source, and how often.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) counts: BTreeMap<Key, u64>,
    /// What is counted.
    pub(crate) unit: &'static str,
    /// Whether a scheme may explain the ids. In formats that name their labels an id is only a number.
    pub(crate) ids_mean: bool,
}

/// The meaning of a source's labels.
#[derive(Clone, Debug)]
pub(crate) struct Legend {
    /// The region of every label that occurs.
    pub(crate) regions: BTreeMap<Key, Region>,
    /// Names of the regions that are no coronary artery.
    pub(crate) names: Vec<String>,
    pub(crate) cover: Cover,
}

/// A meaning, and the name it goes by.
type Known = (Meaning, String);

/// What was said about the labels, and what came of it.
struct Sources<'a> {
    scheme: Option<&'a Scheme>,
    names: &'a Names,
    /// Meanings by label; nothing for a name that says nothing.
    by_name: BTreeMap<Key, Option<Known>>,
    /// Whether some name says something else than the scheme does for its id: then the scheme is not trusted.
    contradicted: bool,
    ids_mean: bool,
}

impl Legend {
    /// What a label that occurs is called in messages: what it was found to mean, not what a person wrote.
    pub(crate) fn called(&self, key: Key) -> &str {
        match self.regions.get(&key) {
            Some(Region::Artery(artery)) => artery.as_str(),
            Some(Region::Coronary) => "coronary",
            Some(Region::NotCoronary) => "not coronary",
            Some(Region::Named(index)) => {
                self.names.get(usize::from(*index)).map_or("a region", String::as_str)
            }
            None => "without a meaning",
        }
    }

    /// Settles what the labels of a source mean.
    pub(crate) fn settle(
        found: &Found,
        names: &Names,
        scheme: Option<&Scheme>,
    ) -> Result<(Self, Vec<Finding>), Refusal> {
        if names.is_empty() && scheme.is_none() {
            return Err(scheme_needed(found));
        }
        check_decided(names, scheme)?;
        let sources = Sources::new(names, scheme, found.ids_mean)?;
        let known = sources.explain(found)?;
        let covered = sources.covered();
        if covered.is_empty() {
            return Err(unknown_names(&sources, names.keys().map(|key| (*key, 0)), found.unit));
        }
        let mut findings = sources.findings();
        let undetermined = known.values().any(|(meaning, _)| *meaning == Meaning::Coronary);
        let cover = sources.cover(&covered, undetermined);
        if undetermined && covered.iter().any(|(m, _)| matches!(m, Meaning::Artery(_))) {
            findings.push(artery_undetermined());
        }
        let (regions, names) = regions(&known, &covered, undetermined);
        Ok((Self { regions, names, cover }, findings))
    }

    /// Whether a label means coronary, artery not said.
    pub(crate) fn holds_unnamed(&self) -> bool {
        self.regions.values().any(|region| *region == Region::Coronary)
    }
}

impl<'a> Sources<'a> {
    fn new(names: &'a Names, scheme: Option<&'a Scheme>, ids_mean: bool) -> Result<Self, Refusal> {
        let meaning = |(key, named): (&Key, &Named)| Ok((*key, known(*key, named, scheme)?));
        let by_name = names.iter().map(meaning).collect::<Result<BTreeMap<_, _>, Refusal>>()?;
        let contradicts = |(key, known): (&Key, &Option<Known>)| {
            match (scheme.and_then(|s| s.entry(key.id)), known) {
                (Some(entry), Some((meaning, _))) => *meaning != entry.meaning,
                (Some(_), None) => true,
                // The name is known, and the scheme, if there is one, has it elsewhere or nowhere.
                (None, Some(_)) => scheme.is_some(),
                (None, None) => false,
            }
        };
        let contradicted = ids_mean && by_name.iter().any(contradicts);
        Ok(Self { scheme, names, by_name, contradicted, ids_mean })
    }

    /// The scheme, if it may speak for ids.
    fn trusted(&self) -> Option<&'a Scheme> {
        self.scheme.filter(|_| !self.contradicted)
    }

    /// The meaning of every label that occurs.
    fn explain(&self, of: &Found) -> Result<BTreeMap<Key, Known>, Refusal> {
        let mut found = BTreeMap::new();
        let mut nameless = false;
        let mut unknown = Vec::new();
        for (key, count) in &of.counts {
            match (
                self.by_name.get(key),
                self.trusted().and_then(|s| s.entry(key.id)).filter(|_| of.ids_mean),
            ) {
                (Some(Some(known)), _) => drop(found.insert(*key, known.clone())),
                (None, Some(entry)) => drop(found.insert(*key, (entry.meaning, entry.name.clone()))),
                (Some(None), _) => unknown.push((*key, *count)),
                (None, None) => nameless = true,
            }
        }
        if !unknown.is_empty() {
            return Err(unknown_names(self, unknown.into_iter(), of.unit));
        }
        if nameless { Err(unknown_ids(self, of)) } else { Ok(found) }
    }

    /// Everything that the file and the scheme can tell apart, whether it occurs or not. Where labels have names, what is
    /// not named was not looked at: a missing mask is no artery without calcium.
    fn covered(&self) -> Vec<Known> {
        let entry = |e: &SchemeEntry| (e.meaning, e.name.clone());
        let named = self.by_name.values().flatten().cloned();
        let entries = self.trusted().filter(|_| self.ids_mean).into_iter().flat_map(Scheme::entries);
        named.chain(entries.map(entry)).collect()
    }

    fn cover(&self, covered: &[Known], undetermined: bool) -> Cover {
        let mut separated = [false; 4];
        if !undetermined {
            for (meaning, _) in covered {
                if let Meaning::Artery(artery) = meaning {
                    separated[place(*artery)] = true;
                }
            }
        }
        let lm_policy = match self.trusted() {
            _ if undetermined => LmPolicy::NotSeparated,
            _ if separated[place(Artery::Lm)] => LmPolicy::Separate,
            Some(scheme) => scheme.lm_policy(),
            None => LmPolicy::NotSeparated,
        };
        Cover {
            scheme: self.trusted().map(|s| s.name().to_owned()),
            lm_policy,
            separated,
            coronary: covered.iter().any(|(meaning, _)| meaning.is_coronary()),
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let Some(scheme) = self.scheme.filter(|_| self.contradicted) else { return Vec::new() };
        let message =
            "the names in the label file contradict the label scheme; the names were used, not the scheme";
        let seen = listed(self.names.iter().map(|(key, named)| format!("{key} {}", shown(&named.label))));
        let finding = Finding::new(LABELS_NAMES_BEAT_SCHEME, Severity::Warning, message)
            .seen(format!("names {seen}"))
            .expected(format!("scheme {}: {}", scheme.name(), ids_of(scheme)))
            .next_step("leave out --label-scheme if the names are right");
        vec![finding]
    }
}

/// Labels that this program wrote and nobody has looked at are nobody's decision, unless a scheme says what they mean.
fn check_decided(names: &Names, scheme: Option<&Scheme>) -> Result<(), Refusal> {
    let is_open =
        |named: &&Named| vessel::is_provisional(&named.label) && by_name(&named.label, scheme).is_none();
    let open: Vec<String> = names.values().filter(is_open).map(|named| shown(&named.label)).collect();
    if open.is_empty() { Ok(()) } else { Err(undecided(&open)) }
}

fn undecided(labels: &[String]) -> Refusal {
    refusal(LABELS_PROVISIONAL, "the labels are what a program found, and nobody has decided on them")
        .seen(listed(labels.iter()))
        .expected("labels without the word \"provisional\"")
        .next_step(
            "let a reader correct each label, then rename it without the word, in the program that edits it; or leave out \
             --labels for the provisional score",
        )
}

/// What the codes and the name of a label mean. A code that says only "coronary" is refined by the name.
fn known(key: Key, named: &Named, scheme: Option<&Scheme>) -> Result<Option<Known>, Refusal> {
    let mut by_code: Vec<Meaning> = named.codes.iter().filter_map(vessel::meaning_of_code).collect();
    if by_code.iter().any(|m| matches!(m, Meaning::Artery(_))) {
        by_code.retain(|m| *m != Meaning::Coronary);
    }
    by_code.dedup();
    let by_name = by_name(&named.label, scheme);
    match (by_code.as_slice(), by_name) {
        ([], by_name) => Ok(by_name),
        ([Meaning::Coronary], Some(known)) if known.0.is_coronary() => Ok(Some(known)),
        ([code], Some((name, _))) if *code != name => Err(contradictory(key, named)),
        ([code], _) => Ok(Some((*code, named.label.clone()))),
        _ => Err(contradictory(key, named)),
    }
}

/// What a name means: a name of the scheme as the scheme says, else a name of the field.
fn by_name(name: &str, scheme: Option<&Scheme>) -> Option<Known> {
    let plain = vessel::plain(name);
    let entries = scheme.map(Scheme::entries).unwrap_or_default();
    let entry = entries.iter().find(|e| vessel::plain(&e.name) == plain);
    entry
        .map(|e| (e.meaning, e.name.clone()))
        .or_else(|| vessel::meaning_of(name).map(|meaning| (meaning, name.to_owned())))
}

/// Regions by label, and the names of those that are no coronary artery.
fn regions(
    found: &BTreeMap<Key, Known>,
    covered: &[Known],
    undetermined: bool,
) -> (BTreeMap<Key, Region>, Vec<String>) {
    let mut names: Vec<String> = Vec::new();
    for (meaning, name) in covered {
        if *meaning == Meaning::Region && !names.contains(name) {
            names.push(name.clone());
        }
    }
    let region = |(meaning, name): &Known| match meaning {
        // Where some calcium has no artery, no artery is complete: all of it is coronary, and no more is said.
        Meaning::Artery(_) if undetermined => Region::Coronary,
        Meaning::Artery(artery) => Region::Artery(*artery),
        Meaning::Coronary | Meaning::OtherCoronary => Region::Coronary,
        Meaning::NotCoronary => Region::NotCoronary,
        Meaning::Region => {
            let index = names.iter().position(|n| n == name);
            let index = index.and_then(|index| u16::try_from(index).ok());
            Region::Named(
                index.expect("what occurs is covered, and only a scheme names regions, 65,535 at most"),
            )
        }
    };
    let regions = found.iter().map(|(key, known)| (*key, region(known))).collect();
    (regions, names)
}

fn scheme_needed(found: &Found) -> Refusal {
    let shipped = listed(Scheme::all().iter().map(Scheme::name));
    refusal(LABELS_SCHEME_NEEDED, "the label map has bare ids, and nothing says what they mean")
        .seen(found_ids(found))
        .expected(format!("--label-scheme with one of {shipped}, or a .toml file of the same form"))
        .next_step("ask who drew the labels which id is which artery, and name that scheme")
}

fn unknown_ids(sources: &Sources<'_>, found: &Found) -> Refusal {
    let known = match sources.trusted() {
        Some(scheme) => format!("scheme {} knows {}", scheme.name(), ids_of(scheme)),
        None => {
            let names = sources.names.iter().map(|(key, named)| format!("{key} {}", shown(&named.label)));
            format!("the names in the file cover {}", listed(names))
        }
    };
    refusal(LABELS_UNKNOWN_ID, "the label map holds ids that nothing explains")
        .seen(found_ids(found))
        .expected(known)
        .next_step("name the scheme that fits, or write a .toml scheme that has every id")
}

fn unknown_names(sources: &Sources<'_>, keys: impl Iterator<Item = (Key, u64)>, unit: &str) -> Refusal {
    let label = |key: &Key| sources.names.get(key).map(|named| shown(&named.label)).unwrap_or_default();
    let seen = listed(keys.map(|(key, count)| format!("{key} {}: {count} {unit}", label(&key))));
    let known = sources.scheme.map(|s| format!(", or a name of scheme {}: {}", s.name(), ids_of(s)));
    refusal(LABELS_UNKNOWN_NAME, "the label file names what is no known artery")
        .seen(seen)
        .expected(format!("LM, LAD, LCX, RCA, coronary{}", known.unwrap_or_default()))
        .next_step(
            "rename what is an artery, or give --label-scheme a .toml file that says of each name what it is (region = \
             \"region\" or \"not_coronary\" for no artery)",
        )
}

fn contradictory(key: Key, named: &Named) -> Refusal {
    let codes = listed(named.codes.iter().map(|c| format!("{} {}", c.scheme, c.value)));
    refusal(LABELS_NAMES_CONTRADICT, "the name and the codes of a label say different things")
        .seen(format!("label {key} {}, codes {codes}", shown(&named.label)))
        .expected("one artery")
        .next_step("correct the segment in the program that wrote it")
}

fn artery_undetermined() -> Finding {
    let message =
        "some labels are coronary without an artery, so no artery is complete: all are counted as coronary";
    Finding::new(LABELS_ARTERY_UNDETERMINED, Severity::Warning, message)
        .next_step("label every lesion with its artery if scores per artery are needed")
}

fn found_ids(found: &Found) -> String {
    if found.counts.is_empty() {
        return "no label at all".to_owned();
    }
    listed(found.counts.iter().map(|(key, count)| format!("id {key}: {count} {}", found.unit)))
}

fn ids_of(scheme: &Scheme) -> String {
    listed(scheme.entries().iter().map(|e| format!("{} {}", e.id, e.name)))
}
