//! Words that several screens share: names of parts and capital letters.

use crate::domain::story::Part;

/// The name of a part, as shown on the screen.
pub fn part_name(part: Part) -> String {
    match part {
        Part::Whole => "Whole answer".to_owned(),
        Part::Section(kind) => kind.to_string(),
        Part::FollowUp(number) => format!("Follow-up {number}"),
    }
}

/// A sort key for parts: the sections in order, then the whole answer, then the follow-ups.
pub fn part_order(part: Part) -> (u8, String) {
    match part {
        Part::Section(kind) => (kind as u8, String::new()),
        Part::Whole => (u8::MAX - 1, String::new()),
        Part::FollowUp(number) => (u8::MAX, format!("{number:>5}")),
    }
}

/// The text with its first letter in upper case.
pub fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}
