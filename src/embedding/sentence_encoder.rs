//! The language model, ready for use by the analysis. It remembers the newest sentences, since the
//! analysis of a growing answer asks for the same ones again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

use super::tensor_file::{TensorError, TensorFile};
use super::transformer::{MAX_PIECES, Transformer, WIDTH};
use super::word_pieces::Vocabulary;
use crate::analysis::phrases::word_vectors::{SentenceModel, WordVectors};
use crate::domain::model_source::ModelSource;

/// How many sentences are remembered: a few answers. A sentence of 20 words takes 31 kB.
const MAX_REMEMBERED: usize = 400;

/// Why the model cannot be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Its content is not this model.
    #[error(transparent)]
    Content(#[from] TensorError),
}

/// The language model all-MiniLM-L6-v2.
#[derive(Debug)]
pub struct SentenceEncoder {
    vocabulary: Vocabulary,
    transformer: Transformer,
    // The recording's prediction thread and the window may analyze at the same time.
    remembered: Mutex<HashMap<String, Arc<WordVectors>>>,
}

impl SentenceEncoder {
    /// Loads the model.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is not this model.
    pub fn load(model: &ModelSource) -> Result<Self, LoadError> {
        let file = match model {
            ModelSource::File(path) => TensorFile::parse(std::fs::read(path)?)?,
            ModelSource::Embedded(model) => TensorFile::parse(model.bytes)?,
        };
        let vocabulary = Vocabulary::new(file.text("vocabulary")?)
            .ok_or_else(|| TensorError::Tensor("vocabulary".to_owned()))?;
        Ok(Self {
            transformer: Transformer::new(&file, vocabulary.len())?,
            vocabulary,
            remembered: Mutex::default(),
        })
    }

    /// The mean vectors of the pieces of each word. Words after [`MAX_PIECES`] get zeros.
    fn encode(&self, words: &[&str]) -> WordVectors {
        let mut pieces = vec![self.vocabulary.start];
        let mut word_ends = Vec::with_capacity(words.len());
        for word in words {
            pieces.extend(self.vocabulary.pieces(word));
            word_ends.push(pieces.len());
        }
        pieces.truncate(MAX_PIECES - 1);
        pieces.push(self.vocabulary.end);
        let vectors = self.transformer.encode(&pieces);
        let mut values = Vec::with_capacity(words.len() * WIDTH);
        let mut from = 1;
        for end in word_ends {
            let end = end.clamp(from, pieces.len() - 1);
            let mut mean = vec![0.0; WIDTH];
            for vector in vectors[from * WIDTH..end * WIDTH].chunks_exact(WIDTH) {
                std::iter::zip(&mut mean, vector)
                    .for_each(|(mean, x)| *mean += x / (end - from) as f32);
            }
            values.extend(mean);
            from = end;
        }
        WordVectors::new(WIDTH, values)
    }
}

impl SentenceModel for SentenceEncoder {
    fn vectors(&self, words: &[&str]) -> Option<Arc<WordVectors>> {
        let sentence = words.join(" ");
        let remembered = || {
            self.remembered
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(vectors) = remembered().get(&sentence) {
            return Some(Arc::clone(vectors));
        }
        let vectors = Arc::new(self.encode(words));
        let mut remembered = remembered();
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(sentence, Arc::clone(&vectors));
        Some(vectors)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Reference {
        words: Vec<String>,
        /// The first values of each word's vector.
        vectors: Vec<Vec<f32>>,
    }

    fn encoder() -> SentenceEncoder {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let file = folder.join("all-minilm-l6-v2-int8.safetensors");
        SentenceEncoder::load(&file.as_path().into()).expect("the shipped model")
    }

    /// The reference was computed with ONNX Runtime from the published file.
    #[test]
    fn vectors_equal_those_of_onnx_runtime() {
        let references: Vec<Reference> = serde_json::from_str(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/data/word_vectors.json"
        )))
        .expect("valid");
        let encoder = encoder();
        for Reference { words, vectors } in references {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let computed = encoder.vectors(&words).expect("a usable model");
            assert_eq!(computed.len(), vectors.len());
            for (at, expected) in vectors.iter().enumerate() {
                for (one, other) in std::iter::zip(computed.word(at), expected) {
                    assert!((one - other).abs() < 2e-3, "{}: {one} {other}", words[at]);
                }
            }
        }
    }

    #[test]
    fn texts_of_any_length_are_encoded() {
        let encoder = encoder();
        assert!(encoder.vectors(&[]).expect("none").is_empty());
        let long = ["gardeners"; 600];
        let vectors = encoder.vectors(&long).expect("cut");
        assert_eq!(vectors.len(), 600);
        assert!(vectors.word(599).iter().all(|x| *x == 0.0));
        let odd = ["\u{1f600}", "", "\u{301}", "ZZZZ"];
        assert_eq!(encoder.vectors(&odd).expect("odd").len(), 4);
    }

    #[test]
    fn other_files_are_errors() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("model");
        assert!(SentenceEncoder::load(&path.as_path().into()).is_err());
        std::fs::write(&path, b"no model").expect("writable");
        assert!(SentenceEncoder::load(&path.as_path().into()).is_err());
    }
}
