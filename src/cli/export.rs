//! `starling export`: writes one take to a file, completely or not at all.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};

use crate::app::export;
use crate::app::export::{ExportError, ExportFormat};
use crate::storage::story_library;
use crate::storage::{self, Store};

use super::failure::Failure;
use super::lookup::{open_db, resolve_take};

/// What to export, and where.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// Name of the take, an unambiguous prefix of it, or `last`.
    #[arg(value_name = "TAKE")]
    take: String,
    /// File to write; its extension chooses the format: .md, .html, .json, .srt or .wav.
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().try_map(parse_target))]
    to: Target,
}

#[derive(Debug, Clone)]
struct Target {
    path: PathBuf,
    format: ExportFormat,
}

/// Exports a take. An existing file is overwritten, but never a file in the takes folder.
pub fn run(args: &ExportArgs, store: &Store) -> Result<(), Failure> {
    let db = open_db(store)?;
    let id = resolve_take(&db, &args.take)?;
    let Target { path, format } = &args.to;
    if store.is_among_takes(path) {
        let error = ExportError::InsideDataFolder(path.clone());
        return Err(Failure::Arguments(error.to_string()));
    }
    let bytes = match format {
        ExportFormat::Audio => export::read_audio(&id, store),
        format => {
            let take = db.take(&id).map_err(anyhow::Error::from)?;
            let (stories, _) = story_library::stories(&store.stories());
            export::render(&take, *format, &stories, || store.profile(), store)
        }
    };
    let written = bytes.and_then(|bytes| export::write(path, &bytes));
    Ok(written.map_err(anyhow::Error::from)?)
}

fn parse_target(path: PathBuf) -> Result<Target, String> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.and_then(ExportFormat::from_extension) {
        Some(format) => Ok(Target {
            path: storage::expand_home(&path),
            format,
        }),
        None => Err("the extension must be .md, .html, .json, .srt or .wav".to_owned()),
    }
}
