//! `starling analyze`: recordings in, feedback out.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::analysis;
use crate::analysis::Feedback;
use crate::app;
use crate::asr as speech;
use crate::asr::Engine;
use crate::audio;
use crate::domain::profile::Profile;
use crate::domain::story::{Part, Story};
use crate::domain::take::{Take, TakeId};
use crate::practice::report::Report;
use crate::storage::Store;

use super::{
    Failure, StoryArgs, complain_of, feedback_text, has_part, open_db, resolve_take, story,
};

/// What to analyse, and against what.
#[derive(Debug, clap::Args)]
pub struct AnalyzeArgs {
    #[command(flatten)]
    telling: StoryArgs,
    /// Section that is told; the whole answer without this.
    #[arg(long, value_name = "KIND")]
    section: Option<Part>,
    /// One JSON document a line.
    #[arg(long)]
    json: bool,
    /// A take of the history instead: heard anew, and its words are kept. `last` is the newest.
    #[arg(long, value_name = "TAKE", conflicts_with = "files")]
    take: Option<String>,
    /// Recordings: WAV, FLAC, MP3, M4A or OGG Vorbis.
    #[arg(required_unless_present = "take", value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Analyses one file after the other. One that cannot be read is named, and the rest go on.
pub fn run(arguments: AnalyzeArgs, store: &Store) -> Result<(), Failure> {
    let Some(name) = arguments.take.clone() else {
        return read_files(arguments, store);
    };
    let mut journal = open_db(store)?;
    let id = resolve_take(&journal, &name)?;
    let asked = arguments.telling.story.as_deref();
    let blank = match journal.take(&id) {
        Ok(take) => Some(take),
        Err(error) if error.is_transient() => return Err(anyhow::Error::from(error).into()),
        // Whatever its row tells, its sound is there.
        Err(_) => journal.salvage(&id),
    };
    let story = story(
        blank.as_ref().map(|take| take.story.as_str()).or(asked),
        store,
    )?;
    // What is known of it stays as it is.
    let blank = blank.unwrap_or_else(|| Take {
        part: arguments.section.or(id.part()).unwrap_or(Part::Whole),
        level: arguments.telling.level.unwrap_or(story.level),
        ..unheard(id.clone(), &story)
    });
    has_part(&story, blank.part, blank.level)?;
    let file = store.wav(&id);
    // A header of an interrupted take is mended first; that of a take that is being recorded is not.
    if matches!(audio::repair_take(&file), Ok(None)) {
        return Err(Failure::Work(anyhow::anyhow!(
            "take {id} is being recorded, or its sound is none of ours: end it, then try again"
        )));
    }
    let profile = store.profile().map_err(anyhow::Error::from)?;
    let mut engine = engine(arguments.telling.model, store)?;
    let take = take_from(&file, blank, &story.vocabulary(), &mut engine);
    let take = take.map_err(|why| Failure::Work(anyhow::Error::msg(why)))?;
    journal.save(&take).map_err(anyhow::Error::from)?;
    tell(&file, &take, &story, &profile, arguments.json)
}

fn read_files(arguments: AnalyzeArgs, store: &Store) -> Result<(), Failure> {
    let story = story(arguments.telling.story.as_deref(), store)?;
    let level = arguments.telling.level.unwrap_or(story.level);
    let part = arguments.section.unwrap_or(Part::Whole);
    has_part(&story, part, level)?;
    let profile = store.profile().map_err(anyhow::Error::from)?;
    let mut engine = engine(arguments.telling.model, store)?;
    let vocabulary = story.vocabulary();
    let mut failed = false;
    for file in &arguments.files {
        let blank = Take {
            part,
            level,
            ..unheard(TakeId(String::new()), &story)
        };
        match take_from(file, blank, &vocabulary, &mut engine) {
            Ok(take) => tell(file, &take, &story, &profile, arguments.json)?,
            Err(why) => {
                complain_of(&why);
                failed = true;
            }
        }
    }
    if failed {
        Err(Failure::AlreadyReported)
    } else {
        Ok(())
    }
}

/// The model that was asked for, or that of the settings.
fn engine(asked: Option<String>, store: &Store) -> Result<Engine, Failure> {
    let settings = store.settings().map_err(anyhow::Error::from)?;
    let model = asked.or(settings.model);
    app::load_engine(model.as_deref(), &[store.models()], &super::place())
        .map_err(|why| Failure::Work(anyhow::Error::msg(why)))
}

/// A take of which nothing is known yet.
fn unheard(id: TakeId, story: &Story) -> Take {
    Take {
        id,
        story: story.id.clone(),
        part: Part::Whole,
        level: story.level,
        audio: crate::domain::take::Audio::default(),
        heard: None,
    }
}

fn take_from(
    file: &Path,
    blank: Take,
    vocabulary: &str,
    engine: &mut Engine,
) -> Result<Take, String> {
    let recording = audio::decode_file(file).map_err(|error| error.to_string())?;
    if recording.samples.is_empty() {
        complain_of(&format!(
            "{} holds no sound: record it again",
            file.display()
        ));
    }
    if recording.damaged {
        complain_of(&format!(
            "{} is damaged: only {:.1} s of it could be read",
            file.display(),
            recording.audio.seconds
        ));
    }
    let mut progress = Progress::of(file);
    let mut told = |share| progress.tell(share);
    let heard = speech::transcribe(engine, &recording.samples, vocabulary, &mut told, &|| true);
    progress.clear();
    Ok(Take {
        audio: recording.audio,
        heard: Some(heard.map_err(|error| format!("{}: {error}", file.display()))?),
        ..blank
    })
}

fn tell(
    file: &Path,
    take: &Take,
    story: &Story,
    profile: &Profile,
    json: bool,
) -> Result<(), Failure> {
    let feedback: Option<Feedback> = analysis::analyze(take, story, profile);
    let (Some(feedback), Some(heard)) = (feedback, &take.heard) else {
        return Err(Failure::Work(anyhow::anyhow!(
            "{}: nothing was analysed",
            file.display()
        )));
    };
    let mut out = io::stdout().lock();
    let name = file.display().to_string();
    match json {
        true => {
            serde_json::to_writer(&mut out, &Report::new(&name, take, heard, &feedback))?;
            writeln!(out)?;
        }
        false => feedback_text::write_feedback(&mut out, &name, heard, &feedback)?,
    }
    Ok(out.flush()?)
}

/// A line on a terminal that is rewritten, and wiped at the end.
struct Progress {
    name: Option<String>,
}

impl Progress {
    fn of(file: &Path) -> Self {
        let name = io::stderr()
            .is_terminal()
            .then(|| file.display().to_string());
        Self { name }
    }

    fn tell(&mut self, share: f32) {
        if let Some(name) = &self.name {
            let percent = (100.0 * share).round();
            // Progress that cannot be shown is no failure of the work.
            let _ = write!(io::stderr(), "\r{name}: {percent:3} %");
        }
    }

    fn clear(&mut self) {
        if let Some(name) = self.name.take() {
            let _ = write!(io::stderr(), "\r{:1$}\r", "", name.len() + 8);
        }
    }
}
