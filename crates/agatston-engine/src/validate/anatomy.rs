//! Provisional results: bounds from the candidates by tier, counted lesions against candidates, and none of it elsewhere.

use super::ledger::Ledger;
use crate::{
    AssignedBy, Detail,
    result::{
        AnatomyRecord, ArteryRecord, BoundsRecord, CandidateRecord, LesionRecord, ResultDocument, Status,
        TierRecord, TierWord,
    },
};
use agatston_anatomy::{AllBounds, Bounds, Share, Vessel};
use agatston_core::Category;
use std::collections::BTreeMap;

const TIERS: [TierWord; 4] = [TierWord::Confident, TierWord::Likely, TierWord::Unlikely, TierWord::Excluded];

/// What a scored or provisional result says of the anatomy.
pub(super) fn check(document: &ResultDocument, ledger: &mut Ledger) {
    for (i, lesion) in document.lesions.iter().enumerate() {
        of_tier(&format!("lesions[{i}]"), lesion, ledger);
    }
    let by_anatomy = document.assignment.as_ref().is_some_and(|a| a.assigned_by == AssignedBy::Anatomy);
    let is_provisional = document.status == Status::Provisional;
    ledger.truth(
        "status",
        "provisional where the anatomy decided, and only there",
        by_anatomy == is_provisional,
    );
    match &document.anatomy {
        Some(anatomy) if is_provisional => provisional(document, anatomy, ledger),
        _ if is_provisional => ledger.truth("anatomy", "what was found in a provisional result", false),
        _ => last(document, ledger),
    }
}

/// Of a series that was refused there are no bounds; tiers that are listed are those of the candidates.
pub(super) fn refused(document: &ResultDocument, ledger: &mut Ledger) {
    let Some(anatomy) = &document.anatomy else { return };
    ledger.truth("anatomy.left", "null in a refused result", anatomy.left.is_none());
    if !anatomy.tiers.is_empty() && !anatomy.candidates.is_empty() {
        tiers(anatomy, ledger);
    }
}

/// A lesion has a tier where the anatomy assigned it, and what follows from the tier.
fn of_tier(at: &str, lesion: &LesionRecord, ledger: &mut Ledger) {
    let by_anatomy = lesion.assigned_by == AssignedBy::Anatomy;
    ledger.truth(
        &format!("{at}.tier"),
        "a tier where the anatomy assigned it, and only there",
        by_anatomy == lesion.tier.is_some(),
    );
    let in_doubt = lesion.tier.is_some_and(|tier| tier != TierWord::Confident);
    ledger.truth(
        &format!("{at}.needs_review"),
        "whether its tier is in doubt",
        in_doubt == lesion.needs_review,
    );
    ledger.truth(
        &format!("{at}.reasons"),
        "reasons where its tier is in doubt, and only there",
        in_doubt != lesion.reasons.is_empty(),
    );
}

/// A result of labels or a reader has no bounds, and a result of everything neither.
fn last(document: &ResultDocument, ledger: &mut Ledger) {
    let total = document.total.as_ref();
    let of_total = total.is_none_or(|t| t.lower.is_none() && t.upper.is_none());
    ledger.truth("total.lower, total.upper", "null: the score is not provisional", of_total);
    let categories = total.is_none_or(|t| t.category_lower.is_none() && t.category_upper.is_none());
    let keys = "total.category_lower, total.category_upper";
    ledger.truth(keys, "null: the score is not provisional", categories);
    for (i, artery) in document.arteries.iter().enumerate() {
        let at = format!("arteries[{i}] ({}).lower, upper", artery.artery);
        let none = artery.lower.is_none() && artery.upper.is_none();
        ledger.truth(&at, "null: the score is not provisional", none);
    }
    let needs_review = document.assignment.as_ref().map(|a| a.needs_review);
    if let Some(seen) = needs_review.filter(|_| document.options.detail != Detail::Totals) {
        let expected = document.lesions.iter().filter(|l| l.needs_review).count() as u64;
        ledger.count("assignment.needs_review", Some(expected), Some(seen));
    }
}

fn provisional(document: &ResultDocument, anatomy: &AnatomyRecord, ledger: &mut Ledger) {
    let Some(increment_mm) = document.series.as_ref().and_then(|s| s.increment_mm) else { return };
    let of_tiers: Vec<Share> = anatomy.tiers.iter().map(share_of_tier).collect();
    let total = AllBounds::of(&of_tiers, increment_mm).total;
    of_total(document, &total, ledger);
    let lesions = |is_in: fn(TierWord) -> bool| {
        Some(anatomy.tiers.iter().filter(|row| is_in(row.tier)).map(|row| row.lesions).sum::<u64>())
    };
    let needs_review = document.assignment.as_ref().map(|a| a.needs_review);
    let in_doubt = |tier| matches!(tier, TierWord::Likely | TierWord::Unlikely);
    ledger.count("assignment.needs_review", lesions(in_doubt), needs_review);
    let counted = document.total.as_ref().and_then(|t| t.sums.lesions);
    ledger.count("total.lesions (confident + likely)", lesions(TierWord::is_counted), counted);
    if document.options.detail == Detail::Totals {
        let what = "bounds of arteries and of the left system, and tiers: the result lists no candidates";
        return ledger.not_checked(what);
    }
    tiers(anatomy, ledger);
    let shares: Option<Vec<Share>> = anatomy.candidates.iter().map(share).collect();
    ledger.truth("anatomy.candidates", "LAD, LCX, RCA or LM/LAD/LCX for each", shares.is_some());
    if let Some(shares) = shares {
        of_arteries(document, &AllBounds::of(&shares, increment_mm), ledger);
    }
    counted_lesions(document, anatomy, ledger);
}

/// Any place will do: the total does not ask.
fn share_of_tier(row: &TierRecord) -> Share {
    Share { vessel: Vessel::Rca, tier: row.tier.into(), agatston: row.agatston }
}

fn share(candidate: &CandidateRecord) -> Option<Share> {
    let vessel = Vessel::ALL.into_iter().find(|vessel| vessel.as_str() == candidate.artery)?;
    Some(Share { vessel, tier: candidate.tier.into(), agatston: candidate.agatston })
}

fn of_total(document: &ResultDocument, bounds: &Bounds, ledger: &mut Ledger) {
    let Some(total) = &document.total else { return };
    let value = total.sums.measures.agatston;
    ledger.number("total.agatston (confident + likely)", Some(bounds.value), value);
    ledger.number("total.lower", Some(bounds.lower), total.lower);
    ledger.number("total.upper", Some(bounds.upper), total.upper);
    let category = |of: Option<f64>| match (&total.category, of) {
        (Some(_), Some(agatston)) => Category::of(agatston).as_str(),
        _ => "null",
    };
    let seen = |category: &Option<String>| category.clone().unwrap_or_else(|| "null".to_owned());
    ledger.word("total.category_lower", category(total.lower), &seen(&total.category_lower));
    ledger.word("total.category_upper", category(total.upper), &seen(&total.category_upper));
}

/// The rows of the tiers, each once, from the candidates.
fn tiers(anatomy: &AnatomyRecord, ledger: &mut Ledger) {
    let once = anatomy.tiers.iter().map(|row| row.tier).eq(TIERS);
    ledger.truth("anatomy.tiers", "confident, likely, unlikely, excluded", once);
    for row in &anatomy.tiers {
        let own = || anatomy.candidates.iter().filter(|c| c.tier == row.tier);
        let at = format!("anatomy.tiers ({})", row.tier.as_str());
        ledger.count(&format!("{at}.lesions"), Some(own().count() as u64), Some(row.lesions));
        let sum = own().map(|c| c.agatston).sum();
        ledger.number(&format!("{at}.agatston"), Some(sum), Some(row.agatston));
    }
}

fn of_arteries(document: &ResultDocument, bounds: &AllBounds, ledger: &mut Ledger) {
    for (vessel, of) in &bounds.vessels {
        let is_own = |a: &&ArteryRecord| a.artery == vessel.as_str() && a.separated;
        let row = document.arteries.iter().find(is_own);
        let at = format!("arteries ({})", vessel.as_str());
        let agatston = row.and_then(|a| a.sums.measures.agatston);
        ledger.number(&format!("{at}.agatston"), Some(of.value), agatston);
        ledger.number(&format!("{at}.lower"), Some(of.lower), row.and_then(|a| a.lower));
        ledger.number(&format!("{at}.upper"), Some(of.upper), row.and_then(|a| a.upper));
    }
    for artery in document.arteries.iter().filter(|a| !a.separated) {
        let none = artery.lower.is_none() && artery.upper.is_none();
        let at = format!("arteries ({}).lower, upper", artery.artery);
        ledger.truth(&at, "null for an artery that is not told apart", none);
    }
    let left = document.anatomy.as_ref().and_then(|a| a.left);
    let seen = |of: fn(&BoundsRecord) -> f64| left.as_ref().map(of);
    ledger.number("anatomy.left.agatston", Some(bounds.left.value), seen(|b| b.agatston));
    ledger.number("anatomy.left.lower", Some(bounds.left.lower), seen(|b| b.lower));
    ledger.number("anatomy.left.upper", Some(bounds.left.upper), seen(|b| b.upper));
}

/// The lesions are the candidates of the tiers that count, one by one.
fn counted_lesions(document: &ResultDocument, anatomy: &AnatomyRecord, ledger: &mut Ledger) {
    let counted = || anatomy.candidates.iter().filter(|c| c.tier.is_counted());
    let by_id: BTreeMap<&str, &CandidateRecord> = counted().map(|c| (c.id.as_str(), c)).collect();
    let number = |n: usize| Some(n as u64);
    ledger.count(
        "lesions (candidates that count)",
        number(counted().count()),
        number(document.lesions.len()),
    );
    ledger.count("anatomy.candidates (ids)", number(counted().count()), number(by_id.len()));
    for (i, lesion) in document.lesions.iter().enumerate() {
        let at = format!("lesions[{i}]");
        let Some(candidate) = by_id.get(lesion.id.as_str()) else {
            ledger.truth(&format!("{at}.id"), "that of a candidate that counts", false);
            continue;
        };
        let agatston = lesion.measures.agatston;
        ledger.number(&format!("{at}.agatston (candidate)"), Some(candidate.agatston), agatston);
        ledger.word(&format!("{at}.artery"), &candidate.artery, &lesion.artery);
        let seen = lesion.tier.map_or("null", TierWord::as_str);
        ledger.word(&format!("{at}.tier (candidate)"), candidate.tier.as_str(), seen);
        ledger.word(
            &format!("{at}.reasons (candidate)"),
            &candidate.reasons.join(" "),
            &lesion.reasons.join(" "),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compare::sample::{lesion, provisional, side, stopped},
        validate::Validation,
    };

    fn held(document: &ResultDocument) -> Validation {
        let mut ledger = Ledger::default();
        if document.status.has_score() {
            check(document, &mut ledger);
        } else {
            refused(document, &mut ledger);
        }
        ledger.finish()
    }

    /// The numbers of the sample are by hand.
    #[test]
    fn results_that_add_up() {
        for made in [provisional(), stopped(), side(&[lesion("LAD", [0.0; 3], 4.0)])] {
            assert_eq!(held(&made.document).mismatches, [], "{:?}", made.document.status);
        }
    }

    #[test]
    fn without_candidates_the_total_alone_is_held() {
        let mut document = provisional().document;
        document.options.detail = Detail::Totals;
        document.lesions.clear();
        document.anatomy.as_mut().unwrap().candidates.clear();
        let validation = held(&document);
        assert_eq!((validation.mismatches.len(), validation.not_checked.len()), (0, 1));
        document.total.as_mut().unwrap().upper = Some(310.0);
        assert_eq!(held(&document).mismatches.len(), 1);
    }

    /// Each change is noticed under a name that begins so.
    #[test]
    fn a_changed_number_is_noticed() {
        fn total(d: &mut ResultDocument) -> &mut crate::result::TotalRecord {
            d.total.as_mut().unwrap()
        }
        fn anatomy(d: &mut ResultDocument) -> &mut AnatomyRecord {
            d.anatomy.as_mut().unwrap()
        }
        fn left(d: &mut ResultDocument) -> &mut BoundsRecord {
            anatomy(d).left.as_mut().unwrap()
        }
        type Change = (&'static str, fn(&mut ResultDocument));
        let changes: [Change; 26] = [
            ("status", |d| d.status = Status::Scored),
            ("anatomy", |d| d.anatomy = None),
            ("total.agatston", |d| total(d).sums.measures.agatston = Some(283.0)),
            ("total.lower", |d| total(d).lower = Some(233.0)),
            ("total.upper", |d| total(d).upper = Some(311.0)),
            ("total.upper", |d| total(d).upper = None),
            ("total.lesions", |d| total(d).sums.lesions = Some(4)),
            ("total.category_lower", |d| total(d).category_lower = Some("(0,100)".into())),
            ("total.category_upper", |d| total(d).category_upper = None),
            ("total.category_lower", |d| total(d).category = None),
            ("arteries (LAD).lower", |d| d.arteries[1].lower = Some(181.0)),
            ("arteries (LCX).upper", |d| d.arteries[2].upper = Some(18.0)),
            ("arteries (RCA).agatston", |d| d.arteries[3].sums.measures.agatston = Some(51.0)),
            ("arteries (LM/LAD/LCX).lower", |d| drop(d.arteries.pop())),
            ("arteries (LM).lower", |d| d.arteries[0].upper = Some(5.0)),
            ("anatomy.left.agatston", |d| left(d).agatston = 200.0),
            ("anatomy.left.lower", |d| left(d).lower = 209.0),
            ("anatomy.left.upper", |d| left(d).upper = 255.0),
            ("assignment.needs_review", |d| d.assignment.as_mut().unwrap().needs_review = 1),
            ("anatomy.tiers (likely).lesions", |d| anatomy(d).tiers[1].lesions = 2),
            ("anatomy.tiers (unlikely).agatston", |d| anatomy(d).tiers[2].agatston = 19.0),
            ("lesions[0].agatston", |d| d.lesions[0].measures.agatston = Some(201.0)),
            ("lesions[1].artery", |d| d.lesions[1].artery = "LAD".into()),
            ("lesions[2].tier", |d| d.lesions[2].tier = Some(TierWord::Confident)),
            ("lesions[2].reasons", |d| d.lesions[2].reasons.truncate(1)),
            ("lesions[1].id", |d| d.lesions[1].id = "1.2.3/1/1/1".into()),
        ];
        for (at, change) in changes {
            let mut document = provisional().document;
            change(&mut document);
            let mismatches = held(&document).mismatches;
            assert!(mismatches.iter().any(|m| m.at.starts_with(at)), "{at}: {mismatches:?}");
        }
    }

    #[test]
    fn candidates_that_were_changed() {
        let changes: [fn(&mut CandidateRecord); 4] = [
            |c| c.agatston = 1.0,
            |c| c.tier = TierWord::Excluded,
            |c| c.artery = "LM".to_owned(),
            |c| c.id = "1.2.3/9/9/9".to_owned(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut document = provisional().document;
            change(&mut document.anatomy.as_mut().unwrap().candidates[0]);
            assert_ne!(held(&document).mismatches, [], "change {number}");
        }
    }

    /// A result of labels has no bounds, no tiers and nothing to review.
    #[test]
    fn nothing_of_it_where_labels_decided() {
        let changes: [fn(&mut ResultDocument); 7] = [
            |d| d.status = Status::Provisional,
            |d| d.total.as_mut().unwrap().lower = Some(0.0),
            |d| d.total.as_mut().unwrap().category_upper = Some("0".to_owned()),
            |d| d.arteries[1].upper = Some(0.0),
            |d| d.assignment.as_mut().unwrap().needs_review = 1,
            |d| d.lesions[0].tier = Some(TierWord::Confident),
            |d| d.lesions[0].needs_review = true,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut document = side(&[lesion("LAD", [0.0; 3], 4.0)]).document;
            change(&mut document);
            assert_ne!(held(&document).mismatches, [], "change {number}");
        }
    }

    #[test]
    fn a_refused_result_has_no_bounds() {
        let mut document = stopped().document;
        document.anatomy.as_mut().unwrap().left =
            Some(BoundsRecord { agatston: 0.0, lower: 0.0, upper: 5.0 });
        assert_eq!(held(&document).mismatches.len(), 1);
    }
}
