//! What happens to the plaques of each kind of pair, with the verdicts that are right for it. Sizes are chosen so that
//! a change that must be seen is well beyond the limits of repeatability (Sevrukov 2005), and one that must not is
//! well within: the tests ask the oracle.

use super::{
    Fate, Form, Kind, Plaque, PlaqueTruth, Recipe, Relation, Truth,
    draw::{Draw, Place},
};

const WITHIN: &str = "within_scan_rescan_noise";
const GROWTH: &str = "growth";
const DENSIFICATION: &str = "densification";
const EITHER: &str = "growth_or_densification";
const REVERSAL: &str = "apparent_reversal";

/// Sizes in mm that make a score low, middling and high; the last adds up to more than 1000.
const TIERS: [([usize; 2], [f64; 2]); 5] = [
    ([1, 1], [2.0, 3.0]),
    ([1, 2], [3.0, 5.0]),
    ([3, 4], [2.0, 6.0]),
    ([3, 6], [2.0, 8.0]),
    ([4, 6], [6.0, 10.0]),
];

/// A plaque in its artery.
type Placed = (&'static str, Plaque);

/// The plaques of a pair and what became of them, in a patient who did not move.
pub(super) struct Story {
    truth: Truth,
}

/// The story of a recipe.
pub(super) fn of(recipe: Recipe, draw: &mut Draw) -> Story {
    let index = recipe.index;
    match recipe.kind {
        Kind::Unchanged => unchanged(index, draw),
        Kind::Grown => grown(index, draw),
        Kind::Denser => denser(index, draw),
        Kind::Merged => merged(draw),
        Kind::Removed => removed(index, draw),
        Kind::New => new(index, draw),
        Kind::OtherVoltage => not_comparable("brighter calcium at a lower tube voltage", draw),
        Kind::OtherKernel => not_comparable("another kernel blurs plaques by another amount", draw),
        Kind::OtherThickness => not_comparable("thinner slices see more calcium, thicker ones less", draw),
    }
}

/// Every 25th pair has no calcium at all.
fn unchanged(index: usize, draw: &mut Draw) -> Story {
    if index % 25 == 24 {
        return Story::new(&["no_calcium"], "no calcium, only noise");
    }
    let (count, diameters_mm) = TIERS[index % TIERS.len()];
    let mut story = Story::new(&[WITHIN], "nothing changed");
    draw.plaques(count, diameters_mm).into_iter().for_each(|plaque| story.stays(plaque));
    story
}

fn not_comparable(about: &'static str, draw: &mut Draw) -> Story {
    let mut story = Story::new(&["not_comparable"], about);
    draw.plaques([2, 4], [3.0, 8.0]).into_iter().for_each(|plaque| story.stays(plaque));
    story
}

/// Large plaques, or, in three of thirteen, a small one. Bystanders are small: the growth is most of the volume.
fn grown(index: usize, draw: &mut Draw) -> Story {
    if index % 13 >= 10 {
        let about = "one small plaque grew: too small to tell size from density, perhaps under the limits";
        let mut story = Story::new(&[GROWTH, EITHER, WITHIN], about);
        let small = draw.plaque([2.0, 3.0]);
        story.grows(small, draw.between([1.35, 1.5]));
        return story;
    }
    let mut story = Story::new(&[GROWTH], "plaques of 5 mm and more grew by 40 to 55 % in diameter");
    for plaque in draw.plaques([1, 2], [5.0, 8.0]) {
        story.grows(plaque, draw.between([1.4, 1.55]));
    }
    draw.plaques([0, 2], [2.0, 4.0]).into_iter().for_each(|plaque| story.stays(plaque));
    story
}

/// Large plaques, or, in three of thirteen, a small one. Beyond weight 4 only the rim makes the score larger: it
/// takes several large plaques that go from 400 to 800 mg/cm3 to pass the limits.
fn denser(index: usize, draw: &mut Draw) -> Story {
    if index % 13 >= 10 {
        let about = "one plaque of 3 mm became denser: too small to tell, perhaps under the limits";
        let mut story = Story::new(&[DENSIFICATION, EITHER, WITHIN], about);
        let small = draw.plaque([2.8, 3.3]);
        story.densifies(small, [[300.0, 800.0], [400.0, 800.0]][index % 2]);
        return story;
    }
    let mut story = Story::new(&[DENSIFICATION], "plaques of 5 mm and more became denser at the same size");
    let (densities, count, diameters_mm) = [
        ([200.0, 400.0], [1, 3], [5.0, 9.0]),
        ([200.0, 800.0], [1, 3], [5.0, 9.0]),
        ([400.0, 800.0], [8, 10], [8.0, 10.0]),
    ][index % 3];
    for plaque in draw.plaques(count, diameters_mm) {
        story.densifies(plaque, densities);
    }
    draw.plaques([0, 1], [2.0, 3.0]).into_iter().for_each(|plaque| story.stays(plaque));
    story
}

/// Two balls with 2.8 mm and more of blood between them, so that blur does not join them, grow until they overlap.
/// They lie in one plane: between slices a gap is lost in the slice thickness.
fn merged(draw: &mut Draw) -> Story {
    let mut story = Story::new(&[GROWTH], "two neighbours of one artery grew together into one lesion");
    let Place { artery, centre_lps_mm } = draw.place();
    let [cosine, sine] = [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.8, -0.6]][draw.count([0, 3])];
    let diameter_mm = draw.between([5.0, 6.0]);
    let apart_mm = diameter_mm + draw.between([2.8, 3.2]);
    let growth = draw.between([1.0, 1.05]) * apart_mm / diameter_mm;
    let ball =
        Plaque { form: Form::Ball, centre_lps_mm, diameter_mm, ha_mg_cm3: draw.between([300.0, 800.0]) };
    let halves = [-0.5, 0.5].map(|side| ball.moved([side * apart_mm * cosine, side * apart_mm * sine, 0.0]));
    story.merge(artery, halves, growth);
    draw.plaques([0, 2], [2.0, 4.0]).into_iter().for_each(|plaque| story.stays(plaque));
    story
}

fn removed(index: usize, draw: &mut Draw) -> Story {
    match index % 14 {
        0..5 => {
            let mut story = Story::new(&[REVERSAL], "the only plaque is gone, and it was large");
            story.vanishes(draw.plaque([5.0, 9.0]));
            story
        }
        5..11 => {
            let mut story = Story::new(&[REVERSAL], "most of several large plaques are gone");
            draw.plaques([2, 3], [6.0, 9.0]).into_iter().for_each(|plaque| story.vanishes(plaque));
            draw.plaques([1, 2], [5.0, 7.0]).into_iter().for_each(|plaque| story.stays(plaque));
            story
        }
        11..13 => {
            let mut story =
                Story::new(&[WITHIN], "a small plaque beside large ones is gone: under the limits");
            story.vanishes(draw.plaque([2.0, 2.6]));
            draw.plaques([3, 4], [7.0, 10.0]).into_iter().for_each(|plaque| story.stays(plaque));
            story
        }
        _ => {
            let mut story =
                Story::new(&[WITHIN], "the only plaque is gone, but so small a score may be noise");
            story.vanishes(draw.plaque([2.0, 2.6]));
            story
        }
    }
}

fn new(index: usize, draw: &mut Draw) -> Story {
    match index % 14 {
        0..5 => {
            let mut story = Story::new(&["incident"], "the first plaque, beyond the limits from zero");
            story.appears(draw.plaque([4.0, 8.0]));
            story
        }
        5..11 => {
            let mut story = Story::new(&[GROWTH], "large plaques appeared beside small ones");
            draw.plaques([1, 2], [3.0, 4.4]).into_iter().for_each(|plaque| story.stays(plaque));
            draw.plaques([1, 2], [6.0, 9.0]).into_iter().for_each(|plaque| story.appears(plaque));
            story
        }
        11..13 => {
            let mut story = Story::new(&[WITHIN], "a speck appeared beside large plaques: under the limits");
            draw.plaques([3, 4], [7.0, 10.0]).into_iter().for_each(|plaque| story.stays(plaque));
            story.appears(draw.plaque([1.3, 1.5]));
            story
        }
        _ => {
            let verdicts = &["incident_within_noise", "no_calcium"];
            let about = "the first plaque, a speck: under the limits from zero, or under 130 HU";
            let mut story = Story::new(verdicts, about);
            story.appears(draw.plaque([1.3, 1.5]));
            story
        }
    }
}

impl Story {
    fn new(verdicts: &'static [&'static str], about: &'static str) -> Self {
        let truth = Truth { verdicts, about, shift_mm: [0.0; 3], plaques: Vec::new(), relations: Vec::new() };
        Self { truth }
    }

    /// The truth when the patient lies elsewhere at the second scan.
    pub(super) fn seen_after(mut self, shift_mm: [f64; 3]) -> Truth {
        for plaque in &mut self.truth.plaques {
            plaque.followup = plaque.followup.map(|plaque| plaque.moved(shift_mm));
        }
        Truth { shift_mm, ..self.truth }
    }

    fn stays(&mut self, (artery, plaque): Placed) {
        self.alone(Fate::Persistent, PlaqueTruth { artery, baseline: Some(plaque), followup: Some(plaque) });
    }

    fn grows(&mut self, (artery, plaque): Placed, factor: f64) {
        let followup = Some(plaque.grown(factor));
        self.alone(Fate::Persistent, PlaqueTruth { artery, baseline: Some(plaque), followup });
    }

    /// From the first density in mg/cm3 to the second.
    fn densifies(&mut self, (artery, plaque): Placed, densities: [f64; 2]) {
        let [baseline, followup] = densities.map(|ha_mg_cm3| Some(Plaque { ha_mg_cm3, ..plaque }));
        self.alone(Fate::Persistent, PlaqueTruth { artery, baseline, followup });
    }

    fn vanishes(&mut self, (artery, plaque): Placed) {
        self.alone(Fate::Vanished, PlaqueTruth { artery, baseline: Some(plaque), followup: None });
    }

    fn appears(&mut self, (artery, plaque): Placed) {
        self.alone(Fate::New, PlaqueTruth { artery, baseline: None, followup: Some(plaque) });
    }

    /// A plaque that is a lesion of its own whenever it is there.
    fn alone(&mut self, fate: Fate, plaque: PlaqueTruth) {
        let index = self.truth.plaques.len();
        let lesions = |there: bool| if there { vec![vec![index]] } else { Vec::new() };
        let (baseline, followup) = (lesions(plaque.baseline.is_some()), lesions(plaque.followup.is_some()));
        self.truth.relations.push(Relation { fate, baseline, followup });
        self.truth.plaques.push(plaque);
    }

    /// Two plaques that grow by this factor in diameter and become one lesion.
    fn merge(&mut self, artery: &'static str, plaques: [Plaque; 2], growth: f64) {
        let first = self.truth.plaques.len();
        let [a, b] = [first, first + 1];
        self.truth.relations.push(Relation {
            fate: Fate::Merged,
            baseline: vec![vec![a], vec![b]],
            followup: vec![vec![a, b]],
        });
        self.truth.plaques.extend(plaques.map(|plaque| PlaqueTruth {
            artery,
            baseline: Some(plaque),
            followup: Some(plaque.grown(growth)),
        }));
    }
}
