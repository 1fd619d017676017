//! Voxels that are written as text: decimal numbers between blanks or commas.

use std::io::{self, BufRead, Read};

use crate::{
    code::LABELS_INVALID,
    error::{Trouble, refusal},
    shown::shown,
    volume::{DataType, Layout, Order, Volume},
};

/// No number is longer.
const LETTERS_MAX: usize = 64;

/// Reads voxels from a text of `bytes` bytes at most; it must end with the last of them.
pub(crate) fn volume_of_text(text: impl BufRead, bytes: u64, layout: &Layout) -> Result<Volume, Trouble> {
    // A label id is exact in 64 bits of a float, whatever type the header names.
    let layout = Layout { data_type: DataType::F64, order: Order::Little, ..*layout };
    let numbers_max = bytes.div_ceil(2); // a digit and what parts it from the next
    layout.bytes_of(numbers_max.saturating_mul(layout.data_type.bytes() as u64))?;
    let mut numbers = Numbers { text, ready: Vec::new(), odd: None };
    let volume = Volume::read(&mut numbers, &layout);
    match numbers.odd {
        None => volume,
        Some(word) => Err(refusal(LABELS_INVALID, "a voxel is no number").seen(shown(&word)).into()),
    }
}

/// Numbers as bytes, in the order that the layout says.
struct Numbers<T> {
    text: T,
    /// What is left of the last number, backwards.
    ready: Vec<u8>,
    /// What could not be read as a number.
    odd: Option<String>,
}

impl<T: BufRead> Read for Numbers<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        for to in buffer {
            if self.ready.is_empty() {
                let Some(number) = self.next_number()? else { break };
                self.ready.extend(number.to_le_bytes().iter().rev());
            }
            let Some(byte) = self.ready.pop() else { break };
            *to = byte;
            filled += 1;
        }
        Ok(filled)
    }
}

impl<T: BufRead> Numbers<T> {
    fn next_number(&mut self) -> io::Result<Option<f64>> {
        let word = self.next_word()?;
        if word.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&word);
        let number = text.parse().ok().filter(|_| word.len() <= LETTERS_MAX);
        if number.is_none() {
            self.odd = Some(text.into_owned());
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(number)
    }

    /// The letters up to the next blank or comma; none at the end of the text.
    fn next_word(&mut self) -> io::Result<Vec<u8>> {
        let mut word = Vec::new();
        while word.len() <= LETTERS_MAX {
            let Some(letter) = self.text.fill_buf()?.first().copied() else { break };
            self.text.consume(1);
            match (letter == b',' || letter.is_ascii_whitespace(), word.is_empty()) {
                (true, true) => {}
                (true, false) => break,
                (false, _) => word.push(letter),
            }
        }
        Ok(word)
    }
}
