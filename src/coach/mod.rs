//! The coach: what a story is, what a take said, and what an interviewer would have noticed.
//!
//! Everything here is pure: values in, values out. It knows no files, threads, clocks, windows,
//! microphones or recognisers; `tests/architecture.rs` reads the imports and holds it to that.

pub mod analysis;
pub mod bounds;
pub mod caption;
pub mod language;
pub mod limit;
pub mod marked;
pub mod mock;
pub mod pacer;
pub mod pack;
pub mod profile;
pub mod progress;
pub mod quiz;
pub mod report;
pub mod session;
pub mod spoken;
pub mod story;
pub mod syllables;
pub mod take;
pub mod time;
pub mod transcript;
pub mod vocabulary;
pub mod voice;
