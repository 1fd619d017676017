//! Compressed series against their bare decoders: everything from files to a result, over decoding the same frames and
//! nothing else. Run it on one processor, so that time is work: `taskset -c 0 cargo bench --bench codecs`.
//!
//! It needs nine slices of a real scan in several transfer syntaxes, which are not in the
//! repository (`$AGATSTON_DATA`, or `shared/data` beside the checkout), and says when they are not there.
#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]

use agatston_engine::{Assign, Choice, Detail, Request, Unwatched, Workers, score};
use dicom_object::open_file;
use std::{
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The folders of the data set that decoders of others decode.
const CODECS: [(&str, Decoder); 3] =
    [("j2k_lossless", jpeg2000), ("jpegls_lossless", jpeg_ls), ("deflated", inflate)];

/// Decodes a frame and says how many samples there were.
type Decoder = fn(&[u8]) -> usize;

fn main() {
    let rounds = if std::env::args().any(|word| word == "--bench") { 15 } else { 1 };
    let data = std::env::var_os("AGATSTON_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
        .join("derived_transcoded_qrm");
    if !data.is_dir() {
        eprintln!("SKIPPED: {} is not there", data.display());
        return;
    }
    eprintln!(
        "{:<18}{:>12}{:>12}{:>8}   medians of {rounds} rounds",
        "ms a slice", "decoder", "whole", "ratio"
    );
    for (name, decoder) in CODECS {
        let frames = frames(&data.join(name));
        let (mut bare, mut whole, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let b = timed(|| frames.iter().map(|frame| decoder(black_box(frame))).sum::<usize>());
            let w = timed(|| scored(&data.join(name)));
            ratio.push(w.as_secs_f64() / b.as_secs_f64());
            bare.push(b.as_secs_f64());
            whole.push(w.as_secs_f64());
        }
        let slices = f64::from(u32::try_from(frames.len()).expect("nine"));
        let ms = |seconds: Vec<f64>| median(seconds) * 1000.0 / slices;
        println!("{name:<18}{:>12.3}{:>12.3}{:>8.2}", ms(bare), ms(whole), median(ratio));
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// Scores a folder with one turn at decoding; that it was scored is checked.
fn scored(folder: &Path) {
    let request = Request {
        assign: Assign::Everything,
        detail: Detail::Totals,
        workers: Workers::new(1),
        ..Request::default()
    };
    let documents = score(&[folder.to_path_buf()], &Choice::Only, &request, &Unwatched).expect("readable");
    assert!(documents[0].refusal.is_none(), "{:?}", documents[0].refusal);
}

/// What a decoder is given of each file: the fragment of an encapsulated frame, else the whole packed data set.
fn frames(folder: &Path) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let frame = |path: PathBuf| {
        if folder.ends_with("deflated") {
            let bytes = std::fs::read(&path).expect("a file");
            return bytes[packed_from(&bytes)..].to_vec();
        }
        let object = open_file(&path).expect("a DICOM file");
        let element = object.element(dicom_dictionary_std::tags::PIXEL_DATA).expect("pixels");
        match element.fragments() {
            Some([fragment]) => fragment.clone(),
            other => panic!("a frame in one fragment, not {:?}", other.map(<[_]>::len)),
        }
    };
    files.map(frame).collect()
}

/// Where the data set begins: after the file meta, whose length is its first element.
fn packed_from(bytes: &[u8]) -> usize {
    let length = bytes[140..144].try_into().map(u32::from_le_bytes).expect("four bytes");
    144 + usize::try_from(length).expect("a short header")
}

fn jpeg2000(frame: &[u8]) -> usize {
    let image = jpeg2k::Image::from_bytes(frame).expect("a picture");
    image.components().iter().map(|component| component.data().len()).sum()
}

fn jpeg_ls(frame: &[u8]) -> usize {
    jpegls::decode(frame, 512, 512).expect("a picture").0.len()
}

fn inflate(set: &[u8]) -> usize {
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(set), &mut unpacked)
        .expect("a data set")
}
