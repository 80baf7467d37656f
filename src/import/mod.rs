//! Reads postings from files: portal payloads as they come over the wire, and NDJSON.

use std::io::{self, BufRead, BufReader, Read};

/// Unpacks gzip or zstd, told by the first bytes; anything else passes as it is.
///
/// # Errors
/// When the first bytes cannot be read or the decoder cannot be set up.
pub fn unpack(reader: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let head = reader.fill_buf()?;
    if head.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(flate2::bufread::MultiGzDecoder::new(reader)))
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Ok(Box::new(zstd::stream::read::Decoder::with_buffer(reader)?))
    } else {
        Ok(Box::new(reader))
    }
}
