//! Text for the terminal. Names of files, stories and takes may contain characters that a terminal obeys: they are
//! written out instead. JSON escapes them by itself.

use std::borrow::Cow;
use std::io::{self, StdoutLock, Write};

use serde::Serialize;

/// Standard output for text.
pub fn stdout() -> PlainText<StdoutLock<'static>> {
    PlainText(io::stdout().lock())
}

/// Prints a JSON document on one line of standard output.
pub fn print_json(document: &impl Serialize) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut out, document)?;
    writeln!(out)?;
    out.flush()
}

/// Writes text on, with control characters as `\u{1b}`. Each call must get whole characters, as `write!` does.
pub struct PlainText<W>(pub W);

impl<W: Write> Write for PlainText<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(printable(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with its control characters written out, except ends of lines and tabs.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let write_out = |c: char| match is_obeyed(c) {
        true => c.escape_debug().to_string(),
        false => c.to_string(),
    };
    Cow::Owned(text.chars().map(write_out).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_written_out() {
        for (text, printed) in [
            ("Größe 你好 🎤\n\tend", "Größe 你好 🎤\n\tend"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("\u{9b}31mred\u{7f}", "\\u{9b}31mred\\u{7f}"),
            ("over\rwritten\u{7}", "over\\rwritten\\u{7}"),
        ] {
            assert_eq!(printable(text), printed);
            let mut out = PlainText(Vec::new());
            write!(out, "{text}").expect("memory");
            assert_eq!(out.0, printed.as_bytes());
        }
    }
}
