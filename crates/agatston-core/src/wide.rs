//! Volume and mass from a lower bound than the score's: each accepted focus measures the wide component around it.

use crate::{Standing, component::Components, segment::contacts};

/// Gives each wide component (voxels at or over the volume threshold) to the accepted focus inside it with the
/// highest peak, the first of equals; other accepted foci of that component then measure nothing of their own, so
/// that no voxel counts twice. Withheld foci keep the measure of their own pixels.
///
/// `owner` is filled with the focus that each wide component belongs to; none for a component that is not measured.
pub(crate) fn measure_wide(found: &mut Components, wide: &Components, owner: &mut Vec<Option<usize>>) {
    let home = homes(found, wide);
    owner.clear();
    owner.resize(wide.foci.len(), None);
    for (i, focus) in found.foci.iter_mut().enumerate() {
        if focus.standing == Standing::Accepted {
            (focus.volume_pixels, focus.volume_sum_stored) = (0, 0);
            owner[home[i]].get_or_insert(i);
        }
    }
    for (i, focus) in found.foci.iter().enumerate() {
        if let Some(owner) = owner[home[i]].as_mut().filter(|_| focus.standing == Standing::Accepted)
            && focus.peak_stored > found.foci[*owner].peak_stored
        {
            *owner = i;
        }
    }
    for (owner, wide) in owner.iter().zip(&wide.foci) {
        if let Some(owner) = owner {
            let focus = &mut found.foci[*owner];
            (focus.volume_pixels, focus.volume_sum_stored) = (wide.pixels, wide.volume_sum_stored);
        }
    }
}

/// The wide component that holds each focus. A lower bound only joins, so there is just one.
fn homes(found: &Components, wide: &Components) -> Vec<usize> {
    let mut home = vec![0; found.foci.len()];
    contacts(&wide.segments, &found.segments, 0, 0, |wide, focus| home[focus as usize] = wide as usize);
    home
}
