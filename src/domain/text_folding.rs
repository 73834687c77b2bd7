//! One form of each text for comparisons: people, programs and recognizers write the same letters in different ways.
//! It knows letters, not words or languages.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Latin letters that are not a plain letter with an accent, and what stands for them without.
const LETTERS: [(char, &str); 22] = [
    ('æ', "ae"),
    ('Æ', "AE"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ð', "d"),
    ('Ð', "D"),
    ('ħ', "h"),
    ('Ħ', "H"),
    ('ı', "i"),
    ('ł', "l"),
    ('Ł', "L"),
    ('ŋ', "ng"),
    ('ø', "o"),
    ('Ø', "O"),
    ('œ', "oe"),
    ('Œ', "OE"),
    ('ß', "ss"),
    ('ẞ', "SS"),
    ('ŧ', "t"),
    ('Ŧ', "T"),
    ('þ', "th"),
    ('Þ', "Th"),
];

/// The letters of a text, for comparison: without accents, ligatures, full-width forms and invisible characters, with
/// straight quotes and plain hyphens. Upper and lower case stay, and so do dashes, which separate words.
///
/// Superscripts and fractions stay, since `10²` is not 102 and `2½` not 21. In scripts other than Latin and Greek, marks distinguish words, so they
/// stay, too.
pub fn plain_letters(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains('`') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{b2}'
            | '\u{b3}'
            | '\u{b9}'
            | '\u{2070}'..='\u{209c}'
            | '\u{bc}'..='\u{be}'
            | '\u{2150}'..='\u{215f}'
            | '№' => plain.push(c),
            // Apostrophes, primes and accents that stand alone.
            '\u{2018}'..='\u{201b}'
            | '\u{2032}'
            | '\u{2bc}'
            | '\u{2b9}'
            | '\u{b4}'
            | '`'
            | '\u{ff07}' => plain.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ff02}' => plain.push('"'),
            '\u{2010}' | '\u{2011}' => plain.push('-'),
            '™' | '®' | '©' | '℠' => {}
            // Soft hyphens, joiners, marks of direction and of byte order.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'
            | '\u{feff}' => {}
            _ => push_decomposed(&mut plain, c),
        }
    }
    Cow::Owned(plain.nfc().collect())
}

/// A text for a search: [`plain_letters`] in lower case, with hyphens for dashes.
pub fn folded(text: &str) -> String {
    let is_dash = |c| matches!(c, '\u{2012}'..='\u{2015}' | '\u{2212}');
    plain_letters(text).to_lowercase().replace(is_dash, "-")
}

/// Appends the parts of `c` in its compatibility decomposition, without accents.
fn push_decomposed(plain: &mut String, c: char) {
    for part in std::iter::once(c).nfkd() {
        let replacement = LETTERS.iter().find(|(letter, _)| *letter == part);
        match replacement {
            Some((_, letters)) => plain.push_str(letters),
            None if is_combining_mark(part)
                && plain.chars().next_back().is_none_or(has_accents) => {}
            None => plain.push(part),
        }
    }
}

/// Whether marks on this letter are accents: Latin and Greek.
fn has_accents(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, 'Α'..='ω' | '\u{250}'..='\u{2af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_letters_are_equal() {
        for (written, expected) in [
            ("plain ASCII - \"it's\"", "plain ASCII - \"it's\""),
            ("cafe\u{301}", "cafe"),
            ("caf\u{e9}", "cafe"),
            ("Ångström, A\u{30a}ngstro\u{308}m", "Angstrom, Angstrom"),
            ("\u{fb01}nance o\u{fb03}ce", "finance office"),
            ("１２．５％ ＡＰＩ", "12.5% API"),
            ("it\u{2019}s \u{201c}done\u{201d}", "it's \"done\""),
            ("it\u{2bc}s it\u{b4}s it\u{ff07}s", "it's it's it's"),
            ("end\u{2011}to\u{2010}end", "end-to-end"),
            ("dead\u{ad}line\u{200b}\u{feff}", "deadline"),
            ("straße Łódź Ærø Þór ǅ", "strasse Lodz AEro Thor Dz"),
            ("Nguyễn ş ș ț", "Nguyen s s t"),
            ("Slack™ in\u{a0}two", "Slack in two"),
            ("10² x₂ €5 2½ ⅔ №5", "10² x₂ €5 2½ ⅔ №5"),
            ("άλφα", "αλφα"),
            // Marks of these scripts distinguish words.
            ("が \u{304b}\u{3099} ｶﾞ", "が が ガ"),
            ("한 \u{1112}\u{1161}\u{11ab}", "한 한"),
            ("йод \u{438}\u{306}од", "йод йод"),
            ("हिन्दी", "हिन्दी"),
        ] {
            assert_eq!(plain_letters(written), expected, "{written}");
        }
    }

    #[test]
    fn search_ignores_case_accents_and_dashes() {
        assert_eq!(
            folded("R\u{c9}SUM\u{c9} \u{2013} ＤＲＡＦＴ"),
            "resume - draft"
        );
        assert_eq!(folded("2026\u{2212}11\u{2012}23"), "2026-11-23");
        assert_eq!(folded("ΣΊΣΥΦΟΣ"), folded("σίσυφος"));
    }
}
