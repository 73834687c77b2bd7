//! The positions of passages in a text that is laid out, and whether something has changed since the last frame.

use std::ops::Range;

use egui::text::CCursor;
use egui::{Galley, Pos2, Rect, Ui};

/// The rectangles of a passage, one for each line. `at` is its range in characters; `origin` is where the text is
/// painted.
pub fn pieces(galley: &Galley, origin: Pos2, at: Range<usize>) -> Vec<Rect> {
    let mut pieces: Vec<Rect> = Vec::new();
    for letter in at {
        let from = galley.pos_from_cursor(CCursor {
            prefer_next_row: true,
            ..CCursor::new(letter)
        });
        let to = galley.pos_from_cursor(CCursor::new(letter + 1));
        let rect = Rect::from_min_max(from.min, to.max);
        match pieces.last_mut() {
            Some(last) if (last.min.y - rect.min.y).abs() < 1.0 => *last = last.union(rect),
            _ => pieces.push(rect),
        }
    }
    let offset = origin.to_vec2();
    pieces.iter().map(|piece| piece.translate(offset)).collect()
}

/// Whether the value called `name` differs from that of the last frame.
pub fn changed<T>(ui: &Ui, name: &str, now: T) -> bool
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let id = ui.scope_id().with(name);
    ui.data_mut(|data| {
        let before: Option<T> = data.get_temp(id);
        let changed = before.as_ref() != Some(&now);
        data.insert_temp(id, now);
        changed
    })
}

/// Converts a byte range of `text` into a character range.
pub fn letters(text: &str, at: &Range<usize>) -> Range<usize> {
    let start = text[..at.start].chars().count();
    start..start + text[at.clone()].chars().count()
}
