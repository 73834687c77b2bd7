//! Reads a story file value by value and collects all problems on the way. Knows how values are written, not
//! what a story needs.

use std::ops::Range;
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::schema::{StoryFile, Text};
use crate::domain::time::Secs;

/// Byte range in the source.
pub(super) type At = Range<usize>;

/// The text of a story file, and the problems found in it so far.
pub(super) struct Reader<'s> {
    source: &'s str,
    problems: Vec<Problem>,
    /// Keys removed because of invalid values, so that they are not also reported as missing.
    removed: Vec<String>,
    /// The lines that are no TOML. Something else may be missing only because of them.
    broken_lines: Vec<usize>,
}

impl<'s> Reader<'s> {
    /// `problems` were found in the bytes of the text.
    pub(super) fn new(source: &'s str, problems: Vec<Problem>) -> Self {
        Self {
            source,
            broken_lines: problems.iter().map(|problem| problem.line).collect(),
            problems,
            removed: Vec::new(),
        }
    }

    /// All problems, ordered by line.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort();
        self.problems.dedup();
        self.problems
    }

    /// Reports a problem at this place, unless the line is no TOML: then that is its problem.
    pub(super) fn problem(&mut self, at: At, what: impl Into<String>) {
        let line = self.line(&at);
        if !self.broken_lines.contains(&line) {
            let what = what.into();
            self.problems.push(Problem { line, what });
        }
    }

    /// Reports that something is missing from the entry at this place, unless a line that is no TOML may have
    /// it.
    pub(super) fn missing(&mut self, at: At, what: impl Into<String>) {
        if self.broken_lines.is_empty() {
            self.problem(at, what);
        }
    }

    fn line(&self, at: &At) -> usize {
        let before = &self.source.as_bytes()[..at.start.min(self.source.len())];
        1 + before.iter().filter(|b| **b == b'\n').count()
    }

    /// Deserializes the file. An invalid line or entry is reported and left out and the rest is read, so
    /// that one typo does not hide the next.
    pub(super) fn story_file(&mut self) -> Option<StoryFile> {
        let (mut root, errors) = DeTable::parse_recoverable(self.source);
        for error in errors {
            let at = error.span().unwrap_or(0..0);
            let line = self.line(&at);
            // The first error of a line usually causes the others.
            self.problem(at, error.message().replace('\n', " "));
            self.broken_lines.push(line);
        }
        loop {
            let error = match StoryFile::deserialize(toml::de::Deserializer::from(root.clone())) {
                Ok(file) => return Some(file),
                Err(error) => error,
            };
            let at = error.span().unwrap_or(0..0);
            self.problem(at.clone(), error.message().replace('\n', " "));
            let table = root.get_mut();
            let removed = remove_at(table, &at, Matches::Leaves);
            match removed.or_else(|| remove_at(table, &at, Matches::Anything)) {
                Some(key) => self.removed.push(key),
                None => return None,
            }
        }
    }

    /// The trimmed text of a required key. Reports a problem if it is missing or blank.
    pub(super) fn text(&mut self, at: &At, key: &str, value: Text) -> String {
        let Some(value) = value else {
            if !self.removed.iter().any(|removed| removed == key) {
                self.missing(at.clone(), format!("missing `{key}`"));
            }
            return String::new();
        };
        let text = value.get_ref().trim().to_owned();
        if text.is_empty() {
            self.problem(value.span(), format!("`{key}` is empty"));
        }
        text
    }

    /// The parsed text of a required key. Reports a problem if it is missing, blank or not valid.
    pub(super) fn parsed<T: FromStr<Err = String>>(
        &mut self,
        at: &At,
        key: &str,
        value: Text,
    ) -> Option<T> {
        let value_at = value.as_ref().map_or(at.clone(), Spanned::span);
        let text = self.text(at, key, value);
        if text.is_empty() {
            return None;
        }
        text.parse()
            .map_err(|why: String| self.problem(value_at, why))
            .ok()
    }

    /// The seconds of a required duration. Reports a problem if it is missing, or not between 5 s and 10 min.
    pub(super) fn duration(&mut self, at: &At, key: &str, value: Text) -> Secs {
        let value_at = value.as_ref().map_or(at.clone(), Spanned::span);
        let text = self.text(at, key, value);
        match parse_duration(&text) {
            _ if text.is_empty() => 0.0,
            Some(secs) if (5.0..=600.0).contains(&secs) => secs,
            Some(secs) => {
                self.problem(
                    value_at,
                    format!("`{key}` of {secs} s is not between 5 s and 10 min"),
                );
                0.0
            }
            None => {
                self.problem(
                    value_at,
                    format!("`{key}` is \"{text}\": write seconds or minutes, such as \"30 s\" or \"2 min 30 s\""),
                );
                0.0
            }
        }
    }
}

/// Which entries are found by their value. A table's span can equal that of its first entry, so that leaves
/// come first.
#[derive(Clone, Copy, PartialEq)]
enum Matches {
    Leaves,
    Anything,
}

/// Removes the entry whose key or value is at `at` and returns its key, if there is one.
fn remove_at(table: &mut DeTable<'_>, at: &At, matches: Matches) -> Option<String> {
    let is_hit = |value: &Spanned<DeValue<'_>>| {
        value.span() == *at && (matches == Matches::Anything || !is_table(value))
    };
    let hit = table
        .iter()
        .find(|(key, value)| key.span() == *at || is_hit(value))
        .map(|(key, _)| key.clone());
    if let Some(key) = hit {
        table.remove(&key);
        return Some(key.into_inner().into_owned());
    }
    table
        .iter_mut()
        .find_map(|(_, value)| match value.get_mut() {
            DeValue::Table(inner) => remove_at(inner, at, matches),
            DeValue::Array(items) => items.iter_mut().find_map(|item| match item.get_mut() {
                DeValue::Table(inner) => remove_at(inner, at, matches),
                _ => None,
            }),
            _ => None,
        })
}

fn is_table(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Table(_))
}

/// Parses "30 s", "2 min" or "2 min 30 s" into seconds; `None` for anything else, including a bare number.
fn parse_duration(text: &str) -> Option<Secs> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &str| word.parse::<u32>().ok().map(f64::from);
    match words[..] {
        [s, "s"] => number(s),
        [m, "min"] => Some(60.0 * number(m)?),
        [m, "min", s, "s"] => Some(60.0 * number(m)? + number(s)?),
        _ => None,
    }
}
