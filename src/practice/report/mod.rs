//! Reports on one take: JSON for programs, Markdown and HTML for people, and the transcript as subtitles.

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
