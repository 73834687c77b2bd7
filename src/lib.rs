//! Starling: rehearse spoken STAR answers, aloud, on your own machine.
//!
//! The modules in reading order; `ARCHITECTURE.md` has the way of the data and the arrows that are
//! forbidden.

pub mod coach;

pub mod audio;
pub mod content;
pub mod models;
pub mod speech;
pub mod store;

pub mod runtime;

pub mod cli;
pub mod gui;
