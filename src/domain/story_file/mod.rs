//! The story file format: one TOML file per story, schema 1. It parses and validates the text and reports
//! every problem with its line. It does not know where files are stored.

mod problem;
mod reader;
mod schema;
mod source_text;
mod validator;

pub use problem::Problem;
pub use source_text::{is_text, toml_text};
pub use validator::{SCHEMA, parse, parse_bytes};
