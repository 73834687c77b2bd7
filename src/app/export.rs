//! Exports a take to a file for people or other programs. A file is written completely or not at all.

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::language_model::LanguageModel;
use crate::analysis::analyze_with_model;
use crate::domain::profile::Profile;
use crate::domain::story::Story;
use crate::domain::take::{Take, TakeId};
use crate::practice::report::{self, Report, ReportView};
use crate::storage::{self, Store, StoreError, clock};

/// The format of an exported take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A web page that includes the audio.
    Html,
    /// The same report as Markdown text.
    Markdown,
    /// The report for programs.
    Json,
    /// The transcript as SubRip subtitles.
    Subtitles,
    /// The WAV file.
    Audio,
}

impl ExportFormat {
    /// All formats, the most useful first.
    pub const ALL: [ExportFormat; 5] = [
        ExportFormat::Html,
        ExportFormat::Markdown,
        ExportFormat::Json,
        ExportFormat::Subtitles,
        ExportFormat::Audio,
    ];

    /// The file name extension.
    pub fn extension(self) -> &'static str {
        match self {
            ExportFormat::Html => "html",
            ExportFormat::Markdown => "md",
            ExportFormat::Json => "json",
            ExportFormat::Subtitles => "srt",
            ExportFormat::Audio => "wav",
        }
    }

    /// The format with this file name extension, in upper or lower case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        let matches = |format: &ExportFormat| format.extension().eq_ignore_ascii_case(extension);
        Self::ALL.into_iter().find(matches)
    }

    /// Whether the take must be transcribed.
    pub fn needs_transcript(self) -> bool {
        self != ExportFormat::Audio
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            ExportFormat::Html => "Web page with audio",
            ExportFormat::Markdown => "Markdown",
            ExportFormat::Json => "JSON",
            ExportFormat::Subtitles => "Subtitles",
            ExportFormat::Audio => "Audio",
        })
    }
}

/// Why a take cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The take is not transcribed.
    #[error("take {0} is not transcribed yet: run `starling analyze --take {0}` first")]
    Untranscribed(TakeId),
    /// The audio file is missing or not readable.
    #[error("cannot read the audio of take {take} from {wav}: {why}", wav = wav.display())]
    ReadAudio {
        /// The take.
        take: TakeId,
        /// Its audio file.
        wav: PathBuf,
        /// The system's error.
        why: io::Error,
    },
    /// The story of the take was removed.
    #[error("story `{story}` of take {take} is missing: restore it to {folder}, or export .srt or .wav", folder = folder.display())]
    StoryMissing {
        /// The take.
        take: TakeId,
        /// The id of the story.
        story: String,
        /// The folder of the user's stories.
        folder: PathBuf,
    },
    /// The story of the take was edited.
    #[error("story `{story}` no longer has {part}")]
    PartMissing {
        /// The id of the story.
        story: String,
        /// The part that the take answers.
        part: String,
    },
    /// The target is inside the folder of the takes.
    #[error("{path} is inside the folder of the takes: choose another folder", path = .0.display())]
    InsideDataFolder(PathBuf),
    /// The target folder does not exist.
    #[error("folder {folder} does not exist: choose another one", folder = .0.display())]
    FolderMissing(PathBuf),
    /// The target cannot be written.
    // The advice does not mention --data, because the target is not in the data folder.
    #[error("cannot write to {path}: {why}. {}, or choose another place", storage::advice(why), path = path.display())]
    Write {
        /// The target.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
    /// The take database or the profile cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The report cannot be serialized.
    #[error("cannot write the take as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The bytes of a take's audio file.
pub fn read_audio(id: &TakeId, store: &Store) -> Result<Vec<u8>, ExportError> {
    let wav = store.wav(id);
    std::fs::read(&wav).map_err(|why| ExportError::ReadAudio {
        take: id.clone(),
        wav,
        why,
    })
}

/// The bytes of a take in a format. Feedback is computed from the stored transcript; only then is `profile`
/// called.
pub fn render(
    take: &Take,
    format: ExportFormat,
    stories: &[Arc<Story>],
    profile: impl FnOnce() -> Result<Profile, StoreError>,
    store: &Store,
) -> Result<Vec<u8>, ExportError> {
    if format == ExportFormat::Audio {
        return read_audio(&take.id, store);
    }
    let Some(transcription) = &take.transcription else {
        return Err(ExportError::Untranscribed(take.id.clone()));
    };
    if format == ExportFormat::Subtitles {
        return Ok(report::subtitles(&transcription.transcript).into_bytes());
    }
    let story = stories.iter().find(|story| story.id == take.story);
    let story = story.ok_or_else(|| ExportError::StoryMissing {
        take: take.id.clone(),
        story: take.story.clone(),
        folder: store.stories(),
    })?;
    let model = LanguageModel::shared(vec![store.models()]);
    let feedback = analyze_with_model(take, story, &profile()?, Some(model));
    let feedback = feedback.ok_or_else(|| ExportError::PartMissing {
        story: story.id.clone(),
        part: take.part.to_string(),
    })?;
    let view = || ReportView::new(take, story, transcription, &feedback, &clock::zone());
    Ok(match format {
        ExportFormat::Html => report::html(&view(), &read_audio(&take.id, store)?).into_bytes(),
        ExportFormat::Json => {
            let file = store.wav(&take.id).display().to_string();
            let report = Report::new(&file, story, take, transcription, &feedback);
            let mut json = serde_json::to_vec(&report)?;
            json.push(b'\n');
            json
        }
        _ => report::markdown(&view()).into_bytes(),
    })
}

/// Writes a file completely or not at all. Replaces an existing file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    storage::write_whole(path, bytes).map_err(|error| match error {
        StoreError::Write { path, why } => ExportError::Write { path, why },
        error => error.into(),
    })
}

/// The names and paths of the usual target folders that exist on this computer.
pub fn usual_folders() -> Vec<(&'static str, PathBuf)> {
    let Some(user) = directories::UserDirs::new() else {
        return Vec::new();
    };
    let folders = [
        ("Documents", user.document_dir()),
        ("Desktop", user.desktop_dir()),
        ("Home", Some(user.home_dir())),
    ];
    let existing = folders
        .into_iter()
        .filter_map(|(name, folder)| Some((name, folder.filter(|folder| folder.is_dir())?)));
    existing
        .map(|(name, folder)| (name, folder.to_owned()))
        .collect()
}

/// Writes a take to a new file in a folder outside the takes, and returns its path.
pub(super) fn write_to_folder(
    folder: &Path,
    id: &TakeId,
    format: ExportFormat,
    store: &Store,
    render: impl FnOnce() -> Result<Vec<u8>, ExportError>,
) -> Result<PathBuf, ExportError> {
    let folder = storage::expand_home(folder);
    if store.is_among_takes(&folder.join("file")) {
        return Err(ExportError::InsideDataFolder(folder));
    }
    write_new_file(&folder, id, format, &render()?)
}

/// Writes a file under the first free name, so that no existing file is lost.
fn write_new_file(
    folder: &Path,
    id: &TakeId,
    format: ExportFormat,
    bytes: &[u8],
) -> Result<PathBuf, ExportError> {
    if !folder.is_dir() {
        return Err(ExportError::FolderMissing(folder.to_owned()));
    }
    let extension = format.extension();
    let names = (1..).map(|number| match number {
        1 => folder.join(format!("starling-{id}.{extension}")),
        number => folder.join(format!("starling-{id}-{number}.{extension}")),
    });
    for path in names {
        // Creating the file reserves the name against other programs.
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => {
                return match write(&path, bytes) {
                    Ok(()) => Ok(path),
                    Err(why) => {
                        // Best effort: an empty file that remains does no harm.
                        let _ = std::fs::remove_file(&path);
                        Err(why)
                    }
                };
            }
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(ExportError::Write { path, why }),
        }
    }
    Err(ExportError::FolderMissing(folder.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_file_is_kept_and_next_free_name_is_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = TakeId("2026-11-23T18-04-09.120-task".to_owned());
        let name = |suffix: &str| {
            folder
                .path()
                .join(format!("starling-2026-11-23T18-04-09.120-task{suffix}.srt"))
        };
        let format = ExportFormat::Subtitles;
        for (suffix, text) in [("", "one"), ("-2", "two"), ("-3", "three")] {
            let written = write_new_file(folder.path(), &id, format, text.as_bytes());
            assert_eq!(written.expect("room"), name(suffix));
        }
        assert_eq!(std::fs::read(name("")).expect("there"), b"one");
        assert_eq!(std::fs::read(name("-3")).expect("there"), b"three");
        let missing = folder.path().join("missing");
        let error = write_new_file(&missing, &id, format, b"four").expect_err("no folder");
        assert!(matches!(error, ExportError::FolderMissing(_)), "{error}");
    }

    #[test]
    fn format_is_recognized_by_file_name_extension() {
        for format in ExportFormat::ALL {
            let upper_case = format.extension().to_uppercase();
            assert_eq!(ExportFormat::from_extension(&upper_case), Some(format));
        }
        assert_eq!(ExportFormat::from_extension("pdf"), None);
    }
}
