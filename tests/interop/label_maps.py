"""Label maps that agatston wrote, read by nibabel and pynrrd and held against the CT as pydicom reads it.

    label_maps.py SERIES_FOLDER RESULT.json MAP.nii.gz MAP.seg.nrrd MAP.ctbl
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

import nibabel
import nrrd
import numpy
import pydicom

from checked import Checked, lowest_hu, region_of, regions_of

LPS_TO_RAS = numpy.diag([-1.0, -1.0, 1.0, 1.0])


def volume_of(folder):
    """HU of the series `[column, row, slice]` and the matrix from these indices to LPS, by pydicom alone."""
    files = [pydicom.dcmread(f, force=True) for f in pathlib.Path(folder).rglob("*") if f.is_file() and is_ct(f)]
    along_row, along_column = numpy.array(files[0].ImageOrientationPatient, float).reshape(2, 3)
    normal = numpy.cross(along_row, along_column)
    normal = normal if normal[2] > 0 else -normal
    files.sort(key=lambda f: numpy.dot(normal, numpy.array(f.ImagePositionPatient, float)))
    hu = numpy.stack([f.pixel_array * float(f.RescaleSlope) + float(f.RescaleIntercept) for f in files])
    first, last = (numpy.array(f.ImagePositionPatient, float) for f in (files[0], files[-1]))
    spacing = [float(x) for x in files[0].PixelSpacing]
    step = (last - first) / (len(files) - 1)
    matrix = numpy.eye(4)
    matrix[:3] = numpy.stack([along_row * spacing[1], along_column * spacing[0], step, first], axis=1)
    return hu.transpose(2, 1, 0), matrix


def is_ct(path):
    """Whether a file is a CT slice with pixels."""
    try:
        found = pydicom.dcmread(path, stop_before_pixels=True)
    except Exception:
        return False
    return found.get("Modality") == "CT" and "ImagePositionPatient" in found


def is_there(lesion, ids, number, matrix):
    """Whether the box of a lesion holds its centroid and voxels of its region."""
    center = numpy.linalg.solve(matrix, [*lesion["centroid_lps_mm"], 1])[:3]
    bounds = [lesion["bounding_box"][k] for k in ("columns", "rows", "slices")]
    low, high = numpy.array(bounds).T
    inside = ids[tuple(slice(a, b + 1) for a, b in zip(low, high))]
    return (center >= low - 1e-3).all() and (center <= high + 1e-3).all() and (inside == number).any()


def main(series, result, nifti, seg_nrrd, colours):
    check = Checked("label map")
    result = json.loads(pathlib.Path(result).read_text())
    hu, matrix = volume_of(series)
    image = nibabel.load(nifti)
    ids = numpy.asarray(image.dataobj)
    check.that(ids.dtype.kind == "u" and ids.shape == hu.shape, "nibabel reads ids on the grid of the series", f"{ids.dtype} {ids.shape}")
    apart = numpy.abs(image.affine - LPS_TO_RAS @ matrix).max()
    check.that(apart < 1e-3, "its sform is where pydicom puts the series", f"{apart:.1e} mm apart")
    turned = numpy.abs(image.header.get_qform() - image.header.get_sform()).max()
    check.that(turned < 1e-3, "its qform is its sform", f"{turned:.1e} mm apart")
    check.that(image.header.get_intent()[0] == "label", "its intent is label")

    [extension] = image.header.extensions
    content = extension.get_content()  # as TotalSegmentator reads it
    content = content if isinstance(content, bytes) else content.encode()
    table = ElementTree.fromstring(content.rstrip(b"\0").decode())
    names = {int(label.get("Key")): label.text for label in table.iter("Label")}
    behind = " provisional" if result["status"] == "provisional" else ""
    measured = [(name + behind, measures) for name, measures in regions_of(result).items()]
    check.that(set(names.values()) == {"Background"} | {name for name, _ in measured}, "the label table names every region", sorted(names.items()))

    number = {name: key for key, name in names.items()}
    voxel = abs(numpy.linalg.det(matrix[:3, :3]))
    for name, measures in measured:
        mm3 = float((ids == number[name]).sum()) * voxel
        check.that(abs(mm3 - measures["volume_mm3"]) < 1e-6 * max(mm3, 1), f"voxels of {name} are its volume", f"{mm3:.4f} mm3")
    lowest = float(hu[ids > 0].min(initial=9999))
    check.that(lowest >= lowest_hu(result), "every voxel reaches the threshold as pydicom reads it", f"{lowest} HU")
    astray = [lesion["id"] for lesion in result["lesions"] if not is_there(lesion, ids, number[region_of(result, lesion) + behind], matrix)]
    check.that(not astray, "every lesion is where the map has it", f"{len(result['lesions'])} lesions, astray {astray}")

    slicer, header = nrrd.read(seg_nrrd)
    check.that(numpy.array_equal(slicer, ids), "pynrrd reads the same voxels")
    check.that(header["space"] == "left-posterior-superior", "pynrrd reads LPS")
    placed = numpy.vstack([numpy.column_stack([header["space directions"].T, header["space origin"]]), [0, 0, 0, 1]])
    check.that(numpy.abs(placed - matrix).max() < 1e-6, "pynrrd puts it where the series is", f"{numpy.abs(placed - matrix).max():.1e} mm apart")
    segments = {int(header[f"Segment{i}_LabelValue"]): header[f"Segment{i}_Name"] for i in range(len(measured))}
    check.that(segments == {k: v for k, v in names.items() if k}, "its segments are the labels", sorted(segments.items()))

    lines = [line.split(" ") for line in pathlib.Path(colours).read_text().splitlines() if not line.startswith("#")]
    check.that(all(len(line) == 6 for line in lines), "the colour table has six columns")
    check.that({int(line[0]): line[1] for line in lines} == {k: "_".join(v.split()) for k, v in names.items()}, "the colour table has the same names")
    check.end()


main(*sys.argv[1:])
