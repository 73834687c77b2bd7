//! The export of a take: its format and its destination.

use egui::{Context, Id, Key, Label, Margin, TextEdit, Ui};

use super::command::{Command, key_name};
use super::layout;
use super::layout::Page;
use super::screen::Screen;
use super::theme;
use super::theme::{BODY, SMALL, SPACE, TITLE};
use super::widgets::radio::choice_ui;
use crate::app::ExportFormat;
use crate::domain::take::TakeId;

/// All formats, each with its key.
const FORMATS: [(ExportFormat, Key); 5] = [
    (ExportFormat::Html, Key::Num1),
    (ExportFormat::Markdown, Key::Num2),
    (ExportFormat::Json, Key::Num3),
    (ExportFormat::Subtitles, Key::Num4),
    (ExportFormat::Audio, Key::Num5),
];

/// What the user has chosen so far.
#[derive(Debug)]
pub struct ExportState {
    take: TakeId,
    take_name: String,
    transcribed: bool,
    format: ExportFormat,
    /// As typed.
    folder: String,
    /// Name and path of each suggested folder.
    suggested: Vec<(&'static str, String)>,
}

/// What the user can ask for on this screen.
#[derive(Debug, Clone, PartialEq)]
pub enum ExportAction {
    /// Choose a format.
    SetFormat(ExportFormat),
    /// Choose the folder to write to.
    SetFolder(String),
    /// Move the focus to the text field of the folder.
    EditFolder,
    /// Write the file.
    Write,
    /// Return to the history.
    Close,
}

impl ExportState {
    /// Starts with `last_folder`, the folder of the last export, if there was one, and otherwise with the first
    /// suggestion.
    pub fn new(
        take: TakeId,
        take_name: String,
        transcribed: bool,
        last_folder: Option<&str>,
        suggested: Vec<(&'static str, String)>,
    ) -> Self {
        let first = || suggested.first().map(|(_, folder)| folder.clone());
        let folder = last_folder.map(str::to_owned).or_else(first);
        Self {
            take,
            take_name,
            transcribed,
            format: if transcribed {
                ExportFormat::Html
            } else {
                ExportFormat::Audio
            },
            folder: folder.unwrap_or_default(),
            suggested,
        }
    }

    /// The take to export.
    pub fn take(&self) -> &TakeId {
        &self.take
    }

    /// The chosen format.
    pub fn format(&self) -> ExportFormat {
        self.format
    }

    /// The chosen folder.
    pub fn folder(&self) -> &str {
        self.folder.trim()
    }

    /// Chooses a format.
    pub fn set_format(&mut self, format: ExportFormat) {
        self.format = format;
    }

    /// Chooses a folder.
    pub fn set_folder(&mut self, folder: String) {
        self.folder = folder;
    }

    /// The formats that this take can be exported to.
    fn formats(&self) -> impl Iterator<Item = (ExportFormat, Key)> {
        let all = FORMATS.into_iter();
        all.filter(|(format, _)| self.transcribed || !format.needs_transcript())
    }
}

/// Moves the focus to the text field of the folder.
pub fn focus_folder(ctx: &Context) {
    ctx.memory_mut(|memory| memory.request_focus(folder_field_id()));
}

/// The export screen.
pub struct ExportScreen<'a> {
    /// What the user has chosen so far.
    pub state: &'a ExportState,
    /// Whether the file is being written.
    pub writing: bool,
}

impl Screen for ExportScreen<'_> {
    type Action = ExportAction;

    fn title(&self) -> Option<String> {
        Some("History".to_owned())
    }

    fn commands(&self, ctx: &Context) -> Vec<Command<ExportAction>> {
        let mut commands = Vec::new();
        if !self.writing && !self.state.folder().is_empty() {
            commands.push(Command::primary("Export", Key::Enter, ExportAction::Write));
        }
        // In the text field, letters and digits are typed.
        if !ctx.text_edit_focused() {
            for (format, key) in self.state.formats() {
                let set = ExportAction::SetFormat(format);
                commands.push(Command::plain(format_name(format), key, set));
            }
            commands.push(Command::plain(
                "Edit folder",
                Key::F,
                ExportAction::EditFolder,
            ));
            for (name, folder) in &self.state.suggested {
                let set = ExportAction::SetFolder(folder.clone());
                commands.push(Command::plain(*name, folder_key(name), set));
            }
        }
        commands.push(Command::plain("Back", Key::Escape, ExportAction::Close));
        commands
    }

    fn page(&self) -> Page {
        Page::full_width("export")
    }

    fn is_in_bar(&self, command: &Command<ExportAction>) -> bool {
        matches!(command.key, Key::Enter | Key::Escape)
    }

    fn content_ui(&self, ui: &mut Ui, commands: &[Command<ExportAction>]) -> Option<ExportAction> {
        layout::text_page_ui(ui, "export", |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.add_space(SPACE[2]);
            let title = format!("Export {}", self.state.take_name);
            ui.add(Label::new(theme::strong(title, TITLE)).wrap());
            ui.add_space(SPACE[0]);
            let action = format_ui(ui, self.state);
            ui.add_space(SPACE[2]);
            let action = action.or(folder_ui(ui, self.state, commands));
            let status = if self.writing { "Writing the file" } else { "" };
            let status = ui.label(theme::dim(ui, status, BODY));
            theme::announce(ui, &status);
            ui.add_space(SPACE[3]);
            action
        })
    }
}

fn format_ui(ui: &mut Ui, export: &ExportState) -> Option<ExportAction> {
    let mut action = None;
    ui.label(theme::strong("Format", BODY));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for (format, key) in export.formats() {
            let selected = format == export.format;
            let name = format_name(format);
            if choice_ui(ui, "Format", &name, key_name(key), selected).clicked() {
                action = Some(ExportAction::SetFormat(format));
            }
        }
    });
    let note = match (export.transcribed, export.format) {
        (false, _) => "Not transcribed yet: only the audio can be exported.",
        (true, ExportFormat::Html) => {
            "One file with audio and feedback. Opens in any browser, without a network."
        }
        (true, ExportFormat::Markdown) => "Feedback and transcript, for notes or an email.",
        (true, ExportFormat::Json) => "All measurements and findings, for other programs.",
        (true, ExportFormat::Subtitles) => "The transcript with its times.",
        (true, ExportFormat::Audio) => "The recording, at 16 kHz.",
    };
    ui.add(Label::new(theme::dim(ui, note, SMALL)).wrap());
    action
}

fn folder_ui(
    ui: &mut Ui,
    export: &ExportState,
    commands: &[Command<ExportAction>],
) -> Option<ExportAction> {
    let mut action = None;
    ui.label(theme::strong("Destination", BODY));
    let mut folder = export.folder.clone();
    let field = TextEdit::singleline(&mut folder)
        .id(folder_field_id())
        .font(theme::regular(BODY))
        .margin(Margin::symmetric(10, 7))
        .desired_width(f32::INFINITY);
    let field = ui.add(field);
    ui.ctx().accesskit_node_builder(field.id, |node| {
        node.set_label("Destination folder");
    });
    if folder != export.folder {
        action = Some(ExportAction::SetFolder(folder));
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for command in commands {
            let of_folder = matches!(
                command.action,
                ExportAction::EditFolder | ExportAction::SetFolder(_)
            );
            if of_folder {
                action = action.take().or(command.flat_ui(ui));
            }
        }
    });
    let note = "Existing files are never overwritten; a number is added to the name.";
    ui.add(Label::new(theme::dim(ui, note, SMALL)).wrap());
    action
}

fn format_name(format: ExportFormat) -> String {
    format!("{format} (.{})", format.extension())
}

fn folder_key(name: &str) -> Key {
    match name {
        "Documents" => Key::D,
        "Desktop" => Key::T,
        _ => Key::H,
    }
}

fn folder_field_id() -> Id {
    Id::unique("export folder")
}
