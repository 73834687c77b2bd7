//! Where a model of speech or language is: in a file, or in the program itself. It does not read it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A model that is part of the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedModel {
    /// The name of the file that it was built from.
    pub file: &'static str,
    /// The content of that file.
    pub bytes: &'static [u8],
}

/// Where a model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// In a file.
    File(PathBuf),
    /// In the program.
    Embedded(EmbeddedModel),
}

impl ModelSource {
    /// The path of the file, or the name of the file that the program was built from.
    pub fn path(&self) -> &Path {
        match self {
            ModelSource::File(path) => path,
            ModelSource::Embedded(model) => Path::new(model.file),
        }
    }
}

impl From<&Path> for ModelSource {
    fn from(path: &Path) -> Self {
        ModelSource::File(path.to_owned())
    }
}

impl fmt::Display for ModelSource {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            ModelSource::File(path) => path.display().fmt(out),
            ModelSource::Embedded(model) => write!(out, "{}, part of this program", model.file),
        }
    }
}

impl fmt::Debug for EmbeddedModel {
    /// Without its content.
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{} ({} bytes)", self.file, self.bytes.len())
    }
}
