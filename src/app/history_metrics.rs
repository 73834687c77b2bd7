//! Owns the metrics of earlier takes, for trends. Feedback is never stored, so they are computed on a
//! background thread, newest take first, and kept in memory.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::context::Context;
use super::event::{AnalysisEvent, Event, MetricsMap, Notification};
use super::history_entry::HistoryEntry;
use crate::analysis::PartPlan;
use crate::analysis::phrases::word_vectors::SentenceModel;
use crate::domain::profile::Profile;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::{Take, TakeId};
use crate::practice::progress::{Loaded, TakeMetrics};
use crate::storage::{Store, StoreError, TakeStatus, clock};

/// How often results are sent: rarely enough that redrawing costs little.
const SEND_INTERVAL: Duration = Duration::from_millis(100);

/// The metrics computed so far, and the thread that computes more.
#[derive(Default)]
pub(super) struct HistoryMetrics {
    thread: Option<AnalysisThread>,
    metrics: MetricsMap,
}

/// The analyzing thread. Dropping it stops it before the next take and joins it.
struct AnalysisThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What the analyzing thread works on.
struct AnalysisJob {
    store: Store,
    stories: Vec<Arc<Story>>,
    profile: Profile,
    model: Arc<dyn SentenceModel>,
    takes: Vec<TakeId>,
}

/// Today's date in the local time zone.
pub fn today() -> jiff::civil::Date {
    clock::now().date()
}

/// The time zone of the viewer.
pub fn time_zone() -> jiff::tz::TimeZone {
    clock::zone()
}

impl HistoryMetrics {
    /// Starts to analyze those of the takes that are transcribed and have no metrics yet, in this order.
    pub(super) fn analyze(
        &mut self,
        entries: &[HistoryEntry],
        profile: &Profile,
        context: &mut Context,
    ) {
        let takes: Vec<TakeId> = entries
            .iter()
            .filter(|entry| entry.state == TakeStatus::Transcribed)
            .filter(|entry| !self.metrics.contains_key(&entry.id))
            .map(|entry| entry.id.clone())
            .collect();
        // The earlier thread stops first, because it would analyze the same takes.
        self.thread = None;
        if takes.is_empty() {
            return;
        }
        let job = AnalysisJob {
            store: context.store.clone(),
            stories: context.stories.clone(),
            profile: profile.clone(),
            model: Arc::clone(&context.model),
            takes,
        };
        let events = context.events.clone();
        let work = move |stop: &AtomicBool| {
            let send = |event| events.send_unless_stopped(Event::HistoryAnalyzed(event), stop);
            if let Err(why) = job.run(stop, &send) {
                send(AnalysisEvent::Failed(why));
            }
        };
        match AnalysisThread::start(work) {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => context.problem(StoreError::ThreadSpawn(error)),
        }
    }

    /// Stops the thread after its current take, without waiting for it.
    pub(super) fn request_stop(&self) {
        if let Some(thread) = &self.thread {
            thread.stop.store(true, Ordering::Relaxed);
        }
    }

    /// The metrics of a transcribed take.
    pub(super) fn get(&self, take: &TakeId) -> Loaded<'_> {
        match self.metrics.get(take) {
            None => Loaded::Pending,
            Some(None) => Loaded::Unavailable,
            Some(Some(metrics)) => Loaded::Ready(metrics),
        }
    }

    /// Stops the thread and forgets the metrics of an erased take.
    pub(super) fn forget(&mut self, take: &TakeId) {
        self.thread = None;
        self.metrics.remove(take);
    }

    /// Stops the thread and forgets all metrics.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Handles a result of the thread.
    pub(super) fn handle(&mut self, event: AnalysisEvent, context: &mut Context) {
        match event {
            AnalysisEvent::Analyzed(metrics) => {
                self.metrics.extend(metrics);
                context.notify(Notification::HistoryAnalyzed);
            }
            AnalysisEvent::Failed(why) => context.problem(why),
        }
    }
}

impl AnalysisThread {
    fn start(work: impl FnOnce(&AtomicBool) + Send + 'static) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("history-metrics".to_owned())
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
            // An error means that the thread panicked, which the panic hook has reported.
            let _ = thread.join();
        }
    }
}

impl AnalysisJob {
    /// Analyzes the takes until all are done or `stop` is set.
    fn run(&self, stop: &AtomicBool, send: &dyn Fn(AnalysisEvent)) -> Result<(), StoreError> {
        let database = self.store.read_only()?;
        let mut analyzer = TakeAnalyzer::new(&self.stories, &self.profile, Arc::clone(&self.model));
        let (mut metrics, mut last_sent) = (MetricsMap::new(), Instant::now());
        for id in &self.takes {
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            match database.take(id) {
                Ok(Some(take)) => {
                    metrics.insert(id.clone(), analyzer.analyze(&take));
                }
                // The take was erased meanwhile.
                Ok(None) => {}
                Err(why @ StoreError::Inconsistent { .. }) => {
                    metrics.insert(id.clone(), None);
                    send(AnalysisEvent::Failed(why));
                }
                Err(why) => return Err(why),
            }
            if last_sent.elapsed() >= SEND_INTERVAL {
                send(AnalysisEvent::Analyzed(std::mem::take(&mut metrics)));
                last_sent = Instant::now();
            }
        }
        if !metrics.is_empty() {
            send(AnalysisEvent::Analyzed(metrics));
        }
        Ok(())
    }
}

/// Analyzes takes and caches the plan of each part, which takes longer to compute than the analysis.
struct TakeAnalyzer<'a> {
    stories: &'a [Arc<Story>],
    profile: &'a Profile,
    model: Arc<dyn SentenceModel>,
    plans: HashMap<(String, Part, Level), Option<PartPlan>>,
}

impl<'a> TakeAnalyzer<'a> {
    fn new(stories: &'a [Arc<Story>], profile: &'a Profile, model: Arc<dyn SentenceModel>) -> Self {
        Self {
            stories,
            profile,
            model,
            plans: HashMap::new(),
        }
    }

    /// The metrics of a take; `None` if it is not transcribed or its story or part is missing.
    fn analyze(&mut self, take: &Take) -> Option<TakeMetrics> {
        let key = (take.story.clone(), take.part, take.level);
        let plan = self.plans.entry(key).or_insert_with(|| {
            let story = self.stories.iter().find(|story| story.id == take.story)?;
            let plan = PartPlan::new(story, take.part, take.level)?;
            Some(plan.with_model(Some(Arc::clone(&self.model))))
        });
        let feedback = plan.as_ref()?.analyze(take, self.profile)?;
        Some(TakeMetrics::from_feedback(&feedback))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::history;
    use crate::app::test_support::{Fixture, take};

    /// Three takes: one can be analyzed, the story of the second is missing, the third is not transcribed.
    struct ThreeTakes {
        fixture: Fixture,
        metrics: HistoryMetrics,
        entries: Vec<HistoryEntry>,
    }

    fn take_id(minute: u8) -> String {
        format!("2026-11-23T18-{minute:02}-00.000-task")
    }

    impl ThreeTakes {
        fn new() -> Self {
            let mut this = Self {
                fixture: Fixture::new(),
                metrics: HistoryMetrics::default(),
                entries: Vec::new(),
            };
            let text = "nobody owned it and there was no ticket so I took it";
            let untranscribed = Take {
                transcription: None,
                ..take(&take_id(2), "webhook-drop", "")
            };
            for take in [
                take(&take_id(0), "webhook-drop", text),
                take(&take_id(1), "gone", text),
                untranscribed,
            ] {
                this.add(&take);
            }
            this
        }

        fn add(&mut self, take: &Take) {
            let Fixture {
                context, records, ..
            } = &mut self.fixture;
            context.store.prepare().expect("room");
            std::fs::write(context.store.wav(&take.id), "sound").expect("room");
            records.save(take, context).expect("room");
            self.entries = history::list(records, context).expect("a list");
        }

        fn analyze(&mut self) {
            let context = &mut self.fixture.context;
            self.metrics
                .analyze(&self.entries, &Profile::default(), context);
        }

        /// Waits for one event, handles it and returns the notifications.
        fn handle_next_event(&mut self) -> Vec<Notification> {
            let event = self.fixture.inbox.recv_timeout(Duration::from_secs(60));
            let event = event.unwrap_or_else(|_| panic!("no event: {}", self.describe()));
            if let Event::HistoryAnalyzed(event) = event {
                self.metrics.handle(event, &mut self.fixture.context);
            }
            self.fixture.context.take_notifications()
        }

        fn analyze_and_wait(&mut self) {
            self.analyze();
            let analyzed = Notification::HistoryAnalyzed;
            while !self.handle_next_event().contains(&analyzed) {}
        }

        fn describe(&self) -> String {
            let entries = self.entries.iter();
            let state = entries.map(|entry| match self.metrics.get(&entry.id) {
                Loaded::Pending => "pending".to_owned(),
                Loaded::Unavailable => "unavailable".to_owned(),
                Loaded::Ready(metrics) => format!("{} phrases", metrics.phrases_said),
            });
            state.collect::<Vec<_>>().join(", ")
        }
    }

    #[test]
    fn takes_are_analyzed_once_and_again_after_they_were_forgotten() {
        let mut takes = ThreeTakes::new();
        assert_eq!(takes.describe(), "pending, pending, pending");
        takes.analyze_and_wait();
        assert_eq!(takes.describe(), "pending, unavailable, 2 phrases");
        // There is nothing left to analyze.
        takes.analyze();
        assert!(takes.metrics.thread.is_none());
        takes.metrics.forget(&TakeId(take_id(0)));
        assert_eq!(takes.describe(), "pending, unavailable, pending");
        takes.analyze_and_wait();
        assert_eq!(takes.describe(), "pending, unavailable, 2 phrases");
    }

    #[test]
    fn missing_database_is_reported() {
        let mut takes = ThreeTakes::new();
        drop(takes.fixture.records.detach());
        for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
            let _ = std::fs::remove_file(takes.fixture.data.path().join(name));
        }
        takes.analyze();
        let is_report = |notification: &Notification| matches!(notification, Notification::Problem(text) if text.contains("journal.db"));
        while !takes.handle_next_event().iter().any(is_report) {}
    }

    #[test]
    fn inconsistent_take_does_not_stop_the_analysis() {
        let mut takes = ThreeTakes::new();
        let mut inconsistent = take(&take_id(3), "webhook-drop", "so it went");
        if let Some(heard) = &mut inconsistent.transcription {
            heard.transcript.words[2].end = 3e13;
        }
        takes.add(&inconsistent);
        takes.analyze();
        let mut problems = Vec::new();
        while takes.describe() != "unavailable, pending, unavailable, 2 phrases" {
            let notifications = takes.handle_next_event().into_iter();
            problems.extend(notifications.filter_map(|notification| match notification {
                Notification::Problem(text) if text.contains(&inconsistent.id.0) => Some(text),
                _ => None,
            }));
        }
        assert_eq!(problems.len(), 1, "{problems:?}");
        let Fixture {
            context, records, ..
        } = &mut takes.fixture;
        let opened = history::take_to_open(&inconsistent.id, records, context);
        assert_eq!(opened.err().as_ref(), problems.first());
    }

    #[test]
    fn stopping_waits_for_one_take_at_most_even_if_the_queue_is_full() {
        let mut takes = ThreeTakes::new();
        let result = || Event::HistoryAnalyzed(AnalysisEvent::Analyzed(MetricsMap::new()));
        while takes.fixture.context.events.try_send(result()) {}
        takes.analyze();
        takes.metrics.thread = None;
        assert!(takes.fixture.inbox.is_full());
    }
}
