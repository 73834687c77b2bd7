//! The screen of a story: the table of contents, and the selected page.

use egui::{CentralPanel, Context, Frame, Key, Margin, Panel, ScrollArea, Ui};

use super::state::{LearnAction, LearnState, Opened, Page};
use super::{pages, quiz, section, toc, weak_answer};
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::layout::MinSize;
use crate::gui::screen::{Page as ScreenPage, Screen};
use crate::gui::theme::SPACE;

const CONTENTS_WIDTH: f32 = 212.0;
const TEXT_WIDTH: f32 = 740.0;

/// The pages of a story.
pub struct LearnScreen<'a> {
    /// The story, and the page of it.
    pub state: &'a LearnState,
}

impl Screen for LearnScreen<'_> {
    type Action = LearnAction;

    fn title(&self) -> Option<String> {
        let title = self.state.title()?;
        Some(format!("Learn \u{b7} {title}"))
    }

    fn commands(&self, ctx: &Context) -> Vec<Command<LearnAction>> {
        let Some(opened) = self.state.opened() else {
            return Vec::new();
        };
        let now = ctx.input(|input| input.time);
        let mut commands = match opened.page {
            Page::Section(kind) => section::commands(opened, kind, now),
            Page::FollowUps => pages::follow_up_commands(opened),
            Page::Weak => weak_answer::commands(opened),
            Page::Quiz => quiz::commands(opened),
            Page::Overview => pages::overview_commands(),
            Page::Levels | Page::Principles => Vec::new(),
        };
        commands.extend(toc::commands(opened));
        commands.push(Command::plain("Home", Key::Escape, LearnAction::Close));
        commands
    }

    fn page(&self) -> ScreenPage {
        let page = self.state.opened().map(|opened| toc::name(opened.page));
        let name = format!("learn {}", page.unwrap_or_default());
        ScreenPage {
            margin: Margin::ZERO,
            ..ScreenPage::new(name, MinSize::Width)
        }
    }

    fn is_in_bar(&self, command: &Command<LearnAction>) -> bool {
        let opened = self.state.opened();
        opened.is_some_and(|opened| in_bar(opened.page, command.key))
    }

    /// Draws the table of contents, and the selected page.
    fn content_ui(&self, ui: &mut Ui, commands: &[Command<LearnAction>]) -> Option<LearnAction> {
        let opened = self.state.opened()?;
        let contents = Panel::left("contents")
            .exact_size(CONTENTS_WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new().inner_margin(Margin {
                left: 16,
                right: 0,
                top: 8,
                bottom: 0,
            }))
            .show(ui, |ui| toc::contents_ui(ui, opened));
        let margin = Frame::new().inner_margin(Margin {
            left: 24,
            right: 16,
            top: 8,
            bottom: 0,
        });
        let shown = CentralPanel::default()
            .frame(margin)
            .show(ui, |ui| page_ui(ui, opened, commands));
        contents.inner.or(shown.inner)
    }
}

fn page_ui(ui: &mut Ui, opened: &Opened, commands: &[Command<LearnAction>]) -> Option<LearnAction> {
    // As wide with a scroll bar as without.
    let width = (ui.available_width() - SPACE[3]).min(TEXT_WIDTH);
    let place = (&opened.story.id, toc::name(opened.page), opened.follow_up);
    let body = ScrollArea::vertical().id_salt(place).auto_shrink(false);
    let shown = body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[1]);
        let action = match opened.page {
            Page::Overview => {
                pages::overview_ui(ui, &opened.story, opened.level);
                None
            }
            Page::Section(_) => section::section_ui(ui, opened, commands),
            Page::Levels => {
                pages::levels_ui(ui, &opened.story, opened.level);
                None
            }
            Page::Principles => {
                pages::principles_ui(ui, &opened.story, opened.principle.as_deref());
                None
            }
            Page::FollowUps => pages::follow_up_ui(ui, &opened.story, opened.follow_up),
            Page::Weak => weak_answer::weak_ui(ui, opened),
            Page::Quiz => quiz::quiz_ui(ui, opened),
        };
        ui.add_space(SPACE[4]);
        action
    });
    shown.inner
}

/// What stands on the page itself, or in the table of contents, is not told again below.
fn in_bar(page: Page, key: Key) -> bool {
    let reading = [Key::Space, Key::R, Key::ArrowLeft, Key::ArrowRight];
    let options = [Key::A, Key::B, Key::C, Key::D];
    match page {
        Page::Section(_) if reading.contains(&key) => false,
        Page::Quiz if options.contains(&key) => false,
        _ => key == Key::ArrowDown || !toc::is_key(key),
    }
}
