//! Finds speech model files and verifies them. Does not know how they are used.

mod ggml;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The default speech model.
pub const DEFAULT: &str = "tiny.en-q8_0";
const VAD: &str = "silero-v6.2.0";
/// The language model that finds planned phrases in other words.
const LANGUAGE_MODEL: &str = "all-minilm-l6-v2-int8";
/// First bytes of a ggml file.
const GGML_MAGIC: [u8; 4] = *b"lmgg";

/// The files that speech recognition needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// The Whisper model.
    pub whisper: PathBuf,
    /// The voice activity detector.
    pub vad: PathBuf,
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
/// detector, in `folders` and near the executable. Does not read their contents: see [`check`].
pub fn find(name_or_path: Option<&Path>, folders: &[PathBuf]) -> Result<ModelFiles, ModelError> {
    let path = name_or_path.unwrap_or(Path::new(DEFAULT));
    let mut all_folders = folders.to_vec();
    all_folders.extend(folders_near_executable());
    let is_name = |text: &&str| !path.is_file() && !text.contains(['/', '\\']);
    let whisper = match path.to_str().filter(is_name) {
        Some(name) => find_file(&file_name(name), &all_folders)?,
        None => path.to_owned(),
    };
    if !whisper.is_file() {
        return Err(ModelError::Missing {
            file: whisper.display().to_string(),
            folder: folders.first().cloned().unwrap_or_default(),
        });
    }
    Ok(ModelFiles {
        whisper,
        vad: find_file(&file_name(VAD), &all_folders)?,
    })
}

/// The names of the Whisper models in `folders` and near the executable, sorted and without duplicates.
/// Judged by file name only; [`check`] verifies a file.
pub fn names(folders: &[PathBuf]) -> Vec<String> {
    let manifest = manifest();
    let mut all_folders = folders.to_vec();
    all_folders.extend(folders_near_executable());
    let files = all_folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten());
    let mut names: Vec<String> = files
        .filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            match manifest.iter().find(|entry| entry.file == file) {
                Some(entry) => (entry.kind == "whisper").then(|| entry.name.clone()),
                None => Some(file.strip_prefix("ggml-")?.strip_suffix(".bin")?.to_owned()),
            }
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Verifies both files: a published model by checksum, any other one by walking through its structure.
/// Takes some tenths of a second.
pub fn check(found: &ModelFiles) -> Result<(), ModelError> {
    check_file(&found.whisper)?;
    check_file(&found.vad)
}

/// Finds the language model, in `folders` and near the executable.
pub fn find_language_model(folders: &[PathBuf]) -> Result<PathBuf, ModelError> {
    let mut all_folders = folders.to_vec();
    all_folders.extend(folders_near_executable());
    find_file(&file_name(LANGUAGE_MODEL), &all_folders)
}

/// Verifies a language model by its checksum.
pub fn check_language_model(path: &Path) -> Result<(), ModelError> {
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

fn find_file(file: &str, folders: &[PathBuf]) -> Result<PathBuf, ModelError> {
    folders
        .iter()
        .map(|folder| folder.join(file))
        .find(|path| path.is_file())
        .ok_or_else(|| ModelError::Missing {
            file: file.to_owned(),
            folder: folders.first().cloned().unwrap_or_default(),
        })
}

/// `models` and `share/starling/models` in the executable's folder and the three above it. This covers
/// installations, with `bin` beside `share`, and the repository, with `models` beside `target`. Last comes the
/// repository that the program was built in: `CARGO_TARGET_DIR` and `cargo install` put it elsewhere.
fn folders_near_executable() -> Vec<PathBuf> {
    let executable = std::env::current_exe().unwrap_or_default();
    executable
        .ancestors()
        .skip(1)
        .take(4)
        .flat_map(|folder| [folder.join("models"), folder.join("share/starling/models")])
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
