//! The samples of a segmentation, frame by frame: plain, also a bit each, or packed.

use std::borrow::Cow;

use super::{
    damaged,
    data_set::Element,
    file::{File, inflated},
    fragments, rle,
    syntax::{Codec, Encoding, Packing, Syntax},
    tag::PIXEL_DATA,
};
use crate::{
    code::LABELS_ENCODING,
    error::{Refusal, refusal},
};

/// BitsAllocated: bits of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BitsAllocated {
    One,
    Eight,
    Sixteen,
}

/// What a header says of its pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct PixelLayout {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) frames: usize,
    pub(super) bits_allocated: BitsAllocated,
}

impl PixelLayout {
    /// Samples of a frame; none reaches 2^32.
    pub(super) fn samples(&self) -> usize {
        self.rows * self.columns
    }

    /// Bytes of so many samples.
    fn bytes(&self, samples: usize) -> usize {
        match self.bits_allocated {
            BitsAllocated::One => samples.div_ceil(8),
            BitsAllocated::Eight => samples,
            BitsAllocated::Sixteen => 2 * samples,
        }
    }
}

/// The pixels of a file.
pub(super) struct Pixels<'a> {
    layout: PixelLayout,
    stored: Stored<'a>,
}

enum Stored<'a> {
    /// All frames one after the other; frames of single bits begin within a byte.
    Plain(Cow<'a, [u8]>),
    /// The fragments of each frame.
    Packed(Vec<Vec<&'a [u8]>>, Codec),
}

impl<'a> Pixels<'a> {
    /// Finds the pixels and holds them against what the header says.
    pub(super) fn of(file: &File<'a>, layout: PixelLayout) -> Result<Self, Refusal> {
        let File { data_set, syntax } = file;
        let element =
            data_set.element(PIXEL_DATA).ok_or_else(|| damaged("the segmentation has no pixels"))?;
        if element.is_delimited != (syntax.packing != Packing::Native) {
            return Err(damaged("the pixels are not written as the transfer syntax says")
                .expected(format!("transfer syntax {}", syntax.name)));
        }
        let codec = match syntax.packing {
            Packing::Native => return Self::plain(element, syntax.encoding, layout),
            // Single bits have no bytes that could be parted into planes.
            Packing::Packed(Codec::Rle) if layout.bits_allocated == BitsAllocated::One => {
                return Err(unread(*syntax, layout.bits_allocated));
            }
            Packing::Packed(codec) => codec,
            Packing::Unread => return Err(unread(*syntax, layout.bits_allocated)),
        };
        let frames = fragments::of_frames(data_set, element.value, layout.frames)?;
        Ok(Self { layout, stored: Stored::Packed(frames, codec) })
    }

    fn plain(element: &Element<'a>, encoding: Encoding, layout: PixelLayout) -> Result<Self, Refusal> {
        check_length(element.value.len(), layout.bytes(layout.samples() * layout.frames))?;
        // Words of big endian hold their samples, also single bits, in the other order of bytes (PS3.5 8.2).
        let swapped = encoding.big_endian && element.vr == Some(*b"OW");
        let bytes = if swapped { Cow::Owned(swap(element.value)) } else { Cow::Borrowed(element.value) };
        check_padding(&bytes, &layout)?;
        Ok(Self { layout, stored: Stored::Plain(bytes) })
    }

    /// Tells every sample of a frame that is not 0, with its place in the frame.
    pub(super) fn each(
        &self,
        frame: usize,
        tell: impl FnMut(usize, u16) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let samples = self.layout.samples();
        match &self.stored {
            Stored::Plain(bytes) => {
                each_sample(bytes, self.layout.bits_allocated, frame * samples, samples, tell)
            }
            Stored::Packed(frames, codec) => {
                let fragments = frames.get(frame).expect("fragments of each frame");
                let packed = match fragments.as_slice() {
                    [one] => Cow::Borrowed(*one),
                    several => Cow::Owned(several.concat()),
                };
                let bytes = self.unpacked(&packed, *codec)?;
                each_sample(&bytes, self.layout.bits_allocated, 0, samples, tell)
            }
        }
    }

    fn unpacked(&self, packed: &[u8], codec: Codec) -> Result<Vec<u8>, Refusal> {
        let (samples, size) = (self.layout.samples(), self.layout.bytes(self.layout.samples()));
        match codec {
            Codec::DeflatedFrames => {
                let bytes = inflated(packed, size as u64 + 1)?;
                check_length(bytes.len(), size)?;
                Ok(bytes)
            }
            Codec::Rle => {
                // A byte of PackBits stands for 64 bytes at most.
                if packed.len().saturating_mul(64) < size {
                    return Err(damaged("an RLE frame is too short for its size"));
                }
                rle::unpacked(packed, samples, size / samples)
            }
        }
    }
}

/// A frame without its last bytes must not read as one without labels.
const ALL_BYTES: &str = "as many bytes as the samples have: their number was checked";

/// Tells samples from the `first` one on that are not 0.
fn each_sample(
    bytes: &[u8],
    bits_allocated: BitsAllocated,
    first: usize,
    count: usize,
    mut tell: impl FnMut(usize, u16) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let here = |size: usize| bytes.get(first * size..(first + count) * size).expect(ALL_BYTES);
    match bits_allocated {
        BitsAllocated::Eight => {
            let found = here(1).iter().enumerate().filter(|(_, v)| **v != 0);
            found.into_iter().try_for_each(|(at, v)| tell(at, (*v).into()))
        }
        BitsAllocated::Sixteen => {
            let samples = here(2).as_chunks().0.iter().map(|b| u16::from_le_bytes(*b));
            samples.enumerate().filter(|(_, v)| *v != 0).try_for_each(|(at, v)| tell(at, v))
        }
        BitsAllocated::One => {
            let mut at = first;
            while at < first + count {
                let byte = *bytes.get(at / 8).expect(ALL_BYTES);
                if byte == 0 {
                    at = (at / 8 + 1) * 8; // most of a segmentation
                    continue;
                }
                if byte >> (at % 8) & 1 == 1 {
                    tell(at - first, 1)?;
                }
                at += 1;
            }
            Ok(())
        }
    }
}

/// Values of an odd length are filled up with a byte.
fn check_length(found: usize, needed: usize) -> Result<(), Refusal> {
    if found == needed || found == needed.next_multiple_of(2) {
        return Ok(());
    }
    Err(damaged("the pixels are not as many as the header says")
        .seen(format!("{found} bytes"))
        .expected(format!("{needed} bytes"))
        .next_step("write or transfer the file again"))
}

/// The byte that fills up a value of odd length, where it is not 0: highdicom 0.28.2 writes the digit.
const FILLING: u8 = b'0';

/// What fills single bits up to whole words is 0, but for that byte; a size that is wrong by less than a word shows in it.
fn check_padding(bytes: &[u8], layout: &PixelLayout) -> Result<(), Refusal> {
    let samples = layout.samples() * layout.frames;
    if layout.bits_allocated != BitsAllocated::One {
        return Ok(());
    }
    let is_filled = bytes.len() > samples.div_ceil(8) && bytes.last() == Some(&FILLING);
    let end = 8 * (bytes.len() - usize::from(is_filled));
    each_sample(bytes, BitsAllocated::One, samples, end - samples, |_, _| {
        Err(damaged("the pixels hold more than the frames that the header claims")
            .next_step("write or transfer the file again"))
    })
}

fn swap(bytes: &[u8]) -> Vec<u8> {
    let (pairs, rest) = bytes.as_chunks();
    pairs.iter().flat_map(|[a, b]| [*b, *a]).chain(rest.iter().copied()).collect()
}

fn unread(syntax: Syntax, bits_allocated: BitsAllocated) -> Refusal {
    let bits = if bits_allocated == BitsAllocated::One { ", a bit a pixel" } else { "" };
    refusal(LABELS_ENCODING, "the packing of the pixels is not read")
        .seen(format!("transfer syntax {} ({}){bits}", syntax.name, syntax.uid))
        .expected("no packing, RLE Lossless or Deflated Image Frame Compression")
        .next_step("convert the file to Explicit VR Little Endian")
}
