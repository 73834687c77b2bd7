//! Reports on one take: JSON for programs, Markdown and HTML for people, and the transcript as subtitles.
//!
//! Markdown and HTML are written by two short functions over one `ReportView`. A template engine would be a dependency
//! for two pages, and a common writer would be longer than both: empty sections, escapes and marks differ.

mod html;
mod json;
mod markdown;
mod subtitles;
mod view;

pub use html::html;
pub use json::{Report, SCHEMA};
pub use markdown::markdown;
pub use subtitles::subtitles;
pub use view::ReportView;
