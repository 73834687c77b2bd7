//! Attribution: whether the speaker did what a verb says. There is no parser, only rules on the words
//! around the verb: back over adverbs and auxiliaries to "I", and over "and" to the clause before.

use crate::analysis::language::lexicon::{self, BE, DENIALS, MODALS};
use crate::analysis::language::{Boundary, Token, verbs};

/// Who is said to have done something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// The speaker.
    Speaker {
        /// Index of the first token of the statement: the "I", or the verb itself.
        first: usize,
        /// Index of the "I".
        i: usize,
    },
    /// Somebody else or nobody, or it did not really happen.
    Other,
}

/// Words that a phrase has itself, so that they do not count against the speaker.
#[derive(Debug, Clone, Copy, Default)]
pub struct Auxiliaries {
    /// A form of "be": "I was sure".
    pub be: bool,
    /// A modal verb such as "would".
    pub modal: bool,
    /// A negation such as "not".
    pub negation: bool,
}

/// Who did what the verb at `verb` says. `allowed`: what may stand between "I" and the verb.
pub fn agent_of_verb(tokens: &[Token], verb: usize, allowed: Auxiliaries) -> Agent {
    if is_caused(tokens, verb) || has_other_voice(tokens, verb, allowed.be) {
        return Agent::Other;
    }
    let mut at = verb;
    let mut seen_then = false;
    let mut seen_could = false;
    let mut seen_have = false;
    while at > 0 {
        let token = &tokens[at - 1];
        let text = token.text.as_str();
        if tokens[at].break_before == Boundary::Sentence {
            break;
        }
        if text == "i" {
            let is_unreal = seen_could && seen_have || is_wished_or_inverted(tokens, at - 1);
            return match is_unreal && !allowed.modal {
                true => Agent::Other,
                false => Agent::Speaker {
                    first: at - 1,
                    i: at - 1,
                },
            };
        }
        let negates = DENIALS.contains(&text) && !is_not_only(tokens, at - 1);
        if negates && !allowed.negation || MODALS.contains(&text) && !allowed.modal {
            return Agent::Other;
        }
        seen_could |= text == "could";
        seen_have |= text == "have";
        let is_skipped = DENIALS.contains(&text)
            || MODALS.contains(&text)
            || lexicon::is_adverb(text)
            || BE.contains(&text)
            || HELPERS.contains(&text);
        // "the first thing I did was pull", "my next step was to trace"
        if matches!(text, "was" | "is") && names_own_action(tokens, at - 1) {
            return Agent::Speaker {
                first: verb,
                i: verb,
            };
        }
        // After "I", "then" is an adverb; elsewhere it joins two verbs, as a comma does.
        seen_then |= text == "then" || tokens[at].break_before == Boundary::Clause;
        if !is_skipped || (CONJUNCTIONS.contains(&text) && text != "then") {
            break;
        }
        at -= 1;
    }
    if at == 0 || tokens[at].break_before == Boundary::Sentence {
        return agent_of_following_clause(tokens, verb);
    }
    if names_speaker_before_who(tokens, at) {
        return Agent::Speaker {
            first: verb,
            i: at - 2,
        };
    }
    let before = &tokens[at - 1];
    let is_ing = tokens[verb].text.ends_with("ing");
    let joined = seen_then
        || CONJUNCTIONS.contains(&before.text.as_str())
        || tokens[at].break_before == Boundary::Clause
        || runs_on(tokens, at, verb)
        || follows_a_time(tokens, at);
    let by = is_ing && before.any(&["by", "after", "before", "with", "while", "on"]);
    let governed = is_ing && clause_has(tokens, at, &GOVERNORS);
    if by && agent_of_following_clause(tokens, verb) != Agent::Other {
        return agent_of_following_clause(tokens, verb);
    }
    if !(joined || by || governed) {
        return Agent::Other;
    }
    match subject_of_clause_before(tokens, at) {
        Some(i) => Agent::Speaker { first: verb, i },
        None => Agent::Other,
    }
}

/// "I had the logs pulled": others did it.
fn is_caused(tokens: &[Token], verb: usize) -> bool {
    verb > 0
        && tokens[verb].any(&DETERMINERS)
        && tokens[verb - 1].any(&["had", "have", "got", "get"])
}

/// Whether the verb is passive and the phrase is not, or the other way round: "I was warned" is not "I
/// warned".
fn has_other_voice(tokens: &[Token], verb: usize, phrase_has_be: bool) -> bool {
    let is_participle = verbs::is_participle(&tokens[verb].text);
    let is_passive = !tokens[verb].text.ends_with("ing")
        && verb > 0
        && is_participle
        && auxiliary_before(tokens, verb).is_some_and(|t| t.any(&BE) || t.any(&["got", "get"]));
    is_passive != phrase_has_be && is_participle
}

/// "I wish I had", "if I had", "nor could I reproduce it": what the "I" at `i` did not do.
fn is_wished_or_inverted(tokens: &[Token], i: usize) -> bool {
    let is_wished = tokens[..i]
        .last()
        .is_some_and(|before| before.any(&["wish", "if", "wished", "hoped", "imagine"]));
    let is_inverted = tokens[(i + 1).saturating_sub(3)..i]
        .iter()
        .any(|before| before.any(&["nor", "neither", "never"]));
    is_wished || is_inverted
}

/// "it was me who", "I was the one who": whether the token before `at` is such a "who".
fn names_speaker_before_who(tokens: &[Token], at: usize) -> bool {
    if at < 2 || !tokens[at - 1].is("who") {
        return false;
    }
    match &tokens[at.saturating_sub(5)..at - 1] {
        [.., last] if last.any(&["me", "i"]) => true,
        [.., i, be, _, one] => i.is("i") && be.any(&BE) && one.any(&["one", "person"]),
        _ => false,
    }
}

/// Words that may stand between a subject and its verb.
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
const CONJUNCTIONS: [&str; 7] = ["and", "then", "but", "or", "plus", "before", "after"];
/// Verbs that a participle may follow: "I spent two days tracing".
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

fn is_not_only(tokens: &[Token], at: usize) -> bool {
    tokens
        .get(at + 1)
        .is_some_and(|next| next.any(&["just", "only", "merely", "simply"]))
}

fn auxiliary_before(tokens: &[Token], verb: usize) -> Option<&Token> {
    tokens[..verb]
        .iter()
        .rev()
        .find(|token| !lexicon::is_adverb(&token.text) && !token.is("not"))
}

/// Whether somebody else stands right before the verb at `verb`: "they took", "my colleague took", "the
/// team would take".
pub fn has_other_agent(tokens: &[Token], verb: usize) -> bool {
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
    subject_before(tokens, verb)
        .is_some_and(|subject| subject.any(&others) || subject.any(&lexicon::AGENTS))
}

/// Whether "I" stands right before the verb at `verb`, skipping auxiliaries.
pub fn has_speaker_agent(tokens: &[Token], verb: usize) -> bool {
    subject_before(tokens, verb).is_some_and(|subject| subject.is("i"))
}

/// The word before a verb and its auxiliaries.
fn subject_before(tokens: &[Token], verb: usize) -> Option<&Token> {
    let wishes = [
        "wanted", "want", "hoped", "agreed", "refused", "promised", "not", "never",
    ];
    (1..=verb)
        .rev()
        .take_while(|at| tokens[*at].break_before == Boundary::None)
        .map(|at| &tokens[at - 1])
        .find(|token| {
            let text = token.text.as_str();
            let is_auxiliary = lexicon::is_adverb(text)
                || MODALS.contains(&text)
                || BE.contains(&text)
                || HELPERS.contains(&text)
                || wishes.contains(&text);
            !is_auxiliary
        })
}

/// "I pulled the logs traced the cause": whether the verb continues the clause without an "and". It has
/// an object of its own, and the object of the verb before it ends at `at`. Not so in "I thought Ann
/// traced the cause", "I saw the team trace it" and "the logs pulled by them".
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
        || !(lexicon::is_function(&before.text)
            || lexicon::is_adverb(&before.text)
            || verbs::is_past(&before.text)
            || lexicon::AGENTS.contains(&before.text.as_str()));
    if !has_object || !ends_object || !verbs::is_past(&tokens[verb].text) {
        return false;
    }
    let reporting_verbs = [
        "thought", "knew", "said", "told", "saw", "heard", "hoped", "watched", "believed",
        "learned", "asked", "meant", "assumed", "guessed", "wished", "felt", "let", "made", "had",
        "was", "were", "realized", "noticed", "did", "liked", "needed", "wanted", "found",
    ];
    // The verb that has the first object. After a verb of saying or thinking, others may act.
    let main = (at.saturating_sub(6)..at)
        .rev()
        .take_while(|index| tokens[index + 1].break_before == Boundary::None)
        .find(|index| verbs::is_past(&tokens[*index].text));
    main.is_some_and(|index| index + 1 < at && !tokens[index].any(&reporting_verbs))
}

/// "and the same week submitted": whether a time stands between "and" and its verb.
fn follows_a_time(tokens: &[Token], at: usize) -> bool {
    let is_time = |token: &Token| {
        lexicon::TIME_UNITS.contains(&token.text.as_str())
            || token.any(&["end", "time", "morning", "evening", "afternoon", "night"])
    };
    if !is_time(&tokens[at - 1]) {
        return false;
    }
    let start = at.saturating_sub(6);
    let Some(conjunction) = tokens[start..at]
        .iter()
        .rposition(|t| t.any(&["and", "then"]))
    else {
        return false;
    };
    tokens[start + conjunction + 1..at - 1].iter().all(|token| {
        lexicon::is_function(&token.text) && !lexicon::SUBJECTS.contains(&token.text.as_str())
            || token.value.is_some()
            || token.any(&["same", "next", "very", "following", "later"])
    })
}

/// "(the first thing) I did was", "my next step was": whether the "be" introduces an own action.
fn names_own_action(tokens: &[Token], be: usize) -> bool {
    let before = &tokens[be.saturating_sub(4)..be];
    match before {
        [.., i, did] if i.is("i") && did.any(&["did", "do"]) => true,
        _ => {
            let nouns = [
                "step", "move", "action", "job", "task", "part", "approach", "first", "second",
                "third", "next", "last",
            ];
            before.iter().any(|token| token.is("my"))
                && before.last().is_some_and(|last| last.any(&nouns))
        }
    }
}

fn clause_has(tokens: &[Token], at: usize, texts: &[&str]) -> bool {
    let start = at.saturating_sub(6);
    tokens[start..at].iter().any(|token| token.any(texts))
}

/// "After pulling the logs, I ...": the agent is the subject of the main clause that follows.
fn agent_of_following_clause(tokens: &[Token], verb: usize) -> Agent {
    let is_ing = tokens[verb].text.ends_with("ing") || tokens[verb].is("having");
    let had_having = verb > 0 && tokens[verb - 1].is("having");
    if !(is_ing || had_having) {
        return Agent::Other;
    }
    let after = tokens[verb + 1..]
        .iter()
        .take(14)
        .take_while(|token| token.break_before != Boundary::Sentence)
        .find(|token| lexicon::SUBJECTS.contains(&token.text.as_str()));
    match after {
        Some(token) if token.is("i") => Agent::Speaker {
            first: verb,
            i: verb,
        },
        _ => Agent::Other,
    }
}

/// The "I" that is the subject of the clause before `at`.
fn subject_of_clause_before(tokens: &[Token], at: usize) -> Option<usize> {
    for index in (0..at).rev() {
        let token = &tokens[index];
        let next = tokens.get(index + 1);
        if token.is("i") {
            let text = |at: usize| tokens.get(at).map_or("", |t| t.text.as_str());
            let is_negated = (index + 1..at.min(index + 5))
                .any(|at| tokens[at].any(&["not", "never"]) && !is_not_only(tokens, at));
            // "I saw that the team wrote a fix and added": it is unclear who added, so it does not count.
            let own_clause = tokens[index + 1..at].iter().enumerate().any(|(k, t)| {
                lexicon::SUBORDINATORS.contains(&t.text.as_str())
                    && !matches!(text(index + k), "so")
                    && opens_clause(tokens, index + 1 + k)
            });
            let modal = next.is_some_and(|t| MODALS.contains(&t.text.as_str()));
            let by_others = (index + 1..at).any(|verb| is_action_of_another(tokens, index, verb));
            return (!is_negated && !own_clause && !modal && !by_others).then_some(index);
        }
        let is_subject = lexicon::SUBJECTS.contains(&token.text.as_str())
            && !token.any(&["who", "people", "others", "none", "neither"]);
        // Before a conjunction or at the end of a clause these are objects: "I told her and".
        let is_object =
            next.is_none_or(|t| CONJUNCTIONS.contains(&t.text.as_str()) || index + 1 == at);
        if is_subject && !is_object {
            return None;
        }
        // "it was pulled and added": "it" is another subject.
        let is_relative = token.is("that")
            && token.break_before == Boundary::None
            && index > 0
            && !CONJUNCTIONS.contains(&tokens[index - 1].text.as_str());
        if token.any(&["it", "this", "that"])
            && !is_relative
            && next.is_some_and(|t| t.any(&BE) || t.any(&["had", "has", "did"]))
        {
            return None;
        }
        // "I submitted it. And coordinated the deploy": an "and" continues the sentence.
        let continues = index + 1 == at && CONJUNCTIONS.contains(&token.text.as_str());
        if token.break_before == Boundary::Sentence && !continues {
            return None;
        }
    }
    None
}

/// Whether the verb at `verb`, after the "I" at `i`, is an action of somebody else: "our team submitted a
/// request", "Sarah traced the cause", "who pulled the logs". What follows may be theirs as well.
fn is_action_of_another(tokens: &[Token], i: usize, verb: usize) -> bool {
    if !verbs::is_past(&tokens[verb].text) {
        return false;
    }
    let no_break = |at: &usize| tokens[*at].break_before == Boundary::None;
    let is_auxiliary =
        |token: &Token| lexicon::is_adverb(&token.text) || token.any(&["had", "have", "has"]);
    let Some(subject) = (i + 1..verb)
        .rev()
        .take_while(|at| no_break(&(at + 1)))
        .find(|at| !is_auxiliary(&tokens[*at]))
    else {
        return false;
    };
    let has_object = tokens.get(verb + 1).is_some_and(|next| {
        next.break_before == Boundary::None
            && (next.value.is_some()
                || !lexicon::is_function(&next.text) && !lexicon::is_adverb(&next.text)
                || next.any(&OBJECTS))
    });
    let name = &tokens[subject];
    if name.is("who") {
        // "the engineers who owned it" only says which engineers.
        let identifying_verbs = [
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
        let is_speaker = tokens[subject - 1].any(&["me", "one", "person"]);
        return !is_speaker && !tokens[verb].any(&identifying_verbs);
    }
    let before = &tokens[subject - 1];
    if lexicon::AGENTS.contains(&name.text.as_str()) {
        // In "from the team" and "asked the team", the team is not the subject.
        let opens = (i + 1..subject)
            .rev()
            .take_while(|at| no_break(&(at + 1)))
            .find(|at| {
                let text = tokens[*at].text.as_str();
                lexicon::is_function(text) && !DETERMINERS.contains(&text)
                    || verbs::is_past(text)
                    || lexicon::is_adverb(text)
            });
        let prepositions = ["to", "with", "from", "for", "of", "by", "at", "on", "in"];
        return opens.is_none_or(|at| !tokens[at].any(&prepositions));
    }
    // A name stands alone where a clause begins. "retries failed" is not an action of a person.
    let is_name = !lexicon::is_function(&name.text)
        && !lexicon::is_adverb(&name.text)
        && !verbs::is_past(&name.text)
        && name.value.is_none()
        && !name.text.ends_with('s')
        && !lexicon::TIME_UNITS.contains(&name.text.as_str());
    let begins = name.break_before != Boundary::None
        || lexicon::SUBORDINATORS.contains(&before.text.as_str())
        || lexicon::CONJUNCTIONS.contains(&before.text.as_str())
        || before.any(&["saw", "watched", "heard", "said", "knew", "thought"]);
    is_name && begins && has_object
}

const DETERMINERS: [&str; 8] = ["a", "an", "the", "my", "our", "their", "his", "her"];
/// Words that an object begins with.
const OBJECTS: [&str; 17] = [
    "a", "an", "the", "my", "our", "their", "his", "her", "it", "them", "this", "these", "those",
    "some", "all", "both", "another",
];

/// Whether the subordinator at `at` opens a clause with its own subject: "that the team wrote", not "that
/// failed".
fn opens_clause(tokens: &[Token], at: usize) -> bool {
    let Some(next) = tokens.get(at + 1) else {
        return false;
    };
    let has_subject = lexicon::SUBJECTS.contains(&next.text.as_str())
        || next.any(&["the", "a", "their", "our", "his", "her", "my", "it", "this"]);
    has_subject
        && tokens[at + 2..]
            .iter()
            .take(4)
            .any(|t| verbs::is_past(&t.text) || BE.contains(&t.text.as_str()))
}
