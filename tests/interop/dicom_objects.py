"""A segmentation and a report that agatston wrote, held against the result and the CT by programs of others.

    dicom_objects.py SEG.dcm SR.dcm RESULT.json SERIES_FOLDER

dciodvfy (dicom3tools), dsrdump (dcmtk), and segimage2itkimage and tid1500reader (dcmqi) are looked for on PATH and beside
the Python that runs this.
"""

import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import highdicom
import nrrd
import numpy
import pydicom
from highdicom.sr import srread

from checked import Checked, region_of, regions_of

# Code of a measure, its derivation where it has one, and the key of the result.
MEASURES = {
    ("450360000", None): "agatston",
    ("AGATSTON", None): "agatston",
    ("112197", None): "volume_mm3",
    ("118565006", None): "volume_mm3",
    ("112199", None): "mass_mg",
    ("118538004", None): "mass_mg",
    ("112031", "373098007"): "mean_hu",
    ("112031", "56851009"): "peak_hu",
}
SITES = {"LM": "3227004", "LAD": "59438005", "LCX": "57396003", "RCA": "13647002", "coronary": "41801008",
         "LM/LAD/LCX": "41801008"}


def run(program, *arguments):
    """Runs a program of others; its exit code and all it said."""
    found = shutil.which(program) or shutil.which(program, path=str(pathlib.Path(sys.executable).parent))
    if found is None:
        return 127, f"{program} is not installed"
    done = subprocess.run([found, *map(str, arguments)], capture_output=True, text=True, errors="replace")
    return done.returncode, done.stdout + done.stderr


def instances_of(folder):
    """Every CT image of the series by its SOPInstanceUID."""
    found = {}
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            try:
                image = pydicom.dcmread(path)
            except Exception:
                continue
            if image.get("Modality") == "CT" and "PixelData" in image:
                found[image.SOPInstanceUID] = image
    return found


def hu_of(image):
    """HU of each frame, by its number from 1."""
    pixels = image.pixel_array
    frames = pixels if pixels.ndim == 3 else pixels[None]
    groups = image.get("PerFrameFunctionalGroupsSequence") or [None] * len(frames)
    shared = image.get("SharedFunctionalGroupsSequence", [None])[0]
    out = {}
    for number, (plane, group) in enumerate(zip(frames, groups), 1):
        holder = next((h.PixelValueTransformationSequence[0] for h in (group, shared) if h is not None and "PixelValueTransformationSequence" in h), image)
        out[number] = plane * float(holder.RescaleSlope) + float(holder.RescaleIntercept)
    return out


def check_segmentation(check, path, result, images):
    """The segmentation as highdicom, pydicom and dcmqi read it."""
    seg = highdicom.seg.segread(path)
    regions = regions_of(result)
    segments = {n: seg.get_segment_description(n) for n in seg.segment_numbers}
    behind = " provisional" if result["status"] == "provisional" else ""
    labels = [d.segment_label.removesuffix(behind) for d in segments.values()]
    check.that(labels == list(regions) and all(d.segment_label.endswith(behind) for d in segments.values()),
               f"highdicom reads a segment a region{behind and ', each named' + behind}", list(regions))
    check.that(seg.segmentation_type.value == "BINARY", "it is binary")
    for label, described in zip(labels, segments.values()):
        site = SITES.get("coronary" if label == "other coronary" else label)
        anatomy = [code.value for code in described.anatomic_regions]
        check.that(anatomy == ([site] if site else []), f"anatomy of {label}", anatomy)
    frames = {}
    for frame, pixels in zip(seg.PerFrameFunctionalGroupsSequence, seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)):
        segment = frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        frames[segment, source.ReferencedSOPInstanceUID, int(source.get("ReferencedFrameNumber", 1))] = pixels
    check.that(all(uid in images for _, uid, _ in frames), "its source images are those of the series")
    hu = {uid: hu_of(images[uid]) for uid in {uid for _, uid, _ in frames}}
    volume = result["series"]["pixel_spacing_mm"]
    voxel = volume[0] * volume[1] * result["series"]["increment_mm"]
    threshold = result["protocol"]["volume_threshold_hu"] or result["protocol"]["threshold_hu"]
    counts = collections.Counter()
    lowest = 1e9
    for (segment, uid, frame), pixels in frames.items():
        counts[segment] += int(pixels.sum())
        lowest = min(lowest, hu[uid][frame][pixels > 0].min(initial=1e9))
    for number, (name, measures) in zip(segments, regions.items()):
        mm3 = counts[number] * voxel
        check.that(abs(mm3 - (measures["volume_mm3"] or 0)) < 1e-6 * max(mm3, 1), f"voxels of {name} are its volume", f"{mm3:.4f} mm3")
    check.that(lowest >= threshold, f"every voxel is at {threshold} HU or more as pydicom reads it", f"{lowest} HU")
    if all("NumberOfFrames" not in image for image in images.values()):
        ordered = list(images)
        pixels = seg.get_pixels_by_source_instance(ordered, ignore_spatial_locations=True, assert_missing_frames_are_empty=True)
        same = all(numpy.array_equal(pixels[ordered.index(uid), ..., s - 1], plane) for (s, uid, _), plane in frames.items())
        check.that(same and int(pixels.sum()) == sum(counts.values()), "get_pixels_by_source_instance gives the same voxels", int(pixels.sum()))
    cube = seg.get_volume()
    check.that(int(cube.array.sum()) == sum(counts.values()), "get_volume gives the same voxels", cube.array.shape)
    check.that(numpy.allclose(cube.spacing, [result["series"]["increment_mm"], *volume], atol=1e-4), "and their spacing", cube.spacing)
    with tempfile.TemporaryDirectory() as folder:
        code, said = run("segimage2itkimage", "--inputDICOM", path, "--outputDirectory", folder, "--prefix", "s", "-t", "nrrd")
        check.that(code == 0, "dcmqi segimage2itkimage reads it", said.splitlines()[-1] if code else "")
        found = {int(v): int(n) for f in pathlib.Path(folder).glob("*.nrrd") for v, n in zip(*numpy.unique(nrrd.read(str(f))[0], return_counts=True)) if v}
        check.that(found == {k: v for k, v in counts.items() if v}, "and gives the same voxels", dict(sorted(found.items())))
    return seg


def items_of(group, code):
    """Content items of a group by the code of their name."""
    return [item for item in group[0].ContentSequence if item.ConceptNameCodeSequence[0].CodeValue == code]


def measures_of(group):
    """Numbers of a group by the key of the result."""
    found = {}
    for m in group.get_measurements():
        key = MEASURES[m.name.value, m.derivation.value if m.derivation else None]
        exact = m[0].MeasuredValueSequence[0].FloatingPointValue
        found[key] = exact
        if abs(float(m[0].MeasuredValueSequence[0].NumericValue) - exact) > 1e-9 * max(1.0, abs(exact)):
            raise ValueError(f"decimal string and number of {key} differ")
    return found


def check_report(check, path, result, seg):
    """The report as highdicom and dcmqi read it."""
    report = srread(path)
    with_volume = report.content.get_volumetric_roi_measurement_groups()
    others = report.content.get_image_measurement_groups()
    groups = {g.tracking_identifier: g for g in [*with_volume, *others]}
    expected = {}
    for number, lesion in enumerate(result["lesions"], 1):
        expected[f"{region_of(result, lesion)} lesion {number}"] = lesion
    expected |= regions_of(result)
    if result["total"]["scope"] == "coronary":
        expected["total"] = result["total"]
    check.that(len(with_volume) + len(others) == len(groups) and set(groups) == set(expected), "highdicom reads a group a lesion, a region and the total", len(groups))
    wrong = []
    for name, measures in expected.items():
        keys = {v for v in MEASURES.values() if measures[v] is not None}
        if measures_of(groups[name]) != {key: measures[key] for key in keys}:
            wrong.append(name)
    check.that(not wrong, "every number is that of the result to the last bit", wrong)
    uids = [g.tracking_uid for g in groups.values()]
    check.that(len(set(uids)) == len(uids), "tracking UIDs are unique")
    tracked = {seg.get_segment_description(n).tracking_uid for n in seg.segment_numbers}
    check.that(tracked <= set(uids), "segments are tracked by the UIDs of their groups")
    referred = {g.tracking_identifier: i.ReferencedSOPSequence[0] for g in with_volume for i in items_of(g, "121191")}
    segments = {name: r.ReferencedSegmentNumber for name, r in referred.items()}
    right = {name: n for n, (name, m) in enumerate(regions_of(result).items(), 1) if m["volume_mm3"]}
    check.that(segments == right, "groups refer to their segments", segments)
    check.that({r.ReferencedSOPInstanceUID for r in referred.values()} <= {seg.SOPInstanceUID}, "which are those of the segmentation")
    check_outlines(check, with_volume, seg)
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "report.json"
        code, said = run("tid1500reader", "--inputDICOM", path, "--outputMetadata", written)
        check.that(code == 0 and written.exists(), "dcmqi tid1500reader reads it", said.splitlines()[-1:] if code else "")
        read = {m["TrackingIdentifier"]: m for m in json.loads(written.read_text())["Measurements"]} if written.exists() else {}
        close = all(
            abs(float(read[name]["measurementItems"][0]["value"]) - measures["agatston"]) <= 1e-9 * max(1.0, measures["agatston"])
            for name, measures in expected.items()
            if name in read
        )
        check.that(set(read) == set(expected) and close, "and gives the same groups and scores", len(read))


def check_outlines(check, groups, seg):
    """Pixels within the outlines of all lesions, filled here, are those of the segmentation but for holes."""
    filled = collections.defaultdict(lambda: numpy.zeros((seg.Rows, seg.Columns), bool))
    for group in groups:
        for region in items_of(group, "111030"):
            image = region.ContentSequence[0].ReferencedSOPSequence[0]
            corners = numpy.array(region.GraphicData).reshape(-1, 2)
            if not numpy.array_equal(corners[0], corners[-1]):
                check.that(False, f"an outline of {group.tracking_identifier} is closed")
            inside = numpy.zeros((seg.Rows, seg.Columns), int)
            for (c0, r0), (c1, r1) in zip(corners, corners[1:]):
                if c0 == c1:  # a side between two columns: every pixel on its right changes sides
                    inside[int(min(r0, r1)):int(max(r0, r1)), int(c0):] += 1
            filled[image.ReferencedSOPInstanceUID, int(image.get("ReferencedFrameNumber", 1))] |= inside % 2 == 1
    missing = 0
    drawn = {key: pixels.copy() for key, pixels in filled.items()}
    marked = collections.defaultdict(lambda: numpy.zeros((seg.Rows, seg.Columns), bool))
    for frame, pixels in zip(seg.PerFrameFunctionalGroupsSequence, seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)):
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        key = source.ReferencedSOPInstanceUID, int(source.get("ReferencedFrameNumber", 1))
        missing += int((pixels.astype(bool) & ~filled[key]).sum())
        marked[key] |= pixels.astype(bool)
    check.that(missing == 0, "outlines hold every voxel of the segmentation", f"{len(drawn)} slices")
    more = {key: pixels & ~marked[key] for key, pixels in drawn.items()}
    beyond = sum(int((more[key] & reached(~marked[key])).sum()) for key in more)
    check.that(beyond == 0, "and beside them only holes", f"{sum(int(m.sum()) for m in more.values())} pixels of holes")


def reached(free):
    """The free pixels that can be reached from the border, over sides."""
    outside = numpy.zeros_like(free)
    outside[0], outside[-1], outside[:, 0], outside[:, -1] = free[0], free[-1], free[:, 0], free[:, -1]
    while True:
        grown = outside.copy()
        grown[1:] |= outside[:-1]
        grown[:-1] |= outside[1:]
        grown[:, 1:] |= outside[:, :-1]
        grown[:, :-1] |= outside[:, 1:]
        grown &= free
        if numpy.array_equal(grown, outside):
            return outside
        outside = grown


def main(seg, sr, result, series):
    check = Checked("DICOM objects")
    result = json.loads(pathlib.Path(result).read_text())
    for path in (seg, sr):
        code, said = run("dciodvfy", "-new", path)
        errors = [line for line in said.splitlines() if line.startswith("Error")]
        warnings = [line for line in said.splitlines() if line.startswith("Warning")]
        check.that(code == 0 and not errors, f"dciodvfy finds no error in {pathlib.Path(path).name}", errors[:3] or f"{len(warnings)} warnings")
    code, said = run("dsrdump", sr)
    check.that(code == 0 and "Imaging Measurements" in said, "dsrdump prints the report", said.splitlines()[-1:] if code else "")
    code, said = run("dcmdump", seg)
    check.that(code == 0, "dcmdump prints the segmentation")
    images = instances_of(series)
    check_report(check, sr, result, check_segmentation(check, seg, result, images))
    check.end()


main(*sys.argv[1:])
