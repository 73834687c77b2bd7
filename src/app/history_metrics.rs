//! Takes of the past, read for what they have in common. Feedback is never stored: it is computed on a
//! thread of its own, the newest take first, and what is kept of it in mind only.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::SendTimeoutError;

use super::{Controller, Event, EventSender, HistoryEntry, Notification};
use crate::analysis::PartPlan;
use crate::domain::profile::Profile;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::{Take, TakeId};
use crate::practice::progress::{Loaded, TakeMetrics};
use crate::storage::{Store, StoreError, TakeStatus};

/// What was read is told as often: seldom enough that drawing it costs little.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What was read of the takes; `None` for one that cannot be judged.
type Marks = HashMap<TakeId, Option<TakeMetrics>>;

/// What the thread tells.
pub(super) enum AnalysisEvent {
    /// These takes were read.
    Marks(Marks),
    /// One take, or all that follow, cannot be read.
    Failed(StoreError),
}

/// The thread. Dropping it stops it in front of the next take, and waits for that.
struct AnalysisThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The thread, and what it told so far.
#[derive(Default)]
pub(super) struct MetricsCache {
    thread: Option<AnalysisThread>,
    marks: Marks,
}

/// Today, on the clock of this place.
pub fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}

impl Controller {
    /// Reads those of the takes, newest first, that were not read yet; what comes of it is news.
    pub fn analyze_history(&mut self, takes: &[HistoryEntry]) {
        let wanted: Vec<TakeId> = takes
            .iter()
            .filter(|past| past.state == TakeStatus::Transcribed)
            .filter(|past| !self.memory.marks.contains_key(&past.id))
            .map(|past| past.id.clone())
            .collect();
        // The one before stops first: they would read the same takes.
        self.memory.thread = None;
        if wanted.is_empty() {
            return;
        }
        let (store, stories) = (self.store.clone(), self.stories.clone());
        let (profile, outbox) = (self.profile.clone(), self.outbox.clone());
        let work = move |stop: &AtomicBool| {
            let tell = |told| send(&outbox, Event::HistoryAnalyzed(told), stop);
            if let Err(why) = read(&store, &stories, &profile, &wanted, stop, &tell) {
                tell(AnalysisEvent::Failed(why));
            }
        };
        match AnalysisThread::start(work) {
            Ok(readings) => self.memory.thread = Some(readings),
            Err(error) => self.problem(StoreError::ThreadSpawn(error)),
        }
    }

    /// Reads no more for now. It may still be at one take, and is not waited for.
    pub(super) fn stop_reading(&self) {
        if let Some(readings) = &self.memory.thread {
            readings.stop.store(true, Ordering::Relaxed);
        }
    }

    /// What is known of a take that has words.
    pub fn metrics_of(&self, take: &TakeId) -> Loaded<'_> {
        match self.memory.marks.get(take) {
            None => Loaded::Pending,
            Some(None) => Loaded::Unavailable,
            Some(Some(mark)) => Loaded::Ready(mark),
        }
    }

    /// What was read of an erased take is not kept in mind either.
    pub(super) fn forget_mark(&mut self, take: &TakeId) {
        self.memory.thread = None;
        self.memory.marks.remove(take);
    }

    pub(super) fn past_read(&mut self, told: AnalysisEvent) {
        match told {
            AnalysisEvent::Marks(marks) => {
                self.memory.marks.extend(marks);
                self.news.push(Notification::HistoryAnalyzed);
            }
            AnalysisEvent::Failed(why) => self.problem(why),
        }
    }
}

impl AnalysisThread {
    fn start(work: impl FnOnce(&AtomicBool) + Send + 'static) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("readings".to_owned())
            .spawn(move || work(&stopped))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for AnalysisThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing left to tell; a panic has printed itself.
            let _ = thread.join();
        }
    }
}

/// As [`Outbox::send`], but who is to stop does not wait for room: the one that makes it may wait for him.
fn send(outbox: &EventSender, mut event: Event, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        match outbox.events.send_timeout(event, TELL_EVERY) {
            Ok(()) => return (outbox.wake)(),
            Err(SendTimeoutError::Timeout(back)) => event = back,
            Err(SendTimeoutError::Disconnected(_)) => return,
        }
    }
}

fn read(
    store: &Store,
    stories: &[Arc<Story>],
    profile: &Profile,
    wanted: &[TakeId],
    stop: &AtomicBool,
    tell: &dyn Fn(AnalysisEvent),
) -> Result<(), StoreError> {
    let reader = store.read_only()?;
    // What a part asks to be said takes longer to find out than what a take says of it.
    let mut plans: HashMap<(String, Part, Level), Option<PartPlan>> = HashMap::new();
    let mut mark = |take: &Take| {
        let asked = (take.story.clone(), take.part, take.level);
        let plan = plans.entry(asked).or_insert_with(|| {
            let story = stories.iter().find(|story| story.id == take.story)?;
            PartPlan::of(story, take.part, take.level)
        });
        let feedback = plan.as_ref()?.analyze(take, profile)?;
        Some(TakeMetrics::from_feedback(&feedback))
    };
    let (mut marks, mut told) = (Marks::new(), Instant::now());
    for id in wanted {
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        match reader.take(id) {
            Ok(Some(take)) => {
                marks.insert(id.clone(), mark(&take));
            }
            // What was erased meanwhile is in nobody's list any more.
            Ok(None) => {}
            Err(why @ StoreError::Inconsistent { .. }) => {
                marks.insert(id.clone(), None);
                tell(AnalysisEvent::Failed(why));
            }
            Err(why) => return Err(why),
        }
        if told.elapsed() >= TELL_EVERY {
            tell(AnalysisEvent::Marks(std::mem::take(&mut marks)));
            told = Instant::now();
        }
    }
    if !marks.is_empty() {
        tell(AnalysisEvent::Marks(marks));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Config;
    use crate::domain::take::{Audio, Transcription, TranscriptionStats};
    use crate::domain::transcript::{Transcript, Word};
    use crate::domain::voice::Voice;

    fn take(minute: usize, story: &str, said: &str) -> Take {
        let word = |(place, text): (usize, &str)| Word {
            text: text.to_owned(),
            start: 0.4 * place as f64,
            end: 0.4 * place as f64 + 0.3,
            confidence: 0.9,
        };
        Take {
            id: TakeId(format!("2026-11-23T18-{minute:02}-00.000-task")),
            story: story.to_owned(),
            part: "task".parse().expect("a part"),
            level: Level::Sde2,
            audio: Audio {
                seconds: 60.0,
                sample_rate_hz: 16_000,
                channels: 1,
                ..Audio::default()
            },
            transcription: Some(Transcription {
                voice: Voice::default(),
                transcript: Transcript {
                    words: said.split_whitespace().enumerate().map(word).collect(),
                },
                engine: TranscriptionStats {
                    model: "none".to_owned(),
                    threads: 1,
                    cpu_seconds: None,
                    wall_seconds: 0.0,
                },
            }),
        }
    }

    /// One that can be judged, one whose story is gone, one without words.
    fn three() -> (tempfile::TempDir, Controller, Vec<HistoryEntry>) {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            model: Some("no-such-model".to_owned()),
            ..Config::default()
        };
        let store = Store::at(config.data.clone()).expect("a folder");
        let mut journal = store.open_take_db().expect("room").db;
        let said = "nobody owned it and there was no ticket so I took it";
        let unheard = Take {
            transcription: None,
            ..take(2, "webhook-drop", "")
        };
        for take in [
            take(0, "webhook-drop", said),
            take(1, "gone", said),
            unheard,
        ] {
            std::fs::write(store.wav(&take.id), "sound").expect("room");
            journal.save(&take).expect("room");
        }
        drop(journal);
        let mut runtime = Controller::start(config, || {}).expect("a data folder");
        let past = runtime.history().expect("a list");
        (data, runtime, past)
    }

    fn told(runtime: &Controller, past: &[HistoryEntry]) -> String {
        let known = past.iter().map(|past| match runtime.metrics_of(&past.id) {
            Loaded::Pending => "not yet".to_owned(),
            Loaded::Unavailable => "nothing".to_owned(),
            Loaded::Ready(mark) => format!("{} phrases", mark.phrases_said),
        });
        known.collect::<Vec<_>>().join(", ")
    }

    /// Waits for the news, for a minute at most.
    fn read(runtime: &mut Controller, past: &[HistoryEntry]) {
        runtime.analyze_history(past);
        let until = Instant::now() + Duration::from_secs(60);
        while Instant::now() < until
            && !runtime
                .take_notifications()
                .contains(&Notification::HistoryAnalyzed)
        {
            runtime.wait(Duration::from_millis(10));
        }
    }

    #[test]
    fn what_can_be_judged_is_read_once_and_forgotten_with_its_take() {
        let (_data, mut runtime, past) = three();
        assert_eq!(told(&runtime, &past), "not yet, not yet, not yet");
        read(&mut runtime, &past);
        assert_eq!(told(&runtime, &past), "not yet, nothing, 2 phrases");
        // There is nothing left to read.
        runtime.analyze_history(&past);
        assert!(runtime.memory.thread.is_none());
        runtime.erase(&past[2].id);
        assert_eq!(told(&runtime, &past), "not yet, nothing, not yet");
        runtime.undo_erase();
        read(&mut runtime, &past);
        assert_eq!(told(&runtime, &past), "not yet, nothing, 2 phrases");
    }

    #[test]
    fn a_journal_that_is_gone_is_a_sentence() {
        let (data, mut runtime, past) = three();
        runtime.journal = None;
        for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
            let _ = std::fs::remove_file(data.path().join(name));
        }
        runtime.analyze_history(&past);
        let until = Instant::now() + Duration::from_secs(60);
        let mut problem = None;
        while problem.is_none() && Instant::now() < until {
            runtime.wait(Duration::from_millis(10));
            problem = runtime
                .take_notifications()
                .into_iter()
                .find_map(|news| match news {
                    Notification::Problem(what) if what.contains("journal.db") => Some(what),
                    _ => None,
                });
        }
        assert!(problem.is_some());
    }

    #[test]
    fn a_take_that_cannot_be_true_stops_no_other() {
        let (_data, mut runtime, _) = three();
        let mut untrue = take(3, "webhook-drop", "so it went");
        if let Some(heard) = &mut untrue.transcription {
            heard.transcript.words[2].end = 3e13;
        }
        std::fs::write(runtime.store().wav(&untrue.id), "sound").expect("room");
        let kept = runtime.opened().and_then(|journal| journal.save(&untrue));
        kept.expect("room");
        let past = runtime.history().expect("a list");
        runtime.analyze_history(&past);
        let until = Instant::now() + Duration::from_secs(60);
        let mut problems = Vec::new();
        while told(&runtime, &past) != "nothing, not yet, nothing, 2 phrases" {
            assert!(Instant::now() < until, "{}", told(&runtime, &past));
            runtime.wait(Duration::from_millis(10));
            problems.extend(runtime.take_notifications().into_iter().filter_map(
                |news| match news {
                    Notification::Problem(what) if what.contains("is inconsistent") => Some(what),
                    _ => None,
                },
            ));
        }
        assert_eq!(problems.len(), 1, "{problems:?}");
        // Neither is it opened.
        assert!(!runtime.open_take(&untrue.id));
    }

    #[test]
    fn who_ends_waits_for_one_take_at_most_even_if_nobody_listens() {
        let (_data, mut runtime, past) = three();
        // The inbox is full, and nobody takes anything out of it.
        while runtime
            .outbox
            .events
            .try_send(Event::HistoryAnalyzed(AnalysisEvent::Marks(Marks::new())))
            .is_ok()
        {}
        runtime.analyze_history(&past);
        runtime.memory.thread = None;
        assert!(runtime.inbox.is_full());
    }
}
