//! Images in shades of gray, and the window that makes them from HU.

use agatston_core::{Plane, Rescale};

/// HU that are black and white: air is black, soft tissue dark gray, calcium light, the densest white.
pub(crate) const WINDOW_HU: [f64; 2] = [-250.0, 650.0];

/// An image of 8 bits a pixel, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gray {
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    pub(crate) values: Vec<u8>,
}

impl Gray {
    /// A black image.
    pub(super) fn black([rows, columns]: [u32; 2]) -> Self {
        Self { columns, rows, values: vec![0; rows as usize * columns as usize] }
    }

    /// A row of pixels.
    pub(super) fn row(&self, row: u32) -> &[u8] {
        let columns = self.columns as usize;
        &self.values[row as usize * columns..][..columns]
    }

    /// Each pixel becomes the lighter of the two. Both are of one size.
    pub(super) fn lighten(&mut self, other: &Self) {
        for (own, other) in self.values.iter_mut().zip(&other.values) {
            *own = (*own).max(*other);
        }
    }
}

/// The shade of a stored value of a plane; padding is black.
pub(super) fn shade(plane: &Plane<'_>, rescale: Rescale, [row, column]: [usize; 2]) -> u8 {
    let stored = plane.stored[[row, column]];
    if plane.padding.is_some_and(|padding| padding.contains(stored)) {
        0
    } else {
        of_hu(rescale.hu(stored), WINDOW_HU)
    }
}

/// The shade of a value in a window whose ends are black and white.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 after the clamp")]
pub(super) fn of_hu(hu: f64, [black, white]: [f64; 2]) -> u8 {
    ((hu - black) / (white - black) * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 255 steps over 900 HU: 20 HU are 270 / 900 of them, 76.5.
    #[test]
    fn the_window_is_linear_and_ends() {
        let shades = [-1000.0, -250.0, 20.0, 200.0, 650.0, 3000.0].map(|hu| of_hu(hu, WINDOW_HU));
        assert_eq!(shades, [0, 0, 77, 128, 255, 255]);
    }
}
