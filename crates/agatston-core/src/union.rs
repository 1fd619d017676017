//! Union-find over numbered things. The representative of a set is its lowest number, so the outcome does not
//! depend on the order of the unions.

/// Disjoint sets of `0..len`; the memory is reused.
#[derive(Debug, Default)]
pub struct Union {
    parent: Vec<u32>,
    number: Vec<u32>,
}

impl Union {
    /// `len` sets of one.
    pub fn new(len: usize) -> Self {
        let mut union = Self::default();
        union.reset(len);
        union
    }

    /// Begins anew with `len` sets of one.
    pub fn reset(&mut self, len: usize) {
        let len = u32::try_from(len).expect("fewer than 2^32 segments");
        self.parent.clear();
        self.parent.extend(0..len);
    }

    /// The lowest number of the set that holds `a`.
    fn find(&mut self, mut a: u32) -> u32 {
        loop {
            let above = self.parent[a as usize];
            if above == a {
                return a;
            }
            let top = self.parent[above as usize];
            self.parent[a as usize] = top; // halve the path on the way up
            a = top;
        }
    }

    /// Joins the sets of `a` and `b`.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// Numbers the sets `0..n` by their lowest member; returns the number of each thing's set, and `n`.
    pub fn numbered(&mut self) -> (&[u32], usize) {
        let mut count = 0;
        self.number.clear();
        for (i, &above) in (0..).zip(&self.parent) {
            // What is above is lower, so it has its number already.
            let number = if above == i { count } else { self.number[above as usize] };
            count += u32::from(above == i);
            self.number.push(number);
        }
        (&self.number, count as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_numbered_by_their_lowest_member_whatever_the_order_of_unions() {
        let mut union = Union::default();
        for joins in [[(4, 2), (2, 0), (3, 5)], [(0, 2), (5, 3), (4, 0)]] {
            union.reset(6);
            joins.into_iter().for_each(|(a, b)| union.join(a, b));
            assert_eq!(union.numbered(), ([0, 1, 0, 2, 0, 2].as_slice(), 3));
        }
    }
}
