//! A thorax with a cardiac calcification insert in the manner of the QRM phantom: nine cylinders of
//! hydroxyapatite (200, 400, 800 mg/cm3; 1, 3, 5 mm long and wide) along z in a water-like cylinder of
//! 100 mm, with lungs and a spine around. Not a copy of the product: positions are ours.

use crate::{
    Check, Header, Measure, Phantom, Tolerance,
    bloom::{Bloom, MODEL_PIXELS, NOISE_SPREADS},
    catalog::Entry,
    object::{Material, Object, Shape, column},
    regions::{Region, RegionShape, to_json},
    scanner::{Scanner, TubeVoltage},
    slab::{Seen, Slab},
};

/// HU of the insert around the calcium.
const INSERT_HU: f64 = 40.0;

/// Densities in mg/cm3 with the direction of their arm, 120 degrees apart (the number is sqrt(3) / 2).
const ARMS: [(&str, f64, [f64; 2]); 3] = [
    ("HD", 800.0, [0.0, -1.0]),
    ("MD", 400.0, [0.866_025_403_784_438_6, 0.5]),
    ("LD", 200.0, [-0.866_025_403_784_438_6, 0.5]),
];

/// Diameter and length of the cylinders with their distance from the middle, both in mm.
const SIZES: [(&str, f64, f64); 3] = [("Large", 5.0, 35.0), ("Medium", 3.0, 22.0), ("Small", 1.0, 11.0)];

/// A region reaches this far beyond its cylinder, in mm: blooming stays inside, neighbours outside.
const MARGIN_MM: f64 = 3.0;

/// The scan of a calcium score: 120 kVp, slices of 3 mm.
pub(crate) fn standard(entry: &Entry) -> Phantom {
    phantom(entry, &scanner(3.0, TubeVoltage::Kv120))
}

/// The same calcium at 100 kVp, where it is brighter.
pub(crate) fn low_voltage(entry: &Entry) -> Phantom {
    phantom(entry, &scanner(3.0, TubeVoltage::Kv100))
}

/// The same calcium in thin slices.
pub(crate) fn thin(entry: &Entry) -> Phantom {
    phantom(entry, &scanner(1.0, TubeVoltage::Kv120))
}

/// A field of 192 mm and 72 mm of height, starting off the grid of the cylinders.
fn scanner(thickness_mm: f64, voltage: TubeVoltage) -> Scanner {
    let slices = if thickness_mm < 2.0 { 72 } else { 24 };
    Scanner {
        shape: [slices, 384, 384],
        spacing_mm: [thickness_mm, 0.5, 0.5],
        slice_thickness_mm: thickness_mm,
        psf_fwhm_mm: 1.0,
        noise_sd_hu: 8.0,
        start_mm: -35.2,
        voltage,
        seed: 20,
    }
}

/// One calcium cylinder, centred on z = 0.
struct Insert {
    name: String,
    axis: [f64; 2],
    size_mm: f64,
    ha_mg_cm3: f64,
}

fn inserts() -> Vec<Insert> {
    let arm = |(density, ha_mg_cm3, direction): (&str, f64, [f64; 2])| {
        SIZES.map(|(size, size_mm, distance)| Insert {
            name: format!("{size}_{density}"),
            axis: direction.map(|part| part * distance),
            size_mm,
            ha_mg_cm3,
        })
    };
    ARMS.into_iter().flat_map(arm).collect()
}

fn phantom(entry: &Entry, scanner: &Scanner) -> Phantom {
    let inserts = inserts();
    let objects: Vec<Object> = thorax().into_iter().chain(inserts.iter().map(Insert::object)).collect();
    let header = Header {
        patient_name: "PHANTOM^QRM".into(),
        series_description: "CALCIUM SCORE QRM-LIKE".into(),
        kvp: scanner.voltage.kv(),
        slice_thickness_mm: scanner.slice_thickness_mm,
        ..Header::named(entry.name)
    };
    Phantom {
        name: entry.name,
        about: entry.about,
        volume: scanner.scan(&objects),
        header,
        regions_json: Some(to_json(inserts.iter().map(Insert::region).collect())),
        labels: None,
        mass_factor: Some(1.0 / scanner.voltage.hu_per_mg_cm3()),
        checks: inserts.iter().flat_map(|insert| insert.checks(scanner)).collect(),
    }
}

/// The thorax without calcium: oval body, lungs, spine with a denser shell, insert.
fn thorax() -> Vec<Object> {
    vec![
        column([0.0, 0.0], [150.0, 100.0], 20.0),
        column([-98.0, 0.0], [44.0, 70.0], -850.0),
        column([98.0, 0.0], [44.0, 70.0], -850.0),
        column([0.0, 74.0], [18.0, 16.0], 500.0),
        column([0.0, 74.0], [15.0, 13.0], 200.0),
        column([0.0, 0.0], [50.0, 50.0], INSERT_HU),
    ]
}

impl Insert {
    fn object(&self) -> Object {
        let radius = 0.5 * self.size_mm;
        let z = [-radius, radius];
        let shape = Shape::Cylinder { axis: self.axis, semi_axes: [radius, radius], z };
        Object { shape, material: Material::Hydroxyapatite(self.ha_mg_cm3) }
    }

    fn region(&self) -> Region {
        let [x, y] = self.axis;
        let half = 0.5 * self.size_mm + MARGIN_MM;
        let shape = RegionShape::CylinderLpsMm { from: [x, y, -half], to: [x, y, half], radius: half };
        Region { name: self.name.clone(), shape, slices: None }
    }

    fn slab(&self, scanner: &Scanner) -> Slab {
        Slab {
            diameter_mm: self.size_mm,
            length_mm: self.size_mm,
            hu: scanner.voltage.hu(Material::Hydroxyapatite(self.ha_mg_cm3)),
            background_hu: INSERT_HU,
            thickness_mm: scanner.slice_thickness_mm,
            increment_mm: scanner.spacing_mm[0],
        }
    }

    /// Where the scanner's grid meets the cylinder.
    fn bloom(&self, scanner: &Scanner) -> Bloom {
        let pixel_mm = scanner.spacing_mm[1];
        // The number of rows and columns is even: pixel centres lie half a pixel off the middle of the field.
        let from_centre = |mm: f64| (mm / pixel_mm - 0.5 - (mm / pixel_mm - 0.5).round()) * pixel_mm;
        Bloom {
            slab: self.slab(scanner),
            psf_fwhm_mm: scanner.psf_fwhm_mm,
            pixel_mm,
            noise_sd_hu: scanner.noise_sd_hu,
            axis_mm: self.axis.map(from_centre),
            first_slice_mm: scanner.start_mm + 0.5 * self.size_mm,
        }
    }

    /// Agatston score, volume and mass of one cylinder.
    fn checks(&self, scanner: &Scanner) -> [Check; 3] {
        let slab = self.slab(scanner);
        let bloom = self.bloom(scanner);
        let (expected, least, most) = (bloom.expected(), bloom.least(), bloom.most());
        // HU mm3 over HU per mg/cm3 is mg/cm3 mm3, and 1 cm3 is 1000 mm3.
        let mg = |seen: &Seen| seen.hu_mm3 / (scanner.voltage.hu_per_mg_cm3() * 1000.0);
        let reason = format!(
            "slabs seen through a point spread of {} mm at this start; bounds: {NOISE_SPREADS} SD of {} HU noise on \
             every pixel and {MODEL_PIXELS} pixels of the rim",
            bloom.psf_fwhm_mm, bloom.noise_sd_hu
        );
        let check = |measure, truth: f64, of: &dyn Fn(&Seen) -> f64| Check {
            region: self.name.clone(),
            measure,
            truth,
            expected: of(&expected),
            tolerance: Tolerance { low: of(&least), high: of(&most) },
            reason: reason.clone(),
        };
        let true_mass_mg = self.ha_mg_cm3 * slab.true_volume_mm3() / 1000.0;
        [
            // No object has a true Agatston score: the ideal slab model, averaged over all starts, stands for it.
            check(Measure::Agatston, slab.agatston().mean, &|seen| seen.agatston),
            check(Measure::VolumeMm3, slab.true_volume_mm3(), &|seen| seen.volume_mm3),
            check(Measure::MassMg, true_mass_mg, &mg),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// True volumes and masses of the published insert table.
    #[test]
    fn the_insert_table() {
        let table = [(5.0, 800.0, 98.175, 78.54), (3.0, 200.0, 21.206, 4.241), (1.0, 400.0, 0.785, 0.314)];
        for (size_mm, ha_mg_cm3, volume, mass) in table {
            let insert = Insert { name: String::new(), axis: [0.0; 2], size_mm, ha_mg_cm3 };
            let checks = insert.checks(&scanner(3.0, TubeVoltage::Kv120));
            assert!((checks[1].truth - volume).abs() < 6e-4, "{volume} mm3");
            assert!((checks[2].truth - mass).abs() < 6e-4, "{mass} mg");
        }
    }

    /// At 100 kVp 200 mg/cm3 has 294 HU instead of 260: weight 2 either way, 400 mg/cm3 goes 520 to 588.
    #[test]
    fn the_voltage_reaches_the_slab() {
        let insert = &inserts()[6];
        assert_eq!(insert.name, "Large_LD");
        assert!((insert.slab(&scanner(3.0, TubeVoltage::Kv100)).hu - 294.0).abs() < 1e-9);
    }

    #[test]
    fn regions_keep_apart() {
        let inserts = inserts();
        assert_eq!(inserts.len(), 9);
        for (index, a) in inserts.iter().enumerate() {
            for b in &inserts[..index] {
                let [dx, dy] = [a.axis[0] - b.axis[0], a.axis[1] - b.axis[1]];
                let reach = 0.5 * (a.size_mm + b.size_mm) + 2.0 * MARGIN_MM;
                assert!((dx * dx + dy * dy).sqrt() > reach, "{} and {}", a.name, b.name);
            }
        }
    }
}
