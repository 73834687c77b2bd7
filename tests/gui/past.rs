//! Takes of the past, for a data folder that is not empty.

use starling::domain::story::{Part, SectionKind};
use starling::domain::take::{Audio, Take, TakeId};
use starling::domain::time::Span;
use starling::domain::voice::Voice;

use crate::common::builders::{TakeBuilder, webhook_story, words_from};
use crate::harness::Setup;
use crate::history_fixture::write_history;

/// The default setup with `count` transcribed takes of all sections, four a day, the last today.
pub fn with_takes(count: usize) -> Setup {
    Setup::new().prepare(|store| {
        write_history(store, &webhook_story(), count, 4);
    })
}

/// A take without a transcript. `time` is as in its name: `2026-11-23T08-00-00.000`.
pub fn untranscribed(time: &str, story: &str, part: Part) -> Take {
    Take {
        audio: Audio::default(),
        ..TakeBuilder::new(&TakeId::new(time, part).0)
            .story(story, part)
            .build()
    }
}

/// A take of a section, recorded on 2026-11-23 at 18:`minute`, that says `text` at 150 words a minute.
pub fn transcribed(minute: usize, section: SectionKind, text: &str) -> Take {
    let words = words_from(0.0, 0.4, 0.35, text);
    let end = words.last().map_or(0.0, |word| word.end);
    let time = format!("2026-11-23T18-{minute:02}-00.000");
    let voice = Voice {
        speech: vec![Span::new(0.0, end)],
        speech_dbfs: Some(-22.0),
        ..Voice::default()
    };
    TakeBuilder::new(&TakeId::new(&time, Part::Section(section)).0)
        .section(section)
        .seconds(end + 0.5)
        .words(words)
        .voice(voice)
        .build()
}
