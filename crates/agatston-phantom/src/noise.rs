//! Noise that is the same on every platform: a small integer generator and sums of uniform numbers, so
//! that no function of a mathematics library (which may differ in the last bit) is called.

/// The splitmix64 generator (Steele, Lea, Flood, 2014).
#[derive(Clone, Debug)]
pub struct Noise {
    state: u64,
}

impl Noise {
    /// A stream of numbers of its own for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number of mean 0 and standard deviation 1, nearly Gaussian and never beyond 6.
    ///
    /// It is the sum of twelve uniform numbers less 6 (Irwin-Hall): each has variance 1/12. The uniform
    /// numbers are the sixteen-bit quarters of three generator words, taken at the middle of their step.
    pub fn normal(&mut self) -> f64 {
        let quarters =
            |word: u64| (word & 0xffff) + (word >> 16 & 0xffff) + (word >> 32 & 0xffff) + (word >> 48);
        let sum: u64 = (0..3).map(|_| quarters(self.next_word())).sum();
        let sum = u32::try_from(sum).expect("twelve sixteen-bit numbers add up to less than 2^20");
        (f64::from(sum) + 6.0) / 65536.0 - 6.0
    }

    /// The next number of mean 0 and standard deviation 1 that is a sum of four uniform ones only, never beyond 3.5: for
    /// noise that a point spread makes Gaussian by adding up neighbours.
    #[expect(
        clippy::cast_precision_loss,
        reason = "sums of four sixteen-bit numbers are exact in single precision"
    )]
    pub(crate) fn rough(&mut self) -> f32 {
        /// Square root of 3: each uniform number has variance 1/12.
        const SPREAD: f32 = 1.732_050_8;
        let word = self.next_word();
        let halves = (word & 0x0000_ffff_0000_ffff) + (word >> 16 & 0x0000_ffff_0000_ffff);
        let sum = (halves & 0xffff_ffff) + (halves >> 32);
        SPREAD * ((sum as f32 + 2.0) / 65536.0 - 2.0)
    }

    /// The next number, evenly spread over `[low, high)`.
    pub(crate) fn between(&mut self, [low, high]: [f64; 2]) -> f64 {
        let step = u32::try_from(self.next_word() >> 32).expect("the upper half of a word");
        low + (high - low) * f64::from(step) / 4_294_967_296.0
    }

    /// The next whole number below `count`, which is not 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).expect("a count fits 64 bits");
        usize::try_from(self.next_word() % count).expect("less than a count")
    }

    fn next_word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference output of splitmix64 for seed 1234567, as published with the generator.
    #[test]
    fn the_generator_is_splitmix64() {
        let mut noise = Noise::new(1_234_567);
        assert_eq!(noise.next_word(), 6_457_827_717_110_365_317);
        assert_eq!(noise.next_word(), 3_203_168_211_198_807_973);
    }

    /// Evenly spread over 2 to 6: mean 4 with a standard error of 1.155 / 100, five of them are allowed.
    #[test]
    fn even_numbers() {
        let mut noise = Noise::new(3);
        let numbers: Vec<f64> = (0..10_000).map(|_| noise.between([2.0, 6.0])).collect();
        assert!(numbers.iter().all(|x| (2.0..6.0).contains(x)));
        assert!((numbers.iter().sum::<f64>() / 1e4 - 4.0).abs() < 0.06);
        let mut seen = [false; 3];
        (0..50).for_each(|_| seen[noise.below(3)] = true);
        assert_eq!(seen, [true; 3]);
    }

    /// Standard errors for 100,000 numbers: mean 0.003, standard deviation 0.002; five of them are allowed.
    #[test]
    fn mean_and_spread() {
        let mut noise = Noise::new(7);
        let numbers: Vec<f64> = (0..100_000).map(|_| noise.normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let spread = (numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 1e5).sqrt();
        assert!(mean.abs() < 0.016 && (spread - 1.0).abs() < 0.011, "{mean} {spread}");
        assert!(numbers.iter().all(|x| x.abs() <= 6.0));
    }
}
