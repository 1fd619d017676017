#!/usr/bin/env python3
"""Write a synthetic cardiac CT series (no patient data), the same bytes for the same options.

usage: series.py OUT --slices N --dz MM [--noise HU] [--seed S]

OUT/IM0001.dcm ... hold 512 x 512 pixels of 0.4 mm, 16 bit, explicit little endian: a chest with heart, spine, ribs and
20 calcifications, about 3 % of it at or above 130 HU. Known answer for --slices 64 --dz 3.0 (noise 20, seed 1), rule of
peers.py: raw 1,895,756 in 631 foci. `--noise 45 --dz 1.0` makes a noisy thin-slice chest.

The types and the order of every sum matter: another order may round one pixel differently. Needs numpy scipy pydicom.
"""
import argparse
import hashlib
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from scipy.ndimage import gaussian_filter

SIZE = 512  # pixels along a side
PIXEL = 0.4  # mm
S = SIZE * PIXEL / 2  # mm, half the field of view; shapes are placed in shares of it
LESIONS = 20

ROW, COLUMN = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
X = (COLUMN - SIZE / 2) * PIXEL  # mm from the centre
Y = (ROW - SIZE / 2) * PIXEL


def ellipse(x, y, width, height):
    """How far each pixel is from the centre of an ellipse, squared; 1 at its edge. Centre and half axes in mm."""
    return ((X - x) / width) ** 2 + ((Y - y) / height) ** 2


def draw_lesions(rng, length):
    """Calcifications around the heart: centre and radii in mm, peak in HU."""
    lesions = []
    for _ in range(LESIONS):
        angle = rng.uniform(0, 2 * np.pi)
        reach = rng.uniform(0.20, 0.30) * S
        centre = (0.05 * S + reach * np.cos(angle), -0.05 * S + reach * np.sin(angle))
        depth = rng.uniform(0.15, 0.85) * length
        radii = (rng.uniform(0.7, 3.5), rng.uniform(0.7, 2.5), rng.uniform(1.0, 6.0))
        lesions.append((*centre, depth, *radii, rng.uniform(160, 1100)))
    return lesions


def paint_soft_tissue(image, phase):
    """Fat, chest wall, lungs, heart with its chamber, aorta."""
    image[ellipse(0, 0.05 * S, 1.25 * S, 0.95 * S) <= 1] = -90
    image[ellipse(0, 0.05 * S, 1.18 * S, 0.88 * S) <= 1] = 50
    image[ellipse(-0.62 * S, 0.0, 0.36 * S, 0.66 * S) <= 1] = -850
    image[ellipse(0.66 * S, 0.05 * S, 0.30 * S, 0.62 * S) <= 1] = -850
    beat = 1 + 0.06 * np.sin(phase)
    heart = ellipse(0.05 * S, -0.05 * S, 0.36 * S * beat, 0.34 * S * beat)
    image[heart <= 1.15] = -80
    image[heart <= 1] = 45
    image[ellipse(0.10 * S, -0.02 * S, 0.16 * S, 0.15 * S) <= 1] = 40
    image[ellipse(-0.10 * S, 0.50 * S, 0.10 * S, 0.10 * S) <= 1] = 40


def paint_bone(image, phase):
    """Spine, sternum, and ribs that cross the slice as it moves."""
    spine = ellipse(0.05 * S, 0.72 * S, 0.13 * S, 0.11 * S)
    image[spine <= 1] = 180
    image[(spine <= 1) & (spine > 0.72)] = 520
    image[ellipse(0.05 * S, 0.86 * S, 0.04 * S, 0.06 * S) <= 1] = 420
    image[ellipse(0.02 * S, -0.74 * S, 0.13 * S, 0.035 * S) <= 1] = 320
    for number in range(9):
        angle = 2 * np.pi * (number / 9.0) + 0.35 * np.sin(phase + number)
        x, y = 1.02 * S * np.cos(angle), 0.05 * S + 0.80 * S * np.sin(angle)
        if abs(x) <= 0.99 * S:
            rib = ellipse(x, y, 0.055 * S, 0.030 * S)
            image[rib <= 1] = 350
            image[(rib <= 1) & (rib > 0.6)] = 800


def paint_lesions(image, lesions, z):
    """The calcifications this slice cuts, brightest in their centre."""
    for x, y, depth, rx, ry, rz, peak in lesions:
        away = ((X - x) / rx) ** 2 + ((Y - y) / ry) ** 2 + ((z - depth) / rz) ** 2
        if away.min() < 4:
            image = np.maximum(image, (peak + 50) * np.exp(-away * 0.9) - 50 * (away > 4))
    return image


def slice_hu(rng, lesions, z, noise):
    """One slice in HU, blurred like a scanner's, with noise of the given standard deviation."""
    image = np.full((SIZE, SIZE), -1000, np.float32)
    phase = z / 30.0
    paint_soft_tissue(image, phase)
    paint_bone(image, phase)
    image = gaussian_filter(paint_lesions(image, lesions, z), 0.9)
    grain = gaussian_filter(rng.standard_normal((SIZE, SIZE), dtype=np.float32), 0.6)
    grain *= noise / grain.std()
    return np.clip(np.rint(image + grain), -1024, 3071).astype(np.int16)


def uid(options, what):
    """A UID that depends on the options alone."""
    text = f"{options.seed} {options.slices} {options.dz} {options.noise} {what}"
    digest = hashlib.sha256(text.encode()).digest()
    return "1.2.826.0.1.3680043.8.498." + str(int.from_bytes(digest[:10], "big"))


def series_header(options):
    """What all slices share."""
    header = Dataset()
    header.update({
        "SpecificCharacterSet": "ISO_IR 100", "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SEQ"],
        "SOPClassUID": CTImageStorage, "StudyInstanceUID": uid(options, "study"),
        "SeriesInstanceUID": uid(options, "series"), "FrameOfReferenceUID": uid(options, "frame"),
        "StudyDate": "20200101", "SeriesDate": "20200101", "AcquisitionDate": "20200101", "ContentDate": "20200101",
        "StudyTime": "101010.000000", "SeriesTime": "101010.000000", "ContentTime": "101010.000000",
        "AccessionNumber": "SYN", "Modality": "CT", "Manufacturer": "SYNTHETIC", "InstitutionName": "SYNTHETIC",
        "ReferringPhysicianName": "", "StudyDescription": "Calcium score phantom",
        "SeriesDescription": "CaSc 3.0 B35f", "ManufacturerModelName": "series.py",
        "PatientName": "SYNTHETIC^HEART", "PatientID": f"SYN{options.seed}", "PatientBirthDate": "19500101",
        "PatientSex": "O", "PatientAge": "070Y", "BodyPartExamined": "HEART", "ScanOptions": "AXIAL MODE",
        "SliceThickness": f"{options.dz}", "KVP": "120", "DataCollectionDiameter": "500", "SoftwareVersions": "1",
        "ProtocolName": "CaScoreSeq", "ReconstructionDiameter": f"{2 * S:.1f}", "DistanceSourceToDetector": "1040",
        "DistanceSourceToPatient": "570", "GantryDetectorTilt": "0", "TableHeight": "150", "RotationDirection": "CW",
        "ExposureTime": "330", "XRayTubeCurrent": "80", "Exposure": "26", "FilterType": "0", "GeneratorPower": "30",
        "FocalSpots": "1.2", "ConvolutionKernel": "B35f", "PatientPosition": "HFS", "StudyID": "1",
        "SeriesNumber": "3", "AcquisitionNumber": "1", "ImageOrientationPatient": ["1", "0", "0", "0", "1", "0"],
        "PositionReferenceIndicator": "", "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2",
        "Rows": SIZE, "Columns": SIZE, "PixelSpacing": [f"{PIXEL}", f"{PIXEL}"], "BitsAllocated": 16, "BitsStored": 16,
        "HighBit": 15, "PixelRepresentation": 1, "WindowCenter": "40", "WindowWidth": "400",
        "RescaleIntercept": "-1024", "RescaleSlope": "1", "RescaleType": "HU",
    })
    private = header.private_block(0x0029, "SYN PRIVATE 01", create=True)
    private.add_new(0x10, "OB", bytes(4096))  # vendors carry a few kB of private data in each slice
    return header


def write_slice(path, dataset, number, z, hu):
    """Write slice `number` (from 1) into the file; sets in `dataset` what differs between slices."""
    instance = f"{dataset.SeriesInstanceUID}.{number}"
    dataset.SOPInstanceUID, dataset.InstanceNumber = instance, str(number)
    dataset.ImagePositionPatient = [f"{-S:.3f}", f"{-S:.3f}", f"{z:.3f}"]
    dataset.SliceLocation = f"{z:.3f}"
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = CTImageStorage, instance
    dataset.SourceImageSequence = Sequence([source])
    dataset.PixelData = (hu.astype(np.int32) + 1024).astype("<i2").tobytes()
    dataset["PixelData"].VR = "OW"
    meta = dataset.file_meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, instance
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = "1.2.826.0.1.3680043.8.498.1"
    dataset.save_as(path, enforce_file_format=True)


def write_series(options):
    """Write all slices; return the share of pixels at or above 130 HU."""
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(options.seed)
    lesions = draw_lesions(rng, options.slices * options.dz)
    dataset = series_header(options)
    candidates = 0
    for index in range(options.slices):
        z = (index + 0.5) * options.dz
        hu = slice_hu(rng, lesions, z, options.noise)
        candidates += np.count_nonzero(hu >= 130)
        write_slice(options.out / f"IM{index + 1:04d}.dcm", dataset, index + 1, z, hu)
    return candidates / (options.slices * SIZE * SIZE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--slices", type=int, required=True, metavar="N")
    parser.add_argument("--dz", type=float, required=True, metavar="MM", help="slice thickness and distance")
    parser.add_argument("--noise", type=float, default=20.0, metavar="HU")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args()
    share = write_series(options)
    print(f"{options.out}: {options.slices} slices, {100 * share:.3f} % of the pixels at or above 130 HU")


if __name__ == "__main__":
    main()
