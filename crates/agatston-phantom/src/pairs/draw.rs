//! Chance for pairs: plaques of random size, density and form at places that keep apart. What a pair is about is
//! decided in `story`.

use crate::{
    Noise,
    pairs::{Form, Plaque, chest::QUARTERS},
};

/// Heights of the places in an artery, LPS z in mm.
const HEIGHTS_MM: [f64; 3] = [-22.0, 0.0, 22.0];
/// How far a plaque may be off its place, `[x, y, z]` in mm.
const JITTER_MM: [f64; 3] = [1.5, 1.5, 1.0];

/// Random numbers and the places that are still free.
pub(super) struct Draw {
    noise: Noise,
    free: Vec<Place>,
}

/// Where a plaque can be: blooming included, plaques of 14 mm at two places do not touch.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) artery: &'static str,
    pub(super) centre_lps_mm: [f64; 3],
}

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        let place = |(artery, [x, y]): (&'static str, [f64; 2])| {
            HEIGHTS_MM.map(|z| Place { artery, centre_lps_mm: [x, y, z] })
        };
        Self { noise: Noise::new(seed), free: QUARTERS.into_iter().flat_map(place).collect() }
    }

    /// A number in `[low, high)`.
    pub(super) fn between(&mut self, range: [f64; 2]) -> f64 {
        self.noise.between(range)
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn count(&mut self, [low, high]: [usize; 2]) -> usize {
        low + self.noise.below(high - low + 1)
    }

    /// Takes one of the free places, its middle.
    pub(super) fn place(&mut self) -> Place {
        let index = self.noise.below(self.free.len());
        self.free.swap_remove(index)
    }

    /// A plaque near a free place, with a diameter in this range in mm and a density that is seen at that size.
    pub(super) fn plaque(&mut self, diameters_mm: [f64; 2]) -> (&'static str, Plaque) {
        let place = self.place();
        let off = JITTER_MM.map(|most| self.between([-most, most]));
        let diameter_mm = self.between(diameters_mm);
        let ha_mg_cm3 = self.density(diameter_mm);
        let form = if diameter_mm >= 4.0 && self.count([0, 1]) == 1 { Form::Ellipsoid } else { Form::Ball };
        let plaque = Plaque { form, centre_lps_mm: place.centre_lps_mm, diameter_mm, ha_mg_cm3 };
        (place.artery, plaque.moved(off))
    }

    /// Several such plaques.
    pub(super) fn plaques(
        &mut self,
        count: [usize; 2],
        diameters_mm: [f64; 2],
    ) -> Vec<(&'static str, Plaque)> {
        (0..self.count(count)).map(|_| self.plaque(diameters_mm)).collect()
    }

    /// A density in mg/cm3. A small plaque is blurred into its surroundings: it must be dense to reach 130 HU
    /// wherever the slices fall.
    fn density(&mut self, diameter_mm: f64) -> f64 {
        let least = match diameter_mm {
            under if under < 2.5 => 600.0,
            under if under < 3.5 => 400.0,
            under if under < 4.5 => 300.0,
            _ => 200.0,
        };
        self.between([least, 800.0])
    }
}
