//! Stems of words, and forms of verbs: base, past and participle.

use std::collections::HashMap;
use std::sync::LazyLock;

use snowball_stemmers_rs::{Algorithm, Stemmer};

use super::spelling;

/// The stem that all inflections of a word share. Irregular verbs become their base form and British
/// spelling American; the rest is Porter's second English algorithm (snowballstem.org).
pub fn stem(word: &str) -> String {
    let base = match irregular(word) {
        Some((base, ..)) => base.to_owned(),
        None => spelling::american(word),
    };
    if base.len() < 3 || !base.is_ascii() {
        return base;
    }
    let stemmed = Stemmer::create(Algorithm::English).stem(&base).into_owned();
    // The algorithm does not stem words without a vowel, such as "SLAs" and "PRs".
    let has_vowel = |text: &str| text.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    match stemmed.strip_suffix('s') {
        Some(singular)
            if singular.len() >= 2 && !singular.ends_with('s') && !has_vowel(singular) =>
        {
            singular.to_owned()
        }
        Some(singular)
            if singular.len() == 3 && singular.ends_with(['o', 'a']) && word.len() == 4 =>
        {
            singular.to_owned()
        }
        _ => stemmed,
    }
}

/// Whether the word may be a past form: `traced`, `wrote`.
pub fn is_past(word: &str) -> bool {
    regular_past(word)
        || IRREGULAR
            .iter()
            .any(|(_, past, participle)| *past == word || *participle == word)
        || matches!(word, "was" | "were" | "had" | "did")
}

/// Whether the word is the base form of a verb that planned phrases begin with: `take`, `propose`.
pub fn is_base(word: &str) -> bool {
    const REGULAR: [&str; 12] = [
        "own", "propose", "stop", "step", "fix", "protect", "ask", "measure", "test", "plan",
        "learn", "start",
    ];
    REGULAR.contains(&word) || IRREGULAR.iter().any(|(base, ..)| *base == word)
}

/// Whether the verb with this stem means something else before `next`: "wrote to them" is not about
/// writing code, "pulled out" is not about pulling logs.
pub fn means_else_before(stem: &str, next: &str) -> bool {
    matches!(
        (stem, next),
        (
            "write",
            "to" | "about" | "down" | "off" | "him" | "her" | "them"
        ) | ("pull", "out" | "over" | "back" | "through" | "off")
            | ("add", "up")
            | ("trace", "over")
    )
}

/// Whether the word may be a past participle: `traced`, `written`.
pub fn is_participle(word: &str) -> bool {
    let stripped = ["re", "un", "over", "under", "mis", "out"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix));
    let irregular = |word: &str| IRREGULAR.iter().any(|(_, _, form)| *form == word);
    regular_past(word) || irregular(word) || stripped.is_some_and(irregular)
}

fn regular_past(word: &str) -> bool {
    const IN_EED: [&str; 4] = ["agreed", "disagreed", "freed", "guaranteed"];
    word.len() > 3
        && word.ends_with("ed")
        && (!word.ends_with("eed") || IN_EED.contains(&word))
        && !NOT_PAST.contains(&word)
}

const NOT_PAST: [&str; 8] = [
    "hundred", "shed", "sled", "embed", "biped", "sacred", "hatred", "naked",
];

/// The irregular verb that `word` is a form of.
fn irregular(word: &str) -> Option<(&'static str, &'static str, &'static str)> {
    static BY_FORM: LazyLock<HashMap<&str, (&str, &str, &str)>> = LazyLock::new(|| {
        let mut by_form = HashMap::new();
        for verb in IRREGULAR {
            for form in [verb.0, verb.1, verb.2] {
                // If two verbs share a form, such as "lay", it belongs to the first.
                by_form.entry(form).or_insert(verb);
            }
        }
        by_form
    });
    BY_FORM.get(word).copied()
}

/// Base, past and participle of the irregular verbs.
const IRREGULAR: [(&str, &str, &str); 122] = [
    ("arise", "arose", "arisen"),
    ("be", "was", "been"),
    ("bear", "bore", "borne"),
    ("beat", "beat", "beaten"),
    ("become", "became", "become"),
    ("begin", "began", "begun"),
    ("bend", "bent", "bent"),
    ("bind", "bound", "bound"),
    ("bite", "bit", "bitten"),
    ("bleed", "bled", "bled"),
    ("blow", "blew", "blown"),
    ("break", "broke", "broken"),
    ("bring", "brought", "brought"),
    ("build", "built", "built"),
    ("burst", "burst", "burst"),
    ("buy", "bought", "bought"),
    ("catch", "caught", "caught"),
    ("choose", "chose", "chosen"),
    ("come", "came", "come"),
    ("cost", "cost", "cost"),
    ("cut", "cut", "cut"),
    ("deal", "dealt", "dealt"),
    ("dig", "dug", "dug"),
    ("do", "did", "done"),
    ("draw", "drew", "drawn"),
    ("drive", "drove", "driven"),
    ("eat", "ate", "eaten"),
    ("fall", "fell", "fallen"),
    ("feed", "fed", "fed"),
    ("feel", "felt", "felt"),
    ("fight", "fought", "fought"),
    ("find", "found", "found"),
    ("fly", "flew", "flown"),
    ("forget", "forgot", "forgotten"),
    ("freeze", "froze", "frozen"),
    ("get", "got", "gotten"),
    ("give", "gave", "given"),
    ("go", "went", "gone"),
    ("grow", "grew", "grown"),
    ("hang", "hung", "hung"),
    ("have", "had", "had"),
    ("hear", "heard", "heard"),
    ("hide", "hid", "hidden"),
    ("hit", "hit", "hit"),
    ("hold", "held", "held"),
    ("hurt", "hurt", "hurt"),
    ("keep", "kept", "kept"),
    ("know", "knew", "known"),
    ("lay", "laid", "laid"),
    ("lead", "led", "led"),
    ("learn", "learnt", "learnt"),
    ("leave", "left", "left"),
    ("lend", "lent", "lent"),
    ("let", "let", "let"),
    ("lie", "lay", "lain"),
    ("light", "lit", "lit"),
    ("lose", "lost", "lost"),
    ("make", "made", "made"),
    ("mean", "meant", "meant"),
    ("meet", "met", "met"),
    ("pay", "paid", "paid"),
    ("prove", "proved", "proven"),
    ("put", "put", "put"),
    ("quit", "quit", "quit"),
    ("read", "read", "read"),
    ("rewrite", "rewrote", "rewritten"),
    ("rebuild", "rebuilt", "rebuilt"),
    ("redo", "redid", "redone"),
    ("ride", "rode", "ridden"),
    ("ring", "rang", "rung"),
    ("rise", "rose", "risen"),
    ("run", "ran", "run"),
    ("say", "said", "said"),
    ("see", "saw", "seen"),
    ("seek", "sought", "sought"),
    ("sell", "sold", "sold"),
    ("send", "sent", "sent"),
    ("set", "set", "set"),
    ("shake", "shook", "shaken"),
    ("show", "showed", "shown"),
    ("shrink", "shrank", "shrunk"),
    ("shut", "shut", "shut"),
    ("sing", "sang", "sung"),
    ("sink", "sank", "sunk"),
    ("sit", "sat", "sat"),
    ("sleep", "slept", "slept"),
    ("speak", "spoke", "spoken"),
    ("speed", "sped", "sped"),
    ("spend", "spent", "spent"),
    ("split", "split", "split"),
    ("spread", "spread", "spread"),
    ("spring", "sprang", "sprung"),
    ("stand", "stood", "stood"),
    ("steal", "stole", "stolen"),
    ("stick", "stuck", "stuck"),
    ("strike", "struck", "struck"),
    ("swear", "swore", "sworn"),
    ("sweep", "swept", "swept"),
    ("swing", "swung", "swung"),
    ("take", "took", "taken"),
    ("teach", "taught", "taught"),
    ("tear", "tore", "torn"),
    ("tell", "told", "told"),
    ("think", "thought", "thought"),
    ("throw", "threw", "thrown"),
    ("undergo", "underwent", "undergone"),
    ("understand", "understood", "understood"),
    ("undertake", "undertook", "undertaken"),
    ("undo", "undid", "undone"),
    ("uphold", "upheld", "upheld"),
    ("upset", "upset", "upset"),
    ("wake", "woke", "woken"),
    ("wear", "wore", "worn"),
    ("win", "won", "won"),
    ("wind", "wound", "wound"),
    ("withdraw", "withdrew", "withdrawn"),
    ("withhold", "withheld", "withheld"),
    ("write", "wrote", "written"),
    ("oversee", "oversaw", "overseen"),
    ("overcome", "overcame", "overcome"),
    ("mistake", "mistook", "mistaken"),
    ("outgrow", "outgrew", "outgrown"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_share_a_stem() {
        for family in [
            "trace traces traced tracing",
            "write wrote written writing writes",
            "bring brought bringing",
            "organize organised organising organization organisational",
            "slo slos",
            "pr prs",
            "sla slas",
            "analyze analysed analyzing",
            "notice noticed noticing",
            "standard standards",
        ] {
            let stems: Vec<String> = family.split(' ').map(stem).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{stems:?}");
        }
        assert_ne!(stem("noticed"), stem("notified"));
    }

    #[test]
    fn participles_are_recognized() {
        for (word, expected) in [
            ("deployed", true),
            ("found", true),
            ("rewritten", true),
            ("rebuilt", true),
            ("wrote", false),
            ("need", false),
            ("hundred", false),
            ("red", false),
        ] {
            assert_eq!(is_participle(word), expected, "{word}");
        }
    }
}
