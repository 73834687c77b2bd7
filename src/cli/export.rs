//! `starling export`: one take as a file for people or programs, whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use crate::coach::analysis;
use crate::coach::report::{self, Report, Sheet};
use crate::coach::take::{Take, TakeId};
use crate::content;
use crate::store::{self, Journal, Store, StoreError};

use super::{Failure, opened, the_take};

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The take: its name, the beginning of it, or `last`.
    #[arg(value_name = "TAKE")]
    take: String,
    /// The file; its name ends in .md, .html, .json, .srt or .wav.
    #[arg(long, value_name = "FILE", value_parser = target)]
    to: Target,
}

/// A file and its form.
#[derive(Debug, Clone)]
struct Target {
    path: PathBuf,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Markdown,
    Html,
    Json,
    Subtitles,
    Sound,
}

/// Writes it, in place of what was there; but never in place of a take.
pub fn run(arguments: &Arguments, store: &Store) -> Result<(), Failure> {
    let journal = opened(store)?;
    let id = the_take(&journal, &arguments.take)?;
    let Target { path, form } = &arguments.to;
    if store.is_among_takes(path) {
        let path = path.display();
        let what = format!("{path} lies among the takes themselves: choose another place");
        return Err(Failure::Arguments(what));
    }
    let bytes = match form {
        Form::Sound => sound(&id, store)?,
        form => told(&id, *form, &journal, store)?,
    };
    Ok(store::write_whole(path, &bytes).map_err(elsewhere)?)
}

/// It is no matter of the data folder where this goes.
fn elsewhere(error: StoreError) -> anyhow::Error {
    match error {
        StoreError::Write { path, why } => anyhow!(
            "cannot write to {}: {why}. {}, or choose another place",
            path.display(),
            store::remedy(&why)
        ),
        error => error.into(),
    }
}

fn target(text: &str) -> Result<Target, String> {
    let path = PathBuf::from(text);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let form = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("md") => Form::Markdown,
        Some("html") => Form::Html,
        Some("json") => Form::Json,
        Some("srt") => Form::Subtitles,
        Some("wav") => Form::Sound,
        _ => return Err("its name has to end in .md, .html, .json, .srt or .wav".to_owned()),
    };
    Ok(Target { path, form })
}

fn sound(id: &TakeId, store: &Store) -> anyhow::Result<Vec<u8>> {
    let wav = store.wav(id);
    let gone = || {
        format!(
            "the sound of take {id} cannot be read from {}",
            wav.display()
        )
    };
    fs::read(&wav).with_context(gone)
}

fn told(id: &TakeId, form: Form, journal: &Journal, store: &Store) -> anyhow::Result<Vec<u8>> {
    let take = journal.take(id)?;
    let Some(heard) = &take.heard else {
        return Err(anyhow!(
            "take {id} was not transcribed: `starling analyze --take {id}` does it"
        ));
    };
    if form == Form::Subtitles {
        return Ok(report::subtitles(&heard.transcript).into_bytes());
    }
    let story = story_of(&take, store)?;
    let profile = store.profile()?;
    let feedback = analysis::analyze(&take, &story, &profile)
        .ok_or_else(|| anyhow!("story `{}` has no {} any more", story.id, take.part))?;
    let sheet = || Sheet::new(&take, &story, heard, &feedback);
    Ok(match form {
        Form::Html => report::html(&sheet(), &sound(id, store)?).into_bytes(),
        Form::Json => {
            let file = store.wav(id).display().to_string();
            let mut json = serde_json::to_vec(&Report::new(&file, &take, heard, &feedback))?;
            json.push(b'\n');
            json
        }
        _ => report::markdown(&sheet()).into_bytes(),
    })
}

fn story_of(
    take: &Take,
    store: &Store,
) -> anyhow::Result<std::sync::Arc<crate::coach::story::Story>> {
    let (stories, _) = content::stories(&store.stories());
    let found = stories.into_iter().find(|story| story.id == take.story);
    found.with_context(|| {
        format!(
            "take {} tells story `{}`, which is not there any more: put it back into {}, or export .srt or .wav",
            take.id,
            take.story,
            Path::display(&store.stories())
        )
    })
}
