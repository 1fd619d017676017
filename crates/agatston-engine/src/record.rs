//! From a score to the records of the result: where names, units and fixed order are given.

use crate::{
    AssignedBy, Assignment, Detail, Outcome, Scope,
    outcome::{arteries_with_calcium, named_regions, region_name, total},
    result::{
        ArteryRecord, AssignmentRecord, BoundingBoxRecord, ClassRecord, ClassWord, FindingRecord,
        FocusRecord, LesionRecord, MeasuresRecord, RegionRecord, SeverityRecord, TotalRecord,
        WithheldFocusRecord, WithheldReason, WithheldRecord,
    },
};
use agatston_core::{
    Artery, Candidates, Finding, Focus, Geometry, Region, Scale, ScoredFocus, ScoredLesion, Severity,
    SizeClass, Standing, Tally, is_coronary,
};
use std::collections::BTreeMap;

pub(crate) fn finding(f: &Finding) -> FindingRecord {
    FindingRecord {
        code: f.code.name().to_owned(),
        severity: match f.severity {
            Severity::Info => SeverityRecord::Info,
            Severity::Warning => SeverityRecord::Warning,
            Severity::Refusal => SeverityRecord::Refusal,
        },
        message: f.message.clone(),
        slice: f.slice.map(|s| s as u64),
        expected: f.expected.clone(),
        seen: f.seen.clone(),
        next_step: f.next_step.clone(),
    }
}

pub(crate) fn assignment(a: &Assignment) -> AssignmentRecord {
    AssignmentRecord {
        assigned_by: a.assigned_by,
        source: a.source.to_owned(),
        edits: a.edits,
        label_scheme: a.scheme.clone(),
        lm_policy: a.lm_policy.as_str().to_owned(),
        needs_review: 0, // labels and regions are a person's decision
    }
}

fn measures(tally: &Tally, scale: &Scale) -> MeasuresRecord {
    let m = tally.measures(scale);
    MeasuresRecord {
        agatston: Some(m.agatston),
        agatston_unscaled: Some(m.agatston_unscaled),
        area_mm2: Some(m.area_mm2),
        volume_mm3: Some(m.volume_mm3),
        mass_mg: m.mass_mg,
        mean_hu: m.mean_hu,
        peak_hu: tally.peak_hu,
        density: m.density,
        lesions: Some(tally.lesions),
        foci: Some(tally.foci),
    }
}

/// The total; `category` is left out where a finding takes its ground away.
pub(crate) fn total_record(o: &Outcome, a: &Assignment, category: Option<&str>) -> TotalRecord {
    let tally = total(&o.score.regions, a.scope);
    TotalRecord {
        scope: a.scope,
        measures: tally.map(|t| measures(&t, &o.scale)).unwrap_or_default(),
        arteries_with_calcium: arteries_with_calcium(&o.score, a),
        category: category.map(str::to_owned),
    }
}

/// The four arteries always, and what is coronary of no named artery; none unless the scope is coronary.
pub(crate) fn arteries(o: &Outcome, a: &Assignment) -> Vec<ArteryRecord> {
    if a.scope != Scope::Coronary {
        return Vec::new();
    }
    let record = |artery: &str, separated: bool, region| ArteryRecord {
        artery: artery.to_owned(),
        separated,
        measures: if separated {
            measures(&o.score.region(region), &o.scale)
        } else {
            MeasuresRecord::default()
        },
    };
    let four = Artery::ALL.iter().zip(a.separated);
    let mut out: Vec<ArteryRecord> =
        four.map(|(artery, separated)| record(artery.as_str(), separated, Region::Artery(*artery))).collect();
    out.push(record("coronary", a.unnamed, Region::Coronary));
    out
}

/// Every region of the source that is no coronary artery, in its order, also those without calcium.
pub(crate) fn regions(o: &Outcome, a: &Assignment) -> Vec<RegionRecord> {
    if a.scope == Scope::Everything {
        return Vec::new();
    }
    named_regions(a)
        .map(|region| RegionRecord {
            name: region_name(a, region),
            measures: measures(&o.score.region(region), &o.scale),
        })
        .collect()
}

/// Micro, macro and below_minimum, first for all that the total holds, then for each artery or region.
pub(crate) fn classes(o: &Outcome, a: &Assignment) -> Vec<ClassRecord> {
    let in_total = |region: Region| match a.scope {
        Scope::Coronary => is_coronary(region),
        Scope::Everything => true,
        Scope::Regions => false,
    };
    let mut out = Vec::new();
    if a.scope != Scope::Regions {
        out.extend(class_rows(o, None, in_total));
    }
    if a.scope == Scope::Everything {
        return out;
    }
    let arteries = Artery::ALL.iter().zip(a.separated).filter(|(_, s)| *s).map(|(a, _)| Region::Artery(*a));
    let unnamed = a.unnamed.then_some(Region::Coronary);
    let coronary = a.scope == Scope::Coronary;
    for region in arteries.chain(unnamed).filter(|_| coronary).chain(named_regions(a)) {
        out.extend(class_rows(o, Some(region_name(a, region)), |r| r == region));
    }
    out
}

fn class_rows(o: &Outcome, artery: Option<String>, member: impl Fn(Region) -> bool) -> [ClassRecord; 3] {
    let lesions = |micro: bool| {
        o.score
            .lesions
            .iter()
            .filter(move |l| l.class.is_micro() == micro)
            .filter(|l| member(l.lesion.region))
    };
    let part = |class: SizeClass| {
        let count = lesions(class.is_micro()).filter(|l| l.class == class).map(|_| 1).sum();
        (class.part().unwrap_or_default().to_owned(), count)
    };
    let row = |class: ClassWord, tally: &Tally, parts: BTreeMap<String, u64>| {
        let m = tally.measures(&o.scale);
        ClassRecord {
            class,
            artery: artery.clone(),
            lesions: Some(tally.lesions),
            parts,
            foci: tally.foci,
            agatston: Some(m.agatston),
            area_mm2: m.area_mm2,
            volume_mm3: m.volume_mm3,
            mass_mg: m.mass_mg,
            mean_hu: m.mean_hu,
        }
    };
    let micro = Tally::sum(lesions(true).map(|l| &l.tally));
    let large = Tally::sum(lesions(false).map(|l| &l.tally));
    let below =
        Tally::sum(o.score.withheld.below_minimum.iter().filter(|(r, _)| member(**r)).map(|(_, t)| t));
    [
        row(ClassWord::Micro, &micro, [part(SizeClass::Punctate), part(SizeClass::Spotty)].into()),
        row(ClassWord::Macro, &large, [part(SizeClass::MacroDense)].into()),
        ClassRecord {
            lesions: None,
            agatston: None,
            ..row(ClassWord::BelowMinimum, &below, BTreeMap::new())
        },
    ]
}

/// The lesions with their foci, as far as the detail asks for them. `seed_id` names a voxel.
pub(crate) fn lesions(
    o: &Outcome,
    a: &Assignment,
    geometry: &Geometry,
    detail: Detail,
    seed_id: impl Fn([u16; 3]) -> String,
) -> Vec<LesionRecord> {
    if detail == Detail::Totals {
        return Vec::new();
    }
    let edited = o.lesions_on(&a.edited);
    let record = |(index, l): (usize, &ScoredLesion)| LesionRecord {
        id: seed_id(l.lesion.seed),
        assigned_by: if edited.contains(&index) { AssignedBy::Reader } else { a.unless_edited },
        foci: match detail {
            Detail::Foci => l.foci.iter().map(|f| focus(f, o)).collect(),
            Detail::Lesions | Detail::Totals => Vec::new(),
        },
        ..lesion(l, o, a, geometry)
    };
    o.score.lesions.iter().enumerate().map(record).collect()
}

fn lesion(l: &ScoredLesion, o: &Outcome, a: &Assignment, geometry: &Geometry) -> LesionRecord {
    let m = l.tally.measures(&o.scale);
    let [low, high] = l.lesion.bounding_box;
    let [slice, row, column] = l.lesion.centroid_index;
    LesionRecord {
        id: String::new(),
        artery: region_name(a, l.lesion.region),
        assigned_by: a.unless_edited,
        class: if l.class.is_micro() { ClassWord::Micro } else { ClassWord::Macro },
        part: l.class.part().map(str::to_owned),
        flags: l.flags.iter().map(|f| f.as_str().to_owned()).collect(),
        agatston: m.agatston,
        agatston_unscaled: m.agatston_unscaled,
        area_mm2: m.area_mm2,
        volume_mm3: m.volume_mm3,
        mass_mg: m.mass_mg,
        peak_hu: l.lesion.peak_hu,
        mean_hu: m.mean_hu,
        centroid_lps_mm: geometry.position_lps_mm(slice, row, column),
        bounding_box: BoundingBoxRecord {
            slices: [low[0], high[0]],
            rows: [low[1], high[1]],
            columns: [low[2], high[2]],
        },
        caliper_mm: l.lesion.size.caliper_mm,
        z_extent_mm: l.lesion.size.z_extent_mm,
        foci: Vec::new(),
    }
}

fn focus(f: &ScoredFocus, o: &Outcome) -> FocusRecord {
    let focus = o.foci.get(f.id);
    let m = o.foci.tally(focus, f.weight).measures(&o.scale);
    FocusRecord {
        slice: u64::from(f.id.slice),
        pixels: u64::from(focus.pixels),
        area_mm2: m.area_mm2,
        peak_hu: o.foci.peak_hu(focus),
        weight: f.weight,
        agatston: m.agatston,
    }
}

/// What was not counted.
pub(crate) fn withheld(o: &Outcome) -> WithheldRecord {
    WithheldRecord {
        below_smallest_focus: o.score.withheld.below_minimum.values().map(|t| t.foci).sum(),
        not_coronary: o.score.withheld.not_coronary.foci,
        unassigned_voxels: o.score.withheld.unassigned_voxels,
        list: None,
    }
}

/// The foci that were not counted, each with the reason.
pub(crate) fn withheld_list(foci: &[Focus], a: &Assignment, c: &Candidates) -> Vec<WithheldFocusRecord> {
    let reason = |standing| match standing {
        Standing::Accepted => None,
        Standing::BelowMinimum => Some(WithheldReason::BelowSmallestFocus),
        Standing::NotCoronary => Some(WithheldReason::NotCoronary),
    };
    let record = |f: &Focus| {
        reason(f.standing).map(|reason| WithheldFocusRecord {
            reason,
            artery: region_name(a, f.region),
            slice: u64::from(f.slice),
            row: f.seed.0,
            column: f.seed.1,
            pixels: u64::from(f.pixels),
            area_mm2: f64::from(f.pixels) * c.geometry.pixel_area_mm2(),
            peak_hu: c.rescale[usize::from(f.slice)].hu(f.peak_stored),
        })
    };
    foci.iter().filter_map(record).collect()
}
