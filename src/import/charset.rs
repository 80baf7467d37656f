//! Text in UTF-16 as a stream of UTF-8.

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, Read};

/// Bytes read at a time from text in UTF-16.
const CHUNK: usize = 1 << 16;

/// The charset that a byte order mark at the start of `head` declares.
pub(super) fn of_mark(head: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding)
}

/// A reader of UTF-16 that gives UTF-8, so that lines can be found in it.
pub(super) struct Utf16Reader<R> {
    inner: R,
    decoder: Decoder,
    decoded: Vec<u8>,
    given: usize,
    ended: bool,
}

/// Whether a charset has to be decoded before lines can be found.
pub(super) fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

impl<R: Read> Utf16Reader<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = if is_wide(encoding) { encoding } else { UTF_8 }.new_decoder_with_bom_removal();
        Self { inner, decoder, decoded: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut raw = vec![0; CHUNK];
        let length = self.inner.read(&mut raw)?;
        self.ended = length == 0;
        raw.truncate(length);
        let room = self.decoder.max_utf8_buffer_length(length).unwrap_or(CHUNK * 4);
        self.decoded.resize(room, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(&raw, &mut self.decoded, self.ended);
        self.decoded.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.decoded.len() && !self.ended {
            self.refill()?;
        }
        let rest = self.decoded.get(self.given..).unwrap_or_default();
        let length = rest.len().min(out.len());
        for (to, from) in out.iter_mut().zip(rest) {
            *to = *from;
        }
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_streams_in_pieces() {
        let text = "{\"title\":\"Köchin\"}\n".repeat(9000);
        let bytes: Vec<u8> = std::iter::once('\u{feff}')
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let encoding = of_mark(&bytes).unwrap();
        let mut out = String::new();
        Utf16Reader::new(bytes.as_slice(), encoding).read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
    }
}
