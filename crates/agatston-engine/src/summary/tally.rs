//! Rows in, one after another, a summary out. Of a series a few numbers stay.

use super::{
    group::Group,
    record::{FindingCount, GroupWord, NamedCount, SUMMARY_SCHEMA, ScansRecord, SeriesCounts, Summary},
    row::{Kind, Row, Wanted},
    statistics::{Counts, NumberKey, spread},
};
use crate::{
    Scope, Status,
    result::{EngineRecord, SeverityRecord},
};
use std::collections::BTreeSet;

/// The finding of a series that is there more than once.
pub(super) const DUPLICATE: &str = "duplicate_series";

/// How findings are listed: what a reader of scores must know first. Refusals are told above by their first reason.
const SEVERITIES: [SeverityRecord; 3] =
    [SeverityRecord::Warning, SeverityRecord::Refusal, SeverityRecord::Info];

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: SeriesCounts,
    refusals: Counts<String>,
    assigned_by: Counts<String>,
    groups: [Group; GroupWord::ALL.len()],
    noise_hu: Vec<f64>,
    findings: [Counts<String>; SEVERITIES.len()],
    scans: Scans,
}

#[derive(Debug, Default)]
struct Scans {
    slice_thickness_mm: Counts<NumberKey>,
    kvp: Counts<NumberKey>,
    manufacturers: Counts<String>,
    protocols: Counts<String>,
    protocol_hashes: Counts<String>,
    engine_versions: Counts<String>,
}

impl Tally {
    /// Adds a row. Regions are in no total, and in no summary.
    pub(super) fn add(&mut self, row: &Row) {
        let group = group(row).map(|word| &mut self.groups[word as usize]);
        match row.kind {
            Kind::Region => {}
            Kind::Artery => {
                if let Some(group) = group {
                    group.add_artery(row);
                }
            }
            Kind::Total => {
                match group {
                    Some(group) => group.add_total(row),
                    None => self.counts.without_total += u64::from(row.status.has_score()),
                }
                self.add_series(row);
            }
        }
    }

    fn add_series(&mut self, row: &Row) {
        let counts = &mut self.counts;
        counts.all += 1;
        match row.status {
            Status::Scored => counts.scored += 1,
            Status::Provisional => counts.provisional += 1,
            Status::Refused => counts.refused += 1,
        }
        if row.status.has_score() {
            self.assigned_by.add(row.text(Wanted::AssignedBy));
        } else {
            self.refusals.add(row.text(Wanted::RefusalCode));
        }
        self.noise_hu.extend(row.number(Wanted::Noise));
        let codes: BTreeSet<(usize, &str)> = row
            .findings
            .iter()
            .filter_map(|(of, code)| Some((SEVERITIES.iter().position(|s| s == of)?, code.as_str())))
            .collect();
        counts.duplicates += u64::from(codes.iter().any(|(_, code)| *code == DUPLICATE));
        for (severity, code) in codes {
            self.findings[severity].add(Some(code.to_owned()));
        }
        self.scans.add(row);
    }

    /// The summary.
    pub(super) fn finish(self) -> Summary {
        let groups = GroupWord::ALL.into_iter().zip(self.groups);
        let findings = SEVERITIES.into_iter().zip(&self.findings);
        let of_severity = |(severity, counts): (SeverityRecord, &Counts<String>)| {
            let count =
                move |NamedCount { name, series }| Some(FindingCount { severity, code: name?, series });
            counts.named().into_iter().filter_map(count)
        };
        Summary {
            schema: SUMMARY_SCHEMA.to_owned(),
            engine: EngineRecord::this(),
            series: SeriesCounts {
                refusals: self.refusals.named(),
                assigned_by: self.assigned_by.named(),
                ..self.counts
            },
            groups: groups.filter_map(|(word, group)| group.finish(word)).collect(),
            noise_hu: spread(self.noise_hu),
            findings: findings.flat_map(of_severity).collect(),
            scans: self.scans.finish(),
        }
    }
}

/// Where the numbers of a row belong; nowhere without a score, or where regions alone were scored.
fn group(row: &Row) -> Option<GroupWord> {
    match (row.scope?, row.status) {
        (Scope::Everything, _) => Some(GroupWord::Everything),
        (Scope::Coronary, Status::Scored) => Some(GroupWord::Scored),
        (Scope::Coronary, Status::Provisional) => Some(GroupWord::Provisional),
        (Scope::Coronary, Status::Refused) | (Scope::Regions, _) => None,
    }
}

impl Scans {
    fn add(&mut self, row: &Row) {
        self.slice_thickness_mm.add(row.number(Wanted::SliceThickness).map(NumberKey::of));
        self.kvp.add(row.number(Wanted::Kvp).map(NumberKey::of));
        self.manufacturers.add(row.text(Wanted::Manufacturer));
        self.protocols.add(row.text(Wanted::Protocol));
        self.protocol_hashes.add(row.text(Wanted::ProtocolHash));
        self.engine_versions.add(row.text(Wanted::EngineVersion));
    }

    fn finish(&self) -> ScansRecord {
        ScansRecord {
            slice_thickness_mm: self.slice_thickness_mm.numbers(),
            kvp: self.kvp.numbers(),
            manufacturers: self.manufacturers.named(),
            protocols: self.protocols.named(),
            protocol_hashes: self.protocol_hashes.known(),
            engine_versions: self.engine_versions.named(),
        }
    }
}
