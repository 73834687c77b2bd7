//! Word vectors in context, from a small language model (all-MiniLM-L6-v2): the analysis uses them to find
//! planned phrases that were said in other words. It does not know planned phrases.

mod matmul;
mod sentence_encoder;
mod tensor_file;
mod transformer;
mod word_pieces;

pub use sentence_encoder::{LoadError, SentenceEncoder};
