//! From a data set to the bytes of a file: explicit VR little endian, with file meta of our own.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::FileMetaTableBuilder;

use super::{OutError, item::Item, uid::derived_uid};

/// An object as it is written to a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its SOPInstanceUID.
    pub sop_instance_uid: String,
    /// Its SeriesInstanceUID.
    pub series_instance_uid: String,
}

/// The bytes hold the name of a patient.
impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (bytes, uid) = (self.bytes.len(), &self.sop_instance_uid);
        f.debug_struct("Encoded")
            .field("bytes", &bytes)
            .field("sop_instance_uid", uid)
            .finish_non_exhaustive()
    }
}

/// A data set that is whole but for its own UIDs and its pixels.
pub(super) struct Draft {
    pub(super) sop_class_uid: &'static str,
    /// What the UIDs are made of beside the data set: word of the kind, and what the caller says decides the content.
    pub(super) kind: &'static str,
    pub(super) seed: Vec<u8>,
    pub(super) set: Item,
    /// PixelData, where the class has pixels.
    pub(super) pixels: Option<Vec<u8>>,
}

impl Draft {
    /// Gives the object UIDs made of all that it says, so that what differs in one byte differs in its UID.
    pub(super) fn encode(mut self) -> Result<Encoded, OutError> {
        let said = encoded(self.set.clone())?;
        let pixels = self.pixels.as_deref().unwrap_or_default();
        let parts: [&[u8]; 3] = [&self.seed, &said, pixels];
        let uid = |what: &str| derived_uid(&format!("{} {what}", self.kind), &parts);
        let (sop_instance_uid, series_instance_uid) = (uid("instance"), uid("series"));
        self.set.text(tags::SOP_INSTANCE_UID, VR::UI, &sop_instance_uid);
        self.set.text(tags::SERIES_INSTANCE_UID, VR::UI, &series_instance_uid);
        if let Some(pixels) = self.pixels {
            self.set.binary(tags::PIXEL_DATA, pixels);
        }
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .media_storage_sop_class_uid(self.sop_class_uid)
            .media_storage_sop_instance_uid(&sop_instance_uid)
            .implementation_class_uid(derived_uid("implementation", &[b"agatston"]))
            .implementation_version_name("AGATSTON");
        let meta = meta.build().map_err(failed)?;
        let mut bytes = Vec::new();
        self.set.into_data_set().with_exact_meta(meta).write_all(&mut bytes).map_err(failed)?;
        Ok(Encoded { bytes, sop_instance_uid, series_instance_uid })
    }
}

/// A data set alone.
fn encoded(set: Item) -> Result<Vec<u8>, OutError> {
    let mut bytes = Vec::new();
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid("")
        .media_storage_sop_instance_uid("");
    let meta = meta.build().map_err(failed)?;
    set.into_data_set().with_exact_meta(meta).write_dataset(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn failed(error: impl std::error::Error) -> OutError {
    OutError::Encoding { reason: error.to_string() }
}
