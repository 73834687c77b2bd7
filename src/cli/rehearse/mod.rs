//! `starling rehearse`: timed practice without the window. It uses the same controller, and so the same
//! session, recorder and workers.

mod event_printer;
mod keyboard;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::app::{Controller, ModelState, Notification};
use crate::audio::{AudioSource, FilePacing};
use crate::domain::caption::Caption;
use crate::domain::story::{Part, SectionKind};
use crate::domain::time::{Secs, clock};
use crate::practice::report::Report;
use crate::practice::session::{SessionRequest, Stage};
use crate::storage::Store;

use crate::cli::controller_config::{audio_source_parser, controller_config};
use crate::cli::failure::{Failure, print_message};
use crate::cli::feedback_text;
use crate::cli::lookup::{StoryArgs, find_story, open_store, require_part};

use event_printer::{EventLine, EventPrinter};
use keyboard::Keyboard;

/// Without a terminal, an answer to a microphone ends at this multiple of its target.
const MAX_TARGET_SHARE: f64 = 1.2;
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// What to practice, and how.
#[derive(Debug, clap::Args)]
pub struct RehearseArgs {
    #[command(flatten)]
    story: StoryArgs,
    /// A section, a follow-up, or all five sections one after the other.
    #[arg(long, value_name = "KIND", default_value = "all")]
    section: Part,
    /// Microphone (id, name or a part of it), or wav:FILE to use a file as the microphone, from its start in each section.
    #[arg(long, value_name = "SOURCE", value_parser = audio_source_parser())]
    mic: Option<AudioSource>,
    /// Number of the channel to record [default: those with a voice].
    #[arg(long, value_name = "N")]
    channel: Option<u16>,
    /// Play the file as fast as it is processed, without a count-in.
    #[arg(long)]
    fast: bool,
    /// Print one JSON event per line.
    #[arg(long)]
    json: bool,
}

/// Practices the parts in order. Enter ends an answer, and so does the end of a file. Ctrl-C ends the
/// answer and the practice.
pub fn run(args: RehearseArgs, data: Option<PathBuf>) -> Result<(), Failure> {
    let store = open_store(data.clone())?;
    let story = find_story(args.story.story.as_deref(), &store)?;
    let level = args.story.level.unwrap_or(story.level);
    let parts = match args.section {
        Part::Whole => SectionKind::ALL.map(Part::Section).to_vec(),
        part => vec![part],
    };
    for part in &parts {
        require_part(&story, *part, level)?;
    }
    let mic = audio_source(args.mic, args.fast)?;
    check_storage(&store)?;
    let config = controller_config(data, mic, args.channel, args.story.model);
    let mut rehearsal = Rehearsal {
        controller: Controller::start(config, || {}).map_err(anyhow::Error::from)?,
        keyboard: Keyboard::watch()?,
        printer: EventPrinter::new(Instant::now(), args.json),
        failed: false,
        printed_words: 0,
    };
    rehearsal.wait_for_model()?;
    // Problems, which are unusable story files, were reported above.
    for notification in rehearsal.controller.take_notifications() {
        if let (Notification::Warning(text), Some(part)) = (&notification, parts.first()) {
            rehearsal.print_warning(*part, text)?;
        }
    }
    rehearsal
        .controller
        .start_practice(story, parts.clone(), level);
    for (index, part) in parts.into_iter().enumerate() {
        rehearsal.controller.request(SessionRequest::GoTo(index));
        if index > 0 {
            rehearsal.keyboard.wait_for_enter(POLL_INTERVAL);
        }
        let answered = rehearsal.answer(part)?;
        if rehearsal.keyboard.interrupted() {
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

fn audio_source(mic: Option<AudioSource>, fast: bool) -> Result<Option<AudioSource>, Failure> {
    match (mic, fast) {
        (Some(AudioSource::File(file, _)), true) => {
            Ok(Some(AudioSource::File(file, FilePacing::Unthrottled)))
        }
        (_, true) => {
            let message = "--fast needs a file as the microphone: --mic wav:FILE";
            Err(Failure::Arguments(message.to_owned()))
        }
        (mic, false) => Ok(mic),
    }
}

/// Fails before the user starts to speak if a take could not be saved, or if a settings file is invalid.
fn check_storage(store: &Store) -> Result<(), Failure> {
    store.prepare().map_err(anyhow::Error::from)?;
    let opened = store.open_take_db().map_err(anyhow::Error::from)?;
    for notice in &opened.notices {
        print_message(notice);
    }
    drop(opened);
    store.settings().map_err(anyhow::Error::from)?;
    store.profile().map_err(anyhow::Error::from)?;
    Ok(())
}

struct Rehearsal {
    controller: Controller,
    keyboard: Keyboard,
    printer: EventPrinter,
    /// Whether a problem was reported.
    failed: bool,
    /// Number of final caption words of the take that were printed.
    printed_words: usize,
}

impl Rehearsal {
    fn wait_for_model(&mut self) -> Result<(), Failure> {
        while *self.controller.model() == ModelState::Loading {
            if self.keyboard.interrupted() {
                return Err(Failure::AlreadyReported);
            }
            self.controller.wait(POLL_INTERVAL);
        }
        match self.controller.model() {
            ModelState::Unusable(why) => Err(Failure::Work(anyhow::Error::msg(why.clone()))),
            _ => Ok(()),
        }
    }

    fn stage(&self) -> Option<&Stage> {
        self.controller.session().map(|session| session.stage())
    }

    /// Practices one part, from the "ready" event to its feedback. Returns false if there is no feedback
    /// because recording or transcription failed, or the user interrupted the count-in.
    fn answer(&mut self, part: Part) -> Result<bool, Failure> {
        let session = self.controller.session();
        let target = session
            .and_then(|session| session.brief(session.current()))
            .map_or(0.0, |brief| brief.target);
        self.print_notifications(part)?;
        let ready = EventLine {
            target_s: Some(target),
            ..self.printer.line("ready", part)
        };
        self.printer
            .print(&ready, || format!("{part}: {}", clock(target)))?;
        self.controller.start_take();
        loop {
            // The transcript must be saved before the feedback event is printed: readers rely on it.
            if matches!(self.stage(), Some(Stage::Review)) {
                self.controller.poll();
            }
            self.print_notifications(part)?;
            match self.stage() {
                Some(Stage::CountIn { .. }) if self.keyboard.interrupted() => {
                    self.controller.request(SessionRequest::Cancel);
                    return Ok(false);
                }
                // Enter during the count-in must not end the answer that follows.
                Some(Stage::CountIn { .. }) => {
                    self.keyboard.take_enter();
                }
                Some(Stage::Answering { elapsed, .. }) => {
                    let elapsed = *elapsed;
                    self.stop_if_over(elapsed, target);
                }
                Some(Stage::Transcribing { .. }) => {}
                Some(Stage::Review) => return Ok(true),
                _ => return Ok(false),
            }
            self.controller.wait(POLL_INTERVAL);
        }
    }

    fn stop_if_over(&mut self, elapsed: Secs, target: Secs) {
        let is_file = matches!(self.controller.source(), AudioSource::File(..));
        let is_unattended = !is_file && !self.keyboard.is_terminal();
        let is_overdue = is_unattended && elapsed > MAX_TARGET_SHARE * target;
        if self.keyboard.take_enter() || self.keyboard.interrupted() || is_overdue {
            self.controller.request(SessionRequest::Stop);
        }
    }

    /// Prints what happened since the last call, in order.
    fn print_notifications(&mut self, part: Part) -> Result<(), Failure> {
        for notification in self.controller.take_notifications() {
            match &notification {
                Notification::Entered(stage) => {
                    if matches!(**stage, Stage::Answering { .. }) {
                        self.printed_words = 0;
                    }
                    self.print_stage(stage, part)?;
                }
                Notification::TakeSaved(take, file) => {
                    let file = file.display().to_string();
                    let line = EventLine {
                        take: Some(take),
                        file: Some(file.clone()),
                        ..self.printer.line("take_saved", part)
                    };
                    self.printer.print(&line, || format!("saved as {file}"))?;
                }
                Notification::Problem(text) => {
                    self.failed = true;
                    self.print_problem(part, text)?;
                }
                Notification::SignalChanged(signal) => {
                    self.print_warning(part, &signal.to_string())?
                }
                Notification::Warning(text) => self.print_warning(part, text)?,
                Notification::Captioned(_, caption) => self.print_caption(part, caption)?,
                Notification::FeedbackReady(_, after_stop) => {
                    self.print_feedback(part, *after_stop)?
                }
                Notification::HistoryAnalyzed
                | Notification::Imported(_)
                | Notification::Exported(_)
                | Notification::AllErased(_)
                | Notification::EraseFailed(_) => {}
            }
        }
        Ok(())
    }

    fn print_stage(&self, stage: &Stage, part: Part) -> Result<(), Failure> {
        let printer = &self.printer;
        let line = |event| printer.line(event, part);
        match stage {
            Stage::CountIn { .. } => printer.print(&line("count_in"), || "3, 2, 1".to_owned()),
            Stage::Answering { take, .. } => {
                let line = EventLine {
                    take: Some(&take.id),
                    ..line("recording")
                };
                printer.print(&line, || "recording; press Enter to stop".to_owned())
            }
            Stage::Transcribing { take, .. } => {
                let line = EventLine {
                    take: Some(&take.id),
                    ..line("stopped")
                };
                printer.print(&line, || "transcribing".to_owned())
            }
            Stage::Untranscribed { why, .. } => self.print_problem(part, why),
            Stage::Ready | Stage::Review | Stage::Summary => Ok(()),
        }
    }

    fn print_problem(&self, part: Part, text: &str) -> Result<(), Failure> {
        print_message(text);
        let line = EventLine {
            text: Some(text),
            ..self.printer.line("problem", part)
        };
        self.printer.print(&line, String::new)
    }

    fn print_warning(&self, part: Part, text: &str) -> Result<(), Failure> {
        let line = EventLine {
            text: Some(text),
            ..self.printer.line("warning", part)
        };
        self.printer.print(&line, || text.to_owned())
    }

    /// Prints the new final words of a caption, then its words that may still change.
    fn print_caption(&mut self, part: Part, caption: &Caption) -> Result<(), Failure> {
        let new = caption
            .confirmed
            .get(self.printed_words..)
            .unwrap_or_default();
        self.printed_words = caption.confirmed.len();
        let words: Vec<&str> = new.iter().map(|word| word.text.as_str()).collect();
        for (text, firm) in [(words.join(" "), true), (caption.tentative.clone(), false)] {
            if !text.is_empty() {
                let line = EventLine {
                    text: Some(&text),
                    firm: Some(firm),
                    end: new.last().filter(|_| firm).map(|word| word.end),
                    ..self.printer.line("caption", part)
                };
                self.printer.print(&line, String::new)?;
            }
        }
        Ok(())
    }

    fn print_feedback(&self, part: Part, after_stop: Duration) -> Result<(), Failure> {
        let Some(session) = self.controller.session() else {
            return Ok(());
        };
        let Some(reviewed) = session.reviewed(session.current()) else {
            return Ok(());
        };
        let Some(transcription) = &reviewed.take.transcription else {
            return Ok(());
        };
        if !self.printer.is_json() {
            let title = part.to_string();
            let transcript = &transcription.transcript;
            feedback_text::print_feedback(&title, transcript, &reviewed.feedback)?;
            return Ok(());
        }
        let file = self.controller.store().wav(&reviewed.take.id);
        let file = file.display().to_string();
        let report = Report::new(
            &file,
            session.story(),
            &reviewed.take,
            transcription,
            &reviewed.feedback,
        );
        let line = EventLine {
            take: Some(&reviewed.take.id),
            after_stop_ms: Some(after_stop.as_secs_f64() * 1000.0),
            report: Some(&report),
            ..self.printer.line("feedback", part)
        };
        self.printer.print(&line, String::new)
    }
}
