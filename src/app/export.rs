//! A take as a file for people or programs, whole or not at all: for the command line and the window.

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::background_task::BackgroundTask;
use super::{Controller, Event, Notification};
use crate::analysis::analyze;
use crate::domain::profile::Profile;
use crate::domain::story::Story;
use crate::domain::take::{Take, TakeId};
use crate::practice::report;
use crate::practice::report::{Report, ReportView};
use crate::storage as store;
use crate::storage::{Store, StoreError};

/// In what form a take is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A page with its sound in it.
    Html,
    /// The same as a text.
    Markdown,
    /// For programs.
    Json,
    /// What was said, and when.
    Subtitles,
    /// The sound alone.
    Sound,
}

impl ExportFormat {
    /// All of them, the one for most people first.
    pub const ALL: [ExportFormat; 5] = [
        ExportFormat::Html,
        ExportFormat::Markdown,
        ExportFormat::Json,
        ExportFormat::Subtitles,
        ExportFormat::Sound,
    ];

    /// How the name of such a file ends.
    pub fn extension(self) -> &'static str {
        match self {
            ExportFormat::Html => "html",
            ExportFormat::Markdown => "md",
            ExportFormat::Json => "json",
            ExportFormat::Subtitles => "srt",
            ExportFormat::Sound => "wav",
        }
    }

    /// The form of a file whose name ends so, in letters of any size.
    pub fn of(extension: &str) -> Option<Self> {
        let ends = |form: &ExportFormat| form.extension().eq_ignore_ascii_case(extension);
        Self::ALL.into_iter().find(ends)
    }

    /// Whether it tells what was heard, which has to be known then.
    pub fn tells_words(self) -> bool {
        self != ExportFormat::Sound
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            ExportFormat::Html => "Page with its sound",
            ExportFormat::Markdown => "Text",
            ExportFormat::Json => "JSON",
            ExportFormat::Subtitles => "Subtitles",
            ExportFormat::Sound => "Sound",
        })
    }
}

/// Why a take cannot be written to a file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What was heard in it is not known.
    #[error("take {0} was not transcribed: `starling analyze --take {0}` does it")]
    Untranscribed(TakeId),
    /// Its sound is not there, or not ours to read.
    #[error("the sound of take {take} cannot be read from {wav}: {why}", wav = wav.display())]
    Sound {
        /// The take.
        take: TakeId,
        /// Its sound.
        wav: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// Its story was taken away.
    #[error("take {take} tells story `{story}`, which is not there any more: put it back into {folder}, or export .srt or .wav", folder = folder.display())]
    NoStory {
        /// The take.
        take: TakeId,
        /// The story's id.
        story: String,
        /// Where stories are.
        folder: PathBuf,
    },
    /// Its story was changed.
    #[error("story `{story}` has no {part} any more")]
    NoPart {
        /// The story's id.
        story: String,
        /// What the take answers.
        part: String,
    },
    /// Nothing but takes is written there.
    #[error("{path} lies among the takes themselves: choose another place", path = .0.display())]
    AmongTakes(PathBuf),
    /// There is no such folder.
    #[error("there is no folder {folder}: choose another one", folder = .0.display())]
    NoFolder(PathBuf),
    /// It cannot be written there. It is no matter of the data folder where this goes.
    #[error("cannot write to {path}: {why}. {}, or choose another place", store::advice(why), path = path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The journal or the profile cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be told as JSON.
    #[error("the take cannot be told as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The sound of a take, as it lies in its file.
pub fn sound(id: &TakeId, store: &Store) -> Result<Vec<u8>, ExportError> {
    let wav = store.wav(id);
    std::fs::read(&wav).map_err(|why| ExportError::Sound {
        take: id.clone(),
        wav,
        why,
    })
}

/// What is known of a take, in a form; its feedback is found anew. `profile` is asked only where bands
/// matter.
pub fn told(
    take: &Take,
    form: ExportFormat,
    stories: &[Arc<Story>],
    profile: impl FnOnce() -> Result<Profile, StoreError>,
    store: &Store,
) -> Result<Vec<u8>, ExportError> {
    if form == ExportFormat::Sound {
        return sound(&take.id, store);
    }
    let Some(heard) = &take.transcription else {
        return Err(ExportError::Untranscribed(take.id.clone()));
    };
    if form == ExportFormat::Subtitles {
        return Ok(report::subtitles(&heard.transcript).into_bytes());
    }
    let story = stories.iter().find(|story| story.id == take.story);
    let story = story.ok_or_else(|| ExportError::NoStory {
        take: take.id.clone(),
        story: take.story.clone(),
        folder: store.stories(),
    })?;
    let feedback = analyze(take, story, &profile()?).ok_or_else(|| ExportError::NoPart {
        story: story.id.clone(),
        part: take.part.to_string(),
    })?;
    let sheet = || ReportView::new(take, story, heard, &feedback);
    Ok(match form {
        ExportFormat::Html => report::html(&sheet(), &sound(&take.id, store)?).into_bytes(),
        ExportFormat::Json => {
            let file = store.wav(&take.id).display().to_string();
            let mut json = serde_json::to_vec(&Report::new(&file, take, heard, &feedback))?;
            json.push(b'\n');
            json
        }
        _ => report::markdown(&sheet()).into_bytes(),
    })
}

/// Writes a file in place of what was there, whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    store::write_whole(path, bytes).map_err(|error| match error {
        StoreError::Write { path, why } => ExportError::Write { path, why },
        error => error.into(),
    })
}

/// Folders that people look into, with what each is called: those of them that this system has.
pub fn usual_folders() -> Vec<(&'static str, PathBuf)> {
    let Some(user) = directories::UserDirs::new() else {
        return Vec::new();
    };
    let folders = [
        ("Documents", user.document_dir()),
        ("Desktop", user.desktop_dir()),
        ("Home", Some(user.home_dir())),
    ];
    let there = folders
        .into_iter()
        .filter_map(|(name, folder)| Some((name, folder.filter(|folder| folder.is_dir())?)));
    there
        .map(|(name, folder)| (name, folder.to_owned()))
        .collect()
}

impl Controller {
    /// Writes a take into a folder, under a name that is free there, on another thread; where it is then,
    /// or why not, is news. Nothing is begun while another is on its way.
    pub fn export(&mut self, id: &TakeId, form: ExportFormat, folder: &Path) {
        if self.export.is_some() {
            return;
        }
        self.keep_unkept();
        // Of a take of which only the sound is known, that can be had.
        let take = match form.tells_words() {
            true => self.opened().and_then(|journal| journal.take(id)).map(Some),
            false => Ok(None),
        };
        let take = match take {
            Ok(take) => take,
            Err(why) => {
                self.news.push(Notification::Exported(Err(why.to_string())));
                return;
            }
        };
        let (store, stories) = (self.store.clone(), self.stories.clone());
        let (profile, outbox) = (self.profile.clone(), self.outbox.clone());
        let (id, folder) = (id.clone(), at_home(folder));
        let errand = BackgroundTask::start("export", move || {
            let bytes = match &take {
                Some(take) => told(take, form, &stories, || Ok(profile), &store),
                None => sound(&id, &store),
            };
            let written = match store.is_among_takes(&folder.join("file")) {
                true => Err(ExportError::AmongTakes(folder)),
                false => bytes.and_then(|bytes| write_anew(&folder, &id, form, &bytes)),
            };
            outbox.send(Event::Exported(written.map_err(|why| why.to_string())));
        });
        match errand {
            Ok(errand) => self.export = Some(errand),
            Err(why) => self.problem(StoreError::ThreadSpawn(why)),
        }
    }

    /// Whether a take is being written to a file.
    pub fn is_exporting(&self) -> bool {
        self.export.is_some()
    }

    pub(super) fn exported(&mut self, written: Result<PathBuf, String>) {
        self.export = None;
        self.news.push(Notification::Exported(written));
    }
}

/// `~` is the user's own folder, as shells have it.
fn at_home(folder: &Path) -> PathBuf {
    let home = directories::UserDirs::new().map(|user| user.home_dir().to_owned());
    match (folder.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => folder.to_owned(),
    }
}

/// Writes a file under the first name that is free: nothing that lies there is lost.
fn write_anew(
    folder: &Path,
    id: &TakeId,
    form: ExportFormat,
    bytes: &[u8],
) -> Result<PathBuf, ExportError> {
    if !folder.is_dir() {
        return Err(ExportError::NoFolder(folder.to_owned()));
    }
    let extension = form.extension();
    let names = (1..).map(|number| match number {
        1 => folder.join(format!("starling-{id}.{extension}")),
        number => folder.join(format!("starling-{id}-{number}.{extension}")),
    });
    for path in names {
        // Nobody else can take the name from here on.
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => {
                return match write(&path, bytes) {
                    Ok(()) => Ok(path),
                    Err(why) => {
                        // An empty file is of no use; where it cannot go, it says nothing wrong.
                        let _ = std::fs::remove_file(&path);
                        Err(why)
                    }
                };
            }
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(ExportError::Write { path, why }),
        }
    }
    Err(ExportError::NoFolder(folder.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_stays_and_the_next_name_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = TakeId("2026-11-23T18-04-09.120-task".to_owned());
        let name = |end: &str| {
            folder
                .path()
                .join(format!("starling-2026-11-23T18-04-09.120-task{end}.srt"))
        };
        for (end, text) in [("", "one"), ("-2", "two"), ("-3", "three")] {
            let written = write_anew(folder.path(), &id, ExportFormat::Subtitles, text.as_bytes());
            assert_eq!(written.expect("room"), name(end));
        }
        assert_eq!(std::fs::read(name("")).expect("there"), b"one");
        assert_eq!(std::fs::read(name("-3")).expect("there"), b"three");
        let nowhere = folder.path().join("nowhere");
        let said = write_anew(&nowhere, &id, ExportFormat::Subtitles, b"four");
        let said = said.expect_err("no folder").to_string();
        assert!(said.contains("there is no folder"), "{said}");
    }

    #[test]
    fn a_form_is_known_by_the_end_of_a_name() {
        for form in ExportFormat::ALL {
            let shouted = form.extension().to_uppercase();
            assert_eq!(ExportFormat::of(&shouted), Some(form));
        }
        assert_eq!(ExportFormat::of("pdf"), None);
    }
}
