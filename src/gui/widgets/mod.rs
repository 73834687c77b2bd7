//! Controls that several screens share. Each draws what it is given, and has a name for screen readers.

pub mod button;
pub mod caption;
pub mod chart;
pub mod countdown;
pub mod findings;
pub mod icon;
pub mod level_meter;
pub mod live_region;
pub mod notifications;
pub mod phrases;
pub mod play_button;
pub mod progress;
pub mod radio;
pub mod section_nav;
pub mod spin_button;
pub mod tab;
pub mod transcript;
