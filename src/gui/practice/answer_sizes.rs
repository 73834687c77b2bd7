//! How the height of the recording screen is shared out.

use egui::Ui;

use super::section_marker;
use crate::domain::caption::Caption;
use crate::domain::take::TakeId;
use crate::gui::theme::SPACE;
use crate::gui::widgets::caption;
use crate::gui::widgets::caption::caption_ui;

/// The smallest and the largest diameter of the ring.
pub const RING: [f32; 2] = [272.0, 340.0];
/// Fits an interviewer's question of two lines.
pub const QUESTION_HEIGHT: f32 = 44.0;
/// The row below the ring.
pub const ROW_HEIGHT: f32 = 34.0;

/// The smallest diameter of the ring in a low window, without and with captions.
const LOW_RING: [f32; 2] = [110.0, 150.0];
/// A little wider than the ring. The lines are aligned to the left, but stand below the ring.
const CAPTION_WIDTH: f32 = 440.0;
const TITLE_HEIGHT: f32 = 40.0;
const LABEL_HEIGHT: f32 = 24.0;

/// How the height of the page is shared out. The ring is in the same place in all stages.
pub struct Sizes {
    /// The space above the title.
    pub top: f32,
    /// The space between two elements.
    pub gap: f32,
    /// The diameter of the ring.
    pub ring: f32,
    /// Whether captions are shown. A small window, or one full of notifications, has no room for them.
    pub captions: bool,
}

impl Sizes {
    /// Shares out `available`. `question_height` is that of an interviewer's question, if there is one.
    pub fn new(
        available: f32,
        question_height: Option<f32>,
        is_whole_answer: bool,
        captions: bool,
    ) -> Self {
        let optional = |present: bool, height: f32| if present { height } else { 0.0 };
        let others = TITLE_HEIGHT
            + LABEL_HEIGHT
            + ROW_HEIGHT
            + question_height.unwrap_or(0.0)
            + optional(is_whole_answer, section_marker::HEIGHT);
        let caption_height = caption::HEIGHT + SPACE[2];
        if available < RING[0] + others + optional(captions, caption_height) {
            // The gaps become smaller first, then the ring, and then the captions go.
            let others = others - LABEL_HEIGHT;
            let free = available - others - SPACE[1];
            let captions = captions && free >= LOW_RING[1] + caption_height;
            let free = free - optional(captions, caption_height);
            return Self {
                top: SPACE[0],
                gap: SPACE[1],
                ring: free.clamp(LOW_RING[0], RING[0]),
                captions,
            };
        }
        let captions = captions && available >= RING[0] + others + caption_height;
        let others = others + optional(captions, caption_height);
        let ring = (available - others - 2.0 * SPACE[5]).clamp(RING[0], RING[1]);
        Self {
            top: ((available - others - ring) / 2.0 - SPACE[1]).max(SPACE[0]),
            gap: SPACE[2],
            ring,
            captions,
        }
    }

    /// Draws the caption, if there is room for it.
    pub fn caption_ui(&self, ui: &mut Ui, take: &TakeId, caption: &Caption) {
        if self.captions {
            caption_ui(ui, take, caption, CAPTION_WIDTH);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_window_gets_a_smaller_ring_before_it_loses_its_captions() {
        for (available, captions, ring, has_captions) in [
            (700.0, true, 340.0, true),
            (476.0, true, 272.0, true),
            (400.0, true, 258.0, true),
            (300.0, true, 158.0, true),
            (280.0, true, 198.0, false),
            (280.0, false, 198.0, false),
            (180.0, true, 110.0, false),
        ] {
            let sizes = Sizes::new(available, None, false, captions);
            assert_eq!(
                (sizes.ring, sizes.captions),
                (ring, has_captions),
                "{available} points"
            );
        }
    }
}
