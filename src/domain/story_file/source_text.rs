//! Turns the bytes of a story file into TOML text. Editors and word processors save other encodings, byte order
//! marks and curly quotes; what can be understood is, and the rest is named with its line. Knows how TOML
//! writes strings, not what a story contains.

use super::problem::Problem;

/// Whether the bytes are text at all. Almost any two bytes are a character of UTF-16, so that it counts as text
/// only if it has a `key = value`.
pub fn is_text(bytes: &[u8]) -> bool {
    let (text, problems) = decode(bytes);
    let is_named = text.is_empty() && !problems.is_empty();
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    is_named || !text.contains('\0') && (is_utf8 || text.contains('='))
}

/// The TOML text in the bytes of a file, as [`decode`] and [`normalize`] understand it, or the first byte that is no
/// text.
pub fn toml_text(bytes: &[u8]) -> Result<String, Problem> {
    let (text, problems) = decode(bytes);
    match problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(normalize(&text)),
    }
}

/// Decodes the bytes of a story file. Bytes that are no text are replaced and reported, so that the rest of the
/// file can be checked, too.
pub(super) fn decode(bytes: &[u8]) -> (String, Vec<Problem>) {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            let what = "the file is in UTF-32: save it as UTF-8";
            (String::new(), vec![problem(1, what.to_owned())])
        }
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => decode_utf16(bytes, u16::from_le_bytes),
        [0, first, ..] if *first != 0 => decode_utf16(bytes, u16::from_be_bytes),
        _ => decode_utf8(bytes),
    }
}

fn decode_utf8(bytes: &[u8]) -> (String, Vec<Problem>) {
    let mut text = String::with_capacity(bytes.len());
    let mut found = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text += chunk.valid();
        if let Some(byte) = chunk.invalid().first() {
            let what = format!("not UTF-8 (byte {byte:#04x}): save the file as UTF-8");
            found.push((text.len(), what));
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    let problems = by_line(&text, found);
    (text, problems)
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (String, Vec<Problem>) {
    let pairs = bytes.chunks_exact(2);
    let is_whole = pairs.remainder().is_empty();
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    let (mut text, mut found) = (String::new(), Vec::new());
    for decoded in char::decode_utf16(units) {
        text.push(decoded.unwrap_or_else(|_| {
            let what = "not UTF-16: save the file as UTF-8".to_owned();
            found.push((text.len(), what));
            char::REPLACEMENT_CHARACTER
        }));
    }
    if !is_whole {
        let what = "the file is in UTF-16 and ends in the middle of a character: save it as UTF-8";
        found.push((text.len(), what.to_owned()));
    }
    let problems = by_line(&text, found);
    (text, problems)
}

fn problem(line: usize, what: String) -> Problem {
    Problem { line, what }
}

/// Problems at these positions of the text; the first one of each line is enough.
fn by_line(text: &str, found: Vec<(usize, String)>) -> Vec<Problem> {
    let line_end = line_end(text);
    let mut problems: Vec<Problem> = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for (at, what) in found {
        line += text[counted..at].matches(line_end).count();
        counted = at;
        if problems.last().is_none_or(|last| last.line != line) {
            problems.push(problem(line, what));
        }
    }
    problems
}

/// What ends the lines of a text. Old Macs wrote only carriage returns.
fn line_end(text: &str) -> char {
    match text.contains('\n') {
        true => '\n',
        false => '\r',
    }
}

/// Replaces what word processors write by what TOML expects: no byte order marks, line feeds, plain spaces, and
/// straight quotes around strings. Inside strings every character stays. Lines keep their numbers.
pub(super) fn normalize(text: &str) -> String {
    let text = text.replace('\u{feff}', "");
    let text = match line_end(&text) {
        '\r' => text.replace('\r', "\n"),
        _ => text.replace("\r\n", "\n"),
    };
    let mut scanner = Scanner {
        rest: &text,
        out: String::with_capacity(text.len()),
        brackets: Vec::new(),
        is_value: false,
    };
    while scanner.step() {}
    scanner.out
}

/// Walks through TOML text. Between two steps it is outside of strings and comments.
struct Scanner<'t> {
    rest: &'t str,
    out: String,
    /// The open brackets.
    brackets: Vec<char>,
    /// Whether the line had its equals sign.
    is_value: bool,
}

impl<'t> Scanner<'t> {
    /// Copies a string, a comment or one character. Returns whether there is more.
    fn step(&mut self) -> bool {
        let Some(c) = self.rest.chars().next() else {
            return false;
        };
        match c {
            '#' => {
                let comment = self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
                self.out += comment;
            }
            c if is_double(c) || is_single(c) => self.string(c),
            c => {
                self.take(c.len_utf8());
                self.punctuation(c);
            }
        }
        true
    }

    fn punctuation(&mut self, c: char) {
        match c {
            '[' | '{' => self.brackets.push(c),
            ']' | '}' => drop(self.brackets.pop()),
            '=' => self.is_value = true,
            '\n' if self.brackets.is_empty() => self.is_value = false,
            _ => {}
        }
        match c {
            // Spaces that cannot be told from plain ones.
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                self.out.push(' ');
            }
            c if is_zero_width(c) => {}
            c => self.out.push(c),
        }
    }

    /// Copies a string that begins with the quote `c`.
    fn string(&mut self, c: char) {
        let is_quote = if is_double(c) { is_double } else { is_single };
        let straight = if is_double(c) { '"' } else { '\'' };
        if run_of(self.rest, is_quote) >= 3 {
            return self.multi_line(is_quote, straight);
        }
        let body = &self.rest[c.len_utf8()..];
        let line = &body[..body.find('\n').unwrap_or(body.len())];
        let own_end = (c == straight)
            .then(|| straight_end(line, straight))
            .flatten();
        let is_good = own_end.is_some_and(|end| self.may_follow(&line[end + 1..]));
        // The other straight quotes of the line belong to other strings.
        let is_closing = |quote| is_quote(quote) && (c != straight || quote != straight);
        match curly_end(line, is_closing, |rest| self.may_follow(rest)) {
            Some(end) if !is_good => {
                let content = &line[..end];
                let closing = line[end..].chars().next().map_or(0, char::len_utf8);
                self.out.push('"');
                self.out += &escaped(content, straight);
                self.out.push('"');
                self.take(c.len_utf8() + end + closing);
            }
            _ => {
                // Well formed, or beyond repair: the parser says what is wrong with it.
                let length = own_end.map_or(c.len_utf8(), |end| c.len_utf8() + end + 1);
                let copied = self.take(length);
                self.out += copied;
            }
        }
    }

    fn multi_line(&mut self, is_quote: fn(char) -> bool, straight: char) {
        let opening = self.rest.chars().take(3).map(char::len_utf8).sum();
        self.take(opening);
        self.out.extend([straight; 3]);
        let mut is_escaped = false;
        let end = self.rest.char_indices().find(|(index, c)| {
            let closes = !is_escaped && run_of(&self.rest[*index..], is_quote) >= 3;
            is_escaped = *c == '\\' && !is_escaped && straight == '"';
            closes
        });
        let Some((end, _)) = end else {
            let copied = self.take(self.rest.len());
            self.out += copied;
            return;
        };
        // Of up to five quotes at the end, the last three close the string.
        let quotes: Vec<char> = self.rest[end..].chars().take(5).collect();
        let run = quotes.iter().take_while(|c| is_quote(**c)).count();
        let inside: usize = quotes[..run - 3].iter().map(|c| c.len_utf8()).sum();
        let closing: usize = quotes[run - 3..run].iter().map(|c| c.len_utf8()).sum();
        let copied = self.take(end + inside);
        match straight {
            '"' => self.out += &without_curly_escapes(copied),
            _ => self.out += copied,
        }
        self.out.extend([straight; 3]);
        self.take(closing);
    }

    /// Whether the rest of a line may follow a string here.
    fn may_follow(&self, rest: &str) -> bool {
        let is_space = |c: char| c != '\n' && (c.is_whitespace() || is_zero_width(c));
        let rest = rest.trim_start_matches(is_space);
        let Some(next) = rest.chars().next() else {
            return true;
        };
        let after = rest[next.len_utf8()..]
            .trim_start_matches(is_space)
            .chars()
            .next();
        match (self.brackets.last(), next) {
            (_, '#') => true,
            (None, '=' | '.') => !self.is_value,
            (Some('['), ',') => after
                .is_none_or(|c| is_double(c) || is_single(c) || matches!(c, ']' | '#' | '[' | '{')),
            (Some('{'), ',' | '=') => true,
            (Some('['), ']') | (Some('{'), '}') => true,
            _ => false,
        }
    }

    /// Moves past this many bytes and returns them.
    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}')
}

fn is_double(c: char) -> bool {
    matches!(c, '"' | '\u{201c}'..='\u{201f}' | '\u{ff02}')
}

fn is_single(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201b}' | '\u{ff07}')
}

/// The number of quotes at the start of a text.
fn run_of(text: &str, is_quote: fn(char) -> bool) -> usize {
    text.chars().take_while(|c| is_quote(*c)).count()
}

/// The position of the straight quote that ends a string.
fn straight_end(line: &str, straight: char) -> Option<usize> {
    let mut is_escaped = false;
    let (end, _) = line.char_indices().find(|(_, c)| {
        let ends = *c == straight && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped && straight == '"';
        ends
    })?;
    Some(end)
}

/// The position of the first quote of any form after which the line may continue.
fn curly_end(
    line: &str,
    is_closing: impl Fn(char) -> bool,
    may_follow: impl Fn(&str) -> bool,
) -> Option<usize> {
    let mut quotes = line.char_indices().filter(|(_, c)| is_closing(*c));
    let (end, _) = quotes.find(|(end, c)| may_follow(&line[end + c.len_utf8()..]))?;
    Some(end)
}

/// The content of a string between curly quotes, for a string between straight double quotes.
fn escaped(content: &str, straight: char) -> String {
    if straight == '\'' {
        // Single quotes have no escapes: a backslash stands for itself.
        return content.replace('\\', "\\\\").replace('"', "\\\"");
    }
    let mut text = String::with_capacity(content.len());
    let mut is_escaped = false;
    for c in without_curly_escapes(content).chars() {
        if c == '"' && !is_escaped {
            text.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        text.push(c);
    }
    text
}

/// Removes the backslash before a quote that became curly: TOML escapes only straight ones.
fn without_curly_escapes(content: &str) -> String {
    let mut text = String::with_capacity(content.len());
    let mut is_escaped = false;
    for c in content.chars() {
        if is_escaped && is_double(c) && c != '"' {
            text.pop();
        }
        is_escaped = c == '\\' && !is_escaped;
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_decoded() {
        let text = "title = \"caf\u{e9} \u{1f600}\"\n";
        let units = || text.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [b"\xff\xfe", little.as_slice()].concat(),
            [b"\xfe\xff", big.as_slice()].concat(),
            little.clone(),
            big,
        ] {
            let (decoded, problems) = decode(&bytes);
            assert_eq!(
                (normalize(&decoded).as_str(), problems),
                (text, vec![]),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_named_with_their_lines() {
        let check = |bytes: &[u8], expected: &[&str]| {
            let problems = decode(bytes).1;
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(problems, expected, "{bytes:?}");
        };
        // Latin-1 with the line ends of Windows, of old Macs, and of Unix.
        check(
            b"a = \"caf\xe9 \xe9\"\r\nb = \"\"\r\nc = \"\xfc\"\r\n",
            &[
                "1: not UTF-8 (byte 0xe9): save the file as UTF-8",
                "3: not UTF-8 (byte 0xfc): save the file as UTF-8",
            ],
        );
        check(
            b"a\rb \xff",
            &["2: not UTF-8 (byte 0xff): save the file as UTF-8"],
        );
        check(
            b"\xff\xfea\0\n\0\0\xd8b\0",
            &["2: not UTF-16: save the file as UTF-8"],
        );
        check(
            b"\xff\xfea\0b",
            &["1: the file is in UTF-16 and ends in the middle of a character: save it as UTF-8"],
        );
        check(
            b"\xff\xfe\0\0a\0\0\0",
            &["1: the file is in UTF-32: save it as UTF-8"],
        );
        check(b"", &[]);
    }

    #[test]
    fn quotes_and_spaces_of_word_processors_are_understood() {
        for (written, expected) in [
            ("a = \u{201c}b\u{201d}", "a = \"b\""),
            (
                "a = \u{201d}b\u{201d}  # \u{201c}c\u{201d}",
                "a = \"b\"  # \u{201c}c\u{201d}",
            ),
            ("a = \u{201e}b\u{201c}", "a = \"b\""),
            (
                "a\u{a0}=\u{202f}\u{201c}b\u{a0}c\u{201d}\u{200b}",
                "a = \"b\u{a0}c\"",
            ),
            // Only one of the two is curly.
            ("a = \u{201c}b\"", "a = \"b\""),
            ("a = \"b\u{201d}", "a = \"b\""),
            ("a = \"b\u{201d} # \"c\"", "a = \"b\" # \"c\""),
            // Quotes inside, escaped or not.
            (
                "a = \u{201c}he said \u{201c}no\u{201d}, twice\u{201d}",
                "a = \"he said \u{201c}no\u{201d}, twice\"",
            ),
            ("a = \u{201c}a \"b\" c\u{201d}", "a = \"a \\\"b\\\" c\""),
            ("a = \u{201c}a \\\"b\\\" c\u{201d}", "a = \"a \\\"b\\\" c\""),
            (
                "a = \"it\u{2019}s \u{201c}fine\u{201d}\"",
                "a = \"it\u{2019}s \u{201c}fine\u{201d}\"",
            ),
            (
                "a = \u{201c}a \\\u{201d}b\\\u{201d} \\\\\u{201d}",
                "a = \"a \u{201d}b\u{201d} \\\\\"",
            ),
            (
                "a = \u{2018}it\u{2019}s \"\\\u{2019}",
                "a = \"it\u{2019}s \\\"\\\\\"",
            ),
            ("a = 'it\u{2019}", "a = \"it\""),
            // Lists, inline tables, keys, headers.
            (
                "a = [\u{201c}b\u{201d}, \u{201c}c, d\u{201d},\n  \u{201c}e\u{201d}]",
                "a = [\"b\", \"c, d\",\n  \"e\"]",
            ),
            (
                "a = { b = \u{201c}c\u{201d}, d = \u{201c}e\u{201d} }",
                "a = { b = \"c\", d = \"e\" }",
            ),
            (
                "\u{201c}a\u{201d} = 1\n[[\u{201c}b\u{201d}]]",
                "\"a\" = 1\n[[\"b\"]]",
            ),
            // Several lines.
            (
                "a = \u{201c}\u{201c}\u{201c}\nb\n\u{201d}\u{201d}\u{201d}\nc = 1",
                "a = \"\"\"\nb\n\"\"\"\nc = 1",
            ),
            (
                "a = \u{201c}\u{201d}\u{201d}b \"c\"\u{201d}\"\u{201c}",
                "a = \"\"\"b \"c\"\"\"\"",
            ),
            (
                "a = \u{2018}\u{2018}\u{2018}b\u{2019}\u{2019}\u{2019}",
                "a = '''b'''",
            ),
            ("a = \u{201c}\u{201d}", "a = \"\""),
            // Byte order marks and line ends.
            ("\u{feff}a = 1\r\n\u{feff}b = 2\r\n", "a = 1\nb = 2\n"),
        ] {
            assert_eq!(normalize(written), expected, "{written}");
        }
    }

    #[test]
    fn valid_toml_stays_as_it_is() {
        for text in [
            include_str!("../../../content/webhook-drop.toml"),
            include_str!("../../../content/wrong-call.toml"),
            "a = \"\"\"\nHe said \"\"no\"\" \\\"\"\" and \u{201c}yes\u{201d}\"\"\"\"\"\nb = ''\nc = 'x\\'\n",
            "a = \"\\\\\" # \"\nb = \"# no comment\"\nc = [ \"]\", '\"' ]\n",
            "a = [\"x\" \"y\"]\nb = [\"x\" 'y']\nc = \"x\" \"y\"\n",
            "broken = \"no end\nb = \u{201c}no end either\n",
        ] {
            assert_eq!(normalize(text), text);
        }
    }

    /// What a word processor makes of a story.
    #[test]
    fn story_with_curly_quotes_is_the_same_story() {
        let text = include_str!("../../../content/webhook-drop.toml");
        let mut is_open = false;
        let curly: String = text
            .chars()
            .map(|c| match c {
                '"' => {
                    is_open = !is_open;
                    if is_open { '\u{201c}' } else { '\u{201d}' }
                }
                '\'' => '\u{2019}',
                '\n' => {
                    is_open = false;
                    '\n'
                }
                c => c,
            })
            .collect();
        let story = super::super::parse(&curly.replace('\n', "\r\n")).expect("a story");
        let original = super::super::parse(text).expect("a story");
        let plain = |text: String| {
            text.replace('\u{2019}', "'")
                .replace(['\u{201c}', '\u{201d}'], "\"")
        };
        assert_eq!(
            plain(format!("{story:?}")),
            plain(format!("{original:?}").replace("\\\"", "\""))
        );
    }
}
