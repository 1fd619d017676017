#!/usr/bin/env python3
"""Score a series the way an ordinary user of another library would, to compare agatston with.

usage: peers.py cc3d|scipy|sitk DIR    one line of JSON: the foci and `raw`, the sum of area in pixels x weight
       peers.py label                  CPU of cc3d's bare labelling, in milliseconds a plane, on patterns in memory

cc3d:  pydicom + connected-components-3d        scipy: pydicom + scipy, careful: features only at the candidates
sitk:  SimpleITK

Rule: in each axial slice, 8-connected foci of HU >= 130 with an area of at least 1 mm2; weight 1 to 4 by the peak
(130, 200, 300, 400 HU). Compare with `agatston score DIR --region everything --protocol fqm`.

The time of a whole process counts, so each function imports only what it needs and the command line is read by hand.
"""
import json
import math
import os
import sys

THRESHOLD = 130
USAGE = "usage: peers.py cc3d|scipy|sitk DIR, or peers.py label"


def weight(peak):
    """For one peak or an array of them."""
    return 1 + (peak >= 200) + (peak >= 300) + (peak >= 400)


def smallest_focus(pixel_area):
    """Pixels that make 1 mm2."""
    return math.ceil(1.0 / pixel_area - 1e-9)


def read_with_pydicom(folder):
    """The volume in HU and the area of a pixel in mm2."""
    import numpy as np
    import pydicom

    slices = [pydicom.dcmread(os.path.join(folder, name)) for name in os.listdir(folder)]
    slices.sort(key=lambda s: float(s.ImagePositionPatient[2]))
    planes = [s.pixel_array.astype(np.int16) * int(s.RescaleSlope) + int(s.RescaleIntercept) for s in slices]
    rows, columns = slices[0].PixelSpacing
    return np.stack(planes), float(rows) * float(columns)


def score_volume(volume, pixel_area, label):
    """Foci and raw of a volume; `label` turns a mask into labels and their number."""
    import numpy as np

    foci, raw = 0, 0
    for plane in volume:
        mask = plane >= THRESHOLD
        labels, count = label(mask)
        at = np.flatnonzero(mask)
        focus = labels.ravel()[at]
        area = np.bincount(focus, minlength=count + 1)
        peak = np.zeros(count + 1, plane.dtype)
        np.maximum.at(peak, focus, plane.ravel()[at])
        kept = area >= smallest_focus(pixel_area)
        foci += int(kept.sum())
        raw += int((area * weight(peak))[kept].sum())
    return foci, raw


def score_with_cc3d(folder):
    import cc3d

    def label(mask):
        return cc3d.connected_components(mask, connectivity=8, return_N=True, binary_image=True)

    return score_volume(*read_with_pydicom(folder), label)


def score_with_scipy(folder):
    from scipy import ndimage

    def label(mask):
        return ndimage.label(mask, [[1, 1, 1]] * 3)

    return score_volume(*read_with_pydicom(folder), label)


def score_with_sitk(folder):
    """SimpleITK does all of it; it imports numpy by itself where numpy is installed."""
    import SimpleITK as sitk

    volume = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(folder))
    smallest = smallest_focus(volume.GetSpacing()[0] * volume.GetSpacing()[1])
    mask = sitk.BinaryThreshold(volume, THRESHOLD, 32767, 1, 0)
    foci, raw = 0, 0
    for index in range(volume.GetSize()[2]):
        labels = sitk.ConnectedComponent(mask[:, :, index], True)
        statistics = sitk.LabelStatisticsImageFilter()
        statistics.Execute(volume[:, :, index], labels)
        for focus in statistics.GetLabels():
            area = statistics.GetCount(focus)
            if focus != 0 and area >= smallest:
                foci += 1
                raw += area * int(weight(statistics.GetMaximum(focus)))
    return foci, raw


def patterns():
    """Hard cases for labelling, 64 planes of 512 x 512 each: name and volume in HU."""
    import numpy as np

    rng = np.random.default_rng(1)
    shape = (64, 512, 512)
    row, column = np.mgrid[0:512, 0:512]
    for name, hit in (
        ("checkerboard", (row + column) % 2 == 0),
        ("grid of single pixels", (row % 2 == 0) & (column % 2 == 0)),
        ("noise 50 %", rng.random(shape, dtype=np.float32) < 0.5),
    ):
        above = 130 + rng.integers(0, 500, shape, dtype=np.int16)
        yield name, np.where(hit, above, rng.integers(0, 100, shape, dtype=np.int16))


def cpu_per_plane(work, planes):
    """Milliseconds of CPU a plane, the median of three passes."""
    import time

    passes = []
    for _ in range(3):
        start = time.process_time()
        for plane in planes:
            work(plane)
        passes.append(1000 * (time.process_time() - start) / len(planes))
    return round(sorted(passes)[1], 4)


def time_labels():
    """`label_ms`: the mask is there before the clock starts. `threshold_and_label_ms`: HU >= 130 is timed too."""
    import cc3d

    def label(mask):
        return cc3d.connected_components(mask, connectivity=8, binary_image=True)

    result = {}
    for name, volume in patterns():
        masks = [plane >= THRESHOLD for plane in volume]
        result[name] = {
            "components_in_first_plane": int(label(masks[0]).max()),
            "label_ms": cpu_per_plane(label, masks),
            "threshold_and_label_ms": cpu_per_plane(lambda plane: label(plane >= THRESHOLD), volume),
        }
    return result


def main():
    scorers = {"cc3d": score_with_cc3d, "scipy": score_with_scipy, "sitk": score_with_sitk}
    if sys.argv[1:] == ["label"]:
        print(json.dumps(time_labels()))
    elif len(sys.argv) == 3 and sys.argv[1] in scorers:
        foci, raw = scorers[sys.argv[1]](sys.argv[2])
        print(json.dumps({"foci": foci, "raw": raw}))
    else:
        sys.exit(USAGE)


if __name__ == "__main__":
    main()
