//! What the home screen shows of the takes of the selected story, and what the user can ask for on it.

use jiff::civil::Date;

use crate::app::{Controller, HistoryEntry};
use crate::domain::story::{Part, SectionKind, Story};
use crate::domain::take::TakeId;
use crate::gui::microphone::MicrophoneAction;
use crate::gui::settings::SettingChange;
use crate::practice::progress::{
    Loaded, RECENT_TAKES, Recommendation, relative_date, takes_this_week,
};
use crate::storage::TakeStatus;

/// What the user can ask for on this screen.
#[derive(Debug, Clone, PartialEq)]
pub enum HomeAction {
    /// Select a story, by its position in the list.
    SelectStory(usize),
    /// Practice the selected story from this part on.
    Practice(Part),
    /// Read the selected story.
    Learn,
    /// Set up a mock interview with the selected story.
    MockInterview,
    /// Show the history.
    ShowHistory,
    /// Show the privacy page.
    ShowPrivacy,
    /// Change a setting.
    Set(SettingChange),
    /// Open the feedback of a take, and transcribe it first if needed.
    OpenTake(TakeId),
    /// Do not offer to transcribe the interrupted take any more.
    DismissRecoverable,
    /// Turn the level meter on or off.
    Monitor(bool),
    /// Search for microphones again.
    ListMicrophones,
    /// Use another microphone.
    Microphone(MicrophoneAction),
}

/// What the takes of the selected story show.
#[derive(Debug, Default)]
pub struct HomeState {
    /// The newest transcribed takes of each section.
    newest: Vec<(SectionKind, Vec<HistoryEntry>)>,
    practiced: Vec<SectionKind>,
    last_practiced: Option<(SectionKind, String)>,
    /// The number of takes of this week, of all stories.
    takes_this_week: usize,
    recommendation: Option<Recommendation>,
    analyzing: bool,
}

impl HomeState {
    /// Summarizes the takes of `story`. `takes` are all takes, newest first.
    pub fn new(story: &Story, takes: &[HistoryEntry], today: Date) -> Self {
        let of_story = takes
            .iter()
            .filter(|entry| entry.story.as_ref() == Some(&story.id));
        let sections: Vec<(SectionKind, &HistoryEntry)> = of_story
            .filter_map(|entry| match entry.part? {
                Part::Section(kind) => Some((kind, entry)),
                _ => None,
            })
            .collect();
        let last_practiced = sections
            .first()
            .map(|(kind, entry)| (*kind, relative_date(&entry.began, today)));
        let newest = SectionKind::ALL.map(|kind| {
            let transcribed = sections.iter().filter(|(section, entry)| {
                *section == kind && entry.state == TakeStatus::Transcribed
            });
            let newest = transcribed.take(RECENT_TAKES);
            (kind, newest.map(|(_, entry)| (*entry).clone()).collect())
        });
        Self {
            newest: newest.to_vec(),
            practiced: sections.iter().map(|(kind, _)| *kind).collect(),
            last_practiced,
            takes_this_week: takes_this_week(takes.iter().filter_map(|entry| entry.day), today),
            recommendation: None,
            analyzing: false,
        }
    }

    /// The takes that the recommendation is based on.
    pub fn takes_to_analyze(&self) -> Vec<HistoryEntry> {
        self.newest
            .iter()
            .flat_map(|(_, takes)| takes.clone())
            .collect()
    }

    /// Updates the recommendation, once all its takes are analyzed.
    pub fn update_recommendation(&mut self, controller: &Controller) {
        self.analyzing = false;
        let mut sections = Vec::new();
        for (kind, takes) in &self.newest {
            let mut metrics = Vec::new();
            for entry in takes {
                match controller.metrics_of(&entry.id) {
                    Loaded::Pending => self.analyzing = true,
                    Loaded::Unavailable => {}
                    Loaded::Ready(take) => metrics.push(take),
                }
            }
            // A section whose takes cannot be analyzed has still been practiced.
            if !metrics.is_empty() || !self.is_practiced(*kind) {
                sections.push((*kind, metrics));
            }
        }
        let recommendation = Recommendation::from_sections(&sections, controller.profile());
        self.recommendation = recommendation.filter(|_| !self.analyzing);
    }

    /// The section to practice next, and why.
    pub fn recommendation(&self) -> Option<&Recommendation> {
        self.recommendation.as_ref()
    }

    /// Whether takes are still being analyzed.
    pub fn is_analyzing(&self) -> bool {
        self.analyzing
    }

    /// The section of the newest take, and when it was recorded, such as `today 17:17`.
    pub fn last_practiced(&self) -> Option<(SectionKind, &str)> {
        self.last_practiced
            .as_ref()
            .map(|(kind, began)| (*kind, began.as_str()))
    }

    /// How many takes were recorded this week, as a sentence.
    pub fn this_week(&self) -> String {
        match self.takes_this_week {
            0 => "This week: no takes yet.".to_owned(),
            1 => "This week: 1 take.".to_owned(),
            takes => format!("This week: {takes} takes."),
        }
    }

    /// Whether there is a take of a section.
    pub fn is_practiced(&self, kind: SectionKind) -> bool {
        self.practiced.contains(&kind)
    }
}
