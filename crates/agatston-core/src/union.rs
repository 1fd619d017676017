//! Union-find over numbered things. The representative of a set is its lowest number, so the outcome does not
//! depend on the order of the unions.

/// Disjoint sets of `0..len`.
#[derive(Debug)]
pub(crate) struct Union {
    parent: Vec<u32>,
}

impl Union {
    /// `len` sets of one.
    pub(crate) fn new(len: usize) -> Self {
        let len = u32::try_from(len).expect("fewer than 2^32 segments");
        Self { parent: (0..len).collect() }
    }

    /// The lowest number of the set that holds `a`.
    pub(crate) fn find(&mut self, mut a: u32) -> u32 {
        while self.parent[a as usize] != a {
            let above = self.parent[self.parent[a as usize] as usize];
            self.parent[a as usize] = above; // halve the path on the way up
            a = above;
        }
        a
    }

    /// Joins the sets of `a` and `b`.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// Numbers the sets `0..n` by their lowest member; returns the number of each thing's set, and `n`.
    pub(crate) fn numbered(mut self) -> (Vec<u32>, usize) {
        let mut count = 0;
        let mut number = vec![0; self.parent.len()];
        for i in 0..self.parent.len() {
            let root = self.find(self.parent[i]) as usize;
            if root == i {
                number[i] = count;
                count += 1;
            } else {
                number[i] = number[root]; // the root is lower, so it has its number already
            }
        }
        (number, count as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_numbered_by_their_lowest_member_whatever_the_order_of_unions() {
        for joins in [[(4, 2), (2, 0), (3, 5)], [(0, 2), (5, 3), (4, 0)]] {
            let mut union = Union::new(6);
            joins.into_iter().for_each(|(a, b)| union.join(a, b));
            assert_eq!(union.numbered(), (vec![0, 1, 0, 2, 0, 2], 3));
        }
    }
}
