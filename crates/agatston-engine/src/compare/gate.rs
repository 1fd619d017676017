//! Whether two scans can be compared: what must be the same, and is not, or is not known to be.
//!
//! What differs is a reason, and there is no verdict. What is unknown on either side is a warning, never taken as equal.
//! Whose scans they are is an exception: anonymous data do not say, so that this is a finding, and a conflict a reason.

use super::{
    Side,
    record::{ComparabilityRecord, ReasonRecord},
};
use crate::{
    Scope, code,
    result::{ResultDocument, SeriesRecord, Status},
};
use agatston_dicom::is_withheld;
use std::collections::BTreeSet;

/// Voltages this close are the same, kV.
const KVP_TOLERANCE: f64 = 0.5;

/// Thicknesses and increments are the same up to this share of the larger one.
const LENGTH_TOLERANCE: f64 = 0.01;

/// Pixel sizes are comparable up to this share of the smaller one.
const PIXEL_TOLERANCE: f64 = 0.10;

/// What a user declares of the heart and a score must not be compared across.
const DECLARED: [&str; 3] =
    [code::DECLARED_STENT.name(), code::DECLARED_BYPASS.name(), code::DECLARED_DEVICE.name()];

/// Findings in one scan alone that may change a score.
const MAY_MATTER: [&str; 2] = [code::METAL.name(), agatston_dicom::code::TIN_FILTER.name()];

/// Codes of findings whose refusal the user overruled.
fn overruled(document: &ResultDocument) -> impl Iterator<Item = &str> {
    let is_found = |code: &&String| document.findings.iter().any(|f| f.code == **code);
    document.options.allow.iter().filter(is_found).map(String::as_str)
}

/// A fact that both sides must share.
struct Item {
    differs: &'static str,
    unknown: &'static str,
    what: &'static str,
}

const KVP: Item = Item { differs: code::KVP_DIFFERS, unknown: code::KVP_UNKNOWN, what: "the tube voltage" };
const THICKNESS: Item =
    Item { differs: code::THICKNESS_DIFFERS, unknown: code::THICKNESS_UNKNOWN, what: "the slice thickness" };
const INCREMENT: Item = Item {
    differs: code::INCREMENT_DIFFERS,
    unknown: code::INCREMENT_UNKNOWN,
    what: "the distance of slices",
};
const KERNEL: Item = Item {
    differs: code::KERNEL_DIFFERS,
    unknown: code::KERNEL_CLASS_UNKNOWN,
    what: "the class of the kernel",
};
const SCANNER: Item =
    Item { differs: code::SCANNER_DIFFERS, unknown: code::SCANNER_UNKNOWN, what: "the scanner model" };
const PIXEL: Item =
    Item { differs: code::PIXEL_SIZE_DIFFERS, unknown: code::PIXEL_SIZE_UNKNOWN, what: "the pixel size" };

/// Holds one side against the other.
pub(super) fn gate(baseline: &Side, followup: &Side) -> ComparabilityRecord {
    let mut gate = ComparabilityRecord::default();
    let documents = [&baseline.document, &followup.document];
    if documents.iter().any(|d| !d.status.has_score()) {
        gate.differs(code::SIDE_REFUSED, "a scan was refused", documents.map(refusal));
    } else {
        gate.acquisition(documents);
        gate.choices(documents);
        gate.findings(documents);
        gate.assignment(documents);
    }
    gate.order([baseline, followup]);
    gate.person([baseline, followup]);
    gate.comparable = gate.reasons.is_empty();
    gate
}

fn refusal(document: &ResultDocument) -> Option<String> {
    document.refusal.as_ref().map(|r| r.code.clone())
}

impl ComparabilityRecord {
    /// How the images came about.
    fn acquisition(&mut self, documents: [&ResultDocument; 2]) {
        let series = documents.map(|d| d.series.as_ref());
        let of = |get: fn(&SeriesRecord) -> Option<f64>| series.map(|s| s.and_then(get));
        let mm = |mm: &f64| format!("{mm} mm");
        let same_length = |a: &f64, b: &f64| (a - b).abs() <= LENGTH_TOLERANCE * a.max(*b);
        let same_kvp = |a: &f64, b: &f64| (a - b).abs() <= KVP_TOLERANCE;
        self.weigh(&KVP, of(|s| s.kvp), same_kvp, |kv| format!("{kv} kV"));
        self.weigh(&THICKNESS, of(|s| s.slice_thickness_mm), same_length, mm);
        self.weigh(&INCREMENT, of(|s| s.increment_mm), same_length, mm);
        self.kernel(series);
        let iterative = documents.map(|d| d.findings.iter().any(|f| f.code == iterative_code()));
        if iterative[0] != iterative[1] {
            let shown = iterative.map(|i| Some(if i { "iterative" } else { "not iterative" }.to_owned()));
            self.differs(code::RECONSTRUCTION_DIFFERS, "the kind of reconstruction differs", shown);
        }
        self.weigh(&SCANNER, series.map(scanner), |a, b| a.eq_ignore_ascii_case(b), String::clone);
        let pixel = series.map(|s| s.and_then(|s| s.pixel_spacing_mm));
        self.weigh(&PIXEL, pixel, same_pixel, |[row, column]| format!("{row} x {column} mm"));
    }

    /// The same class, or the same name of a kernel that the table does not know.
    fn kernel(&mut self, series: [Option<&SeriesRecord>; 2]) {
        let names = series.map(|s| s.map(|s| s.kernel.join("+")).filter(|k| is_told(k)));
        let classes = series.map(|s| s.and_then(|s| s.kernel_class));
        if classes == [None; 2] && names[0].is_some() && names[0] == names[1] {
            return;
        }
        self.weigh(&KERNEL, classes, |a, b| a == b, |class| class.as_str().to_owned());
    }

    /// The choices of the score.
    fn choices(&mut self, documents: [&ResultDocument; 2]) {
        if documents[0].protocol.hash != documents[1].protocol.hash {
            let shown = documents.map(|d| Some(d.protocol.name.clone()));
            self.differs(code::PROTOCOL_DIFFERS, "the choices of the protocol differ, as applied", shown);
        }
        let factor = documents.map(|d| d.options.kvp_factor);
        if factor[0] != factor[1] {
            let shown = factor.map(|f| Some(f.to_string()));
            self.differs(code::KVP_FACTOR_DIFFERS, "bounds were scaled to different tube voltages", shown);
        }
    }

    /// What was noticed in one scan and not in the other. A refusal that the user overruled and a device that was declared
    /// change scores by themselves; metal, a tin filter and gating may.
    fn findings(&mut self, documents: [&ResultDocument; 2]) {
        let has = |code: &str| documents.map(|d| d.findings.iter().any(|f| f.code == code));
        let codes: BTreeSet<&str> = documents.iter().flat_map(|d| overruled(d)).chain(DECLARED).collect();
        for code in codes {
            let told = |is: bool| Some(if is { code } else { "not noticed" }.to_owned());
            match has(code) {
                [false, false] => {}
                [true, true] => {
                    let message = "both scans have a finding that changes scores by itself";
                    self.warnings.push(reason(code::FINDING_IN_BOTH, message, [told(true), told(true)]));
                }
                is => self.differs(
                    code::FINDING_DIFFERS,
                    "one scan has a finding that changes scores by itself",
                    is.map(told),
                ),
            }
        }
        for code in MAY_MATTER {
            let is = has(code);
            if is[0] != is[1] {
                let shown = is.map(|is| Some(if is { code } else { "not noticed" }.to_owned()));
                let message = "one scan has a finding that may change scores";
                self.warnings.push(reason(code::FINDING_MAY_DIFFER, message, shown));
            }
        }
        let gating = documents.map(|d| d.series.as_ref().and_then(|s| s.gating));
        if gating[0].zip(gating[1]).is_some_and(|(a, b)| a != b) {
            let shown = gating.map(|g| g.map(|is| if is { "gated" } else { "not gated" }.to_owned()));
            self.warnings.push(reason(
                code::GATING_DIFFERS,
                "one scan was gated and the other was not",
                shown,
            ));
        }
    }

    /// Who decided what counts, and what counts.
    fn assignment(&mut self, documents: [&ResultDocument; 2]) {
        let by = documents.map(|d| d.assignment.as_ref().map(|a| a.assigned_by.as_str().to_owned()));
        if by[0] != by[1] {
            self.differs(code::ASSIGNMENT_DIFFERS, "the assignments are not of the same level", by);
        }
        if documents.iter().all(|d| d.status == Status::Provisional) {
            let shown = documents.map(|d| Some(d.status.as_str().to_owned()));
            let message = "both scores are provisional: no label and no reader decided what is coronary";
            self.differs(code::PROVISIONAL, message, shown);
        }
        let scopes = documents.map(|d| d.total.as_ref().map(|t| t.scope));
        if scopes[0] != scopes[1] {
            let shown = scopes.map(|s| s.map(|s| s.as_str().to_owned()));
            self.differs(code::SCOPE_DIFFERS, "the totals do not speak of the same", shown);
        } else if scopes[0] == Some(Scope::Everything) {
            let shown = [Some("everything".to_owned()), Some("everything".to_owned())];
            let message = "everything over the threshold was counted: bone and valves hide what calcium does";
            self.differs(code::EVERYTHING_COUNTED, message, shown);
        }
        let arteries = documents.map(|d| {
            let told = d.arteries.iter().filter(|a| a.separated).map(|a| a.artery.clone());
            told.collect::<Vec<_>>().join(", ")
        });
        if arteries[0] != arteries[1] {
            self.differs(
                code::ARTERIES_DIFFER,
                "the scans do not tell the same arteries apart",
                arteries.map(Some),
            );
        }
    }

    /// Which scan is the earlier one. The days are never shown.
    fn order(&mut self, sides: [&Side; 2]) {
        let day = sides.map(|s| s.private.and_then(|p| p.acquisition_day));
        if day[0].zip(day[1]).is_some_and(|(b, f)| f < b) {
            let message = "by the dates of the headers the follow-up is the earlier scan";
            self.warnings.push(reason(code::DATES_REVERSED, message, [None, None]));
        }
    }

    /// Whose scans they are. What is seen is never shown.
    fn person(&mut self, sides: [&Side; 2]) {
        let conflict = |a: Option<u64>, b: Option<u64>| a.zip(b).is_some_and(|(a, b)| a != b);
        let patient = sides.map(|s| s.private.and_then(|p| p.patient));
        if conflict(patient[0], patient[1]) {
            self.differs(
                code::PATIENT_DIFFERS,
                "the scans name different patients (0010,0020)",
                [None, None],
            );
        }
        let sex = sides.map(|s| s.private.and_then(|p| p.sex));
        if sex[0].zip(sex[1]).is_some_and(|(a, b)| a != b) {
            self.differs(
                code::SEX_DIFFERS,
                "the scans are of a woman and a man by their headers (0010,0040)",
                [None, None],
            );
        }
    }

    /// A reason when both are known and differ, a warning when one is not known.
    fn weigh<T>(
        &mut self,
        item: &Item,
        sides: [Option<T>; 2],
        same: impl Fn(&T, &T) -> bool,
        show: impl Fn(&T) -> String,
    ) {
        let shown = [sides[0].as_ref().map(&show), sides[1].as_ref().map(&show)];
        match &sides {
            [Some(a), Some(b)] if same(a, b) => {}
            [Some(_), Some(_)] => self.differs(item.differs, &format!("{} differs", item.what), shown),
            _ => {
                let message = format!("{} is not known on both sides", item.what);
                self.warnings.push(reason(item.unknown, &message, shown));
            }
        }
    }

    fn differs(&mut self, code: &str, message: &str, shown: [Option<String>; 2]) {
        self.reasons.push(reason(code, message, shown));
    }
}

fn reason(code: &str, message: &str, [baseline, followup]: [Option<String>; 2]) -> ReasonRecord {
    ReasonRecord { code: code.to_owned(), message: message.to_owned(), baseline, followup }
}

fn iterative_code() -> &'static str {
    code::ITERATIVE_RECONSTRUCTION.name()
}

/// Whether a text of a header says what it says: of two that are not shown nobody knows whether they are the same.
fn is_told(text: &str) -> bool {
    !text.is_empty() && !is_withheld(text)
}

fn scanner(series: Option<&SeriesRecord>) -> Option<String> {
    let series = series?;
    let (maker, model) = (series.manufacturer.as_ref()?.trim(), series.model.as_ref()?.trim());
    (is_told(maker) && is_told(model)).then(|| format!("{maker} {model}"))
}

fn same_pixel(a: &[f64; 2], b: &[f64; 2]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.max(*b) <= (1.0 + PIXEL_TOLERANCE) * a.min(*b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AssignedBy, CompareRequest, KernelClass, PrivateFacts, Verdict, compare,
        compare::sample::{self, lesion, side},
        result::{FindingRecord, SeverityRecord},
    };
    use agatston_dicom::Sex;

    fn codes(reasons: &[ReasonRecord]) -> Vec<&str> {
        reasons.iter().map(|r| r.code.as_str()).collect()
    }

    /// One side changed, the other as it was: the reasons and the warnings.
    fn check(change: impl Fn(&mut Side), reasons: &[&str], warnings: &[&str]) {
        let (plain, mut other) =
            (side(&[lesion("LAD", [0.0; 3], 4.0)]), side(&[lesion("LAD", [0.0; 3], 4.0)]));
        change(&mut other);
        for (a, b) in [(&plain, &other), (&other, &plain)] {
            let gate = gate(a, b);
            assert_eq!(codes(&gate.reasons), reasons);
            assert_eq!(codes(&gate.warnings), warnings);
            assert_eq!(gate.comparable, reasons.is_empty());
        }
    }

    fn series(side: &mut Side) -> &mut SeriesRecord {
        side.document.series.as_mut().unwrap()
    }

    #[test]
    fn what_differs_is_a_reason() {
        check(|_| {}, &[], &[]);
        check(|s| series(s).kvp = Some(100.0), &["kvp_differs"], &[]);
        check(|s| series(s).slice_thickness_mm = Some(2.5), &["thickness_differs"], &[]);
        check(|s| series(s).increment_mm = Some(2.5), &["increment_differs"], &[]);
        check(|s| series(s).increment_mm = Some(3.01), &[], &[]);
        check(|s| series(s).kernel_class = Some(KernelClass::Sharp), &["kernel_differs"], &[]);
        check(|s| series(s).model = Some("other".into()), &["scanner_differs"], &[]);
        check(|s| series(s).manufacturer = Some("MAKER".into()), &[], &[]);
        check(|s| series(s).pixel_spacing_mm = Some([0.54, 0.54]), &[], &[]);
        check(|s| series(s).pixel_spacing_mm = Some([0.56, 0.56]), &["pixel_size_differs"], &[]);
        check(|s| s.document.protocol.hash = "1".into(), &["protocol_differs"], &[]);
        check(|s| s.document.options.kvp_factor = 1.1, &["kvp_factor_differs"], &[]);
        check(|s| s.document.arteries[0].separated = false, &["arteries_differ"], &[]);
        let reader = |s: &mut Side| s.document.assignment.as_mut().unwrap().assigned_by = AssignedBy::Reader;
        check(reader, &["assignment_differs"], &[]);
        check(|s| s.document.total.as_mut().unwrap().scope = Scope::Regions, &["scope_differs"], &[]);
        check(|s| s.document.status = Status::Refused, &["side_refused"], &[]);
    }

    #[test]
    fn an_iterative_reconstruction_on_one_side() {
        let finding = FindingRecord {
            code: "iterative_reconstruction".into(),
            severity: SeverityRecord::Info,
            message: String::new(),
            slice: None,
            expected: None,
            seen: None,
            next_step: None,
        };
        check(|s| s.document.findings.push(finding.clone()), &["reconstruction_differs"], &[]);
    }

    #[test]
    fn what_is_unknown_is_a_warning() {
        check(|s| series(s).kvp = None, &[], &["kvp_unknown"]);
        check(|s| series(s).kernel_class = None, &[], &["kernel_class_unknown"]);
        check(|s| series(s).model = None, &[], &["scanner_unknown"]);
        check(|s| series(s).model = Some("a text of 9 characters".into()), &[], &["scanner_unknown"]);
    }

    /// A kernel that no table knows is the same when its name is, but not when its name is only a length.
    #[test]
    fn kernels_without_a_class() {
        let with = |kernel: &str| {
            let mut side = side(&[lesion("LAD", [0.0; 3], 4.0)]);
            let s = series(&mut side);
            (s.kernel, s.kernel_class) = (vec![kernel.to_owned()], None);
            side
        };
        let warnings = |a: &str, b: &str| codes(&gate(&with(a), &with(b)).warnings).len();
        assert_eq!(warnings("X1", "X1"), 0);
        assert_eq!(warnings("X1", "X2"), 1);
        assert_eq!(warnings("a text of 9 characters", "a text of 9 characters"), 1);
        assert_eq!(warnings("", ""), 1);
    }

    #[test]
    fn two_persons() {
        let with = |private: Option<PrivateFacts>| {
            let mut side = side(&[lesion("LAD", [0.0; 3], 4.0)]);
            side.private = private;
            side
        };
        let id = |patient, sex| Some(PrivateFacts { patient: Some(patient), sex, acquisition_day: None });
        let reasons = |a, b| gate(&with(a), &with(b)).reasons;
        assert_eq!(codes(&reasons(id(1, None), id(2, None))), ["patient_differs"]);
        let both = reasons(id(1, Some(Sex::Female)), id(1, Some(Sex::Male)));
        assert_eq!(codes(&both), ["sex_differs"]);
        assert!(both.iter().all(|r| r.baseline.is_none() && r.followup.is_none()), "never shown");
        assert_eq!(codes(&reasons(id(1, None), None)), Vec::<&str>::new());
    }

    /// Two provisional results have numbers and no verdict; a provisional one and a final one are of two levels.
    #[test]
    fn provisional_results_never_get_a_verdict() {
        let (one, other) = (sample::provisional(), sample::provisional());
        assert_eq!(codes(&gate(&one, &other).reasons), ["provisional"]);
        let comparison = compare(&one, &other, &CompareRequest::default());
        assert_eq!(comparison.verdict, Some(Verdict::NotComparable));
        let total = &comparison.parts[0].changes.agatston;
        assert_eq!((total.baseline, total.followup), (Some(282.0), Some(282.0)), "200 + 50 + 32");
        let last = sample::side(&[lesion("LAD", [0.0; 3], 4.0)]);
        let reasons = gate(&one, &last).reasons;
        assert!(codes(&reasons).contains(&"assignment_differs"));
        assert!(!codes(&reasons).contains(&"provisional"));
    }

    #[test]
    fn everything_never_gets_a_verdict() {
        let everything = || {
            let mut s = side(&[lesion("LAD", [0.0; 3], 4.0)]);
            s.document.total.as_mut().unwrap().scope = Scope::Everything;
            s
        };
        assert_eq!(codes(&gate(&everything(), &everything()).reasons), ["everything_counted"]);
    }
}
