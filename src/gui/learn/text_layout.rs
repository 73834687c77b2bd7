//! The positions of passages in a text that is laid out, and whether something has changed since the last frame.

use std::ops::Range;

use egui::text::CCursor;
use egui::{Galley, Pos2, Rect, Ui};

/// The rectangles of a passage, one for each line. `range` is its range in characters; `origin` is where the text is
/// painted.
pub fn line_rects(galley: &Galley, origin: Pos2, range: Range<usize>) -> Vec<Rect> {
    let mut line_rects: Vec<Rect> = Vec::new();
    for index in range {
        let start = galley.pos_from_cursor(CCursor {
            prefer_next_row: true,
            ..CCursor::new(index)
        });
        let end = galley.pos_from_cursor(CCursor::new(index + 1));
        let rect = Rect::from_min_max(start.min, end.max);
        match line_rects.last_mut() {
            Some(last) if (last.min.y - rect.min.y).abs() < 1.0 => *last = last.union(rect),
            _ => line_rects.push(rect),
        }
    }
    let offset = origin.to_vec2();
    line_rects
        .iter()
        .map(|rect| rect.translate(offset))
        .collect()
}

/// Whether the value called `name` has changed since the last frame.
pub fn changed<T>(ui: &Ui, name: &str, current: T) -> bool
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let id = ui.scope_id().with(name);
    ui.data_mut(|data| {
        let previous: Option<T> = data.get_temp(id);
        let changed = previous.as_ref() != Some(&current);
        data.insert_temp(id, current);
        changed
    })
}

/// Converts a byte range of `text` into a character range.
pub fn char_range(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text[..range.start].chars().count();
    start..start + text[range.clone()].chars().count()
}
