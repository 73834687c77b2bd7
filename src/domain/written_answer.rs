//! An answer that was written instead of spoken: its words, and the sections that its paragraphs or
//! headings show. Does not know files, stories or how long the words would take.

use std::ops::Range;

use super::part::{Part, SectionKind};
use super::text_folding::folded;

/// A whole answer has a Reflection or ends with the Result.
const MIN_SECTIONS: usize = SectionKind::ALL.len() - 1;
/// Longest line that may be a heading without a colon, in letters.
const MAX_HEADING: usize = 30;
/// What may stand behind the mark that ends a sentence.
const QUOTES: [char; 5] = ['"', '\'', ')', '\u{201d}', '\u{2019}'];

/// A section and its lines.
type Block<'t> = (SectionKind, Vec<&'t str>);

/// A written answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenAnswer {
    /// Its words, with punctuation. There is at least one.
    pub words: Vec<String>,
    /// Its sections in the order of the text, each with the indices of its words. Empty if the text is one
    /// section, or a whole answer in one paragraph.
    pub sections: Vec<(SectionKind, Range<usize>)>,
}

/// Why a text is no answer. The sentence continues after the name of the text: `draft.txt contains no text`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrittenError {
    /// There is no word in it.
    #[error("contains no text")]
    Empty,
    /// Its paragraphs cannot be matched with the sections.
    #[error(
        "has {0} paragraphs: write one for each section, Situation to Result or Reflection, or put headings such as `Action:` above them"
    )]
    Paragraphs(usize),
    /// A section has two headings.
    #[error("has two headings for the {0}: put all of its text under one")]
    Twice(SectionKind),
    /// The text begins without a heading, but has headings later.
    #[error("begins without a heading, but has headings later: put one above \u{201c}{0}\u{201d}")]
    NoFirstHeading(String),
    /// The headings are not in the order in which the sections are spoken.
    #[error("has the {0} before the {1}: write the sections in the order in which they are spoken")]
    Order(SectionKind, SectionKind),
    /// The wanted section has no heading, or nothing under it.
    #[error("has headings, but no text under one for the {0}")]
    NoSection(SectionKind),
}

impl WrittenAnswer {
    /// Parses the text of an answer to `part`. For the whole answer, the sections are under headings
    /// (`Situation:`, `## Task`, `**Action**`), or they are the paragraphs in speaking order. A single
    /// paragraph is a whole answer whose sections are not known. For one section, the text is that section;
    /// if it has headings, the section is the text under its heading.
    pub fn parse(text: &str, part: Part) -> Result<Self, WrittenError> {
        let blocks = match part {
            Part::FollowUp(_) => None,
            Part::Whole | Part::Section(_) => under_headings(text)?,
        };
        let answer = match (part, blocks) {
            (Part::Section(kind), Some(blocks)) => {
                let block = blocks.iter().find(|(of, _)| *of == kind);
                let (_, lines) = block.ok_or(WrittenError::NoSection(kind))?;
                Self::from_lines(lines)
            }
            (_, Some(blocks)) => Self::from_sections(&blocks),
            (Part::Whole, None) => Self::from_paragraphs(text)?,
            (_, None) => Self::from_lines(&text.lines().collect::<Vec<&str>>()),
        };
        match answer.words.is_empty() {
            true => Err(WrittenError::Empty),
            false => Ok(answer),
        }
    }

    fn from_lines(lines: &[&str]) -> Self {
        let mut answer = Self::default();
        for line in lines {
            answer.push_line(line);
        }
        answer
    }

    fn from_sections(blocks: &[Block]) -> Self {
        let mut answer = Self::default();
        for (kind, lines) in blocks {
            let first = answer.words.len();
            answer.end_sentence();
            for line in lines {
                answer.push_line(line);
            }
            answer.sections.push((*kind, first..answer.words.len()));
        }
        answer
    }

    fn from_paragraphs(text: &str) -> Result<Self, WrittenError> {
        let paragraphs = paragraphs(text);
        match paragraphs.len() {
            0 | 1 => Ok(Self::from_lines(&text.lines().collect::<Vec<&str>>())),
            count if (MIN_SECTIONS..=SectionKind::ALL.len()).contains(&count) => {
                let blocks: Vec<Block> = std::iter::zip(SectionKind::ALL, paragraphs).collect();
                Ok(Self::from_sections(&blocks))
            }
            count => Err(WrittenError::Paragraphs(count)),
        }
    }

    /// Adds the words of a line. Marks without a word, such as a dash, belong to the word before them. A list
    /// item begins a sentence, and so does a line after a blank one.
    fn push_line(&mut self, line: &str) {
        let (is_item, line) = without_bullet(line);
        if is_item || line.trim().is_empty() {
            self.end_sentence();
        }
        for text in line.split_whitespace() {
            let text = text.trim_matches(['*', '_', '`', '#', '>']);
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '%' | '$' | '€' | '£');
            match self.words.last_mut() {
                _ if text.contains(is_word) => self.words.push(text.to_owned()),
                Some(before) if is_break(text) && before.ends_with(is_word) => {
                    before.push(' ');
                    before.push_str(text);
                }
                _ => {}
            }
        }
    }

    /// Ends the sentence after the last word, if the text has no mark there.
    fn end_sentence(&mut self) {
        if let Some(last) = self.words.last_mut() {
            let inner = last.trim_end_matches(QUOTES);
            if !inner.ends_with(['.', '?', '!', '\u{2026}', ':', ';', ','])
                && !inner.ends_with(['-', '\u{2013}', '\u{2014}'])
            {
                last.push('.');
            }
        }
    }
}

/// Whether a text is only a mark that separates clauses.
fn is_break(text: &str) -> bool {
    let marks = [
        '-', '\u{2013}', '\u{2014}', '\u{2026}', '.', ',', ':', ';', '?', '!',
    ];
    !text.is_empty() && text.chars().all(|c| marks.contains(&c))
}

/// The text under each heading, in speaking order; `None` if it has no headings. A title and empty sections
/// are left out.
fn under_headings(text: &str) -> Result<Option<Vec<Block<'_>>>, WrittenError> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    for line in text.lines() {
        let heading = heading(line).map(|(kind, rest)| {
            let is_second = is_letter_r(line) && blocks.iter().any(|(other, _)| *other == kind);
            (
                if is_second {
                    SectionKind::Reflection
                } else {
                    kind
                },
                rest,
            )
        });
        match heading {
            Some((kind, _)) if blocks.iter().any(|(other, _)| *other == kind) => {
                return Err(WrittenError::Twice(kind));
            }
            Some((kind, rest)) => blocks.push((kind, vec![rest])),
            None => blocks
                .last_mut()
                .map_or(&mut before, |(_, lines)| lines)
                .push(line),
        }
    }
    if blocks.is_empty() {
        return Ok(None);
    }
    let is_text = |line: &&&str| line.contains(char::is_alphanumeric) && !is_title(line);
    if let Some(line) = before.iter().find(is_text) {
        let begin: Vec<&str> = line.split_whitespace().take(4).collect();
        return Err(WrittenError::NoFirstHeading(begin.join(" ")));
    }
    let out_of_order = blocks.windows(2).find(|pair| pair[0].0 > pair[1].0);
    if let Some(pair) = out_of_order {
        return Err(WrittenError::Order(pair[0].0, pair[1].0));
    }
    let has_text = |lines: &[&str]| {
        lines
            .iter()
            .any(|line| line.contains(char::is_alphanumeric))
    };
    blocks.retain(|(_, lines)| has_text(lines));
    Ok(Some(blocks))
}

/// Whether a line is a title in Markdown.
fn is_title(line: &str) -> bool {
    let rest = line.trim_start().trim_start_matches('#');
    rest.len() < line.trim_start().len() && rest.starts_with(char::is_whitespace)
}

/// The section that a line is the heading of, and the text behind the heading: `Result: it held` has "it
/// held". A name alone on its line needs no mark.
fn heading(line: &str) -> Option<(SectionKind, &str)> {
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '#' | '*' | '_' | '>' | '[' | '`');
    let line = line.trim();
    let begin = line.trim_start_matches(is_mark);
    // "1. Situation", "2) Task"
    let numbered = begin.trim_start_matches(|c: char| c.is_ascii_digit());
    let begin = match numbered.strip_prefix(['.', ')']) {
        Some(rest) if numbered.len() < begin.len() => rest.trim_start_matches(is_mark),
        _ => begin,
    };
    let end = begin
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(begin.len());
    let (name, rest) = begin.split_at(end);
    let kind = match section_of_letter(name) {
        // "A: I called", "S - the alarm", but not "A call" or "R."
        Some(kind) if rest.trim_start().starts_with(':') || is_dash_between_spaces(rest) => kind,
        Some(_) => return None,
        None => section_named(name)?,
    };
    // "**Action** I called", "[Action] I called"
    let opening = &line[..line.len() - begin.len()];
    let is_enclosed = [("**", "**"), ("__", "__"), ("[", "]")]
        .iter()
        .any(|(before, after)| opening.ends_with(before) && rest.starts_with(after));
    let closing = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | ']' | '`');
    let rest = rest.trim_start_matches(closing);
    let has_space = begin[end..begin.len() - rest.len()].contains(char::is_whitespace);
    let is_alone = rest.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
    match rest.chars().next() {
        None => Some((kind, "")),
        Some(':') => Some((kind, rest[1..].trim_start_matches(closing))),
        // "Action - I called", but not "Action-packed" or "Situation, well".
        Some('-' | '\u{2013}' | '\u{2014}') if has_space => Some((
            kind,
            rest.trim_start_matches(['-', '\u{2013}', '\u{2014}', ' ']),
        )),
        Some(_) if is_enclosed && !is_alone => Some((kind, rest)),
        _ if is_alone && line.len() <= MAX_HEADING && !rest.contains(['.', '?', '!']) => {
            Some((kind, ""))
        }
        _ => None,
    }
}

/// The section that a capital letter stands for, as in STAR. The first R is the Result, the second one the
/// Reflection.
fn section_of_letter(name: &str) -> Option<SectionKind> {
    match name {
        "S" => Some(SectionKind::Situation),
        "T" => Some(SectionKind::Task),
        "A" => Some(SectionKind::Action),
        "R" => Some(SectionKind::Result),
        _ => None,
    }
}

fn is_letter_r(line: &str) -> bool {
    let mut letters = line
        .trim_start_matches(|c: char| !c.is_alphabetic())
        .chars();
    letters.next() == Some('R') && !letters.next().is_some_and(char::is_alphabetic)
}

fn is_dash_between_spaces(rest: &str) -> bool {
    let dash = rest
        .trim_start()
        .strip_prefix(['-', '\u{2013}', '\u{2014}']);
    rest.starts_with(char::is_whitespace)
        && dash.is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// The section of this name, in any case; its plural counts.
fn section_named(name: &str) -> Option<SectionKind> {
    let name = folded(name);
    SectionKind::ALL.into_iter().find(|kind| {
        let own = kind.to_string().to_lowercase();
        let singular = name.strip_suffix('s').unwrap_or(&name);
        singular == own || *kind == SectionKind::Reflection && singular == "learning"
    })
}

/// Stretches of lines between blank lines. A text without blank lines has one paragraph per line if it has as
/// many lines as an answer has sections and each ends a sentence.
fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines() {
        // A title is no paragraph.
        let is_blank = !line.contains(char::is_alphanumeric) || is_title(line);
        match paragraphs.last_mut() {
            Some(last) if !is_blank => last.push(line),
            Some(last) if !last.is_empty() => paragraphs.push(Vec::new()),
            _ => {}
        }
    }
    paragraphs.retain(|lines| !lines.is_empty());
    let ends_sentence = |line: &&str| {
        let line = line.trim_end().trim_end_matches(QUOTES);
        line.ends_with(['.', '?', '!', '\u{2026}'])
    };
    match paragraphs.as_slice() {
        [only]
            if (MIN_SECTIONS..=SectionKind::ALL.len()).contains(&only.len())
                && only.iter().all(ends_sentence) =>
        {
            only.iter().map(|line| vec![*line]).collect()
        }
        _ => paragraphs,
    }
}

/// Whether a line is an item of a list, and the line without its bullet.
fn without_bullet(line: &str) -> (bool, &str) {
    let line = line.trim();
    let rest = line.strip_prefix(['-', '*', '+', '\u{2022}', '\u{2013}', '\u{2014}']);
    match rest.filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(rest) => (true, rest),
        None => (false, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    const FIVE: &str = "It broke.\n\nIt was mine.\n\nI fixed it.\n\nIt held.\n\nI learned.";

    /// The sections with their words, one per line; `-` for words of no known section.
    fn check(text: &str, part: Part, expected: Expect) {
        let found = match WrittenAnswer::parse(text, part) {
            Ok(answer) if answer.sections.is_empty() => format!("- {}", answer.words.join("|")),
            Ok(answer) => {
                let sections = answer.sections.iter();
                let lines: Vec<String> = sections
                    .map(|(kind, words)| {
                        format!("{kind} {}", answer.words[words.clone()].join("|"))
                    })
                    .collect();
                lines.join("\n")
            }
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&found);
    }

    #[test]
    fn paragraphs_are_sections_in_speaking_order() {
        check(
            FIVE,
            Part::Whole,
            expect![[r#"
            Situation It|broke.
            Task It|was|mine.
            Action I|fixed|it.
            Result It|held.
            Reflection I|learned."#]],
        );
        let four = FIVE
            .rsplit_once("\n\n")
            .expect("five")
            .0
            .replace('\n', "\r\n");
        check(
            &four,
            Part::Whole,
            expect![[r#"
            Situation It|broke.
            Task It|was|mine.
            Action I|fixed|it.
            Result It|held."#]],
        );
        let lines = FIVE.replace("\n\n", "\n");
        let answer = WrittenAnswer::parse(&lines, Part::Whole).expect("an answer");
        assert_eq!(answer.sections.len(), 5);
    }

    #[test]
    fn one_paragraph_is_an_answer_whose_sections_are_not_known() {
        check(
            "It broke. I\nfixed it and\nit held\nin the end.",
            Part::Whole,
            expect!["- It|broke.|I|fixed|it|and|it|held|in|the|end."],
        );
    }

    #[test]
    fn other_numbers_of_paragraphs_are_an_error() {
        check(
            "It broke.\n\nI fixed it.",
            Part::Whole,
            expect![
                "has 2 paragraphs: write one for each section, Situation to Result or Reflection, or put headings such as `Action:` above them"
            ],
        );
        let six = format!("{FIVE}\n\nThat was it.");
        check(
            &six,
            Part::Whole,
            expect![
                "has 6 paragraphs: write one for each section, Situation to Result or Reflection, or put headings such as `Action:` above them"
            ],
        );
    }

    #[test]
    fn headings_name_the_sections() {
        let text = "# My story\n\nSITUATION\nIt broke\n\n## Task:\nIt was mine.\n**Action** - I fixed it.\n\nThen I slept.\n3) Results: it held\n";
        check(
            text,
            Part::Whole,
            expect![[r#"
            Situation It|broke.
            Task It|was|mine.
            Action I|fixed|it.|Then|I|slept.
            Result it|held"#]],
        );
        check(
            text,
            Part::Section(SectionKind::Action),
            expect!["- I|fixed|it.|Then|I|slept."],
        );
        check(
            text,
            Part::Section(SectionKind::Reflection),
            expect!["has headings, but no text under one for the Reflection"],
        );
    }

    #[test]
    fn enclosed_name_is_a_heading_of_the_text_behind_it() {
        for line in [
            "**Result** It held.",
            "__Results__ It held.",
            "[Result] It held.",
        ] {
            assert_eq!(
                heading(line),
                Some((SectionKind::Result, "It held.")),
                "{line}"
            );
        }
    }

    #[test]
    fn letters_of_star_are_headings() {
        check(
            "S: It broke.\nT - It was mine.\n**A:** I fixed it.\nA storm came. R. helped.\nR: It held.\nR: I learned.",
            Part::Whole,
            expect![[r#"
            Situation It|broke.
            Task It|was|mine.
            Action I|fixed|it.|A|storm|came.|R.|helped.
            Result It|held.
            Reflection I|learned."#]],
        );
    }

    #[test]
    fn wrong_headings_are_an_error() {
        check(
            "Action: I ran.\nTask: Mine.",
            Part::Whole,
            expect![
                "has the Action before the Task: write the sections in the order in which they are spoken"
            ],
        );
        check(
            "Action: I ran.\nAction: I ran.",
            Part::Whole,
            expect!["has two headings for the Action: put all of its text under one"],
        );
        check(
            "Well, this is my story.\nTask: Mine.",
            Part::Whole,
            expect![
                "begins without a heading, but has headings later: put one above “Well, this is my”"
            ],
        );
    }

    #[test]
    fn words_that_name_a_section_are_no_heading() {
        for line in [
            "Action had to be taken.",
            "The result: it held.",
            "Action-packed weeks followed.",
            "Situations like this are rare.",
            "Result, finally!",
            "Result!",
            "*Result* is what counts.",
        ] {
            assert_eq!(heading(line), None, "{line}");
        }
        for line in [
            "Result",
            "  result  ",
            "Results:",
            "__Result__",
            "[Result]",
            "4. RESULT",
            "### Result ###",
            "**Result:**",
        ] {
            assert_eq!(heading(line), Some((SectionKind::Result, "")), "{line}");
        }
    }

    #[test]
    fn marks_belong_to_words_and_list_items_are_sentences() {
        check(
            "I did **two** things \u{2014} both\n- wrote a test\n- 5 % less\n\n\u{1f600} done",
            Part::Section(SectionKind::Action),
            expect!["- I|did|two|things —|both.|wrote|a|test.|5|%|less.|done"],
        );
    }

    #[test]
    fn text_without_words_is_empty() {
        for text in [
            "",
            " \n\t",
            "\u{1f600} \u{2014} ...",
            "Action:\n\nResult:\n",
        ] {
            for part in [Part::Whole, Part::FollowUp(1)] {
                let parsed = WrittenAnswer::parse(text, part);
                let has_heading = text.contains("Action") && part != Part::Whole;
                assert_eq!(parsed.is_err(), !has_heading, "{text:?}");
            }
        }
    }
}
