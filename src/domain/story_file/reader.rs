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

/// After this many lines that are no TOML, the rest of a file is not read.
const MAX_UNREADABLE_LINES: usize = 50;

/// The text of a story file, and the problems found in it so far.
pub(super) struct Reader {
    source: String,
    problems: Vec<Problem>,
    /// Keys removed because of invalid values, so that they are not also reported as missing.
    removed: Vec<String>,
    /// The lines that are no TOML. Something else may be missing only because of them.
    broken_lines: Vec<usize>,
}

impl Reader {
    /// `problems` were found in the bytes of the text.
    pub(super) fn new(source: String, problems: Vec<Problem>) -> Self {
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
        self.repair_unreadable_lines();
        let source = self.source.clone();
        let (mut root, errors) = DeTable::parse_recoverable(&source);
        self.report_syntax(errors);
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

    /// Reports and repairs the lines after which the parser gives up, so that the lines after them are read, too.
    /// Lines keep their numbers.
    fn repair_unreadable_lines(&mut self) {
        for _ in 0..MAX_UNREADABLE_LINES {
            let source = self.source.clone();
            let (root, mut errors) = DeTable::parse_recoverable(&source);
            let last_key = last_key(root.get_ref());
            let read_until = self.line(&(last_key..last_key));
            let mut lines: Vec<String> = source.split('\n').map(str::to_owned).collect();
            let line_of = |error: &toml::de::Error| self.line(&error.span().unwrap_or(0..0));
            let needs_repair = |error: &&toml::de::Error| {
                let line = line_of(error);
                let text = &lines[line - 1];
                line > read_until
                    || repaired_header(text).is_some_and(|header| header != *text)
                    || open_bracket(error, &source).is_some()
            };
            let Some(line) = errors.iter().filter(needs_repair).map(line_of).min() else {
                return;
            };
            // The errors after it may be its consequences.
            errors.retain(|error| line_of(error) <= line);
            let open = errors.iter().find_map(|error| open_bracket(error, &source));
            let repaired = match open {
                Some(bracket) => close(&mut lines, line, bracket),
                None => leave_out(&mut lines, line),
            };
            match repaired {
                Some(Repair::Closed(above, bracket)) => {
                    let what = format!("the value ends here without `{bracket}`: add it");
                    self.problems.push(Problem { line: above, what });
                    self.broken_lines.push(above);
                }
                Some(Repair::LeftOut) => self.report_syntax(errors),
                None => return,
            }
            self.source = lines.join("\n");
        }
    }

    /// Reports lines that are no TOML. The first error of a line usually causes the others.
    fn report_syntax(&mut self, mut errors: Vec<toml::de::Error>) {
        errors.sort_by_key(|error| error.span().map_or(0, |at| at.start));
        for error in errors {
            let at = error.span().unwrap_or(0..0);
            let line = self.line(&at);
            self.problem(at, error.message().replace('\n', " "));
            self.broken_lines.push(line);
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

/// Where the last key of a table begins.
fn last_key(table: &DeTable<'_>) -> usize {
    let within = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::Table(inner) => last_key(inner),
        DeValue::Array(items) => {
            let inner = items.iter().map(|item| match item.get_ref() {
                DeValue::Table(inner) => last_key(inner),
                _ => 0,
            });
            inner.max().unwrap_or(0)
        }
        _ => 0,
    };
    let keys = table
        .iter()
        .map(|(key, value)| key.span().start.max(within(value)));
    keys.max().unwrap_or(0)
}

/// What was done to a text so that the parser can read on.
enum Repair {
    LeftOut,
    /// The line at whose end the bracket of a list or of an inline table was missing.
    Closed(usize, char),
}

/// Leaves out a line, or repairs it if it is a header. `None` if nothing is left to read, or it is left out
/// already.
fn leave_out(lines: &mut [String], line: usize) -> Option<Repair> {
    let has_more = lines[line..].iter().any(|line| line.contains('='));
    let repaired = repaired_header(&lines[line - 1]).unwrap_or_default();
    let is_new = lines[line - 1] != repaired;
    lines[line - 1] = repaired;
    (has_more && is_new).then_some(Repair::LeftOut)
}

/// Adds the missing bracket of a list or an inline table on the line of its last element above `line`.
fn close(lines: &mut [String], line: usize, bracket: char) -> Option<Repair> {
    let is_element =
        |text: &String| !text.trim().is_empty() && repaired_header(text).as_ref() != Some(text);
    let above = lines[..line - 1].iter().rposition(is_element)?;
    let is_new = !lines[above].ends_with(bracket);
    lines[above].push(bracket);
    is_new.then_some(Repair::Closed(above + 1, bracket))
}

/// The bracket that is missing from a value above, if the parser took a `key =` or a header for an element of it.
fn open_bracket(error: &toml::de::Error, source: &str) -> Option<char> {
    let message = error.message();
    let is_about = |what: &str| message.contains(what) && !message.contains("array table");
    let bracket = match is_about("array") {
        true => ']',
        false if is_about("inline table") || is_about("key-value pairs") => '}',
        false => return None,
    };
    let at = error.span().map_or(0, |at| at.start).min(source.len());
    let (before, after) = source.split_at_checked(at)?;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = &source[start..at + after.find('\n').unwrap_or(after.len())];
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ' ';
    let is_before_value = before[start..].chars().all(is_key);
    let is_entry = line.trim_start_matches(is_key).starts_with('=');
    (is_before_value && (is_entry || repaired_header(line).is_some())).then_some(bracket)
}

/// The header of a table with its brackets in order: without it, the entries below would belong to the table
/// above. `None` for another line.
fn repaired_header(line: &str) -> Option<String> {
    let brackets = line.trim_start().chars().take_while(|c| *c == '[').count();
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name: String = line
        .trim_start()
        .chars()
        .skip(brackets)
        .take_while(is_name)
        .collect();
    match brackets {
        _ if name.is_empty() => None,
        0 => None,
        1 => Some(format!("[{name}]")),
        _ => Some(format!("[[{name}]]")),
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
