//! From the variables of the environment to a store.

use std::sync::Arc;

use object_store::{
    ClientConfigKey, ObjectStore,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
};

use crate::{Error, failure};

/// How long is waited, unless a variable says otherwise. A request may take as long as a large archive takes on a slow line
/// (the 30 seconds of the client would end it), but of it no piece may take longer than a dead line is believed in.
const WAITS: [(&str, ClientConfigKey, &str); 2] = [
    ("AWS_TIMEOUT", ClientConfigKey::Timeout, "1 hour"),
    ("AWS_READ_TIMEOUT", ClientConfigKey::ReadTimeout, "30 seconds"),
];

/// The store of a bucket, as the environment describes it. Nothing is asked of it yet.
pub(crate) fn store(bucket: &str) -> Result<Arc<dyn ObjectStore>, Error> {
    // An error says that the process has settled on a provider before; any of them will do.
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut builder = AmazonS3Builder::from_env();
    for (variable, key, wait) in WAITS {
        if std::env::var_os(variable).is_none() {
            builder = builder.with_config(AmazonS3ConfigKey::Client(key), wait);
        }
    }
    let built = builder.with_bucket_name(bucket).build();
    let store = built.map_err(|e| Error::Settings { reason: failure::of_settings(&e) })?;
    Ok(Arc::new(store))
}
