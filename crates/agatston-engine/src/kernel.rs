//! How sharp a reconstruction kernel is, by a table of the makers' names (`tables/kernels.toml`).
//!
//! A sharp kernel overshoots at the edges of calcium and passes noise over the threshold; the score is not that of
//! a calcium scan. Left out: how sharp an image really is, which its noise and edges would tell.

use crate::code;
use agatston_core::Finding;
use agatston_dicom::SeriesFacts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// How sharp a kernel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KernelClass {
    /// Smoother than those of calcium scoring.
    Smooth,
    /// What calcium is scored with.
    Medium,
    /// Sharper.
    Sharp,
}

impl KernelClass {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Medium => "medium",
            Self::Sharp => "sharp",
        }
    }
}

/// The kernels of one maker.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    maker: Vec<String>,
    smooth: Vec<String>,
    medium: Vec<String>,
    sharp: Vec<String>,
    iterative: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    family: Vec<Family>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../tables/kernels.toml")).expect("a test reads the table that ships")
});

/// The class of a series' kernel; `None` when there is none, or one that the table does not know.
pub fn kernel_class(facts: &SeriesFacts) -> Option<KernelClass> {
    let mut classes = families(facts).filter_map(|family| family.class(&facts.kernel));
    let first = classes.next()?;
    classes.all(|class| class == first).then_some(first)
}

/// What is said of the kernel and the reconstruction.
pub(crate) fn findings(facts: &SeriesFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let shown = facts.kernel.join("\\");
    match kernel_class(facts) {
        Some(KernelClass::Sharp) => findings.push(
            Finding::warning(
                code::SHARP_KERNEL,
                "a sharp kernel brightens the edges of calcium and the noise: the score is too high",
            )
            .expected("a smooth or medium kernel (0018,1210)")
            .seen(&shown)
            .next_step("score the reconstruction of this scan with a calcium or soft tissue kernel"),
        ),
        Some(_) => {}
        None if facts.kernel.is_empty() => {
            findings.push(Finding::info(code::KERNEL_UNKNOWN, "the header names no kernel (0018,1210)"));
        }
        None => findings.push(
            Finding::info(code::KERNEL_UNKNOWN, "the table of kernels does not know this one (0018,1210)")
                .seen(&shown),
        ),
    }
    if is_iterative(facts) {
        findings.push(
            Finding::info(
                code::ITERATIVE_RECONSTRUCTION,
                "an iterative reconstruction: small and faint calcium may score lower than with filtered back projection",
            )
            .seen(&shown),
        );
    }
    findings
}

fn is_iterative(facts: &SeriesFacts) -> bool {
    facts.reconstruction_algorithm == "ITERATIVE"
        || families(facts).any(|f| {
            f.class(&facts.kernel).is_some() && facts.kernel.iter().any(|k| any_matches(&f.iterative, k))
        })
}

/// The families of the maker; all of them where the maker is missing.
fn families(facts: &SeriesFacts) -> impl Iterator<Item = &'static Family> {
    let maker = facts.manufacturer.to_ascii_uppercase();
    TABLE.family.iter().filter(move |f| maker.is_empty() || f.maker.iter().any(|m| maker.starts_with(m)))
}

impl Family {
    /// The sharpest class of any value that the family knows.
    fn class(&self, kernel: &[String]) -> Option<KernelClass> {
        let lists = [
            (&self.sharp, KernelClass::Sharp),
            (&self.medium, KernelClass::Medium),
            (&self.smooth, KernelClass::Smooth),
        ];
        lists
            .into_iter()
            .find(|(list, _)| kernel.iter().any(|k| any_matches(list, k)))
            .map(|(_, class)| class)
    }
}

fn any_matches(patterns: &[String], kernel: &str) -> bool {
    let kernel = kernel.trim().to_ascii_uppercase();
    patterns.iter().any(|pattern| matches(&pattern.to_ascii_uppercase(), &kernel))
}

/// Whether a kernel is a pattern's name, or in its range.
fn matches(pattern: &str, kernel: &str) -> bool {
    let Some((low, high)) = pattern.split_once("..") else { return pattern == kernel };
    match (parts(low), parts(high), parts(kernel)) {
        (Some((letters, low)), Some((_, high)), Some((own, number))) => {
            own == letters && (low..=high).contains(&number)
        }
        _ => false,
    }
}

/// Letters and the two digits after them; what follows does not matter.
fn parts(kernel: &str) -> Option<(&str, u8)> {
    let at = kernel.find(|c: char| c.is_ascii_digit())?;
    let (letters, rest) = kernel.split_at(at);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (digits == 2).then(|| rest[..digits].parse().ok().map(|number| (letters, number)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(maker: &str, kernel: &[&str]) -> SeriesFacts {
        SeriesFacts {
            manufacturer: maker.to_owned(),
            kernel: kernel.iter().map(|k| (*k).to_owned()).collect(),
            ..SeriesFacts::default()
        }
    }

    fn codes(facts: &SeriesFacts) -> Vec<&'static str> {
        findings(facts).iter().map(|f| f.code.name()).collect()
    }

    /// The pairs of the National Lung Screening Trial, what calcium is scored with, and the kernels of real files.
    #[test]
    fn kernels_of_the_makers() {
        use KernelClass::{Medium, Sharp, Smooth};
        let check = |maker, kernel: &[&str], class| {
            assert_eq!(kernel_class(&facts(maker, kernel)), class, "{maker} {kernel:?}");
        };
        for (maker, soft, hard) in [
            ("SIEMENS", "B30f", "B50f"),
            ("GE MEDICAL SYSTEMS", "STANDARD", "BONE"),
            ("Philips", "C", "D"),
            ("TOSHIBA", "FC10", "FC51"),
        ] {
            check(maker, &[soft], Some(Medium));
            check(maker, &[hard], Some(Sharp));
        }
        check("Siemens Healthineers", &["Qr36d", "3"], Some(Medium));
        check("SIEMENS", &["B35f"], Some(Medium));
        check("SIEMENS", &["B20f"], Some(Smooth));
        check("SIEMENS", &["br59f\\3"], Some(Sharp));
        check("Canon Medical Systems", &["FC12"], Some(Medium));
        check("GE MEDICAL SYSTEMS", &["soft"], Some(Smooth));
        check("SIEMENS", &["B350f"], None);
        check("SIEMENS", &["3"], None);
        check("Philips", &["FC12"], None);
        check("GE MEDICAL SYSTEMS", &[], None);
    }

    /// STANDARD is medium with two makers, so it is medium where the maker was taken out; LUNG is sharp with both.
    #[test]
    fn a_kernel_without_a_maker() {
        assert_eq!(kernel_class(&facts("", &["STANDARD"])), Some(KernelClass::Medium));
        assert_eq!(kernel_class(&facts("", &["LUNG"])), Some(KernelClass::Sharp));
        assert_eq!(kernel_class(&facts("", &["B70f"])), Some(KernelClass::Sharp));
        for stranger in ["SOMEONE", "GEMINI"] {
            assert_eq!(kernel_class(&facts(stranger, &["STANDARD"])), None, "{stranger}");
        }
    }

    #[test]
    fn what_is_said() {
        assert_eq!(codes(&facts("SIEMENS", &["B35f"])), Vec::<&str>::new());
        assert_eq!(codes(&facts("SIEMENS", &["B70f"])), ["sharp_kernel"]);
        assert_eq!(codes(&facts("SIEMENS", &["I70f", "3"])), ["sharp_kernel", "iterative_reconstruction"]);
        assert_eq!(codes(&facts("SIEMENS", &["Br38f", "3"])), ["iterative_reconstruction"]);
        assert_eq!(codes(&facts("TOSHIBA", &["FC99"])), ["kernel_unknown"]);
        assert_eq!(codes(&facts("TOSHIBA", &[])), ["kernel_unknown"]);
        let enhanced = SeriesFacts {
            reconstruction_algorithm: "ITERATIVE".into(),
            ..facts("GE MEDICAL SYSTEMS", &["STANDARD"])
        };
        assert_eq!(codes(&enhanced), ["iterative_reconstruction"]);
    }

    /// A range names the same letters twice and grows; a kernel is in one class of a family only.
    #[test]
    fn the_table_is_sound() {
        for family in &TABLE.family {
            let classes = [&family.smooth, &family.medium, &family.sharp];
            let numbers = 0..100_u8;
            for pattern in classes.into_iter().flatten() {
                if let Some((low, high)) = pattern.split_once("..") {
                    let (low, high) = (parts(low).unwrap(), parts(high).unwrap());
                    assert!(low.0 == high.0 && low.1 <= high.1, "{pattern}");
                    for number in numbers.clone() {
                        let kernel = format!("{}{number:02}", low.0);
                        let hits = classes.iter().filter(|list| any_matches(list, &kernel)).count();
                        assert!(hits <= 1, "{kernel}");
                    }
                } else {
                    let hits = classes.iter().filter(|list| any_matches(list, pattern)).count();
                    assert_eq!(hits, 1, "{pattern}");
                }
            }
        }
    }
}
