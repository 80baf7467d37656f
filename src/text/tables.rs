//! Reading the tables that are compiled in: it is most of the time of a start.

/// The parts of `text` between the characters `at`, of ASCII: what `str::split` gives, several times as fast.
pub(crate) fn split(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut start = 0;
    memchr::memchr_iter(at, text.as_bytes()).chain([text.len()]).map(move |end| {
        let part = text.get(start..end).unwrap_or_default();
        start = end + 1;
        part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_standard_library() {
        for text in ["", ",", "a", "a,b", ",a,,é,", "one, two"] {
            assert!(split(text, b',').eq(text.split(',')), "{text}");
        }
    }
}
