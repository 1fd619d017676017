//! Where a score stands among people of the same age, sex and race: the percentiles of MESA.
//!
//! `tables/mesa_cac_percentiles.md` tells of the table. Ages, races and scores outside it have no percentile: nothing is
//! carried over from the nearest group.

use super::{Covariates, Race, Sex};
use flate2::read::GzDecoder;
use std::{collections::BTreeMap, io::Read, ops::RangeInclusive, sync::LazyLock};

/// What the percentiles are of.
pub(super) const REFERENCE: &str = "MESA, McClelland et al., Circulation 2006;113:30-37";

/// Ages of the table, years.
pub(super) const AGES_YEARS: RangeInclusive<u16> = 45..=84;

const PACKED: &[u8] = include_bytes!("../../tables/mesa_cac_percentiles.csv.gz");

/// Columns before the first percentile: race, sex, age, share with calcium, four quartiles.
const COLUMNS_BEFORE: usize = 8;

/// People who are compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) race: Race,
    pub(super) sex: Sex,
    pub(super) age_years: u16,
}

impl Group {
    /// The group that covariates tell of; `None` unless all three are known.
    pub(super) fn of(known: &Covariates) -> Option<Self> {
        Some(Self { race: known.race?.value, sex: known.sex?.value, age_years: known.age_years?.value })
    }
}

/// What the table says of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Percentile, 0 to 99; none of a score of 0.
    pub(super) percentile: Option<u8>,
    /// Share of the group with a score over 0, percent.
    pub(super) probability_of_calcium_percent: u8,
}

/// A row of the table.
struct Row {
    probability_of_calcium_percent: u8,
    /// Least score of the percentiles 1 to 99, never falling.
    least: Vec<f64>,
}

static TABLE: LazyLock<BTreeMap<Group, Row>> = LazyLock::new(|| {
    let text = unpacked();
    let rows = text.lines().skip(1).map(|line| row(line).expect("a test reads the table that ships"));
    rows.collect()
});

/// Where a score stands in its group; `None` when the table does not have the group.
///
/// The percentile is the largest whose least score the whole part of this one reaches; a score under 1 is looked up as 1.
/// A score below the least one of the first percentile, which four groups of men over 80 have, is at percentile 0.
pub(super) fn standing(agatston: f64, group: Group) -> Option<Standing> {
    let row = TABLE.get(&group)?;
    let whole = agatston.floor().max(1.0);
    let reached = row.least.partition_point(|least| *least <= whole);
    Some(Standing {
        percentile: u8::try_from(reached).ok().filter(|_| agatston > 0.0),
        probability_of_calcium_percent: row.probability_of_calcium_percent,
    })
}

/// The table as text.
fn unpacked() -> String {
    let mut text = String::new();
    GzDecoder::new(PACKED).read_to_string(&mut text).expect("a test unpacks the table that ships");
    text
}

fn row(line: &str) -> Option<(Group, Row)> {
    let cells: Vec<&str> = line.trim_end().split(',').collect();
    let [race, sex, age, probability, ..] = cells[..] else { return None };
    let sex = match sex {
        "female" => Sex::Female,
        "male" => Sex::Male,
        _ => return None,
    };
    let group = Group { race: Race::parse(race)?, sex, age_years: age.parse().ok()? };
    let least = cells.get(COLUMNS_BEFORE..)?.iter().map(|cell| cell.parse().ok());
    let least: Vec<f64> = least.collect::<Option<_>>().filter(|all: &Vec<f64>| all.len() == 99)?;
    Some((group, Row { probability_of_calcium_percent: probability.parse().ok()?, least }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(race: Race, sex: Sex, age_years: u16) -> Group {
        Group { race, sex, age_years }
    }

    /// Column of a percentile in the text, found by its name; a second way to read the table.
    fn plain(text: &str, race: &str, sex: &str, age: u16, score: f64) -> Option<(Option<u8>, u8)> {
        let header: Vec<&str> = text.lines().next()?.split(',').collect();
        for line in text.lines() {
            let cells: Vec<&str> = line.split(',').collect();
            if cells[0] != race || cells[1] != sex || cells[2] != age.to_string() {
                continue;
            }
            let cell = |name: &str| {
                let column = header.iter().position(|h| *h == name).unwrap();
                cells[column].parse::<u64>().unwrap()
            };
            let probability = u8::try_from(cell("prob_nonzero_pct")).unwrap();
            if score == 0.0 {
                return Some((None, probability));
            }
            let whole = if score < 1.0 { 1 } else { format!("{}", score.trunc()).parse::<u64>().unwrap() };
            let mut best = 0;
            for n in 1..=99_u8 {
                if cell(&format!("min_score_for_pct{n}")) <= whole {
                    best = n;
                }
            }
            return Some((Some(best), probability));
        }
        None
    }

    /// Linear reading, names of columns instead of numbers: 1,000 lookups, some of them outside the ages.
    #[test]
    fn a_thousand_lookups_are_those_of_a_plain_reading() {
        let text = unpacked();
        let mut state = 2006_u64;
        let mut next = |below: u64| {
            // Knuth's MMIX generator: the same lookups on every run.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (mut outside, mut zero, mut at_0) = (0, 0, 0);
        for _ in 0..1000 {
            let race = Race::ALL[usize::try_from(next(4)).unwrap()];
            let (sex, word) = if next(2) == 0 { (Sex::Female, "female") } else { (Sex::Male, "male") };
            let age = 40 + u16::try_from(next(50)).unwrap();
            let range = 10_u64.pow(1 + u32::try_from(next(4)).unwrap());
            // One in five is 0, and quarters are looked up too.
            let score = if next(5) == 0 { 0.0 } else { next(range * 4) as f64 / 4.0 };
            let found = standing(score, group(race, sex, age));
            let expected = plain(&text, race.as_str(), word, age, score);
            let found = found.map(|s| (s.percentile, s.probability_of_calcium_percent));
            assert_eq!(found, expected, "{race:?} {word} {age} {score}");
            outside += usize::from(expected.is_none());
            zero += usize::from(expected.is_some_and(|(p, _)| p.is_none()));
            at_0 += usize::from(expected.is_some_and(|(p, _)| p == Some(0)));
        }
        assert!(outside > 100 && zero > 50 && at_0 < 20, "{outside} {zero} {at_0}");
    }

    /// Cells of the table, read by eye: white men of 60 have 29 at percentile 50, 1738 at 99.
    #[test]
    fn bounds_of_a_row() {
        let men = group(Race::White, Sex::Male, 60);
        let check = |score, percentile| {
            let expected = Some(Standing { percentile, probability_of_calcium_percent: 68 });
            assert_eq!(standing(score, men), expected, "{score}");
        };
        check(0.0, None);
        check(0.001, Some(31));
        check(1.999, Some(31));
        check(2.0, Some(32));
        check(28.999, Some(49));
        check(29.0, Some(50));
        check(1737.9, Some(98));
        check(1738.0, Some(99));
        check(90_000.0, Some(99));
    }

    #[test]
    fn outside_the_table_there_is_nothing() {
        for age in [0, 44, 85, 120] {
            assert_eq!(standing(10.0, group(Race::White, Sex::Male, age)), None, "{age}");
        }
    }

    /// Every group once, no percentile under the one before; four groups have none at a score of 1.
    #[test]
    fn the_table_is_sound() {
        assert_eq!(TABLE.len(), 320);
        assert_eq!(unpacked().lines().count(), 321);
        for race in Race::ALL {
            for sex in [Sex::Female, Sex::Male] {
                assert!(AGES_YEARS.clone().all(|age| TABLE.contains_key(&group(race, sex, age))));
            }
        }
        assert!(TABLE.values().all(|row| row.least.is_sorted()));
        assert!(TABLE.values().all(|row| row.probability_of_calcium_percent <= 100));
        let above_1: Vec<&Group> = TABLE.iter().filter(|(_, r)| r.least[0] > 1.0).map(|(g, _)| g).collect();
        assert_eq!(above_1.len(), 4);
        assert!(above_1.iter().all(|g| g.sex == Sex::Male && g.age_years > 80), "{above_1:?}");
    }

    /// The packed file is the shared facts' table, byte for byte.
    #[test]
    fn the_table_is_that_of_the_shared_facts() {
        let Some(bytes) = crate::risk::shared_table("mesa_cac_percentiles.csv") else { return };
        assert!(unpacked().as_bytes() == bytes, "the table that ships differs from the shared one");
    }
}
