//! Scripts that Inter lacks: their names, and fonts that have them. Inter has Latin, Greek and Cyrillic.

/// A script, with its name and a font that many systems offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Script {
    name: &'static str,
    font: &'static str,
}

impl Script {
    /// Its name: Japanese.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The name of a font that has it: Noto Sans CJK.
    pub fn font(self) -> &'static str {
        self.font
    }
}

/// The script of a character, if Inter lacks it.
pub fn script_of(c: char) -> Option<Script> {
    let code = u32::from(c);
    let range = RANGES
        .iter()
        .find(|(from, to, ..)| (*from..=*to).contains(&code))?;
    let (_, _, name, font) = *range;
    Some(Script { name, font })
}

const HAN: &str = "Chinese or Japanese";
const CJK: &str = "Noto Sans CJK";
const EMOJI: &str = "Noto Color Emoji";
const SYMBOLS: &str = "Noto Sans Symbols";

/// First and last character, name and font.
const RANGES: [(u32, u32, &str, &str); 37] = [
    (0x0530, 0x058f, "Armenian", "Noto Sans Armenian"),
    (0x0590, 0x05ff, "Hebrew", "Noto Sans Hebrew"),
    (0x0600, 0x06ff, "Arabic", "Noto Sans Arabic"),
    (0x0700, 0x074f, "Syriac", "Noto Sans Syriac"),
    (0x0750, 0x077f, "Arabic", "Noto Sans Arabic"),
    (0x0900, 0x097f, "Devanagari", "Noto Sans Devanagari"),
    (0x0980, 0x09ff, "Bengali", "Noto Sans Bengali"),
    (0x0a00, 0x0a7f, "Gurmukhi", "Noto Sans Gurmukhi"),
    (0x0a80, 0x0aff, "Gujarati", "Noto Sans Gujarati"),
    (0x0b00, 0x0b7f, "Odia", "Noto Sans Oriya"),
    (0x0b80, 0x0bff, "Tamil", "Noto Sans Tamil"),
    (0x0c00, 0x0c7f, "Telugu", "Noto Sans Telugu"),
    (0x0c80, 0x0cff, "Kannada", "Noto Sans Kannada"),
    (0x0d00, 0x0d7f, "Malayalam", "Noto Sans Malayalam"),
    (0x0d80, 0x0dff, "Sinhala", "Noto Sans Sinhala"),
    (0x0e00, 0x0e7f, "Thai", "Noto Sans Thai"),
    (0x0e80, 0x0eff, "Lao", "Noto Sans Lao"),
    (0x0f00, 0x0fff, "Tibetan", "Noto Serif Tibetan"),
    (0x1000, 0x109f, "Burmese", "Noto Sans Myanmar"),
    (0x10a0, 0x10ff, "Georgian", "Noto Sans Georgian"),
    (0x1100, 0x11ff, "Korean", CJK),
    (0x1200, 0x137f, "Ethiopic", "Noto Sans Ethiopic"),
    (0x1780, 0x17ff, "Khmer", "Noto Sans Khmer"),
    (0x2600, 0x27bf, "symbol", SYMBOLS),
    (0x2e80, 0x303f, HAN, CJK),
    (0x3040, 0x30ff, "Japanese", CJK),
    (0x3100, 0x312f, HAN, CJK),
    (0x3130, 0x318f, "Korean", CJK),
    (0x31f0, 0x31ff, "Japanese", CJK),
    (0x3400, 0x9fff, HAN, CJK),
    (0xac00, 0xd7af, "Korean", CJK),
    (0xf900, 0xfaff, HAN, CJK),
    (0xfb50, 0xfdff, "Arabic", "Noto Sans Arabic"),
    (0xfe70, 0xfeff, "Arabic", "Noto Sans Arabic"),
    (0xff66, 0xff9f, "Japanese", CJK),
    (0x1f000, 0x1faff, "emoji", EMOJI),
    (0x20000, 0x323af, HAN, CJK),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_named() {
        let names: Vec<Option<&str>> = "aé日あ한ع\u{5d0}क🎤½Ж—"
            .chars()
            .map(|c| script_of(c).map(Script::name))
            .collect();
        let expected = [
            None,
            None,
            Some("Chinese or Japanese"),
            Some("Japanese"),
            Some("Korean"),
            Some("Arabic"),
            Some("Hebrew"),
            Some("Devanagari"),
            Some("emoji"),
            None,
            None,
            None,
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn ranges_are_in_order() {
        assert!(RANGES.iter().all(|(from, to, ..)| from <= to));
        assert!(RANGES.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
