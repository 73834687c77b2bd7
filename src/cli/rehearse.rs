//! `starling rehearse`: the timed practice without the window, by the same session, recorder and
//! worker.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::app::{Controller, ModelState, Notification};
use crate::audio::{AudioSource, FilePacing};
use crate::domain::caption::Caption;
use crate::domain::story::{Part, SectionKind};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, clock};
use crate::practice::report::Report;
use crate::practice::session::{SessionEvent, Stage};

use super::{Failure, StoryArgs, complain_of, config, feedback_text, has_part, source, story};

/// With nobody to press a key, an answer ends when it is this much over its target.
const ENDS_AT_SHARE: f64 = 1.2;
const TURN: Duration = Duration::from_millis(50);

/// What to practise, and how.
#[derive(Debug, clap::Args)]
pub struct RehearseArgs {
    #[command(flatten)]
    telling: StoryArgs,
    /// A section, a follow-up, or all five sections one after the other.
    #[arg(long, value_name = "KIND", default_value = "all")]
    section: Part,
    /// Microphone's name, or wav:FILE to let a file speak; it plays from its start in each section.
    #[arg(long, value_name = "SOURCE", value_parser = source)]
    mic: Option<AudioSource>,
    /// Let the file speak as fast as it is taken, without the count-in.
    #[arg(long)]
    fast: bool,
    /// One JSON event a line.
    #[arg(long)]
    json: bool,
}

/// Practises. Enter ends an answer; so do the end of a file, and Ctrl-C, which ends the practice too.
pub fn run(arguments: RehearseArgs, data: Option<PathBuf>) -> Result<(), Failure> {
    let store = super::store(data.clone())?;
    let story = story(arguments.telling.story.as_deref(), &store)?;
    let level = arguments.telling.level.unwrap_or(story.level);
    let parts = match arguments.section {
        Part::Whole => SectionKind::ALL.map(Part::Section).to_vec(),
        part => vec![part],
    };
    for part in &parts {
        has_part(&story, *part, level)?;
    }
    let mic = match (arguments.mic, arguments.fast) {
        (Some(AudioSource::File(file, _)), true) => {
            Some(AudioSource::File(file, FilePacing::Unthrottled))
        }
        (_, true) => {
            let what = "--fast needs a file to speak: --mic wav:FILE";
            return Err(Failure::Arguments(what.to_owned()));
        }
        (mic, false) => mic,
    };
    // Before anybody speaks: what is said shall have a place to be kept.
    store.prepare().map_err(anyhow::Error::from)?;
    let opened = store.open_take_db().map_err(anyhow::Error::from)?;
    opened.notices.iter().for_each(|notice| complain_of(notice));
    drop(opened);
    store.settings().map_err(anyhow::Error::from)?;
    store.profile().map_err(anyhow::Error::from)?;
    let runtime = Controller::start(config(data, mic, arguments.telling.model), || {})
        .map_err(anyhow::Error::from)?;
    let keys = Keys::watch()?;
    let mut rehearsal = Rehearsal {
        runtime,
        keys,
        teller: EventPrinter {
            began: Instant::now(),
            json: arguments.json,
        },
        failed: false,
        captioned: 0,
    };
    rehearsal.wait_for_model()?;
    // Stories that cannot be used were complained of above.
    rehearsal.runtime.take_notifications();
    rehearsal
        .runtime
        .start_practice(story, parts.clone(), level);
    for (index, part) in parts.into_iter().enumerate() {
        rehearsal.runtime.handle(SessionEvent::GoTo(index));
        if index > 0 {
            rehearsal.keys.wait_for_enter();
        }
        let answered = rehearsal.answer(part)?;
        if rehearsal.keys.interrupted() {
            break;
        }
        if !answered {
            return Err(Failure::AlreadyReported);
        }
    }
    match rehearsal.failed {
        true => Err(Failure::AlreadyReported),
        false => Ok(()),
    }
}

struct Rehearsal {
    runtime: Controller,
    keys: Keys,
    teller: EventPrinter,
    /// Whether anything went wrong on the way.
    failed: bool,
    /// Firm words of the take that were told.
    captioned: usize,
}

/// One line of the output.
#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    at: Secs,
    section: Part,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_s: Option<Secs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    take: Option<&'a TakeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firm: Option<bool>,
    /// Where in the take the text ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Secs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_stop_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report<'a>>,
}

impl Rehearsal {
    fn wait_for_model(&mut self) -> Result<(), Failure> {
        while *self.runtime.model() == ModelState::Loading {
            if self.keys.interrupted() {
                return Err(Failure::AlreadyReported);
            }
            self.runtime.wait(TURN);
        }
        match self.runtime.model() {
            ModelState::Unusable(why) => Err(Failure::Work(anyhow::Error::msg(why.clone()))),
            _ => Ok(()),
        }
    }

    /// One part, from "ready" to its feedback. False where there is none: no sound, or no words.
    fn answer(&mut self, part: Part) -> Result<bool, Failure> {
        let session = self.runtime.session();
        let target = session
            .and_then(|s| s.brief(s.current()))
            .map_or(0.0, |brief| brief.target);
        self.tell_news(part)?;
        let ready = Line {
            target_s: Some(target),
            ..self.teller.line("ready", part)
        };
        self.teller
            .tell(&ready, || format!("{part}: {}", clock(target)))?;
        self.runtime.start_take();
        loop {
            // Whoever reads that there is feedback may rely on its words being kept.
            if matches!(
                self.runtime.session().map(|s| s.stage()),
                Some(Stage::Review)
            ) {
                self.runtime.poll();
            }
            self.tell_news(part)?;
            match self.runtime.session().map(|s| s.stage()) {
                Some(Stage::CountIn { .. }) if self.keys.interrupted() => {
                    self.runtime.handle(SessionEvent::Cancel);
                    return Ok(false);
                }
                // Enter means the end of an answer, not of what comes before it.
                Some(Stage::CountIn { .. }) => {
                    self.keys.pressed();
                }
                Some(Stage::Answering { .. }) => self.stop_when_over(target),
                Some(Stage::Transcribing { .. }) => {}
                Some(Stage::Review) => return Ok(true),
                _ => return Ok(false),
            }
            self.runtime.wait(TURN);
        }
    }

    fn stop_when_over(&mut self, target: Secs) {
        let Some(Stage::Answering { elapsed, .. }) = self.runtime.session().map(|s| s.stage())
        else {
            return;
        };
        let is_file = matches!(self.runtime.source(), AudioSource::File(..));
        let alone = !is_file && !self.keys.are_there && *elapsed > ENDS_AT_SHARE * target;
        if self.keys.pressed() || self.keys.interrupted() || alone {
            self.runtime.handle(SessionEvent::Stop);
        }
    }

    fn tell_stage(&self, stage: &Stage, part: Part) -> Result<(), Failure> {
        let line = |event| self.teller.line(event, part);
        match stage {
            Stage::CountIn { .. } => self.teller.tell(&line("count_in"), || "3, 2, 1".to_owned()),
            Stage::Answering { take, .. } => {
                let line = Line {
                    take: Some(&take.id),
                    ..line("recording")
                };
                self.teller
                    .tell(&line, || "speak; Enter ends it".to_owned())
            }
            Stage::Transcribing { take, .. } => {
                let line = Line {
                    take: Some(&take.id),
                    ..line("stopped")
                };
                self.teller.tell(&line, || "transcribing".to_owned())
            }
            Stage::Untranscribed { why, .. } => self.tell_problem(part, why),
            Stage::Ready | Stage::Review | Stage::Summary => Ok(()),
        }
    }

    fn tell_problem(&self, part: Part, what: &str) -> Result<(), Failure> {
        complain_of(what);
        let line = Line {
            text: Some(what),
            ..self.teller.line("problem", part)
        };
        self.teller.tell(&line, String::new)
    }

    fn tell_warning(&self, part: Part, what: &str) -> Result<(), Failure> {
        let line = Line {
            text: Some(what),
            ..self.teller.line("warning", part)
        };
        self.teller.tell(&line, || what.to_owned())
    }

    /// In the order in which it happened.
    fn tell_news(&mut self, part: Part) -> Result<(), Failure> {
        for news in self.runtime.take_notifications() {
            match &news {
                Notification::Entered(stage) => {
                    if matches!(**stage, Stage::Answering { .. }) {
                        self.captioned = 0;
                    }
                    self.tell_stage(stage, part)?;
                }
                Notification::TakeSaved(take, file) => {
                    let file = file.display().to_string();
                    let line = Line {
                        take: Some(take),
                        file: Some(file.clone()),
                        ..self.teller.line("take_saved", part)
                    };
                    self.teller.tell(&line, || format!("saved as {file}"))?;
                }
                Notification::Problem(what) => {
                    self.failed = true;
                    self.tell_problem(part, what)?;
                }
                Notification::SignalChanged(hearing) => {
                    self.tell_warning(part, &hearing.to_string())?
                }
                Notification::Warning(what) => self.tell_warning(part, what)?,
                Notification::Captioned(_, caption) => self.tell_caption(part, caption)?,
                Notification::FeedbackReady(_, after_stop) => {
                    self.tell_feedback(part, *after_stop)?
                }
                Notification::HistoryAnalyzed
                | Notification::Exported(_)
                | Notification::AllErased(_)
                | Notification::EraseFailed(_) => {}
            }
        }
        Ok(())
    }

    /// The firm words that are new, then those that may change.
    fn tell_caption(&mut self, part: Part, caption: &Caption) -> Result<(), Failure> {
        let new = caption.confirmed.get(self.captioned..).unwrap_or_default();
        self.captioned = caption.confirmed.len();
        let words: Vec<&str> = new.iter().map(|word| word.text.as_str()).collect();
        for (text, firm) in [(words.join(" "), true), (caption.tentative.clone(), false)] {
            if !text.is_empty() {
                let line = Line {
                    text: Some(&text),
                    firm: Some(firm),
                    end: new.last().filter(|_| firm).map(|word| word.end),
                    ..self.teller.line("caption", part)
                };
                self.teller.tell(&line, String::new)?;
            }
        }
        Ok(())
    }

    fn tell_feedback(&self, part: Part, after_stop: Duration) -> Result<(), Failure> {
        let Some(session) = self.runtime.session() else {
            return Ok(());
        };
        let Some(reviewed) = session.reviewed(session.current()) else {
            return Ok(());
        };
        let Some(heard) = &reviewed.take.transcription else {
            return Ok(());
        };
        let file = self.runtime.store().wav(&reviewed.take.id);
        let file = file.display().to_string();
        if !self.teller.json {
            let title = part.to_string();
            let mut out = io::stdout().lock();
            feedback_text::write_feedback(&mut out, &title, heard, &reviewed.feedback)?;
            return Ok(out.flush()?);
        }
        let report = Report::new(&file, &reviewed.take, heard, &reviewed.feedback);
        let line = Line {
            take: Some(&reviewed.take.id),
            after_stop_ms: Some(after_stop.as_secs_f64() * 1000.0),
            report: Some(&report),
            ..self.teller.line("feedback", part)
        };
        self.teller.tell(&line, String::new)
    }
}

struct EventPrinter {
    began: Instant,
    json: bool,
}

impl EventPrinter {
    fn line(&self, event: &'static str, section: Part) -> Line<'static> {
        Line {
            event,
            at: self.began.elapsed().as_secs_f64(),
            section,
            target_s: None,
            take: None,
            file: None,
            text: None,
            firm: None,
            end: None,
            after_stop_ms: None,
            report: None,
        }
    }

    /// The line as JSON to stdout; or `words`, where there are any and somebody sits there, to
    /// stderr.
    fn tell(&self, line: &Line, words: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.json {
            let mut out = io::stdout().lock();
            serde_json::to_writer(&mut out, line)?;
            writeln!(out)?;
            return Ok(out.flush()?);
        }
        let words = words();
        if !words.is_empty() && io::stderr().is_terminal() {
            writeln!(io::stderr(), "{words}")?;
        }
        Ok(())
    }
}

/// Enter and Ctrl-C.
struct Keys {
    /// Whether somebody is there to press them.
    are_there: bool,
    pressed: Arc<AtomicUsize>,
    interrupted: Arc<AtomicBool>,
}

impl Keys {
    fn watch() -> Result<Self, Failure> {
        let keys = Self {
            are_there: io::stdin().is_terminal(),
            pressed: Arc::default(),
            interrupted: Arc::default(),
        };
        let pressed = Arc::clone(&keys.pressed);
        // It waits for a line for as long as the program lives, and ends with it.
        std::thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || {
                for _ in io::stdin().lock().lines().map_while(Result::ok) {
                    pressed.fetch_add(1, Ordering::Relaxed);
                }
            })?;
        let interrupted = Arc::clone(&keys.interrupted);
        ctrlc::set_handler(move || {
            // Once ends the take, twice the program; what was recorded is on the disk.
            if interrupted.swap(true, Ordering::Relaxed) {
                std::process::exit(1);
            }
        })
        .map_err(anyhow::Error::from)?;
        Ok(keys)
    }

    fn pressed(&self) -> bool {
        self.pressed.swap(0, Ordering::Relaxed) > 0
    }

    /// Before the next part, where somebody is there to press it.
    fn wait_for_enter(&self) {
        self.pressed();
        if !self.are_there {
            return;
        }
        // Nobody reads this where stderr is closed.
        let _ = writeln!(io::stderr(), "Enter goes on");
        while !self.pressed() && !self.interrupted() {
            std::thread::sleep(TURN);
        }
    }

    fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
