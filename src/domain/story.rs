//! A story to rehearse: sections, planned phrases, follow-ups and quiz. `story_file` defines the file
//! format.

use std::borrow::Cow;

pub use super::part::{Level, LevelNames, Part, SectionKind};
use super::time::Secs;

/// One validated story: five sections in speaking order, each with a target time.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Short name for files and the command line, such as `webhook-drop`.
    pub id: String,
    /// Title shown on screen.
    pub title: String,
    /// The interviewer's question that it answers.
    pub question: String,
    /// The leadership principle it demonstrates.
    pub principle: String,
    /// The level that its target times are written for.
    pub level: Level,
    /// What it calls the levels.
    pub level_names: LevelNames,
    /// Summary of what happened, in one paragraph.
    pub overview: String,
    /// Points to remember.
    pub takeaways: Vec<String>,
    /// Situation to Reflection, in order, each exactly once.
    pub sections: Vec<Section>,
    /// Follow-up questions, in order.
    pub follow_ups: Vec<FollowUp>,
    /// A weak answer and what is wrong with it.
    pub weak_answer: WeakAnswer,
    /// Questions for self-assessment.
    pub quiz: Vec<Question>,
    /// The same story adapted to other principles.
    pub reframings: Vec<Reframing>,
    /// The same story at each level, including its own.
    pub levels: Vec<LevelPlan>,
}

/// One of the five timed sections.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Which section.
    pub kind: SectionKind,
    /// Target time.
    pub target: Secs,
    /// Purpose of the section.
    pub purpose: String,
    /// An example of a strong answer.
    pub strong: String,
    /// Advice.
    pub coaching: String,
    /// A common mistake.
    pub mistake: String,
    /// Planned phrases.
    pub phrases: Vec<Phrase>,
}

/// A planned phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// The words as planned.
    pub say: String,
    /// What it demonstrates to an interviewer.
    pub proves: String,
    /// Alternative wordings that also count.
    pub also: Vec<String>,
}

/// A question the interviewer may ask afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// The question.
    pub question: String,
    /// What the interviewer wants to find out.
    pub probes: String,
    /// Target time of the answer.
    pub target: Secs,
    /// A weak reply.
    pub weak: String,
    /// Why it is weak.
    pub weak_because: String,
    /// A strong reply.
    pub strong: String,
    /// The key line to remember and to say.
    pub line: Phrase,
}

/// A weak whole answer with an assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct WeakAnswer {
    /// Text of the answer.
    pub text: String,
    /// Its flaws, each with the words that show it.
    pub flaws: Vec<Flaw>,
    /// A bar raiser's assessment.
    pub verdict: String,
}

/// One flaw of a weak answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Flaw {
    /// The words that show it; empty if the flaw is something missing.
    pub quote: String,
    /// Why it counts against the speaker.
    pub because: String,
}

/// A quiz question with four options, one of them correct.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The question.
    pub ask: String,
    /// Four answers to choose from.
    pub options: Vec<String>,
    /// Index of the correct option in `options`.
    pub answer: usize,
    /// Why it is correct.
    pub because: String,
}

/// How to adapt the story to another principle.
#[derive(Debug, Clone, PartialEq)]
pub struct Reframing {
    /// The principle.
    pub principle: String,
    /// What to open with.
    pub lead: String,
    /// What to emphasize.
    pub emphasize: String,
    /// What to leave out or shorten.
    pub downplay: String,
}

/// How the story is answered at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPlan {
    /// Which level.
    pub level: Level,
    /// What to focus on.
    pub focus: String,
    /// A reflection for this level.
    pub reflection: String,
    /// What interviewers expect at this level.
    pub bar: String,
    /// Minimum length of the whole answer, if there is one.
    pub at_least: Option<Secs>,
    /// Maximum length of the whole answer.
    pub at_most: Secs,
}

/// Everything a speaker needs to practice one part, whichever part of the story it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief<'a> {
    /// Display name: `Situation`, `Follow-up 2`.
    pub name: String,
    /// Purpose of the part.
    pub purpose: &'a str,
    /// Target time.
    pub target: Secs,
    /// Planned phrases, in story order.
    pub phrases: Vec<&'a Phrase>,
    /// An example of a strong answer.
    pub strong: Cow<'a, str>,
    /// What to focus on, if the level differs from the story's own.
    pub focus: Option<&'a str>,
    /// Advice.
    pub coaching: &'a str,
    /// A common mistake.
    pub mistake: &'a str,
}

impl Story {
    /// The brief for `part` at `level`; `None` if the story has no such follow-up.
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

    /// The parts that are practiced together with `part`, in order. A section belongs to the five sections;
    /// the whole answer belongs to the follow-ups, which are asked after it.
    pub fn parts_practiced_with(&self, part: Part) -> Vec<Part> {
        match part {
            Part::Section(_) => SectionKind::ALL.map(Part::Section).to_vec(),
            Part::Whole | Part::FollowUp(_) => {
                let follow_ups = (1..=self.follow_ups.len()).map(Part::FollowUp);
                [Part::Whole].into_iter().chain(follow_ups).collect()
            }
        }
    }

    /// Sum of the target times of the five sections, at the story's own level.
    pub fn target_total(&self) -> Secs {
        self.sections.iter().map(|s| s.target).sum()
    }

    /// `wanted` if the story has a plan for it, otherwise the story's own level.
    pub fn level_for(&self, wanted: Option<Level>) -> Level {
        let planned = |level: &Level| self.plan(*level).is_some();
        wanted.filter(planned).unwrap_or(self.level)
    }

    /// The name of `level` on the screen: `SDE 2`, `Senior`.
    pub fn level_label(&self, level: Level) -> &'static str {
        self.level_names.label(level)
    }

    /// The identifier of `level` in files, reports and arguments: `sde2`, `senior`.
    pub fn level_id(&self, level: Level) -> &'static str {
        self.level_names.id(level)
    }

    /// The plan for `level`.
    pub fn plan(&self, level: Level) -> Option<&LevelPlan> {
        self.levels.iter().find(|plan| plan.level == level)
    }

    /// The reframing for `principle`; `None` for the story's own principle and for unknown ones.
    pub fn reframing(&self, principle: Option<&str>) -> Option<&Reframing> {
        let matches = |reframing: &&Reframing| Some(reframing.principle.as_str()) == principle;
        self.reframings.iter().find(matches)
    }

    /// Target time of the whole answer at `level`. At another level than the story's own, it is the maximum
    /// of that level's plan.
    pub fn total_at(&self, level: Level) -> Secs {
        let plan = self.other_plan(level);
        plan.map_or_else(|| self.target_total(), |plan| plan.at_most)
    }

    /// The plan for `level`, if that is not the level the sections are written for.
    fn other_plan(&self, level: Level) -> Option<&LevelPlan> {
        self.plan(level).filter(|_| level != self.level)
    }

    /// The strong example of a section at `level`: each level has its own reflection.
    fn strong_at<'a>(&'a self, section: &'a Section, level: Level) -> &'a str {
        match self.other_plan(level) {
            Some(plan) if section.kind == SectionKind::Reflection => &plan.reflection,
            _ => &section.strong,
        }
    }

    /// The strong example of the whole answer.
    fn strong_whole(&self, level: Level) -> String {
        let sections = self.sections.iter();
        let examples = sections.map(|section| self.strong_at(section, level).trim());
        examples.collect::<Vec<&str>>().join(" ")
    }

    /// Factor applied to the section targets at `level`.
    fn target_scale(&self, level: Level) -> f64 {
        match level == self.level {
            true => 1.0,
            false => self.total_at(level) / self.target_total(),
        }
    }

    /// Phrases of all sections; a phrase planned for two sections appears once.
    fn distinct_phrases(&self) -> Vec<&Phrase> {
        let mut phrases: Vec<&Phrase> = Vec::new();
        for phrase in self.sections.iter().flat_map(|s| &s.phrases) {
            if !phrases.iter().any(|other| other.say == phrase.say) {
                phrases.push(phrase);
            }
        }
        phrases
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::webhook_story;

    #[test]
    fn whole_example_joins_the_section_examples() {
        let story = webhook_story();
        let brief = story.brief(Part::Whole, story.level).expect("a part");
        let mut rest = brief.strong.as_ref();
        for section in &story.sections {
            rest = rest.trim_start();
            let stripped = rest.strip_prefix(section.strong.trim());
            rest = stripped.unwrap_or_else(|| panic!("{} is missing in {rest}", section.kind));
        }
        assert_eq!(rest, "");
    }

    #[test]
    fn other_levels_have_their_own_reflection_and_focus() {
        let story = webhook_story();
        let reflection = Part::Section(SectionKind::Reflection);
        for plan in &story.levels {
            let brief = |part| story.brief(part, plan.level).expect("a part");
            let own = plan.level == story.level;
            let focus = (!own).then_some(plan.focus.as_str());
            assert_eq!(brief(reflection).focus, focus);
            assert_eq!(brief(Part::Whole).focus, focus);
            assert_eq!(brief(Part::FollowUp(1)).focus, None);
            let reflection_text = match own {
                true => &story.sections[4].strong,
                false => &plan.reflection,
            };
            assert_eq!(brief(reflection).strong, reflection_text.as_str());
            assert!(brief(Part::Whole).strong.ends_with(reflection_text.trim()));
            let action = brief(Part::Section(SectionKind::Action)).strong;
            assert_eq!(action, story.sections[2].strong.as_str());
        }
    }
}
