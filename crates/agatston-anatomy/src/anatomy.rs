//! The whole pipeline on the work grid: what was found of the chest, what it measures, and whether that is a scan that can be
//! scored.

use crate::{
    aorta::{Aorta, Root, aorta},
    bone::{Spine, bone, spine},
    gate::Gate,
    grid::WorkGrid,
    heart::{Blood, Chest, Heart, blood, heart},
    lungs::{lesser_side, lungs, volume_ml},
    mask::Mask,
    parameters::Parameters,
    voxels::count,
};

/// What was found in a work grid, as far as the search came.
#[derive(Clone, Debug)]
pub struct Anatomy {
    /// Means and standard deviations of blocks.
    pub grid: WorkGrid,
    /// The lungs.
    pub lungs: Mask,
    /// Bone.
    pub bone: Mask,
    /// The spine.
    pub spine: Option<Spine>,
    /// The aorta.
    pub aorta: Aorta,
    /// The heart.
    pub heart: Option<Heart>,
    /// The blood in it.
    pub blood: Option<Blood>,
    /// What gates look at.
    pub measured: Measured,
    /// The gates that did not let it pass, in their order.
    pub gates: Vec<Gate>,
}

/// What the gates look at; `None` where the search did not come so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Volume of the lungs, ml.
    pub lungs_ml: f64,
    /// Share of the lungs that lies on the side of the spine where there is less.
    pub lesser_lung: Option<f64>,
    /// Share of the slices where the front of the spine was found.
    pub spine_found: Option<f64>,
    /// How much the ascending aorta looks like one, 0 to 1.
    pub aorta_score: Option<f64>,
    /// Median area of the heart below the root point, cm2.
    pub heart_area_cm2: Option<f64>,
    /// The blood in it.
    pub blood: Option<Blood>,
    /// From the first slice to the root point, mm.
    pub below_root_mm: Option<f64>,
    /// From the root point to the last slice, mm.
    pub above_root_mm: Option<f64>,
}

/// Everything that lesions are placed by.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    pub(crate) grid: &'a WorkGrid,
    pub(crate) lungs: &'a Mask,
    pub(crate) bone: &'a Mask,
    pub(crate) spine: &'a Spine,
    pub(crate) aorta: &'a Aorta,
    /// The root point.
    pub root: &'a Root,
    /// The heart.
    pub heart: &'a Heart,
    /// Its blood.
    pub blood: &'a Blood,
}

impl Anatomy {
    /// Looks at a work grid.
    pub fn of(grid: WorkGrid) -> Self {
        let p = Parameters::shipped();
        let spacing_mm = grid.layout.spacing_mm();
        let shape = grid.layout.shape();
        // A series smaller than a block holds nothing.
        let (lungs, bone) = match shape.contains(&0) {
            true => (Mask::empty(shape), Mask::empty(shape)),
            false => rayon::join(|| lungs(&grid, p), || bone(&grid, p)),
        };
        let measured = Measured { lungs_ml: volume_ml(&lungs, spacing_mm), ..Measured::default() };
        let mut found = Self {
            grid,
            lungs,
            bone,
            spine: None,
            aorta: Aorta::default(),
            heart: None,
            blood: None,
            measured,
            gates: Vec::new(),
        };
        found.search(p);
        found.gates = Gate::closed(&found.measured, found.aorta.root.as_ref(), p);
        found
    }

    /// Everything, where the search came to its end.
    pub fn whole(&self) -> Option<Whole<'_>> {
        Some(Whole {
            grid: &self.grid,
            lungs: &self.lungs,
            bone: &self.bone,
            spine: self.spine.as_ref()?,
            aorta: &self.aorta,
            root: self.aorta.root.as_ref()?,
            heart: self.heart.as_ref()?,
            blood: self.blood.as_ref()?,
        })
    }

    /// Spine, aorta and heart, each as far as the one before was found.
    fn search(&mut self, p: &Parameters) {
        if self.measured.lungs_ml < p.lungs.least_ml {
            return;
        }
        let spacing_mm = self.grid.layout.spacing_mm();
        self.spine = spine(&self.bone, &self.lungs, spacing_mm, p);
        self.measured.spine_found = Some(self.spine.as_ref().map_or(0.0, |spine| spine.found));
        let Some(spine) = self.spine.as_ref().filter(|spine| spine.found >= p.bone.spine_least_share) else {
            return;
        };
        self.measured.lesser_lung = Some(lesser_side(&self.lungs, spine.column));
        self.aorta = aorta(&self.grid, spine, &self.lungs, p);
        let Some(root) = self.aorta.root else { return };
        let [slices, _, _] = self.grid.layout.shape();
        self.measured.aorta_score = Some(root.score);
        self.measured.below_root_mm = Some(count(root.slice) * spacing_mm[0]);
        self.measured.above_root_mm = Some(count(slices - 1 - root.slice) * spacing_mm[0]);
        let chest = Chest { grid: &self.grid, lungs: &self.lungs, bone: &self.bone, spine, root: &root };
        let heart = heart(&chest, p);
        self.measured.heart_area_cm2 = Some(heart.area_cm2);
        self.blood = blood(&self.grid, &heart, &root, p);
        self.measured.blood = self.blood;
        self.heart = Some(heart);
    }
}
