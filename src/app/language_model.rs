//! The language model that finds planned phrases in other words: loaded when it is needed first. Without its
//! file, the rules alone find phrases, and `starling doctor` says so.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::analysis::phrases::word_vectors::{SentenceModel, WordVectors};
use crate::embedding::SentenceEncoder;
use crate::storage::model_files;

/// A language model that may not be loaded yet.
#[derive(Debug)]
pub struct LanguageModel {
    folders: Vec<PathBuf>,
    /// `None` if it cannot be used.
    encoder: OnceLock<Option<SentenceEncoder>>,
}

impl LanguageModel {
    /// The model in one of `folders` or near the executable.
    pub fn shared(folders: Vec<PathBuf>) -> Arc<dyn SentenceModel> {
        Arc::new(Self {
            folders,
            encoder: OnceLock::new(),
        })
    }

    fn load(&self) -> Option<SentenceEncoder> {
        // A missing or broken file is no error here: `doctor` reports it.
        let model = model_files::find_language_model(&self.folders).ok()?;
        SentenceEncoder::load(&model).ok()
    }
}

impl SentenceModel for LanguageModel {
    fn vectors(&self, words: &[&str]) -> Option<Arc<WordVectors>> {
        let encoder = self.encoder.get_or_init(|| self.load());
        encoder.as_ref()?.vectors(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_beside_the_executable_is_loaded_on_first_use() {
        let model = LanguageModel::shared(Vec::new());
        let vectors = model.vectors(&["two", "words"]).expect("the shipped model");
        assert_eq!(vectors.len(), 2);
    }
}
