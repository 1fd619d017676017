fn main() {
    let path = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    for _ in 0..5 {
        let t = std::time::Instant::now();
        let sources = agatston_dicom::discover(&[path.clone()]).unwrap();
        let a = t.elapsed();
        let found = agatston_dicom::index(sources, &agatston_dicom::Unwatched).unwrap();
        let b = t.elapsed();
        let groups = agatston_dicom::group(found);
        let c = t.elapsed();
        let series = groups.into_iter().next().unwrap().check(&Default::default()).unwrap();
        let d = t.elapsed();
        let mut buffer = agatston_dicom::Buffer::new();
        for i in 0..series.planes.len() { series.plane(i, &mut buffer).unwrap(); }
        let e = t.elapsed();
        eprintln!("discover {a:?} index {:?} group {:?} check {:?} planes {:?} ({})", b-a, c-b, d-c, e-d, series.planes.len());
    }
}
