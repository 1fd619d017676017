//! From a score to the records of the result: where names, units and fixed order are given.

mod measures;

use crate::{
    AssignedBy, Assignment, Detail, Outcome, Scope,
    outcome::{arteries_with_calcium, named_regions, region_name, total, unnamed},
    result::{
        ArteryRecord, AssignmentRecord, BoundingBoxRecord, ClassRecord, ClassWord, CountsRecord,
        FindingRecord, FocusRecord, LesionRecord, RegionRecord, SeverityRecord, TotalRecord,
        WithheldFocusRecord, WithheldReason, WithheldRecord,
    },
};
use agatston_core::{
    Artery, Candidates, Finding, Focus, Region, ScoredFocus, ScoredLesion, Severity, SizeClass, Standing,
    Tally, is_coronary,
};
use measures::{counts, of_lesion};
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

pub(crate) fn assignment(a: &Assignment, candidates: &Candidates) -> AssignmentRecord {
    AssignmentRecord {
        assigned_by: a.assigned_by,
        source: a.source.to_owned(),
        edits: a.edits,
        label_scheme: a.scheme.clone(),
        lm_policy: a.lm_policy.as_str().to_owned(),
        labels_hash: a.hash(candidates),
        needs_review: 0, // labels and regions are a person's decision
    }
}

/// The total; `category` is left out where a finding takes its ground away.
pub(crate) fn total_record(o: &Outcome, a: &Assignment, category: Option<&str>) -> TotalRecord {
    let tally = total(&o.score.regions, a.scope);
    let largest_share = largest_share(o, a);
    TotalRecord {
        scope: a.scope,
        sums: tally.map(|t| counts(o, &t, |region| in_total(region, a.scope))).unwrap_or_default(),
        lower: None,
        upper: None,
        arteries_with_calcium: arteries_with_calcium(&o.score, a),
        largest_share,
        diffusivity: largest_share.map(|share| 1.0 - share),
        category: category.map(str::to_owned),
        category_lower: None,
        category_upper: None,
    }
}

/// Whether lesions of a region are in the total.
fn in_total(region: Region, scope: Scope) -> bool {
    match scope {
        Scope::Coronary => is_coronary(region),
        Scope::Everything => true,
        Scope::Regions => false,
    }
}

/// The share of the most affected artery in the score; `None` at zero and unless all four are told apart.
fn largest_share(o: &Outcome, a: &Assignment) -> Option<f64> {
    arteries_with_calcium(&o.score, a)?;
    let agatston = |tally: &Tally| tally.measures(&o.scale).agatston;
    let total = total(&o.score.regions, a.scope).map(|tally| agatston(&tally))?;
    let of = |artery: &Artery| agatston(&o.score.region(Region::Artery(*artery)));
    (total > 0.0).then(|| Artery::ALL.iter().map(of).fold(0.0, f64::max) / total)
}

/// The four arteries always, and what is coronary of no named artery; none unless the scope is coronary.
pub(crate) fn arteries(o: &Outcome, a: &Assignment) -> Vec<ArteryRecord> {
    if a.scope != Scope::Coronary {
        return Vec::new();
    }
    let record = |artery: &str, separated: bool, region| ArteryRecord {
        artery: artery.to_owned(),
        separated,
        sums: if separated {
            counts(o, &o.score.region(region), |r| r == region)
        } else {
            CountsRecord::default()
        },
        lower: None,
        upper: None,
    };
    let four = Artery::ALL.iter().zip(a.separated);
    let mut out: Vec<ArteryRecord> =
        four.map(|(artery, separated)| record(artery.as_str(), separated, Region::Artery(*artery))).collect();
    out.push(record(unnamed(a), a.unnamed, Region::Coronary));
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
            sums: counts(o, &o.score.region(region), |r| r == region),
        })
        .collect()
}

/// Micro, macro and below_minimum, first for all that the total holds, then for each artery or region.
pub(crate) fn classes(o: &Outcome, a: &Assignment) -> Vec<ClassRecord> {
    let mut out = Vec::new();
    if a.scope != Scope::Regions {
        out.extend(class_rows(o, None, |region| in_total(region, a.scope)));
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
        ..lesion(l, index, o, a)
    };
    o.score.lesions.iter().enumerate().map(record).collect()
}

fn lesion(l: &ScoredLesion, index: usize, o: &Outcome, a: &Assignment) -> LesionRecord {
    let measures = of_lesion(o, index);
    let [low, high] = l.lesion.bounding_box;
    let [slice, row, column] = l.lesion.centroid_index;
    let size = &l.lesion.size;
    LesionRecord {
        id: String::new(),
        artery: region_name(a, l.lesion.region),
        assigned_by: a.unless_edited,
        tier: None,
        needs_review: false,
        reasons: Vec::new(),
        class: if l.class.is_micro() { ClassWord::Micro } else { ClassWord::Macro },
        part: l.class.part().map(str::to_owned),
        flags: l.flags.iter().map(|f| f.as_str().to_owned()).collect(),
        background_hu: o.crops.as_ref().and_then(|crops| crops[index].background_hu),
        centroid_lps_mm: o.geometry.position_lps_mm(slice, row, column),
        bounding_box: BoundingBoxRecord {
            slices: [low[0], high[0]],
            rows: [low[1], high[1]],
            columns: [low[2], high[2]],
        },
        caliper_mm: size.caliper_mm,
        z_extent_mm: size.z_extent_mm,
        slices: u64::from(size.slices),
        equivalent_diameter_mm: equivalent_diameter_mm(measures.volume_mm3.unwrap_or_default()),
        elongation: size.elongation,
        measures,
        foci: Vec::new(),
    }
}

/// Diameter of the ball of a volume, mm.
fn equivalent_diameter_mm(volume_mm3: f64) -> f64 {
    libm::cbrt(6.0 * volume_mm3 / std::f64::consts::PI)
}

fn focus(f: &ScoredFocus, o: &Outcome) -> FocusRecord {
    let focus = o.foci.get(f.id);
    let m = o.foci.tally(focus, f.weight).measures(&o.scale);
    let looks = o.looks.as_ref().expect("foci are listed only after they were looked at");
    let look = &looks[usize::from(f.id.slice)][f.id.index as usize];
    FocusRecord {
        slice: u64::from(f.id.slice),
        rows: look.rows,
        columns: look.columns,
        pixels: u64::from(focus.pixels),
        volume_pixels: u64::from(focus.volume_pixels),
        area_mm2: m.area_mm2,
        volume_mm3: m.volume_mm3,
        mass_mg: m.mass_mg,
        peak_hu: o.foci.peak_hu(focus),
        mean_hu: m.mean_hu,
        sd_hu: look.spread.sd_hu().expect("a focus has a voxel"),
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
