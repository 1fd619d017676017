//! The checks: each looks at the ordered planes of a group and says what it sees; together they let a series
//! pass or refuse it with every reason, not only the first.
//!
//! Class G refuses always. Class C is about coronary meaning: it may be overruled code by code, and does not
//! refuse where no coronary score is asked for.

mod acquisition;
mod duplicates;
mod geometry;
mod identity;
mod pixels;

#[cfg(test)]
pub(crate) use pixels::format_of;

use agatston_core::{Finding, Severity};

use crate::{Group, Refusal, Rules, Series, code, group::Member};

impl Group {
    /// Checks a group and, when nothing refuses it, orders it into a series.
    ///
    /// # Errors
    /// The refusal with every finding, refusals and others, in the order of the table of codes.
    pub fn check(self, rules: &Rules) -> Result<Series, Refusal> {
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend(identity::misfits(&self));
        findings.extend(identity::siblings(&self, rules));
        let (planes, twins) = duplicates::drop_twins(self.planes, rules);
        findings.extend(twins);
        findings.extend(identity::check(&planes));
        findings.extend(pixels::check(&planes, rules));
        let (geometry, seen) = geometry::check(&planes, rules);
        findings.extend(seen);
        findings.extend(acquisition::check(&planes, geometry.as_ref(), rules));
        for finding in &mut findings {
            rules.settle(finding);
        }
        findings.sort_by_key(|finding| (code::rank(finding.code), finding.slice));
        let refused = findings.iter().any(|finding| finding.severity == Severity::Refusal);
        let readable: Option<Vec<_>> = planes.iter().map(pixels::plane_ref).collect();
        match (geometry, readable) {
            (Some(geometry), Some(planes)) if !refused => {
                Ok(Series { geometry, planes, facts: self.facts, findings })
            }
            _ => Err(Refusal { facts: Box::new(self.facts), findings }),
        }
    }
}

/// What a check sees in single slices, told once for all slices where it is the same.
fn by_slice<'m>(planes: &'m [Member], mut look: impl FnMut(&'m Member) -> Option<Finding>) -> Vec<Finding> {
    let mut told: Vec<(Finding, usize)> = Vec::new();
    for (slice, plane) in planes.iter().enumerate() {
        let Some(finding) = look(plane) else { continue };
        let same = |other: &Finding| {
            (other.code, other.severity, &other.message, &other.seen)
                == (finding.code, finding.severity, &finding.message, &finding.seen)
        };
        match told.iter_mut().find(|(other, _)| same(other)) {
            Some((_, count)) => *count += 1,
            None => told.push((finding.at_slice(slice), 1)),
        }
    }
    let all = planes.len();
    told.into_iter()
        .map(|(mut finding, count)| {
            if count == all {
                finding.slice = None; // it concerns no slice more than another
            } else if count > 1 {
                finding.message = format!("{} (in {count} of {all} slices)", finding.message);
            }
            finding
        })
        .collect()
}
