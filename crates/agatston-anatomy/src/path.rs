//! The best way of a disc from slice to slice: dynamic programming over centre and radius.
//!
//! ```text
//! best[z][state] = score[z][state] + max over moves of (best[z - 1][state before] - cost of the move)
//! ```
//!
//! A state is a radius, a row and a column of the window, in this order in memory, so that a move is one shift along columns.
//! Of equal moves the first wins, in the order rows, columns, radii.

use crate::voxels::{count, single};

/// Number of states along each axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct States {
    pub(crate) radii: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

/// What a move from slice to slice costs, and how far it may go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moves {
    /// Rows, and columns, that a disc may move.
    pub(crate) most: [usize; 2],
    /// Size of a row, and of a column, mm.
    pub(crate) spacing_mm: [f64; 2],
    /// Score per mm.
    pub(crate) cost_per_mm: f64,
    /// Score per step of the radius.
    pub(crate) cost_per_radius_step: f64,
}

/// Where a path is in one slice, as indices of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) radius: usize,
    pub(crate) row: usize,
    pub(crate) column: usize,
}

/// One way to get from slice to slice.
struct Move {
    radius: isize,
    row: isize,
    column: isize,
    cost: f32,
}

/// A score that no path has.
const NEVER: f32 = -1e9;

/// The path with the largest sum of scores less costs; `scores` of each slice by radius, row, column. Empty without slices.
pub(crate) fn best_path(scores: &[Vec<f32>], states: States, moves: Moves) -> Vec<State> {
    let moves = moves.all();
    let mut best: Vec<Vec<f32>> = Vec::with_capacity(scores.len());
    for scores in scores {
        let sums = match best.last() {
            Some(before) => step(before, states, &moves).iter().zip(scores).map(|(a, b)| a + b).collect(),
            None => scores.clone(),
        };
        best.push(sums);
    }
    let Some((last, before)) = best.split_last() else { return Vec::new() };
    let mut at = states.last_of(last);
    let mut path = vec![at];
    for best in before.iter().rev() {
        at = states.before(best, at, &moves);
        path.push(at);
    }
    path.reverse();
    path
}

impl Moves {
    fn all(self) -> Vec<Move> {
        let steps = |most: usize| {
            let most = most.cast_signed();
            -most..=most
        };
        let mut all = Vec::new();
        for row in steps(self.most[0]) {
            for column in steps(self.most[1]) {
                for radius in -1..=1 {
                    all.push(Move { radius, row, column, cost: self.cost([radius, row, column]) });
                }
            }
        }
        all
    }

    fn cost(self, [radius, row, column]: [isize; 3]) -> f32 {
        let [down, aside] = [row, column].map(|step| count(step.unsigned_abs()));
        let mm = (down * self.spacing_mm[0]).hypot(aside * self.spacing_mm[1]);
        single(self.cost_per_mm * mm + self.cost_per_radius_step * count(radius.unsigned_abs()))
    }
}

impl States {
    fn index(self, at: State) -> usize {
        (at.radius * self.rows + at.row) * self.columns + at.column
    }

    /// Where a move leads from a state; `None` beyond the window.
    fn moved(self, at: State, step: &Move) -> Option<State> {
        let moved =
            |from: usize, step: isize, length: usize| from.checked_add_signed(step).filter(|&i| i < length);
        Some(State {
            radius: moved(at.radius, step.radius, self.radii)?,
            row: moved(at.row, step.row, self.rows)?,
            column: moved(at.column, step.column, self.columns)?,
        })
    }

    /// The state of the slice before from which one is reached best; `best` are the sums there.
    fn before(self, best: &[f32], at: State, moves: &[Move]) -> State {
        let mut most = (NEVER, at);
        for step in moves {
            if let Some(from) = self.moved(at, step) {
                let value = best[self.index(from)] - step.cost;
                if value > most.0 {
                    most = (value, from);
                }
            }
        }
        most.1
    }

    /// The state with the largest sum; of equals the first by row, column, radius.
    fn last_of(self, best: &[f32]) -> State {
        let mut last = State { radius: 0, row: 0, column: 0 };
        for row in 0..self.rows {
            for column in 0..self.columns {
                for radius in 0..self.radii {
                    let at = State { radius, row, column };
                    if best[self.index(at)] > best[self.index(last)] {
                        last = at;
                    }
                }
            }
        }
        last
    }
}

/// The best that each state can be reached with.
fn step(best: &[f32], states: States, moves: &[Move]) -> Vec<f32> {
    let States { radii, rows, columns } = states;
    let mut reached = vec![NEVER; best.len()];
    for step in moves {
        let to = overlap(columns, step.column);
        for radius in overlap(radii, step.radius) {
            for row in overlap(rows, step.row) {
                let from = State {
                    radius: radius.strict_add_signed(step.radius),
                    row: row.strict_add_signed(step.row),
                    column: to.start.strict_add_signed(step.column),
                };
                let into = states.index(State { radius, row, column: to.start });
                let from = &best[states.index(from)..][..to.len()];
                for (reached, from) in reached[into..][..to.len()].iter_mut().zip(from) {
                    *reached = reached.max(from - step.cost);
                }
            }
        }
    }
    reached
}

/// Indices from which a step stays within the length.
fn overlap(length: usize, step: isize) -> std::ops::Range<usize> {
    let before = step.min(0).unsigned_abs().min(length);
    let behind = step.max(0).unsigned_abs().min(length);
    before..length.saturating_sub(behind).max(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STATES: States = States { radii: 2, rows: 1, columns: 9 };
    const MOVES: Moves =
        Moves { most: [1, 1], spacing_mm: [2.0, 2.0], cost_per_mm: 0.01, cost_per_radius_step: 0.03 };

    fn columns_of(path: &[State]) -> Vec<usize> {
        path.iter().map(|state| state.column).collect()
    }

    /// A second disc four columns away scores higher in one slice, but a path moves one column a slice.
    #[test]
    fn a_path_does_not_bend_to_what_it_cannot_reach() {
        let mut scores = vec![vec![0.0; 18]; 5];
        scores.iter_mut().for_each(|slice| slice[2] = 0.8);
        scores[2][6] = 1.0;
        assert_eq!(columns_of(&best_path(&scores, STATES, MOVES)), [2; 5]);
        // Within a step it is worth the way there and back.
        scores[2][3] = 1.0;
        assert_eq!(columns_of(&best_path(&scores, STATES, MOVES)), [2, 2, 3, 2, 2]);
        // And not where it gains less than the way costs: 2 x 0.02.
        scores[2][3] = 0.83;
        assert_eq!(columns_of(&best_path(&scores, STATES, MOVES)), [2; 5]);
    }

    #[test]
    fn of_equal_ways_the_first_wins() {
        let scores = vec![vec![0.5; 18]; 3];
        assert_eq!(best_path(&scores, STATES, MOVES), vec![State { radius: 0, row: 0, column: 0 }; 3]);
        assert!(best_path(&[], STATES, MOVES).is_empty());
        // From both neighbours the end is reached with 1 + 1 - 0.02; the right one has the lower column.
        let mut scores = vec![vec![0.0; 18]; 2];
        (scores[0][3], scores[0][5], scores[1][4]) = (1.0, 1.0, 1.0);
        assert_eq!(columns_of(&best_path(&scores, STATES, MOVES)), [3, 4]);
    }

    proptest! {
        /// Against every path of a small window.
        #[test]
        fn no_path_is_better(scores in prop::collection::vec(prop::collection::vec(0u8..10, 8), 3)) {
            let states = States { radii: 2, rows: 2, columns: 2 };
            let scores: Vec<Vec<f32>> =
                scores.into_iter().map(|s| s.into_iter().map(|v| f32::from(v) / 10.0).collect()).collect();
            let all: Vec<State> = (0..8).map(|i| State { radius: i / 4, row: i / 2 % 2, column: i % 2 }).collect();
            let worth = |path: &[State]| {
                let sum: f32 = path.iter().zip(&scores).map(|(at, s)| s[states.index(*at)]).sum();
                let steps = path.windows(2).map(|w| {
                    let step = |a: usize, b: usize| a.cast_signed() - b.cast_signed();
                    MOVES.cost([step(w[0].radius, w[1].radius), step(w[0].row, w[1].row), step(w[0].column, w[1].column)])
                });
                sum - steps.sum::<f32>()
            };
            let mut most = f32::NEG_INFINITY;
            for (&a, &b, &c) in all.iter().flat_map(|a| all.iter().flat_map(move |b| [(a, b)]))
                .flat_map(|(a, b)| all.iter().map(move |c| (a, b, c))) {
                most = most.max(worth(&[a, b, c]));
            }
            prop_assert!((worth(&best_path(&scores, states, MOVES)) - most).abs() < 1e-5);
        }
    }
}
