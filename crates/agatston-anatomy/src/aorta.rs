//! The aorta: descending and ascending discs from slice to slice, and the root point where the ascending one ends.
//!
//! ```text
//! score discs in a window before the spine --best path--> a disc a slice
//! ascending: the best straight stack of 15 mm is the anchor; from there down until discs go bad
//! the last good disc is the root point, about the level of the left main ostium
//! ```

use crate::{
    bone::Spine,
    disc::{Rays, Window},
    grid::WorkGrid,
    mask::Mask,
    parameters::{Aorta as Rules, Parameters},
    path::{Moves, State, States, best_path},
    stats::median,
    voxels::{count, single, whole},
};
use ndarray::Axis;
use rayon::prelude::*;
use std::{collections::BTreeMap, ops::Range};

/// A cross-section of the aorta.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disc {
    /// Row of its centre, in the work grid.
    pub row: usize,
    /// Column of its centre.
    pub column: usize,
    /// Radius, mm.
    pub radius_mm: f64,
    /// How much it looks like a disc of blood with a rim, 0 to 1.
    pub score: f64,
}

/// Where the ascending aorta begins: the origin of every position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Root {
    /// Slice of the work grid.
    pub slice: usize,
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
    /// Radius of the ascending aorta, mm.
    pub radius_mm: f64,
    /// Mean score of the anchor.
    pub score: f64,
    /// Whether discs went bad below it; else the slices ran out.
    pub ends: bool,
}

/// The discs of both parts, by slice of the work grid, and the root point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aorta {
    /// Descending aorta.
    pub descending: BTreeMap<usize, Disc>,
    /// Ascending aorta from the root point up.
    pub ascending: BTreeMap<usize, Disc>,
    /// The root point; `None` where no stack of slices was high enough to hold an anchor.
    pub root: Option<Root>,
}

/// Follows the aorta.
pub(crate) fn aorta(grid: &WorkGrid, spine: &Spine, lungs: &Mask, p: &Parameters) -> Aorta {
    let rules = &p.aorta;
    let Some(of_lungs) = lungs.slices() else { return Aorta::default() };
    let side = |column: usize| {
        (count(column) - count(spine.column)) * grid.layout.spacing_mm()[2] - rules.side_free_mm
    };
    let descending = || {
        let radii = &rules.descending_radii;
        let window = window(grid, spine, [rules.descending_y, rules.descending_x], 0..of_lungs.end, radii);
        follow(grid, &window, p, |_| 0.0)
    };
    let ascending = || {
        let slices = lowest_ascending(grid, lungs, rules)..of_lungs.end;
        let window =
            window(grid, spine, [rules.ascending_y, rules.ascending_x], slices, &rules.ascending_radii);
        follow(grid, &window, p, |column| rules.side_cost_per_mm * side(column).max(0.0))
    };
    let (descending, mut ascending) = rayon::join(descending, ascending);
    let spacing_mm = grid.layout.spacing_mm();
    let root = Walk { discs: &ascending, spacing_mm, spine_column: spine.column, rules }.root();
    match root {
        Some(root) => ascending.retain(|&slice, _| slice >= root.slice),
        None => ascending.clear(),
    }
    Aorta { descending, ascending, root }
}

/// The lowest slice where the ascending aorta is looked for.
fn lowest_ascending(grid: &WorkGrid, lungs: &Mask, rules: &Rules) -> usize {
    let [slices, _, _] = grid.layout.shape();
    let areas: Vec<usize> = (0..slices).map(|z| lungs.count_in(z)).collect();
    let most = areas.iter().copied().max().unwrap_or(0);
    let wide = areas.iter().position(|&area| count(area) >= rules.ascending_lung_share * count(most));
    whole(rules.ascending_from_mm / grid.layout.spacing_mm()[0]).max(wide.unwrap_or(0))
}

/// Centres at distances in mm from the middle of the front of the spine, `[rows, columns]`, as far as the grid reaches.
fn window(
    grid: &WorkGrid,
    spine: &Spine,
    distances_mm: [[f64; 2]; 2],
    slices: Range<usize>,
    radii: &[f64],
) -> Window {
    let shape = grid.layout.shape();
    let spacing_mm = grid.layout.spacing_mm();
    let from = [spine.median_front(), count(spine.column)];
    let range = |axis: usize| {
        let [low, high] = distances_mm[axis - 1].map(|mm| whole(from[axis - 1] + mm / spacing_mm[axis]));
        low.min(shape[axis])..high.min(shape[axis])
    };
    Window { slices, rows: range(1), columns: range(2), radii: radii.to_vec() }
}

/// The disc of each slice on the best path; `side` is what a column costs the path, but not the scores that are kept.
fn follow(
    grid: &WorkGrid,
    window: &Window,
    p: &Parameters,
    side: impl Fn(usize) -> f64,
) -> BTreeMap<usize, Disc> {
    if window.slices.len() < 2 || window.scores() == 0 {
        return BTreeMap::new();
    }
    let [along, down, aside] = grid.layout.spacing_mm();
    let rays = Rays::new(&window.radii, [down, aside], p);
    let score = |z: usize| rays.score(grid.mean.index_axis(Axis(0), z), window, p);
    let scores: Vec<Vec<f32>> = window.slices.clone().into_par_iter().map(score).collect();
    let costs: Vec<f32> = window.columns.clone().map(|column| single(side(column))).collect();
    let cheaper = |scores: &Vec<f32>| {
        let rows = scores.chunks_exact(costs.len());
        rows.flat_map(|row| row.iter().zip(&costs).map(|(score, cost)| score - cost)).collect::<Vec<f32>>()
    };
    let priced: Vec<Vec<f32>> = scores.iter().map(cheaper).collect();
    let states = States { radii: window.radii.len(), rows: window.rows.len(), columns: window.columns.len() };
    let most_mm = p.aorta.step_mm.max(p.aorta.step_per_increment * along);
    let moves = Moves {
        most: [down, aside].map(|mm| whole(most_mm / mm).max(1)),
        spacing_mm: [down, aside],
        cost_per_mm: p.aorta.cost_per_mm,
        cost_per_radius_step: p.aorta.cost_per_radius_step,
    };
    let disc = |(state, scores): (&State, &Vec<f32>)| Disc {
        row: window.rows.start + state.row,
        column: window.columns.start + state.column,
        radius_mm: window.radii[state.radius],
        score: f64::from(scores[(state.radius * states.rows + state.row) * states.columns + state.column]),
    };
    let path = best_path(&priced, states, moves);
    window.slices.clone().zip(path.iter().zip(&scores).map(disc)).collect()
}

/// The way down the ascending aorta.
struct Walk<'a> {
    discs: &'a BTreeMap<usize, Disc>,
    spacing_mm: [f64; 3],
    spine_column: usize,
    rules: &'a Rules,
}

/// The best straight stack of discs.
struct Anchor {
    slice: usize,
    score: f64,
    radius_mm: f64,
    column: f64,
}

impl Walk<'_> {
    fn root(&self) -> Option<Root> {
        let anchor = self.anchor()?;
        let (&lowest, _) = self.discs.first_key_value()?;
        let mut last = anchor.slice;
        let mut bad = 0;
        for slice in (lowest..anchor.slice).rev() {
            if self.is_bad(slice, &anchor) {
                bad += 1;
            } else {
                (bad, last) = (0, slice);
            }
            if count(bad) * self.spacing_mm[0] >= self.rules.walk_bad_mm {
                break;
            }
        }
        let disc = self.discs[&last];
        Some(Root {
            slice: last,
            row: disc.row,
            column: disc.column,
            radius_mm: anchor.radius_mm,
            score: anchor.score,
            ends: last > lowest,
        })
    }

    fn anchor(&self) -> Option<Anchor> {
        let height = whole(self.rules.anchor_mm / self.spacing_mm[0]).max(1);
        let (&lowest, _) = self.discs.first_key_value()?;
        let (&highest, _) = self.discs.last_key_value()?;
        let mut best: Option<(f64, Anchor)> = None;
        for slice in lowest..(highest + 2).saturating_sub(height).max(lowest) {
            let stack: Vec<Disc> = (slice..slice + height).map(|z| self.discs[&z]).collect();
            let (worth, anchor) = self.stack(slice, &stack);
            if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                best = Some((worth, anchor));
            }
        }
        best.map(|(_, anchor)| anchor)
    }

    /// What a stack is worth as an anchor: its score, less for changing radii, for lying left and for being thin.
    fn stack(&self, slice: usize, stack: &[Disc]) -> (f64, Anchor) {
        let mean = |of: &dyn Fn(&Disc) -> f64| stack.iter().map(of).sum::<f64>() / count(stack.len());
        let middle = |of: &dyn Fn(&Disc) -> f64| median(stack.iter().map(of).collect()).unwrap_or(0.0);
        let score = mean(&|disc| disc.score);
        let radius_mm = middle(&|disc| disc.radius_mm);
        let mean_radius = mean(&|disc| disc.radius_mm);
        let spread = mean(&|disc| (disc.radius_mm - mean_radius).powi(2)).sqrt();
        let left = mean(&|disc| (count(disc.column) - count(self.spine_column)) * self.spacing_mm[2]);
        let rules = self.rules;
        let worth = score
            - rules.radius_cost * spread
            - rules.side_cost_per_mm * (left - rules.side_free_mm).max(0.0)
            - rules.radius_cost * (rules.radius_expected_mm - radius_mm).max(0.0);
        (worth, Anchor { slice, score, radius_mm, column: middle(&|disc| count(disc.column)) })
    }

    fn is_bad(&self, slice: usize, anchor: &Anchor) -> bool {
        let (disc, rules) = (self.discs[&slice], self.rules);
        let above = whole(rules.walk_back_over_mm / self.spacing_mm[0]);
        let leftmost = self.discs.range(slice..=slice + above).map(|(_, disc)| disc.column).max();
        let back_mm = (count(leftmost.unwrap_or(disc.column)) - count(disc.column)) * self.spacing_mm[2];
        let left_mm = (count(disc.column) - anchor.column) * self.spacing_mm[2];
        let [thin, thick] = rules.walk_radius.map(|share| share * anchor.radius_mm);
        disc.score < rules.walk_least_score
            || disc.radius_mm < thin
            || disc.radius_mm > thick
            || left_mm > rules.walk_left_mm
            || (back_mm > rules.walk_back_mm && disc.score < rules.walk_back_score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Discs of one place from a slice on; each change is (slice, disc).
    fn root(changes: &[(usize, Disc)], from: usize) -> Option<Root> {
        let good = Disc { row: 30, column: 40, radius_mm: 16.0, score: 0.9 };
        let mut discs: BTreeMap<usize, Disc> = (from..40).map(|z| (z, good)).collect();
        // The anchor is at the top, unless there is a better one.
        discs.range_mut(35..).for_each(|(_, disc)| disc.score = 0.91);
        discs.extend(changes.iter().copied());
        let spacing_mm = [3.0, 2.0, 2.0];
        let rules = &Parameters::shipped().aorta;
        Walk { discs: &discs, spacing_mm, spine_column: 40, rules }.root()
    }

    const GOOD: Disc = Disc { row: 30, column: 40, radius_mm: 16.0, score: 0.9 };

    /// Two slices of 3 mm are the 6 mm that end the walk; one is passed over.
    #[test]
    fn the_walk_ends_where_discs_go_bad() {
        let bad = Disc { score: 0.59, ..GOOD };
        let root_of = |changes: &[(usize, Disc)]| root(changes, 10).unwrap();
        assert_eq!((root_of(&[]).slice, root_of(&[]).ends), (10, false));
        assert_eq!(root_of(&[(20, bad)]).slice, 10);
        let found = root_of(&[(20, bad), (19, bad)]);
        assert_eq!((found.slice, found.row, found.column, found.ends), (21, 30, 40, true));
        for kind in [
            Disc { radius_mm: 11.0, ..GOOD },         // under 0.75 of 16
            Disc { radius_mm: 23.0, ..GOOD },         // over 1.4 of 16
            Disc { column: 47, ..GOOD },              // 14 mm left
            Disc { column: 36, score: 0.74, ..GOOD }, // 8 mm right of the leftmost above
        ] {
            assert_eq!(root_of(&[(20, kind), (19, kind)]).slice, 21, "{kind:?}");
        }
        let strong = Disc { column: 36, score: 0.76, ..GOOD };
        assert_eq!(root_of(&[(20, strong), (19, strong)]).slice, 10);
    }

    /// The best stack counts, not the first: of 15 mm, five slices.
    #[test]
    fn the_anchor_is_the_best_stack() {
        let better = Disc { score: 0.95, ..GOOD };
        let changes: Vec<(usize, Disc)> = (25..30).map(|z| (z, better)).collect();
        assert!((root(&changes, 10).unwrap().score - 0.95).abs() < 1e-12);
        assert!(root(&[], 37).is_none(), "three slices are no stack");
    }
}
