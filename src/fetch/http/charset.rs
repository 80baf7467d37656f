//! Text in whatever charset it came.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How much of a page is looked at for a declaration, in bytes: what the HTML standard says.
const DECLARATION: usize = 1024;

/// Bytes as UTF-8 text: by their byte order mark, else the charset of `content_type`, else the
/// one declared in the text, else the guess of a browser's detector.
///
/// Text that is valid UTF-8 is taken as such whatever a header says, unless the header names a
/// charset whose texts often look like UTF-8 (UTF-16, ISO-2022-JP): headers are wrong more often
/// than other charsets happen to be valid UTF-8.
#[must_use]
pub fn to_utf8<'b>(bytes: &'b [u8], content_type: Option<&str>) -> Cow<'b, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode_with_bom_removal(bytes).0;
    }
    let stated = content_type.and_then(of_content_type);
    let stealthy = [UTF_16LE, UTF_16BE, ISO_2022_JP];
    if let Some(encoding) = stated.filter(|encoding| stealthy.contains(encoding)) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let encoding = stated.or_else(|| of_declaration(bytes)).unwrap_or_else(|| detect(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

fn of_content_type(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let name = lower.split("charset=").nth(1)?.trim_start_matches(['"', '\'']);
    label(name)
}

/// `<meta charset=…>`, `<meta … content="…; charset=…">` or `<?xml … encoding="…"?>`.
fn of_declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARATION).unwrap_or(bytes);
    let head: String = head.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let name = head.split("charset=").nth(1).or_else(|| head.split("encoding=").nth(1))?;
    label(name.trim_start_matches(['"', '\'', ' ']))
}

fn label(name: &str) -> Option<&'static Encoding> {
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(name.len());
    Encoding::for_label(name.get(..end)?.as_bytes())
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_then_header_then_declaration_then_detection() {
        let utf16: Vec<u8> = "\u{feff}Köln".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bare16: Vec<u8> = "Koeln".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, header, expected) in [
            (b"\xef\xbb\xbfplain".as_slice(), None, "plain"),
            ("Köln".as_bytes(), None, "Köln"),
            ("Köln".as_bytes(), Some("text/html; charset=iso-8859-1"), "Köln"),
            (b"K\xf6ln", Some("text/html; charset=ISO-8859-1"), "Köln"),
            (b"\xca\xee\xf4\xe5", Some("text/html; charset=\"windows-1251\""), "Кофе"),
            (b"<meta charset=iso-8859-15><p>\xa4", None, "<meta charset=iso-8859-15><p>€"),
            (
                b"<?xml version=\"1.0\" encoding='windows-1252'?>\x80",
                None,
                "<?xml version=\"1.0\" encoding='windows-1252'?>€",
            ),
            (b"Verk\xe4ufer f\xfcr K\xf6ln gesucht", None, "Verkäufer für Köln gesucht"),
            (&utf16, Some("text/html; charset=utf-8"), "Köln"),
            (&bare16, Some("text/html; charset=utf-16be"), "Koeln"),
        ] {
            assert_eq!(to_utf8(bytes, header), expected);
        }
    }
}
