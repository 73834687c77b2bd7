//! The keys of a story file, as `toml` deserializes them. Every value keeps its position, so that problems can be
//! reported by line. Whether a key is required is decided in `validator`.

use serde::Deserialize;
use toml::Spanned;

/// A text with its position, if the key exists.
pub type Text = Option<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryFile {
    pub schema: Option<Spanned<i64>>,
    pub id: Text,
    pub title: Text,
    pub question: Text,
    pub principle: Text,
    pub level: Text,
    pub overview: Text,
    pub takeaways: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub section: Vec<Spanned<SectionFile>>,
    #[serde(default)]
    pub follow_up: Vec<Spanned<FollowUpFile>>,
    pub weak_answer: Option<Spanned<WeakAnswerFile>>,
    #[serde(default)]
    pub quiz: Vec<Spanned<QuestionFile>>,
    #[serde(default)]
    pub reframing: Vec<Spanned<ReframingFile>>,
    #[serde(default)]
    pub level_plan: Vec<Spanned<LevelPlanFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFile {
    pub kind: Text,
    pub target: Text,
    pub purpose: Text,
    pub strong: Text,
    pub coaching: Text,
    pub mistake: Text,
    #[serde(default)]
    pub phrase: Vec<Spanned<PhraseFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseFile {
    pub say: Text,
    pub proves: Text,
    #[serde(default)]
    pub also: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpFile {
    pub question: Text,
    pub probes: Text,
    pub target: Text,
    pub weak: Text,
    pub weak_because: Text,
    pub strong: Text,
    pub line: Option<Spanned<PhraseFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeakAnswerFile {
    pub text: Text,
    pub verdict: Text,
    #[serde(default)]
    pub flaw: Vec<Spanned<FlawFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlawFile {
    #[serde(default)]
    pub quote: String,
    pub because: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionFile {
    pub ask: Text,
    #[serde(default)]
    pub option: Vec<Spanned<OptionFile>>,
    pub because: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionFile {
    pub text: Text,
    #[serde(default)]
    pub right: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReframingFile {
    pub principle: Text,
    pub lead: Text,
    pub emphasize: Text,
    pub downplay: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelPlanFile {
    pub level: Text,
    pub focus: Text,
    pub reflection: Text,
    pub bar: Text,
    pub at_least: Text,
    pub at_most: Text,
}
