//! The command line: everything the window does, without a screen. Results go to stdout, progress
//! and complaints to stderr. Exit codes: 0 done, 1 the work failed, 2 the arguments are wrong.

mod analyze;
mod check;
mod crash_privacy;
mod devices;
mod doctor;
mod erase;
mod export;
mod feedback_text;
mod history;
mod privacy;
mod rehearse;
mod stories;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::app as runtime;
use crate::app::Config;
use crate::asr as speech;
use crate::asr::Isolation;
use crate::audio::{AudioSource, FilePacing};
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::TakeId;
use crate::storage::story_library;
use crate::storage::{Store, TakeDb};

pub use crash_privacy::{disable_core_dumps, install_panic_hook};

/// Rehearse spoken STAR answers, aloud, on your own machine. Without a command the window opens.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Folder for takes, settings, and stories and models of your own.
    /// Also set by STARLING_DATA.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the window.
    Open {
        /// Microphone's name, or wav:FILE to let a file speak.
        #[arg(long, value_name = "SOURCE", value_parser = source)]
        mic: Option<AudioSource>,
        /// Story to begin with.
        #[arg(long, value_name = "ID")]
        story: Option<String>,
        /// Speech model's name or path.
        #[arg(long, value_name = "NAME")]
        model: Option<String>,
    },
    /// Everything else.
    #[command(flatten)]
    Work(Headless),
}

/// A command that needs no screen.
#[derive(Debug, Subcommand)]
pub enum Headless {
    /// Read recordings and say what an interviewer would have noticed.
    Analyze(analyze::AnalyzeArgs),
    /// Practise against the clock, without the window.
    Rehearse(rehearse::RehearseArgs),
    /// List the microphones there are.
    Devices {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check that microphone, model, disk and screen are as they should be.
    Doctor(doctor::DoctorArgs),
    /// List the stories there are.
    Stories {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check story packs; every problem is named with its line.
    Check {
        /// The packs.
        #[arg(required = true, value_name = "PACK")]
        packs: Vec<PathBuf>,
    },
    /// List the takes that were recorded, newest first.
    History(history::HistoryArgs),
    /// Write a take to a file: a page with its sound, text, JSON, subtitles, or the sound alone.
    Export(export::ExportArgs),
    /// Erase a take, or all of them: sound, words and all.
    Erase(erase::EraseArgs),
    /// Say what is kept and where, what never happens, and how to erase.
    Privacy,
    /// The process that the program has its speech recognised in.
    #[command(hide = true)]
    Recogniser {
        /// Whisper's file.
        model: PathBuf,
        /// Threads it decodes on.
        threads: u32,
    },
}

/// What is told, and who listens.
#[derive(Debug, clap::Args)]
struct StoryArgs {
    /// Story that is told; the first one without this.
    #[arg(long, value_name = "ID")]
    story: Option<String>,
    /// sde1, sde2 or senior; the story's own without this.
    #[arg(long)]
    level: Option<Level>,
    /// Speech model's name or path.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The work failed.
    #[error("{0:#}")]
    Work(anyhow::Error),
    /// What was asked for does not exist.
    #[error("{0}")]
    Arguments(String),
    /// It has been said already, where it happened.
    #[error("")]
    AlreadyReported,
    /// Nobody reads stdout any more.
    #[error("")]
    BrokenPipe,
}

impl Failure {
    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Work(_) | Failure::AlreadyReported => 1,
            Failure::Arguments(_) => 2,
            Failure::BrokenPipe => 0,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure::Work(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::Work(error.into()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

/// Does the work.
pub fn run(work: Headless, data: Option<PathBuf>) -> Result<(), Failure> {
    match work {
        Headless::Analyze(arguments) => analyze::run(arguments, &store(data)?),
        Headless::Rehearse(arguments) => rehearse::run(arguments, data),
        Headless::Devices { json } => devices::run(json),
        Headless::Doctor(arguments) => doctor::run(&arguments, &store(data)?),
        Headless::Stories { json } => stories::run(json, &store(data)?),
        Headless::Check { packs } => check::run(&packs),
        Headless::History(arguments) => history::run(arguments, &store(data)?),
        Headless::Export(arguments) => export::run(&arguments, &store(data)?),
        Headless::Erase(arguments) => erase::run(&arguments, &store(data)?),
        Headless::Privacy => privacy::run(&store(data)?),
        Headless::Recogniser { model, threads } => Ok(speech::serve(&model, threads)?),
    }
}

impl Args {
    /// The data folder that was asked for, by argument or environment.
    pub fn data(&self) -> Option<PathBuf> {
        let named = || std::env::var_os("STARLING_DATA").filter(|folder| !folder.is_empty());
        self.data.clone().or_else(|| Some(named()?.into()))
    }
}

/// What the runtime is started with.
pub fn config(data: Option<PathBuf>, source: Option<AudioSource>, model: Option<String>) -> Config {
    Config {
        data,
        source,
        model,
        isolation: place(),
    }
}

/// Where the recogniser works: in a process of this very program.
fn place() -> Isolation {
    // Where the system does not tell, it is the one that is found by its name.
    Isolation::Subprocess(std::env::current_exe().unwrap_or_else(|_| PathBuf::from("starling")))
}

/// Says what went wrong, in one place.
pub fn print_error(failure: &Failure) {
    let said = failure.to_string();
    if !said.is_empty() {
        complain_of(&said);
    }
}

fn complain_of(what: &str) {
    // There is nobody left to tell that stderr is closed.
    let _ = writeln!(io::stderr(), "starling: {what}");
}

/// `wav:FILE`, or a microphone's name.
fn source(text: &str) -> Result<AudioSource, String> {
    match text.strip_prefix("wav:") {
        Some("") => Err("name a file: wav:FILE".to_owned()),
        Some(file) => Ok(AudioSource::File(PathBuf::from(file), FilePacing::RealTime)),
        None => Ok(AudioSource::Device(text.to_owned())),
    }
}

fn store(data: Option<PathBuf>) -> Result<Store, Failure> {
    Store::at(data).map_err(|error| Failure::Work(error.into()))
}

/// The journal, if anything was ever kept. What is to be told of it is told, and the sound of takes
/// whose program died is mended.
fn journal(store: &Store) -> Result<Option<TakeDb>, Failure> {
    if !store.has_takes() {
        return Ok(None);
    }
    let opened = store.open_take_db().map_err(anyhow::Error::from)?;
    for notice in &opened.notices {
        complain_of(notice);
    }
    let journal = opened.db;
    for take in journal.interrupted().map_err(anyhow::Error::from)? {
        runtime::repaired_length(store, &take.id);
    }
    Ok(Some(journal))
}

/// The journal, where a take in it was asked for.
fn open_db(store: &Store) -> Result<TakeDb, Failure> {
    let none = || {
        Failure::Arguments(format!(
            "there is no take yet in {}",
            store.folder().display()
        ))
    };
    journal(store)?.ok_or_else(none)
}

/// The one take that `name` names, or begins to name.
fn resolve_take(journal: &TakeDb, name: &str) -> Result<TakeId, Failure> {
    let found = journal.ids_with_prefix(name).map_err(anyhow::Error::from)?;
    let what = match found.as_slice() {
        [only] if !name.is_empty() => return Ok(only.clone()),
        [] if name == "last" => "there is no take yet".to_owned(),
        [] => format!("there is no take `{name}`: `starling history` lists those there are"),
        [first, ..] => format!(
            "`{name}` begins the names of {} takes, such as {first}: write more of it",
            found.len()
        ),
    };
    Err(Failure::Arguments(what))
}

/// The story called `id`, or the first one. Packs that cannot be used are complained of.
fn story(id: Option<&str>, store: &Store) -> Result<Arc<Story>, Failure> {
    let (stories, errors) = story_library::stories(&store.stories());
    for error in errors {
        complain_of(&error.to_string());
    }
    let wanted = stories
        .iter()
        .find(|story| id.is_none_or(|id| story.id == id));
    wanted.cloned().ok_or_else(|| {
        Failure::Arguments(format!(
            "there is no story `{}`: `starling stories` lists those there are",
            id.unwrap_or_default()
        ))
    })
}

/// That the story has such a part, and a plan for the level.
fn has_part(story: &Story, part: Part, level: Level) -> Result<(), Failure> {
    if !story.levels.iter().any(|plan| plan.level == level) {
        let what = format!("story `{}` has no plan for {level}", story.id);
        return Err(Failure::Arguments(what));
    }
    match story.brief(part, level) {
        Some(_) => Ok(()),
        None => Err(Failure::Arguments(format!(
            "story `{}` has no {part}: it has {} follow-ups",
            story.id,
            story.follow_ups.len()
        ))),
    }
}
