//! Words that exclude each other: opposites ("rise", "fall"), and members of a series ("Saturday",
//! "Sunday"). Compared by stem.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::analysis::language::stem;

/// Whether two words, given by their stems, exclude each other.
pub(super) fn are_opposites(one: &str, other: &str) -> bool {
    if one == other {
        return false;
    }
    OPPOSITES
        .get(one)
        .is_some_and(|opposites| opposites.contains(other))
        || is_negated_form(one, other)
        || is_negated_form(other, one)
        || SERIES.iter().any(|series| {
            let has = |stem: &str| series.contains(stem);
            has(one) && has(other)
        })
}

/// "unhappy" and "happy", "disagree" and "agree".
fn is_negated_form(negated: &str, word: &str) -> bool {
    word.len() > 3
        && ["un", "in", "im", "ir", "dis", "non"]
            .iter()
            .any(|prefix| negated.strip_prefix(prefix) == Some(word))
}

static OPPOSITES: LazyLock<HashMap<String, HashSet<String>>> = LazyLock::new(|| {
    let mut opposites: HashMap<String, HashSet<String>> = HashMap::new();
    let mut add = |one: &str, other: &str| {
        let (one, other) = (stem(one), stem(other));
        opposites
            .entry(one.clone())
            .or_default()
            .insert(other.clone());
        opposites.entry(other).or_default().insert(one);
    };
    let derived = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/wordnet/opposites.txt"
    ));
    for (one, other) in derived.lines().filter_map(|line| line.split_once(' ')) {
        add(one, other);
    }
    for (ones, others) in OPPOSITE_GROUPS {
        for one in ones.split(' ') {
            others.split(' ').for_each(|other| add(one, other));
        }
    }
    opposites
});

static SERIES: LazyLock<Vec<HashSet<String>>> = LazyLock::new(|| {
    let series = |words: &&str| words.split(' ').map(stem).collect();
    SERIES_WORDS.iter().map(series).collect()
});

/// Groups of words that exclude those of the other group. WordNet lists pairs only, and no verbs of
/// change.
const OPPOSITE_GROUPS: [(&str, &str); 48] = [
    ("up above over", "down below under"),
    (
        "rise increase grow climb gain raise jump improve higher",
        "fall drop decrease decline shrink sink lower reduce worsen",
    ),
    ("more most", "less fewer least"),
    ("better best improve", "worse worst"),
    ("win won winner", "lose lost loser"),
    ("start begin", "finish end stop complete"),
    ("open", "close shut"),
    ("early earlier", "late later"),
    ("before", "after"),
    ("first", "last final"),
    ("new newest", "old oldest former"),
    (
        "small little tiny short brief smallest",
        "large big huge long largest biggest",
    ),
    (
        "accept agree approve allow",
        "refuse reject deny disagree forbid",
    ),
    ("add", "remove delete"),
    ("buy", "sell"),
    ("keep", "lose drop abandon discard"),
    ("arrive join", "leave quit"),
    ("always", "never"),
    ("everyone everybody all every", "nobody none"),
    ("both", "neither"),
    ("inside", "outside"),
    ("true", "false"),
    ("right correct", "wrong incorrect"),
    ("same", "different"),
    (
        "easy easiest simple simplest",
        "hard hardest difficult complex",
    ),
    ("fast fastest quick quickly", "slow slowest slowly"),
    ("good", "bad poor"),
    (
        "happy satisfied pleased glad",
        "angry unhappy upset furious dissatisfied",
    ),
    ("calm", "angry panic shout nervous"),
    ("success succeed pass", "failure fail"),
    ("safe", "dangerous unsafe"),
    ("cheap cheapest", "expensive"),
    ("full", "empty"),
    ("manual", "automatic"),
    ("junior", "senior"),
    ("young youngest", "old oldest"),
    ("strong strongest", "weak weakest"),
    ("high highest", "low lowest"),
    ("most", "least"),
    ("renew extend", "cancel"),
    ("hire", "fire"),
    ("borrow", "lend"),
    ("send", "receive"),
    ("build create", "destroy demolish"),
    ("many much lots", "few"),
    ("public", "private"),
    ("alone", "together"),
    ("real actual", "fake"),
];

/// Series of words of which only one can be true at a time.
const SERIES_WORDS: [&str; 6] = [
    "monday tuesday wednesday thursday friday saturday sunday",
    "january february march april june july august september october november december",
    "spring summer autumn winter",
    "north south east west",
    "first second third fourth last",
    "daily weekly monthly yearly",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposites_exclude_each_other_in_any_form() {
        for (one, other, expected) in [
            ("rising", "fell", true),
            ("satisfied", "dissatisfied", true),
            ("Tuesday", "Friday", true),
            ("smallest", "large", true),
            ("indoors", "outdoors", true),
            ("rise", "grow", false),
            ("friday", "friday", false),
            ("table", "chair", false),
        ] {
            let stems = [one, other].map(|word| stem(&word.to_lowercase()));
            assert_eq!(
                are_opposites(&stems[0], &stems[1]),
                expected,
                "{one} {other}"
            );
        }
    }
}
