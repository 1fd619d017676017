//! A reader that ends with an error where one record would be longer than any of a table.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

/// Longest record that is read, with what is read ahead of it.
pub(super) const RECORD_MAX: u64 = 1 << 20;

/// Bytes that may still be read before the next record is complete.
#[derive(Clone, Debug)]
pub(super) struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    pub(super) fn new() -> Self {
        Self(Rc::new(Cell::new(RECORD_MAX)))
    }

    /// A record is complete.
    pub(super) fn renew(&self) {
        self.0.set(RECORD_MAX);
    }

    /// Whether nothing may be read any more.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// The reader.
pub(super) struct Capped<R> {
    pub(super) inner: R,
    pub(super) allowance: Allowance,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.allowance.is_spent() {
            return Err(io::Error::other("a record is too long"));
        }
        let most = usize::try_from(self.allowance.0.get()).unwrap_or(usize::MAX).min(into.len());
        let read = self.inner.read(&mut into[..most])?;
        self.allowance.0.set(self.allowance.0.get().saturating_sub(read as u64));
        Ok(read)
    }
}
