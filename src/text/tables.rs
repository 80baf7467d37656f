//! Reading the tables that are compiled in: it is most of the work of a start.

/// The lines of a table: what `str::lines` gives, several times as fast, and an empty one after a line feed at the end.
pub(crate) fn lines(table: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', table.as_bytes()).chain([table.len()]).map(move |end| {
        let line = table.get(start..end).unwrap_or_default();
        start = end + 1;
        line
    })
}

/// The cells of a line, between ASCII characters: what `str::split` gives. Cells are short, so that looking at
/// every byte is faster than searching.
pub(crate) fn cells(line: &str, between: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let end = line.bytes().position(|byte| byte == between);
        rest = end.and_then(|end| line.get(end + 1..));
        line.get(..end.unwrap_or(line.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_standard_library() {
        for text in ["", ",", "a", "a,b", ",a,,é,", "one, two"] {
            assert!(cells(text, b',').eq(text.split(',')), "{text}");
        }
        for text in ["", "\n", "a", "a\tb\n\né"] {
            assert!(lines(text).eq(text.split('\n')), "{text:?}");
        }
    }
}
