//! HTML character references: every numeric one, and the named ones that postings hold.

/// Longest name in the table, in bytes; a longer run of letters is no reference.
const LONGEST_NAME: usize = 10;

/// Names, sorted. Those that HTML also reads without a semicolon are in [`BARE`].
const NAMED: &[(&str, char)] = &[
    ("AMP", '&'),
    ("Aacute", 'Á'),
    ("Acirc", 'Â'),
    ("Agrave", 'À'),
    ("Aring", 'Å'),
    ("Atilde", 'Ã'),
    ("Auml", 'Ä'),
    ("Ccedil", 'Ç'),
    ("Dagger", '‡'),
    ("Delta", 'Δ'),
    ("ETH", 'Ð'),
    ("Eacute", 'É'),
    ("Ecirc", 'Ê'),
    ("Egrave", 'È'),
    ("Euml", 'Ë'),
    ("GT", '>'),
    ("Iacute", 'Í'),
    ("Icirc", 'Î'),
    ("Igrave", 'Ì'),
    ("Iuml", 'Ï'),
    ("LT", '<'),
    ("NewLine", '\n'),
    ("Ntilde", 'Ñ'),
    ("OElig", 'Œ'),
    ("Oacute", 'Ó'),
    ("Ocirc", 'Ô'),
    ("Ograve", 'Ò'),
    ("Omega", 'Ω'),
    ("Oslash", 'Ø'),
    ("Otilde", 'Õ'),
    ("Ouml", 'Ö'),
    ("QUOT", '"'),
    ("Scaron", 'Š'),
    ("Sigma", 'Σ'),
    ("THORN", 'Þ'),
    ("Tab", '\t'),
    ("Uacute", 'Ú'),
    ("Ucirc", 'Û'),
    ("Ugrave", 'Ù'),
    ("Uuml", 'Ü'),
    ("Yacute", 'Ý'),
    ("Zcaron", 'Ž'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("acute", '´'),
    ("aelig", 'æ'),
    ("agrave", 'à'),
    ("alpha", 'α'),
    ("amp", '&'),
    ("apos", '\''),
    ("aring", 'å'),
    ("ast", '*'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("bdquo", '„'),
    ("beta", 'β'),
    ("brvbar", '¦'),
    ("bull", '•'),
    ("bullet", '•'),
    ("ccedil", 'ç'),
    ("cedil", '¸'),
    ("cent", '¢'),
    ("check", '✓'),
    ("circ", 'ˆ'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("copy", '©'),
    ("curren", '¤'),
    ("dagger", '†'),
    ("darr", '↓'),
    ("dash", '‐'),
    ("deg", '°'),
    ("divide", '÷'),
    ("dollar", '$'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("egrave", 'è'),
    ("emsp", '\u{2003}'),
    ("ensp", '\u{2002}'),
    ("epsilon", 'ε'),
    ("equals", '='),
    ("eth", 'ð'),
    ("euml", 'ë'),
    ("euro", '€'),
    ("excl", '!'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("ge", '≥'),
    ("geq", '≥'),
    ("gt", '>'),
    ("half", '½'),
    ("harr", '↔'),
    ("hellip", '…'),
    ("hyphen", '‐'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("iexcl", '¡'),
    ("igrave", 'ì'),
    ("infin", '∞'),
    ("iquest", '¿'),
    ("iuml", 'ï'),
    ("lambda", 'λ'),
    ("laquo", '«'),
    ("larr", '←'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("ldquo", '“'),
    ("le", '≤'),
    ("leq", '≤'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lrm", '\u{200e}'),
    ("lsaquo", '‹'),
    ("lsqb", '['),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("macr", '¯'),
    ("mdash", '—'),
    ("micro", 'µ'),
    ("middot", '·'),
    ("minus", '−'),
    ("mu", 'μ'),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("ne", '≠'),
    ("not", '¬'),
    ("ntilde", 'ñ'),
    ("num", '#'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("oelig", 'œ'),
    ("ograve", 'ò'),
    ("omega", 'ω'),
    ("ordf", 'ª'),
    ("ordm", 'º'),
    ("oslash", 'ø'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("para", '¶'),
    ("percnt", '%'),
    ("period", '.'),
    ("permil", '‰'),
    ("pi", 'π'),
    ("plus", '+'),
    ("plusmn", '±'),
    ("pound", '£'),
    ("prime", '′'),
    ("quest", '?'),
    ("quot", '"'),
    ("raquo", '»'),
    ("rarr", '→'),
    ("rbrace", '}'),
    ("rbrack", ']'),
    ("rcub", '}'),
    ("rdquo", '”'),
    ("reg", '®'),
    ("rlm", '\u{200f}'),
    ("rpar", ')'),
    ("rsaquo", '›'),
    ("rsqb", ']'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("scaron", 'š'),
    ("sect", '§'),
    ("semi", ';'),
    ("shy", '\u{ad}'),
    ("sigma", 'σ'),
    ("sol", '/'),
    ("sup1", '¹'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("szlig", 'ß'),
    ("thinsp", '\u{2009}'),
    ("thorn", 'þ'),
    ("tilde", '˜'),
    ("times", '×'),
    ("trade", '™'),
    ("uacute", 'ú'),
    ("uarr", '↑'),
    ("ucirc", 'û'),
    ("ugrave", 'ù'),
    ("uml", '¨'),
    ("uuml", 'ü'),
    ("verbar", '|'),
    ("vert", '|'),
    ("yacute", 'ý'),
    ("yen", '¥'),
    ("yuml", 'ÿ'),
    ("zcaron", 'ž'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

/// Names that count without their semicolon, as pages in the wild write them.
const BARE: &[&str] = &["amp", "lt", "gt", "quot", "nbsp", "AMP", "LT", "GT", "QUOT"];

/// What the numbers 128–159 mean in practice: Windows-1252.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Reads the reference at the `&` that `bytes` begins with: its character and its length in
/// bytes. `None` when it is an ampersand and no more.
pub(super) fn decode(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes.get(1)? {
        b'#' => numeric(bytes),
        b if b.is_ascii_alphabetic() => named(bytes),
        _ => None,
    }
}

fn named(bytes: &[u8]) -> Option<(char, usize)> {
    let longest = bytes.len().min(LONGEST_NAME + 2);
    let len = bytes[1..longest].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let name = std::str::from_utf8(&bytes[1..1 + len]).ok()?;
    if bytes.get(1 + len) == Some(&b';') {
        let at = NAMED.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
        return Some((NAMED[at].1, len + 2));
    }
    // "&nbspFoo" counts; "AT&T", "R&D", "&lting" inside an address do not.
    let bare = BARE.iter().find(|bare| name == **bare)?;
    let at = NAMED.binary_search_by(|(known, _)| (*known).cmp(bare)).ok()?;
    Some((NAMED[at].1, len + 1))
}

fn numeric(bytes: &[u8]) -> Option<(char, usize)> {
    let hex = matches!(bytes.get(2), Some(b'x' | b'X'));
    let first = if hex { 3 } else { 2 };
    let mut value: u32 = 0;
    let mut i = first;
    while let Some(digit) = bytes.get(i).and_then(|b| char::from(*b).to_digit(if hex { 16 } else { 10 })) {
        value = value.saturating_mul(if hex { 16 } else { 10 }).saturating_add(digit);
        i += 1;
    }
    if i == first {
        return None;
    }
    if bytes.get(i) == Some(&b';') {
        i += 1;
    }
    let c = match value {
        0 => '\u{fffd}',
        128..=159 => WINDOWS_1252[(value - 128) as usize],
        _ => char::from_u32(value).unwrap_or('\u{fffd}'),
    };
    Some((c, i))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_shrinks() {
        assert!(NAMED.windows(2).all(|w| w[0].0 < w[1].0));
        for (name, c) in NAMED {
            assert!(name.len() <= LONGEST_NAME && c.len_utf8() < name.len() + 2, "{name}");
        }
    }

    #[test]
    fn references_are_read_as_browsers_read_them() {
        for (text, expected) in [
            ("&amp;", Some(('&', 5))),
            ("&amp b", Some(('&', 4))),
            ("&nbsp;x", Some(('\u{a0}', 6))),
            ("&#8217;s", Some(('’', 7))),
            ("&#x1F680;", Some(('🚀', 9))),
            ("&#150;", Some(('–', 6))),
            ("&#xD800;", Some(('\u{fffd}', 8))),
            ("&#99999999999;", Some(('\u{fffd}', 14))),
            ("&D", None),
            ("&", None),
            ("&#;", None),
            ("&unknown;", None),
            ("&eacute", None),
        ] {
            assert_eq!(decode(text.as_bytes()), expected, "{text}");
        }
    }
}
