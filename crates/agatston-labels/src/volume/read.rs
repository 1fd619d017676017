//! Voxels from a stream of numbers, one voxel after the other, the layers of a voxel side by side.

use std::{collections::HashMap, io::Read};

use super::{
    Combination, Volume,
    number::{DataType, Order},
};
use crate::{
    code::{LABELS_DIMENSIONS, LABELS_INVALID},
    error::{Refusal, Trouble, refusal},
    names::Key,
    stream::{broken, fill},
};

/// Voxels of the largest label map that is read: 1,024 slices of 1,024 x 1,024. Each costs a byte, and a small
/// compressed file may hold that many.
pub(crate) const VOXELS_MAX: u64 = 1 << 30;

/// Stored voxels of which the number is remembered. There may be more that mean the same: 0 and -0 in many layers.
const REMEMBERED_MAX: usize = 1 << 16;

/// How a stream holds its voxels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layout {
    /// Voxels along each axis, first axis fastest.
    pub(crate) dims: [usize; 3],
    /// Numbers a voxel, at least one: a label of each layer.
    pub(crate) layers: u16,
    pub(crate) data_type: DataType,
    pub(crate) order: Order,
    /// Slope and intercept, where they are not the identity.
    pub(crate) scaling: Option<[f64; 2]>,
}

impl Layout {
    /// A refusal of other axes; `seen` is what the header says of them.
    pub(crate) fn not_a_volume(seen: impl Into<String>) -> Refusal {
        refusal(LABELS_DIMENSIONS, "the label map is not one three-dimensional volume")
            .seen(seen)
            .expected("three dimensions, further ones of size 1")
            .next_step("write one label map with one id a label")
    }

    /// Bytes of the whole volume.
    ///
    /// # Errors
    ///
    /// When there are more voxels than [`VOXELS_MAX`].
    pub(crate) fn bytes(&self) -> Result<u64, Refusal> {
        let [i, j, k] = self.dims;
        let numbers = [i, j, k, usize::from(self.layers)];
        let numbers = numbers.iter().try_fold(1_u64, |n, d| n.checked_mul(*d as u64));
        match numbers {
            Some(n) if n <= VOXELS_MAX => Ok(n * self.data_type.bytes() as u64),
            _ => Err(refusal(LABELS_INVALID, "the header claims too many voxels")
                .seen(format!("{i} x {j} x {k}, {} layers", self.layers))
                .expected(format!("at most {VOXELS_MAX} voxels"))
                .next_step("crop the label map to the heart")),
        }
    }

    /// Bytes of the whole volume, if what is left of a file can hold them: `possible` bytes at most.
    ///
    /// # Errors
    ///
    /// When the header claims more.
    pub(crate) fn bytes_of(&self, possible: u64) -> Result<u64, Refusal> {
        let claimed = self.bytes()?;
        if claimed <= possible {
            return Ok(claimed);
        }
        Err(refusal(LABELS_INVALID, "the header claims more voxels than the file can hold")
            .seen(format!("{claimed} bytes claimed, {possible} possible"))
            .next_step("write or transfer the file again"))
    }
}

impl Volume {
    /// Reads the voxels; the stream must end with the last of them. Its claim must have been held against the file
    /// before ([`Layout::bytes_of`]).
    pub(crate) fn read(stream: &mut dyn Read, layout: &Layout) -> Result<Self, Trouble> {
        let step = layout.data_type.bytes() * usize::from(layout.layers);
        let voxels = usize::try_from(layout.bytes()?).unwrap_or(usize::MAX) / step;
        let mut volume = Self::with_capacity(voxels)?;
        let mut decoder = Decoder::new(layout);
        let mut buffer = vec![0; step * ((1 << 16) / step).max(1)];
        let mut left = voxels * step;
        while left > 0 {
            let size = left.min(buffer.len());
            let part = buffer.get_mut(..size).unwrap_or_default();
            left -= part.len();
            fill(stream, part, "voxels")?;
            volume.append(part.chunks_exact(step), &mut decoder)?;
        }
        match stream.read(&mut [0]).map_err(|e| broken(e, "end"))? {
            0 => Ok(volume),
            _ => Err(refusal(LABELS_INVALID, "the file holds more than the voxels that its header claims")
                .next_step("write the label map again")
                .into()),
        }
    }

    fn append<'a>(
        &mut self,
        stored: impl Iterator<Item = &'a [u8]>,
        decoder: &mut Decoder,
    ) -> Result<(), Refusal> {
        let mut stored = stored.peekable();
        while let Some(value) = stored.next() {
            let mut times = 1;
            while stored.next_if_eq(&value).is_some() {
                times += 1;
            }
            let number = decoder.number(value, self)?;
            self.push(number, times);
        }
        Ok(())
    }
}

/// Turns stored voxels into numbers of combinations; each of the first different ones is looked at once.
struct Decoder {
    layout: Layout,
    of_bytes: HashMap<Box<[u8]>, u16>,
}

impl Decoder {
    fn new(layout: &Layout) -> Self {
        Self { layout: *layout, of_bytes: HashMap::new() }
    }

    fn number(&mut self, stored: &[u8], volume: &mut Volume) -> Result<u16, Refusal> {
        if let Some(number) = self.of_bytes.get(stored) {
            return Ok(*number);
        }
        let number = volume.number_of(self.combination(stored)?)?;
        if self.of_bytes.len() < REMEMBERED_MAX {
            self.of_bytes.insert(stored.into(), number);
        }
        Ok(number)
    }

    fn combination(&self, stored: &[u8]) -> Result<Combination, Refusal> {
        let Layout { data_type, order, scaling, .. } = self.layout;
        let mut keys = Combination::new();
        for (layer, stored) in (0..).zip(stored.chunks_exact(data_type.bytes())) {
            let id = data_type.id(stored, order, scaling)?;
            keys.extend((id != 0).then_some(Key { layer, id }));
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of 17 layers is 0 or -0: 131,072 ways to write that there is no label.
    #[test]
    fn many_ways_to_write_the_same_take_no_memory() {
        let layout = Layout {
            dims: [1 << 17, 1, 1],
            layers: 17,
            data_type: DataType::F32,
            order: Order::Little,
            scaling: None,
        };
        let mut volume = Volume::with_capacity(0).unwrap();
        let mut decoder = Decoder::new(&layout);
        for ways in 0..1_u32 << 17 {
            let layers = (0..17).map(|layer| if ways >> layer & 1 == 1 { -0.0_f32 } else { 0.0 });
            let stored: Vec<u8> = layers.flat_map(f32::to_le_bytes).collect();
            assert_eq!(decoder.number(&stored, &mut volume).unwrap(), 0);
        }
        assert_eq!((decoder.of_bytes.len(), volume.combinations().count()), (REMEMBERED_MAX, 1));
    }
}
