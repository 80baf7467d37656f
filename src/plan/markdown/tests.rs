use super::*;
use proptest::prelude::*;

fn block(id: &str, lines: &[&str]) -> Block {
    Block { id: id.into(), lines: lines.iter().map(|line| (*line).to_owned()).collect() }
}

fn plan() -> Vec<Block> {
    vec![
        block("head", &["# Plan", "", "about it"]),
        block("aaaa", &["## 1. Area", "", "- why"]),
        block("a001", &["- [ ] first", "  - step"]),
        block("a002", &["- [ ] second", "  - step"]),
    ]
}

fn fresh() -> String {
    merge(&plan(), &Document::default(), &BTreeSet::new())
}

fn again(text: &str, blocks: &[Block]) -> String {
    merge(blocks, &read(text), &BTreeSet::new())
}

#[test]
fn what_is_written_is_read_back() {
    let text = fresh();
    let document = read(&text);
    assert!(document.segments.iter().all(|s| s.pristine.is_some()), "{text}");
    assert_eq!(document.ticks(), BTreeMap::from([("a001", false), ("a002", false)]));
    assert_eq!(again(&text, &plan()), text);
}

#[test]
fn ticks_stay_and_unedited_text_is_renewed() {
    let ticked = fresh().replace("- [ ] second", "- [X] second");
    let mut newer = plan();
    newer[3].lines[1] = "  - another step".into();
    let text = again(&ticked, &newer);
    assert!(text.contains("- [x] second") && text.contains("another step"), "{text}");
    assert!(read(&text).ticks()["a002"]);
}

#[test]
fn lines_whose_marks_an_editor_dropped_are_known_by_their_text() {
    let dropped: String = fresh()
        .replace("- [ ] second", "- [x] second")
        .lines()
        .map(|line| line.split(" <!--").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    assert!(read(&dropped).segments.is_empty());
    let text = remarked(&dropped, &plan());
    assert_eq!(read(&text).ticks(), BTreeMap::from([("a001", false), ("a002", true)]));
    assert_eq!(again(&text, &plan()), text);
    // Whatever the bullet, the tick and the beginning of the file.
    let other = format!("\u{feff}{}", dropped.replace("- [x] second", "* [~] second"));
    assert_eq!(read(&remarked(&other, &plan())).ticks(), BTreeMap::from([("a001", false), ("a002", false)]));
    // The block stands elsewhere with its mark: a copy is the owner's.
    let copied = fresh() + "- [x] second\n";
    assert_eq!(remarked(&copied, &plan()), copied);
}

#[test]
fn a_half_tick_is_neither_a_tick_nor_a_removal() {
    for mark in ["[~]", "[-]", "[/]"] {
        let half = fresh().replace("- [ ] second", &format!("- {mark} second"));
        let document = read(&half);
        assert_eq!(document.ticks().get("a002"), Some(&false), "{mark}");
        assert!(again(&half, &plan()).contains(&format!("- {mark} second")), "{mark} stays");
    }
}

#[test]
fn edited_text_and_notes_of_the_owner_stay() {
    let edited = fresh()
        .replace("- [ ] first", "- [x] first, but my way")
        .replace("- why\n", "- why\n\nMy *own* note\n- [ ] my own item\n");
    let edited = format!("Before everything\n\n{edited}\nAfter everything\n");
    let mut newer = plan();
    newer[2].lines[0] = "- [ ] first, newer".into();
    let text = again(&edited, &newer);
    for kept in ["Before everything", "My *own* note", "- [x] first, but my way", "After everything"] {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
    assert!(!text.contains("first, newer"));
    assert_eq!(read(&text).own_items(), [("my own item".to_owned(), false)]);
    assert_eq!(again(&text, &newer), text, "a second time changes nothing");
}

#[test]
fn what_the_plan_no_longer_has_is_kept_when_it_is_the_owners() {
    let text = fresh().replace("- [ ] first", "- [x] first").replace("- why\n", "- why\nnote\n");
    let newer = vec![block("head", &["# Plan"]), block("bbbb", &["## 1. Other"])];
    let once = again(&text, &newer);
    assert!(once.contains("From earlier versions") && once.contains("- [x] first") && once.contains("note"));
    assert!(!once.contains("second"), "{once}");
    assert_eq!(again(&once, &newer), once);
    let back = again(&once, &plan());
    assert!(read(&back).ticks()["a001"]);
}

#[test]
fn what_the_owner_removed_does_not_come_back() {
    let removed = BTreeSet::from(["a001".to_owned()]);
    let text = fresh().lines().filter(|l| !l.contains("first")).collect::<Vec<_>>().join("\n");
    assert!(!merge(&plan(), &read(&text), &removed).contains("first"));
}

#[test]
fn a_copied_block_is_the_owners_text() {
    let text = fresh();
    let item = text.lines().find(|l| l.contains("second")).unwrap();
    let doubled = format!("{text}{}\n", item.replace("[ ]", "[x]"));
    let document = read(&doubled);
    assert!(!document.ticks()["a002"]);
    assert_eq!(again(&doubled, &plan()).matches("id:a002").count(), 2);
}

#[test]
fn files_of_other_editors_are_the_same() {
    let text = format!("\u{feff}{}", fresh().replace('\n', "  \r\n"));
    assert!(read(&text).segments.iter().all(|s| s.pristine.is_some()));
}

proptest! {
    /// Whatever lines the owner writes wherever, none is lost, and a second merge changes nothing.
    #[test]
    fn no_line_of_the_owner_is_ever_lost(
        lines in proptest::collection::vec("[ -~äß<>!\\[\\]x-]{0,40}", 0..8),
        places in proptest::collection::vec(0usize..12, 8),
    ) {
        let mut all: Vec<String> = fresh().lines().map(str::to_owned).collect();
        for (line, place) in lines.iter().zip(&places) {
            all.insert((*place).min(all.len()), line.clone());
        }
        let mut newer = plan();
        newer.remove(2);
        newer[0].lines[2] = "renewed".into();
        let merged = again(&all.join("\n"), &newer);
        for line in &lines {
            let line = line.trim_end();
            prop_assert!(merged.lines().any(|l| l == line), "lost {line:?} in\n{merged}");
        }
        prop_assert_eq!(again(&merged, &newer), merged);
    }
}
