//! What each label of a label map means: names in the file first, then the scheme, else a refusal.

use std::{collections::BTreeMap, fmt::Display};

use agatston_core::{Artery, Finding, Region, Severity};

use crate::{
    LmPolicy, Meaning, Scheme, SchemeEntry,
    code::{
        LABELS_ARTERY_UNDETERMINED, LABELS_NAMES_BEAT_SCHEME, LABELS_SCHEME_NEEDED, LABELS_UNKNOWN_ID,
        LABELS_UNKNOWN_NAME,
    },
    error::{Refusal, refusal},
    labels::{Cover, place},
    nifti::{Names, Volume},
    vessel,
};

/// How many labels a message lists.
const LISTED: usize = 30;

/// The meaning of a label map's labels.
#[derive(Clone, Debug)]
pub(crate) struct Legend {
    /// By number of label, as [`Volume::ids`] counts them.
    pub(crate) regions: Vec<Option<Region>>,
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
    /// Meanings by name; nothing for a name that says nothing.
    by_name: BTreeMap<u32, Option<Known>>,
    /// Whether some name says something else than the scheme does for its id: then the scheme is not trusted.
    contradicted: bool,
}

impl Legend {
    pub(crate) fn settle(
        volume: &Volume,
        names: Option<&Names>,
        scheme: Option<&Scheme>,
    ) -> Result<(Self, Vec<Finding>), Refusal> {
        let none = Names::new();
        let names = names.filter(|n| !n.is_empty()).unwrap_or(&none);
        if names.is_empty() && scheme.is_none() {
            return Err(scheme_needed(volume));
        }
        let sources = Sources::new(names, scheme);
        let found = sources.explain(volume)?;
        let covered = sources.covered();
        if covered.is_empty() {
            return Err(unknown_names(&sources, names.iter().map(|(id, name)| (*id, name.as_str(), 0))));
        }
        let mut findings = sources.findings();
        let undetermined = found.iter().flatten().any(|(meaning, _)| *meaning == Meaning::Coronary);
        let cover = sources.cover(&covered, undetermined);
        if undetermined && covered.iter().any(|(m, _)| matches!(m, Meaning::Artery(_))) {
            findings.push(artery_undetermined());
        }
        let (regions, names) = regions(&found, &covered, undetermined);
        Ok((Self { regions, names, cover }, findings))
    }
}

impl<'a> Sources<'a> {
    fn new(names: &'a Names, scheme: Option<&'a Scheme>) -> Self {
        let by_name: BTreeMap<_, _> = names.iter().map(|(id, name)| (*id, by_name(name, scheme))).collect();
        let contradicts = |(id, known): (&u32, &Option<Known>)| {
            match (scheme.and_then(|s| s.entry(*id)), known) {
                (Some(entry), Some((meaning, _))) => *meaning != entry.meaning,
                (Some(_), None) => true,
                // The name is known, and the scheme, if there is one, has it elsewhere or nowhere.
                (None, Some(_)) => scheme.is_some(),
                (None, None) => false,
            }
        };
        let contradicted = by_name.iter().any(contradicts);
        Self { scheme, names, by_name, contradicted }
    }

    /// The scheme, if it may speak for ids.
    fn trusted(&self) -> Option<&'a Scheme> {
        self.scheme.filter(|_| !self.contradicted)
    }

    /// The meaning of every label that occurs, by its number; the background has none.
    fn explain(&self, volume: &Volume) -> Result<Vec<Option<Known>>, Refusal> {
        let mut found = vec![None];
        let mut nameless = false;
        let mut unknown = Vec::new();
        for (id, count) in volume.ids().skip(1) {
            match (self.by_name.get(&id), self.trusted().and_then(|s| s.entry(id))) {
                (Some(Some(known)), _) => found.push(Some(known.clone())),
                (None, Some(entry)) => found.push(Some((entry.meaning, entry.name.clone()))),
                (Some(None), _) => {
                    let name = self.names.get(&id).map(String::as_str).unwrap_or_default();
                    unknown.push((id, name, count));
                }
                (None, None) => nameless = true,
            }
        }
        if !unknown.is_empty() {
            return Err(unknown_names(self, unknown.into_iter()));
        }
        if nameless { Err(unknown_ids(self, volume)) } else { Ok(found) }
    }

    /// Everything that the file and the scheme can tell apart, whether it occurs or not.
    fn covered(&self) -> Vec<Known> {
        let entry = |e: &SchemeEntry| (e.meaning, e.name.clone());
        let named = self.by_name.values().flatten().cloned();
        named.chain(self.trusted().into_iter().flat_map(Scheme::entries).map(entry)).collect()
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
            "the names in the label map contradict the label scheme; the names were used, not the scheme";
        let seen = list(self.names.iter().map(|(id, name)| format!("{id} {name:?}")));
        let finding = Finding::new(LABELS_NAMES_BEAT_SCHEME, Severity::Warning, message)
            .seen(format!("names {seen}"))
            .expected(format!("scheme {}: {}", scheme.name(), ids_of(scheme)))
            .next_step("leave out --label-scheme if the names are right");
        vec![finding]
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

/// Regions by number of label, and the names of those that are no coronary artery.
fn regions(
    found: &[Option<Known>],
    covered: &[Known],
    undetermined: bool,
) -> (Vec<Option<Region>>, Vec<String>) {
    let mut names: Vec<String> = Vec::new();
    for (meaning, name) in covered {
        if *meaning == Meaning::Region && !names.contains(name) {
            names.push(name.clone());
        }
    }
    let region = |(meaning, name): &Known| match meaning {
        // Where some calcium has no artery, no artery is complete: all of it is coronary, and no more is said.
        Meaning::Artery(_) if undetermined => Some(Region::Coronary),
        Meaning::Artery(artery) => Some(Region::Artery(*artery)),
        Meaning::Coronary | Meaning::OtherCoronary => Some(Region::Coronary),
        Meaning::NotCoronary => Some(Region::NotCoronary),
        Meaning::Region => {
            let index = names.iter().position(|n| n == name)?;
            Some(Region::Named(u16::try_from(index).ok()?))
        }
    };
    let regions = found.iter().map(|known| known.as_ref().and_then(region)).collect();
    (regions, names)
}

fn scheme_needed(volume: &Volume) -> Refusal {
    let shipped = list(Scheme::all().iter().map(Scheme::name));
    refusal(LABELS_SCHEME_NEEDED, "the label map has bare ids, and nothing says what they mean")
        .seen(found_ids(volume))
        .expected(format!("--label-scheme with one of {shipped}, or a .toml file of the same form"))
        .next_step("ask who drew the labels which id is which artery, and name that scheme")
}

fn unknown_ids(sources: &Sources<'_>, volume: &Volume) -> Refusal {
    let known = match (sources.trusted(), sources.names.is_empty()) {
        (Some(scheme), _) => format!("scheme {} knows {}", scheme.name(), ids_of(scheme)),
        (None, _) => {
            format!(
                "the names in the file cover {}",
                list(sources.names.iter().map(|(id, n)| format!("{id} {n:?}")))
            )
        }
    };
    refusal(LABELS_UNKNOWN_ID, "the label map holds ids that nothing explains")
        .seen(found_ids(volume))
        .expected(known)
        .next_step("name the scheme that fits, or write a .toml scheme that has every id")
}

fn unknown_names<'n>(sources: &Sources<'_>, names: impl Iterator<Item = (u32, &'n str, u64)>) -> Refusal {
    let seen = list(names.map(|(id, name, count)| format!("{id} {name:?}: {count} voxels")));
    let known = sources.scheme.map(|s| format!(", or a name of scheme {}: {}", s.name(), ids_of(s)));
    refusal(LABELS_UNKNOWN_NAME, "the label map names what is no known artery")
        .seen(seen)
        .expected(format!("LM, LAD, LCX, RCA, coronary{}", known.unwrap_or_default()))
        .next_step(
            "write a .toml scheme that says of each name what it is (region = \"region\" for no artery)",
        )
}

fn artery_undetermined() -> Finding {
    let message =
        "some labels are coronary without an artery, so no artery is complete: all are counted as coronary";
    Finding::new(LABELS_ARTERY_UNDETERMINED, Severity::Warning, message)
        .next_step("label every lesion with its artery if scores per artery are needed")
}

fn found_ids(volume: &Volume) -> String {
    let mut ids: Vec<_> = volume.ids().skip(1).collect();
    ids.sort_unstable();
    if ids.is_empty() {
        return "no label at all".to_owned();
    }
    list(ids.into_iter().map(|(id, count)| format!("id {id}: {count} voxels")))
}

fn ids_of(scheme: &Scheme) -> String {
    list(scheme.entries().iter().map(|e| format!("{} {}", e.id, e.name)))
}

fn list(items: impl Iterator<Item = impl Display>) -> String {
    let all: Vec<String> = items.map(|i| i.to_string()).collect();
    let shown = all.get(..LISTED).unwrap_or(&all).join(", ");
    if all.len() > LISTED { format!("{shown} and {} more", all.len() - LISTED) } else { shown }
}
