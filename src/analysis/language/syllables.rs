//! Counts the syllables of written English words by their letters: groups of vowels, except for silent
//! ones and for neighboring vowels that are spoken apart. This is right for nine words in ten and has no
//! bias, which is enough for a rate over a take. A dictionary would be a hundred times as large.

use super::verbalize::spoken_words;

/// Neighboring vowels of two syllables, as in "area", "video", "being", "radio".
const SPLIT_VOWELS: [&str; 14] = [
    "ia", "io", "iu", "eo", "ua", "uo", "ya", "yi", "eing", "ying", "oing", "uing", "iest", "ier",
];
/// Exceptions where those letters are one syllable, as in "special", "nation", "people", "quality".
const JOINED_VOWELS: [&str; 18] = [
    "cia", "tia", "sia", "gia", "cio", "tio", "sio", "gio", "xio", "ciou", "ciu", "qua", "quo",
    "gua", "peo", "geo", "shio", "sua",
];
/// Irregular words, letters only.
const IRREGULAR: [(&str, usize); 22] = [
    ("area", 3),
    ("business", 2),
    ("create", 2),
    ("created", 3),
    ("creates", 2),
    ("creating", 3),
    ("evening", 2),
    ("every", 2),
    ("everything", 3),
    ("everyone", 3),
    ("everybody", 4),
    ("idea", 3),
    ("ideas", 3),
    ("interest", 2),
    ("interesting", 3),
    ("ones", 1),
    ("someone", 2),
    ("something", 2),
    ("somewhere", 2),
    ("real", 2),
    ("somebody", 3),
    ("sometimes", 2),
];

/// Syllables of a written word. Numbers count as spoken; a word with a letter has at least one.
pub fn syllables(word: &str) -> usize {
    spoken_words(word)
        .iter()
        .map(|word| count_in_spoken_word(word))
        .sum()
}

fn count_in_spoken_word(word: &str) -> usize {
    let word: String = word.chars().filter(|c| c.is_alphabetic()).collect();
    let word = word.to_lowercase();
    if let Some((_, count)) = IRREGULAR.iter().find(|(irregular, _)| *irregular == word) {
        return *count;
    }
    let letters: Vec<char> = word.chars().collect();
    if letters.is_empty() {
        return 0;
    }
    if is_spelled_out(&letters) {
        // "w" is "double u".
        return letters.iter().map(|c| if *c == 'w' { 3 } else { 1 }).sum();
    }
    let vowel = |i: usize| is_vowel(&letters, i);
    let groups = (0..letters.len())
        .filter(|i| vowel(*i) && (*i == 0 || !vowel(i - 1)))
        .count();
    let split: usize = SPLIT_VOWELS.iter().map(|p| word.matches(p).count()).sum();
    let joined: usize = JOINED_VOWELS.iter().map(|p| word.matches(p).count()).sum();
    let count = groups + split.saturating_sub(joined);
    count.saturating_sub(silent(&word, &letters)).max(1)
}

/// Whether the letters are spoken one by one, because there is no vowel. "hmm" is a sound.
fn is_spelled_out(letters: &[char]) -> bool {
    let any_vowel = (0..letters.len()).any(|i| is_vowel(letters, i));
    !any_vowel && letters.len() > 1 && !letters.iter().all(|c| matches!(c, 'h' | 'm' | 's'))
}

fn is_vowel(letters: &[char], i: usize) -> bool {
    match letters[i] {
        'a' | 'e' | 'i' | 'o' | 'u' | 'é' => {
            // The u of "qu" belongs to the q.
            !(letters[i] == 'u' && i > 0 && letters[i - 1] == 'q')
        }
        'y' => i > 0,
        _ => false,
    }
}

/// Number of counted vowels that are silent.
fn silent(word: &str, letters: &[char]) -> usize {
    let count = letters.len();
    let consonant = |back: usize| count >= back && !is_vowel(letters, count - back);
    let ends = |with: &[&str]| with.iter().any(|end| word.ends_with(end));
    let mut silent = 0;
    // "make", but not "be" and "the". In "little" the l is a syllable.
    let after_consonant = |end: &str| {
        let stem = word
            .strip_suffix(end)
            .map_or(0, |stem| stem.chars().count());
        stem > 1 && !is_vowel(letters, stem - 1)
    };
    let syllabic_l = ["le", "les", "led"].iter().any(|end| after_consonant(end));
    if ends(&["e"]) && count > 2 && consonant(2) && !syllabic_l {
        silent += 1;
    }
    // "dropped", but not "wanted"; "makes", but not "pages".
    if ends(&["ed"]) && count > 3 && consonant(3) && !ends(&["ted", "ded"]) && !syllabic_l {
        silent += 1;
    }
    let sibilants = ["ses", "zes", "ces", "ges", "xes", "ches", "shes"];
    if ends(&["es"]) && count > 3 && consonant(3) && !ends(&sibilants) && !syllabic_l {
        silent += 1;
    }
    // "statement", "safely", "careful" and "therefore" have a silent e inside, "ownership" has not.
    let inner = ["ement", "ely", "eful", "eless", "efore", "etime", "eness"];
    if inner.iter().any(|end| after_consonant(end)) && !ends(&["element", "cement", "before"]) {
        silent += 1;
    }
    silent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nineteen_of_twenty_words_are_right() {
        let cases = [
            (
                1,
                "I the a be we he she team drop rate fix wrote led no not one its that there was had asked while made page cause queue trace state health",
            ),
            (
                1,
                "dropped traced walked fixed worked pushed makes rates times owned caused moved",
            ),
            (
                2,
                "noticed ticket webhook service service's failure retry metric pages causes wanted added ended little people after before being trying statement safely question nation special action create payment partner business every reason system alert dashboard table tables handled settled",
            ),
            (
                3,
                "ownership engineer existed decided customer radio video area delivered resulting company another however together submitted escalate persistent",
            ),
            (4, "investigate initiative situation architecture"),
            (5, "responsibility visibility opportunity"),
        ];
        let mut wrong = Vec::new();
        let mut all = 0;
        for (count, words) in cases {
            for word in words.split(' ') {
                all += 1;
                if syllables(word) != count {
                    wrong.push(format!("{word}: {} not {count}", syllables(word)));
                }
            }
        }
        // Letters alone cannot decide every word.
        assert!(
            wrong.len() * 20 <= all,
            "{} of {all}: {wrong:?}",
            wrong.len()
        );
    }

    #[test]
    fn numbers_count_as_spoken() {
        assert_eq!(syllables("0.3%"), 6); // zero point three percent
        assert_eq!(syllables("$8,000"), 5); // eight thousand dollars
        assert_eq!(syllables("12"), 1);
        assert_eq!(syllables("-"), 0);
        assert_eq!(syllables(""), 0);
    }
}
