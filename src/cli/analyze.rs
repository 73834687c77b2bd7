//! `starling analyze`: recordings in, feedback out.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::audio;
use crate::coach::analysis::{self, Feedback};
use crate::coach::profile::Profile;
use crate::coach::report::Report;
use crate::coach::story::{Part, Story};
use crate::coach::take::{Take, TakeId};
use crate::runtime;
use crate::speech::{self, Engine};
use crate::store::Store;

use super::{Failure, Telling, complain_of, has_part, story, text};

/// What to analyse, and against what.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    telling: Telling,
    /// Section that is told; the whole answer without this.
    #[arg(long, value_name = "KIND", default_value = "all")]
    section: Part,
    /// One JSON document a line.
    #[arg(long)]
    json: bool,
    /// Recordings: WAV, FLAC, MP3, M4A or OGG Vorbis.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Analyses one file after the other. One that cannot be read is named, and the rest go on.
pub fn run(arguments: Arguments, store: &Store) -> Result<(), Failure> {
    let story = story(arguments.telling.story.as_deref(), store)?;
    let level = arguments.telling.level.unwrap_or(story.level);
    has_part(&story, arguments.section, level)?;
    let profile = store.profile().map_err(anyhow::Error::from)?;
    let settings = store.settings().map_err(anyhow::Error::from)?;
    let model = arguments.telling.model.or(settings.model);
    let mut engine = runtime::load_engine(model.as_deref(), &[store.models()], &super::place())
        .map_err(|why| Failure::Work(anyhow::Error::msg(why)))?;
    let vocabulary = story.vocabulary();
    let mut failed = false;
    for file in &arguments.files {
        let blank = Take {
            id: TakeId(String::new()),
            story: story.id.clone(),
            part: arguments.section,
            level,
            audio: crate::coach::take::Audio::default(),
            heard: None,
        };
        match take_from(file, blank, &vocabulary, &mut engine) {
            Ok(take) => tell(file, &take, &story, &profile, arguments.json)?,
            Err(why) => {
                complain_of(&why);
                failed = true;
            }
        }
    }
    if failed { Err(Failure::Told) } else { Ok(()) }
}

fn take_from(
    file: &Path,
    blank: Take,
    vocabulary: &str,
    engine: &mut Engine,
) -> Result<Take, String> {
    let recording = audio::read(file).map_err(|error| error.to_string())?;
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
    let heard = speech::hear(engine, &recording.samples, vocabulary, &mut told, &|| true);
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
        false => text::write_feedback(&mut out, &name, heard, &feedback)?,
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
