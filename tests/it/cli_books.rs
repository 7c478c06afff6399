//! A reader's own book on the command line.

use crate::support::program::Folder;

const BOOK: &str = "\
id = 'handbook'
title = 'Handbook'
mark = 'Handbook §'
[[chapters]]
number = 1
title = 'House rules'
sections = [{ number = '1.1', title = 'Talking to the till' }]
";

const NOTE: &str = "\
+++
section = '1.1'
title = 'Talking to the till'
triggers = ['symbol:till.open']
+++
One program at a time talks to the till.

## Key points
- Ask.
- Wait.

## Example
```python
print('till')
```
";

const RULE: &str = "\
+++
rule = 'no-forced-till'
sections = ['1.1']
group = 'correctness'
default = true
message = '`{symbol}` leaves the till open'
match = { call = 'till.force' }
+++
## What it does
Finds a forced till.

## Why the book warns
It stays open.

## Example
```python
import till
till.force()
```

## Use instead
```python
import till
till.open()
```
";

fn shop() -> Folder {
    Folder::new(&[
        ("marginalia.toml", "books = ['handbook']\n"),
        ("handbook/book.toml", BOOK),
        ("handbook/1.1-till.md", NOTE),
        ("handbook/rules/no-forced-till.md", RULE),
        ("shop.py", "import till\n\ntill.open()\ntill.force()\n"),
    ])
}

#[test]
fn its_rules_are_followed() {
    let run = shop().run(&["check", "shop.py"]);
    assert_eq!((run.status, &*run.stderr), (1, ""));
    let expected = "hint[no-forced-till]: `till.force` leaves the till open (Handbook §1.1)\n --> shop.py:4:1\n";
    assert!(run.stdout.starts_with(expected), "{}", run.stdout);
}

#[test]
fn its_sections_stand_in_the_margin() {
    let text = shop().run(&["annotate", "shop.py"]).ok();
    assert!(text.contains("Handbook §1.1 Talking to the till"), "{text}");
    assert!(text.contains("⚑ no-forced-till Handbook §1.1"), "{text}");
}

#[test]
fn its_notes_and_rules_are_explained_and_listed() {
    let shop = shop();
    assert!(shop.run(&["explain", "till.open"]).ok().starts_with("# Handbook §1.1 Talking to the till\n"));
    assert!(shop.run(&["rules", "no-forced-till"]).ok().contains("Handbook §1.1"));
    assert!(shop.run(&["sections"]).ok().ends_with("Chapter 1 House rules\n•  Handbook §1.1 Talking to the till\n"));
}

#[test]
fn a_fault_in_it_is_named_with_file_and_line() {
    let shop = shop();
    std::fs::write(shop.path("handbook/1.1-till.md"), NOTE.replace("symbol:", "simbol:")).unwrap();
    let run = shop.run(&["check", "shop.py"]);
    assert_eq!(run.status, 1, "the rest of the book counts");
    assert!(run.stderr.starts_with("warning: "), "{}", run.stderr);
    assert!(run.stderr.contains("1.1-till.md: line 4: ") && run.stderr.contains("simbol"), "{}", run.stderr);
}
