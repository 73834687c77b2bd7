//! A take as the history lists it, and the filter of that list.

use jiff::civil::Date;

use super::context::Context;
use crate::audio;
use crate::domain::story::Part;
use crate::domain::take::{TakeId, describe_start};
use crate::domain::text_folding::folded;
use crate::domain::time::Secs;
use crate::practice::progress::day;
use crate::storage::{Store, TakeStatus, TakeSummary, clock};

/// A take in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// Its id, which is also the name of its files.
    pub id: TakeId,
    /// When it started, for this viewer, `2026-11-23 18:04`; the id if that is unknown.
    pub began: String,
    /// The day of practice that it counts for; `None` if that is unknown, or in the future.
    pub day: Option<Date>,
    /// The id of its story; `None` if only the audio exists.
    pub story: Option<String>,
    /// The title of its story; the id if the story is missing.
    pub title: String,
    /// The part it answers; `None` if only the audio exists.
    pub part: Option<Part>,
    /// Its length; `None` if its audio file is unusable.
    pub seconds: Option<Secs>,
    /// The number of recognized words; `None` if it is not transcribed.
    pub words: Option<u32>,
    /// How far its processing came.
    pub state: TakeStatus,
}

impl HistoryEntry {
    /// The entry of a take in the database. Repairs the header of an interrupted recording to learn its
    /// length.
    pub(super) fn from_summary(summary: TakeSummary, context: &Context) -> Self {
        let state = summary.status();
        let story = summary.story.as_deref();
        let known = story.and_then(|id| context.story(id));
        let title = known.map(|story| story.title.clone());
        let length = || repaired_length(&context.store, &summary.id);
        Self {
            began: describe_start(summary.started.as_ref(), &summary.id, &clock::zone()),
            day: match &summary.started {
                Some(started) => started.practice_day(&clock::now()),
                None => day(&summary.id),
            },
            title: title.unwrap_or_else(|| story.unwrap_or("unknown story").to_owned()),
            part: summary.part,
            seconds: summary.seconds.or_else(length),
            words: summary.words,
            state,
            story: summary.story.clone(),
            id: summary.id,
        }
    }
}

/// The length of an interrupted take, whose WAV header is repaired; `None` while it is being recorded, or
/// if its file is missing or was not written by Starling.
pub fn repaired_length(store: &Store, id: &TakeId) -> Option<Secs> {
    audio::repair_take(&store.wav(id)).ok().flatten()
}

/// Selects takes of the history; all of them by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Words that must occur in the date, title, section or state, in any order.
    pub text: String,
    /// Only takes of the story with this id.
    pub story: Option<String>,
    /// Only takes of this part.
    pub part: Option<Part>,
}

impl HistoryFilter {
    /// Whether the filter selects this take.
    pub fn matches(&self, entry: &HistoryEntry) -> bool {
        let part = entry.part.map_or(String::new(), |part| part.to_string());
        let text = folded(&format!(
            "{} {} {part} {}",
            entry.began, entry.title, entry.state
        ));
        let story = self.story.as_ref();
        story.is_none_or(|story| entry.story.as_ref() == Some(story))
            && self.part.is_none_or(|part| entry.part == Some(part))
            && folded(&self.text)
                .split_whitespace()
                .all(|word| text.contains(word))
    }
}

/// The position of a take among those of the same part of the same story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakePosition {
    /// Its number, counted from the oldest, starting at 1.
    pub number: usize,
    /// The latest earlier take with recognized words, and its number.
    pub previous: Option<(TakeId, usize)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_matches_words_in_any_order_and_ignores_case() {
        let entry = HistoryEntry {
            id: TakeId("2026-11-23T18-04-09.120-task".to_owned()),
            began: "2026-11-23 18:04".to_owned(),
            day: None,
            story: Some("webhook-drop".to_owned()),
            title: "The webhook nobody owned".to_owned(),
            part: "task".parse().ok(),
            seconds: None,
            words: None,
            state: TakeStatus::Interrupted,
        };
        let matches = |text: &str, story: Option<&str>, part: Option<&str>| {
            let filter = HistoryFilter {
                text: text.to_owned(),
                story: story.map(str::to_owned),
                part: part.and_then(|part| part.parse().ok()),
            };
            filter.matches(&entry)
        };
        assert!(HistoryFilter::default().matches(&entry));
        assert!(matches("NOBODY 11-23  task", None, None));
        assert!(matches("nóbody ｗｅｂｈｏｏｋ 11\u{2011}23", None, None));
        assert!(matches("interrupted", Some("webhook-drop"), Some("task")));
        assert!(!matches("nobody result", None, None));
        assert!(!matches("", Some("wrong-call"), None));
        assert!(!matches("", None, Some("result")));
    }
}
