//! Room for what is spoken: whether there is any before a take begins, and what is known of takes and
//! quizzes while the disk is too full to write it down.

use super::{News, Runtime};
use crate::coach::quiz::Chosen;
use crate::coach::take::{Take, TakeId};
use crate::coach::time::{Secs, clock};
use crate::store::StoreError;

/// What the file of a take grows by: 16 kHz, 16 bits.
const BYTES_A_SECOND: f64 = 32_000.0;
/// Below this nothing is begun: room for ten seconds of sound, and for the words of a long answer.
const LEAST_BYTES: u64 = 1 << 20;
/// Answers that take twice as long as planned are usual; where there is less room, it is told.
const TARGETS: f64 = 2.0;

/// Takes of which more is known than the journal says, since there was no room to write it.
#[derive(Default)]
pub(super) struct Unkept {
    takes: Vec<Take>,
    /// Answers to quizzes, likewise.
    pub(super) chosen: Vec<Chosen>,
    /// Why is told once, until it goes well again.
    told: bool,
}

impl Runtime {
    /// Whether there is room to begin a take; where it may run out, says so.
    pub(super) fn look_for_room(&mut self) -> Result<(), String> {
        // What cannot be asked may well have room.
        let Ok(bytes) = self.store.room() else {
            return Ok(());
        };
        let folder = self.store.folder().display().to_string();
        if bytes < LEAST_BYTES {
            return Err(format!(
                "the disk is full: make room for {folder}, or name another folder with --data"
            ));
        }
        let brief = self.session.as_ref().and_then(|s| s.brief(s.current()));
        let target = brief.map_or(0.0, |brief| brief.target);
        let seconds: Secs = (bytes - LEAST_BYTES) as f64 / BYTES_A_SECOND;
        if seconds < TARGETS * target {
            let left = clock(seconds);
            self.news.push(News::Problem(format!(
                "{folder} has room for {left} of speech only: make room there, or a longer take ends early"
            )));
        }
        Ok(())
    }

    /// Writes down what is known of a take, now or as soon as there is room.
    pub(super) fn keep(&mut self, take: Take) {
        self.unkept.takes.retain(|known| known.id != take.id);
        self.unkept.takes.push(take);
        self.keep_unkept();
    }

    /// Writes down what had to wait.
    pub(super) fn keep_unkept(&mut self) {
        while let Some(take) = self.unkept.takes.first().cloned() {
            match self.opened().and_then(|journal| journal.keep(&take)) {
                Ok(()) => self.unkept.told = false,
                // It was erased: nothing will ever be written of it.
                Err(gone @ StoreError::NoSound(_)) => self.problem(gone),
                Err(error) => {
                    if !std::mem::replace(&mut self.unkept.told, true) {
                        self.problem(error);
                    }
                    return;
                }
            }
            self.unkept.takes.remove(0);
        }
        while let Some(chosen) = self.unkept.chosen.first().cloned() {
            match self
                .opened()
                .and_then(|journal| journal.keep_chosen(&chosen))
            {
                Ok(()) => self.unkept.told = false,
                Err(error) => {
                    if !std::mem::replace(&mut self.unkept.told, true) {
                        self.problem(error);
                    }
                    return;
                }
            }
            self.unkept.chosen.remove(0);
        }
    }

    /// Nothing more is to be written of a take.
    pub(super) fn forget_unkept(&mut self, id: &TakeId) {
        self.unkept.takes.retain(|take| take.id != *id);
    }

    /// The user knows that the disk is full: the journal need not say it again.
    pub(super) fn told_of_full_disk(&mut self) {
        self.unkept.told = true;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::runtime::{Config, News, Runtime};
    use crate::store::Theme;

    #[test]
    fn what_is_set_leaves_what_was_written_into_the_file_meanwhile() {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            model: Some("no-such".to_owned()),
            ..Config::default()
        };
        let mut runtime = Runtime::start(config, || {}).expect("a data folder");
        let file = data.path().join("settings.toml");
        fs::write(&file, "microphone = \"Headset\"\n").expect("room");
        runtime.change_settings(|settings| settings.theme = Theme::Dark);
        let kept = runtime.store().settings().expect("whole");
        assert_eq!(kept.microphone.as_deref(), Some("Headset"));
        assert_eq!(kept.theme, Theme::Dark);
        // What is broken there is not ours to overwrite; it is told once.
        let broken = "theme = \"pink\"\n";
        fs::write(&file, broken).expect("room");
        runtime.take_news();
        for theme in [Theme::Light, Theme::System] {
            runtime.change_settings(|settings| settings.theme = theme);
            assert_eq!(fs::read_to_string(&file).expect("there"), broken);
        }
        let told = runtime.take_news().into_iter();
        let told =
            told.filter(|news| matches!(news, News::Problem(what) if what.contains("line 1")));
        assert_eq!(told.count(), 1);
    }
}
