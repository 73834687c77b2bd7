//! Parts of screens. Each draws what it is given, and has a name for a screen reader.

pub mod announce;
pub mod button;
pub mod caption;
pub mod chart;
pub mod choice;
pub mod findings;
pub mod icon;
pub mod level;
pub mod notice;
pub mod phrases;
pub mod play;
pub mod progress;
pub mod ring;
pub mod spin;
pub mod stepper;
pub mod tab;
pub mod transcript;
