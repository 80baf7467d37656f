//! Reading a body within limits: bytes on the wire, bytes unpacked, how much one is of the other.

use super::room::STEP;
use super::{HttpError, Limits};
use flate2::write::MultiGzDecoder;
use std::io::{self, Write};

/// Bytes unpacked before the ratio counts: small files of one letter are no bombs.
const RATIO_FROM: usize = 1 << 20;

/// Collects a body, unpacking it on the way.
pub(super) struct Body {
    decoder: Decoder,
    wire: usize,
    /// Bytes that are wanted; what comes after them is not read.
    first: Option<usize>,
    limits: Limits,
}

enum Decoder {
    Plain(Vec<u8>),
    Gzip(Box<MultiGzDecoder<Capped>>),
}

/// A buffer that does not grow beyond its cap.
struct Capped {
    bytes: Vec<u8>,
    cap: usize,
    /// What is beyond the cap is dropped; else it is an error.
    drops: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.cap.saturating_sub(self.bytes.len()).min(bytes.len());
        if room < bytes.len() && !self.drops {
            return Err(io::Error::other(TooLarge));
        }
        self.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("it unpacks to more than the limit")]
struct TooLarge;

impl Body {
    /// A body sent with this `Content-Encoding`, and `Content-Length` where there is one; all of
    /// it, or the `first` bytes.
    ///
    /// # Errors
    /// [`HttpError::Refused`] for an encoding that was not asked for.
    pub(super) fn new(
        encoding: &str,
        length: Option<usize>,
        first: Option<usize>,
        limits: Limits,
    ) -> Result<Self, HttpError> {
        let cap = first.unwrap_or(limits.decoded_bytes);
        let decoder = match encoding.trim().to_ascii_lowercase().as_str() {
            // Memory that is reserved and never written to costs nothing, so a lie does no harm.
            "" | "identity" => {
                Decoder::Plain(Vec::with_capacity(length.unwrap_or(0).min(limits.wire_bytes).min(cap)))
            }
            "gzip" | "x-gzip" => Decoder::Gzip(Box::new(MultiGzDecoder::new(Capped {
                bytes: Vec::new(),
                cap,
                drops: first.is_some(),
            }))),
            other => return Err(HttpError::Refused(format!("unknown content encoding {other}"))),
        };
        Ok(Self { decoder, wire: 0, first, limits })
    }

    /// Whether all that is wanted is there.
    pub(super) fn is_full(&self) -> bool {
        self.first.is_some_and(|first| self.held() >= first)
    }

    /// Bytes held by now.
    pub(super) fn held(&self) -> usize {
        match &self.decoder {
            Decoder::Plain(bytes) => bytes.len(),
            Decoder::Gzip(decoder) => decoder.get_ref().bytes.len(),
        }
    }

    /// Takes bytes from the wire, as many as become no more than a [`STEP`]. Returns how many.
    ///
    /// # Errors
    /// [`HttpError::TooLarge`] beyond a limit, [`HttpError::Broken`] when they cannot be unpacked.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<usize, HttpError> {
        let taken = match &mut self.decoder {
            Decoder::Plain(bytes) => {
                let piece = chunk.get(..STEP).unwrap_or(chunk);
                bytes.extend_from_slice(piece);
                piece.len()
            }
            // Gives what its buffer of 32 KiB holds before it takes more.
            Decoder::Gzip(decoder) => decoder.write(chunk).map_err(unpacking)?,
        };
        if taken == 0 {
            return Err(HttpError::Broken("packed data is damaged: nothing follows its end".into()));
        }
        self.wire += taken;
        if self.wire > self.limits.wire_bytes {
            return Err(HttpError::TooLarge(format!("more than {} bytes", self.limits.wire_bytes)));
        }
        if self.held() > RATIO_FROM && self.held() / self.limits.ratio > self.wire {
            let ratio = self.limits.ratio;
            return Err(HttpError::TooLarge(format!("it unpacks to more than {ratio} times its size")));
        }
        Ok(taken)
    }

    /// The whole body.
    ///
    /// # Errors
    /// [`HttpError::Broken`] when the packed data ends in the middle.
    pub(super) fn finish(self) -> Result<Vec<u8>, HttpError> {
        let is_full = self.is_full();
        match self.decoder {
            Decoder::Plain(mut bytes) => {
                bytes.truncate(self.first.unwrap_or(usize::MAX));
                Ok(bytes)
            }
            Decoder::Gzip(mut decoder) if is_full => Ok(std::mem::take(&mut decoder.get_mut().bytes)),
            Decoder::Gzip(_) if self.wire == 0 => Ok(Vec::new()),
            Decoder::Gzip(decoder) => Ok(decoder.finish().map_err(unpacking)?.bytes),
        }
    }
}

fn unpacking(error: io::Error) -> HttpError {
    if error.get_ref().is_some_and(|inner| inner.is::<TooLarge>()) {
        return HttpError::TooLarge(TooLarge.to_string());
    }
    HttpError::Broken(format!("packed data is damaged or cut off: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(encoding: &str, wire: &[u8], limits: &Limits) -> Result<Vec<u8>, HttpError> {
        read_first(None, encoding, wire, limits)
    }

    fn read_first(
        first: Option<usize>,
        encoding: &str,
        wire: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, HttpError> {
        let mut body = Body::new(encoding, None, first, *limits)?;
        for mut chunk in wire.chunks(1000) {
            while !chunk.is_empty() && !body.is_full() {
                let before = body.held();
                chunk = &chunk[body.push(chunk)?..];
                assert!(body.held() - before <= STEP);
            }
        }
        body.finish()
    }

    #[test]
    fn of_a_long_body_only_the_first_bytes_are_read() {
        let limits = Limits { wire_bytes: 10_000, decoded_bytes: 10_000, ..Limits::default() };
        let text = b"Disallow: /jobs\n".repeat(5000);
        for (encoding, wire) in
            [("", text.clone()), ("gzip", gzip(&text)), ("gzip", gzip(&vec![0; 64 << 20]))]
        {
            let first = read_first(Some(4000), encoding, &wire, &limits).unwrap();
            assert_eq!(first.len(), 4000, "{encoding}");
            assert!(wire.len() < text.len() || first == text[..4000], "{encoding}");
        }
        assert_eq!(read_first(Some(4000), "", b"short", &limits).unwrap(), b"short");
        let cut = &gzip(&text)[..40];
        assert!(matches!(read_first(Some(4000), "gzip", cut, &limits), Err(HttpError::Broken(_))));
    }

    #[test]
    fn whole_bodies_pass_and_cut_ones_do_not() {
        let limits = Limits::default();
        let text = b"posting ".repeat(5000);
        let packed = gzip(&text);
        assert_eq!(read("gzip", &packed, &limits).unwrap(), text);
        assert_eq!(read("", &text, &limits).unwrap(), text);
        assert_eq!(read("gzip", b"", &limits).unwrap(), b"");
        let two = [packed.clone(), packed.clone()].concat();
        assert_eq!(read("GZIP", &two, &limits).unwrap().len(), text.len() * 2);
        for cut in [5, packed.len() / 2, packed.len() - 1] {
            let error = read("gzip", &packed[..cut], &limits).unwrap_err();
            assert!(matches!(error, HttpError::Broken(_)), "{cut}: {error}");
        }
        assert!(matches!(read("br", b"x", &limits), Err(HttpError::Refused(_))));
    }

    #[test]
    fn bombs_stop_at_the_limits() {
        let bomb = gzip(&vec![0; 64 << 20]);
        let limits = Limits::default();
        let error = read("gzip", &bomb, &limits).unwrap_err();
        assert!(matches!(error, HttpError::TooLarge(_)), "{error}");
        let lax = Limits { ratio: usize::MAX, ..limits };
        assert!(matches!(read("gzip", &bomb, &lax), Err(HttpError::TooLarge(_))));
        let tight = Limits { wire_bytes: 100, ..limits };
        assert!(matches!(read("", &[0; 101], &tight), Err(HttpError::TooLarge(_))));
    }
}
