//! Builds a story from a story file and checks what a story needs.

use toml::Spanned;

use super::problem::Problem;
use super::reader::{At, Reader};
use super::schema::*;
use super::source_text;
use crate::domain::story::*;

/// The supported schema version.
pub const SCHEMA: i64 = 1;

/// Decodes, parses and validates a story file, as [`parse`] does with its text.
pub fn parse_bytes(bytes: &[u8]) -> Result<Story, Vec<Problem>> {
    let (text, problems) = source_text::decode(bytes);
    if text.is_empty() && !problems.is_empty() {
        return Err(problems);
    }
    parse_text(&text, problems)
}

/// Parses and validates the text of a story file. On failure it returns all problems, ordered by line.
pub fn parse(text: &str) -> Result<Story, Vec<Problem>> {
    parse_text(text, Vec::new())
}

/// `problems` are those that decoding has found.
fn parse_text(text: &str, problems: Vec<Problem>) -> Result<Story, Vec<Problem>> {
    let source = source_text::normalize(text);
    let mut reader = Reader::new(source, problems);
    let file = reader.story_file();
    let mut validator = Validator { reader };
    // What is missing from the whole file is reported on its first line.
    let root = 0..0;
    let story = file.and_then(|file| validator.story(&root, file));
    let problems = validator.reader.into_problems();
    match story {
        Some(story) if problems.is_empty() => Ok(story),
        _ => Err(problems),
    }
}

struct Validator {
    reader: Reader,
}

impl Validator {
    fn story(&mut self, root: &At, file: StoryFile) -> Option<Story> {
        match &file.schema {
            Some(schema) if *schema.get_ref() != SCHEMA => self.reader.problem(
                schema.span(),
                format!(
                    "unsupported schema {}: this program reads schema {SCHEMA}",
                    schema.get_ref()
                ),
            ),
            Some(_) => {}
            None => self
                .reader
                .missing(root.clone(), format!("missing `schema = {SCHEMA}`")),
        }
        let id = self.reader.text(root, "id", file.id.clone());
        if !id.is_empty() && !is_plain_name(&id) {
            let at = file.id.as_ref().map_or(root.clone(), Spanned::span);
            self.reader.problem(
                at,
                format!(
                    "id `{id}` may contain only a-z, 0-9 and `-`, because it is used in file names"
                ),
            );
        }
        let takeaways = match file.takeaways {
            Some(takeaways) => takeaways.into_inner(),
            None => {
                self.reader
                    .missing(root.clone(), "missing `takeaways = [...]`");
                Vec::new()
            }
        };
        let plans = file.level_plan.iter().map(|plan| &plan.get_ref().level);
        let level_ids = plans.chain([&file.level]).flatten();
        let level_names = LevelNames::from_ids(level_ids.map(|id| id.get_ref().trim()));
        let level = self
            .reader
            .parsed(root, "level", file.level)
            .unwrap_or(Level::Mid);
        let levels = self.level_plans(root, level, level_names, file.level_plan);
        Some(Story {
            title: self.reader.text(root, "title", file.title),
            question: self.reader.text(root, "question", file.question),
            principle: self.reader.text(root, "principle", file.principle),
            level,
            level_names,
            overview: self.reader.text(root, "overview", file.overview),
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
            let name = self.reader.text(&at, "kind", file.kind);
            let kind = SectionKind::ALL
                .into_iter()
                .find(|k| k.to_string().to_lowercase() == name);
            let Some(kind) = kind else {
                if !name.is_empty() {
                    self.reader.problem(
                        kind_at,
                        format!("there is no section `{name}`: use situation, task, action, result or reflection"),
                    );
                }
                continue;
            };
            if sections.iter().any(|s| s.kind == kind) {
                self.reader
                    .problem(kind_at.clone(), format!("section `{name}` appears twice"));
            }
            if sections.last().is_some_and(|last| last.kind > kind) {
                self.reader.problem(
                    kind_at,
                    format!("section `{name}` is out of order: situation, task, action, result, reflection"),
                );
            }
            let phrases: Vec<Phrase> = self.phrases(file.phrase);
            if phrases.is_empty() {
                self.reader.missing(
                    at.clone(),
                    format!("section `{name}` has no phrase: add [[section.phrase]] with `say` and `proves`"),
                );
            }
            sections.push(Section {
                kind,
                target: self.reader.duration(&at, "target", file.target),
                purpose: self.reader.text(&at, "purpose", file.purpose),
                strong: self.reader.text(&at, "strong", file.strong),
                coaching: self.reader.text(&at, "coaching", file.coaching),
                mistake: self.reader.text(&at, "mistake", file.mistake),
                phrases,
            });
        }
        for kind in SectionKind::ALL {
            if !sections.iter().any(|s| s.kind == kind) {
                self.reader.missing(
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
                    self.reader
                        .problem(wording_at.clone(), "an `also` wording is empty");
                }
            }
            let phrase = self.phrase(&at, file);
            if !phrase.say.is_empty() && plain_words(&phrase.say).is_empty() {
                let what = format!("`say` is \"{}\": it contains no words", phrase.say);
                self.reader.problem(at.clone(), what);
            }
            texts[0].1.clone_from(&phrase.say);
            for (wording_at, wording) in texts {
                let key = plain_words(&wording);
                match wordings.iter().find(|(seen, _)| *seen == key) {
                    _ if key.is_empty() => {}
                    Some((_, first)) if *first == index => self.reader.problem(
                        wording_at,
                        format!("wording \"{wording}\" appears twice in one phrase"),
                    ),
                    Some(_) => self.reader.problem(
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
            say: self.reader.text(at, "say", file.say),
            proves: self.reader.text(at, "proves", file.proves),
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
                self.reader.missing(
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
            question: self.reader.text(&at, "question", file.question),
            probes: self.reader.text(&at, "probes", file.probes),
            target: self.reader.duration(&at, "target", file.target),
            weak: self.reader.text(&at, "weak", file.weak),
            weak_because: self.reader.text(&at, "weak_because", file.weak_because),
            strong: self.reader.text(&at, "strong", file.strong),
            line,
        }
    }

    fn weak_answer(&mut self, root: &At, file: Option<Spanned<WeakAnswerFile>>) -> WeakAnswer {
        let Some(file) = file else {
            self.reader.missing(root.clone(), "missing [weak_answer]");
            return WeakAnswer {
                text: String::new(),
                flaws: Vec::new(),
                verdict: String::new(),
            };
        };
        let at = file.span();
        let file = file.into_inner();
        let text = self.reader.text(&at, "text", file.text);
        let flaws = file
            .flaw
            .into_iter()
            .map(|flaw| {
                let flaw_at = flaw.span();
                let flaw = flaw.into_inner();
                if !text.contains(&flaw.quote) {
                    self.reader.missing(
                        flaw_at.clone(),
                        format!("quote \"{}\" is not in the weak answer's text", flaw.quote),
                    );
                }
                Flaw {
                    because: self.reader.text(&flaw_at, "because", flaw.because),
                    quote: flaw.quote,
                }
            })
            .collect();
        WeakAnswer {
            verdict: self.reader.text(&at, "verdict", file.verdict),
            text,
            flaws,
        }
    }

    fn question(&mut self, file: Spanned<QuestionFile>) -> Question {
        let at = file.span();
        let file = file.into_inner();
        if file.option.len() != 4 {
            self.reader.missing(
                at.clone(),
                format!("a question needs four options, found {}", file.option.len()),
            );
        }
        let right: Vec<usize> = (0..file.option.len())
            .filter(|i| file.option[*i].get_ref().right)
            .collect();
        if right.len() != 1 {
            self.reader.missing(
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
                self.reader.text(&option_at, "text", o.into_inner().text)
            })
            .collect();
        Question {
            ask: self.reader.text(&at, "ask", file.ask),
            options,
            answer: right.first().copied().unwrap_or(0),
            because: self.reader.text(&at, "because", file.because),
        }
    }

    fn reframing(&mut self, file: Spanned<ReframingFile>) -> Reframing {
        let at = file.span();
        let file = file.into_inner();
        Reframing {
            principle: self.reader.text(&at, "principle", file.principle),
            lead: self.reader.text(&at, "lead", file.lead),
            emphasize: self.reader.text(&at, "emphasize", file.emphasize),
            downplay: self.reader.text(&at, "downplay", file.downplay),
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
                self.reader
                    .problem(at.clone(), format!("level {name} is planned twice"));
            }
            if plan.at_least.is_some_and(|least| least > plan.at_most) {
                self.reader
                    .problem(at, "`at_least` is longer than `at_most`");
            }
            plans.push(plan);
        }
        if !plans.iter().any(|plan| plan.level == own) {
            let name = names.id(own);
            let what = format!("the story's own level, {name}, has no [[level_plan]]");
            self.reader.missing(root.clone(), what);
        }
        plans
    }

    fn level_plan(&mut self, file: Spanned<LevelPlanFile>) -> LevelPlan {
        let at = file.span();
        let file = file.into_inner();
        LevelPlan {
            level: self
                .reader
                .parsed(&at, "level", file.level)
                .unwrap_or(Level::Mid),
            focus: self.reader.text(&at, "focus", file.focus),
            reflection: self.reader.text(&at, "reflection", file.reflection),
            bar: self.reader.text(&at, "bar", file.bar),
            at_least: file
                .at_least
                .map(|text| self.reader.duration(&at, "at_least", Some(text))),
            at_most: self.reader.duration(&at, "at_most", file.at_most),
        }
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
