//! Who did it: the subject of a verb, as far as the words around it tell. Rules on neighbours, no
//! parser: from the verb back over adverbs and auxiliaries to "I", and over "and" to the clause
//! before it.

use crate::analysis::language::lexicon as words;
use crate::analysis::language::lexicon::{BE, DENIALS, MODALS};
use crate::analysis::language::{Boundary, Token, verbs};

/// Who is said to have done something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// The speaker; `first`: where their words for it begin, "I" or the verb itself.
    Speaker {
        /// Index of the first token.
        first: usize,
        /// Index of the "I".
        i: usize,
    },
    /// Somebody else, nobody, or it was not really done.
    Other,
}

/// Whether the speaker did what the verb at `verb` says. `be`: the wording has a "be" of its own
/// ("I was sure"); `modal`: a "would" of its own; `denied`: a "not" of its own.
pub fn of_verb(tokens: &[Token], verb: usize, be: bool, modal: bool, denied: bool) -> Agent {
    let mut at = verb;
    // "I had the logs pulled": others did.
    let is_caused = verb > 0
        && tokens[verb].any(&DETERMINERS)
        && tokens[verb - 1].any(&["had", "have", "got", "get"]);
    if is_caused {
        return Agent::Other;
    }
    let is_passive = !tokens[verb].text.ends_with("ing")
        && verb > 0
        && verbs::is_participle(&tokens[verb].text)
        && auxiliary_before(tokens, verb).is_some_and(|t| t.any(&BE) || t.any(&["got", "get"]));
    // "I was warned" is not "I warned", nor the other way round.
    if is_passive != be && verbs::is_participle(&tokens[verb].text) {
        return Agent::Other;
    }
    let mut passed_then = false;
    let mut seen_could = false;
    let mut seen_have = false;
    while at > 0 {
        let token = &tokens[at - 1];
        let text = token.text.as_str();
        if tokens[at].break_before == Boundary::Sentence {
            break;
        }
        if text == "i" {
            // "I could have", "I wish I had", "if I had": it was not done.
            let wished = tokens[..at - 1]
                .last()
                .is_some_and(|before| before.any(&["wish", "if", "wished", "hoped", "imagine"]));
            // "nor could I reproduce it"
            let inverted = tokens[at.saturating_sub(3)..at - 1]
                .iter()
                .any(|before| before.any(&["nor", "neither", "never"]));
            let unreal = seen_could && seen_have || wished || inverted;
            return match unreal && !modal {
                true => Agent::Other,
                false => Agent::Speaker {
                    first: at - 1,
                    i: at - 1,
                },
            };
        }
        let denies = DENIALS.contains(&text) && !is_only(tokens, at - 1);
        if denies && !denied || MODALS.contains(&text) && !modal {
            return Agent::Other;
        }
        seen_could |= text == "could";
        seen_have |= text == "have";
        let steps = DENIALS.contains(&text)
            || MODALS.contains(&text)
            || words::is_adverb(text)
            || BE.contains(&text)
            || HELPERS.contains(&text);
        // "the first thing I did was pull", "my next step was to trace"
        if matches!(text, "was" | "is") && names_own_act(tokens, at - 1) {
            return Agent::Speaker {
                first: verb,
                i: verb,
            };
        }
        // "then" is an adverb after "I" and joins after anything else; so does a comma.
        passed_then |= text == "then" || tokens[at].break_before == Boundary::Clause;
        if !steps || (CONJ.contains(&text) && text != "then") {
            break;
        }
        at -= 1;
    }
    if at == 0 || tokens[at].break_before == Boundary::Sentence {
        return participle_of_main(tokens, verb);
    }
    let before = &tokens[at - 1];
    if before.is("who") && at > 1 {
        // "it was me who", "I was the one who"
        let named = &tokens[at.saturating_sub(5)..at - 1];
        let speaker = match named {
            [.., last] if last.any(&["me", "i"]) => true,
            [.., i, be, _, one] => i.is("i") && be.any(&BE) && one.any(&["one", "person"]),
            _ => false,
        };
        if speaker {
            return Agent::Speaker {
                first: verb,
                i: at - 2,
            };
        }
    }
    let is_ing = tokens[verb].text.ends_with("ing");
    let joined = passed_then
        || CONJ.contains(&before.text.as_str())
        || tokens[at].break_before == Boundary::Clause
        || runs_on(tokens, at, verb)
        || follows_a_time(tokens, at);
    let by = is_ing && before.any(&["by", "after", "before", "with", "while", "on"]);
    let governed = is_ing && clause_has(tokens, at, &GOVERNORS);
    if by && participle_of_main(tokens, verb) != Agent::Other {
        return participle_of_main(tokens, verb);
    }
    if !(joined || by || governed) {
        return Agent::Other;
    }
    match carried_over(tokens, at) {
        Some(i) => Agent::Speaker { first: verb, i },
        None => Agent::Other,
    }
}

const HELPERS: [&str; 38] = [
    "have",
    "has",
    "had",
    "having",
    "did",
    "do",
    "does",
    "could",
    "can",
    "able",
    "to",
    "managed",
    "went",
    "decided",
    "chose",
    "started",
    "began",
    "begun",
    "helped",
    "help",
    "proceeded",
    "ended",
    "up",
    "on",
    "continued",
    "get",
    "got",
    "finally",
    "myself",
    "been",
    "kept",
    "need",
    "needed",
    "volunteered",
    "offered",
    "sat",
    "down",
    "worked",
];
const CONJ: [&str; 7] = ["and", "then", "but", "or", "plus", "before", "after"];
const GOVERNORS: [&str; 12] = [
    "spent",
    "spend",
    "ended",
    "kept",
    "started",
    "began",
    "finished",
    "continued",
    "by",
    "start",
    "begin",
    "went",
];

fn is_only(tokens: &[Token], at: usize) -> bool {
    tokens
        .get(at + 1)
        .is_some_and(|next| next.any(&["just", "only", "merely", "simply"]))
}

fn auxiliary_before(tokens: &[Token], verb: usize) -> Option<&Token> {
    tokens[..verb]
        .iter()
        .rev()
        .find(|token| !words::is_adverb(&token.text) && !token.is("not"))
}

/// Whether somebody other than the speaker is named right before the verb at `verb`: "they took",
/// "my colleague took", "the team would take".
pub fn is_others(tokens: &[Token], verb: usize) -> bool {
    let others = [
        "they",
        "he",
        "she",
        "somebody",
        "someone",
        "nobody",
        "everyone",
        "everybody",
    ];
    doer_before(tokens, verb).is_some_and(|doer| doer.any(&others) || doer.any(&words::AGENTS))
}

/// Whether "I" stands right before the verb at `verb`, auxiliaries passed over.
pub fn is_speakers(tokens: &[Token], verb: usize) -> bool {
    doer_before(tokens, verb).is_some_and(|doer| doer.is("i"))
}

/// The word before a verb and what steps to it.
fn doer_before(tokens: &[Token], verb: usize) -> Option<&Token> {
    let wishes = [
        "wanted", "want", "hoped", "agreed", "refused", "promised", "not", "never",
    ];
    (1..=verb)
        .rev()
        .take_while(|at| tokens[*at].break_before == Boundary::None)
        .map(|at| &tokens[at - 1])
        .find(|token| {
            let text = token.text.as_str();
            let steps = words::is_adverb(text)
                || MODALS.contains(&text)
                || BE.contains(&text)
                || HELPERS.contains(&text)
                || wishes.contains(&text);
            !steps
        })
}

/// "I pulled the logs traced the cause": a past with an object of its own goes on where the object
/// of the verb before it ends, though no "and" joins them. Not "I thought Ann traced the cause",
/// "I saw the team trace it" or "the logs pulled by them".
fn runs_on(tokens: &[Token], at: usize, verb: usize) -> bool {
    let objects = [
        "a", "an", "the", "my", "our", "their", "it", "them", "this", "these", "some", "another",
        "all", "both", "two",
    ];
    let has_object = tokens.get(verb + 1).is_some_and(|next| {
        next.break_before == Boundary::None && (next.any(&objects) || next.value.is_some())
    });
    let before = &tokens[at - 1];
    let ends_object = before.any(&["it", "them"])
        || !(words::is_function(&before.text)
            || words::is_adverb(&before.text)
            || verbs::is_past(&before.text)
            || words::AGENTS.contains(&before.text.as_str()));
    if !has_object || !ends_object || !verbs::is_past(&tokens[verb].text) {
        return false;
    }
    let says = [
        "thought", "knew", "said", "told", "saw", "heard", "hoped", "watched", "believed",
        "learned", "asked", "meant", "assumed", "guessed", "wished", "felt", "let", "made", "had",
        "was", "were", "realized", "noticed", "did", "liked", "needed", "wanted", "found",
    ];
    // The verb that has the object: in the same run of words, and not one of saying or thinking.
    let main = (at.saturating_sub(6)..at)
        .rev()
        .take_while(|index| tokens[index + 1].break_before == Boundary::None)
        .find(|index| verbs::is_past(&tokens[*index].text));
    main.is_some_and(|index| index + 1 < at && !tokens[index].any(&says))
}

/// "and in the end I", "and the same week submitted": a time between "and" and its verb.
fn follows_a_time(tokens: &[Token], at: usize) -> bool {
    let is_time = |token: &Token| {
        words::TIME_UNITS.contains(&token.text.as_str())
            || token.any(&["end", "time", "morning", "evening", "afternoon", "night"])
    };
    if !is_time(&tokens[at - 1]) {
        return false;
    }
    let start = at.saturating_sub(6);
    let Some(and) = tokens[start..at]
        .iter()
        .rposition(|t| t.any(&["and", "then"]))
    else {
        return false;
    };
    tokens[start + and + 1..at - 1].iter().all(|token| {
        words::is_function(&token.text) && !words::SUBJECTS.contains(&token.text.as_str())
            || token.value.is_some()
            || token.any(&["same", "next", "very", "following", "later"])
    })
}

/// "I did was", "my next step was".
fn names_own_act(tokens: &[Token], be: usize) -> bool {
    let before = &tokens[be.saturating_sub(4)..be];
    match before {
        [.., i, did] if i.is("i") && did.any(&["did", "do"]) => true,
        _ => {
            let act = [
                "step", "move", "action", "job", "task", "part", "approach", "first", "second",
                "third", "next", "last",
            ];
            before.iter().any(|token| token.is("my"))
                && before.last().is_some_and(|last| last.any(&act))
        }
    }
}

fn clause_has(tokens: &[Token], at: usize, texts: &[&str]) -> bool {
    let start = at.saturating_sub(6);
    tokens[start..at].iter().any(|token| token.any(texts))
}

/// "After pulling the logs, I ...": the subject of the main clause that follows.
fn participle_of_main(tokens: &[Token], verb: usize) -> Agent {
    let is_ing = tokens[verb].text.ends_with("ing") || tokens[verb].is("having");
    let had_having = verb > 0 && tokens[verb - 1].is("having");
    if !(is_ing || had_having) {
        return Agent::Other;
    }
    let after = tokens[verb + 1..]
        .iter()
        .take(14)
        .take_while(|token| token.break_before != Boundary::Sentence)
        .find(|token| words::SUBJECTS.contains(&token.text.as_str()));
    match after {
        Some(token) if token.is("i") => Agent::Speaker {
            first: verb,
            i: verb,
        },
        _ => Agent::Other,
    }
}

/// The "I" that the clause before `at` has for its subject.
fn carried_over(tokens: &[Token], at: usize) -> Option<usize> {
    for index in (0..at).rev() {
        let token = &tokens[index];
        let next = tokens.get(index + 1);
        if token.is("i") {
            let text = |at: usize| tokens.get(at).map_or("", |t| t.text.as_str());
            let denied = (index + 1..at.min(index + 5))
                .any(|at| tokens[at].any(&["not", "never"]) && !is_only(tokens, at));
            // "I saw that the team wrote a fix and added": whose is open, so it is not heard.
            let own_clause = tokens[index + 1..at].iter().enumerate().any(|(k, t)| {
                words::SUBORDINATORS.contains(&t.text.as_str())
                    && !matches!(text(index + k), "so")
                    && opens_clause(tokens, index + 1 + k)
            });
            let modal = next.is_some_and(|t| MODALS.contains(&t.text.as_str()));
            let others = (index + 1..at).any(|verb| is_anothers_deed(tokens, index, verb));
            return (!denied && !own_clause && !modal && !others).then_some(index);
        }
        let is_subject = words::SUBJECTS.contains(&token.text.as_str())
            && !token.any(&["who", "people", "others", "none", "neither"]);
        // "I told her and nobody" are objects before a conjunction or at the end of a clause.
        let is_object = next.is_none_or(|t| CONJ.contains(&t.text.as_str()) || index + 1 == at);
        if is_subject && !is_object {
            return None;
        }
        // "it was pulled and added": another subject.
        let relative = token.is("that")
            && token.break_before == Boundary::None
            && index > 0
            && !CONJ.contains(&tokens[index - 1].text.as_str());
        if token.any(&["it", "this", "that"])
            && !relative
            && next.is_some_and(|t| t.any(&BE) || t.any(&["had", "has", "did"]))
        {
            return None;
        }
        // "I submitted it. And coordinated the deploy": the verb right after "and" goes on.
        let goes_on = index + 1 == at && CONJ.contains(&token.text.as_str());
        if token.break_before == Boundary::Sentence && !goes_on {
            return None;
        }
    }
    None
}

/// Whether the verb at `verb`, after the "I" at `i`, is a deed of somebody else: "our team submitted
/// a request", "Sarah traced the cause", "who pulled the logs". What follows may be theirs as well.
fn is_anothers_deed(tokens: &[Token], i: usize, verb: usize) -> bool {
    if !verbs::is_past(&tokens[verb].text) {
        return false;
    }
    let no_break = |at: &usize| tokens[*at].break_before == Boundary::None;
    let steps = |token: &Token| words::is_adverb(&token.text) || token.any(&["had", "have", "has"]);
    let Some(doer) = (i + 1..verb)
        .rev()
        .take_while(|at| no_break(&(at + 1)))
        .find(|at| !steps(&tokens[*at]))
    else {
        return false;
    };
    let has_object = tokens.get(verb + 1).is_some_and(|next| {
        next.break_before == Boundary::None
            && (next.value.is_some()
                || !words::is_function(&next.text) && !words::is_adverb(&next.text)
                || next.any(&OBJECTS))
    });
    let name = &tokens[doer];
    if name.is("who") {
        // "the engineers who owned it" only tells which engineers.
        let tells_which = [
            "owned",
            "was",
            "were",
            "had",
            "ran",
            "knew",
            "maintained",
            "managed",
            "used",
            "needed",
            "worked",
            "complained",
        ];
        let speaker = tokens[doer - 1].any(&["me", "one", "person"]);
        return !speaker && !tokens[verb].any(&tells_which);
    }
    let before = &tokens[doer - 1];
    if words::AGENTS.contains(&name.text.as_str()) {
        // "from the team" and "asked the team" are no subjects.
        let opens = (i + 1..doer)
            .rev()
            .take_while(|at| no_break(&(at + 1)))
            .find(|at| {
                let text = tokens[*at].text.as_str();
                words::is_function(text) && !DETERMINERS.contains(&text)
                    || verbs::is_past(text)
                    || words::is_adverb(text)
            });
        let prepositions = ["to", "with", "from", "for", "of", "by", "at", "on", "in"];
        return opens.is_none_or(|at| !tokens[at].any(&prepositions));
    }
    // A name stands alone where a clause begins; "retries failed" is nobody's deed.
    let is_name = !words::is_function(&name.text)
        && !words::is_adverb(&name.text)
        && !verbs::is_past(&name.text)
        && name.value.is_none()
        && !name.text.ends_with('s')
        && !words::TIME_UNITS.contains(&name.text.as_str());
    let begins = name.break_before != Boundary::None
        || words::SUBORDINATORS.contains(&before.text.as_str())
        || words::CONJUNCTIONS.contains(&before.text.as_str())
        || before.any(&["saw", "watched", "heard", "said", "knew", "thought"]);
    is_name && begins && has_object
}

const DETERMINERS: [&str; 8] = ["a", "an", "the", "my", "our", "their", "his", "her"];
/// What an object begins with.
const OBJECTS: [&str; 17] = [
    "a", "an", "the", "my", "our", "their", "his", "her", "it", "them", "this", "these", "those",
    "some", "all", "both", "another",
];

/// Whether a subject of its own follows the subordinator: "that the team wrote", not "that failed".
fn opens_clause(tokens: &[Token], at: usize) -> bool {
    let Some(next) = tokens.get(at + 1) else {
        return false;
    };
    let has_subject = words::SUBJECTS.contains(&next.text.as_str())
        || next.any(&["the", "a", "their", "our", "his", "her", "my", "it", "this"]);
    has_subject
        && tokens[at + 2..]
            .iter()
            .take(4)
            .any(|t| verbs::is_past(&t.text) || BE.contains(&t.text.as_str()))
}
