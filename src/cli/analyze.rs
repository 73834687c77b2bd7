//! `starling analyze`: transcribes recordings, or takes written text, and prints feedback.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis;
use crate::analysis::phrases::word_vectors::SentenceModel;
use crate::analysis::{Feedback, written};
use crate::app::{self, LanguageModel};
use crate::asr;
use crate::asr::Engine;
use crate::audio;
use crate::audio::ChannelRule;
use crate::domain::profile::Profile;
use crate::domain::prompt_terms::prompt_terms;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::{Audio, Take, TakeId};
use crate::domain::written_answer::WrittenAnswer;
use crate::practice::report::Report;
use crate::storage::Store;

use super::controller_config::isolation;
use super::failure::{Failure, print_message};
use super::lookup::{
    StoryArgs, find_story, find_story_or_file, open_db, require_part, resolve_take,
};
use super::terminal::{print_json, printable};
use super::{feedback_text, text_input};

/// What to analyze, and against what.
#[derive(Debug, clap::Args)]
pub struct AnalyzeArgs {
    #[command(flatten)]
    story: StoryArgs,
    /// Section that the recording answers [default: the whole answer].
    #[arg(long, value_name = "KIND")]
    section: Option<Part>,
    /// Print one JSON document per line.
    #[arg(long)]
    json: bool,
    /// Number of the channel to transcribe [default: those with a voice].
    #[arg(long, value_name = "N", conflicts_with_all = ["take", "text"])]
    channel: Option<u16>,
    /// Take from the history to transcribe again, and save; `last` is the newest.
    #[arg(long, value_name = "TAKE", conflicts_with_all = ["files", "text"])]
    take: Option<String>,
    /// Text file with a written answer instead of a recording; `-` reads standard input. A whole answer has its
    /// sections in paragraphs or under headings.
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    text: Vec<PathBuf>,
    /// Recordings: WAV, AIFF, CAF, FLAC, MP3, AAC, M4A, MP4, OGG, Opus, WebM or Matroska; `-` reads standard input.
    #[arg(required_unless_present_any = ["take", "text"], value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Analyzes recordings, texts, or a take of the history.
pub fn run(args: AnalyzeArgs, store: &Store) -> Result<(), Failure> {
    match args.take.clone() {
        Some(name) => analyze_take(&name, args, store),
        None if !args.text.is_empty() => analyze_texts(&args, store),
        None => analyze_files(args, store),
    }
}

fn analyze_take(name: &str, args: AnalyzeArgs, store: &Store) -> Result<(), Failure> {
    let mut db = open_db(store)?;
    let id = resolve_take(&db, name)?;
    let stored = match db.take(&id) {
        Ok(take) => Some(take),
        Err(error) if error.is_transient() => return Err(anyhow::Error::from(error).into()),
        // The row cannot be read, but the recording is there.
        Err(_) => db.salvage(&id),
    };
    let stored_story = stored.as_ref().map(|take| take.story.as_str());
    let story = find_story(
        stored_story.map(Path::new).or(args.story.story.as_deref()),
        store,
    )?;
    // What the database has about the take wins over the arguments.
    let take = stored.unwrap_or_else(|| Take {
        part: args.section.or(id.part()).unwrap_or(Part::Whole),
        level: args.story.level.unwrap_or(story.level),
        ..untranscribed_take(id.clone(), &story)
    });
    require_part(&story, take.part, take.level)?;
    let file = store.wav(&id);
    // Repairs the header of an interrupted take, but not of a take that is being recorded.
    if matches!(audio::repair_take(&file), Ok(None)) {
        return Err(Failure::Work(anyhow::anyhow!(
            "take {id} is being recorded, or its file was not recorded by Starling: stop the recording, then try again"
        )));
    }
    let profile = store.profile().map_err(anyhow::Error::from)?;
    let model = LanguageModel::shared(vec![store.models()]);
    let mut engine = load_engine(args.story.model, store)?;
    let rule = ChannelRule::default();
    let take = transcribe(&file, &rule, take, &prompt_terms(&story), &mut engine);
    let take = take.map_err(|why| Failure::Work(anyhow::Error::msg(why)))?;
    db.save(&take).map_err(anyhow::Error::from)?;
    print_feedback(&file, &take, &story, &profile, &model, args.json)
}

/// A file that cannot be read is reported, and does not stop the rest.
fn analyze_files(args: AnalyzeArgs, store: &Store) -> Result<(), Failure> {
    let (story, part, level) = asked(&args, store)?;
    let profile = store.profile().map_err(anyhow::Error::from)?;
    let model = LanguageModel::shared(vec![store.models()]);
    let detector = app::voice_detector(args.story.model.as_deref(), vec![store.models()]);
    let rule = ChannelRule::of(args.channel, Some(detector));
    let mut engine = load_engine(args.story.model, store)?;
    let vocabulary = prompt_terms(&story);
    let mut failed = false;
    for file in &args.files {
        let take = Take {
            part,
            level,
            ..untranscribed_take(TakeId(String::new()), &story)
        };
        match transcribe(file, &rule, take, &vocabulary, &mut engine) {
            Ok(take) => print_feedback(file, &take, &story, &profile, &model, args.json)?,
            Err(why) => {
                print_message(&why);
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

/// Analyzes each text; one that cannot be used is reported, and does not stop the rest.
fn analyze_texts(args: &AnalyzeArgs, store: &Store) -> Result<(), Failure> {
    let (story, part, level) = asked(args, store)?;
    let profile = store.profile().map_err(anyhow::Error::from)?;
    let model = LanguageModel::shared(vec![store.models()]);
    let mut failed = false;
    for file in &args.text {
        let name = text_input::name(file);
        let answer = text_input::read(file).and_then(|text| {
            WrittenAnswer::parse(&text, part).map_err(|why| format!("{name} {why}"))
        });
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) => {
                print_message(&why);
                failed = true;
                continue;
            }
        };
        let transcript = written::transcript(&answer);
        let model = Some(Arc::clone(&model));
        let feedback = written::analyze_written(&answer, &story, part, level, &profile, model);
        let feedback = feedback.ok_or_else(|| missing_part(file, &story, part))?;
        let file = file.display().to_string();
        match args.json {
            true => {
                let report = Report::of_text(&file, &story, (part, level), &transcript, &feedback);
                print_json(&report)?;
            }
            false => feedback_text::print_feedback(&name, &transcript, &feedback)?,
        }
    }
    if failed {
        Err(Failure::AlreadyReported)
    } else {
        Ok(())
    }
}

/// The story, the part and the level that the arguments name.
fn asked(args: &AnalyzeArgs, store: &Store) -> Result<(Arc<Story>, Part, Level), Failure> {
    let story = find_story_or_file(args.story.story.as_deref(), store)?;
    let level = args.story.level.unwrap_or(story.level);
    let part = args.section.unwrap_or(Part::Whole);
    require_part(&story, part, level)?;
    Ok((story, part, level))
}

fn missing_part(file: &Path, story: &Story, part: Part) -> Failure {
    Failure::Work(anyhow::anyhow!(
        "cannot analyze {}: story `{}` has no {part}",
        file.display(),
        story.id
    ))
}

/// Loads the model `name`, or the model of the settings.
fn load_engine(name: Option<PathBuf>, store: &Store) -> Result<Engine, Failure> {
    let settings = store.settings().map_err(anyhow::Error::from)?;
    let model = name.or(settings.model.map(PathBuf::from));
    app::load_engine(model.as_deref(), &[store.models()], &isolation())
        .map_err(|why| Failure::Work(anyhow::Error::msg(why)))
}

fn untranscribed_take(id: TakeId, story: &Story) -> Take {
    Take {
        id,
        story: story.id.clone(),
        part: Part::Whole,
        level: story.level,
        started: None,
        audio: Audio::default(),
        transcription: None,
    }
}

/// The take with its audio facts and its transcription from `file`.
fn transcribe(
    file: &Path,
    rule: &ChannelRule,
    take: Take,
    vocabulary: &str,
    engine: &mut Engine,
) -> Result<Take, String> {
    let recording = audio::decode_channels(file, rule).map_err(|error| error.to_string())?;
    let name = audio::display_name(file);
    if recording.samples.is_empty() {
        print_message(&format!("{name} contains no audio"));
    }
    if let Some(note) = recording.channels {
        print_message(&format!("{name}: {}", note.of_file()));
    }
    if let Some(missing) = recording.missing {
        print_message(&format!("{name}: {missing}"));
    }
    if let Some(tracks) = recording.tracks {
        print_message(&tracks.message(file));
    }
    let mut progress = ProgressLine::new(file);
    let mut on_progress = |share| progress.show(share);
    let samples = &recording.samples;
    let transcription = asr::transcribe(engine, samples, vocabulary, &mut on_progress, &|| true);
    progress.clear();
    Ok(Take {
        audio: recording.audio,
        transcription: Some(transcription.map_err(|error| format!("{name}: {error}"))?),
        ..take
    })
}

fn print_feedback(
    file: &Path,
    take: &Take,
    story: &Story,
    profile: &Profile,
    model: &Arc<dyn SentenceModel>,
    json: bool,
) -> Result<(), Failure> {
    let feedback: Option<Feedback> =
        analysis::analyze_with_model(take, story, profile, Some(Arc::clone(model)));
    let (Some(feedback), Some(transcription)) = (feedback, &take.transcription) else {
        return Err(missing_part(file, story, take.part));
    };
    match json {
        true => {
            let file = file.display().to_string();
            let report = Report::new(&file, story, take, transcription, &feedback);
            Ok(print_json(&report)?)
        }
        false => {
            let name = audio::display_name(file);
            let transcript = &transcription.transcript;
            Ok(feedback_text::print_feedback(&name, transcript, &feedback)?)
        }
    }
}

/// A line on the terminal that shows the progress of a file, and is wiped at the end.
struct ProgressLine {
    /// `None` if stderr is not a terminal.
    name: Option<String>,
}

impl ProgressLine {
    fn new(file: &Path) -> Self {
        let name = || printable(&audio::display_name(file)).into_owned();
        let name = io::stderr().is_terminal().then(name);
        Self { name }
    }

    /// Shows a share from 0 to 1.
    fn show(&mut self, share: f32) {
        if let Some(name) = &self.name {
            let percent = (100.0 * share).round();
            // The analysis succeeds even if its progress cannot be printed.
            let _ = write!(io::stderr(), "\r{name}: {percent:3} %");
        }
    }

    fn clear(&mut self) {
        if let Some(name) = self.name.take() {
            let _ = write!(io::stderr(), "\r{:1$}\r", "", name.len() + 8);
        }
    }
}
