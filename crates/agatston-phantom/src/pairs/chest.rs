//! The chest around the plaques and the scanner that sees it twice. Its anatomy is a scheme: each artery has a quarter
//! of the heart, so that plaques keep apart.

use crate::{
    Header,
    object::{Object, column},
    pairs::{Kind, Plaque, Recipe, Scan, draw::Draw},
    regions::{Region, RegionShape, to_json},
    scanner::{Scanner, TubeVoltage},
    volume::as_f64,
};

/// HU of the heart.
const BLOOD_HU: f64 = 42.0;
/// The arteries with the middle of their quarter, LPS `[x, y]` in mm.
pub(super) const QUARTERS: [(&str, [f64; 2]); 4] =
    [("LM", [-11.0, 11.0]), ("LAD", [11.0, -11.0]), ("LCX", [11.0, 11.0]), ("RCA", [-11.0, -11.0])];
/// How far an artery reaches from the middle of its quarter, `[x, y, z]` in mm.
const REACH_MM: [f64; 3] = [10.75, 10.75, 36.0];

/// Rows and columns.
const SIDE: usize = 144;
/// Row and column spacing in mm.
const PIXEL_MM: f64 = 0.5;
/// Height of the slab in mm.
const HEIGHT_MM: f64 = 84.0;
/// Slice thickness and increment of a calcium scan in mm.
const THICKNESS_MM: f64 = 3.0;
/// Full width at half maximum of the point spread in mm.
const PSF_FWHM_MM: [f64; 2] = [1.0, 1.3];
/// Standard deviation of the noise in HU.
const NOISE_SD_HU: [f64; 2] = [18.0, 20.0];
/// How far the patient may lie from the first place at the second scan, along each axis in mm.
const SHIFT_MM: f64 = 3.0;
/// Dates of the two scans, a year apart.
const DATES: [&str; 2] = ["20200102", "20210101"];

/// How one scan is made.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    scanner: Scanner,
    /// ConvolutionKernel.
    kernel: &'static str,
    /// Where the patient lies, LPS mm.
    pub(super) shift_mm: [f64; 3],
    /// `baseline` or `followup`.
    time: &'static str,
    date: &'static str,
}

/// How the two scans of a recipe are made: alike, but for noise, the start of the slab, a shift of the patient in
/// every other recipe, and what the kind changes.
pub(super) fn settings(recipe: Recipe, draw: &mut Draw) -> [Setting; 2] {
    let scanner = Scanner {
        shape: [0, SIDE, SIDE],
        spacing_mm: [0.0, PIXEL_MM, PIXEL_MM],
        slice_thickness_mm: 0.0,
        psf_fwhm_mm: draw.between(PSF_FWHM_MM),
        noise_sd_hu: draw.between(NOISE_SD_HU),
        start_mm: 0.0,
        voltage: TubeVoltage::Kv120,
        seed: (recipe.seed() << 1) | 1 << 48,
    };
    let plain = Setting { scanner, kernel: "B35f", shift_mm: [0.0; 3], time: "baseline", date: DATES[0] };
    let baseline = plain.sliced(THICKNESS_MM, draw);
    let shift_mm = [SHIFT_MM; 3].map(|most| draw.between([-most, most]));
    let again = Setting {
        scanner: Scanner { seed: scanner.seed | 1, ..scanner },
        shift_mm: if recipe.index % 2 == 1 { shift_mm } else { [0.0; 3] },
        time: "followup",
        date: DATES[1],
        ..plain
    };
    [baseline, again.changed(recipe, draw)]
}

impl Setting {
    /// What the kind of the recipe changes in the second scan.
    fn changed(mut self, recipe: Recipe, draw: &mut Draw) -> Self {
        let variant = recipe.index % 3;
        match recipe.kind {
            // Every fourth is noisier, as in a patient who gained weight.
            Kind::Unchanged if recipe.index % 4 == 3 => self.scanner.noise_sd_hu *= 1.2,
            Kind::OtherVoltage => self.scanner.voltage = TubeVoltage::Kv100,
            Kind::OtherKernel => {
                let kernels = [("B20f", 1.5), ("B50f", 0.5), ("B70f", 0.25)];
                let (kernel, blur) = kernels[variant];
                self.kernel = kernel;
                self.scanner.psf_fwhm_mm *= blur;
            }
            Kind::OtherThickness => {
                return self.sliced([1.5, 2.5, 5.0][variant], draw);
            }
            _ => {}
        }
        self.sliced(THICKNESS_MM, draw)
    }

    /// Slices of this thickness, one upon the other, from a random start.
    fn sliced(mut self, thickness_mm: f64, draw: &mut Draw) -> Self {
        self.scanner.shape[0] = (0..).take_while(|slice| as_f64(*slice) * thickness_mm < HEIGHT_MM).count();
        self.scanner.spacing_mm[0] = thickness_mm;
        self.scanner.slice_thickness_mm = thickness_mm;
        self.scanner.start_mm = draw.between([0.0, thickness_mm]) - 0.5 * HEIGHT_MM;
        self
    }

    /// The scan of these plaques, which already lie where the patient does.
    pub(super) fn scan(&self, pair: &str, plaques: impl Iterator<Item = Plaque>) -> Scan {
        let calcium = plaques.flat_map(|plaque| plaque.objects(self.scanner.voltage, BLOOD_HU));
        let objects: Vec<Object> = self.body().into_iter().chain(calcium).collect();
        let header = Header {
            patient_name: "PHANTOM^PAIR".into(),
            patient_id: format!("PAIR-{pair}"),
            date: self.date.into(),
            // A maker whose kernels are known by name.
            manufacturer: "SIEMENS".into(),
            kernel: self.kernel.into(),
            kvp: self.scanner.voltage.kv(),
            slice_thickness_mm: self.scanner.slice_thickness_mm,
            ..Header::named(&format!("pairs/{pair}/{}", self.time))
        };
        let regions = QUARTERS.iter().map(|quarter| self.region(quarter)).collect();
        Scan { volume: self.scanner.scan(&objects), header, regions_json: to_json(regions) }
    }

    /// Chest wall, lungs and heart, in air.
    fn body(&self) -> [Object; 3] {
        let [x, y, _] = self.shift_mm;
        [
            column([x, y], [33.0, 31.0], 45.0),
            column([x, y], [31.5, 20.0], -850.0),
            column([x, y], [26.5, 26.5], BLOOD_HU),
        ]
    }

    /// Where an artery may have calcium.
    fn region(&self, (artery, [x, y]): &(&str, [f64; 2])) -> Region {
        let centre = [*x, *y, 0.0];
        let corner =
            |side: f64| [0, 1, 2].map(|axis| centre[axis] + self.shift_mm[axis] + side * REACH_MM[axis]);
        let shape = RegionShape::BoxLpsMm { min: corner(-1.0), max: corner(1.0) };
        Region { name: (*artery).into(), shape, slices: None }
    }
}
