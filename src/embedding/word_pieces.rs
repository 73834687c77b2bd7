//! Splits words into the word pieces of BERT: the longest known beginning, then the longest known
//! continuation (`##ing`), and so on.

use std::collections::HashMap;

/// A longer word is unknown, as in BERT's own tokenizer.
const MAX_WORD_CHARS: usize = 100;

/// The known word pieces.
#[derive(Debug)]
pub(super) struct Vocabulary {
    ids: HashMap<String, usize>,
    /// Stands for a word with unknown pieces.
    unknown: usize,
    /// Stands before and after a text.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Vocabulary {
    /// A vocabulary of one piece per line. `None` if a piece is missing that every text needs.
    pub(super) fn new(lines: &str) -> Option<Self> {
        let ids: HashMap<String, usize> = lines
            .split('\n')
            .enumerate()
            .map(|(id, piece)| (piece.to_owned(), id))
            .collect();
        Some(Self {
            unknown: *ids.get("[UNK]")?,
            start: *ids.get("[CLS]")?,
            end: *ids.get("[SEP]")?,
            ids,
        })
    }

    /// Number of pieces.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The pieces of `text`. Letters are compared in lower case; every other character that is neither
    /// a letter nor a digit is a word of its own.
    pub(super) fn pieces(&self, text: &str) -> Vec<usize> {
        let mut pieces = Vec::new();
        let mut word = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            if c.is_alphanumeric() {
                word.push(c);
                continue;
            }
            self.add_pieces(&word, &mut pieces);
            word.clear();
            if !c.is_whitespace() && !c.is_control() {
                self.add_pieces(c.encode_utf8(&mut [0; 4]), &mut pieces);
            }
        }
        self.add_pieces(&word, &mut pieces);
        pieces
    }

    fn add_pieces(&self, word: &str, pieces: &mut Vec<usize>) {
        if word.chars().count() > MAX_WORD_CHARS {
            pieces.push(self.unknown);
            return;
        }
        let known = pieces.len();
        let mut rest = word;
        while !rest.is_empty() {
            let prefix = if rest.len() < word.len() { "##" } else { "" };
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
            let longest = ends.rev().find_map(|end| {
                let id = self.ids.get(&format!("{prefix}{}", &rest[..end]))?;
                Some((*id, end))
            });
            let Some((id, end)) = longest else {
                pieces.truncate(known);
                pieces.push(self.unknown);
                return;
            };
            pieces.push(id);
            rest = &rest[end..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_split_into_the_longest_pieces() {
        let vocabulary = Vocabulary::new("[UNK]\n[CLS]\n[SEP]\nwalk\n##ing\n##s\nw\n'\n3");
        let vocabulary = vocabulary.expect("all special pieces");
        for (text, expected) in [
            ("walking", vec![3, 4]),
            ("Walks' walk", vec![3, 5, 7, 3]),
            ("talking", vec![0]),
            ("3 \u{1f600}", vec![8, 0]),
            ("", vec![]),
        ] {
            assert_eq!(vocabulary.pieces(text), expected, "{text}");
        }
        assert_eq!(vocabulary.pieces(&"w".repeat(101)), [0]);
        assert!(Vocabulary::new("walk").is_none());
    }
}
