//! Which planes belong together: by series, then by what makes a stack, then by time where places are shared.
//!
//! ```text
//! series     SeriesInstanceUID; where it is missing, folder + StudyInstanceUID + patient
//! stack      orientation, matrix, pixel spacing, frame of reference, kernel, stack of a multi-frame image
//! moment     only where every place of a stack is taken equally often: temporal position, acquisition, times
//! ```
//!
//! The order of the groups and of their planes depends on the headers alone, never on the order or the names of
//! the files. A file that cannot be placed is held against every stack it might belong to, so that no score
//! appears without it.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use agatston_core::{Finding, Severity};

use crate::{
    Index, SeriesFacts, code,
    describe::describe,
    header::{Acquisition, Frame, Header},
    stack::{SAME_POSITION_MM, dot, is_orthonormal, same_orientation, same_spacing, superior_normal},
};

/// Most stacks of one series; views of a rotation may be some hundred.
const STACKS_MAX: usize = 1000;

/// One stack of planes that might be scored.
#[derive(Clone, Debug)]
pub struct Group {
    pub(crate) facts: SeriesFacts,
    /// From inferior to superior.
    pub(crate) planes: Vec<Member>,
    /// Files of the same series that cannot be placed.
    pub(crate) misfits: Vec<Misfit>,
    /// Other stacks of the same series.
    pub(crate) siblings: usize,
}

/// One plane of a group: a frame of a file, with complete geometry.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) header: Arc<Header>,
    pub(crate) frame: usize,
    pub(crate) position: [f64; 3],
    pub(crate) orientation: [f64; 6],
    pub(crate) spacing: [f64; 2],
    /// Along the superior normal of the group, mm.
    pub(crate) z: f64,
}

/// A file that belongs to a series but to no stack, and why.
#[derive(Clone, Debug)]
pub(crate) struct Misfit {
    pub(crate) finding: Finding,
    pub(crate) header: Arc<Header>,
}

impl Member {
    /// How the frame came about.
    pub(crate) fn acquisition(&self) -> &Acquisition {
        self.header.acquisition(self.frame)
    }

    /// The frame's part of the header.
    pub(crate) fn frame(&self) -> &Frame {
        &self.header.frames[self.frame]
    }
}

impl Group {
    /// What the series says about itself.
    pub fn facts(&self) -> &SeriesFacts {
        &self.facts
    }

    /// SOPInstanceUID and frame of everything that belongs to it, sorted: planes, and frame 0 of files that cannot be placed.
    pub fn instances(&self) -> Vec<(&str, usize)> {
        let planes = self.planes.iter().map(|p| (&*p.header.identity.sop_instance, p.frame));
        let misfits = self.misfits.iter().map(|m| (&*m.header.identity.sop_instance, 0));
        let mut all: Vec<_> = planes.chain(misfits).collect();
        all.sort_unstable();
        all
    }

    /// Number of planes, duplicates included.
    pub fn planes(&self) -> usize {
        self.planes.len()
    }
}

/// What a series is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SeriesKey {
    Uid(String),
    Missing { study: String, patient: Option<u64>, folder: String },
}

impl SeriesKey {
    fn of(header: &Header) -> Self {
        let identity = &header.identity;
        if identity.series.is_empty() {
            let folder = header.source.folder().to_owned();
            Self::Missing { study: identity.study.clone(), patient: identity.patient_id, folder }
        } else {
            Self::Uid(identity.series.clone())
        }
    }
}

/// Sorts the planes of an index into groups.
pub fn group(index: Index) -> Vec<Group> {
    let mut series: BTreeMap<SeriesKey, Vec<Arc<Header>>> = BTreeMap::new();
    let mut lost = Vec::new();
    for header in index.headers {
        let header = Arc::new(header);
        // It does not say where it belongs, and it cannot be placed by itself: held against every group.
        let placeable = || (0..header.frames.len()).all(|i| member(&header, i).is_some());
        if header.identity.series.is_empty() && !placeable() {
            lost.push(misfit(&header));
        } else {
            series.entry(SeriesKey::of(&header)).or_default().push(header);
        }
    }
    lost.extend(strays(&mut series).iter().map(misfit));
    let mut groups: Vec<Group> = series.into_values().flat_map(stacks_of).collect();
    if groups.is_empty() && !lost.is_empty() {
        groups.push(Group {
            facts: SeriesFacts::default(),
            planes: Vec::new(),
            misfits: Vec::new(),
            siblings: 0,
        });
    }
    for group in &mut groups {
        group.misfits.extend(lost.iter().cloned());
        group.misfits.sort_by(|a, b| {
            let key = |m: &Misfit| (code::rank(m.finding.code), m.finding.message.clone());
            key(a).cmp(&key(b))
        });
    }
    groups
}

/// Takes out single images without SeriesInstanceUID that lie beside series of the same study: alone they are no
/// series, and each may be a slice of one that lost its UID.
fn strays(series: &mut BTreeMap<SeriesKey, Vec<Arc<Header>>>) -> Vec<Arc<Header>> {
    let is_single = |(key, all): (&SeriesKey, &Vec<Arc<Header>>)| {
        matches!(key, SeriesKey::Missing { .. }) && matches!(&all[..], [one] if one.frames.len() == 1)
    };
    if !series.iter().any(is_single) {
        return Vec::new();
    }
    let studies: BTreeSet<String> = series
        .iter()
        .filter(|(key, _)| matches!(key, SeriesKey::Uid(_)))
        .flat_map(|(_, headers)| headers.iter().map(|header| header.identity.study.clone()))
        .collect();
    let beside = |key: &SeriesKey| match key {
        SeriesKey::Missing { study, .. } if study.is_empty() => !studies.is_empty(),
        SeriesKey::Missing { study, .. } => studies.contains(study),
        SeriesKey::Uid(_) => false,
    };
    let strays = series.iter().filter(|(key, all)| is_single((key, all)) && beside(key));
    let keys: Vec<SeriesKey> = strays.map(|(key, _)| key.clone()).collect();
    keys.iter().filter_map(|key| series.remove(key)).flatten().collect()
}

/// The stacks of one series.
fn stacks_of(headers: Vec<Arc<Header>>) -> Vec<Group> {
    let mut misfits = Vec::new();
    let mut members = Vec::new();
    for header in headers {
        let planes: Option<Vec<Member>> = (0..header.frames.len()).map(|i| member(&header, i)).collect();
        match planes {
            Some(planes) => members.extend(planes),
            None => misfits.push(misfit(&header)),
        }
    }
    members.sort_by(order);
    let mut stacks: Vec<Vec<Member>> = Vec::new();
    for plane in members {
        let own = |stack: &Vec<Member>| stack.first().is_some_and(|first| same_stack(first, &plane));
        match stacks.iter().position(own) {
            Some(known) => stacks[known].push(plane),
            None if stacks.len() == STACKS_MAX => return vec![scattered(&plane.header)],
            None => stacks.push(vec![plane]),
        }
    }
    let mut stacks: Vec<Vec<Member>> = stacks.into_iter().map(place).flat_map(split_by_moment).collect();
    if stacks.is_empty() {
        stacks.push(Vec::new());
    }
    let siblings = stacks.len() - 1;
    stacks
        .into_iter()
        .map(|planes| {
            let facts = describe(&planes, &misfits);
            Group { facts, planes, misfits: misfits.clone(), siblings }
        })
        .collect()
}

/// A series of too many stacks: no scan, but views from many sides.
fn scattered(header: &Arc<Header>) -> Group {
    let finding = Finding::refusal(code::LIMITS, "the series holds pictures of many directions or stacks")
        .expected(format!("at most {STACKS_MAX} stacks"))
        .seen("more than that")
        .next_step("score the original axial series");
    let misfits = vec![Misfit { finding, header: Arc::clone(header) }];
    Group { facts: describe(&[], &misfits), planes: Vec::new(), misfits, siblings: 0 }
}

/// A plane whose geometry is complete; `None` otherwise.
fn member(header: &Arc<Header>, frame: usize) -> Option<Member> {
    let described = header.frames.get(frame)?;
    let orientation = described.orientation.filter(|o| is_orthonormal(*o))?;
    let complete = header.layout.rows > 0 && header.layout.columns > 0;
    let readable = header.damage.is_none() || header.pixels.is_some();
    if !complete || !readable || header.foreign.is_some() {
        return None;
    }
    Some(Member {
        header: Arc::clone(header),
        frame,
        position: described.position?,
        orientation,
        spacing: described.spacing?,
        z: 0.0,
    })
}

/// Why a file cannot be placed: its damage, else what its geometry lacks.
fn misfit(header: &Arc<Header>) -> Misfit {
    let finding = header.damage.clone().unwrap_or_else(|| {
        let mut lacking = Vec::new();
        let mut ask = |complete: bool, what| {
            if !complete {
                lacking.push(what);
            }
        };
        let all = |has: fn(&Frame) -> bool| header.frames.iter().all(has);
        ask(!header.identity.series.is_empty(), "SeriesInstanceUID (0020,000E)");
        ask(all(|f| f.position.is_some()), "ImagePositionPatient (0020,0032)");
        ask(all(|f| f.orientation.is_some_and(is_orthonormal)), "ImageOrientationPatient (0020,0037)");
        ask(all(|f| f.spacing.is_some()), "PixelSpacing (0028,0030)");
        ask(header.layout.rows > 0 && header.layout.columns > 0, "Rows (0028,0010) and Columns (0028,0011)");
        let message = format!("a file lacks usable values of {}", lacking.join(", "));
        Finding::new(code::GEOMETRY_MISSING, Severity::Refusal, message)
            .next_step("export the series again from its archive")
    });
    Misfit { finding, header: Arc::clone(header) }
}

/// Whether two planes can be slices of one stack.
fn same_stack(a: &Member, b: &Member) -> bool {
    let (ha, hb) = (&a.header, &b.header);
    ha.layout.rows == hb.layout.rows
        && ha.layout.columns == hb.layout.columns
        && ha.identity.frame_of_reference == hb.identity.frame_of_reference
        && a.acquisition().kernel == b.acquisition().kernel
        && a.frame().stack == b.frame().stack
        && same_spacing(a.spacing, b.spacing)
        && same_orientation(a.orientation, b.orientation)
}

/// An order of planes that knows only what the headers say; the name of the file comes last, between twins.
fn order(a: &Member, b: &Member) -> Ordering {
    let floats = |x: &[f64], y: &[f64]| {
        x.iter().zip(y).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    };
    texts(a)
        .cmp(&texts(b))
        .then_with(|| floats(&a.orientation, &b.orientation))
        .then_with(|| floats(&a.spacing, &b.spacing))
        .then_with(|| twins(a, b))
        .then_with(|| floats(&a.position, &b.position))
        .then_with(|| a.header.source.name().cmp(b.header.source.name()))
}

/// What separates stacks, apart from directions and spacings.
fn texts(m: &Member) -> (&str, &[String], &str, u16, u16) {
    let h = &m.header;
    let kernel = &m.acquisition().kernel;
    (&h.identity.frame_of_reference, kernel, &m.frame().stack, h.layout.rows, h.layout.columns)
}

/// Order of planes at the same place.
fn twins(a: &Member, b: &Member) -> Ordering {
    let uids = a.header.identity.sop_instance.cmp(&b.header.identity.sop_instance);
    uids.then(a.frame.cmp(&b.frame)).then_with(|| a.frame().moments.cmp(&b.frame().moments))
}

/// Projects the planes of a stack on its normal and sorts them from inferior to superior.
fn place(mut planes: Vec<Member>) -> Vec<Member> {
    let Some(normal) = planes.first().map(|first| superior_normal(first.orientation)) else { return planes };
    for plane in &mut planes {
        plane.z = dot(plane.position, normal);
    }
    // The order from before decides between twins.
    planes.sort_by(|a, b| a.z.total_cmp(&b.z));
    planes
}

/// Splits a stack whose places are all taken equally often by the first kind of moment that tells them apart.
fn split_by_moment(planes: Vec<Member>) -> Vec<Vec<Member>> {
    let places = places(&planes);
    if places < 2 || places == planes.len() || !planes.len().is_multiple_of(places) {
        return vec![planes];
    }
    for kind in 0..planes.first().map_or(0, |p| p.frame().moments.len()) {
        let mut parts: BTreeMap<String, Vec<Member>> = BTreeMap::new();
        for plane in &planes {
            parts.entry(plane.frame().moments[kind].clone()).or_default().push(plane.clone());
        }
        let whole = |part: &Vec<Member>| part.len() == places && self::places(part) == places;
        if parts.len() > 1 && parts.values().all(whole) {
            return parts.into_values().collect();
        }
    }
    vec![planes]
}

/// Number of different places; the planes are sorted.
fn places(planes: &[Member]) -> usize {
    let steps = planes.windows(2).filter(|pair| pair[1].z - pair[0].z > SAME_POSITION_MM).count();
    if planes.is_empty() { 0 } else { steps + 1 }
}
