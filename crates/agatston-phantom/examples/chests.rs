//! Writes chests as DICOM series with their truth, for programs that are not Rust.
//!
//! ```text
//! cargo run --release -p agatston-phantom --example chests -- FIRST_SEED COUNT FOLDER
//! ```
//!
//! Each seed becomes `FOLDER/seed-0001/` with the slices and `truth.json`.

use std::{error::Error, fs, path::Path};

use agatston_phantom::chest::{Artery, Chest, ChestParameters, ChestScan, Disc, Plaque, Site};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, count, folder] = arguments.as_slice() else {
        return Err("usage: chests FIRST_SEED COUNT FOLDER".into());
    };
    let (first, count): (u64, u64) = (first.parse()?, count.parse()?);
    for seed in first..first + count {
        let chest = Chest::new(ChestParameters::seeded(seed));
        let scan = chest.scan();
        let folder = Path::new(folder).join(format!("seed-{seed:04}"));
        scan.write(&folder)?;
        fs::write(folder.join("truth.json"), serde_json::to_string_pretty(&truth(&chest, &scan))?)?;
    }
    Ok(())
}

fn truth(chest: &Chest, scan: &ChestScan) -> Value {
    let truth = &scan.truth;
    let per_artery: serde_json::Map<String, Value> = Artery::ALL
        .iter()
        .map(|artery| (artery.as_str().to_owned(), json!(truth.agatston(Some(*artery)))))
        .collect();
    let disc =
        |disc: &Option<Disc>| disc.map(|d| json!({ "centre_mm": d.centre_mm, "radius_mm": d.radius_mm }));
    let voxels: Vec<Value> =
        truth.voxels.iter().map(|v| json!([v.index[0], v.index[1], v.index[2], v.plaque])).collect();
    json!({
        "agatston": truth.agatston(None),
        "agatston_per_artery": per_artery,
        "left_main_lps_mm": truth.left_main_lps_mm,
        "aorta_radius_mm": chest.parameters().heart.aorta_mm,
        "spacing_mm": scan.spacing_mm,
        "origin_lps_mm": scan.origin_lps_mm,
        "blood_hu": chest.parameters().blood_hu,
        "noise_sd_hu": chest.parameters().noise_sd_hu,
        "burden": format!("{:?}", chest.parameters().burden),
        "plaques": truth.plaques.iter().map(plaque).collect::<Vec<_>>(),
        "ascending": truth.ascending.iter().map(disc).collect::<Vec<_>>(),
        "descending": truth.descending.iter().map(disc).collect::<Vec<_>>(),
        "voxels_z_y_x_plaque": voxels,
    })
}

fn plaque(plaque: &Plaque) -> Value {
    let site = match plaque.site {
        Site::Coronary(_) => "coronary".to_owned(),
        other => format!("{other:?}"),
    };
    json!({
        "site": site,
        "artery": plaque.artery().map(Artery::as_str),
        "centre_lps_mm": plaque.centre_lps_mm(),
        "hu": plaque.hu,
    })
}
