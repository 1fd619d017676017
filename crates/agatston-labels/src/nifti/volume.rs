//! The voxels, kept as numbers of labels in the smallest type that fits: a byte up to 255 labels, else two.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
};

use super::{
    broken, fill,
    header::{DataType, Header, Order},
};
use crate::{
    code::{LABELS_INVALID, LABELS_NOT_INTEGER},
    error::{Refusal, Trouble, refusal},
    grid::exact_u32,
};

/// A label map: which label each voxel has, first axis fastest.
#[derive(Clone, Debug)]
pub(crate) struct Volume {
    voxels: Voxels,
    /// Ids of the labels by number; number 0 is id 0, the background.
    ids: Vec<u32>,
    counts: Vec<u64>,
}

#[derive(Clone, Debug)]
enum Voxels {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
}

impl Volume {
    pub(super) fn read(stream: &mut dyn Read, header: &Header) -> Result<Self, Trouble> {
        let bytes = header.volume_bytes()?;
        let step = header.data_type.bytes();
        let voxels = usize::try_from(bytes).unwrap_or(usize::MAX) / step;
        let mut volume = Self::with_capacity(voxels)?;
        let mut labels = Labels::new(header);
        let mut buffer = vec![0; 1 << 16];
        let mut left = voxels * step;
        while left > 0 {
            let part = buffer.get_mut(..left.min(1 << 16)).unwrap_or_default();
            left -= part.len();
            fill(stream, part, "voxels")?;
            volume.append(part.chunks_exact(step), &mut labels)?;
        }
        match stream.read(&mut [0]).map_err(|e| broken(e, "end"))? {
            0 => Ok(volume),
            _ => Err(refusal(LABELS_INVALID, "the file holds more than the voxels that its header claims")
                .next_step("write the label map again")
                .into()),
        }
    }

    fn with_capacity(voxels: usize) -> Result<Self, Refusal> {
        let mut narrow = Vec::new();
        narrow.try_reserve_exact(voxels).map_err(|_| {
            refusal(LABELS_INVALID, "the label map does not fit into memory").seen(format!("{voxels} voxels"))
        })?;
        Ok(Self { voxels: Voxels::Narrow(narrow), ids: vec![0], counts: vec![0] })
    }

    /// Number of the label of a voxel, given by its place in the file; 0 is the background.
    pub(crate) fn number_at(&self, place: usize) -> usize {
        let number = match &self.voxels {
            Voxels::Narrow(v) => v.get(place).copied().map(usize::from),
            Voxels::Wide(v) => v.get(place).copied().map(usize::from),
        };
        number.unwrap_or(0)
    }

    /// Ids by number of label, with the count of their voxels; the background is the first.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (u32, u64)> {
        self.ids.iter().copied().zip(self.counts.iter().copied())
    }

    /// Whether there is no voxel but background.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.len() == 1
    }

    fn append<'a>(
        &mut self,
        stored: impl Iterator<Item = &'a [u8]>,
        labels: &mut Labels,
    ) -> Result<(), Refusal> {
        let mut stored = stored.peekable();
        while let Some(value) = stored.next() {
            let mut times = 1;
            while stored.next_if_eq(&value).is_some() {
                times += 1;
            }
            let number = labels.number(value, self)?;
            self.push(number, times);
        }
        Ok(())
    }

    fn push(&mut self, number: u16, times: usize) {
        if let (Voxels::Narrow(v), Err(_)) = (&self.voxels, u8::try_from(number)) {
            self.voxels = Voxels::Wide(v.iter().copied().map(u16::from).collect());
        }
        match &mut self.voxels {
            Voxels::Narrow(v) => v.resize(v.len() + times, u8::try_from(number).unwrap_or_default()),
            Voxels::Wide(v) => v.resize(v.len() + times, number),
        }
        if let Some(count) = self.counts.get_mut(usize::from(number)) {
            *count += times as u64;
        }
    }

    fn add_label(&mut self, id: u32) -> Result<u16, Refusal> {
        let number = u16::try_from(self.ids.len()).map_err(|_| {
            refusal(LABELS_INVALID, "the file holds over 65,535 different values")
                .expected("a label map")
                .next_step("check that this is the label map and not the CT")
        })?;
        self.ids.push(id);
        self.counts.push(0);
        Ok(number)
    }
}

/// Turns stored values into numbers of labels; each different value is looked at once.
struct Labels {
    data_type: DataType,
    order: Order,
    scaling: Option<[f64; 2]>,
    of_bits: HashMap<u64, u16>,
    of_id: BTreeMap<u32, u16>,
}

impl Labels {
    fn new(header: &Header) -> Self {
        let Header { data_type, order, scaling, .. } = *header;
        Self { data_type, order, scaling, of_bits: HashMap::new(), of_id: BTreeMap::from([(0, 0)]) }
    }

    fn number(&mut self, stored: &[u8], volume: &mut Volume) -> Result<u16, Refusal> {
        let mut wide = [0; 8];
        for (to, from) in wide.iter_mut().zip(stored) {
            *to = *from;
        }
        if self.order == Order::Big
            && let Some(used) = wide.get_mut(..stored.len())
        {
            used.reverse();
        }
        let bits = u64::from_le_bytes(wide);
        if let Some(number) = self.of_bits.get(&bits) {
            return Ok(*number);
        }
        let id = self.id(wide)?;
        let number = match self.of_id.get(&id) {
            Some(number) => *number,
            None => {
                let number = volume.add_label(id)?;
                self.of_id.insert(id, number);
                number
            }
        };
        self.of_bits.insert(bits, number);
        Ok(number)
    }

    fn id(&self, wide: [u8; 8]) -> Result<u32, Refusal> {
        let [a, b, c, d, ..] = wide;
        let value: Value = match self.data_type {
            DataType::U8 => Value::Whole(a.into()),
            DataType::I8 => Value::Whole(i8::from_le_bytes([a]).into()),
            DataType::U16 => Value::Whole(u16::from_le_bytes([a, b]).into()),
            DataType::I16 => Value::Whole(i16::from_le_bytes([a, b]).into()),
            DataType::U32 => Value::Whole(u32::from_le_bytes([a, b, c, d]).into()),
            DataType::I32 => Value::Whole(i32::from_le_bytes([a, b, c, d]).into()),
            DataType::U64 => Value::Whole(u64::from_le_bytes(wide).into()),
            DataType::I64 => Value::Whole(i64::from_le_bytes(wide).into()),
            DataType::F32 => Value::Float(f32::from_le_bytes([a, b, c, d]).into()),
            DataType::F64 => Value::Float(f64::from_le_bytes(wide)),
        };
        value.id(self.scaling)
    }
}

/// A stored value.
enum Value {
    Whole(i128),
    Float(f64),
}

impl Value {
    fn id(&self, scaling: Option<[f64; 2]>) -> Result<u32, Refusal> {
        let (id, seen) = match (self, scaling) {
            (Self::Whole(v), None) => (u32::try_from(*v).ok(), v.to_string()),
            (Self::Float(v), None) => (exact_u32(*v), v.to_string()),
            (Self::Whole(v), Some(by)) => {
                // An id is at most 32 bits wide; a wider value was none.
                let exact = i32::try_from(*v).map(f64::from).or_else(|_| u32::try_from(*v).map(f64::from));
                (exact.ok().and_then(|v| exact_u32(v * by[0] + by[1])), format!("{v}, scaled by {by:?}"))
            }
            (Self::Float(v), Some(by)) => (exact_u32(v * by[0] + by[1]), format!("{v}, scaled by {by:?}")),
        };
        id.ok_or_else(|| {
            refusal(LABELS_NOT_INTEGER, "the file holds a value that is no label id")
                .seen(seen)
                .expected("integers from 0 to 4294967295, without scaling that is not exact")
                .next_step(
                    "check that this is the label map and not the CT; resample labels with nearest neighbour",
                )
        })
    }
}
