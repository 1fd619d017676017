//! Regions files: the JSON in which a phantom says where its calcium is. Only the shapes that phantoms use.

use serde::Serialize;

/// A regions file.
#[derive(Serialize)]
pub(crate) struct Regions {
    regions: Vec<Region>,
}

/// A named shape.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Region {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) shape: RegionShape,
    /// First and last slice, both included; all slices when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) slices: Option<[usize; 2]>,
}

/// Shapes as the regions format names them. A pixel or voxel belongs to a shape when its centre does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RegionShape {
    /// Ranges of pixel coordinates; pixel centres are whole numbers.
    BoxPx { column: [f64; 2], row: [f64; 2] },
    /// A box between two corners in LPS mm.
    BoxLpsMm { min: [f64; 3], max: [f64; 3] },
    /// A cylinder between two points in LPS mm.
    CylinderLpsMm { from: [f64; 3], to: [f64; 3], radius: f64 },
}

impl RegionShape {
    /// The pixels of half-open ranges. The borders run between pixels, so that no reader can take them
    /// differently.
    pub(crate) fn pixels(rows: [usize; 2], columns: [usize; 2]) -> Self {
        let borders = |range: [usize; 2]| range.map(|index| crate::volume::as_f64(index) - 0.5);
        Self::BoxPx { column: borders(columns), row: borders(rows) }
    }
}

/// The text of a regions file.
pub(crate) fn to_json(regions: Vec<Region>) -> String {
    serde_json::to_string_pretty(&Regions { regions }).expect("names and finite numbers always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_the_interface() {
        let shape = RegionShape::pixels([2, 4], [5, 9]);
        let text = to_json(vec![Region { name: "LAD".into(), shape, slices: Some([1, 3]) }]);
        let compact: String = text.split_whitespace().collect();
        let expected =
            r#"{"regions":[{"name":"LAD","box_px":{"column":[4.5,8.5],"row":[1.5,3.5]},"slices":[1,3]}]}"#;
        assert_eq!(compact, expected);
    }
}
