//! Finds models and verifies their files. Does not know how they are used.

mod embedded;
mod ggml;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::domain::model_source::ModelSource;
use embedded::embedded;

pub use embedded::embed;

/// The default speech model.
pub const DEFAULT: &str = "tiny.en-q8_0";
const VAD: &str = "silero-v6.2.0";
/// The language model that finds planned phrases in other words.
const LANGUAGE_MODEL: &str = "all-minilm-l6-v2-int8";
/// First bytes of a ggml file.
const GGML_MAGIC: [u8; 4] = *b"lmgg";

/// The models that speech recognition needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// The Whisper model.
    pub whisper: ModelSource,
    /// The voice activity detector.
    pub vad: ModelSource,
}

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no such file.
    #[error(
        "speech model {file} is missing: copy it to {folder}, or choose another with --model",
        folder = folder.display()
    )]
    Missing {
        /// Its file name.
        file: String,
        /// The first folder that was searched.
        folder: PathBuf,
    },
    /// The file is incomplete.
    #[error("speech model {path} is truncated: copy it again", path = .0.display())]
    Truncated(PathBuf),
    /// It has the name of a published model, but different content.
    #[error(
        "speech model {path} differs from the published file of that name: copy it again, or rename it",
        path = .0.display()
    )]
    Wrong(PathBuf),
    /// It is not a speech model.
    #[error(
        "{path} is not a speech model: use a ggml Whisper file, such as ggml-base.en.bin",
        path = .0.display()
    )]
    Foreign(PathBuf),
    /// The file cannot be read.
    #[error("cannot read speech model {path}: {why}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
}

#[derive(Deserialize)]
struct Manifest {
    model: Vec<ManifestEntry>,
}

/// A published model.
#[derive(Debug, Deserialize)]
struct ManifestEntry {
    name: String,
    kind: String,
    file: String,
    bytes: u64,
    sha256: String,
}

/// Finds the model called `name_or_path` (a name such as `tiny.en-q8_0`, or a path) and the voice activity
/// detector, in the program, in `folders` and near the executable. Does not read their contents: see [`check`].
pub fn find(name_or_path: Option<&Path>, folders: &[PathBuf]) -> Result<ModelFiles, ModelError> {
    let path = name_or_path.unwrap_or(Path::new(DEFAULT));
    let is_name = |text: &&str| !path.is_file() && !text.contains(['/', '\\']);
    let whisper = match path.to_str().filter(is_name) {
        Some(name) => find_model(&file_name(name), folders)?,
        None if path.is_file() => ModelSource::File(path.to_owned()),
        None => return Err(missing(&path.display().to_string(), folders)),
    };
    Ok(ModelFiles {
        whisper,
        vad: find_model(&file_name(VAD), folders)?,
    })
}

/// The names of the Whisper models in the program, in `folders` and near the executable, sorted and without
/// duplicates.
/// Judged by file name only; [`check`] verifies a file.
pub fn names(folders: &[PathBuf]) -> Vec<String> {
    let manifest = manifest();
    let mut all_folders = folders.to_vec();
    all_folders.extend(folders_near_executable());
    let files = all_folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten())
        .filter_map(|entry| entry.file_name().into_string().ok());
    let built_in = embedded().iter().map(|model| model.file.to_owned());
    let mut names: Vec<String> = files
        .chain(built_in)
        .filter_map(
            |file| match manifest.iter().find(|entry| entry.file == file) {
                Some(entry) => (entry.kind == "whisper").then(|| entry.name.clone()),
                None => Some(file.strip_prefix("ggml-")?.strip_suffix(".bin")?.to_owned()),
            },
        )
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Verifies both models. A part of the program needs no check. A file of a published model is verified by
/// checksum, which takes some tenths of a second, any other one by walking through its structure.
pub fn check(found: &ModelFiles) -> Result<(), ModelError> {
    for model in [&found.whisper, &found.vad] {
        if let ModelSource::File(path) = model {
            check_file(path)?;
        }
    }
    Ok(())
}

/// Finds the language model, in the program, in `folders` and near the executable.
pub fn find_language_model(folders: &[PathBuf]) -> Result<ModelSource, ModelError> {
    find_model(&file_name(LANGUAGE_MODEL), folders)
}

/// Verifies the file of a language model by its checksum.
pub fn check_language_model(model: &ModelSource) -> Result<(), ModelError> {
    let ModelSource::File(path) = model else {
        return Ok(());
    };
    let unreadable = |why| ModelError::Unreadable {
        path: path.to_owned(),
        why,
    };
    let manifest = manifest();
    let published = manifest.iter().find(|entry| entry.name == LANGUAGE_MODEL);
    match published.map(|entry| entry.sha256.as_str()) {
        Some(sum) if sha256(path).map_err(unreadable)? == sum => Ok(()),
        _ => Err(ModelError::Wrong(path.to_owned())),
    }
}

/// Verifies one file.
fn check_file(path: &Path) -> Result<(), ModelError> {
    let unreadable = |why| ModelError::Unreadable {
        path: path.to_owned(),
        why,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    let manifest = manifest();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let published = manifest.iter().find(|entry| entry.file == name);
    let mut magic = [0; 4];
    let is_ggml = file.read_exact(&mut magic).is_ok() && magic == GGML_MAGIC;
    let path = path.to_owned();
    match published {
        _ if !is_ggml && bytes >= 4 => Err(ModelError::Foreign(path)),
        Some(published) if bytes < published.bytes => Err(ModelError::Truncated(path)),
        Some(published) if bytes > published.bytes => Err(ModelError::Wrong(path)),
        Some(published) => match sha256(&path).map_err(unreadable)? == published.sha256 {
            true => Ok(()),
            false => Err(ModelError::Wrong(path)),
        },
        None => match ggml::validate(&mut BufReader::new(file)).map_err(unreadable)? {
            Ok(()) => Ok(()),
            Err(ggml::GgmlError::Truncated) => Err(ModelError::Truncated(path)),
            Err(ggml::GgmlError::Foreign) => Err(ModelError::Foreign(path)),
        },
    }
}

/// Finds the model that is published as `file`. The one in the program comes first: a copy of it in a folder has
/// the same content, or is damaged.
fn find_model(file: &str, folders: &[PathBuf]) -> Result<ModelSource, ModelError> {
    if let Some(model) = embedded().iter().find(|model| model.file == file) {
        return Ok(ModelSource::Embedded(*model));
    }
    let near_executable = folders_near_executable();
    let path = folders
        .iter()
        .chain(&near_executable)
        .map(|folder| folder.join(file))
        .find(|path| path.is_file());
    path.map(ModelSource::File)
        .ok_or_else(|| missing(file, folders))
}

fn missing(file: &str, folders: &[PathBuf]) -> ModelError {
    ModelError::Missing {
        file: file.to_owned(),
        folder: folders.first().cloned().unwrap_or_default(),
    }
}

/// `models`, `share/starling/models` and `lib/starling/models` in the executable's folder and the three above it.
/// This covers packages, with `bin` beside `share` and `lib`, and the repository, with `models` beside `target`.
/// Last comes the repository that the program was built in: `CARGO_TARGET_DIR` and `cargo install` put it elsewhere.
fn folders_near_executable() -> Vec<PathBuf> {
    let executable = std::env::current_exe().unwrap_or_default();
    // The program may have been started through a symbolic link, or have been deleted since.
    let executable = executable.canonicalize().unwrap_or(executable);
    let places = ["models", "share/starling/models", "lib/starling/models"];
    executable
        .ancestors()
        .skip(1)
        .take(4)
        .flat_map(|folder| places.map(|place| folder.join(place)))
        .chain([Path::new(env!("CARGO_MANIFEST_DIR")).join("models")])
        .collect()
}

fn file_name(name: &str) -> String {
    let published = manifest().into_iter().find(|entry| entry.name == name);
    match published {
        Some(entry) => entry.file,
        None if name.ends_with(".bin") => name.to_owned(),
        None => format!("ggml-{name}.bin"),
    }
}

fn manifest() -> Vec<ManifestEntry> {
    let parsed: Result<Manifest, _> = toml::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/models/manifest.toml"
    )));
    // It is compiled in, and a test parses it.
    parsed.map(|manifest| manifest.model).unwrap_or_default()
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => break,
            n => hasher.update(&block[..n]),
        }
    }
    let digest = hasher.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn manifest_contains_the_default_models() {
        let names: Vec<String> = manifest().into_iter().map(|entry| entry.name).collect();
        for name in [DEFAULT, VAD] {
            assert!(names.iter().any(|listed| listed == name), "{name}");
        }
    }

    /// These files become part of the program, which does not check them.
    #[test]
    fn included_models_are_the_published_ones() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        for name in [DEFAULT, VAD, LANGUAGE_MODEL] {
            let published = manifest().into_iter().find(|entry| entry.name == name);
            let published = published.expect("an entry of the manifest");
            let file = folder.join(published.file);
            let sum = sha256(&file).expect("a model");
            let bytes = file.metadata().expect("a model").len();
            assert_eq!((sum, bytes), (published.sha256, published.bytes), "{name}");
        }
    }

    #[test]
    fn models_are_listed_by_name_without_the_vad() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in [
            "ggml-mine.bin",
            "ggml-base-q8_0.bin",
            "ggml-silero-v6.2.0.bin",
            "README.md",
        ] {
            fs::write(folder.path().join(file), "").expect("writable");
        }
        let names = names(&[folder.path().to_owned()]);
        let ours: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| *name != DEFAULT)
            .collect();
        assert_eq!(ours, ["base-q8_0", "mine"]);
    }

    /// The result of checking a file called `name` with the content `bytes`.
    fn check_result(name: &str, bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("writable");
        match check_file(&path) {
            Ok(()) => "fine".to_owned(),
            Err(error) => error
                .to_string()
                .replace(&path.display().to_string(), "FILE"),
        }
    }

    #[test]
    fn unusable_file_is_reported_with_its_problem() {
        let published = "ggml-tiny.en-q8_0.bin";
        let shipped = fs::read(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("models")
                .join(published),
        )
        .expect("the shipped model");
        let mut corrupt_inside = shipped.clone();
        // From the middle of the vocabulary on, where lengths and letters alternate.
        corrupt_inside[200_000..].fill(0xa5);
        let mut whole = b"lmgg".to_vec();
        whole.resize(43_550_795, 0);
        let cases = [
            (published, b"lmgg and no more".to_vec(), "is truncated"),
            (published, b"".to_vec(), "is truncated"),
            (
                published,
                b"<html>not found</html>".to_vec(),
                "FILE is not a speech model",
            ),
            (
                published,
                whole,
                "differs from the published file of that name",
            ),
            ("ggml-mine.bin", b"lmgg".to_vec(), "is truncated"),
            (
                "ggml-mine.bin",
                [b"lmgg", &[7; 4000][..]].concat(),
                "FILE is not a speech model",
            ),
            ("ggml-mine.bin", shipped.clone(), "fine"),
            (
                "ggml-mine.bin",
                shipped[..20_000_000].to_vec(),
                "is truncated",
            ),
            (
                "ggml-mine.bin",
                corrupt_inside,
                "FILE is not a speech model",
            ),
        ];
        for (name, bytes, expected) in cases {
            let message = check_result(name, &bytes);
            assert!(message.contains(expected), "{name}: {message}");
        }
    }

    #[test]
    fn missing_model_is_reported_with_the_folder_to_copy_it_to() {
        let error = find(Some(Path::new("no-such")), &[PathBuf::from("/here/models")]);
        let message = error.expect_err("none").to_string();
        assert!(
            message.contains("ggml-no-such.bin is missing: copy it to /here/models"),
            "{message}"
        );
    }
}
