//! What both objects are about: a scored series, its regions in codes, and by what names they go on being known.

use super::{DateTime, NotWritten};
use crate::{Scope, Status, outcome::UNNAMED, result::ResultDocument, traced::Traced};
use agatston_anatomy::LEFT_STEM;
use agatston_core::{Artery, Region};
use agatston_dicom::out::{Program, SourceContext, derived_uid};

/// A scored series and what stands in every object about it.
pub(super) struct Subject<'a> {
    pub(super) document: &'a ResultDocument,
    pub(super) traced: &'a Traced,
    pub(super) context: SourceContext,
    /// Everything that decides what the objects say.
    pub(super) seed: Vec<u8>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        document: &'a ResultDocument,
        traced: &'a Traced,
        date: Option<DateTime>,
    ) -> Result<Self, NotWritten> {
        if !document.status.has_score() {
            return Err(NotWritten::Refused);
        }
        if document.total.as_ref().is_some_and(|total| total.scope == Scope::Everything) {
            return Err(NotWritten::Everything);
        }
        let context = SourceContext::of(&traced.series, date)?;
        Ok(Self { document, traced, context, seed: seed(document) })
    }

    /// Whether nobody decided what is coronary.
    pub(super) fn is_provisional(&self) -> bool {
        self.document.status == Status::Provisional
    }

    pub(super) fn program(&self) -> Program {
        Program { version: self.document.engine.version.clone() }
    }

    /// The UID that a thing keeps from run to run: made of the content of the series and of what the thing is.
    pub(super) fn tracking_uid(&self, kind: &str, name: &str) -> String {
        derived_uid("tracking", &[content_hash(self.document).as_bytes(), kind.as_bytes(), name.as_bytes()])
    }

    /// The segment of a region that goes by this name in the result, from 0.
    pub(super) fn segment_of(&self, name: &str) -> Option<usize> {
        self.traced.calcium.regions.iter().position(|region| region.name == name)
    }
}

/// Everything that decides what is said of a series beside its voxels, which the objects hold.
fn seed(document: &ResultDocument) -> Vec<u8> {
    let labels_hash = document.assignment.as_ref().and_then(|a| a.labels_hash.as_deref());
    let parts = (
        content_hash(document),
        &document.engine.version,
        &document.protocol,
        &document.options,
        labels_hash,
        &document.mass_factor,
    );
    serde_json::to_vec(&parts).expect("numbers and words can always be written")
}

fn content_hash(document: &ResultDocument) -> &str {
    document.series.as_ref().and_then(|series| series.content_hash.as_deref()).unwrap_or_default()
}

/// The region of a coronary artery by the name that results have for it; what lies around the left main is coronary, and no
/// artery is made up for it.
pub(super) fn artery_region(name: &str) -> Option<Region> {
    let artery = Artery::ALL.into_iter().find(|artery| artery.as_str() == name).map(Region::Artery);
    artery.or_else(|| [UNNAMED, LEFT_STEM].contains(&name).then_some(Region::Coronary))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody can tell LM from LAD and LCX there, so that no code of an artery stands for it.
    #[test]
    fn the_left_stem_is_coronary_and_no_artery() {
        assert_eq!(artery_region("LM/LAD/LCX"), Some(Region::Coronary));
        assert_eq!(artery_region("coronary"), Some(Region::Coronary));
        assert_eq!(artery_region("LM"), Some(Region::Artery(Artery::Lm)));
        assert_eq!(artery_region("aorta"), None);
        let site = crate::terminology::site(Region::Coronary).unwrap();
        assert_eq!((site.value, site.scheme), ("41801008", "SCT"));
    }
}
