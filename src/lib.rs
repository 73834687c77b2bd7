//! Starling: rehearse spoken STAR answers, aloud, on your own machine.
//!
//! The modules in reading order; `ARCHITECTURE.md` has the way of the data and the arrows that are
//! forbidden.

pub mod acoustics;
pub mod analysis;
pub mod app;
pub mod asr;
pub mod audio;
pub mod cli;
pub mod domain;
pub mod gui;
pub mod practice;
pub mod storage;
