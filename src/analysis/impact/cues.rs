//! The cues in a statement by which it tells a measured change, what that was worth, or what lasted. Each gets a
//! score; harm, settings and effort score nothing.

use super::statement::Statement;
use super::vocabulary::{
    ADOPTS, BENEFITS, DURABLE, HARMS, PUTS_IN_PLACE, SAYS, VALUED, VANITY, is_date, is_people,
    is_pronoun, is_vague_crowd,
};
use crate::analysis::grammar::{Clause, Subject, Tense};
use crate::analysis::language::{Boundary, Token, lexicon};
use crate::analysis::ownership::acts::Act;
use crate::analysis::phrases::token_index::TokenIndex;

/// An answer with its structure.
pub(super) struct Answer<'a> {
    pub(super) index: &'a TokenIndex,
    pub(super) clauses: &'a [Clause],
    pub(super) acts: &'a [Act],
    pub(super) statements: &'a [Statement],
}

/// A statement with the cues in it.
pub(super) struct Cues<'a> {
    pub(super) answer: &'a Answer<'a>,
    pub(super) statement: &'a Statement,
    pub(super) has_change: bool,
    pub(super) has_sum: bool,
    pub(super) has_gain: bool,
    pub(super) has_lasting_phrase: bool,
}

impl Cues<'_> {
    fn tokens(&self) -> &[Token] {
        &self.answer.index.tokens[self.statement.first..=self.statement.last]
    }

    fn clauses(&self) -> &[Clause] {
        &self.answer.clauses[self.statement.clauses.clone()]
    }

    fn main(&self) -> Option<&Clause> {
        self.clauses().first()
    }

    fn has(&self, words: &[&str]) -> bool {
        self.tokens().iter().any(|token| token.any(words))
    }

    fn has_pair(&self, pairs: &[(&str, &str)]) -> bool {
        self.tokens()
            .windows(2)
            .any(|pair| pairs.iter().any(|(a, b)| pair[0].is(a) && pair[1].is(b)))
    }

    fn verb(&self, clause: &Clause) -> &Token {
        &self.answer.index.tokens[clause.verb]
    }

    fn subject_text(&self, clause: &Clause) -> &str {
        clause
            .subject_at
            .map_or("", |at| self.answer.index.tokens[at].text.as_str())
    }

    /// A wish, a duty, a plan or a guess: "they wanted to adopt it", "it should save hours".
    pub(super) fn is_unreal(&self) -> bool {
        if self.has_pair(&[("no", "more"), ("no", "longer")]) {
            return false;
        }
        let is_ability = self.has(&["can", "could", "may"]);
        self.main()
            .is_some_and(|main| !(main.is_real || is_ability && main.subject == Subject::Other))
    }

    /// What the speaker does or did, not what came of it.
    fn is_own_act(&self) -> bool {
        self.main()
            .is_some_and(|main| main.subject == Subject::Speaker)
    }

    /// A number that counts or measures something, not one of a date, a time of day or a name.
    fn quantity(&self) -> Option<usize> {
        let tokens = self.tokens();
        (0..tokens.len()).find(|at| {
            let Some(value) = tokens[*at].value else {
                return false;
            };
            let before = at.checked_sub(1).map_or("", |at| tokens[at].text.as_str());
            let after = tokens.get(at + 1).map_or("", |token| token.text.as_str());
            let is_date = (1950.0..2060.0).contains(&value) && value.fract() == 0.0
                || matches!(
                    before,
                    "day"
                        | "step"
                        | "phase"
                        | "question"
                        | "version"
                        | "level"
                        | "grade"
                        | "room"
                        | "ward"
                        | "q"
                )
                || matches!(after, "pm" | "am" | "clock")
                || self.is_time_of_day(*at) && !lexicon::UNITS.contains(&after);
            !is_date
        })
    }

    /// "at seven", "until about ten"
    fn is_time_of_day(&self, at: usize) -> bool {
        let before = self.tokens()[..at]
            .iter()
            .rev()
            .find(|token| !token.any(&["about", "around", "almost", "nearly"]));
        before.is_some_and(|token| token.any(&["at", "until", "till", "past", "before"]))
    }

    /// Whether the number counts people who do something: "two other teams".
    fn counts_people(&self) -> bool {
        let tokens = self.tokens();
        self.quantity().is_some_and(|at| {
            tokens[at + 1..]
                .iter()
                .take(3)
                .any(|token| is_people(&token.text) || token.any(&["us", "them"]))
        })
    }

    fn duration(&self) -> bool {
        let tokens = self.tokens();
        (0..tokens.len()).any(|at| {
            let is_count =
                tokens[at].value.is_some() || tokens[at].any(&["a", "an", "few", "several"]);
            is_count
                && tokens[at + 1..]
                    .iter()
                    .take(2)
                    .any(|next| lexicon::TIME_UNITS.contains(&next.text.as_str()))
        })
    }

    /// "it used to be 23", "before it was 71", "instead of 900", "up from 30".
    fn compares(&self) -> bool {
        self.has_pair(&[
            ("used", "to"),
            ("instead", "of"),
            ("up", "from"),
            ("down", "from"),
            ("compared", "to"),
            ("compared", "with"),
            ("before", "it"),
            ("had", "been"),
            ("back", "then"),
            ("before", "that"),
            ("rather", "than"),
            ("not", "anymore"),
            ("it", "was"),
            ("they", "were"),
        ]) && (self.has(&[
            "now", "instead", "before", "from", "used", "than", "today", "compared", "then",
        ]))
    }

    /// "We used to lose forty a week", "a year ago it was one in five".
    pub(super) fn is_before(&self) -> bool {
        let is_past = self.has_pair(&[
            ("used", "to"),
            ("had", "been"),
            ("year", "ago"),
            ("years", "ago"),
            ("months", "ago"),
            ("last", "year"),
            ("year", "before"),
            ("before", "that"),
        ]) || self.has(&["before", "previously", "originally", "formerly"]);
        is_past && self.quantity().is_some() && !self.is_own_act()
    }

    /// "Last month it was two", "now it is one in sixty".
    pub(super) fn is_after(&self) -> bool {
        let is_recent = self.has_pair(&[
            ("these", "days"),
            ("this", "year"),
            ("this", "month"),
            ("this", "week"),
            ("this", "spring"),
            ("this", "summer"),
            ("this", "autumn"),
            ("this", "winter"),
            ("last", "month"),
            ("last", "week"),
            ("last", "quarter"),
            ("year", "after"),
            ("year", "later"),
        ]) || self.has(&["now", "today", "currently", "nowadays", "afterwards"])
            || self.has(&["by", "in", "since"]) && self.tokens().iter().any(is_date);
        is_recent && self.quantity().is_some() && !self.is_own_act()
    }

    /// "Sales went up, but that was not because of me."
    fn is_disclaimed(&self) -> bool {
        let rest = &self.answer.index.tokens[self.statement.first..];
        let sentence = rest
            .iter()
            .enumerate()
            .take_while(|(at, token)| *at == 0 || token.break_before != Boundary::Sentence);
        let sentence: Vec<&Token> = sentence.map(|(_, token)| token).collect();
        sentence.windows(4).any(|four| {
            let is_self = four[3].any(&["me", "us", "mine"]);
            let denies = four[0].is("not") && four[1].is("because") && four[2].is("of");
            let unrelated = four[0].is("nothing") && four[1].is("to") && four[2].is("do");
            denies && is_self || unrelated && four[3].is("with")
        })
    }

    pub(super) fn metric(&self) -> u32 {
        if self.is_disclaimed() {
            return 0;
        }
        let Some(main) = self.main() else {
            return if self.has_change { 4 } else { 0 };
        };
        let has_quantity = self.quantity().is_some() || self.duration();
        if self.has_change && !(self.is_own_act() && main.tense == Tense::Present) {
            return 6;
        }
        if has_quantity && self.compares() && !self.is_own_act() {
            return 6;
        }
        if self.is_own_act() {
            return 0;
        }
        if self.names_no_harm() {
            return 3;
        }
        let is_absence = self.is_lasting_absence(main);
        let is_dated = self.tokens().iter().any(is_date);
        if is_absence && (has_quantity || is_dated || self.has(&["single"])) {
            return 4;
        }
        // "Nobody has been hurt since."
        if is_absence && main.tense == Tense::Perfect && self.has(&["since"]) {
            return 3;
        }
        let is_early = self.has(&["early", "earlier", "sooner", "ahead"])
            && (self.has(&[
                "day", "days", "week", "weeks", "month", "hour", "hours", "schedule", "time",
                "deadline",
            ]) || has_quantity);
        let is_team = main.subject == Subject::Team;
        if is_early && !main.is_negated {
            return 3;
        }
        if !has_quantity || self.counts_people() && !self.is_about_time() {
            return 0;
        }
        let verb = self.verb(main).stem.as_str();
        if self.has(&["percent", "percentage"]) && self.has(&["now", "since", "today"]) {
            return 4;
        }
        // What others say is no change by itself, and an audience is none.
        if SAYS.contains(&verb) || VANITY.contains(&verb) {
            return 0;
        }
        let is_being = lexicon::BE.contains(&self.verb(main).text.as_str());
        if self.has(&["now", "today", "currently"])
            && main.tense == Tense::Present
            && main.subject == Subject::Other
            && (is_being && !self.is_there(main) || verb == "take" && self.duration())
        {
            return 4;
        }
        if is_team {
            return 0;
        }
        if verb == "take" && self.duration() && !self.is_effort(main) {
            return 2;
        }
        let is_count_of_results = main.tense == Tense::Perfect
            || self.has(&["since", "later", "within"])
            || self.is_about_time() && is_people(self.subject_text(main))
            || BENEFITS.contains(verb) && is_people(self.subject_text(main));
        match is_count_of_results && !main.is_negated {
            true => 3,
            false => 0,
        }
    }

    /// "It took me three weeks to finish it."
    fn is_effort(&self, main: &Clause) -> bool {
        let after = self.answer.index.tokens.get(main.verb + 1);
        after.is_some_and(|next| next.is("me")) || self.has(&["to"])
    }

    /// "forty minutes later", "after nine days", "in under a minute"
    fn is_about_time(&self) -> bool {
        self.duration() && self.has(&["later", "after", "within", "in", "under", "inside"])
    }

    /// "there are twelve of us"
    fn is_there(&self, main: &Clause) -> bool {
        self.subject_text(main) == "there"
    }

    /// "Not one booking was lost", "not a single parcel went missing".
    fn names_no_harm(&self) -> bool {
        let tokens = self.tokens();
        let is_none = match tokens {
            [not, one, ..] if not.is("not") && one.any(&["one", "single"]) => true,
            [not, a, single, ..] if not.is("not") && a.is("a") => single.is("single"),
            [no, noun, ..] if no.any(&["no", "zero"]) => noun.break_before == Boundary::None,
            _ => false,
        };
        let mut words = tokens.iter().skip(1);
        is_none && words.any(|token| HARMS.contains(token.stem.as_str()))
    }

    /// "hasn't come back", "haven't missed one", "nobody has been late since".
    fn is_lasting_absence(&self, main: &Clause) -> bool {
        main.is_negated
            && (main.tense == Tense::Perfect
                || self.has(&["since", "again", "anymore"])
                || self.has_pair(&[("any", "more"), ("no", "longer")]))
            || self.has(&["no", "zero"]) && self.has(&["since"])
    }

    pub(super) fn worth(&self) -> u32 {
        if self.is_disclaimed() {
            return 0;
        }
        if self.has_sum && !self.is_own_act() {
            return 7;
        }
        let Some(main) = self.main() else {
            return if self.has_gain { 3 } else { 0 };
        };
        let is_telling = SAYS.contains(&self.verb(main).stem.as_str());
        if self.has_gain && !(self.is_own_act() && (main.tense == Tense::Present || is_telling)) {
            return 5;
        }
        if self.is_own_act() {
            return if self.has_sum { 4 } else { 0 };
        }
        let benefits = self
            .clauses()
            .iter()
            .filter(|clause| {
                clause.subject == Subject::Other
                    || clause.subject == Subject::Team && self.is_award()
            })
            .any(|clause| {
                let verb = self.verb(clause);
                clause.is_real
                    && clause.tense != Tense::Present
                    && !clause.is_negated
                    && !clause.is_passive
                    && BENEFITS.contains(verb.stem.as_str())
                    && !is_vague_crowd(self.subject_text(clause))
                    && (is_people(self.subject_text(clause)) || clause.subject == Subject::Team)
            });
        let avoids_harm = self.clauses().iter().any(|clause| {
            clause.is_negated
                && clause.tense != Tense::Present
                && (HARMS.contains(self.verb(clause).stem.as_str())
                    || self
                        .tokens()
                        .iter()
                        .any(|t| HARMS.contains(t.stem.as_str())))
        }) && !self.is_blame()
            || self.names_no_harm();
        let spares = self.tokens().windows(2).any(|pair| {
            pair[0].any(&["spared", "saved"]) && pair[1].any(&["them", "us", "him", "her"])
        });
        if spares && !self.is_own_act() {
            return 5;
        }
        if benefits {
            return 5;
        }
        if avoids_harm
            || self.is_lasting_absence(main)
                && (main.tense == Tense::Perfect || self.has(&["since"]))
        {
            return 4;
        }
        let is_well = is_people(self.subject_text(main))
            && !main.is_negated
            && main.tense != Tense::Present
            && (self.has_pair(&[
                ("went", "home"),
                ("was", "home"),
                ("came", "back"),
                ("out", "of"),
                ("back", "at"),
            ]) || self.has(&["safe", "alive", "recovered"]));
        if is_well {
            return 4;
        }
        // "She could write back to the families."
        let enables = is_people(self.subject_text(main))
            && !main.is_negated
            && self.has(&["could"])
            && !self.has(&["if", "so"]);
        if enables {
            return 2;
        }
        if self.metric() >= 6 && self.is_valued(main) {
            return 3;
        }
        let opening = &self.tokens()[0];
        let ends_well = opening.any(&["by", "after", "within", "today", "now"])
            && !main.is_negated
            && main.is_real
            && self.is_about_people(main);
        if ends_well {
            return 2;
        }
        let pleased = self.has(&[
            "happy",
            "glad",
            "pleased",
            "satisfied",
            "relieved",
            "delighted",
            "grateful",
            "safe",
        ]) && main.subject == Subject::Other
            && !main.is_negated
            && !is_vague_crowd(self.subject_text(main))
            && self.has(&["that", "because", "when", "with"])
            && !self.has(&["think", "guess", "probably"]);
        let works_again = main.subject == Subject::Other
            && !main.is_negated
            && (self.has(&["back", "again"])
                && self.has(&["was", "were", "worked", "works", "running", "online"])
                || self.has_pair(&[("on", "time"), ("in", "time"), ("same", "day")]));
        u32::from(pleased || works_again) + u32::from(pleased && works_again)
    }

    /// Something that went wrong in the end: "the carers could not open it", "thirty patients got it late", "it
    /// went up again".
    pub(super) fn is_new_harm(&self) -> bool {
        let Some(main) = self.main().filter(|main| main.tense == Tense::Past) else {
            return false;
        };
        let is_past = self.has_pair(&[("used", "to"), ("had", "been")]) || self.has(&["before"]);
        if main.subject != Subject::Other || is_past {
            return false;
        }
        let counts_people = self.counts_people() || is_people(self.subject_text(main));
        let is_unable = main.is_negated && self.has(&["could"]) && counts_people;
        let is_hurt = !main.is_negated
            && counts_people
            && (self.has(&["hospital", "hurt", "injured", "worse"])
                || self.ends_late()
                || ["complain", "quit", "resign"].contains(&self.verb(main).stem.as_str()));
        let relapses = self.has(&["again"])
            && !main.is_negated
            && ["go", "come", "fall", "slip", "drop", "rise", "climb"]
                .contains(&self.verb(main).stem.as_str())
            && self.has(&["up", "down", "worse"]);
        is_unable || is_hurt || relapses
    }

    /// "They got it late", but not "from late payments".
    fn ends_late(&self) -> bool {
        let tokens = self.tokens();
        (0..tokens.len()).any(|at| {
            let next = tokens.get(at + 1);
            tokens[at].is("late")
                && next.is_none_or(|next| {
                    next.break_before != Boundary::None || lexicon::is_function(&next.text)
                })
        })
    }

    /// Whether what changed is worth something by itself: money, people, complaints, marks.
    fn is_valued(&self, main: &Clause) -> bool {
        is_people(self.subject_text(main))
            || self.has(&["them", "him", "her", "everyone", "everybody"])
            || self
                .tokens()
                .iter()
                .any(|token| VALUED.contains(token.stem.as_str()))
    }

    /// Whether the subject is people: "the boys", "most of the boys".
    fn is_about_people(&self, main: &Clause) -> bool {
        let tokens = &self.answer.index.tokens;
        is_people(self.subject_text(main))
            || main.subject_at.is_some_and(|at| {
                tokens.get(at + 1).is_some_and(|next| next.is("of"))
                    && tokens[at + 1..]
                        .iter()
                        .take(4)
                        .any(|token| is_people(&token.text))
            })
    }

    fn is_award(&self) -> bool {
        self.has(&[
            "distinction",
            "award",
            "prize",
            "contract",
            "deal",
            "renewal",
            "approval",
            "certificate",
            "grant",
            "promotion",
            "medal",
            "top",
        ])
    }

    /// "never even said thank you"
    fn is_blame(&self) -> bool {
        self.has(&["thank", "thanks", "sorry"]) && self.main().is_some_and(|main| main.is_negated)
    }

    pub(super) fn lasting(&self) -> u32 {
        let Some(main) = self.main() else {
            return if self.has_lasting_phrase { 2 } else { 0 };
        };
        let verb = self.verb(main);
        if main.is_negated && !self.is_lasting_absence(main) {
            return 0;
        }
        let since = self.has_pair(&[
            ("ever", "since"),
            ("to", "this"),
            ("from", "then"),
            ("since", "then"),
            ("these", "days"),
        ]) || self.has(&["since", "nowadays", "permanently"])
            && main.tense == Tense::Perfect;
        let still = self.has(&["still"]) && main.tense == Tense::Present;
        let now = self.has(&[
            "now",
            "today",
            "always",
            "every",
            "everyone",
            "everybody",
            "anymore",
            "regularly",
        ]);
        if self.is_own_act() && main.tense == Tense::Present {
            return 0;
        }
        if since || still && !self.is_own_act() {
            return 6;
        }
        // "We've been doing it for three years now."
        if main.tense == Tense::Perfect && !main.is_negated && self.has(&["for"]) && self.duration()
        {
            return 5;
        }
        if self.is_lasting_absence(main) && self.duration() {
            return 4;
        }
        // "Nobody is searched at the gate any more."
        if main.tense == Tense::Present && self.is_lasting_absence(main) {
            return 3;
        }
        let is_by_others = main.subject == Subject::Other || main.subject == Subject::Team;
        let adopts = ADOPTS.contains(verb.stem.as_str());
        let subject = self.subject_text(main);
        let is_named = !matches!(
            subject,
            "it" | "that" | "this" | "which" | "what" | "there" | "you"
        );
        let is_being = lexicon::BE.contains(&verb.text.as_str());
        if is_by_others
            && main.tense == Tense::Present
            && (now && !is_being && main.subject == Subject::Other || adopts && is_named)
        {
            return 6;
        }
        // "A group down the hall started it as well."
        let follows = self.has_pair(&[("as", "well")]) || self.has(&["too"]);
        if main.subject == Subject::Other
            && follows
            && [
                "start", "us", "do", "introduc", "adopt", "copi", "ask", "want", "work",
            ]
            .contains(&verb.stem.as_str())
            && !is_pronoun(subject)
        {
            return 5;
        }
        let has_adopted =
            ["adopt", "copi", "borrow", "reus", "imit", "introduc"].contains(&verb.stem.as_str());
        if is_by_others && has_adopted && main.tense != Tense::Present {
            return 6;
        }
        if self.has_lasting_phrase {
            return if self.is_own_act() { 4 } else { 5 };
        }
        let is_put_in_place = main.subject == Subject::Other
            && self.clauses().iter().any(|clause| {
                clause.is_real && PUTS_IN_PLACE.contains(self.verb(clause).stem.as_str())
            });
        if is_put_in_place
            && self
                .tokens()
                .iter()
                .any(|token| DURABLE.contains(token.stem.as_str()))
        {
            return 5;
        }
        // What the speaker or the team put in place.
        let acts = self.answer.acts.iter().any(|act| {
            (self.statement.first..=self.statement.last).contains(&act.verb)
                && PUTS_IN_PLACE.contains(self.answer.index.tokens[act.verb].stem.as_str())
        });
        let durable = self
            .tokens()
            .iter()
            .any(|token| DURABLE.contains(token.stem.as_str()));
        if acts && durable {
            return 3;
        }
        if self.has(&["renewed", "extended", "signed"]) && is_by_others {
            return 3;
        }
        if acts
            && main.subject == Subject::Team
            && self.has(&["second", "new", "extra", "permanent", "another"])
        {
            return 2;
        }
        0
    }
}
