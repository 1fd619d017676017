//! The same place twice: copies are dropped, contradictions refused.

use agatston_core::Finding;

use super::pixels::{plane_ref, side};
use crate::{
    Buffer, Rules, code,
    group::Member,
    pixels::load,
    stack::{SAME_POSITION_MM, minus},
};

/// Keeps one plane of each place; the planes are sorted, and of twins the one to keep comes first.
pub(super) fn drop_twins(planes: Vec<Member>, rules: &Rules) -> (Vec<Member>, Vec<Finding>) {
    let mut kept: Vec<Member> = Vec::with_capacity(planes.len());
    let (mut copies, mut contradictions): (usize, Vec<usize>) = (0, Vec::new());
    // Kept from pair to pair: what is packed together is unpacked once.
    let buffer = Buffer::new();
    let mut buffers = [buffer.beside(), buffer];
    for plane in planes {
        match kept.last() {
            Some(last) if (plane.z - last.z).abs() <= SAME_POSITION_MM => {
                if same_picture([last, &plane], &mut buffers, rules) {
                    copies += 1;
                } else {
                    contradictions.push(kept.len() - 1);
                }
            }
            _ => kept.push(plane),
        }
    }
    let mut findings = Vec::new();
    if copies > 0 {
        findings.push(
            Finding::info(code::DUPLICATE_SLICE, "identical copies of slices were left out")
                .seen(format!("{copies} copies")),
        );
    }
    if let Some(first) = contradictions.first() {
        findings.push(
            Finding::refusal(code::DUPLICATE_SLICE, "slices share a position and show different pictures")
                .at_slice(*first)
                .seen(format!("{} more at the same places", contradictions.len()))
                .next_step("separate the reconstructions or phases into folders"),
        );
    }
    (kept, findings)
}

/// Whether two planes show the same at the same place. Planes that cannot be read are not the same, and what is larger
/// than any picture is not read.
fn same_picture([a, b]: [&Member; 2], [first, second]: &mut [Buffer; 2], rules: &Rules) -> bool {
    if side(a, rules.cutoffs.side).or(side(b, rules.cutoffs.side)).is_some() {
        return false;
    }
    if minus(a.position, b.position).iter().any(|mm| mm.abs() > SAME_POSITION_MM) {
        return false;
    }
    let (Some(a), Some(b)) = (plane_ref(a), plane_ref(b)) else { return false };
    let (Ok(x), Ok(y)) = (load(&a, first), load(&b, second)) else { return false };
    a.rescale == b.rescale && x.padding == y.padding && x.stored == y.stored
}
