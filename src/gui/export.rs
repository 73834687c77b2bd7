//! A take to be written to a file: in what form, and where to.

use egui::{Id, Key, Label, Margin, ScrollArea, TextEdit, Ui};

use super::Action;
use super::command as offer;
use super::command::{Command, key_name};
use super::layout as canvas;
use super::layout::MinSize;
use super::theme;
use super::theme::{BODY, SMALL, SPACE, TITLE};
use super::widgets::radio::choice_ui;
use crate::app::ExportFormat;
use crate::domain::take::TakeId;

const WIDTH: f32 = 760.0;
/// Their keys.
const FORMS: [(ExportFormat, Key); 5] = [
    (ExportFormat::Html, Key::Num1),
    (ExportFormat::Markdown, Key::Num2),
    (ExportFormat::Json, Key::Num3),
    (ExportFormat::Subtitles, Key::Num4),
    (ExportFormat::Audio, Key::Num5),
];

/// What the screen shows.
#[derive(Debug)]
pub struct ExportState {
    take: TakeId,
    /// What it is called.
    name: String,
    /// Whether its words are known.
    heard: bool,
    form: ExportFormat,
    /// The folder, as it is written.
    folder: String,
    /// Folders that can be had by a key.
    usual: Vec<(&'static str, String)>,
}

/// What can be asked for here.
#[derive(Debug, Clone, PartialEq)]
pub enum ExportAction {
    /// Show it for the chosen take, or leave it.
    Show(bool),
    /// Write it in this form.
    Form(ExportFormat),
    /// Write it into this folder.
    Folder(String),
    /// Put the keyboard into the folder's field.
    Edit,
    /// Write it.
    Write,
}

impl ExportState {
    /// Of a take whose words are known, or are not. `folder` is where the last one went.
    pub fn of(
        take: TakeId,
        name: String,
        heard: bool,
        folder: Option<&str>,
        usual: Vec<(&'static str, String)>,
    ) -> Self {
        let first = || usual.first().map(|(_, folder)| folder.clone());
        let folder = folder.map(str::to_owned).or_else(first);
        Self {
            take,
            name,
            heard,
            form: if heard {
                ExportFormat::Html
            } else {
                ExportFormat::Audio
            },
            folder: folder.unwrap_or_default(),
            usual,
        }
    }

    /// The take.
    pub fn take(&self) -> &TakeId {
        &self.take
    }

    /// The form that is chosen.
    pub fn form(&self) -> ExportFormat {
        self.form
    }

    /// The folder that is written.
    pub fn folder(&self) -> &str {
        self.folder.trim()
    }

    /// Takes in a choice.
    pub fn choose(&mut self, ask: ExportAction) {
        match ask {
            ExportAction::Form(form) => self.form = form,
            ExportAction::Folder(folder) => self.folder = folder,
            ExportAction::Show(_) | ExportAction::Edit | ExportAction::Write => {}
        }
    }

    fn forms(&self) -> impl Iterator<Item = (ExportFormat, Key)> {
        let all = FORMS.into_iter();
        all.filter(|(form, _)| self.heard || !form.needs_transcript())
    }
}

/// Asks for the keyboard in the folder's field.
pub fn edit(ctx: &egui::Context) {
    ctx.memory_mut(|memory| memory.request_focus(field_id()));
}

/// What can be done here. While it is written, or somebody types, less.
pub fn offers(export: &ExportState, typing: bool, writing: bool) -> Vec<Command> {
    let mut offers = Vec::new();
    let ask = Action::Export;
    if !writing && !export.folder().is_empty() {
        offers.push(Command::primary(
            "Export",
            Key::Enter,
            ask(ExportAction::Write),
        ));
    }
    if !typing {
        for (form, key) in export.forms() {
            offers.push(Command::plain(
                form_name(form),
                key,
                ask(ExportAction::Form(form)),
            ));
        }
        offers.push(Command::plain(
            "Edit the folder",
            Key::F,
            ask(ExportAction::Edit),
        ));
        for (name, folder) in &export.usual {
            let to = ask(ExportAction::Folder(folder.clone()));
            offers.push(Command::plain(*name, folder_key(name), to));
        }
    }
    offers.push(Command::plain(
        "Back",
        Key::Escape,
        ask(ExportAction::Show(false)),
    ));
    offers
}

/// The choices.
pub fn export_ui(
    ui: &mut Ui,
    export: &ExportState,
    writing: bool,
    offers: &[Command],
) -> Option<Action> {
    let in_bar = |offer: &&Command| matches!(offer.key, Key::Enter | Key::Escape);
    let bar: Vec<Command> = offers.iter().filter(in_bar).cloned().collect();
    let asked = canvas::bottom_ui(ui, |ui| offer::bar_ui(ui, &bar));
    let margin = Margin::symmetric(24, 0);
    let shown = canvas::page_ui(ui, "export", MinSize::Little, margin, |ui| {
        let body = ScrollArea::vertical().id_salt("export").auto_shrink(false);
        body.show(ui, |ui| {
            canvas::scroll_by_keys(ui);
            ui.set_max_width(ui.available_width().min(WIDTH));
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.add_space(SPACE[2]);
            let title = format!("Export {}", export.name);
            ui.add(Label::new(theme::strong(title, TITLE)).wrap());
            ui.add_space(SPACE[0]);
            let asked = forms_ui(ui, export);
            ui.add_space(SPACE[2]);
            let asked = asked.or(folder_ui(ui, export, offers));
            let says = if writing {
                "The file is being written."
            } else {
                ""
            };
            let told = ui.label(theme::dim(ui, says, BODY));
            theme::announce(ui, &told);
            ui.add_space(SPACE[3]);
            asked
        })
        .inner
    });
    asked.or(shown)
}

fn forms_ui(ui: &mut Ui, export: &ExportState) -> Option<Action> {
    let mut asked = None;
    ui.label(theme::strong("As what", BODY));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for (form, key) in export.forms() {
            let on = form == export.form;
            if choice_ui(ui, "Form", &form_name(form), key_name(key), on).clicked() {
                asked = Some(Action::Export(ExportAction::Form(form)));
            }
        }
    });
    let note = match (export.heard, export.form) {
        (false, _) => "This take has no words yet: only its sound can be had.",
        (true, ExportFormat::Html) => {
            "One file with sound and feedback. It opens in any browser, without a network."
        }
        (true, ExportFormat::Markdown) => "The feedback and what was heard, for a note or a mail.",
        (true, ExportFormat::Json) => "Everything that was found, for programs.",
        (true, ExportFormat::Subtitles) => "What was said, and when.",
        (true, ExportFormat::Audio) => "What was recorded, at 16 kHz.",
    };
    ui.add(Label::new(theme::dim(ui, note, SMALL)).wrap());
    asked
}

fn folder_ui(ui: &mut Ui, export: &ExportState, offers: &[Command]) -> Option<Action> {
    let mut asked = None;
    ui.label(theme::strong("Where to", BODY));
    let mut folder = export.folder.clone();
    let field = TextEdit::singleline(&mut folder)
        .id(field_id())
        .font(theme::regular(BODY))
        .margin(Margin::symmetric(10, 7))
        .desired_width(f32::INFINITY);
    let field = ui.add(field);
    ui.ctx().accesskit_node_builder(field.id, |node| {
        node.set_label("The folder it is written into");
    });
    if folder != export.folder {
        asked = Some(Action::Export(ExportAction::Folder(folder)));
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        let beside = |offer: &&Command| {
            let usual = export.usual.iter();
            let mut keys = usual.map(|(name, _)| folder_key(name));
            offer.key == Key::F || keys.any(|key| key == offer.key)
        };
        for offer in offers.iter().filter(beside) {
            asked = asked.take().or(offer.flat_ui(ui));
        }
    });
    let note = "Nothing that lies there is overwritten: where the name is taken, it gets a number.";
    ui.add(Label::new(theme::dim(ui, note, SMALL)).wrap());
    asked
}

fn form_name(form: ExportFormat) -> String {
    format!("{form} (.{})", form.extension())
}

fn folder_key(name: &str) -> Key {
    match name {
        "Documents" => Key::D,
        "Desktop" => Key::T,
        _ => Key::H,
    }
}

fn field_id() -> Id {
    Id::unique("the folder of an export")
}
