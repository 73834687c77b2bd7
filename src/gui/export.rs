//! A take to be written to a file: in what form, and where to.

use egui::{Id, Key, Label, Margin, ScrollArea, TextEdit, Ui};

use super::Action;
use super::canvas::{self, Needs};
use super::offer::{self, Offer, key_name};
use super::theme::{self, BODY, SMALL, SPACE, TITLE};
use super::widgets::choice::choice_ui;
use crate::coach::take::TakeId;
use crate::runtime::Form;

const WIDTH: f32 = 760.0;
/// Their keys.
const FORMS: [(Form, Key); 5] = [
    (Form::Html, Key::Num1),
    (Form::Markdown, Key::Num2),
    (Form::Json, Key::Num3),
    (Form::Subtitles, Key::Num4),
    (Form::Sound, Key::Num5),
];

/// What the screen shows.
#[derive(Debug)]
pub struct Export {
    take: TakeId,
    /// What it is called.
    name: String,
    /// Whether its words are known.
    heard: bool,
    form: Form,
    /// The folder, as it is written.
    folder: String,
    /// Folders that can be had by a key.
    usual: Vec<(&'static str, String)>,
}

/// What can be asked for here.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Show it for the chosen take, or leave it.
    Show(bool),
    /// Write it in this form.
    Form(Form),
    /// Write it into this folder.
    Folder(String),
    /// Put the keyboard into the folder's field.
    Edit,
    /// Write it.
    Write,
}

impl Export {
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
            form: if heard { Form::Html } else { Form::Sound },
            folder: folder.unwrap_or_default(),
            usual,
        }
    }

    /// The take.
    pub fn take(&self) -> &TakeId {
        &self.take
    }

    /// The form that is chosen.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The folder that is written.
    pub fn folder(&self) -> &str {
        self.folder.trim()
    }

    /// Takes in a choice.
    pub fn choose(&mut self, ask: Ask) {
        match ask {
            Ask::Form(form) => self.form = form,
            Ask::Folder(folder) => self.folder = folder,
            Ask::Show(_) | Ask::Edit | Ask::Write => {}
        }
    }

    fn forms(&self) -> impl Iterator<Item = (Form, Key)> {
        let all = FORMS.into_iter();
        all.filter(|(form, _)| self.heard || !form.tells_words())
    }
}

/// Asks for the keyboard in the folder's field.
pub fn edit(ctx: &egui::Context) {
    ctx.memory_mut(|memory| memory.request_focus(field_id()));
}

/// What can be done here. While it is written, or somebody types, less.
pub fn offers(export: &Export, typing: bool, writing: bool) -> Vec<Offer> {
    let mut offers = Vec::new();
    let ask = Action::Export;
    if !writing && !export.folder().is_empty() {
        offers.push(Offer::primary("Export", Key::Enter, ask(Ask::Write)));
    }
    if !typing {
        for (form, key) in export.forms() {
            offers.push(Offer::plain(form_name(form), key, ask(Ask::Form(form))));
        }
        offers.push(Offer::plain("Edit the folder", Key::F, ask(Ask::Edit)));
        for (name, folder) in &export.usual {
            let to = ask(Ask::Folder(folder.clone()));
            offers.push(Offer::plain(*name, folder_key(name), to));
        }
    }
    offers.push(Offer::plain("Back", Key::Escape, ask(Ask::Show(false))));
    offers
}

/// The choices.
pub fn export_ui(ui: &mut Ui, export: &Export, writing: bool, offers: &[Offer]) -> Option<Action> {
    let in_bar = |offer: &&Offer| matches!(offer.key, Key::Enter | Key::Escape);
    let bar: Vec<Offer> = offers.iter().filter(in_bar).cloned().collect();
    let asked = canvas::bottom_ui(ui, |ui| offer::bar_ui(ui, &bar));
    let margin = Margin::symmetric(24, 0);
    let shown = canvas::page_ui(ui, "export", Needs::Little, margin, |ui| {
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

fn forms_ui(ui: &mut Ui, export: &Export) -> Option<Action> {
    let mut asked = None;
    ui.label(theme::strong("As what", BODY));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for (form, key) in export.forms() {
            let on = form == export.form;
            if choice_ui(ui, "Form", &form_name(form), key_name(key), on).clicked() {
                asked = Some(Action::Export(Ask::Form(form)));
            }
        }
    });
    let note = match (export.heard, export.form) {
        (false, _) => "This take has no words yet: only its sound can be had.",
        (true, Form::Html) => {
            "One file with sound and feedback. It opens in any browser, without a network."
        }
        (true, Form::Markdown) => "The feedback and what was heard, for a note or a mail.",
        (true, Form::Json) => "Everything that was found, for programs.",
        (true, Form::Subtitles) => "What was said, and when.",
        (true, Form::Sound) => "What was recorded, at 16 kHz.",
    };
    ui.add(Label::new(theme::dim(ui, note, SMALL)).wrap());
    asked
}

fn folder_ui(ui: &mut Ui, export: &Export, offers: &[Offer]) -> Option<Action> {
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
        asked = Some(Action::Export(Ask::Folder(folder)));
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        let beside = |offer: &&Offer| {
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

fn form_name(form: Form) -> String {
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
