//! A machine that is suspended while somebody speaks. Its clocks stand still, but for one; what was said
//! before is a take, and what is said after it wakes, to somebody else perhaps, is not.

use std::time::Duration;

use super::Controller;
use crate::domain::time::clock;
use crate::practice::session::{SessionEvent, Stage};

/// Clocks are read one after the other.
const LEAST: Duration = Duration::from_secs(1);

/// Sees how long the machine sleeps.
pub(super) struct SuspendDetector {
    /// Since it was started.
    asleep: Duration,
    /// What tells that.
    clock: fn() -> Duration,
}

impl SuspendDetector {
    /// From now on.
    pub(super) fn now() -> Self {
        Self {
            asleep: asleep(),
            clock: asleep,
        }
    }

    /// How long it slept since this was asked last, if it did.
    pub(super) fn take_suspended(&mut self) -> Option<Duration> {
        self.slept_until((self.clock)())
    }

    fn slept_until(&mut self, asleep: Duration) -> Option<Duration> {
        let slept = asleep
            .checked_sub(self.asleep)
            .filter(|slept| *slept >= LEAST)?;
        self.asleep = asleep;
        Some(slept)
    }
}

/// How long the machine was suspended since it was started. Only Linux tells.
fn asleep() -> Duration {
    #[cfg(target_os = "linux")]
    {
        use rustix::time::{ClockId, clock_gettime};
        let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
        let running = read(ClockId::Monotonic);
        read(ClockId::Boottime).saturating_sub(running)
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}

impl Controller {
    /// The machine slept for so long: an answer ends where it fell asleep, a count-in begins anew.
    pub(super) fn on_resume(&mut self, slept: Duration) {
        let slept = clock(slept.as_secs_f64());
        match self.session().map(|session| session.stage()) {
            Some(Stage::CountIn { .. }) => {
                self.handle(SessionEvent::Cancel);
                self.problem(format!(
                    "the computer slept for {slept} before you could begin: start again"
                ));
            }
            Some(Stage::Answering { .. }) => {
                self.handle(SessionEvent::Stop);
                self.problem(format!(
                    "the computer slept for {slept} while you spoke: the take ends there, and what was said before is kept"
                ));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Instant;

    use super::*;
    use crate::app::{Config, Notification};
    use crate::audio::{AudioSource, FilePacing};
    use crate::domain::story::{Part, SectionKind};

    #[test]
    fn sleep_is_told_once_and_clocks_that_are_read_late_are_none() {
        let seconds = Duration::from_secs_f64;
        let mut awake = SuspendDetector {
            asleep: seconds(100.0),
            clock: asleep,
        };
        assert_eq!(awake.slept_until(seconds(100.4)), None);
        assert_eq!(awake.slept_until(seconds(99.0)), None);
        assert_eq!(awake.slept_until(seconds(130.0)), Some(seconds(30.0)));
        assert_eq!(awake.slept_until(seconds(130.2)), None);
        assert_eq!(SuspendDetector::now().take_suspended(), None);
    }

    /// Begins to tell a task, and waits until so much of it is spoken; a count-in, where that is nothing.
    fn speaking(data: &Path, seconds: f64) -> Controller {
        let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio/strong_task_joe.flac");
        let config = Config {
            data: Some(data.to_owned()),
            source: Some(AudioSource::File(clip, FilePacing::RealTime)),
            model: Some("no-such".to_owned()),
            ..Config::default()
        };
        let mut runtime = Controller::start(config, || {}).expect("a data folder");
        let story = runtime.stories()[0].clone();
        let level = story.level;
        runtime.start_practice(story, vec![Part::Section(SectionKind::Task)], level);
        runtime.start_take();
        let end = Instant::now() + Duration::from_secs(60);
        let spoken = |runtime: &Controller| match runtime.session().map(|s| s.stage()) {
            Some(Stage::Answering { elapsed, .. }) => *elapsed,
            _ => 0.0,
        };
        while spoken(&runtime) < seconds {
            assert!(Instant::now() < end, "nobody speaks");
            runtime.wait(Duration::from_millis(20));
        }
        runtime.take_notifications();
        runtime
    }

    fn problems(runtime: &mut Controller) -> Vec<String> {
        let news = runtime.take_notifications().into_iter();
        news.filter_map(|news| match news {
            Notification::Problem(what) => Some(what),
            _ => None,
        })
        .collect()
    }

    #[test]
    fn an_answer_ends_where_the_machine_fell_asleep() {
        let data = tempfile::tempdir().expect("a folder");
        let mut runtime = speaking(data.path(), 1.5);
        runtime.on_resume(Duration::from_secs(754));
        let told = problems(&mut runtime);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("slept for 12:34 while you spoke"),
            "{told:?}"
        );
        assert!(!runtime.is_listening());
        let end = Instant::now() + Duration::from_secs(60);
        while !runtime.finishing.is_empty() {
            assert!(Instant::now() < end, "the take was not completed");
            runtime.wait(Duration::from_millis(20));
        }
        let past = runtime.history().expect("a list");
        let seconds = past[0].seconds.expect("its length");
        assert!((1.4..6.0).contains(&seconds), "{seconds}");
    }

    #[test]
    fn what_the_machine_slept_between_two_answers_ends_none() {
        let data = tempfile::tempdir().expect("a folder");
        let mut runtime = speaking(data.path(), 0.0);
        runtime.handle(SessionEvent::Cancel);
        // Nobody looks meanwhile, as in the terminal, which waits for a key.
        runtime.awake = SuspendDetector {
            asleep: Duration::ZERO,
            clock: || Duration::from_secs(754),
        };
        runtime.start_take();
        runtime.poll();
        let told = problems(&mut runtime);
        assert!(!told.iter().any(|what| what.contains("slept")), "{told:?}");
        let stage = runtime.session().map(|session| session.stage());
        assert!(matches!(stage, Some(Stage::CountIn { .. })), "{stage:?}");
    }

    #[test]
    fn a_count_in_that_the_machine_slept_through_begins_nothing() {
        let data = tempfile::tempdir().expect("a folder");
        let mut runtime = speaking(data.path(), 0.0);
        runtime.on_resume(Duration::from_secs(5));
        let told = problems(&mut runtime);
        assert_eq!(told.len(), 1, "{told:?}");
        let stage = runtime.session().map(|session| session.stage());
        assert_eq!(stage, Some(&Stage::Ready));
        assert!(!runtime.is_listening());
        assert_eq!(runtime.history().expect("a list"), []);
    }
}
