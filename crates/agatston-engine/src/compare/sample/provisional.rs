//! A provisional result made by hand: squares of density 2, of which two are confident, and one each is likely, unlikely and
//! excluded.
//!
//! ```text
//! LAD         10 mm  200  confident     LAD   lower 180    value 200  upper 220 + 37, of all left 255.2 at most
//! LM/LAD/LCX   4 mm   32  confident     stem  lower  27    value  32  upper  37
//! RCA          5 mm   50  likely        RCA   lower   0    value  50  upper  55
//! LCX          3 mm   18  unlikely      LCX   lower   0    value   0  upper  18 + 37
//! RCA          6 mm   72  excluded      left  lower 208.8  value 232  upper 255.2
//!                                       total lower 232    value 282  upper 310.2
//! ```
//!
//! Slices are 3 mm apart: a bound is 10 % from the value at least, and 5.

use super::{Side, lesion, side, sums};
use crate::{
    AssignedBy,
    result::{
        AnatomyMeasuredRecord, AnatomyRecord, ArteryRecord, BoundsRecord, CandidateRecord, CountsRecord,
        LesionRecord, RootRecord, Status, TierRecord, TierWord,
    },
};
use TierWord::{Confident, Excluded, Likely, Unlikely};

/// The result.
pub(crate) fn provisional() -> Side {
    let all = [
        judged("LAD", 0.0, 10.0, Confident, &[]),
        judged("LM/LAD/LCX", 30.0, 4.0, Confident, &[]),
        judged("RCA", 60.0, 5.0, Likely, &["near_root", "metal"]),
        judged("LCX", 90.0, 3.0, Unlikely, &["lung_border"]),
        judged("RCA", 120.0, 6.0, Excluded, &["bone"]),
    ];
    let counted: Vec<LesionRecord> = all.iter().filter(|l| is_counted(l)).cloned().collect();
    let mut side = side(&counted);
    let document = &mut side.document;
    document.status = Status::Provisional;
    document.arteries = arteries(&counted);
    document.anatomy = Some(anatomy(&all));
    if let Some(assignment) = &mut document.assignment {
        assignment.assigned_by = AssignedBy::Anatomy;
        assignment.source = "anatomy".to_owned();
        assignment.lm_policy = "not_separated".to_owned();
        assignment.needs_review = 2;
    }
    if let Some(total) = &mut document.total {
        (total.lower, total.upper) = (Some(232.0), Some(310.2));
        let category = |name: &str| Some(name.to_owned());
        total.category = category("[100,300)");
        total.category_lower = category("[100,300)");
        total.category_upper = category("[300,inf)");
    }
    side
}

/// The same, stopped at a gate: what it measured, and what it would have looked at.
pub(crate) fn stopped() -> Side {
    let mut side = provisional();
    let document = &mut side.document;
    document.status = Status::Refused;
    document.total = None;
    document.assignment = None;
    document.arteries.clear();
    document.lesions.clear();
    if let Some(anatomy) = &mut document.anatomy {
        anatomy.left = None;
        anatomy.measured.blood_hu = Some(93.0);
        anatomy.measured.above_root_mm = None;
    }
    side
}

fn judged(artery: &str, x: f64, mm: f64, tier: TierWord, reasons: &[&str]) -> LesionRecord {
    LesionRecord {
        assigned_by: AssignedBy::Anatomy,
        tier: Some(tier),
        needs_review: tier != Confident,
        reasons: reasons.iter().map(|&reason| reason.to_owned()).collect(),
        ..lesion(artery, [x, 0.0, 0.0], mm)
    }
}

fn is_counted(lesion: &LesionRecord) -> bool {
    lesion.tier.is_some_and(TierWord::is_counted)
}

/// LM is never told apart.
fn arteries(counted: &[LesionRecord]) -> Vec<ArteryRecord> {
    let bounds = [("LAD", 180.0, 255.2), ("LCX", 0.0, 55.0), ("RCA", 0.0, 55.0), ("LM/LAD/LCX", 27.0, 37.0)];
    let row = |(artery, lower, upper): (&str, f64, f64)| ArteryRecord {
        artery: artery.to_owned(),
        separated: true,
        sums: sums(&counted.iter().filter(|l| l.artery == artery).collect::<Vec<_>>()),
        lower: Some(lower),
        upper: Some(upper),
    };
    let lm = ArteryRecord {
        artery: "LM".to_owned(),
        separated: false,
        sums: CountsRecord::default(),
        lower: None,
        upper: None,
    };
    std::iter::once(lm).chain(bounds.map(row)).collect()
}

fn anatomy(all: &[LesionRecord]) -> AnatomyRecord {
    let tier = |tier, lesions, agatston| TierRecord { tier, lesions, agatston };
    AnatomyRecord {
        parameters: 1,
        measured: AnatomyMeasuredRecord {
            lungs_ml: 4200.0,
            spine_found: Some(0.98),
            lesser_lung: Some(0.45),
            aorta_score: Some(0.9),
            heart_area_cm2: Some(110.0),
            blood_hu: Some(41.0),
            noise_hu: Some(9.5),
            below_root_mm: Some(95.0),
            above_root_mm: Some(40.0),
        },
        root: Some(RootRecord { position_lps_mm: [0.0, 10.0, 20.0], radius_mm: 16.0 }),
        left: Some(BoundsRecord { agatston: 232.0, lower: 208.8, upper: 255.2 }),
        tiers: vec![
            tier(Confident, 2, 232.0),
            tier(Likely, 1, 50.0),
            tier(Unlikely, 1, 18.0),
            tier(Excluded, 1, 72.0),
        ],
        candidates: all.iter().map(candidate).collect(),
    }
}

fn candidate(l: &LesionRecord) -> CandidateRecord {
    CandidateRecord {
        id: l.id.clone(),
        artery: l.artery.clone(),
        tier: l.tier.unwrap_or(Excluded),
        reasons: l.reasons.clone(),
        agatston: l.measures.agatston.unwrap_or_default(),
        centroid_lps_mm: l.centroid_lps_mm,
        peak_hu: l.measures.peak_hu.unwrap_or_default(),
        slices: l.slices,
        contrast_sds: Some(24.0),
        fat: 0.4,
        lung: 0.0,
        blood: 0.1,
        left_mm: l.centroid_lps_mm[0],
        back_mm: -10.0,
        up_mm: -20.0,
        bone_mm: None,
        spine_mm: 60.0,
        front_mm: Some(40.0),
        ascending_mm: Some(30.0),
        descending_mm: Some(50.0),
        root_mm: None,
    }
}
