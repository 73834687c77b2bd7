//! Turns the text of a story file into a story and collects all problems on the way.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::schema::*;
use crate::domain::story::*;
use crate::domain::time::Secs;

/// The supported schema version.
pub const SCHEMA: i64 = 1;

/// Byte range in the source.
type At = Range<usize>;

/// Parses and validates a story file. On failure it returns all problems, ordered by line.
pub fn parse(source: &str) -> Result<Story, Vec<Problem>> {
    let mut validator = Validator {
        source,
        problems: Vec::new(),
        removed: Vec::new(),
    };
    let story = validator
        .deserialize()
        .and_then(|(root, file)| validator.story(&root, file));
    let mut problems = validator.problems;
    problems.sort();
    problems.dedup();
    match story {
        Some(story) if problems.is_empty() => Ok(story),
        _ => Err(problems),
    }
}

struct Validator<'s> {
    source: &'s str,
    problems: Vec<Problem>,
    /// Keys removed because of invalid values, so that they are not also reported as missing.
    removed: Vec<String>,
}

impl<'s> Validator<'s> {
    fn problem(&mut self, at: At, what: impl Into<String>) {
        let before = &self.source.as_bytes()[..at.start.min(self.source.len())];
        self.problems.push(Problem {
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            what: what.into(),
        });
    }

    /// Deserializes the file. An invalid entry is reported and removed and the rest is parsed again, so
    /// that one typo does not hide the next.
    fn deserialize(&mut self) -> Option<(At, StoryFile)> {
        let (mut root, errors) = DeTable::parse_recoverable(self.source);
        if !errors.is_empty() {
            for error in errors {
                self.problem(error.span().unwrap_or(0..0), error.message().to_owned());
            }
            return None;
        }
        loop {
            let error = match StoryFile::deserialize(toml::de::Deserializer::from(root.clone())) {
                Ok(file) => return Some((0..0, file)),
                Err(error) => error,
            };
            let at = error.span().unwrap_or(0..0);
            self.problem(at.clone(), error.message().replace('\n', " "));
            match remove_at(root.get_mut(), &at) {
                Some(key) => self.removed.push(key),
                None => return None,
            }
        }
    }

    fn story(&mut self, root: &At, file: StoryFile) -> Option<Story> {
        match &file.schema {
            Some(schema) if *schema.get_ref() != SCHEMA => self.problem(
                schema.span(),
                format!(
                    "unsupported schema {}: this program reads schema {SCHEMA}",
                    schema.get_ref()
                ),
            ),
            Some(_) => {}
            None => self.problem(root.clone(), format!("missing `schema = {SCHEMA}`")),
        }
        let id = self.text(root, "id", file.id.clone());
        if !id.is_empty() && !is_plain_name(&id) {
            let at = file.id.as_ref().map_or(root.clone(), Spanned::span);
            self.problem(
                at,
                format!(
                    "id `{id}` may contain only a-z, 0-9 and `-`, because it is used in file names"
                ),
            );
        }
        let takeaways = match file.takeaways {
            Some(takeaways) => takeaways.into_inner(),
            None => {
                self.problem(root.clone(), "missing `takeaways = [...]`");
                Vec::new()
            }
        };
        let plans = file.level_plan.iter().map(|plan| &plan.get_ref().level);
        let level_ids = plans.chain([&file.level]).flatten();
        let level_names = LevelNames::from_ids(level_ids.map(|id| id.get_ref().trim()));
        let level = self.parsed(root, "level", file.level).unwrap_or(Level::Mid);
        let levels = self.level_plans(root, level, level_names, file.level_plan);
        Some(Story {
            title: self.text(root, "title", file.title),
            question: self.text(root, "question", file.question),
            principle: self.text(root, "principle", file.principle),
            level,
            level_names,
            overview: self.text(root, "overview", file.overview),
            takeaways,
            sections: self.sections(root, file.section),
            follow_ups: file
                .follow_up
                .into_iter()
                .map(|f| self.follow_up(f))
                .collect(),
            weak_answer: self.weak_answer(root, file.weak_answer),
            quiz: file.quiz.into_iter().map(|q| self.question(q)).collect(),
            reframings: file
                .reframing
                .into_iter()
                .map(|r| self.reframing(r))
                .collect(),
            levels,
            id,
        })
    }

    fn sections(&mut self, root: &At, files: Vec<Spanned<SectionFile>>) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for file in files {
            let at = file.span();
            let file = file.into_inner();
            let kind_at = file.kind.as_ref().map_or(at.clone(), Spanned::span);
            let name = self.text(&at, "kind", file.kind);
            let kind = SectionKind::ALL
                .into_iter()
                .find(|k| k.to_string().to_lowercase() == name);
            let Some(kind) = kind else {
                if !name.is_empty() {
                    self.problem(
                        kind_at,
                        format!("there is no section `{name}`: use situation, task, action, result or reflection"),
                    );
                }
                continue;
            };
            if sections.iter().any(|s| s.kind == kind) {
                self.problem(kind_at.clone(), format!("section `{name}` appears twice"));
            }
            if sections.last().is_some_and(|last| last.kind > kind) {
                self.problem(
                    kind_at,
                    format!("section `{name}` is out of order: situation, task, action, result, reflection"),
                );
            }
            let phrases: Vec<Phrase> = self.phrases(file.phrase);
            if phrases.is_empty() {
                self.problem(
                    at.clone(),
                    format!("section `{name}` has no phrase: add [[section.phrase]] with `say` and `proves`"),
                );
            }
            sections.push(Section {
                kind,
                target: self.duration(&at, "target", file.target),
                purpose: self.text(&at, "purpose", file.purpose),
                strong: self.text(&at, "strong", file.strong),
                coaching: self.text(&at, "coaching", file.coaching),
                mistake: self.text(&at, "mistake", file.mistake),
                phrases,
            });
        }
        for kind in SectionKind::ALL {
            if !sections.iter().any(|s| s.kind == kind) {
                self.problem(
                    root.clone(),
                    format!(
                        "section `{}` is missing: add [[section]] with kind = \"{}\"",
                        kind.to_string().to_lowercase(),
                        kind.to_string().to_lowercase()
                    ),
                );
            }
        }
        sections
    }

    fn phrases(&mut self, files: Vec<Spanned<PhraseFile>>) -> Vec<Phrase> {
        let mut wordings: Vec<(String, usize)> = Vec::new();
        let mut phrases = Vec::new();
        for (index, file) in files.into_iter().enumerate() {
            let at = file.span();
            let file = file.into_inner();
            let say_at = file.say.as_ref().map_or(at.clone(), Spanned::span);
            let mut texts: Vec<(At, String)> = vec![(say_at, String::new())];
            texts.extend(file.also.iter().map(|a| (a.span(), a.get_ref().clone())));
            for (wording_at, wording) in &texts[1..] {
                if plain_words(wording).is_empty() {
                    self.problem(wording_at.clone(), "an `also` wording is empty");
                }
            }
            let phrase = self.phrase(&at, file);
            if !phrase.say.is_empty() && plain_words(&phrase.say).is_empty() {
                let what = format!("`say` is \"{}\": it contains no words", phrase.say);
                self.problem(at.clone(), what);
            }
            texts[0].1.clone_from(&phrase.say);
            for (wording_at, wording) in texts {
                let key = plain_words(&wording);
                match wordings.iter().find(|(seen, _)| *seen == key) {
                    _ if key.is_empty() => {}
                    Some((_, first)) if *first == index => self.problem(
                        wording_at,
                        format!("wording \"{wording}\" appears twice in one phrase"),
                    ),
                    Some(_) => self.problem(
                        wording_at,
                        format!("phrase \"{wording}\" is planned twice in this section"),
                    ),
                    None => wordings.push((key, index)),
                }
            }
            phrases.push(phrase);
        }
        phrases
    }

    fn phrase(&mut self, at: &At, file: PhraseFile) -> Phrase {
        Phrase {
            say: self.text(at, "say", file.say),
            proves: self.text(at, "proves", file.proves),
            also: file.also.into_iter().map(Spanned::into_inner).collect(),
        }
    }

    fn follow_up(&mut self, file: Spanned<FollowUpFile>) -> FollowUp {
        let at = file.span();
        let file = file.into_inner();
        let line = match file.line {
            Some(line) => {
                let line_at = line.span();
                self.phrase(&line_at, line.into_inner())
            }
            None => {
                self.problem(
                    at.clone(),
                    "missing [follow_up.line] with `say` and `proves`",
                );
                Phrase {
                    say: String::new(),
                    proves: String::new(),
                    also: Vec::new(),
                }
            }
        };
        FollowUp {
            question: self.text(&at, "question", file.question),
            probes: self.text(&at, "probes", file.probes),
            target: self.duration(&at, "target", file.target),
            weak: self.text(&at, "weak", file.weak),
            weak_because: self.text(&at, "weak_because", file.weak_because),
            strong: self.text(&at, "strong", file.strong),
            line,
        }
    }

    fn weak_answer(&mut self, root: &At, file: Option<Spanned<WeakAnswerFile>>) -> WeakAnswer {
        let Some(file) = file else {
            self.problem(root.clone(), "missing [weak_answer]");
            return WeakAnswer {
                text: String::new(),
                flaws: Vec::new(),
                verdict: String::new(),
            };
        };
        let at = file.span();
        let file = file.into_inner();
        let text = self.text(&at, "text", file.text);
        let flaws = file
            .flaw
            .into_iter()
            .map(|flaw| {
                let flaw_at = flaw.span();
                let flaw = flaw.into_inner();
                if !text.contains(&flaw.quote) {
                    self.problem(
                        flaw_at.clone(),
                        format!("quote \"{}\" is not in the weak answer's text", flaw.quote),
                    );
                }
                Flaw {
                    because: self.text(&flaw_at, "because", flaw.because),
                    quote: flaw.quote,
                }
            })
            .collect();
        WeakAnswer {
            verdict: self.text(&at, "verdict", file.verdict),
            text,
            flaws,
        }
    }

    fn question(&mut self, file: Spanned<QuestionFile>) -> Question {
        let at = file.span();
        let file = file.into_inner();
        if file.option.len() != 4 {
            self.problem(
                at.clone(),
                format!("a question needs four options, found {}", file.option.len()),
            );
        }
        let right: Vec<usize> = (0..file.option.len())
            .filter(|i| file.option[*i].get_ref().right)
            .collect();
        if right.len() != 1 {
            self.problem(
                at.clone(),
                format!(
                    "exactly one option must be marked `right = true`, found {}",
                    right.len()
                ),
            );
        }
        let options = file
            .option
            .into_iter()
            .map(|o| {
                let option_at = o.span();
                self.text(&option_at, "text", o.into_inner().text)
            })
            .collect();
        Question {
            ask: self.text(&at, "ask", file.ask),
            options,
            answer: right.first().copied().unwrap_or(0),
            because: self.text(&at, "because", file.because),
        }
    }

    fn reframing(&mut self, file: Spanned<ReframingFile>) -> Reframing {
        let at = file.span();
        let file = file.into_inner();
        Reframing {
            principle: self.text(&at, "principle", file.principle),
            lead: self.text(&at, "lead", file.lead),
            emphasize: self.text(&at, "emphasize", file.emphasize),
            downplay: self.text(&at, "downplay", file.downplay),
        }
    }

    fn level_plans(
        &mut self,
        root: &At,
        own: Level,
        names: LevelNames,
        files: Vec<Spanned<LevelPlanFile>>,
    ) -> Vec<LevelPlan> {
        let mut plans: Vec<LevelPlan> = Vec::new();
        for file in files {
            let at = file.span();
            let plan = self.level_plan(file);
            if plans.iter().any(|other| other.level == plan.level) {
                let name = names.id(plan.level);
                self.problem(at.clone(), format!("level {name} is planned twice"));
            }
            if plan.at_least.is_some_and(|least| least > plan.at_most) {
                self.problem(at, "`at_least` is longer than `at_most`");
            }
            plans.push(plan);
        }
        if !plans.iter().any(|plan| plan.level == own) {
            let name = names.id(own);
            let what = format!("the story's own level, {name}, has no [[level_plan]]");
            self.problem(root.clone(), what);
        }
        plans
    }

    fn level_plan(&mut self, file: Spanned<LevelPlanFile>) -> LevelPlan {
        let at = file.span();
        let file = file.into_inner();
        LevelPlan {
            level: self.parsed(&at, "level", file.level).unwrap_or(Level::Mid),
            focus: self.text(&at, "focus", file.focus),
            reflection: self.text(&at, "reflection", file.reflection),
            bar: self.text(&at, "bar", file.bar),
            at_least: file
                .at_least
                .map(|text| self.duration(&at, "at_least", Some(text))),
            at_most: self.duration(&at, "at_most", file.at_most),
        }
    }

    /// The trimmed text of a required key. Reports a problem if it is missing or blank.
    fn text(&mut self, at: &At, key: &str, value: Text) -> String {
        let Some(value) = value else {
            if !self.removed.iter().any(|removed| removed == key) {
                self.problem(at.clone(), format!("missing `{key}`"));
            }
            return String::new();
        };
        let text = value.get_ref().trim().to_owned();
        if text.is_empty() {
            self.problem(value.span(), format!("`{key}` is empty"));
        }
        text
    }

    fn parsed<T: std::str::FromStr<Err = String>>(
        &mut self,
        at: &At,
        key: &str,
        value: Text,
    ) -> Option<T> {
        let value_at = value.as_ref().map_or(at.clone(), Spanned::span);
        let text = self.text(at, key, value);
        if text.is_empty() {
            return None;
        }
        text.parse()
            .map_err(|why: String| self.problem(value_at, why))
            .ok()
    }

    fn duration(&mut self, at: &At, key: &str, value: Text) -> Secs {
        let value_at = value.as_ref().map_or(at.clone(), Spanned::span);
        let text = self.text(at, key, value);
        match parse_duration(&text) {
            _ if text.is_empty() => 0.0,
            Some(secs) if (5.0..=600.0).contains(&secs) => secs,
            Some(secs) => {
                self.problem(
                    value_at,
                    format!("`{key}` of {secs} s is not between 5 s and 10 min"),
                );
                0.0
            }
            None => {
                self.problem(
                    value_at,
                    format!("`{key}` is \"{text}\": write seconds or minutes, such as \"30 s\" or \"2 min 30 s\""),
                );
                0.0
            }
        }
    }
}

/// Removes the entry whose key or value is at `at` and returns its key, if there is one.
fn remove_at(table: &mut DeTable<'_>, at: &At) -> Option<String> {
    let hit = table
        .iter()
        .find(|(key, value)| key.span() == *at || (value.span() == *at && !is_table_like(value)))
        .map(|(key, _)| key.clone());
    if let Some(key) = hit {
        table.remove(&key);
        return Some(key.into_inner().into_owned());
    }
    table
        .iter_mut()
        .find_map(|(_, value)| match value.get_mut() {
            DeValue::Table(inner) => remove_at(inner, at),
            DeValue::Array(items) => items.iter_mut().find_map(|item| match item.get_mut() {
                DeValue::Table(inner) => remove_at(inner, at),
                _ => None,
            }),
            _ => None,
        })
}

/// A table's span can equal that of its first entry, so only leaves are matched by their value.
fn is_table_like(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Table(_))
}

/// Parses "30 s", "2 min" or "2 min 30 s" into seconds; `None` for anything else, including a bare number.
fn parse_duration(text: &str) -> Option<Secs> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &str| word.parse::<u32>().ok().map(f64::from);
    match words[..] {
        [s, "s"] => number(s),
        [m, "min"] => Some(60.0 * number(m)?),
        [m, "min", s, "s"] => Some(60.0 * number(m)? + number(s)?),
        _ => None,
    }
}

fn plain_words(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_plain_name(id: &str) -> bool {
    id.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
