//! What every screen provides, and how a screen is laid out between the header and the bottom bar.

use egui::{Context, Margin, Ui};

use super::command::{Command, bar_ui};
use super::layout::MinSize;

/// How a screen uses the space between the two bars.
#[derive(Debug, Clone)]
pub struct Page {
    /// Identifies the page. A page with another name starts at its top.
    pub name: String,
    /// The space it needs before it scrolls.
    pub min_size: MinSize,
    /// The space around its content.
    pub margin: Margin,
}

impl Page {
    /// A page with the usual margin at its left and right.
    pub fn new(name: impl Into<String>, min_size: MinSize) -> Self {
        Self {
            name: name.into(),
            min_size,
            margin: Margin::symmetric(24, 0),
        }
    }

    /// The same page, with some space at its top.
    pub fn with_top_margin(self, top: i8) -> Self {
        let margin = Margin { top, ..self.margin };
        Self { margin, ..self }
    }
}

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

    /// Draws the bottom bar.
    fn bar_ui(&self, ui: &mut Ui, commands: &[Command<Self::Action>]) -> Option<Self::Action> {
        let in_bar = |command: &&Command<Self::Action>| self.is_in_bar(command);
        let shown: Vec<_> = commands.iter().filter(in_bar).collect();
        bar_ui(ui, &shown)
    }

    /// Draws the content.
    fn content_ui(&self, ui: &mut Ui, commands: &[Command<Self::Action>]) -> Option<Self::Action>;
}
