//! A plaque of hydroxyapatite with a blurred rim. How plaques change is in `story`.

use std::f64::consts::PI;

use crate::{
    object::{Material, Object, Shape},
    scanner::TubeVoltage,
};

/// Width of the rim over which the density falls from its full value to none, in mm. The diameter of a plaque is
/// measured at the middle of the rim.
const RIM_MM: f64 = 0.8;
/// How much longer an ellipsoid is along x than across.
const ELONGATION: f64 = 1.3;
/// Steps by which the density falls.
const SHELLS: u8 = 4;

/// The form of a plaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A ball.
    Ball,
    /// An ellipsoid, along x 1.3 times as long as along y and z.
    Ellipsoid,
}

/// A plaque at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plaque {
    /// Its form.
    pub form: Form,
    /// Its centre in LPS mm, `[x, y, z]`.
    pub centre_lps_mm: [f64; 3],
    /// Diameter at half density in mm; of an ellipsoid the smaller one.
    pub diameter_mm: f64,
    /// Density of hydroxyapatite inside the rim in mg/cm3.
    pub ha_mg_cm3: f64,
}

impl Plaque {
    /// Volume within half density in mm3.
    #[must_use]
    pub fn volume_mm3(&self) -> f64 {
        let [x, y, z] = self.semi_axes_mm();
        4.0 / 3.0 * PI * x * y * z
    }

    /// Distance of a point (LPS mm) from the surface at half density in mm, along the line through the centre, and
    /// negative inside. A lesion belongs to the plaque that is nearest to its centre.
    #[must_use]
    pub fn distance_mm(&self, point: [f64; 3]) -> f64 {
        let from_centre = [0, 1, 2].map(|axis| point[axis] - self.centre_lps_mm[axis]);
        let semi_axes = self.semi_axes_mm();
        let length = |of: [f64; 3]| of.iter().map(|part| part * part).sum::<f64>().sqrt();
        // 1 on the surface.
        let scaled = length([0, 1, 2].map(|axis| from_centre[axis] / semi_axes[axis]));
        if scaled > 0.0 { length(from_centre) * (1.0 - 1.0 / scaled) } else { -0.5 * self.diameter_mm }
    }

    /// Semi-axes at half density in mm, `[x, y, z]`.
    #[must_use]
    pub fn semi_axes_mm(&self) -> [f64; 3] {
        let radius = 0.5 * self.diameter_mm;
        match self.form {
            Form::Ball => [radius; 3],
            Form::Ellipsoid => [ELONGATION * radius, radius, radius],
        }
    }

    /// The same plaque elsewhere.
    pub(super) fn moved(self, by_mm: [f64; 3]) -> Self {
        let centre_lps_mm = [0, 1, 2].map(|axis| self.centre_lps_mm[axis] + by_mm[axis]);
        Self { centre_lps_mm, ..self }
    }

    /// The same plaque, this many times as wide.
    pub(super) fn grown(self, factor: f64) -> Self {
        Self { diameter_mm: self.diameter_mm * factor, ..self }
    }

    /// Nested shells, the outermost first, in blood of `blood_hu`.
    pub(super) fn objects(self, voltage: TubeVoltage, blood_hu: f64) -> impl Iterator<Item = Object> {
        let full_hu = voltage.hu(Material::Hydroxyapatite(self.ha_mg_cm3));
        (1..=SHELLS).map(move |shell| {
            let inwards = (f64::from(shell) - 0.5) / f64::from(SHELLS);
            let part = f64::from(shell) / f64::from(SHELLS);
            let hu = blood_hu + part * (full_hu - blood_hu);
            let outwards_mm = RIM_MM * (0.5 - inwards);
            let semi_axes = self.semi_axes_mm().map(|semi_axis| semi_axis + outwards_mm);
            let shape = Shape::Ellipsoid { centre: self.centre_lps_mm, semi_axes };
            Object { shape, material: Material::Hu(hu) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BALL: Plaque =
        Plaque { form: Form::Ball, centre_lps_mm: [1.0, 2.0, 3.0], diameter_mm: 6.0, ha_mg_cm3: 200.0 };

    /// A ball of radius 3 at (1, 2, 3): 5 away along the 3-4-5 triangle is 2 outside. As an ellipsoid it ends 3.9 from
    /// its centre along x, and 3 along z.
    #[test]
    fn distances() {
        let check = |plaque: Plaque, point: [f64; 3], distance_mm: f64| {
            assert!((plaque.distance_mm(point) - distance_mm).abs() < 1e-12, "{point:?}");
        };
        check(BALL, [4.0, 6.0, 3.0], 2.0);
        check(BALL, [1.0, 2.0, 3.0], -3.0);
        let ellipsoid = Plaque { form: Form::Ellipsoid, ..BALL };
        check(ellipsoid, [5.9, 2.0, 3.0], 1.0);
        check(ellipsoid, [1.0, 2.0, 5.0], -1.0);
        assert!((ellipsoid.volume_mm3() / BALL.volume_mm3() - 1.3).abs() < 1e-12);
    }

    /// Steps of 0.2 mm around the radius of 3, from a quarter to the whole of 260 HU above blood of 40.
    #[test]
    fn the_rim() {
        let shells: Vec<_> = BALL.objects(TubeVoltage::Kv120, 40.0).collect();
        let hu = [95.0, 150.0, 205.0, 260.0];
        for ((shell, hu), radius) in shells.iter().zip(hu).zip([3.3, 3.1, 2.9, 2.7]) {
            let Shape::Ellipsoid { semi_axes, .. } = shell.shape else { panic!("shells are ellipsoids") };
            assert!(semi_axes.iter().all(|seen| (seen - radius).abs() < 1e-12), "{semi_axes:?}");
            assert_eq!(shell.material, Material::Hu(hu));
        }
    }
}
