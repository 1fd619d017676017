//! A data set in the making: one element a line, none twice.

use dicom_core::{
    DataElement, PrimitiveValue, Tag, VR,
    value::{DataSetSequence, Value},
};
use dicom_object::InMemDicomObject;

/// A data set, or an item of a sequence.
#[derive(Clone)]
pub(super) struct Item(InMemDicomObject);

impl Item {
    pub(super) fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    /// A text of ours; several values are parted by backslashes. An empty one is an element without a value.
    pub(super) fn text(&mut self, tag: Tag, vr: VR, text: &str) {
        let pad = if vr == VR::UI { 0 } else { b' ' };
        self.bytes(tag, vr, text.as_bytes(), pad);
    }

    /// A value as it stands in another object of the same character set.
    pub(super) fn raw(&mut self, tag: Tag, vr: VR, value: &[u8]) {
        self.bytes(tag, vr, value, if vr == VR::UI { 0 } else { b' ' });
    }

    /// Bytes, so that no encoder looks at a character.
    fn bytes(&mut self, tag: Tag, vr: VR, value: &[u8], pad: u8) {
        let mut value = value.to_vec();
        // The encoder would write the bytes of a number in words as a list of numbers.
        if let (VR::DS | VR::IS, Ok(text)) = (vr, std::str::from_utf8(&value)) {
            return self.primitive(tag, vr, PrimitiveValue::from(text));
        }
        if value.len() % 2 == 1 {
            value.push(pad);
        }
        self.primitive(tag, vr, PrimitiveValue::U8(value.into()));
    }

    pub(super) fn u16s(&mut self, tag: Tag, values: &[u16]) {
        self.primitive(tag, VR::US, PrimitiveValue::U16(values.into()));
    }

    pub(super) fn u32s(&mut self, tag: Tag, values: &[u32]) {
        self.primitive(tag, VR::UL, PrimitiveValue::U32(values.into()));
    }

    pub(super) fn f32s(&mut self, tag: Tag, values: Vec<f32>) {
        self.primitive(tag, VR::FL, PrimitiveValue::F32(values.into()));
    }

    pub(super) fn f64s(&mut self, tag: Tag, values: &[f64]) {
        self.primitive(tag, VR::FD, PrimitiveValue::F64(values.into()));
    }

    /// A tag as a value.
    pub(super) fn tag(&mut self, tag: Tag, value: Tag) {
        self.primitive(tag, VR::AT, PrimitiveValue::Tags([value].as_slice().into()));
    }

    /// Bytes that are no text.
    pub(super) fn binary(&mut self, tag: Tag, value: Vec<u8>) {
        self.primitive(tag, VR::OB, PrimitiveValue::U8(value.into()));
    }

    /// A sequence; without items it is there and empty.
    pub(super) fn sequence(&mut self, tag: Tag, items: Vec<Self>) {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|item| item.0).collect();
        self.0.put(DataElement::new(tag, VR::SQ, Value::from(DataSetSequence::from(items))));
    }

    /// A sequence of one item.
    pub(super) fn one(&mut self, tag: Tag, item: Self) {
        self.sequence(tag, vec![item]);
    }

    /// The data set.
    pub(super) fn into_data_set(self) -> InMemDicomObject {
        self.0
    }

    fn primitive(&mut self, tag: Tag, vr: VR, value: PrimitiveValue) {
        self.0.put(DataElement::new(tag, vr, value));
    }
}
