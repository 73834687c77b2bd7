//! The screen of a story: the table of contents, and the selected page.

use egui::{CentralPanel, Context, Frame, Key, Margin, Panel, ScrollArea, Ui};

use super::state::{LearnAction, LearnState, OpenStory, Page};
use super::{pages, quiz, section, toc, weak_answer};
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::layout::{MinHeight, Page as ScreenPage};
use crate::gui::screen::Screen;
use crate::gui::theme::SPACE;

const CONTENTS_WIDTH: f32 = 212.0;
const TEXT_WIDTH: f32 = 740.0;

/// The pages of a story.
pub struct LearnScreen<'a> {
    /// The open story and its page.
    pub state: &'a LearnState,
}

impl Screen for LearnScreen<'_> {
    type Action = LearnAction;

    fn title(&self) -> Option<String> {
        let title = self.state.title()?;
        Some(format!("Learn \u{b7} {title}"))
    }

    fn commands(&self, ctx: &Context) -> Vec<Command<LearnAction>> {
        let Some(open_story) = self.state.open_story() else {
            return Vec::new();
        };
        let now = ctx.input(|input| input.time);
        let mut commands = match open_story.page {
            Page::Section(kind) => section::commands(open_story, kind, now),
            Page::FollowUps => pages::follow_up_commands(open_story),
            Page::Weak => weak_answer::commands(open_story),
            Page::Quiz => quiz::commands(open_story),
            Page::Overview => pages::overview_commands(),
            Page::Levels | Page::Principles => Vec::new(),
        };
        commands.extend(toc::commands(open_story));
        commands.push(Command::plain("Home", Key::Escape, LearnAction::Close));
        commands
    }

    fn page(&self) -> ScreenPage {
        let page = self
            .state
            .open_story()
            .map(|open_story| toc::name(open_story.page));
        let name = format!("learn {}", page.unwrap_or_default());
        ScreenPage {
            margin: Margin::ZERO,
            ..ScreenPage::new(name, MinHeight::Little)
        }
    }

    fn is_in_bar(&self, command: &Command<LearnAction>) -> bool {
        let open_story = self.state.open_story();
        open_story.is_some_and(|open_story| in_bar(open_story.page, command.key))
    }

    /// Draws the selected page, beside the table of contents or below a drop-down list of it.
    fn content_ui(&self, ui: &mut Ui, commands: &[Command<LearnAction>]) -> Option<LearnAction> {
        let open_story = self.state.open_story()?;
        if layout::is_narrow(ui.ctx()) {
            let frame = Frame::new().inner_margin(Margin::symmetric(12, 0));
            let page = |ui: &mut Ui| page_ui(ui, open_story, commands);
            return CentralPanel::default().frame(frame).show(ui, page).inner;
        }
        let toc_response = Panel::left("contents")
            .exact_size(CONTENTS_WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new().inner_margin(Margin {
                left: 16,
                right: 0,
                top: 8,
                bottom: 0,
            }))
            .show(ui, |ui| toc::contents_ui(ui, open_story));
        let margin = Frame::new().inner_margin(Margin {
            left: 24,
            right: 16,
            top: 8,
            bottom: 0,
        });
        let response = CentralPanel::default()
            .frame(margin)
            .show(ui, |ui| page_ui(ui, open_story, commands));
        toc_response.inner.or(response.inner)
    }
}

fn page_ui(
    ui: &mut Ui,
    open_story: &OpenStory,
    commands: &[Command<LearnAction>],
) -> Option<LearnAction> {
    // The text has the same width with and without a scroll bar.
    let width = (ui.available_width() - SPACE[3]).min(TEXT_WIDTH);
    let scroll_id = (
        &open_story.story.id,
        toc::name(open_story.page),
        open_story.follow_up,
    );
    let body = ScrollArea::vertical().id_salt(scroll_id).auto_shrink(false);
    let response = body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[1]);
        let picked = match layout::is_narrow(ui.ctx()) {
            true => toc::picker_ui(ui, open_story),
            false => None,
        };
        let action = match open_story.page {
            Page::Overview => {
                pages::overview_ui(ui, &open_story.story, open_story.level);
                None
            }
            Page::Section(_) => section::section_ui(ui, open_story, commands),
            Page::Levels => {
                pages::levels_ui(ui, &open_story.story, open_story.level);
                None
            }
            Page::Principles => {
                pages::principles_ui(ui, &open_story.story, open_story.principle.as_deref());
                None
            }
            Page::FollowUps => pages::follow_up_ui(ui, &open_story.story, open_story.follow_up),
            Page::Weak => weak_answer::weak_ui(ui, open_story),
            Page::Quiz => quiz::quiz_ui(ui, open_story),
        };
        ui.add_space(SPACE[4]);
        picked.or(action)
    });
    response.inner
}

/// Whether the bar shows a command. Commands that the page or the table of contents shows are left out.
fn in_bar(page: Page, key: Key) -> bool {
    let on_page = [Key::Space, Key::R, Key::ArrowLeft, Key::ArrowRight];
    let options = [Key::A, Key::B, Key::C, Key::D];
    match page {
        Page::Section(_) if on_page.contains(&key) => false,
        Page::Quiz if options.contains(&key) => false,
        _ => key == Key::ArrowDown || !toc::is_key(key),
    }
}
