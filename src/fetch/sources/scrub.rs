//! The last step of every adapter: people's addresses masked, the record checked.

use crate::posting::Posting;
use std::borrow::Cow;

/// Ways the at sign is written in text and HTML.
const AT_SIGNS: &[&str] = &["@", "&#64;", "&#x40;", "&commat;", "%40"];

/// Longest part before the at sign, in bytes (RFC 5321, 4.5.3.1.1); of a longer one the end is
/// masked.
const LOCAL_CAP: usize = 64;

/// Longest domain, in bytes (RFC 5321, 4.5.3.1.2).
const DOMAIN_CAP: usize = 255;

/// Masks e-mail addresses and checks that there is something to keep.
///
/// # Errors
/// When there is no native id, or neither title nor body.
pub(crate) fn finish(mut posting: Posting) -> Result<Posting, String> {
    if posting.key.native_id.is_empty() {
        return Err("no id".into());
    }
    if posting.title.is_empty() && posting.description.is_empty() {
        return Err("neither title nor description".into());
    }
    posting.title = mask(posting.title);
    posting.description = mask(posting.description);
    Ok(posting)
}

fn mask(text: String) -> String {
    match mask_emails(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(masked) => masked,
    }
}

/// Replaces every letter and digit of an e-mail address by `x`, byte for byte.
///
/// Offsets into the text stay true, and a reader still sees that an address stood there.
/// Masking twice changes nothing.
///
/// ```
/// use rungs::fetch::sources::mask_emails;
/// assert_eq!(mask_emails("Write to jo.doe@acme.com."), "Write to xx.xxx@xxxx.xxx.");
/// ```
#[must_use]
pub fn mask_emails(text: &str) -> Cow<'_, str> {
    let mut masked: Option<Vec<u8>> = None;
    for sign in AT_SIGNS {
        let mut floor = 0;
        for (at, _) in text.match_indices(sign) {
            let after = at + sign.len();
            // An address does not reach back beyond the sign before its own.
            let from = std::mem::replace(&mut floor, after);
            let Some((start, end)) = address(text, from, at, after) else { continue };
            let bytes = masked.get_or_insert_with(|| text.as_bytes().to_vec());
            for place in (start..at).chain(after..end) {
                if let Some(byte) = bytes.get_mut(place).filter(|byte| !matches!(byte, b'.' | b'-')) {
                    *byte = b'x';
                }
            }
        }
    }
    match masked.map(String::from_utf8) {
        Some(Ok(masked)) => Cow::Owned(masked),
        _ => Cow::Borrowed(text),
    }
}

/// The range of the address around an at sign, not before `floor`, if there is one. Looks at no
/// more than the caps, and ends between characters.
fn address(text: &str, floor: usize, at: usize, after: usize) -> Option<(usize, usize)> {
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-'".contains(byte) || !byte.is_ascii();
    let domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte) || !byte.is_ascii();
    let between = |place: &usize| text.is_char_boundary(*place);
    let floor = (floor.max(at.saturating_sub(LOCAL_CAP))..=at).find(between)?;
    let ceiling = (after..=text.len().min(after.saturating_add(DOMAIN_CAP))).rev().find(between)?;
    let text = text.as_bytes();
    let before = text.get(floor..at)?;
    let start = at - before.iter().rev().take_while(|byte| local(byte)).count();
    let tail = text.get(after..ceiling)?;
    let mut end = after + tail.iter().take_while(|byte| domain(byte)).count();
    while end > after && !text.get(end - 1)?.is_ascii_alphanumeric() && text.get(end - 1)?.is_ascii() {
        end -= 1;
    }
    let host = text.get(after..end)?;
    let dot = host.iter().rposition(|byte| *byte == b'.')?;
    let top = host.get(dot + 1..)?;
    let is_address = start < at && dot > 0 && top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic);
    is_address.then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_addresses_and_nothing_else() {
        for (text, expected) in [
            ("mail jane@acme.io now", "mail xxxx@xxxx.xx now"),
            ("<a href=\"mailto:hr@acme.co.uk\">", "<a href=\"mailto:xx@xxxx.xx.xx\">"),
            ("jobs&#64;acme.com", "xxxx&#64;xxxx.xxx"),
            ("jörg@büro.de!", "xxxxx@xxxxx.xx!"),
            ("@media print, 5 @ 3.50, a@b, user@localhost", "@media print, 5 @ 3.50, a@b, user@localhost"),
            ("https://medium.com/@acme/x.html", "https://medium.com/@acme/x.html"),
            ("first_last+tag@mail.acme.com.", "xxxxxxxxxxxxxx@xxxx.xxxx.xxx."),
        ] {
            assert_eq!(mask_emails(text), expected);
            assert_eq!(mask_emails(text).len(), text.len());
            assert_eq!(mask_emails(&mask_emails(text)), expected);
        }
    }
    #[test]
    fn long_names_are_masked_within_bounds_and_between_characters() {
        let long = format!("{}@acme.io", "ö".repeat(50));
        let masked = mask_emails(&long);
        assert!(masked.starts_with("öö") && masked.ends_with("x@xxxx.xx"), "{masked}");
        assert_eq!(mask_emails(&masked), masked);
        let far = format!("jo@{}ö.{}", "a".repeat(DOMAIN_CAP - 1), "b".repeat(9));
        assert_eq!(mask_emails(&far), far, "no domain is that long");
        assert_eq!(mask_emails("a%40jo%40acme.io"), "a%40xx%40xxxx.xx");
    }

    #[test]
    fn signs_in_a_row_take_time_that_grows_with_the_text() {
        for piece in ["%40", "@", "a@", "a.b%40", "ö%40."] {
            let time = |bytes: usize| {
                let text = piece.repeat(bytes / piece.len());
                let start = std::time::Instant::now();
                assert!(mask_emails(&text).len() == text.len());
                start.elapsed()
            };
            // Minutes when each sign looked back over all those before it.
            let spent = (0..3).map(|_| time(1 << 20)).min().unwrap();
            assert!(spent < std::time::Duration::from_secs(1), "{piece}: {spent:?}");
        }
    }
}
