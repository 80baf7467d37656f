use super::*;

/// Pairs that must be readable as text (4.5) or visible as shapes (3), after WCAG 2.2.
#[test]
fn colours_keep_their_contrast_in_both_schemes() {
    let of = |name: &str| PALETTE.iter().find(|color| color.name == name).unwrap();
    let mut pairs: Vec<(String, String, f64)> = Vec::new();
    for text in ["text", "muted", "link"] {
        pairs.extend(["page", "card"].map(|ground| (text.to_owned(), ground.to_owned(), 4.5)));
    }
    for shape in ["target", "own", "have", "partial", "missing"] {
        pairs.extend(["page", "card"].map(|ground| (shape.to_owned(), ground.to_owned(), 3.0)));
    }
    pairs.extend((0..6).map(|step| (format!("t{step}"), format!("h{step}"), 4.5)));
    for (a, b, least) in pairs {
        let (x, y) = (of(&a), of(&b));
        for (scheme, ratio) in [("light", contrast(x.light, y.light)), ("dark", contrast(x.dark, y.dark))] {
            assert!(ratio >= least, "{a} on {b}, {scheme}: {ratio:.2} is below {least}");
        }
    }
}

#[test]
fn the_contrast_is_that_of_the_standard() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.01);
    assert_eq!(contrast("red", "#ffffff"), 0.0);
}
