//! The neighbouring choices of a protocol: what the score would be had one open choice been made otherwise.

use crate::{
    Comparison, Connectivity, Peak, Protocol, SliceScaling, SmallestFocus, protocol::SMALLEST_FOCUS_MM2,
};

/// A protocol that differs from another in one choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// Which choice was changed, and to what; stable words.
    pub choice: &'static str,
    /// The changed protocol.
    pub protocol: Protocol,
}

/// Every protocol that differs from `p` in one of the choices that published scorers make differently:
/// comparison, connectivity, smallest focus (none, 0.5 mm2, 1 mm2, 3 pixels), peak and slice scaling.
pub fn neighbours(p: &Protocol) -> Vec<Neighbour> {
    let area = |bound| SmallestFocus::AreaMm2 { bound, inclusive: true };
    let with = |choice, protocol| Neighbour { choice, protocol };
    let all = [
        with("comparison >=", Protocol { comparison: Comparison::AtLeast, ..p.clone() }),
        with("comparison >", Protocol { comparison: Comparison::Above, ..p.clone() }),
        with("4-connected", Protocol { connectivity: Connectivity::Four, ..p.clone() }),
        with("8-connected", Protocol { connectivity: Connectivity::Eight, ..p.clone() }),
        with("smallest focus none", Protocol { smallest_focus: SmallestFocus::None, ..p.clone() }),
        with("smallest focus 0.5 mm2", Protocol { smallest_focus: area(0.5), ..p.clone() }),
        with("smallest focus 1 mm2", Protocol { smallest_focus: area(SMALLEST_FOCUS_MM2), ..p.clone() }),
        with(
            "smallest focus 3 px",
            Protocol { smallest_focus: SmallestFocus::Pixels { bound: 3, inclusive: true }, ..p.clone() },
        ),
        with("peak of the focus", Protocol { peak: Peak::Focus, ..p.clone() }),
        with("peak of the lesion", Protocol { peak: Peak::Lesion, ..p.clone() }),
        with(
            "slice scaling increment / 3 mm",
            Protocol { slice_scaling: SliceScaling::IncrementOver3Mm, ..p.clone() },
        ),
        with("slice scaling none", Protocol { slice_scaling: SliceScaling::None, ..p.clone() }),
    ];
    all.into_iter().filter(|n| n.protocol != *p).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_neighbour_differs_and_none_is_the_protocol_itself() {
        let all = neighbours(&Protocol::STANDARD);
        // Twelve choices, of which `standard` makes five: >=, 4, 1 mm2, focus, increment / 3.
        assert_eq!(all.len(), 7);
        assert!(all.iter().all(|n| n.protocol != Protocol::STANDARD));
    }
}
