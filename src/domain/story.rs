//! A story to rehearse: its sections, planned phrases, follow-ups and quiz, as the screens and the
//! analysis use them. How it is written in a file is `pack.rs`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::time::Secs;

/// One walkthrough, checked: five sections in speaking order, each with its target.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Short name for files and the command line, such as `webhook-drop`.
    pub id: String,
    /// What it is called on the screen.
    pub title: String,
    /// The interviewer's question that it answers.
    pub question: String,
    /// The leadership principle it shows.
    pub principle: String,
    /// The level its targets are written for.
    pub level: Level,
    /// What happened, in a paragraph.
    pub overview: String,
    /// What to remember.
    pub takeaways: Vec<String>,
    /// Situation to Reflection, in order, each once.
    pub sections: Vec<Section>,
    /// Questions that come after, in order.
    pub follow_ups: Vec<FollowUp>,
    /// An answer that fails, and why.
    pub weak_answer: WeakAnswer,
    /// Questions to check oneself with.
    pub quiz: Vec<Question>,
    /// The same story told for another principle.
    pub reframings: Vec<Reframing>,
    /// The same story told at another level; the story's own level is among them.
    pub levels: Vec<LevelPlan>,
}

/// One of the five timed sections.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Which of the five.
    pub kind: SectionKind,
    /// How long it should take.
    pub target: Secs,
    /// What it is for.
    pub purpose: String,
    /// How it may sound when it is good.
    pub strong: String,
    /// What to do.
    pub coaching: String,
    /// What commonly goes wrong.
    pub mistake: String,
    /// What the speaker planned to say.
    pub phrases: Vec<Phrase>,
}

/// A planned phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// Its words, as planned.
    pub say: String,
    /// What it shows an interviewer.
    pub proves: String,
    /// Other wordings that count as the same.
    pub also: Vec<String>,
}

/// A question the interviewer may ask afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// The question.
    pub question: String,
    /// What it looks for.
    pub probes: String,
    /// How long an answer should take.
    pub target: Secs,
    /// A reply that fails.
    pub weak: String,
    /// Why it fails.
    pub weak_because: String,
    /// A reply that holds.
    pub strong: String,
    /// The line of it to remember, and to say.
    pub line: Phrase,
}

/// A whole answer that fails, with its reading.
#[derive(Debug, Clone, PartialEq)]
pub struct WeakAnswer {
    /// What is said.
    pub text: String,
    /// Its flaws, each with the words it is about.
    pub flaws: Vec<Flaw>,
    /// What a bar raiser makes of it.
    pub verdict: String,
}

/// One flaw of a weak answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Flaw {
    /// The words that show it; empty where the flaw is what is missing.
    pub quote: String,
    /// Why it counts against the speaker.
    pub because: String,
}

/// A quiz question with four options, one of them right.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The question.
    pub ask: String,
    /// Four answers to choose from.
    pub options: Vec<String>,
    /// Index of the right one in `options`.
    pub answer: usize,
    /// Why it is right.
    pub because: String,
}

/// The story told for another principle.
#[derive(Debug, Clone, PartialEq)]
pub struct Reframing {
    /// The principle.
    pub principle: String,
    /// What to open with.
    pub lead: String,
    /// What to say more of.
    pub emphasize: String,
    /// What to say less of.
    pub downplay: String,
}

/// The story told at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPlan {
    /// Which level.
    pub level: Level,
    /// What to speak of.
    pub focus: String,
    /// A reflection that fits the level.
    pub reflection: String,
    /// What the interviewer looks for.
    pub bar: String,
    /// Shortest whole answer, where there is one.
    pub at_least: Option<Secs>,
    /// Longest whole answer.
    pub at_most: Secs,
}

/// The five sections, in speaking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SectionKind {
    /// Where it happened, and what was wrong.
    Situation,
    /// What was yours to do, and what was not.
    Task,
    /// What you did.
    Action,
    /// What came of it.
    Result,
    /// What you learnt.
    Reflection,
}

/// A seniority the answer is judged at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// SDE 1.
    Sde1,
    /// SDE 2.
    Sde2,
    /// Senior SDE.
    Senior,
}

/// What one take answers: a section of the story, the whole of it, or one of its follow-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All five sections in one breath.
    Whole,
    /// One of the five sections.
    Section(SectionKind),
    /// A follow-up, counted from 1.
    FollowUp(usize),
}

/// What a part asks of the speaker, wherever it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief<'a> {
    /// Its name on the screen: `Situation`, `Follow-up 2`.
    pub name: String,
    /// What it is for.
    pub purpose: &'a str,
    /// How long it should take.
    pub target: Secs,
    /// The phrases planned for it, in story order.
    pub phrases: Vec<&'a Phrase>,
    /// How it may sound when it is good.
    pub strong: Cow<'a, str>,
    /// What to speak of, at a level that the sections are not written for.
    pub focus: Option<&'a str>,
    /// What to do.
    pub coaching: &'a str,
    /// What commonly goes wrong.
    pub mistake: &'a str,
}

impl Story {
    /// What `part` asks of a speaker at `level`; `None` where the story has no such follow-up.
    pub fn brief(&self, part: Part, level: Level) -> Option<Brief<'_>> {
        let focus = self.other_plan(level).map(|plan| plan.focus.as_str());
        match part {
            Part::Whole => Some(Brief {
                name: "Whole answer".to_owned(),
                purpose: &self.question,
                target: self.total_at(level),
                phrases: self.distinct_phrases(),
                strong: Cow::Owned(self.strong_whole(level)),
                focus,
                coaching: "",
                mistake: "",
            }),
            Part::Section(kind) => {
                let section = self.sections.iter().find(|s| s.kind == kind)?;
                Some(Brief {
                    name: kind.to_string(),
                    purpose: &section.purpose,
                    target: section.target * self.target_scale(level),
                    phrases: section.phrases.iter().collect(),
                    strong: Cow::Borrowed(self.strong_at(section, level)),
                    focus,
                    coaching: &section.coaching,
                    mistake: &section.mistake,
                })
            }
            Part::FollowUp(number) => {
                let follow_up = self.follow_ups.get(number.checked_sub(1)?)?;
                Some(Brief {
                    name: format!("Follow-up {number}"),
                    purpose: &follow_up.question,
                    target: follow_up.target,
                    phrases: vec![&follow_up.line],
                    strong: Cow::Borrowed(&follow_up.strong),
                    focus: None,
                    coaching: &follow_up.probes,
                    mistake: &follow_up.weak_because,
                })
            }
        }
    }

    /// The parts that are practised with one, in order: a section among the five; the whole answer with the
    /// follow-ups, which are asked after it.
    pub fn practised_with(&self, part: Part) -> Vec<Part> {
        match part {
            Part::Section(_) => SectionKind::ALL.map(Part::Section).to_vec(),
            Part::Whole | Part::FollowUp(_) => {
                let follow_ups = (1..=self.follow_ups.len()).map(Part::FollowUp);
                [Part::Whole].into_iter().chain(follow_ups).collect()
            }
        }
    }

    /// The targets of the five sections together, in seconds, at the story's own level.
    pub fn target_total(&self) -> Secs {
        self.sections.iter().map(|s| s.target).sum()
    }

    /// The level to tell it at: `wanted` where it is planned for that, else its own.
    pub fn level_for(&self, wanted: Option<Level>) -> Level {
        let planned = |level: &Level| self.plan(*level).is_some();
        wanted.filter(planned).unwrap_or(self.level)
    }

    /// How it is told at `level`.
    pub fn plan(&self, level: Level) -> Option<&LevelPlan> {
        self.levels.iter().find(|plan| plan.level == level)
    }

    /// How it is told for another principle; `None` for its own, and for one that it lacks.
    pub fn reframing(&self, principle: Option<&str>) -> Option<&Reframing> {
        let wanted = |told: &&Reframing| Some(told.principle.as_str()) == principle;
        self.reframings.iter().find(wanted)
    }

    /// How long the whole answer should take at `level`: where that is not the story's own, as long as it may.
    pub fn total_at(&self, level: Level) -> Secs {
        let plan = self.other_plan(level);
        plan.map_or_else(|| self.target_total(), |plan| plan.at_most)
    }

    /// How it is told at a level that its sections are not written for.
    fn other_plan(&self, level: Level) -> Option<&LevelPlan> {
        self.plan(level).filter(|_| level != self.level)
    }

    /// How a section may sound at `level`: each has a reflection of its own.
    fn strong_at<'a>(&'a self, section: &'a Section, level: Level) -> &'a str {
        match self.other_plan(level) {
            Some(plan) if section.kind == SectionKind::Reflection => &plan.reflection,
            _ => &section.strong,
        }
    }

    /// How all of it may sound, in one breath.
    fn strong_whole(&self, level: Level) -> String {
        let sections = self.sections.iter();
        let told = sections.map(|section| self.strong_at(section, level).trim());
        told.collect::<Vec<&str>>().join(" ")
    }

    /// By how much the targets of the sections change at `level`.
    fn target_scale(&self, level: Level) -> f64 {
        match level == self.level {
            true => 1.0,
            false => self.total_at(level) / self.target_total(),
        }
    }

    /// A phrase planned for two sections is one phrase of the whole answer.
    fn distinct_phrases(&self) -> Vec<&Phrase> {
        let mut phrases: Vec<&Phrase> = Vec::new();
        for phrase in self.sections.iter().flat_map(|s| &s.phrases) {
            if !phrases.iter().any(|known| known.say == phrase.say) {
                phrases.push(phrase);
            }
        }
        phrases
    }
}

impl SectionKind {
    /// All five, in speaking order.
    pub const ALL: [SectionKind; 5] = [
        SectionKind::Situation,
        SectionKind::Task,
        SectionKind::Action,
        SectionKind::Result,
        SectionKind::Reflection,
    ];
}

impl fmt::Display for SectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            SectionKind::Situation => "Situation",
            SectionKind::Task => "Task",
            SectionKind::Action => "Action",
            SectionKind::Result => "Result",
            SectionKind::Reflection => "Reflection",
        })
    }
}

impl Level {
    /// Its name on the command line and in files.
    pub fn id(self) -> &'static str {
        match self {
            Level::Sde1 => "sde1",
            Level::Sde2 => "sde2",
            Level::Senior => "senior",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Sde1 => "SDE 1",
            Level::Sde2 => "SDE 2",
            Level::Senior => "Senior SDE",
        })
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sde1" => Ok(Level::Sde1),
            "sde2" => Ok(Level::Sde2),
            "senior" => Ok(Level::Senior),
            _ => Err(format!(
                "there is no level `{text}`: use sde1, sde2 or senior"
            )),
        }
    }
}

/// `situation` ... `reflection`, `followup:2`: the form of the command line and of files.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Whole => f.pad("all"),
            Part::Section(kind) => f.pad(&kind.to_string().to_lowercase()),
            Part::FollowUp(number) => write!(f, "followup:{number}"),
        }
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let section = SectionKind::ALL
            .into_iter()
            .map(Part::Section)
            .find(|part| part.to_string() == text);
        let follow_up = || {
            let number: usize = text.strip_prefix("followup:")?.parse().ok()?;
            (number >= 1).then_some(Part::FollowUp(number))
        };
        let whole = (text == "all").then_some(Part::Whole);
        section.or(whole).or_else(follow_up).ok_or_else(|| {
            format!(
                "there is no section `{text}`: use situation, task, action, result, reflection, followup:1 or all"
            )
        })
    }
}

impl Serialize for Part {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Story {
        crate::domain::story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )))
        .expect("a story")
    }

    #[test]
    fn the_whole_answer_sounds_like_its_sections_one_after_the_other() {
        let story = story();
        let brief = story.brief(Part::Whole, story.level).expect("a part");
        let mut rest = brief.strong.as_ref();
        for section in &story.sections {
            rest = rest.trim_start();
            let told = rest.strip_prefix(section.strong.trim());
            rest = told.unwrap_or_else(|| panic!("{} is missing in {rest}", section.kind));
        }
        assert_eq!(rest, "");
    }

    #[test]
    fn another_level_has_its_own_reflection_and_focus() {
        let story = story();
        let reflection = Part::Section(SectionKind::Reflection);
        for plan in &story.levels {
            let brief = |part| story.brief(part, plan.level).expect("a part");
            let own = plan.level == story.level;
            let focus = (!own).then_some(plan.focus.as_str());
            assert_eq!(brief(reflection).focus, focus);
            assert_eq!(brief(Part::Whole).focus, focus);
            assert_eq!(brief(Part::FollowUp(1)).focus, None);
            let told = match own {
                true => &story.sections[4].strong,
                false => &plan.reflection,
            };
            assert_eq!(brief(reflection).strong, told.as_str());
            assert!(brief(Part::Whole).strong.ends_with(told.trim()));
            let action = brief(Part::Section(SectionKind::Action)).strong;
            assert_eq!(action, story.sections[2].strong.as_str());
        }
    }

    #[test]
    fn a_part_reads_as_it_writes() {
        for text in [
            "situation",
            "task",
            "action",
            "result",
            "reflection",
            "all",
            "followup:3",
        ] {
            assert_eq!(text.parse::<Part>().map(|p| p.to_string()), Ok(text.into()));
        }
        for text in ["", "Situation", "followup", "followup:0", "followup:-1"] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }
}
