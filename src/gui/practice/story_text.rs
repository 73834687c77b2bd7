//! Texts of a story that several screens show.

use egui::Ui;

use crate::domain::story::Story;
use crate::gui::theme;
use crate::gui::theme::BODY;

/// Says how to begin, if the story is told for another leadership principle than its own.
pub fn lead_ui(ui: &mut Ui, story: &Story, principle: Option<&str>) {
    if let Some(reframing) = story.reframing(principle) {
        let lead = inside_sentence(&reframing.lead);
        let text = format!("For {}: lead with {lead}", reframing.principle);
        ui.label(theme::dim(ui, text, BODY));
    }
}

/// A sentence with its first letter in lower case, unless its first word may be a name.
fn inside_sentence(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let not_names = [
        "A", "An", "How", "Not", "That", "The", "What", "Why", "Your",
    ];
    match not_names.contains(&first) {
        true => first.to_lowercase() + &text[first.len()..],
        false => text.to_owned(),
    }
}

/// The strong example of a part.
pub fn example_ui(ui: &mut Ui, example: &str) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::strong("Example answer", BODY));
        ui.label(theme::text(example.trim(), BODY).line_height(Some(BODY * 1.55)));
    });
}
