//! Tests on real files, which stay outside the repository: `$AGATSTON_DATA`, else `../shared/data`.
//! Expected values are in `cases/dicom_files.json` beside it: pydicom's, with gdcm and pylibjpeg as decoders.

use std::path::{Path, PathBuf};

use agatston_core::Severity;

use crate::{
    Buffer, PlaneRef, Rules, Series, Source, Unwatched, Workers,
    checks::format_of,
    discover, group,
    header::{Header, read_any},
    index,
    pixels::{Fault, load},
};

/// The data, where they are.
pub(crate) fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("AGATSTON_DATA").map_or_else(beside, PathBuf::from);
    if !data.is_dir() {
        // Past the test harness, which keeps what passing tests print.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: no real data at $AGATSTON_DATA or ../shared/data\n",
        );
        return None;
    }
    Some(data)
}

/// Every frame of a file, decoded whatever its modality, as the numbers that were stored.
fn decode(header: &Header) -> Result<Vec<i64>, Fault> {
    let layout = &header.layout;
    let pixels = header.pixels.clone().ok_or(Fault::Truncated)?;
    let codec = header.syntax.and_then(|s| s.codec).ok_or(Fault::Unsupported(header.syntax_uid.clone()))?;
    if header.damage.is_some() {
        return Err(Fault::Truncated);
    }
    let mut all = Vec::new();
    let mut buffer = Buffer::new();
    for frame in 0..header.frames.len() {
        let format = format_of(layout);
        let plane = PlaneRef {
            position_lps_mm: [0.0; 3],
            source: header.source.clone(),
            frame,
            sop_instance_uid: String::new(),
            sop_class_uid: String::new(),
            rescale: format.rescale(1.0, 0.0).unwrap(),
            pixels: pixels.clone(),
            codec,
            format,
        };
        let loaded = load(&plane, &mut buffer)?;
        let bias = i64::from(plane.rescale.bias());
        all.extend(loaded.stored.iter().map(|s| i64::from(*s) + bias));
    }
    Ok(all)
}

/// Files of the list that this loader refuses on purpose, with the reason.
const REFUSED: [(&str, &str); 6] = [
    ("12bitSigned_0x0F0F.dcm", "bits above BitsStored"),
    ("12bitUnsigned.dcm", "bits above BitsStored"),
    ("12bitUnsigned_0x0F0F.dcm", "bits above BitsStored"),
    ("sm_image_grayscale.dcm", "25 frames without functional groups"),
    ("sm_image_grayscale_reversed.dcm", "25 frames without functional groups"),
    ("JPGExtended.dcm", "the JPEG stream has no end"),
];

#[test]
fn decoded_values_are_those_of_pydicom() {
    let Some(data) = data() else { return };
    let text = std::fs::read_to_string(data.join("../cases/dicom_files.json")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut checked, mut wrong) = (0, Vec::new());
    for file in list["files"].as_array().unwrap() {
        let decoded = &file["decoded"];
        let grey = file["phot"].as_str().is_some_and(|p| p.starts_with("MONOCHROME"));
        if !decoded.is_object() || !grey || file["ba"] != 16 {
            continue;
        }
        let name = format!("{}/{}", file["set"].as_str().unwrap(), file["file"].as_str().unwrap());
        let source = Source::file(data.join(&name), &name).unwrap();
        let result = match read_any(&source).unwrap() {
            None => Err("not DICOM".to_owned()),
            Some(header) => decode(&header).map_err(|e| format!("{e:?}")),
        };
        let whole = |key: &str| decoded[key].as_i64().unwrap();
        match result {
            Ok(values) => {
                let seen = (
                    *values.iter().min().unwrap(),
                    *values.iter().max().unwrap(),
                    values.iter().sum::<i64>(),
                );
                let expected = (whole("min"), whole("max"), whole("sum"));
                // Two 12-bit JPEG decoders may differ by a grey level in their cosine transform.
                let lossy = file["ts"] == "1.2.840.10008.1.2.4.51";
                let near = (seen.2 - expected.2).abs() <= i64::try_from(values.len()).unwrap() / 10;
                checked += 1;
                if seen != expected && !(lossy && near) {
                    wrong.push(format!("{name}: {seen:?}, expected {expected:?}"));
                }
            }
            Err(e) if REFUSED.iter().any(|(refused, _)| name.ends_with(refused)) => drop(e),
            Err(e) => wrong.push(format!("{name}: {e}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 100, "{checked}");
}

/// The one series of a folder; refusals are told.
fn series(path: &Path) -> Result<Series, Vec<&'static str>> {
    let found = index(discover(&[path.to_owned()]).unwrap(), Workers::default(), &Unwatched).unwrap();
    let mut groups = group(found);
    assert_eq!(groups.len(), 1, "{path:?}");
    groups.remove(0).check(&Rules::default()).map_err(|refusal| {
        let refused = refusal.findings.iter().filter(|f| f.severity == Severity::Refusal);
        refused.map(|f| f.code.name()).collect()
    })
}

/// Lossless syntaxes give the stored values of the uncompressed original, sample for sample.
#[test]
fn seven_transfer_syntaxes_give_the_same_planes() {
    let Some(data) = data() else { return };
    let planes = |syntax: &str| {
        let series = series(&data.join("derived_transcoded_qrm").join(syntax)).unwrap();
        let mut buffer = Buffer::new();
        let all = (0..series.planes.len()).map(|i| series.plane(i, &mut buffer).unwrap().stored.to_owned());
        (series.geometry.clone(), all.collect::<Vec<_>>())
    };
    let expected = planes("explicit_le");
    assert_eq!(expected.1.len(), 9);
    for syntax in ["deflated", "explicit_be", "implicit_le", "j2k_lossless", "jpegls_lossless", "rle"] {
        assert!(planes(syntax) == expected, "{syntax}");
    }
}

/// The phantom of the golden case: 47 slices of 3 mm, 0.488 mm pixels, reformatted by the scanner.
#[test]
fn the_golden_phantom_is_read() {
    let Some(data) = data() else { return };
    let series = series(&data.join("qrm_canon_large_rep1")).unwrap();
    let g = &series.geometry;
    assert_eq!((series.planes.len(), g.increment_mm, g.spacing_mm), (47, 3.0, [0.488, 0.488]));
    let codes: Vec<_> = series.findings.iter().map(|f| f.code.name()).collect();
    assert_eq!(codes, ["reformatted", "gating_unknown"]);
    assert_eq!(series.facts.kvp, Some(120.0));
}

/// A head CT with 18.5 degrees of tilt and uneven steps; a lung CT that was given contrast, without any UID.
#[test]
fn real_series_are_refused_for_what_they_are() {
    let Some(data) = data() else { return };
    let refused = series(&data.join("dcm_qa_ct_ge_tilt")).unwrap_err();
    for code in ["missing_slice", "not_axial", "gantry_tilt"] {
        assert!(refused.contains(&code), "{refused:?}");
    }
    assert_eq!(series(&data.join("totalseg_example")).unwrap_err(), ["contrast_agent"]);
    assert_eq!(series(&data.join("dicom4qi_1")).unwrap().planes.len(), 275);
}

#[test]
fn every_file_of_every_set_is_read_without_a_panic() {
    let Some(data) = data() else { return };
    for set in std::fs::read_dir(data).unwrap() {
        let path = set.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let found =
            index(discover(std::slice::from_ref(&path)).unwrap(), Workers::default(), &Unwatched).unwrap();
        assert_eq!(found.read, found.headers.len() + found.skipped.len());
        let lenient = Rules { coronary: false, chosen: true, ..Rules::default() };
        for series in group(found).into_iter().filter_map(|group| group.check(&lenient).ok()) {
            let mut buffer = Buffer::new();
            for slice in 0..series.planes.len() {
                series.plane(slice, &mut buffer).unwrap_or_else(|e| panic!("{path:?}, slice {slice}: {e}"));
            }
        }
    }
}

/// Compressed pictures with bytes changed or cut off: decoded or refused, whatever the decoder does inside.
#[test]
fn damaged_streams_never_panic() {
    let Some(data) = data() else { return };
    let rounds = std::env::var("AGATSTON_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let mut random = 1u64;
    let mut next = |below: usize| {
        // Knuth's MMIX generator: the same damage on every run.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % below
    };
    for source in discover(&[data.join("syn_cornerstone_wado"), data.join("syn_pydicom")]).unwrap() {
        let good = std::fs::read(source.path().unwrap()).unwrap();
        let Some(header) = read_any(&source).unwrap() else { continue };
        let Some(start) = header.pixels.filter(|p| p.frames.is_some()).map(|p| p.offset) else { continue };
        let start = usize::try_from(start).unwrap();
        if good.len() > 400_000 || header.layout.bits_allocated != 16 || header.layout.samples != Some(1) {
            continue;
        }
        for _ in 0..rounds {
            let mut bytes = good.clone();
            for _ in 0..=next(4) {
                // Half of the damage goes to the heads of the streams, where sizes and tables are.
                let span = if next(2) == 0 { 400.min(good.len() - start) } else { good.len() - start };
                let at = start + next(span);
                bytes[at] = u8::try_from(next(256)).unwrap();
            }
            let damaged = Source::bytes(source.name(), bytes);
            if let Some(header) = read_any(&damaged).unwrap() {
                let _ = decode(&header);
            }
        }
    }
}
