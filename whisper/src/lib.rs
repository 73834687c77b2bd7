//! The patches that Starling applies to whisper.cpp, and the check that a library contains them.
//!
//! Two build scripts use this crate. That of `whisper-rs-sys` applies the patches, through the crate in `bindgen/`.
//! Starling's own build script checks the library that results. See `README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use diffy::patch_set::{FileOperation, ParseOptions, PatchSet};

/// Build options of whisper.cpp. An environment variable of the same name takes precedence.
pub const OPTIONS: [(&str, &str); 7] = [
    // A library for this processor alone ends with SIGILL on another one, and in AMX code with q8_0 models.
    ("GGML_NATIVE", "OFF"),
    ("GGML_AVX", "ON"),
    ("GGML_AVX2", "ON"),
    ("GGML_FMA", "ON"),
    ("GGML_F16C", "ON"),
    ("GGML_BMI2", "ON"),
    // Takes about 0.63 of the CPU time with q8_0 models.
    ("GGML_LLAMAFILE", "ON"),
];

/// The C++ name of the string that [`Patches::marker`] returns, in a patched library.
pub const MARKER_SYMBOL: &str = "starling_whisper_patches";

const MARKER_PREFIX: &str = "Starling's whisper.cpp patches: ";
const MARKED_FILE: &str = "src/whisper.cpp";
const LIBRARIES: [&str; 2] = ["libwhisper.a", "whisper.lib"];

/// The patch files of a folder, in the order in which they apply.
pub struct Patches {
    dir: PathBuf,
    files: BTreeMap<String, String>,
}

impl Patches {
    /// Where the patches are in Starling's sources.
    pub fn dir() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/patches"))
    }

    /// Reads the patches in Starling's sources.
    pub fn read() -> Result<Self, String> {
        Self::read_from(Self::dir())
    }

    /// Reads the patches in `dir`.
    pub fn read_from(dir: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for path in children(dir)? {
            if path
                .extension()
                .is_some_and(|extension| extension == "patch")
            {
                let text = String::from_utf8(read(&path)?)
                    .map_err(|_| format!("{} is not UTF-8: save it as UTF-8", path.display()))?;
                files.insert(file_name(&path), text);
            }
        }
        if files.is_empty() {
            return Err(format!(
                "{} has no patches: restore them from Git",
                dir.display()
            ));
        }
        Ok(Self {
            dir: dir.to_owned(),
            files,
        })
    }

    /// File names and texts, in the order in which they apply.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Identifies the contents of all patches and the build options.
    pub fn marker(&self) -> String {
        // FNV-1a: this finds accidental differences and needs no dependency.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let options = OPTIONS.iter().copied();
        for (name, text) in self.files().chain(options) {
            // 0xff occurs in no UTF-8 text.
            for byte in name.bytes().chain([0xff]).chain(text.bytes()).chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{MARKER_PREFIX}{hash:016x}")
    }

    /// Makes `build` a patched copy of `pristine`, the sources of whisper.cpp.
    ///
    /// Writes only the files that differ, so that an edited patch recompiles only what it changes. This also repairs
    /// files that an older set of patches changed or that an interrupted copy left out.
    pub fn apply(&self, pristine: &Path, build: &Path) -> Result<(), String> {
        let mut patched = self.patched(pristine)?;
        let marker = format!(
            "\n// Starling's build script and tests read this.\n\
             extern \"C\" const char {MARKER_SYMBOL}[] = \"{}\";\n",
            self.marker(),
        );
        let marked = PathBuf::from(MARKED_FILE);
        let mut text = match patched.remove(&marked) {
            Some(text) => text,
            None => read(&pristine.join(&marked))?,
        };
        text.extend_from_slice(marker.as_bytes());
        patched.insert(marked, text);
        copy(pristine, build, Path::new(""), &patched)
    }

    /// The contents of the files that the patches change.
    fn patched(&self, pristine: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
        let mut patched = BTreeMap::new();
        for (name, text) in self.files() {
            let invalid = |why: &dyn std::fmt::Display| {
                let patch = self.dir.join(name);
                format!(
                    "cannot apply {} to whisper.cpp: {why}: adapt the patch, or use the version of whisper-rs-sys \
                     in Cargo.lock (--locked)",
                    patch.display(),
                )
            };
            if !text.contains("\ndiff --git ") {
                return Err(invalid(&"it has no \"diff --git\" line"));
            }
            for file in PatchSet::parse_bytes(text.as_bytes(), ParseOptions::gitdiff()) {
                let file = file.map_err(|error| invalid(&error))?;
                let FileOperation::Modify { modified, .. } = file.operation().strip_prefix(1)
                else {
                    return Err(invalid(&"it creates, deletes or renames a file"));
                };
                let path = std::str::from_utf8(&modified).map_err(|error| invalid(&error))?;
                let path = PathBuf::from(path);
                let patch = file
                    .patch()
                    .as_text()
                    .ok_or_else(|| invalid(&"it is binary"))?;
                let before = match patched.remove(&path) {
                    Some(before) => before,
                    None => fs::read(pristine.join(&path)).map_err(|error| invalid(&error))?,
                };
                let after = diffy::apply_bytes(&before, patch)
                    .map_err(|error| invalid(&format!("{}: {error}", path.display())))?;
                patched.insert(path, after);
            }
        }
        Ok(patched)
    }

    /// Checks that the whisper.cpp that was built below `root` has these patches. The error is a sentence that says
    /// what to do.
    pub fn check(&self, root: &Path) -> Result<(), String> {
        let mut libraries = Vec::new();
        find_libraries(root, &mut libraries)?;
        if libraries.is_empty() {
            return Err(format!(
                "there is no {} below {}",
                LIBRARIES[0],
                root.display()
            ));
        }
        let marker = self.marker();
        for library in libraries {
            let bytes = read(&library)?;
            if contains(&bytes, marker.as_bytes()) {
                continue;
            }
            let state = if contains(&bytes, MARKER_PREFIX.as_bytes()) {
                "with patches other than those"
            } else {
                "without the patches"
            };
            return Err(format!(
                "whisper.cpp was built {state} in {}: unset WHISPER_DONT_GENERATE_BINDINGS, delete {}, \
                 and build again with Starling's own Cargo.toml",
                self.dir.display(),
                // Without it, Cargo runs the build script of whisper-rs-sys again.
                root.with_file_name("output").display(),
            ));
        }
        Ok(())
    }
}

fn copy(
    pristine: &Path,
    build: &Path,
    below: &Path,
    patched: &BTreeMap<PathBuf, Vec<u8>>,
) -> Result<(), String> {
    let dir = build.join(below);
    fs::create_dir_all(&dir)
        .map_err(|error| format!("cannot create {}: {error}", dir.display()))?;
    for source in children(&pristine.join(below))? {
        let relative = below.join(file_name(&source));
        if source.is_dir() {
            copy(pristine, build, &relative, patched)?;
            continue;
        }
        let original;
        let wanted = match patched.get(&relative) {
            Some(wanted) => wanted,
            None => {
                original = read(&source)?;
                &original
            }
        };
        let target = build.join(&relative);
        if !fs::read(&target).is_ok_and(|bytes| bytes == *wanted) {
            fs::write(&target, wanted)
                .map_err(|error| format!("cannot write {}: {error}", target.display()))?;
        }
    }
    Ok(())
}

fn find_libraries(dir: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    for path in children(dir)? {
        if path.is_dir() {
            find_libraries(&path, found)?;
        } else if LIBRARIES.contains(&file_name(&path).as_str()) {
            found.push(path);
        }
    }
    Ok(())
}

fn children(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let cannot = |error| format!("cannot read {}: {error}", dir.display());
    let entries = fs::read_dir(dir).map_err(cannot)?;
    entries
        .map(|entry| Ok(entry.map_err(cannot)?.path()))
        .collect()
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
