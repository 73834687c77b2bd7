//! What every screen provides, and how a screen is laid out between the header and the bottom bar.

use egui::{Context, Ui};

use super::bottom_bar::Bar;
use super::command::Command;
use super::layout::Page;

/// A screen: a view of some state that draws it and returns what the user asked for.
///
/// A screen changes nothing itself, and does not know the other screens.
pub trait Screen {
    /// What the user can ask for on this screen.
    type Action: Clone;

    /// Its name in the header, where the header shows one.
    fn title(&self) -> Option<String>;

    /// The commands that are available now.
    fn commands(&self, ctx: &Context) -> Vec<Command<Self::Action>>;

    /// The page that its content is drawn on.
    fn page(&self) -> Page;

    /// Whether the button of a command belongs in the bottom bar. The others are drawn with the content.
    fn is_in_bar(&self, _command: &Command<Self::Action>) -> bool {
        true
    }

    /// The height of what the bottom bar contains.
    fn bar_height(&self, ui: &Ui, commands: &[Command<Self::Action>]) -> f32 {
        Bar::new(ui, &self.in_bar(commands)).height()
    }

    /// Draws the bottom bar.
    fn bar_ui(&self, ui: &mut Ui, commands: &[Command<Self::Action>]) -> Option<Self::Action> {
        let shown = self.in_bar(commands);
        Bar::new(ui, &shown).ui(ui, &shown)
    }

    /// The commands whose buttons belong in the bottom bar.
    fn in_bar<'a>(&self, commands: &'a [Command<Self::Action>]) -> Vec<&'a Command<Self::Action>> {
        let in_bar = |command: &&Command<Self::Action>| self.is_in_bar(command);
        commands.iter().filter(in_bar).collect()
    }

    /// Draws the content.
    fn content_ui(&self, ui: &mut Ui, commands: &[Command<Self::Action>]) -> Option<Self::Action>;
}
