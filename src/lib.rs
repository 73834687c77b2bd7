//! Starling: rehearse spoken STAR answers, aloud, on your own machine.
//!
//! Dependencies point one way: `gui` and `cli` use `app`; `app` uses `audio`, `asr`, `embedding` and `storage`; those
//! use `practice` and `analysis`; and everything may use `acoustics` and `domain`. `ARCHITECTURE.md`
//! describes the folders and the data flow.

// Unit and integration tests share `tests/common/builders.rs`, which names this crate.
#[cfg(test)]
extern crate self as starling;

pub mod acoustics;
pub mod analysis;
pub mod app;
pub mod asr;
pub mod audio;
pub mod cli;
pub mod domain;
pub mod embedding;
pub mod gui;
pub mod practice;
pub mod storage;
