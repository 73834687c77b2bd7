//! Takes of the past, read for what they have in common. Feedback is never stored: it is computed on a
//! thread of its own, the newest take first, and what is kept of it in mind only.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::SendTimeoutError;

use super::{Event, News, Outbox, Past, Runtime};
use crate::coach::analysis::Plan;
use crate::coach::profile::Profile;
use crate::coach::progress::{Known, Mark};
use crate::coach::story::{Level, Part, Story};
use crate::coach::take::{Take, TakeId};
use crate::store::{State, Store, StoreError};

/// What was read is told as often: seldom enough that drawing it costs little.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What was read of the takes; `None` for one that cannot be judged.
type Marks = HashMap<TakeId, Option<Mark>>;

/// What the thread tells.
pub(super) enum Told {
    /// These takes were read.
    Marks(Marks),
    /// One take, or all that follow, cannot be read.
    Failed(StoreError),
}

/// The thread. Dropping it stops it in front of the next take, and waits for that.
struct Readings {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The thread, and what it told so far.
#[derive(Default)]
pub(super) struct Memory {
    thread: Option<Readings>,
    marks: Marks,
}

/// Today, on the clock of this place.
pub fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}

impl Runtime {
    /// Reads those of the takes, newest first, that were not read yet; what comes of it is news.
    pub fn read_past(&mut self, takes: &[Past]) {
        let wanted: Vec<TakeId> = takes
            .iter()
            .filter(|past| past.state == State::Transcribed)
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
            let tell = |told| send(&outbox, Event::Past(told), stop);
            if let Err(why) = read(&store, &stories, &profile, &wanted, stop, &tell) {
                tell(Told::Failed(why));
            }
        };
        match Readings::start(work) {
            Ok(readings) => self.memory.thread = Some(readings),
            Err(error) => self.problem(StoreError::Exhausted(error)),
        }
    }

    /// Reads no more for now. It may still be at one take, and is not waited for.
    pub(super) fn stop_reading(&self) {
        if let Some(readings) = &self.memory.thread {
            readings.stop.store(true, Ordering::Relaxed);
        }
    }

    /// What is known of a take that has words.
    pub fn known_of(&self, take: &TakeId) -> Known<'_> {
        match self.memory.marks.get(take) {
            None => Known::NotYet,
            Some(None) => Known::Nothing,
            Some(Some(mark)) => Known::Mark(mark),
        }
    }

    /// What was read of an erased take is not kept in mind either.
    pub(super) fn forget_mark(&mut self, take: &TakeId) {
        self.memory.thread = None;
        self.memory.marks.remove(take);
    }

    pub(super) fn past_read(&mut self, told: Told) {
        match told {
            Told::Marks(marks) => {
                self.memory.marks.extend(marks);
                self.news.push(News::PastRead);
            }
            Told::Failed(why) => self.problem(why),
        }
    }
}

impl Readings {
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

impl Drop for Readings {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing left to tell; a panic has printed itself.
            let _ = thread.join();
        }
    }
}

/// As [`Outbox::send`], but who is to stop does not wait for room: the one that makes it may wait for him.
fn send(outbox: &Outbox, mut event: Event, stop: &AtomicBool) {
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
    tell: &dyn Fn(Told),
) -> Result<(), StoreError> {
    let reader = store.reader()?;
    // What a part asks to be said takes longer to find out than what a take says of it.
    let mut plans: HashMap<(String, Part, Level), Option<Plan>> = HashMap::new();
    let mut mark = |take: &Take| {
        let asked = (take.story.clone(), take.part, take.level);
        let plan = plans.entry(asked).or_insert_with(|| {
            let story = stories.iter().find(|story| story.id == take.story)?;
            Plan::of(story, take.part, take.level)
        });
        let feedback = plan.as_ref()?.analyze(take, profile)?;
        Some(Mark::of(&feedback))
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
            Err(why @ StoreError::Untrue { .. }) => {
                marks.insert(id.clone(), None);
                tell(Told::Failed(why));
            }
            Err(why) => return Err(why),
        }
        if told.elapsed() >= TELL_EVERY {
            tell(Told::Marks(std::mem::take(&mut marks)));
            told = Instant::now();
        }
    }
    if !marks.is_empty() {
        tell(Told::Marks(marks));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::take::{Audio, EngineRun, Heard};
    use crate::coach::transcript::{Transcript, Word};
    use crate::coach::voice::Voice;
    use crate::runtime::Config;

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
            heard: Some(Heard {
                voice: Voice::default(),
                transcript: Transcript {
                    words: said.split_whitespace().enumerate().map(word).collect(),
                },
                engine: EngineRun {
                    model: "none".to_owned(),
                    threads: 1,
                    cpu_seconds: None,
                    wall_seconds: 0.0,
                },
            }),
        }
    }

    /// One that can be judged, one whose story is gone, one without words.
    fn three() -> (tempfile::TempDir, Runtime, Vec<Past>) {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            model: Some("no-such-model".to_owned()),
            ..Config::default()
        };
        let store = Store::at(config.data.clone()).expect("a folder");
        let mut journal = store.journal().expect("room").journal;
        let said = "nobody owned it and there was no ticket so I took it";
        let unheard = Take {
            heard: None,
            ..take(2, "webhook-drop", "")
        };
        for take in [
            take(0, "webhook-drop", said),
            take(1, "gone", said),
            unheard,
        ] {
            std::fs::write(store.wav(&take.id), "sound").expect("room");
            journal.keep(&take).expect("room");
        }
        drop(journal);
        let mut runtime = Runtime::start(config, || {}).expect("a data folder");
        let past = runtime.past().expect("a list");
        (data, runtime, past)
    }

    fn told(runtime: &Runtime, past: &[Past]) -> String {
        let known = past.iter().map(|past| match runtime.known_of(&past.id) {
            Known::NotYet => "not yet".to_owned(),
            Known::Nothing => "nothing".to_owned(),
            Known::Mark(mark) => format!("{} phrases", mark.phrases_heard),
        });
        known.collect::<Vec<_>>().join(", ")
    }

    /// Waits for the news, for a minute at most.
    fn read(runtime: &mut Runtime, past: &[Past]) {
        runtime.read_past(past);
        let until = Instant::now() + Duration::from_secs(60);
        while Instant::now() < until && !runtime.take_news().contains(&News::PastRead) {
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
        runtime.read_past(&past);
        assert!(runtime.memory.thread.is_none());
        runtime.erase(&past[2].id);
        assert_eq!(told(&runtime, &past), "not yet, nothing, not yet");
        runtime.bring_back();
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
        runtime.read_past(&past);
        let until = Instant::now() + Duration::from_secs(60);
        let mut problem = None;
        while problem.is_none() && Instant::now() < until {
            runtime.wait(Duration::from_millis(10));
            problem = runtime.take_news().into_iter().find_map(|news| match news {
                News::Problem(what) if what.contains("journal.db") => Some(what),
                _ => None,
            });
        }
        assert!(problem.is_some());
    }

    #[test]
    fn a_take_that_cannot_be_true_stops_no_other() {
        let (_data, mut runtime, _) = three();
        let mut untrue = take(3, "webhook-drop", "so it went");
        if let Some(heard) = &mut untrue.heard {
            heard.transcript.words[2].end = 3e13;
        }
        std::fs::write(runtime.store().wav(&untrue.id), "sound").expect("room");
        let kept = runtime.opened().and_then(|journal| journal.keep(&untrue));
        kept.expect("room");
        let past = runtime.past().expect("a list");
        runtime.read_past(&past);
        let until = Instant::now() + Duration::from_secs(60);
        let mut problems = Vec::new();
        while told(&runtime, &past) != "nothing, not yet, nothing, 2 phrases" {
            assert!(Instant::now() < until, "{}", told(&runtime, &past));
            runtime.wait(Duration::from_millis(10));
            problems.extend(
                runtime
                    .take_news()
                    .into_iter()
                    .filter_map(|news| match news {
                        News::Problem(what) if what.contains("cannot be true") => Some(what),
                        _ => None,
                    }),
            );
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
            .try_send(Event::Past(Told::Marks(Marks::new())))
            .is_ok()
        {}
        runtime.read_past(&past);
        runtime.memory.thread = None;
        assert!(runtime.inbox.is_full());
    }
}
