//! The table of contents: the pages of a story, each with its key.

use egui::{
    Align2, ComboBox, Key, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::state::{LearnAction, OpenStory, Page};
use super::text_layout::changed;
use crate::domain::story::{SectionKind, Story};
use crate::gui::command::{Command, key_name};
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};
use crate::gui::widgets::button::focus_ring;

/// Fits all pages into the smallest window, even below a notification.
const ROW: f32 = 32.0;
/// The drop-down list of a narrow window.
const PICKER_WIDTH: f32 = 240.0;

/// The commands that open the next page, the previous page, and each page by its key.
pub fn commands(open_story: &OpenStory) -> Vec<Command<LearnAction>> {
    let pages = pages(&open_story.story);
    let go_to = |page: Page| LearnAction::GoTo(page);
    let mut commands = Vec::new();
    if let Some(selected) = pages.iter().position(|page| *page == open_story.page) {
        if let Some(next) = pages.get(selected + 1) {
            let label = format!("Next: {}", name(*next));
            commands.push(match open_story.page {
                // These pages have no other command.
                Page::Overview | Page::Levels | Page::Principles => {
                    Command::primary(label, Key::ArrowDown, go_to(*next))
                }
                _ => Command::plain(label, Key::ArrowDown, go_to(*next)),
            });
        }
        if let Some(previous) = selected
            .checked_sub(1)
            .and_then(|previous| pages.get(previous))
        {
            commands.push(Command::plain(
                name(*previous),
                Key::ArrowUp,
                go_to(*previous),
            ));
        }
    }
    let by_key = |page: &Page| Command::plain(name(*page), key(*page), go_to(*page));
    commands.extend(pages.iter().map(by_key));
    commands
}

/// Whether a key opens a page.
pub fn is_key(key_pressed: Key) -> bool {
    let all = SectionKind::ALL.map(Page::Section).into_iter();
    let mut all = all.chain([
        Page::Overview,
        Page::Levels,
        Page::Principles,
        Page::FollowUps,
        Page::Weak,
        Page::Quiz,
    ]);
    all.any(|page| key(page) == key_pressed) || matches!(key_pressed, Key::ArrowUp | Key::ArrowDown)
}

/// The name of a page.
pub fn name(page: Page) -> String {
    match page {
        Page::Overview => "Overview".to_owned(),
        Page::Section(kind) => kind.to_string(),
        Page::Levels => "At each level".to_owned(),
        Page::Principles => "Other principles".to_owned(),
        Page::FollowUps => "Follow-ups".to_owned(),
        Page::Weak => "A weak answer".to_owned(),
        Page::Quiz => "Quiz".to_owned(),
    }
}

/// Draws the table of contents.
pub fn contents_ui(ui: &mut Ui, open_story: &OpenStory) -> Option<LearnAction> {
    let mut action = None;
    let page_changed = changed(ui, "page", open_story.page);
    ScrollArea::vertical().id_salt("pages").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for page in pages(&open_story.story) {
            let score = score(open_story, page);
            let row = row_ui(ui, page, page == open_story.page, &score);
            if row.clicked() {
                action = Some(LearnAction::GoTo(page));
            }
            if page_changed && page == open_story.page {
                let no_animation = egui::style::ScrollAnimation::none();
                ui.scroll_to_rect_animation(row.rect, None, no_animation);
            }
        }
    });
    action
}

/// Draws the table of contents as a drop-down list, for a narrow window.
pub fn picker_ui(ui: &mut Ui, open_story: &OpenStory) -> Option<LearnAction> {
    let mut action = None;
    let combo = ComboBox::from_id_salt("pages")
        .width(ui.available_width().min(PICKER_WIDTH))
        .truncate()
        .selected_text(name(open_story.page))
        .show_ui(ui, |ui| {
            for page in pages(&open_story.story) {
                let label = match score(open_story, page) {
                    score if score.is_empty() => name(page),
                    score => format!("{}, {score} correct", name(page)),
                };
                let selected = page == open_story.page;
                if ui.selectable_label(selected, label).clicked() {
                    action = Some(LearnAction::GoTo(page));
                }
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Page"));
    action
}

/// The score of the quiz, for its page.
fn score(open_story: &OpenStory, page: Page) -> String {
    let round = open_story.quiz.last_complete_round();
    round
        .filter(|_| page == Page::Quiz)
        .map_or(String::new(), |round| {
            let right = round.right(&open_story.story);
            format!("{right} of {}", open_story.story.quiz.len())
        })
}

/// The pages that the story has content for.
fn pages(story: &Story) -> Vec<Page> {
    let sections = story.sections.iter().map(|s| Page::Section(s.kind));
    let optional = [
        (Page::Levels, !story.levels.is_empty()),
        (Page::Principles, !story.reframings.is_empty()),
        (Page::FollowUps, !story.follow_ups.is_empty()),
        (Page::Weak, !story.weak_answer.text.is_empty()),
        (Page::Quiz, !story.quiz.is_empty()),
    ];
    let optional = optional.into_iter().filter(|(_, has_content)| *has_content);
    [Page::Overview]
        .into_iter()
        .chain(sections)
        .chain(optional.map(|(page, _)| page))
        .collect()
}

fn key(page: Page) -> Key {
    match page {
        Page::Overview => Key::Num1,
        Page::Section(SectionKind::Situation) => Key::Num2,
        Page::Section(SectionKind::Task) => Key::Num3,
        Page::Section(SectionKind::Action) => Key::Num4,
        Page::Section(SectionKind::Result) => Key::Num5,
        Page::Section(SectionKind::Reflection) => Key::Num6,
        Page::Levels => Key::Num7,
        Page::Principles => Key::Num8,
        Page::FollowUps => Key::Num9,
        Page::Weak => Key::Num0,
        Page::Quiz => Key::Q,
    }
}

fn row_ui(ui: &mut Ui, page: Page, selected: bool, score: &str) -> Response {
    let palette = theme::palette(ui);
    let size = vec2(ui.available_width() - SPACE[0], ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let label = match score {
        "" => name(page),
        score => format!("{}, {score} correct", name(page)),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, &label));
    let painter = ui.painter();
    if selected || response.hovered() {
        painter.rect_filled(rect, theme::RADIUS, palette.raised);
    }
    if selected {
        let bar = Rect::from_min_size(rect.min + vec2(0.0, 8.0), vec2(3.0, ROW - 16.0));
        painter.rect_filled(bar, 1.5, palette.accent);
    }
    let y = rect.center().y;
    let (font, text_color) = match selected {
        true => (theme::semibold(BODY), palette.text),
        false => (theme::regular(BODY), palette.dim),
    };
    let small = || theme::regular(SMALL);
    let position = pos2(rect.left() + SPACE[3], y);
    let key_label = key_name(key(page));
    painter.text(
        position,
        Align2::LEFT_CENTER,
        key_label,
        small(),
        palette.dim,
    );
    let position = pos2(rect.left() + SPACE[5], y);
    painter.text(position, Align2::LEFT_CENTER, name(page), font, text_color);
    let position = pos2(rect.right() - SPACE[1], y);
    painter.text(position, Align2::RIGHT_CENTER, score, small(), palette.dim);
    focus_ring(ui, &response);
    response
}
