//! The form of a regions file, JSON or TOML, and everything that can be wrong with it before a series is known. Such a
//! file says who is an artery, or what reference regions hold; not both.

use serde::Deserialize;

use super::{Drawn, RegionFile, artery, shape::Shape};
use crate::{
    code::{LABELS_INVALID, LABELS_UNKNOWN_NAME, REFERENCES_INVALID},
    error::{Refusal, Trouble, refusal},
    polygon::Polygon,
    references::Content,
    source::TextForm,
    vessel,
};

/// Shapes of the largest regions file that is read.
const SHAPES_MAX: usize = 10_000;

/// Shapes of the largest file of reference regions: all their voxels are looked at, and a scan has few rods.
const REFERENCE_SHAPES_MAX: usize = 100;

/// Hydroxyapatite without any pores, mg/cm3, with some room: no rod is denser.
const HA_MG_CM3_MAX: f64 = 3_200.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    regions: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    slices: Option<[i64; 2]>,
    circle_px: Option<Circle>,
    box_px: Option<BoxPx>,
    polygon_px: Option<Vec<[f64; 2]>>,
    sphere_lps_mm: Option<Sphere>,
    box_lps_mm: Option<BoxMm>,
    cylinder_lps_mm: Option<Cylinder>,
    ha_mg_cm3: Option<f64>,
    blood: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Circle {
    column: f64,
    row: f64,
    radius: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoxPx {
    column: [f64; 2],
    row: [f64; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sphere {
    center: [f64; 3],
    radius: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoxMm {
    min: [f64; 3],
    max: [f64; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cylinder {
    from: [f64; 3],
    to: [f64; 3],
    radius: f64,
}

/// Reads a regions file of labels.
pub(crate) fn parse(text: &str, form: TextForm) -> Result<RegionFile, Trouble> {
    let mut regions = RegionFile::default();
    for (at, entry) in entries(text, form, SHAPES_MAX)? {
        if entry.ha_mg_cm3.is_some() || entry.blood.is_some() {
            let finding = invalid(&at, "it says what it holds, which only a reference region does");
            let next_step = "give reference regions in a file of their own, with --references";
            return Err(finding.seen("ha_mg_cm3 or blood").next_step(next_step).into());
        }
        regions.add(&at, entry)?;
    }
    Ok(regions)
}

/// Reads a file of reference regions, and what each of its names holds.
pub(crate) fn parse_references(text: &str, form: TextForm) -> Result<(RegionFile, Vec<Content>), Trouble> {
    let mut regions = RegionFile::default();
    let mut contents = Vec::new();
    for (at, entry) in entries(text, form, REFERENCE_SHAPES_MAX)? {
        let content = content(&at, &entry)?;
        let name = regions.add(&at, entry)?;
        match contents.get(name) {
            None => contents.push(content),
            Some(known) if *known == content => {}
            Some(known) => {
                return Err(refusal(REFERENCES_INVALID, format!("{at} holds something else than before"))
                    .seen(format!("{content}, and {known} where the name stood first"))
                    .next_step("give regions that hold different things different names")
                    .into());
            }
        }
    }
    Ok((regions, contents))
}

/// The regions of a file, each with the words that tell which it is.
fn entries(
    text: &str,
    form: TextForm,
    most: usize,
) -> Result<impl Iterator<Item = (String, Entry)>, Refusal> {
    let read = match form {
        TextForm::Json => serde_json::from_str::<File>(text).map_err(|e| e.to_string()),
        TextForm::Toml => toml::from_str::<File>(text).map_err(|e| e.to_string().trim_end().to_owned()),
    };
    let file = read.map_err(|seen| {
        refusal(LABELS_INVALID, "this is no regions file")
            .seen(seen)
            .expected(r#"{"regions": [{"name": "LAD", "circle_px": {"column": 180, "row": 220, "radius": 13}, "slices": [20, 24]}]}"#)
    })?;
    if file.regions.is_empty() || file.regions.len() > most {
        let finding = refusal(LABELS_INVALID, "the regions file has no region, or too many");
        let seen = format!("{} shapes", file.regions.len());
        return Err(finding.seen(seen).expected(format!("1 to {most}")));
    }
    let named = |(i, entry): (usize, Entry)| (format!("region {} ({:?})", i + 1, entry.name), entry);
    Ok(file.regions.into_iter().enumerate().map(named))
}

/// What a reference region holds.
fn content(at: &str, entry: &Entry) -> Result<Content, Refusal> {
    let wrong = |message: &str| {
        refusal(REFERENCES_INVALID, format!("{at}: {message}"))
            .expected(format!("\"ha_mg_cm3\": 0 to {HA_MG_CM3_MAX}, where 0 is water, or \"blood\": true"))
    };
    match (entry.ha_mg_cm3, entry.blood.unwrap_or_default()) {
        (Some(mg_cm3), false) if (0.0..=HA_MG_CM3_MAX).contains(&mg_cm3) => {
            Ok(Content::Hydroxyapatite { mg_cm3 })
        }
        (Some(mg_cm3), false) => Err(wrong("no hydroxyapatite has this density").seen(format!("{mg_cm3:e}"))),
        (None, true) => Ok(Content::Blood),
        (Some(_), true) => Err(wrong("it is said to hold both a rod and blood")),
        (None, false) => Err(wrong("nothing says what it holds")),
    }
}

impl RegionFile {
    /// Adds a shape; the index of its name comes back.
    fn add(&mut self, at: &str, entry: Entry) -> Result<usize, Refusal> {
        check_name(&entry.name, at)?;
        let slices = entry.slices.map(|s| slices(s, at)).transpose()?;
        let known = self.names.iter().position(|n| *n == entry.name);
        let name = known.unwrap_or(self.names.len());
        if known.is_none() {
            self.names.push(entry.name.clone());
        }
        self.shapes.push(Drawn { name, shape: entry.shape(at)?, slices });
        Ok(name)
    }
}

/// Only LM, LAD, LCX and RCA are arteries here. A name that looks like an artery and is not spelled so would be
/// left out of every total without a word, so it is refused.
fn check_name(name: &str, at: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.trim() != name {
        return Err(invalid(at, "its name is empty or has blanks around it"));
    }
    if ["total", "everything"].contains(&name) {
        return Err(invalid(at, "its name is one that outputs give to sums"));
    }
    if artery(name).is_none() && vessel::meaning_of(name).is_some() {
        return Err(refusal(LABELS_UNKNOWN_NAME, format!("{at} looks like a coronary artery and is none"))
            .seen(format!("name {name:?}"))
            .expected("LM, LAD, LCX or RCA for an artery, any other name for another region")
            .next_step("spell the artery so, or choose a name that no one takes for one"));
    }
    Ok(())
}

fn slices(given: [i64; 2], at: &str) -> Result<[usize; 2], Refusal> {
    match given.map(usize::try_from) {
        [Ok(first), Ok(last)] if first <= last => Ok([first, last]),
        _ => Err(invalid(at, "slices is not [first, last] from 0 on").seen(format!("{given:?}"))),
    }
}

impl Entry {
    fn shape(self, at: &str) -> Result<Shape, Refusal> {
        let Self { circle_px, box_px, polygon_px, sphere_lps_mm, box_lps_mm, cylinder_lps_mm, .. } = self;
        let mut given = [
            circle_px.map(|c| circle(&c)),
            box_px.map(|b| box_in_pixels(&b)),
            polygon_px.map(polygon),
            sphere_lps_mm.map(|s| sphere(&s)),
            box_lps_mm.map(|b| box_in_space(&b)),
            cylinder_lps_mm.map(|c| cylinder(&c)),
        ]
        .into_iter()
        .flatten();
        match (given.next(), given.next()) {
            (Some(shape), None) => shape.map_err(|wrong| invalid(at, wrong)),
            (None, _) => Err(invalid(at, "it has no shape").expected(
                "one of circle_px, box_px, polygon_px, sphere_lps_mm, box_lps_mm, cylinder_lps_mm",
            )),
            (Some(_), Some(_)) => Err(invalid(at, "it has more than one shape")
                .next_step("write one region for each; a name may repeat")),
        }
    }
}

const NOT_FINITE: &str = "a number is not finite";
const RADIUS: &str = "the radius is negative";

fn circle(c: &Circle) -> Result<Shape, &'static str> {
    check(finite(&[c.column, c.row, c.radius]), NOT_FINITE)?;
    check(c.radius >= 0.0, RADIUS)?;
    Ok(Shape::Circle { column: c.column, row: c.row, radius: c.radius })
}

fn box_in_pixels(b: &BoxPx) -> Result<Shape, &'static str> {
    let (columns, rows) = (b.column, b.row);
    check(finite(&columns) && finite(&rows), NOT_FINITE)?;
    check(columns[0] <= columns[1] && rows[0] <= rows[1], "the box ends before it begins")?;
    Ok(Shape::Box { columns, rows })
}

fn polygon(corners: Vec<[f64; 2]>) -> Result<Shape, &'static str> {
    check(corners.iter().all(|c| finite(c)), NOT_FINITE)?;
    check(corners.len() >= 3, "the polygon has fewer than three corners")?;
    Ok(Shape::Polygon(Polygon::exact(corners)))
}

fn sphere(s: &Sphere) -> Result<Shape, &'static str> {
    check(finite(&s.center) && s.radius.is_finite(), NOT_FINITE)?;
    check(s.radius >= 0.0, RADIUS)?;
    Ok(Shape::SphereMm { center: s.center, radius: s.radius })
}

fn box_in_space(b: &BoxMm) -> Result<Shape, &'static str> {
    check(finite(&b.min) && finite(&b.max), NOT_FINITE)?;
    check(b.min.iter().zip(b.max).all(|(min, max)| *min <= max), "the box ends before it begins")?;
    Ok(Shape::BoxMm { min: b.min, max: b.max })
}

fn cylinder(c: &Cylinder) -> Result<Shape, &'static str> {
    check(finite(&c.from) && finite(&c.to) && c.radius.is_finite(), NOT_FINITE)?;
    check(c.radius >= 0.0, RADIUS)?;
    check(c.from != c.to, "the cylinder has no length")?;
    Ok(Shape::CylinderMm { from: c.from, to: c.to, radius: c.radius })
}

fn check(right: bool, wrong: &'static str) -> Result<(), &'static str> {
    if right { Ok(()) } else { Err(wrong) }
}

fn finite(numbers: &[f64]) -> bool {
    numbers.iter().all(|n| n.is_finite())
}

fn invalid(at: &str, wrong: &str) -> Refusal {
    refusal(LABELS_INVALID, format!("{at}: {wrong}"))
}
