//! Reference regions: shapes around material of known content, from a regions file whose regions say what they hold.
//!
//! Where they are and what they hold; left out: what is measured in them.

use std::{fmt, path::Path};

use agatston_core::{Finding, Geometry};

use crate::{
    Error, Span,
    labels::file_name,
    regions::{self, RegionFile},
    source,
};

/// What a reference region holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content {
    /// A rod of hydroxyapatite.
    Hydroxyapatite {
        /// Its density, mg/cm3, 0 and more; 0 is water.
        mg_cm3: f64,
    },
    /// Blood.
    Blood,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hydroxyapatite { mg_cm3 } => write!(f, "hydroxyapatite of {mg_cm3} mg/cm3"),
            Self::Blood => f.write_str("blood"),
        }
    }
}

/// A file of reference regions, checked in itself, not yet placed on a series.
#[derive(Clone, Debug, PartialEq)]
pub struct References {
    file: String,
    regions: RegionFile,
    /// What each name holds.
    contents: Vec<Content>,
}

/// A reference region on a series.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedReference<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds.
    pub content: Content,
    /// Its voxels, candidates or not, in reading order.
    pub voxels: Vec<Span>,
}

impl References {
    /// Reads a file of reference regions: a regions file (JSON or TOML) in which each region says what it holds.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read, else a refusal with its code.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = file_name(path);
        let read = source::open_regions(path).and_then(|(text, form)| regions::parse_references(&text, form));
        let (regions, contents) = read.map_err(|trouble| trouble.in_file(&file))?;
        Ok(Self { file, regions, contents })
    }

    /// Reads the text of such a file in JSON; `file` is its name in messages.
    ///
    /// # Errors
    ///
    /// A refusal with its code.
    ///
    /// ```
    /// let text = r#"{"regions": [{"name": "rod", "ha_mg_cm3": 200,
    ///     "circle_px": {"column": 258, "row": 217, "radius": 10}, "slices": [31, 34]}]}"#;
    /// assert!(agatston_labels::References::from_json(text, "rod.json").is_ok());
    /// ```
    pub fn from_json(text: &str, file: &str) -> Result<Self, Error> {
        let parsed = regions::parse_references(text, source::TextForm::Json);
        let (regions, contents) = parsed.map_err(|trouble| trouble.in_file(file))?;
        Ok(Self { file: file.to_owned(), regions, contents })
    }

    /// The name of the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Every region on a series of so many slices, in the order of the file, and what was noticed.
    ///
    /// # Errors
    ///
    /// A refusal when a region lies off the series, or two of them share a voxel.
    pub fn on(
        &self,
        series: &Geometry,
        slices: usize,
    ) -> Result<(Vec<PlacedReference<'_>>, Vec<Finding>), Error> {
        let placed = self.regions.voxels(series, slices);
        let (voxels, findings) =
            placed.map_err(|refusal| crate::error::Trouble::from(refusal).in_file(&self.file))?;
        let region = |((name, content), voxels)| PlacedReference { name, content, voxels };
        let named = self.regions.names().zip(self.contents.iter().copied());
        Ok((named.zip(voxels).map(region).collect(), findings))
    }
}
