//! References to the images of the source: one image, its frame, and the list of all.

use dicom_core::VR;
use dicom_dictionary_std::tags;
use std::collections::BTreeSet;

use super::{SourceContext, context::SourceImage, item::Item};

/// A reference to an instance.
pub(super) fn instance(sop_class_uid: &str, sop_instance_uid: &str) -> Item {
    let mut item = Item::new();
    item.text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, sop_class_uid);
    item.text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, sop_instance_uid);
    item
}

/// A reference to the image of a slice, and to its frame where it has several.
pub(super) fn image(image: &SourceImage) -> Item {
    let mut item = instance(&image.sop_class_uid, &image.sop_instance_uid);
    if let Some(frame) = image.frame {
        item.text(tags::REFERENCED_FRAME_NUMBER, VR::IS, &frame.to_string());
    }
    item
}

/// Every instance of the source, each once, in the order of the slices.
pub(super) fn instances(context: &SourceContext) -> Vec<Item> {
    let mut known = BTreeSet::new();
    let new = |image: &&SourceImage| known.insert(image.sop_instance_uid.clone());
    let images = context.images.iter().filter(new);
    images.map(|image| instance(&image.sop_class_uid, &image.sop_instance_uid)).collect()
}
