#!/usr/bin/env python3
"""Label files of the series fixtures/coronary, written with programs that other people wrote.

    python -m venv venv          (Python 3.11 or newer)
    venv/bin/pip install highdicom==0.28.2 pydicom==3.0.2 pylibjpeg==2.1.0 pylibjpeg-openjpeg==2.6.0 pyjpegls==1.5.1 \
        dcmqi==1.5.7 rt-utils==1.2.7 opencv-python==5.0.0.93 nibabel==5.4.2 SimpleITK==2.5.7 pynrrd==1.1.3 \
        slicerio==1.4.0 numpy==2.4.6
    venv/bin/python tests/label_fixtures.py                 writes fixtures/labels/ anew
    venv/bin/python tests/label_fixtures.py --check         writes to a temporary folder and compares the labels
    venv/bin/python tests/label_fixtures.py --shared DATA   counts the voxels of the real files below DATA

Every file but those that are wrong on purpose gives every voxel of 130 HU and more the artery that
fixtures/coronary/labels.nii.gz gives it: each file is read back, by another library than wrote it where there is one.
UIDs and dates are fixed, so the same versions write the same bytes.
"""

import argparse
import contextlib
import io
import json
import plistlib
import re
import subprocess
import sys
import tempfile
import tomllib
import uuid
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import cv2
import highdicom as hd
import nibabel
import nrrd
import numpy as np
import pydicom
import rt_utils
import SimpleITK as sitk
import slicerio
from pydicom import uid
from pydicom.pixels.utils import pack_bits
from pydicom.sr.coding import Code

ROOT = Path(__file__).resolve().parent.parent
CORONARY = ROOT / "fixtures/coronary"
OUT = ROOT / "fixtures/labels"
COUNTS = ROOT / "crates/agatston-labels/src/tests/shared_data_counts.json"
VERSIONS = dict(re.findall(r"([\w-]+)==([\d.]+)", __doc__))

RAS = np.diag([-1.0, -1, 1, 1])  # LPS to RAS and back
THRESHOLD_HU = 130


@dataclass(frozen=True)
class Artery:
    name: str
    sct: str
    srt: str  # the code of the same concept in SNOMED RT, which DICOM used before
    meaning: str
    spelled: str
    coca: str


ARTERIES = [
    Artery("LM", "3227004", "T-43107", "Left main coronary artery", "Left main", "Left Coronary Artery"),
    Artery("LAD", "59438005", "T-43110", "Anterior descending branch of left coronary artery",
           "Left anterior descending artery", "Left Anterior Descending Artery"),
    Artery("LCX", "57396003", "T-43120", "Circumflex branch of left coronary artery",
           "Circumflex artery", "Left Circumflex Artery"),
    Artery("RCA", "13647002", "T-43200", "Right coronary artery",
           "Right coronary artery", "Right Coronary Artery"),
]
LM, LAD, LCX, RCA = range(1, 5)


# ---- labels on a grid


@dataclass(frozen=True)
class Labels:
    """Ids by [i, j, k], and the affine from these indices to LPS millimetres."""

    ids: np.ndarray
    affine: np.ndarray

    def at(self, points):
        """Ids of the nearest voxels; 0 outside."""
        inverse = np.linalg.inv(self.affine)
        index = np.rint(points @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
        inside = ((index >= 0) & (index < self.ids.shape)).all(axis=-1)
        return np.where(inside, self.ids[tuple(np.moveaxis(np.where(inside[..., None], index, 0), -1, 0))], 0)

    def points(self):
        index = np.stack(np.indices(self.ids.shape), axis=-1)
        return index @ self.affine[:3, :3].T + self.affine[:3, 3]

    def spacing(self):
        return np.linalg.norm(self.affine[:3, :3], axis=0)

    def moved(self, steps):
        """The same ids, with the origin moved by indices."""
        affine = self.affine.copy()
        affine[:3, 3] += self.affine[:3, :3] @ steps
        return replace(self, affine=affine)

    def part(self, *slices):
        return replace(self.moved([s.start for s in slices]), ids=self.ids[slices])

    def flipped(self, axis):
        steps = np.zeros(3)
        steps[axis] = self.ids.shape[axis] - 1
        affine = self.moved(steps).affine
        affine[:, axis] *= -1
        return Labels(np.flip(self.ids, axis), affine)

    def permuted(self, *axes):
        return Labels(self.ids.transpose(axes), self.affine[:, [*axes, 3]])

    def finer(self):
        """Twice as fine in the first two axes."""
        affine = self.moved([-0.25, -0.25, 0]).affine
        affine[:, :2] /= 2
        return Labels(self.ids.repeat(2, axis=0).repeat(2, axis=1), affine)

    def oblique(self, degrees, spacing):
        """On a finer grid turned about z, with room for everything labelled."""
        points = self.points()[self.ids > 0]
        turn = np.radians(degrees)
        axes = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        low, high = (points @ axes).min(axis=0) - self.spacing(), (points @ axes).max(axis=0) + self.spacing()
        affine = np.eye(4)
        affine[:3, :3], affine[:3, 3] = axes * spacing, axes @ low
        empty = Labels(np.zeros(np.ceil((high - low) / spacing).astype(int), np.uint8), affine)
        return replace(empty, ids=self.at(empty.points()).astype(np.uint8))


def load_series():
    """The slices from the lowest up, their HU by [column, row, slice], and the labels."""
    slices = sorted(map(pydicom.dcmread, CORONARY.glob("*.dcm")), key=lambda s: s.ImagePositionPatient[2])
    hu = np.stack([s.pixel_array.T * float(s.RescaleSlope) + float(s.RescaleIntercept) for s in slices], axis=-1)
    labels = read_nibabel(CORONARY / "labels.nii.gz")
    corners = [labels.affine[:3] @ [0, 0, k, 1] for k in range(len(slices))]
    assert np.array_equal(corners, [s.ImagePositionPatient for s in slices]) and hu.shape == labels.ids.shape
    return slices, hu, labels


def box(labels):
    """Where the labels are, and one more row and column: an odd number of pixels, so that no frame of bits ends
    with a byte."""
    low, high = [f(np.nonzero(labels.ids), axis=1) for f in (np.min, np.max)]
    part = labels.part(*(slice(a, b + 1 + (axis < 2)) for axis, (a, b) in enumerate(zip(low, high))))
    assert part.ids[..., 0].size % 8 == 1
    return part


# ---- DICOM SEG


def fixed_uid(path, what):
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, f'agatston {path.name} {what}').int}"


def settle(dataset, path):
    """Dates of the series, and UIDs that depend on nothing but the name of the file."""
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = fixed_uid(path, "instance")
    dataset.SeriesInstanceUID = fixed_uid(path, "series")
    for element in dataset.iterall():
        if element.keyword == "DimensionOrganizationUID":
            element.value = fixed_uid(path, "dimensions")
        elif element.VR in ("DA", "TM", "DT") and element.value:
            element.value = {"DA": "20200102", "TM": "030405", "DT": "20200102030405"}[element.VR]


def segment(number, label, code):
    anatomy = Code("123037004", "SCT", "Anatomical Structure")
    return hd.seg.SegmentDescription(number, label, anatomy, code, "MANUAL")


def coded(arteries=ARTERIES):
    """Only the code tells the artery."""
    codes = [Code(a.sct, "SCT", a.meaning) for a in arteries]
    return [segment(n, f"Segment {'ABCD'[n - 1]}", code) for n, code in enumerate(codes, 1)]


def named():
    """Only the label tells the artery."""
    return [segment(n, a.name, Code("51114001", "SCT", "Artery")) for n, a in enumerate(ARTERIES, 1)]


def seg_highdicom(path, labels, kind="BINARY", syntax=uid.ExplicitVRLittleEndian, segments=None, change=None, **more):
    """Of ids by [i, j, k], or of one mask for each segment by [i, j, k, segment]."""
    segments = segments or coded()
    array = labels.ids.swapaxes(0, 2)
    if array.shape[:3] != HU.shape[::-1]:
        channels = {"SegmentNumber": [s.SegmentNumber for s in segments]} if array.ndim == 4 else None
        frame = SLICES[0].FrameOfReferenceUID
        array = hd.Volume(array, labels.affine[:, [2, 1, 0, 3]], "PATIENT", frame, channels)
    program = ("highdicom", "highdicom", VERSIONS["highdicom"], "0")
    seg = hd.seg.Segmentation(
        SLICES, array, kind, segments, "2.25.1", 100, "2.25.2", 1, *program, transfer_syntax_uid=syntax, **more
    )
    settle(seg, path)
    if change:
        change(seg)
    seg.save_as(path)


def deflate(seg):
    seg.file_meta.TransferSyntaxUID = uid.DeflatedExplicitVRLittleEndian


def other_frame(dataset):
    """Another frame of reference, wherever one is named."""
    for element in dataset.iterall():
        if element.keyword.endswith("FrameOfReferenceUID"):
            element.value = "2.25.4711"


def reverse_frames(seg):
    """highdicom stores the highest slice of a segment first; this is the lowest first, and the last segment first."""
    seg.PixelData = pack_bits(seg.pixel_array[::-1])
    seg.PerFrameFunctionalGroupsSequence = seg.PerFrameFunctionalGroupsSequence[::-1]


def masks_of(labels, arteries=(LM, LAD, LCX, RCA)):
    return np.stack([labels.ids == n for n in arteries], axis=-1)


def with_rim(labels):
    """Certain within the labels, a quarter in the pixels around them."""
    masks = masks_of(labels).astype(np.float32)
    wider = [[cv2.dilate(m[..., k], np.ones((3, 3))) for k in range(m.shape[-1])] for m in np.moveaxis(masks, -1, 0)]
    return replace(labels, ids=np.maximum(masks, np.array(wider).transpose(2, 3, 1, 0) / 4))


def overlapping(labels):
    """LAD and LCX, and LCX holds a plaque of the LAD too."""
    masks = masks_of(labels, (LAD, LCX)).astype(np.uint8)
    masks[..., 1] |= masks[..., 0] & (np.indices(labels.ids.shape)[2] == 7)  # slice 9 of the series
    return replace(labels, ids=masks)


def seg_dcmqi(path, labels, old_codes=False, label_ids=(1, 2, 3, 4), options=(), then=None):
    """A label map and a description of it; `then` are options of the conversion to SEG labelmaps."""

    def code(sct, srt, meaning):
        value, scheme = (srt, "SRT") if old_codes else (sct, "SCT")
        return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}

    def attributes(label_id, artery):
        return {
            "labelID": label_id,
            "SegmentDescription": "Calcified plaque",
            "SegmentAlgorithmType": "MANUAL",
            "SegmentedPropertyCategoryCodeSequence": code("49755003", "M-01000", "Morphologically Abnormal Structure"),
            "SegmentedPropertyTypeCodeSequence": code("18115005", "M-55420", "Calcification"),
            "AnatomicRegionSequence": code(artery.sct, artery.srt, artery.meaning),
            "recommendedDisplayRGBValue": [255, 0, 0],
        }

    described = {
        "ContentCreatorName": "Reader1",
        "SeriesDescription": "Segmentation",
        "SeriesNumber": "300",
        "InstanceNumber": "1",
        "segmentAttributes": [list(map(attributes, label_ids, ARTERIES))],
    }
    with tempfile.TemporaryDirectory() as folder:
        image, metadata, first, second = [Path(folder) / n for n in ("ids.nrrd", "meta.json", "1.dcm", "2.dcm")]
        ids = np.array([0, *label_ids], np.uint8)[labels.ids]
        write_sitk(image, replace(labels, ids=ids))
        metadata.write_text(json.dumps(described))
        series = ",".join(str(CORONARY / Path(s.filename).name) for s in SLICES)
        dcmqi("itkimage2segimage", inputImageList=image, inputDICOMList=series, inputMetadata=metadata,
              outputDICOM=first, options=options)
        if then is not None:
            dcmqi("bin2labelsegimage", inputDICOM=first, outputDICOM=second, options=then)
        seg = pydicom.dcmread(first if then is None else second)
    settle(seg, path)
    seg.save_as(path)


def dcmqi(program, options, **paths):
    command = [Path(sys.executable).parent / program, *options]
    for name, value in paths.items():
        command += [f"--{name}", value]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def read_seg(path):
    """Frame by frame with pydicom, and again with highdicom: both must agree."""
    by_hand, volume = seg_by_frames(pydicom.dcmread(path)), seg_by_highdicom(path)
    points = np.concatenate([v.points()[v.ids > 0] for v in (by_hand, volume)])
    assert np.array_equal(by_hand.at(points), volume.at(points)), path
    return by_hand


def segment_numbers(seg):
    """All but the background, which labelmaps describe too."""
    background = lambda s: s.SegmentedPropertyTypeCodeSequence[0].CodeValue == "125040"
    return [s.SegmentNumber for s in seg.SegmentSequence if not background(s)]


def frames_of(seg):
    return seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)


def frame_of(seg, number, group):
    """A functional group of a frame, or the one that all frames share."""
    own, shared = seg.PerFrameFunctionalGroupsSequence[number], seg.SharedFunctionalGroupsSequence[0]
    return (own if group in own else shared)[group][0]


def seg_by_frames(seg):
    """Ids are places in the list of segments; of fractions, half and more counts."""
    numbers, frames = segment_numbers(seg), frames_of(seg)
    along_row, along_column = np.reshape(frame_of(seg, 0, "PlaneOrientationSequence").ImageOrientationPatient, (2, 3))
    measures = frame_of(seg, 0, "PixelMeasuresSequence")
    normal = np.cross(along_row, along_column)
    corners = [frame_of(seg, n, "PlanePositionSequence").ImagePositionPatient for n in range(len(frames))]
    heights = np.array(corners, float) @ normal
    step = float(measures.SpacingBetweenSlices)
    planes = np.rint((heights - heights.min()) / step).astype(int)
    ids = np.zeros((seg.Columns, seg.Rows, planes.max() + 1), np.uint8)
    for n, frame in enumerate(frames):
        if seg.SegmentationType == "LABELMAP":
            for place, number in enumerate(numbers, 1):
                ids[..., planes[n]][frame.T == number] = place
        else:
            number = frame_of(seg, n, "SegmentIdentificationSequence").ReferencedSegmentNumber
            ids[..., planes[n]][frame.T >= seg.get("MaximumFractionalValue", 1) / 2] = numbers.index(number) + 1
    affine = np.eye(4)
    rows, columns = map(float, measures.PixelSpacing)
    affine[:3] = np.transpose([along_row * columns, along_column * rows, normal * step, corners[heights.argmin()]])
    return Labels(ids, affine)


def seg_by_highdicom(path):
    volume = hd.seg.segread(path).get_volume()
    masks = volume.array >= 0.5
    ids = (masks * np.arange(1, masks.shape[-1] + 1)).max(axis=-1)
    return Labels(ids.transpose(), volume.affine[:, [2, 1, 0, 3]])


# ---- RTSTRUCT


def rtstruct(path, labels, names=[a.name for a in ARTERIES], change=None):
    with quiet():
        struct = rt_utils.RTStructBuilder.create_new(str(CORONARY))
        for n, name in enumerate(names, 1):
            struct.add_roi(mask=(labels.ids == n).transpose(1, 0, 2), name=name)
        settle(struct.ds, path)
        if change:
            change(struct.ds)
        struct.save(str(path))


def with_hole(labels):
    """LCX with a hole of one pixel in each of its slices, next to a plaque: pixels of the plaque are corners of the
    outline of the hole."""
    ids = labels.ids.copy()
    ids[62, 51, 10:14] = 0
    assert (HU[62, 52, 11:13] >= THRESHOLD_HU).all()
    return replace(labels, ids=ids)


def join_holes(dataset):
    """Each hole becomes part of the contour around it, as DICOM PS3.3 C.8.8.6.3 has it: one way in and out. Two
    contours of a slice are an outline and its hole here."""
    for roi in dataset.ROIContourSequence:
        contours = list(roi.ContourSequence)
        for outer, inner in zip(contours, contours[1:]):
            if outer.ContourData[2] == inner.ContourData[2]:
                around, hole = [np.reshape(c.ContourData, (-1, 3)) for c in (outer, inner)]
                points = np.concatenate([around, around[:1], hole[::-1], hole[-1:]])
                outer.ContourData, outer.NumberOfContourPoints = points.ravel().tolist(), len(points)
                roi.ContourSequence.remove(inner)


def read_rtstruct(path):
    """With rt-utils: OpenCV fills all contours of a slice at once, even-odd, outlines included."""
    with quiet():
        struct = rt_utils.RTStructBuilder.create_from(str(CORONARY), str(path))
        masks = [struct.get_roi_mask_by_name(name) for name in struct.get_roi_names()]
    ids = sum(n * mask for n, mask in enumerate(masks, 1))
    return replace(SERIES, ids=ids.transpose(1, 0, 2))


@contextlib.contextmanager
def quiet():
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


# ---- NIfTI


def nifti(path, labels, dtype=np.uint8, change=None, image=nibabel.Nifti1Image):
    volume = image(labels.ids.astype(dtype), RAS @ labels.affine, dtype=dtype)
    volume.header.set_xyzt_units("mm")
    if change:
        change(volume)
    nibabel.save(volume, path)


def qform_only(volume):
    volume.set_qform(volume.affine, code=1)
    volume.set_sform(None, code=0)


def label_table(volume):
    """Names as TotalSegmentator writes them (totalsegmentator/nifti_ext_header.py), to the blanks."""
    before = ('<?xml version="1.0" encoding="UTF-8"?> <CaretExtension>  <Date><![CDATA[2013-07-14T05:45:09]]></Date>'
              '   <VolumeInformation Index="0">   <LabelTable>\n')
    after = ("\n  </LabelTable>  <StudyMetaDataLinkSet>  </StudyMetaDataLinkSet>  <VolumeType><![CDATA[Label]]>"
             "</VolumeType>   </VolumeInformation></CaretExtension>\n              ")
    names = [a.spelled.lower().replace(" ", "_") for a in ARTERIES]
    labels = [f'<Label Key="{n}" Red="0.0" Green="1.0" Blue="0.0" Alpha="1"><![CDATA[{name}]]></Label>\n'
              for n, name in enumerate(names, 1)]
    content = (before + "".join(labels) + after).encode()
    volume.header.extensions.append(nibabel.nifti1.Nifti1Extension(0, content))


def many_ids(labels):
    """Ids 5 to 300 in the lowest slice, one voxel each."""
    ids = labels.ids.astype(np.int16)
    assert not ids[..., 0].any()
    ids[..., 0].flat[: 300 - 4] = np.arange(5, 301)
    return replace(labels, ids=ids)


def mask_folder(path, labels):
    path.mkdir(exist_ok=True)
    for n, artery in enumerate(ARTERIES, 1):
        nifti(path / f"{artery.name}.nii.gz", replace(labels, ids=labels.ids == n))


def read_masks(path):
    masks = [read_sitk(path / f"{a.name}.nii.gz") for a in ARTERIES]
    return replace(masks[0], ids=sum(n * m.ids for n, m in enumerate(masks, 1)))


def read_nibabel(path):
    image = nibabel.load(path)
    return Labels(np.asanyarray(image.dataobj), RAS @ image.affine)


# ---- NRRD and MetaImage


def write_sitk(path, labels, compressed=True):
    image = sitk.GetImageFromArray(np.ascontiguousarray(labels.ids.transpose()))
    image.SetSpacing(labels.spacing())
    image.SetDirection((labels.affine[:3, :3] / labels.spacing()).ravel())
    image.SetOrigin(labels.affine[:3, 3])
    sitk.WriteImage(image, str(path), useCompression=compressed)


def read_sitk(path):
    image = sitk.ReadImage(str(path))
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return Labels(sitk.GetArrayFromImage(image).transpose(), affine)


def write_pynrrd(path, labels, encoding="gzip", ras=False, **more):
    affine = RAS @ labels.affine if ras else labels.affine
    header = {
        "space": "right-anterior-superior" if ras else "left-posterior-superior",
        "kinds": ["domain"] * 3,
        "space directions": affine[:3, :3].T,
        "space origin": affine[:3, 3],
        "encoding": encoding,
    }
    nrrd.write(str(path), labels.ids, header | more)


def read_pynrrd(path):
    ids, header = nrrd.read(str(path))
    affine = np.eye(4)
    affine[:3] = np.column_stack([header["space directions"].T, header["space origin"]])
    return Labels(ids, RAS @ affine if header["space"].startswith("right") else affine)


def terminology(artery, region=False):
    """The artery is the type of the segment, or the region of a segment of type artery."""
    code = ["SCT", artery.sct, artery.meaning]
    entry = {"contextName": "Segmentation category and type - 3D Slicer General Anatomy list",
             "category": ["SCT", "123037004", "Anatomical Structure"],
             "anatomicContextName": "Anatomic codes - DICOM master list"}
    return entry | ({"type": ["SCT", "51114001", "Artery"], "anatomicRegion": code} if region else {"type": code})


TISSUE = {"contextName": "Segmentation category and type - 3D Slicer General Anatomy list",
          "category": ["SCT", "85756007", "Tissue"], "type": ["SCT", "85756007", "Tissue"],
          "anatomicContextName": "Anatomic codes - DICOM master list"}


def seg_nrrd(path, labels, masks=None, names=None, terms=None):
    """As 3D Slicer stores segments: in one layer, or in more where they overlap."""
    segmentation = slicerio.create_segmentation(labels.ids.shape[:3], labels.affine)
    segmentation["containedRepresentationNames"] = ["Binary labelmap", "Closed surface"]
    masks = masks_of(labels) if masks is None else masks
    terms = terms or list(map(terminology, ARTERIES))
    for n in range(masks.shape[-1]):
        name = names[n] if names else f"Segment_{n + 1}"
        slicerio.add_segment(segmentation, masks[..., n], {
            "id": f"Segment_{n + 1}", "name": name, "color": [1.0, 0.0, 0.0], "nameAutoGenerated": not names,
            "status": "inprogress", "terminology": terms[n],
        })
    slicerio.write_segmentation(str(path), segmentation)


def seg_nrrd_layers(path, labels):
    """LM and LAD in one layer, LCX and RCA in another, as 1 and 2 in both."""
    layers = np.array([[0, 1, 2, 0, 0], [0, 0, 0, 1, 2]], np.uint8)[:, labels.ids]
    segments = [
        {"id": f"Segment_{n + 1}", "name": f"Segment_{n + 1}", "labelValue": n % 2 + 1, "layer": n // 2,
         "terminology": terminology(a, region=True)}
        for n, a in enumerate(ARTERIES)
    ]
    slicerio.write_segmentation(str(path), {"voxels": layers, "ijkToLPS": labels.affine, "segments": segments})


def seg_nrrd_old(path, labels):
    """As Slicer before 4.11: a layer for each segment, no keys LabelValue and Layer, codes of SNOMED RT. slicerio
    cannot write that."""
    layers = np.moveaxis(masks_of(labels).astype(np.uint8), -1, 0)
    header = {
        "space": "left-posterior-superior",
        "kinds": ["list", "domain", "domain", "domain"],
        "space directions": np.vstack([[np.nan] * 3, labels.affine[:3, :3].T]),
        "space origin": labels.affine[:3, 3],
        "encoding": "gzip",
    }
    for n, a in enumerate(ARTERIES):
        header |= {
            f"Segment{n}_Color": "1 0 0",
            f"Segment{n}_Extent": " ".join(f"0 {size - 1}" for size in labels.ids.shape),
            f"Segment{n}_ID": f"Segment_{n + 1}",
            f"Segment{n}_Name": f"Segment_{n + 1}",
            f"Segment{n}_Tags": "TerminologyEntry:Segmentation category and type - 3D Slicer General Anatomy list"
            f"~SRT^T-D000A^Anatomical Structure~SRT^{a.srt}^{a.meaning}~^^~Anatomic codes - DICOM master list~^^~^^|",
        }
    header["Segmentation_MasterRepresentation"] = "Binary labelmap"
    header["Segmentation_ReferenceImageExtentOffset"] = "0 0 0"
    nrrd.write(str(path), layers, header)


def read_seg_nrrd(path):
    segmentation = slicerio.read_segmentation(str(path))
    voxels = segmentation["voxels"]
    layers = voxels if voxels.ndim == 4 else voxels[None]
    masks = [layers[s.get("layer", n)] == s.get("labelValue", 1) for n, s in enumerate(segmentation["segments"])]
    return Labels(np.max([n * mask for n, mask in enumerate(masks, 1)], axis=0), segmentation["ijkToLPS"])


# ---- contours of the COCA data set


def coca(path, arteries=(LM, LAD, LCX, RCA), index=lambda k: k, names={}):
    """An Apple property list with a contour around each 4-connected piece of a plaque, along its border pixels."""
    images = []
    for k in range(HU.shape[2]):
        rois = [coca_roi(pixels, k, names.get(n, ARTERIES[n - 1].coca)) for n in arteries for pixels in pieces(n, k)]
        rois = [roi | {"IndexInImage": n} for n, roi in enumerate(rois)]
        if rois:
            images.append({"ImageIndex": index(k), "NumberOfROIs": len(rois), "ROIs": rois})
    path.write_bytes(plistlib.dumps({"Images": images}))


def pieces(artery, k):
    plaque = (SERIES.ids[..., k].T == artery) & (HU[..., k].T >= THRESHOLD_HU)
    count, piece = cv2.connectedComponents(plaque.astype(np.uint8), connectivity=4)
    return [piece == n for n in range(1, count)]


def coca_roi(pixels, k, name):
    outline = cv2.findContours(pixels.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0][0][:, 0]
    mm = np.column_stack([outline, np.full(len(outline), k)]) @ SERIES.affine[:3, :3].T + SERIES.affine[:3, 3]
    values = HU[..., k].T[pixels]
    written = lambda point: f"({', '.join(f'{v:.6f}' for v in point)})"
    round_trip = np.linalg.norm(np.diff(mm, axis=0, append=mm[:1]), axis=1).sum()
    return {
        "Area": values.size * float(np.prod(SERIES.spacing()[:2])) / 100,  # cm2
        "Center": written(mm.mean(axis=0)),
        "Dev": float(values.std()),
        "Length": float(round_trip) / 10,  # cm
        "Max": float(values.max()),
        "Mean": float(values.mean()),
        "Min": float(values.min()),
        "Name": name,
        "NumberOfPoints": len(outline),
        "Point_mm": list(map(written, mm)),
        "Point_px": list(map(written, outline)),
        "Total": float(values.sum()),
        "Type": 15,
    }


def coca_empty(path, images):
    path.write_bytes(plistlib.dumps({"Images": images}))


def read_coca(path):
    """Filled as OpenCV does, with the outline. Point_mm tells the slice."""
    ids = np.zeros_like(SERIES.ids)
    names = {a.coca: n for n, a in enumerate(ARTERIES, 1)}
    numbers = lambda text: [float(v) for v in text.strip("()").split(",")]
    for image in plistlib.loads(path.read_bytes())["Images"]:
        for roi in image["ROIs"]:
            k = round((numbers(roi["Point_mm"][0])[2] - SERIES.affine[2, 3]) / SERIES.affine[2, 2])
            points = np.array([numbers(p) for p in roi["Point_px"]]).astype(np.int32)
            mask = cv2.fillPoly(np.zeros(HU.shape[1::-1], np.uint8), [points], 1)
            ids[..., k][mask.T > 0] = names.get(roi["Name"], 9)
    return replace(SERIES, ids=ids)


# ---- regions file


def regions_toml(path):
    """The boxes of fixtures/coronary/regions.json as polygons."""
    text = ""
    for region in json.loads((CORONARY / "regions.json").read_text())["regions"]:
        (left, right), (top, bottom) = region["box_px"]["column"], region["box_px"]["row"]
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        text += f'[[regions]]\nname = "{region["name"]}"\nslices = {region["slices"]}\npolygon_px = {corners}\n\n'
    path.write_text(text.rstrip("\n") + "\n")


def read_regions(path):
    ids = np.zeros_like(SERIES.ids)
    names = {a.name: n for n, a in enumerate(ARTERIES, 1)}
    for region in tomllib.loads(path.read_text())["regions"]:
        corners = np.array(region["polygon_px"], np.float32)
        low, high = np.ceil(corners.min(axis=0)).astype(int), np.floor(corners.max(axis=0)).astype(int)
        first, last = region["slices"]
        for i, j in np.ndindex(*(high - low + 1)):
            if cv2.pointPolygonTest(corners, (low + [i, j]).tolist(), False) >= 0:
                ids[low[0] + i, low[1] + j, first : last + 1] = names[region["name"]]
    return replace(SERIES, ids=ids)


# ---- the table


@dataclass(frozen=True)
class Variant:
    file: str
    program: str
    write: object
    read: object
    expect: dict


def variant(file, program, write, read, outcome="same", code=None, **expect):
    programs = re.sub(r"[\w-]+", lambda p: f"{p[0]} {VERSIONS[p[0]]}" if p[0] in VERSIONS else p[0], program)
    expect = {"file": file, "writer": programs, "outcome": outcome} | ({"code": code} if code else {}) | expect
    return Variant(file, program, write, read, expect | ({"lm": "separate"} if outcome == "same" else {}))


def variants():
    full, part = SERIES, box(SERIES)
    empty = replace(part, ids=np.zeros_like(part.ids))
    swapped = lambda labels, *axes: replace(labels, ids=labels.ids.transpose(axes))
    top = HU.shape[2] - 1
    labelmap = partial(seg_highdicom, labels=full, kind="LABELMAP")
    deflated = "highdicom, deflated by pydicom"

    def segs(name, program, write, **expect):
        return variant(f"seg_{name}.dcm", program, write, read_seg, **expect)

    def structs(name, write, program="rt-utils", **expect):
        return variant(f"rtstruct_{name}.dcm", program, write, read_rtstruct, **expect)

    def ids(file, program, write, read, **expect):
        return variant(file, program, write, read, **{"scheme": "agatston"} | expect)

    def niftis(name, write, program="nibabel", read=read_sitk, **expect):
        return ids(f"nifti_{name}.nii.gz", program, write, read, **expect)

    def slicers(name, write, program="slicerio", **expect):
        return variant(f"slicer_{name}.seg.nrrd", program, write, read_seg_nrrd, **expect)

    def cocas(name, write, **expect):
        return variant(f"coca_{name}.xml", "plistlib of Python 3.11", write, read_coca, **expect)

    refused, finding = partial(dict, outcome="refused"), partial(dict, outcome="finding")
    return [
        segs("binary", "highdicom", partial(seg_highdicom, labels=full)),
        segs("binary_deflated", deflated, partial(seg_highdicom, labels=full, change=deflate)),
        segs("binary_jpeg_2000", "highdicom", partial(seg_highdicom, labels=full, syntax=uid.JPEG2000Lossless),
             **refused(code="labels_encoding")),
        segs("all_frames", deflated, partial(seg_highdicom, labels=full, omit_empty_frames=False, change=deflate)),
        segs("named", "highdicom",
             partial(seg_highdicom, labels=part, segments=named(), syntax=uid.ImplicitVRLittleEndian)),
        segs("reversed", "highdicom, frames reversed by pydicom",
             partial(seg_highdicom, labels=part, change=reverse_frames)),
        segs("sagittal", "highdicom", partial(seg_highdicom, labels=part.permuted(1, 2, 0))),
        segs("labelmap", "highdicom", partial(labelmap, labels=part)),
        segs("labelmap_rle", "highdicom", partial(labelmap, syntax=uid.RLELossless)),
        segs("labelmap_jpeg_2000", "highdicom", partial(labelmap, syntax=uid.JPEG2000Lossless),
             **refused(code="labels_encoding")),
        segs("labelmap_jpeg_ls", "highdicom", partial(labelmap, syntax=uid.JPEGLSLossless),
             **refused(code="labels_encoding")),
        segs("fractional", "highdicom",
             partial(seg_highdicom, labels=with_rim(full), kind="FRACTIONAL", syntax=uid.RLELossless),
             fractional_threshold=0.5),
        segs("overlap", "highdicom", partial(seg_highdicom, labels=overlapping(part), segments=coded(ARTERIES[1:3])),
             **refused(code="labels_overlap")),
        segs("other_frame", "highdicom, edited with pydicom",
             partial(seg_highdicom, labels=replace(part, ids=part.ids == LM), segments=coded(ARTERIES[:1]),
                     change=other_frame), **refused(code="labels_frame_of_reference")),
        segs("dcmqi", "dcmqi", partial(seg_dcmqi, labels=part)),
        segs("dcmqi_old_codes", "dcmqi", partial(seg_dcmqi, labels=part, old_codes=True)),
        segs("dcmqi_deflated", "dcmqi", partial(seg_dcmqi, labels=full, options=["--compress", "deflate"])),
        segs("dcmqi_labelmap", "dcmqi",
             partial(seg_dcmqi, labels=part, label_ids=(10, 20, 30, 40),
                     options=["--segmentationType", "labelmap", "--useLabelIDAsSegmentNumber",
                              "--compress", "deflate"])),
        segs("dcmqi_palette", "dcmqi", partial(seg_dcmqi, labels=part, then=["--usePalette", "--compress", "deflate"])),
        segs("dcmqi_16_bit", "dcmqi", partial(seg_dcmqi, labels=part, then=["--force16Bit", "--compress", "rle"])),
        structs("named", partial(rtstruct, labels=full)),
        structs("spelled", partial(rtstruct, labels=full, names=[a.spelled for a in ARTERIES])),
        structs("hole", partial(rtstruct, labels=with_hole(full))),
        structs("keyhole", partial(rtstruct, labels=with_hole(full), change=join_holes),
                "rt-utils, contours joined with pydicom"),
        structs("other_frame", partial(rtstruct, labels=full, change=other_frame), "rt-utils, edited with pydicom",
                **finding(code="labels_frame_of_reference")),
        niftis("lps", partial(nifti, labels=full)),
        niftis("ras", partial(nifti, labels=full.flipped(0).flipped(1))),
        niftis("flipped_i", partial(nifti, labels=full.flipped(0))),
        niftis("flipped_j", partial(nifti, labels=full.flipped(1))),
        niftis("flipped_k", partial(nifti, labels=full.flipped(2))),
        niftis("permuted", partial(nifti, labels=full.permuted(2, 0, 1))),
        niftis("cropped", partial(nifti, labels=part)),
        niftis("finer", partial(nifti, labels=full.finer())),
        niftis("oblique", partial(nifti, labels=full.oblique(10, [0.25, 0.25, 1]))),
        niftis("int16", partial(nifti, labels=full, dtype=np.int16)),
        niftis("int64", partial(nifti, labels=full, dtype=np.int64)),
        niftis("float32", partial(nifti, labels=full, dtype=np.float32)),
        niftis("version_2", partial(nifti, labels=full, image=nibabel.Nifti2Image), read=read_nibabel),
        niftis("qform_only", partial(nifti, labels=full, change=qform_only)),
        variant("nifti_named.nii.gz", "nibabel, with the label table of TotalSegmentator",
                partial(nifti, labels=full, change=label_table), read_sitk),
        niftis("sitk", partial(write_sitk, labels=full), "SimpleITK", read_nibabel),
        niftis("wrong_shifted", partial(nifti, labels=full.moved([1, 0, 0])), **finding(code="labels_shifted")),
        niftis("wrong_transposed", partial(nifti, labels=swapped(full, 1, 0, 2)), **finding(code="labels_without_candidates")),
        niftis("wrong_axes", partial(nifti, labels=swapped(full, 2, 1, 0)), **refused(code="labels_off_grid")),
        niftis("wrong_ids", partial(nifti, labels=many_ids(full), dtype=np.int16),
               **refused(code="labels_unknown_id")),
        niftis("empty", partial(nifti, labels=empty), outcome="empty", code="labels_empty"),
        variant("masks", "nibabel", partial(mask_folder, labels=full), read_masks),
        ids("nrrd_sitk.nrrd", "SimpleITK", partial(write_sitk, labels=full), read_pynrrd),
        ids("nrrd_raw.nrrd", "SimpleITK", partial(write_sitk, labels=part, compressed=False), read_pynrrd),
        ids("nrrd_ras.nrrd", "pynrrd", partial(write_pynrrd, labels=full, ras=True), read_sitk),
        ids("nrrd_text.nrrd", "pynrrd", partial(write_pynrrd, labels=part, encoding="ascii"), read_sitk),
        ids("nrrd_bzip2.nrrd", "pynrrd", partial(write_pynrrd, labels=full, encoding="bzip2"), read_pynrrd,
            **refused(code="labels_encoding")),
        ids("nrrd_big_endian.nrrd", "pynrrd",
            partial(write_pynrrd, labels=replace(full, ids=full.ids.astype(">i2"))), read_sitk),
        ids("nrrd_detached.nhdr", "pynrrd", partial(write_pynrrd, labels=full), read_sitk),
        slicers("codes", partial(seg_nrrd, labels=full)),
        slicers("names", partial(seg_nrrd, labels=part, names=[a.spelled for a in ARTERIES], terms=[TISSUE] * 4)),
        slicers("two_layers", partial(seg_nrrd_layers, labels=part)),
        slicers("old", partial(seg_nrrd_old, labels=part), "pynrrd"),
        slicers("overlap", partial(seg_nrrd, labels=part, masks=overlapping(part).ids, terms=list(
            map(terminology, ARTERIES[1:3]))), **refused(code="labels_overlap")),
        ids("meta.mha", "SimpleITK", partial(write_sitk, labels=full), read_sitk),
        ids("meta_raw.mha", "SimpleITK", partial(write_sitk, labels=part, compressed=False), read_sitk),
        ids("meta_permuted.mha", "SimpleITK", partial(write_sitk, labels=full.permuted(1, 2, 0).flipped(1)), read_sitk),
        ids("meta_detached_raw.mhd", "SimpleITK", partial(write_sitk, labels=part, compressed=False), read_sitk),
        ids("meta_detached.mhd", "SimpleITK", partial(write_sitk, labels=full), read_sitk),
        cocas("lowest_first", coca),
        cocas("highest_first", partial(coca, index=lambda k: top - k)),
        cocas("unknown_name", partial(coca, arteries=[LM], names={LM: "Ramus"}), **refused(code="labels_unknown_name")),
        cocas("contradicting", partial(coca, arteries=[LM], index=lambda k: k + 3), **refused(code="labels_invalid")),
        cocas("no_images", partial(coca_empty, images=[]), outcome="empty", code="labels_empty"),
        cocas("no_rois", partial(coca_empty, images=[{"ImageIndex": 4, "NumberOfROIs": 0, "ROIs": []}]),
              outcome="empty", code="labels_empty"),
        variant("regions.toml", "label_fixtures.py", regions_toml, read_regions),
    ]


# Another outcome of a file that is in the table, without what it asks for.
MORE_EXPECTED = [
    {"file": "seg_fractional.dcm", "outcome": "refused", "code": "labels_fractional"},
    {"file": "nifti_lps.nii.gz", "outcome": "refused", "code": "labels_scheme_needed"},
]


def agrees(labels):
    """Whether every voxel that can be calcium has the artery of the source."""
    calcium = HU >= THRESHOLD_HU
    return np.array_equal(labels.at(SERIES.points()[calcium]), SERIES.ids[calcium])


def write_all(folder):
    folder.mkdir(exist_ok=True)
    for v in TABLE:
        path = folder / v.file
        v.write(path)
        if path.suffix in (".nrrd", ".nhdr"):  # pynrrd writes the time into a comment
            settled = re.sub(rb"# on [-0-9]+ [:0-9]+\(", b"# on 2020-01-02 03:04:05(", path.read_bytes(), count=1)
            path.write_bytes(settled)
        verify(folder, v)
    expected = [v.expect for v in TABLE] + MORE_EXPECTED
    lines = ",\n".join("  " + json.dumps(e) for e in expected)
    (folder / "expected.json").write_text(f"[\n{lines}\n]\n")


def verify(folder, v):
    labels, outcome = v.read(folder / v.file), v.expect["outcome"]
    if outcome == "same":
        assert agrees(labels), f"{v.file} labels a plaque otherwise"
    wrong = ("labels_off_grid", "labels_overlap", "labels_shifted", "labels_without_candidates")
    if v.expect.get("code") in wrong:
        assert not agrees(labels), f"{v.file} is not wrong"
    assert (outcome == "empty") == (not labels.ids.any()), v.file


def counts(labels):
    return {int(i): n for i, n in Counter(labels.ids.ravel().tolist()).items() if i}


def check():
    """What the libraries write now holds as many voxels of each label as what is committed."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_all(folder)
        for v in TABLE:
            verify(OUT, v)
            now, kept = counts(v.read(folder / v.file)), counts(v.read(OUT / v.file))
            assert now == kept, f"{v.file}: {kept} committed, {now} now"
        names = [{p.relative_to(f) for p in f.rglob("*")} for f in (folder, OUT)]
        assert names[0] == names[1], names[0] ^ names[1]
        assert (folder / "expected.json").read_bytes() == (OUT / "expected.json").read_bytes(), "expected.json"
    print(f"{len(TABLE)} label files hold what they should")


# ---- voxels of real files


def shared(data):
    """Voxels of each label in real files, as other programs count them."""
    highdicom, pydicom_, nibabel_ = [f"{p} {VERSIONS[p]}" for p in ("highdicom", "pydicom", "nibabel")]
    nrrds = f"pynrrd {VERSIONS['pynrrd']} and SimpleITK {VERSIONS['SimpleITK']}"
    segs = [p for p in [*data.glob("dcmqi_ct3slice/*.dcm"), *data.glob("dcmqi_ct3slice/*/seg/*.seg"),
                        *data.glob("highdicom_test/seg_image_ct_*.dcm")]]
    series = data / "rtutils_ct_rtstruct/mock_data"
    out = {
        "about": "voxels of each label in files of the shared data; written by tests/label_fixtures.py --shared",
        "seg": {"reader": f"{highdicom} and {pydicom_}", "files": of_each(data, segs, seg_counts)},
        "rtstruct": {"reader": f"rt-utils {VERSIONS['rt-utils']}; outlines: OpenCV {VERSIONS['opencv-python']}",
                     "files": of_each(data, [series / "rt.dcm"], struct_counts)},
        "nrrd": {"reader": nrrds, "files": of_each(data, data.glob("dcmqi_ct3slice/**/*.nrrd"), nrrd_counts)},
        "nifti": {"reader": nibabel_, "files": of_each(data, data.glob("totalseg_example/*seg*.nii.gz"),
                                                       lambda p: counts(read_nibabel(p)))},
    }
    text = json.dumps(out, indent=1)
    a_line_each = re.sub(r"\{([^{}]*)\}", lambda m: f"{{{' '.join(m[1].split())}}}", text)
    COUNTS.write_text(a_line_each + "\n")
    print(COUNTS.relative_to(ROOT))


def of_each(data, paths, count):
    return {str(p.relative_to(data)): dict(sorted(count(p).items())) for p in sorted(paths)}


def seg_counts(path):
    """By segment number. Of fractions, what is at least half, and under `any` what is more than nothing."""
    seg = pydicom.dcmread(path)
    numbers, frames = segment_numbers(seg), frames_of(seg)
    if seg.SegmentationType == "LABELMAP":
        found = {n: frames == n for n in numbers}
    else:
        of = np.array([frame_of(seg, n, "SegmentIdentificationSequence").ReferencedSegmentNumber
                       for n in range(len(frames))])
        found = {n: frames[of == n] / seg.get("MaximumFractionalValue", 1) for n in numbers}
    out = {str(n): int((pixels >= 0.5).sum()) for n, pixels in found.items()}
    volume = hd.seg.segread(path).get_volume(segment_numbers=numbers, allow_missing_positions=True)
    assert list(out.values()) == (volume.array >= 0.5).sum(axis=(0, 1, 2)).tolist(), path
    if seg.SegmentationType == "FRACTIONAL":
        out |= {f"{n} any": int((pixels > 0).sum()) for n, pixels in found.items()}
    return out


def struct_counts(path):
    """By name of the ROI, as rt-utils fills (corners rounded to whole pixels, outlines included); and under
    `outline` the pixels whose centre is within or on the contours as they are, even-odd."""
    with quiet():
        struct = rt_utils.RTStructBuilder.create_from(str(path.parent), str(path))
        out = {name: int(struct.get_roi_mask_by_name(name).sum()) for name in struct.get_roi_names()}
        to_pixels = rt_utils.image_helper.get_patient_to_pixel_transformation_matrix(struct.series_data)
    first = struct.series_data[0]
    for roi, contours in zip(struct.ds.StructureSetROISequence, struct.ds.ROIContourSequence):
        held = Counter()
        for contour in contours.ContourSequence:
            points = np.reshape(contour.ContourData, (-1, 3)).astype(float)
            corners = (points @ to_pixels[:3, :3].T + to_pixels[:3, 3])[:, :2].astype(np.float32)
            for i, j in np.ndindex(first.Columns, first.Rows):
                side = cv2.pointPolygonTest(corners, (float(i), float(j)), False)
                held[points[0, 2], i, j] += {-1: 0, 0: 1000, 1: 1}[int(side)]
        out[f"{roi.ROIName} outline"] = sum(n >= 1000 or n % 2 for n in held.values())
    return out


def nrrd_counts(path):
    found = counts(read_pynrrd(path))
    assert found == counts(read_sitk(path)), path
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with what is committed, write nothing")
    parser.add_argument("--shared", type=Path, metavar="DATA", help="count voxels of the real files below DATA")
    args = parser.parse_args()
    wrong = {p: version(p) for p, pinned in VERSIONS.items() if version(p) != pinned}
    assert not wrong, f"other versions than pinned: {wrong}"
    if args.shared:
        shared(args.shared)
    else:
        SLICES, HU, SERIES = load_series()
        TABLE = variants()
        check() if args.check else write_all(OUT)
