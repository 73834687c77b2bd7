//! The application controller, which the window and the command line drive in the same way.
//!
//! The [`Controller`] owns one component for each concern: capture, transcription, playback, history, the
//! microphone monitor, prompts, preferences, background jobs and the practice session. A component owns its
//! fields and its threads, and handles the events of those threads; no other file reaches into it. It does not
//! know the other components: the controller routes events and session effects between them, and hands each
//! what it needs of the shared `Context`.
//!
//! Knows nothing of the window, of `egui` or of command line arguments.

mod active_session;
mod background_task;
mod capture;
mod context;
mod controller;
mod disk_space;
mod event;
pub mod export;
mod forgotten_answer;
mod history;
mod history_entry;
mod history_metrics;
mod jobs;
mod language_model;
mod mic_monitor;
mod mic_test;
mod open_input;
mod pending_writes;
mod playback;
mod preferences;
mod prompter;
mod quiz;
mod recording_import;
mod reduced_motion;
mod suspend;
mod take_database;
mod take_records;
#[cfg(test)]
mod test_support;
mod transcriber;
mod voice_detector;
mod window_report;

pub use controller::{Config, Controller};
pub use event::Notification;
pub use export::ExportFormat;
pub use history_entry::{HistoryEntry, HistoryFilter, TakePosition, repaired_length};
pub use history_metrics::{time_zone, today};
pub use language_model::LanguageModel;
pub use playback::PlaybackPosition;
pub use reduced_motion::MotionPreference;
pub use transcriber::{ModelState, THREADS, load_engine};
pub use voice_detector::voice_detector;
pub use window_report::WindowReport;
