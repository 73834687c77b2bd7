//! `starling export`: one take as a file for people or programs, whole or not at all.

use std::path::PathBuf;

use crate::app::export as exporting;
use crate::app::export::{ExportError, ExportFormat};
use crate::storage::Store;
use crate::storage::story_library;

use super::{Failure, open_db, resolve_take};

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
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
    form: ExportFormat,
}

/// Writes it, in place of what was there; but never in place of a take.
pub fn run(arguments: &ExportArgs, store: &Store) -> Result<(), Failure> {
    let journal = open_db(store)?;
    let id = resolve_take(&journal, &arguments.take)?;
    let Target { path, form } = &arguments.to;
    if store.is_among_takes(path) {
        let what = ExportError::InsideDataFolder(path.clone());
        return Err(Failure::Arguments(what.to_string()));
    }
    let bytes = match form {
        ExportFormat::Audio => exporting::read_audio(&id, store),
        form => {
            let take = journal.take(&id).map_err(anyhow::Error::from)?;
            let (stories, _) = story_library::stories(&store.stories());
            exporting::render(&take, *form, &stories, || store.profile(), store)
        }
    };
    let written = bytes.and_then(|bytes| exporting::write(path, &bytes));
    Ok(written.map_err(anyhow::Error::from)?)
}

fn target(text: &str) -> Result<Target, String> {
    let path = PathBuf::from(text);
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.and_then(ExportFormat::from_extension) {
        Some(form) => Ok(Target { path, form }),
        None => Err("its name has to end in .md, .html, .json, .srt or .wav".to_owned()),
    }
}
