//! Every choice of the protocol, and where it differs from the standard one.

use super::page::scroll;
use crate::{NamedProtocol, protocol_record::ProtocolRecord};
use agatston_core::Protocol;
use maud::{Markup, html};

/// The table of choices.
pub(super) fn protocol(p: &ProtocolRecord) -> Markup {
    let standard = ProtocolRecord::new(&NamedProtocol::standard(), &Protocol::STANDARD);
    let (own, usual) = (choices(p), choices(&standard));
    let differing = own.iter().zip(&usual).filter(|((_, a), (_, b))| a != b).count();
    let table = html! {
        table {
            caption { span { "Choices as applied, after any adaptation to the tube voltage." } }
            thead { tr { th scope="col" { "Choice" } th scope="col" { "Applied" } th scope="col" { "Standard" } } }
            tbody { @for ((name, value), (_, usual)) in own.iter().zip(&usual) {
                tr.differs[value != usual] {
                    th scope="row" { (name) }
                    td { (value) }
                    td { (usual) @if value != usual { " " b { "differs" } } }
                }
            } }
        }
    };
    html! {
        p {
            "Protocol " b { (p.name) } ", version " (p.version) ": "
            @match differing {
                0 => "no choice differs from the standard one.",
                1 => "one choice differs from the standard one.",
                n => { (n) " choices differ from the standard one." }
            }
        }
        (scroll("Protocol", &table))
        p.note { "Hash of these choices: " code { (p.hash) } }
    }
}

fn choices(p: &ProtocolRecord) -> Vec<(&'static str, String)> {
    let [two, three, four] = p.weight_bounds_hu;
    let volume = p.volume_threshold_hu.map_or_else(|| "the threshold".to_owned(), |hu| format!("{hu:.1} HU"));
    vec![
        ("Threshold", format!("{} {:.1} HU", p.comparison, p.threshold_hu)),
        ("Neighbours within a slice", p.connectivity.to_string()),
        ("Smallest focus", p.smallest_focus.words()),
        ("Weights 2, 3 and 4 from", format!("{two:.1}, {three:.1}, {four:.1} HU")),
        ("Whose peak decides the weight", p.peak.clone()),
        ("Slice scaling", p.slice_scaling.replace('_', " ")),
        ("Neighbours across slices", p.lesion_connectivity.to_string()),
        ("Volume and mass from", volume),
        ("Punctate under", format!("{} mm", p.punctate_mm)),
        ("Spotty under, macro from", format!("{} mm", p.spotty_mm)),
        ("Dense from a peak of", format!("{:.1} HU", p.dense_hu)),
    ]
}
