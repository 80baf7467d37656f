//! The file: a magic word, the format, the card as JSON, and the columns packed with zstd.

use super::{Card, Market, MarketError, columns};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{Read, Write};

/// First bytes of a snapshot.
const MAGIC: &[u8; 8] = b"RUNGSMKT";
/// Format that this program writes and reads.
pub(super) const FORMAT: u32 = 2;
/// Largest card that is read.
const MAX_CARD_BYTES: u32 = 4 << 20;
/// Largest unpacked columns that are read: about four million postings.
const MAX_COLUMN_BYTES: u64 = 512 << 20;
/// Strength of the packing; snapshots are made rarely and read often.
const ZSTD_LEVEL: i32 = 19;

impl Market {
    /// Writes the snapshot; the card's id becomes a digest of the rows.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&mut self, out: &mut impl Write) -> Result<(), MarketError> {
        let columns = columns::encode(&self.rows);
        self.card.id = digest(&columns);
        let card = serde_json::to_vec(&self.card).map_err(std::io::Error::other)?;
        let length = u32::try_from(card.len()).map_err(|_| MarketError::Damaged("the card is too large"))?;
        out.write_all(MAGIC)?;
        out.write_all(&FORMAT.to_le_bytes())?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(&card)?;
        out.write_all(&zstd::encode_all(columns.as_slice(), ZSTD_LEVEL)?)?;
        Ok(())
    }

    /// Reads a snapshot.
    ///
    /// # Errors
    /// When the bytes are no snapshot, are damaged, or were written by a newer version.
    pub fn read(input: &mut impl Read) -> Result<Self, MarketError> {
        let card = Self::read_card(input)?;
        let mut columns = Vec::new();
        zstd::Decoder::new(input)?.take(MAX_COLUMN_BYTES + 1).read_to_end(&mut columns)?;
        if columns.len() as u64 > MAX_COLUMN_BYTES {
            return Err(MarketError::Damaged("it unpacks to more than 512 MiB"));
        }
        if digest(&columns) != card.id {
            return Err(MarketError::Damaged("its content does not fit its id"));
        }
        let rows =
            columns::decode(&columns).ok_or(MarketError::Damaged("its columns do not fit together"))?;
        Ok(Self { card, rows })
    }

    /// Reads only the card.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_card(input: &mut impl Read) -> Result<Card, MarketError> {
        let mut magic = [0; 8];
        input.read_exact(&mut magic)?;
        if &magic != MAGIC {
            return Err(MarketError::Damaged("it does not begin like one"));
        }
        let mut word = [0; 4];
        input.read_exact(&mut word)?;
        let format = u32::from_le_bytes(word);
        if format > FORMAT {
            return Err(MarketError::Newer(format));
        }
        if format < FORMAT {
            return Err(MarketError::Older(format));
        }
        input.read_exact(&mut word)?;
        let length = u32::from_le_bytes(word);
        if length > MAX_CARD_BYTES {
            return Err(MarketError::Damaged("its card is too large"));
        }
        let mut card = vec![0; length as usize];
        input.read_exact(&mut card)?;
        serde_json::from_slice(&card).map_err(|_| MarketError::Damaged("its card is not readable"))
    }
}

/// Twelve hexadecimal digits of a digest of the columns: names the content.
fn digest(columns: &[u8]) -> String {
    Sha256::digest(columns).iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
