//! Finds model files and checks that they are what they should be. Knows nothing of what is in them.

mod ggml;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The model that is used where none is chosen.
pub const DEFAULT: &str = "tiny.en-q8_0";
const VAD: &str = "silero-v6.2.0";
/// First bytes of a ggml file.
const GGML_MAGIC: [u8; 4] = *b"lmgg";

/// The files that speech recognition needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// Whisper's.
    pub whisper: PathBuf,
    /// The voice activity detector's.
    pub vad: PathBuf,
}

/// Why a model file cannot be used: which, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is nowhere.
    #[error(
        "the speech model {file} is missing: put it into {folder}, or name another with --model",
        folder = folder.display()
    )]
    Missing {
        /// Its file's name.
        file: String,
        /// Where it was looked for first.
        folder: PathBuf,
    },
    /// It is not whole.
    #[error("the speech model {path} is cut off: copy it again", path = .0.display())]
    Truncated(PathBuf),
    /// It has the name of a known model, but other bytes.
    #[error(
        "the speech model {path} is not the published file of that name: copy it again, or give it another name",
        path = .0.display()
    )]
    Wrong(PathBuf),
    /// It is something else.
    #[error(
        "{path} is not a speech model: use a ggml Whisper file, such as ggml-base.en.bin",
        path = .0.display()
    )]
    Foreign(PathBuf),
    /// The system does not let us.
    #[error("cannot read the speech model {path}: {why}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
}

#[derive(Deserialize)]
struct Manifest {
    model: Vec<ManifestEntry>,
}

/// One file the manifest knows.
#[derive(Debug, Deserialize)]
struct ManifestEntry {
    name: String,
    kind: String,
    file: String,
    bytes: u64,
    sha256: String,
}

/// Finds the model called `wanted` (a name such as `tiny.en-q8_0`, or a path) and the voice
/// activity detector, in `folders` and where the program is. Reads no contents: see [`check`].
pub fn find(wanted: Option<&str>, folders: &[PathBuf]) -> Result<ModelFiles, ModelError> {
    let wanted = wanted.unwrap_or(DEFAULT);
    let mut places = folders.to_vec();
    places.extend(beside_the_program());
    let as_path = Path::new(wanted);
    let whisper = match as_path.is_file() || wanted.contains(['/', '\\']) {
        true => as_path.to_owned(),
        false => in_places(&file_name(wanted), &places)?,
    };
    if !whisper.is_file() {
        return Err(ModelError::Missing {
            file: whisper.display().to_string(),
            folder: folders.first().cloned().unwrap_or_default(),
        });
    }
    Ok(ModelFiles {
        whisper,
        vad: in_places(&file_name(VAD), &places)?,
    })
}

/// The names of the Whisper models in `folders` and where the program is, in order, each once; by their
/// files' names only: whether one can be used is for [`check`] to say.
pub fn names(folders: &[PathBuf]) -> Vec<String> {
    let manifest = manifest();
    let mut places = folders.to_vec();
    places.extend(beside_the_program());
    let files = places
        .iter()
        .filter_map(|place| std::fs::read_dir(place).ok())
        .flat_map(|entries| entries.flatten());
    let mut names: Vec<String> = files
        .filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            match manifest.iter().find(|known| known.file == file) {
                Some(known) => (known.kind == "whisper").then(|| known.name.clone()),
                None => Some(file.strip_prefix("ggml-")?.strip_suffix(".bin")?.to_owned()),
            }
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Reads both files and compares them with the manifest; one that it does not know must have the
/// shape of a Whisper model from its first byte to its last. Takes some tenths of a second.
pub fn check(found: &ModelFiles) -> Result<(), ModelError> {
    check_file(&found.whisper)?;
    check_file(&found.vad)
}

fn check_file(path: &Path) -> Result<(), ModelError> {
    let unreadable = |why| ModelError::Unreadable {
        path: path.to_owned(),
        why,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let has = file.metadata().map_err(unreadable)?.len();
    let manifest = manifest();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let known = manifest.iter().find(|known| known.file == name);
    let mut magic = [0; 4];
    let ggml = file.read_exact(&mut magic).is_ok() && magic == GGML_MAGIC;
    let path = path.to_owned();
    match known {
        _ if !ggml && has >= 4 => Err(ModelError::Foreign(path)),
        Some(known) if has < known.bytes => Err(ModelError::Truncated(path)),
        Some(known) if has > known.bytes => Err(ModelError::Wrong(path)),
        Some(known) => match sha256(&path).map_err(unreadable)? == known.sha256 {
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

fn in_places(file: &str, places: &[PathBuf]) -> Result<PathBuf, ModelError> {
    places
        .iter()
        .map(|place| place.join(file))
        .find(|path| path.is_file())
        .ok_or_else(|| ModelError::Missing {
            file: file.to_owned(),
            folder: places.first().cloned().unwrap_or_default(),
        })
}

/// `models` beside the executable and in the folders above it: an installation keeps it beside
/// `bin`, the repository beside `target`.
fn beside_the_program() -> Vec<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    program
        .ancestors()
        .skip(1)
        .take(4)
        .flat_map(|folder| [folder.join("models"), folder.join("share/starling/models")])
        .collect()
}

fn file_name(name: &str) -> String {
    let known = manifest().into_iter().find(|known| known.name == name);
    match known {
        Some(known) => known.file,
        None if name.ends_with(".bin") => name.to_owned(),
        None => format!("ggml-{name}.bin"),
    }
}

fn manifest() -> Vec<ManifestEntry> {
    let parsed: Result<Manifest, _> = toml::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/models/manifest.toml"
    )));
    // It is part of the program, and a test reads it.
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
    fn the_manifest_knows_the_models_that_are_used() {
        let names: Vec<String> = manifest().into_iter().map(|known| known.name).collect();
        for name in [DEFAULT, VAD] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }

    #[test]
    fn models_are_listed_by_name_and_the_voice_detector_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in [
            "ggml-mine.bin",
            "ggml-base-q8_0.bin",
            "ggml-silero-v6.2.0.bin",
            "README.md",
        ] {
            fs::write(folder.path().join(file), "").expect("room");
        }
        let names = names(&[folder.path().to_owned()]);
        let ours: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| *name != DEFAULT)
            .collect();
        assert_eq!(ours, ["base-q8_0", "mine"]);
    }

    /// What is said of a file called `name` that holds `bytes`.
    fn verdict(name: &str, bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("room");
        match check_file(&path) {
            Ok(()) => "fine".to_owned(),
            Err(error) => error
                .to_string()
                .replace(&path.display().to_string(), "FILE"),
        }
    }

    #[test]
    fn a_file_that_is_no_model_is_named_as_what_it_is() {
        let known = "ggml-tiny.en-q8_0.bin";
        let shipped = fs::read(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("models")
                .join(known),
        )
        .expect("the shipped model");
        let mut junk_inside = shipped.clone();
        // In the middle of the vocabulary, where lengths and letters alternate.
        junk_inside[200_000..].fill(0xa5);
        let mut whole = b"lmgg".to_vec();
        whole.resize(43_550_795, 0);
        let cases = [
            (known, b"lmgg and no more".to_vec(), "is cut off"),
            (known, b"".to_vec(), "is cut off"),
            (
                known,
                b"<html>not found</html>".to_vec(),
                "FILE is not a speech model",
            ),
            (known, whole, "is not the published file of that name"),
            ("ggml-mine.bin", b"lmgg".to_vec(), "is cut off"),
            (
                "ggml-mine.bin",
                [b"lmgg", &[7; 4000][..]].concat(),
                "FILE is not a speech model",
            ),
            ("ggml-mine.bin", shipped.clone(), "fine"),
            (
                "ggml-mine.bin",
                shipped[..20_000_000].to_vec(),
                "is cut off",
            ),
            ("ggml-mine.bin", junk_inside, "FILE is not a speech model"),
        ];
        for (name, bytes, expected) in cases {
            let said = verdict(name, &bytes);
            assert!(said.contains(expected), "{name}: {said}");
        }
    }

    #[test]
    fn a_model_that_is_nowhere_is_named_with_the_place_to_put_it() {
        let error = find(Some("no-such"), &[PathBuf::from("/here/models")]);
        let said = error.expect_err("none").to_string();
        assert!(
            said.contains("ggml-no-such.bin is missing: put it into /here/models"),
            "{said}"
        );
    }
}
