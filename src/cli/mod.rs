//! The command line: everything the window does, without a screen. Results go to stdout, progress
//! and complaints to stderr. Exit codes: 0 done, 1 the work failed, 2 the arguments are wrong.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::audio::{Pace, Source};
use crate::coach::story::{Level, Part, Story};
use crate::coach::take::TakeId;
use crate::content;
use crate::runtime::{self, Config};
use crate::speech::{self, Place};
use crate::store::{Journal, Store};

mod analyze;
mod check;
mod defect;
mod devices;
mod doctor;
mod erase;
mod export;
mod history;
mod privacy;
mod rehearse;
mod stories;
mod text;

pub use defect::{keep_words_out_of_dumps, keep_words_out_of_panics};

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
        mic: Option<Source>,
        /// Story to begin with.
        #[arg(long, value_name = "ID")]
        story: Option<String>,
        /// Speech model's name or path.
        #[arg(long, value_name = "NAME")]
        model: Option<String>,
    },
    /// Everything else.
    #[command(flatten)]
    Work(Work),
}

/// A command that needs no screen.
#[derive(Debug, Subcommand)]
pub enum Work {
    /// Read recordings and say what an interviewer would have noticed.
    Analyze(analyze::Arguments),
    /// Practise against the clock, without the window.
    Rehearse(rehearse::Arguments),
    /// List the microphones there are.
    Devices {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check that microphone, model, disk and screen are as they should be.
    Doctor(doctor::Arguments),
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
    History(history::Arguments),
    /// Write a take to a file: a page with its sound, text, JSON, subtitles, or the sound alone.
    Export(export::Arguments),
    /// Erase a take, or all of them: sound, words and all.
    Erase(erase::Arguments),
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
struct Telling {
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
    Told,
    /// Nobody reads stdout any more.
    #[error("")]
    Unread,
}

impl Failure {
    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Work(_) | Failure::Told => 1,
            Failure::Arguments(_) => 2,
            Failure::Unread => 0,
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
            io::ErrorKind::BrokenPipe => Failure::Unread,
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
pub fn run(work: Work, data: Option<PathBuf>) -> Result<(), Failure> {
    match work {
        Work::Analyze(arguments) => analyze::run(arguments, &store(data)?),
        Work::Rehearse(arguments) => rehearse::run(arguments, data),
        Work::Devices { json } => devices::run(json),
        Work::Doctor(arguments) => doctor::run(&arguments, &store(data)?),
        Work::Stories { json } => stories::run(json, &store(data)?),
        Work::Check { packs } => check::run(&packs),
        Work::History(arguments) => history::run(arguments, &store(data)?),
        Work::Export(arguments) => export::run(&arguments, &store(data)?),
        Work::Erase(arguments) => erase::run(&arguments, &store(data)?),
        Work::Privacy => privacy::run(&store(data)?),
        Work::Recogniser { model, threads } => Ok(speech::serve(&model, threads)?),
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
pub fn config(data: Option<PathBuf>, source: Option<Source>, model: Option<String>) -> Config {
    Config {
        data,
        source,
        model,
        place: place(),
    }
}

/// Where the recogniser works: in a process of this very program.
fn place() -> Place {
    // Where the system does not tell, it is the one that is found by its name.
    Place::Beside(std::env::current_exe().unwrap_or_else(|_| PathBuf::from("starling")))
}

/// Says what went wrong, in one place.
pub fn complain(failure: &Failure) {
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
fn source(text: &str) -> Result<Source, String> {
    match text.strip_prefix("wav:") {
        Some("") => Err("name a file: wav:FILE".to_owned()),
        Some(file) => Ok(Source::File(PathBuf::from(file), Pace::RealTime)),
        None => Ok(Source::Device(text.to_owned())),
    }
}

fn store(data: Option<PathBuf>) -> Result<Store, Failure> {
    Store::at(data).map_err(|error| Failure::Work(error.into()))
}

/// The journal, if anything was ever kept. What is to be told of it is told, and the sound of takes
/// whose program died is mended.
fn journal(store: &Store) -> Result<Option<Journal>, Failure> {
    if !store.has_takes() {
        return Ok(None);
    }
    let opened = store.journal().map_err(anyhow::Error::from)?;
    for notice in &opened.notices {
        complain_of(notice);
    }
    let journal = opened.journal;
    for take in journal.interrupted().map_err(anyhow::Error::from)? {
        runtime::mended_length(store, &take.id);
    }
    Ok(Some(journal))
}

/// The journal, where a take in it was asked for.
fn opened(store: &Store) -> Result<Journal, Failure> {
    let none = || {
        Failure::Arguments(format!(
            "there is no take yet in {}",
            store.folder().display()
        ))
    };
    journal(store)?.ok_or_else(none)
}

/// The one take that `name` names, or begins to name.
fn the_take(journal: &Journal, name: &str) -> Result<TakeId, Failure> {
    let found = journal.named(name).map_err(anyhow::Error::from)?;
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
    let (stories, errors) = content::stories(&store.stories());
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
