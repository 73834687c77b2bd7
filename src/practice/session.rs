//! The practice session as a state machine: what happened goes in, what is to be done comes out.
//! The window and the command line drive the same one. Knows no clock, microphone or thread.

use std::sync::Arc;

use crate::analysis::{Feedback, Measurements, PartPlan};
use crate::domain::caption::Caption;
use crate::domain::profile::Profile;
use crate::domain::story::{Brief, Level, Part, Story};
use crate::domain::take::{Audio, Take, TakeId, Transcription};
use crate::domain::time::Secs;

/// Seconds of 3-2-1 before an answer.
pub const COUNT_IN: Secs = 3.0;

/// A walk through the parts of a story, one take after the other.
#[derive(Debug)]
pub struct Session {
    story: Arc<Story>,
    profile: Profile,
    level: Level,
    parts: Vec<Part>,
    current: usize,
    stage: Stage,
    /// What each part asks to be said, from its first take on.
    plans: Vec<Option<Arc<PartPlan>>>,
    /// What the take that is being spoken will have told if it ends there.
    foreseen: Option<(TakeId, Box<Measurements>)>,
    /// The newest reviewed take of each part.
    reviewed: Vec<Option<Reviewed>>,
    /// The answers of an interview that is over, as they were given.
    given: Vec<Option<Reviewed>>,
    /// Takes that were left while they were recorded: their files are still to be completed.
    left: Vec<Take>,
    /// Whether it is a mock interview, and still goes on.
    interview: Option<InterviewPhase>,
}

/// A mock interview: no feedback between its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterviewPhase {
    /// One question follows the other.
    Running,
    /// All was asked, or it was ended before: what follows is practice.
    Finished,
}

/// Where the session stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Waiting for the speaker to begin the current part.
    Ready,
    /// 3-2-1, while the microphone opens.
    CountIn {
        /// The take to come.
        take: TakeId,
        /// Time left; stays at zero where the microphone is late.
        left: Secs,
        /// Whether the microphone is open.
        listening: bool,
    },
    /// The speaker speaks.
    Answering {
        /// What is known of the take so far.
        take: Take,
        /// Audio recorded, by its samples.
        elapsed: Secs,
        /// What was heard of it so far. Firm words stay as they are.
        caption: Caption,
        /// Which of the planned phrases were heard so far, in story order; what was heard stays so.
        said: Vec<bool>,
    },
    /// The recording is over, the words are on their way.
    Transcribing {
        /// The take.
        take: Take,
        /// From 0 to 1; `None` until the recording is whole on disk.
        progress: Option<f32>,
    },
    /// The take is safe, but its words could not be had.
    Untranscribed {
        /// The take.
        take: Take,
        /// Why not, in a sentence.
        why: String,
    },
    /// Feedback on the current part's newest take.
    Review,
    /// All parts, side by side.
    Summary,
}

/// A take with what an interviewer would have noticed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reviewed {
    /// The facts.
    pub take: Take,
    /// What was made of them.
    pub feedback: Feedback,
}

/// What can happen to a session: the speaker's wishes, and facts from recorder and recogniser.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionEvent {
    /// Begin a take of the current part; from a review, once more.
    Start(TakeId),
    /// Preparation time went by.
    Tick(Secs),
    /// The answer is over.
    Stop,
    /// Drop out of the count-in, the answer or the transcription. What was recorded is kept.
    Cancel,
    /// Try the transcription again.
    Retry,
    /// On to the next part, or to the summary.
    Next,
    /// To a part, by its place in the session.
    GoTo(usize),
    /// To the summary.
    Finish,
    /// The microphone is open.
    Listening(TakeId),
    /// So much of the answer is recorded.
    Recorded(TakeId, Secs),
    /// So much of the answer is heard.
    Captioned(TakeId, Caption),
    /// It would tell this if it ended there.
    Predicted(TakeId, Box<Measurements>),
    /// The recording is whole on disk.
    Saved(TakeId, Audio),
    /// There is no recording: the microphone could not be opened or gave nothing.
    RecordingFailed(TakeId),
    /// So much is transcribed, from 0 to 1.
    Progressed(TakeId, f32),
    /// The words are here.
    Transcribed(TakeId, Box<Transcription>),
    /// The words could not be had.
    TranscriptionFailed(TakeId, String),
}

/// What is to be done for a session.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Open the microphone for this take.
    OpenMicrophone(TakeId),
    /// Begin to write the take.
    BeginRecording(TakeId),
    /// End the recording, if there is one, and close the microphone.
    EndRecording(TakeId),
    /// Write down what is known of the take.
    Keep(Box<Take>),
    /// Transcribe the take.
    Transcribe(TakeId),
    /// Never mind the words.
    CancelTranscription(TakeId),
}

impl Session {
    /// A session over `parts` of a story. Parts that the story lacks are left out.
    pub fn new(story: Arc<Story>, parts: Vec<Part>, level: Level, profile: Profile) -> Self {
        let parts: Vec<Part> = parts
            .into_iter()
            .filter(|part| story.brief(*part, level).is_some())
            .collect();
        let stage = match parts.is_empty() {
            true => Stage::Summary,
            false => Stage::Ready,
        };
        Self {
            reviewed: vec![None; parts.len()],
            plans: parts.iter().map(|_| None).collect(),
            foreseen: None,
            story,
            profile,
            level,
            parts,
            current: 0,
            stage,
            given: Vec::new(),
            left: Vec::new(),
            interview: None,
        }
    }

    /// A mock interview over `parts`: feedback waits until all of them are answered.
    pub fn interview(story: Arc<Story>, parts: Vec<Part>, level: Level, profile: Profile) -> Self {
        Self {
            interview: Some(InterviewPhase::Running),
            ..Self::new(story, parts, level, profile)
        }
    }

    /// A session in which an earlier take of `story` stands in its place among the parts that are practised
    /// with it: at its review; or, where its words are not known, with them on their way.
    pub fn reopened(story: Arc<Story>, take: Take, profile: Profile) -> (Self, Vec<Effect>) {
        let parts = story.parts_practiced_with(take.part);
        let mut session = Self::new(story, parts, take.level, profile);
        let place = session.parts.iter().position(|part| *part == take.part);
        let Some(place) = place else {
            return (session, Vec::new());
        };
        session.current = place;
        session.stage = Stage::Transcribing {
            take: take.clone(),
            progress: Some(0.0),
        };
        match take.transcription {
            // It is kept as it is: nothing new is known of it.
            Some(heard) => {
                session.transcribed(&take.id, heard);
                (session, Vec::new())
            }
            None => (session, vec![Effect::Transcribe(take.id)]),
        }
    }

    /// The story.
    pub fn story(&self) -> &Arc<Story> {
        &self.story
    }

    /// The bands everything is judged by.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Judges by other bands from now on, and anew what was reviewed before.
    pub fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
        let every = self.reviewed.iter_mut().chain(&mut self.given).flatten();
        for Reviewed { take, feedback } in every {
            let plan = PartPlan::of(&self.story, take.part, take.level);
            if let Some(anew) = plan.and_then(|plan| plan.analyze(take, &self.profile)) {
                *feedback = anew;
            }
        }
    }

    /// Whether it is a mock interview.
    pub fn is_interview(&self) -> Option<InterviewPhase> {
        self.interview
    }

    /// Whether something is lost if an interview is left now: answers were given, and their verdict is kept
    /// nowhere.
    pub fn would_lose_interview(&self) -> bool {
        let stopped = matches!(self.stage, Stage::Untranscribed { .. });
        match self.interview {
            None => false,
            Some(InterviewPhase::Running) => self.current > 0 || stopped,
            Some(InterviewPhase::Finished) => self.given.iter().any(Option::is_some),
        }
    }

    /// The level everything is judged at.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Which of the parts is on.
    pub fn current(&self) -> usize {
        self.current
    }

    /// Where the session stands.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The newest reviewed take of the part at `index`.
    pub fn reviewed(&self, index: usize) -> Option<&Reviewed> {
        self.reviewed.get(index)?.as_ref()
    }

    /// What was answered to the question at `index` of an interview that is over. What is practised
    /// afterwards changes nothing of it.
    pub fn given(&self, index: usize) -> Option<&Reviewed> {
        self.given.get(index)?.as_ref()
    }

    /// What the part at `index` asks.
    pub fn brief(&self, index: usize) -> Option<Brief<'_>> {
        self.story.brief(*self.parts.get(index)?, self.level)
    }

    /// Seconds of the take whose words are on their way, if that is `id` and it is whole on disk.
    pub fn recorded_until(&self, id: &TakeId) -> Option<Secs> {
        match &self.stage {
            Stage::Transcribing {
                take,
                progress: Some(_),
            } if take.id == *id => Some(take.audio.seconds),
            _ => None,
        }
    }

    /// Whether the microphone is wanted, or words are on their way.
    pub fn busy(&self) -> bool {
        matches!(
            self.stage,
            Stage::CountIn { .. } | Stage::Answering { .. } | Stage::Transcribing { .. }
        )
    }

    /// Takes in what happened. What does not fit the stage, or speaks of an old take, changes nothing.
    pub fn handle(&mut self, input: SessionEvent) -> Vec<Effect> {
        match input {
            SessionEvent::Start(take) => self.start(take),
            SessionEvent::Tick(secs) => self.tick(secs),
            SessionEvent::Stop => self.stop(),
            SessionEvent::Cancel => self.cancel(),
            SessionEvent::Retry => self.retry(),
            SessionEvent::Next => self.go_to(self.current + 1),
            SessionEvent::GoTo(index) => self.go_to(index),
            SessionEvent::Finish => self.go_to(self.parts.len()),
            SessionEvent::Listening(id) => self.listening(&id),
            SessionEvent::Recorded(id, secs) => self.progress_of(&id, secs),
            SessionEvent::Captioned(id, caption) => self.captioned(&id, caption),
            SessionEvent::Predicted(id, readings) => self.foreseen(id, readings),
            SessionEvent::Saved(id, audio) => self.saved(&id, audio),
            SessionEvent::RecordingFailed(id) => self.recording_failed(&id),
            SessionEvent::Progressed(id, share) => self.progressed(&id, share),
            SessionEvent::Transcribed(id, heard) => self.transcribed(&id, *heard),
            SessionEvent::TranscriptionFailed(id, why) => self.transcription_failed(&id, why),
        }
    }

    fn start(&mut self, take: TakeId) -> Vec<Effect> {
        let mut effects = match self.stage {
            Stage::Ready | Stage::Review | Stage::Untranscribed { .. } => Vec::new(),
            // Start over: what was said so far is kept, the next take begins.
            Stage::Answering { .. } => self.cancel(),
            _ => return Vec::new(),
        };
        effects.push(Effect::OpenMicrophone(take.clone()));
        self.foreseen = None;
        // Now, while nobody speaks yet.
        self.plan();
        self.stage = Stage::CountIn {
            take,
            left: COUNT_IN,
            listening: false,
        };
        effects
    }

    fn tick(&mut self, secs: Secs) -> Vec<Effect> {
        if let Stage::CountIn { left, .. } = &mut self.stage {
            *left = (*left - secs.max(0.0)).max(0.0);
        }
        self.begin_when_ready()
    }

    fn listening(&mut self, id: &TakeId) -> Vec<Effect> {
        if let Stage::CountIn {
            take, listening, ..
        } = &mut self.stage
            && take == id
        {
            *listening = true;
        }
        self.begin_when_ready()
    }

    fn begin_when_ready(&mut self) -> Vec<Effect> {
        let Stage::CountIn {
            take: id,
            left: 0.0,
            listening: true,
        } = &self.stage
        else {
            return Vec::new();
        };
        let take = Take {
            id: id.clone(),
            story: self.story.id.clone(),
            part: self.parts[self.current],
            level: self.level,
            audio: Audio::default(),
            transcription: None,
        };
        let effects = vec![Effect::BeginRecording(take.id.clone())];
        self.stage = Stage::Answering {
            take,
            elapsed: 0.0,
            caption: Caption::default(),
            said: vec![false; self.plan().map_or(0, |plan| plan.phrases())],
        };
        effects
    }

    fn progress_of(&mut self, id: &TakeId, secs: Secs) -> Vec<Effect> {
        let Stage::Answering { take, elapsed, .. } = &mut self.stage else {
            return Vec::new();
        };
        if take.id != *id {
            return Vec::new();
        }
        // Its sound is on the disk from now on; if the process dies, this says what it is.
        let first = *elapsed == 0.0 && secs > 0.0;
        *elapsed = elapsed.max(secs);
        match first {
            true => vec![Effect::Keep(Box::new(take.clone()))],
            false => Vec::new(),
        }
    }

    fn captioned(&mut self, id: &TakeId, newest: Caption) -> Vec<Effect> {
        let plan = self.plans.get(self.current).and_then(Option::as_deref);
        if let Stage::Answering {
            take,
            caption,
            said,
            ..
        } = &mut self.stage
            && take.id == *id
        {
            let known = caption.confirmed.len();
            caption.update(newest);
            if let Some(plan) = plan {
                plan.mark_said(&caption.confirmed, known, said);
            }
        }
        Vec::new()
    }

    fn foreseen(&mut self, id: TakeId, readings: Box<Measurements>) -> Vec<Effect> {
        if let Stage::Answering { take, .. } | Stage::Transcribing { take, .. } = &self.stage
            && take.id == id
        {
            self.foreseen = Some((id, readings));
        }
        Vec::new()
    }

    /// What the current part asks to be said; read once, since that takes a while.
    pub fn plan(&mut self) -> Option<Arc<PartPlan>> {
        let part = *self.parts.get(self.current)?;
        let plan = self.plans.get_mut(self.current)?;
        if plan.is_none() {
            *plan = PartPlan::of(&self.story, part, self.level).map(Arc::new);
        }
        plan.clone()
    }

    fn stop(&mut self) -> Vec<Effect> {
        let Stage::Answering { take, .. } = &self.stage else {
            return Vec::new();
        };
        let take = take.clone();
        let effects = vec![Effect::EndRecording(take.id.clone())];
        self.stage = Stage::Transcribing {
            take,
            progress: None,
        };
        effects
    }

    fn cancel(&mut self) -> Vec<Effect> {
        self.foreseen = None;
        let back = self.resting_stage();
        match std::mem::replace(&mut self.stage, back) {
            Stage::CountIn { take, .. } => vec![Effect::EndRecording(take)],
            Stage::Answering { take, .. } => {
                let id = take.id.clone();
                self.left.push(take);
                vec![Effect::EndRecording(id)]
            }
            Stage::Transcribing {
                take,
                progress: None,
            } => {
                let id = take.id.clone();
                self.left.push(take);
                vec![Effect::CancelTranscription(id)]
            }
            Stage::Transcribing { take, .. } => vec![Effect::CancelTranscription(take.id)],
            stage => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn saved(&mut self, id: &TakeId, audio: Audio) -> Vec<Effect> {
        if let Some(at) = self.left.iter().position(|take| take.id == *id) {
            let take = Take {
                audio,
                ..self.left.swap_remove(at)
            };
            return vec![Effect::Keep(Box::new(take))];
        }
        match &mut self.stage {
            // The microphone went away: what was heard is the take.
            Stage::Answering { take, .. } | Stage::Transcribing { take, .. } if take.id == *id => {
                let take = Take {
                    audio,
                    ..take.clone()
                };
                // The words come while the disk is written to.
                let effects = vec![
                    Effect::Transcribe(take.id.clone()),
                    Effect::Keep(Box::new(take.clone())),
                ];
                self.stage = Stage::Transcribing {
                    take,
                    progress: Some(0.0),
                };
                effects
            }
            _ => Vec::new(),
        }
    }

    fn recording_failed(&mut self, id: &TakeId) -> Vec<Effect> {
        self.foreseen.take_if(|(of, _)| of == id);
        self.left.retain(|take| take.id != *id);
        let failed = match &self.stage {
            Stage::CountIn { take, .. } => take == id,
            Stage::Answering { take, .. } | Stage::Transcribing { take, .. } => take.id == *id,
            _ => false,
        };
        if failed {
            self.stage = self.resting_stage();
        }
        Vec::new()
    }

    fn progressed(&mut self, id: &TakeId, share: f32) -> Vec<Effect> {
        if let Stage::Transcribing {
            take,
            progress: Some(progress),
        } = &mut self.stage
            && take.id == *id
        {
            *progress = progress.max(share.clamp(0.0, 1.0));
        }
        Vec::new()
    }

    fn transcribed(&mut self, id: &TakeId, heard: Transcription) -> Vec<Effect> {
        let Stage::Transcribing { take, .. } = &self.stage else {
            return Vec::new();
        };
        if take.id != *id {
            return Vec::new();
        }
        let take = Take {
            transcription: Some(heard),
            ..take.clone()
        };
        let effects = vec![Effect::Keep(Box::new(take.clone()))];
        let known = self.foreseen.take().filter(|(of, _)| of == id);
        let known = known.map(|(_, readings)| *readings);
        let plan = self.plan();
        match plan.and_then(|plan| plan.analyze_with(known, &take, &self.profile)) {
            Some(feedback) => {
                self.reviewed[self.current] = Some(Reviewed { take, feedback });
                self.stage = Stage::Review;
                self.advance();
            }
            // The session only holds parts that the story has.
            None => self.stage = Stage::Ready,
        }
        effects
    }

    fn transcription_failed(&mut self, id: &TakeId, why: String) -> Vec<Effect> {
        self.foreseen.take_if(|(of, _)| of == id);
        if let Stage::Transcribing { take, .. } = &self.stage
            && take.id == *id
        {
            self.stage = Stage::Untranscribed {
                take: take.clone(),
                why,
            };
        }
        Vec::new()
    }

    /// In an interview the next question comes at once.
    fn advance(&mut self) {
        if self.interview == Some(InterviewPhase::Running) {
            self.go_to(self.current + 1);
        }
    }

    fn retry(&mut self) -> Vec<Effect> {
        let Stage::Untranscribed { take, .. } = &self.stage else {
            return Vec::new();
        };
        let take = take.clone();
        let effects = vec![Effect::Transcribe(take.id.clone())];
        self.stage = Stage::Transcribing {
            take,
            progress: Some(0.0),
        };
        effects
    }

    fn go_to(&mut self, index: usize) -> Vec<Effect> {
        if self.busy() {
            return Vec::new();
        }
        if index >= self.parts.len() {
            self.stage = Stage::Summary;
            if self.interview == Some(InterviewPhase::Running) {
                self.interview = Some(InterviewPhase::Finished);
                self.given.clone_from(&self.reviewed);
            }
            return Vec::new();
        }
        self.current = index;
        self.stage = self.resting_stage();
        Vec::new()
    }

    /// Where the current part waits: at its review, where there is one.
    fn resting_stage(&self) -> Stage {
        match self.reviewed(self.current) {
            Some(_) if self.interview != Some(InterviewPhase::Running) => Stage::Review,
            _ => Stage::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::FindingKind;
    use crate::domain::profile::OwnershipStyle;
    use crate::domain::story::SectionKind;
    use crate::domain::story_file;
    use crate::domain::take::TranscriptionStats;
    use crate::domain::transcript::{Transcript, Word};
    use crate::domain::voice::Voice;

    fn session() -> Session {
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let parts = [SectionKind::Situation, SectionKind::Task].map(Part::Section);
        let story = Arc::new(story.expect("a story"));
        Session::new(story, parts.to_vec(), Level::Sde2, Profile::default())
    }

    fn heard(text: &str) -> Box<Transcription> {
        let words = text.split(' ').enumerate().map(|(i, text)| Word {
            text: text.to_owned(),
            start: i as f64 * 0.4,
            end: i as f64 * 0.4 + 0.3,
            confidence: 0.9,
        });
        Box::new(Transcription {
            voice: Voice::default(),
            transcript: Transcript {
                words: words.collect(),
            },
            engine: TranscriptionStats {
                model: "test".to_owned(),
                threads: 1,
                cpu_seconds: None,
                wall_seconds: 0.0,
            },
        })
    }

    #[test]
    fn an_earlier_take_stands_in_its_place_with_or_without_words() {
        let story = Arc::clone(session().story());
        let unheard = Take {
            id: TakeId("a".to_owned()),
            story: story.id.clone(),
            part: Part::Section(SectionKind::Action),
            level: Level::Sde2,
            audio: Audio::default(),
            transcription: None,
        };
        let profile = Profile::default();
        let (mut before, effects) =
            Session::reopened(Arc::clone(&story), unheard.clone(), profile.clone());
        assert_eq!(effects, [Effect::Transcribe(unheard.id.clone())]);
        assert!(before.recorded_until(&unheard.id).is_some());
        let words = heard("I traced it and nobody had to ask");
        before.handle(SessionEvent::Transcribed(unheard.id.clone(), words.clone()));
        let take = Take {
            transcription: Some(*words),
            ..unheard
        };
        let (after, effects) = Session::reopened(Arc::clone(&story), take.clone(), profile.clone());
        assert_eq!(effects, []);
        for session in [&before, &after] {
            assert_eq!(*session.stage(), Stage::Review);
            assert_eq!(session.parts().len(), 5);
            let reviewed = session.reviewed(session.current()).expect("its review");
            assert_eq!(reviewed.take, take);
        }
        assert_eq!(
            before.reviewed(before.current()),
            after.reviewed(after.current())
        );

        // The whole answer stands before what is asked after it, and each of that in its place.
        for (part, place) in [(Part::Whole, 0), (Part::FollowUp(2), 2)] {
            let take = Take {
                part,
                ..take.clone()
            };
            let (session, _) = Session::reopened(Arc::clone(&story), take, profile.clone());
            assert_eq!(session.parts().len(), 1 + story.follow_ups.len());
            assert_eq!(
                (session.parts()[0], session.current()),
                (Part::Whole, place)
            );
            assert_eq!(*session.stage(), Stage::Review);
        }
    }

    /// Inputs as words: `start:a tick:3 listening:a ...`.
    fn input(word: &str) -> SessionEvent {
        let (name, what) = word.split_once(':').unwrap_or((word, ""));
        let id = TakeId(what.to_owned());
        let secs = || what.parse().expect("seconds");
        match name {
            "start" => SessionEvent::Start(id),
            "tick" => SessionEvent::Tick(secs()),
            "stop" => SessionEvent::Stop,
            "cancel" => SessionEvent::Cancel,
            "retry" => SessionEvent::Retry,
            "next" => SessionEvent::Next,
            "finish" => SessionEvent::Finish,
            "goto" => SessionEvent::GoTo(what.parse().expect("a number")),
            "listening" => SessionEvent::Listening(id),
            "recorded" => SessionEvent::Recorded(id, 1.5),
            "saved" => SessionEvent::Saved(id, Audio::default()),
            "lost" => SessionEvent::RecordingFailed(id),
            "half" => SessionEvent::Progressed(id, 0.5),
            "heard" => SessionEvent::Transcribed(id, heard("there was no ticket")),
            "unheard" => SessionEvent::TranscriptionFailed(id, "why".to_owned()),
            _ => panic!("no such input: {word}"),
        }
    }

    fn effect(effect: &Effect) -> String {
        match effect {
            Effect::OpenMicrophone(id) => format!("open:{id}"),
            Effect::BeginRecording(id) => format!("begin:{id}"),
            Effect::EndRecording(id) => format!("end:{id}"),
            Effect::Keep(take) => format!("keep:{}", take.id),
            Effect::Transcribe(id) => format!("transcribe:{id}"),
            Effect::CancelTranscription(id) => format!("never mind:{id}"),
        }
    }

    fn stage(stage: &Stage) -> String {
        match stage {
            Stage::Ready => "ready".to_owned(),
            Stage::CountIn { take, left, .. } => format!("count-in {take} {left}"),
            Stage::Answering { take, elapsed, .. } => format!("answering {} {elapsed}", take.id),
            Stage::Transcribing { take, progress } => {
                format!("transcribing {} {progress:?}", take.id)
            }
            Stage::Untranscribed { take, .. } => format!("untranscribed {}", take.id),
            Stage::Review => "review".to_owned(),
            Stage::Summary => "summary".to_owned(),
        }
    }

    /// Where `inputs` lead, and what is asked for on the way.
    fn check(inputs: &str, expected_stage: &str, expected_effects: &str) {
        let mut session = session();
        let effects: Vec<String> = inputs
            .split(' ')
            .flat_map(|word| session.handle(input(word)))
            .map(|e| effect(&e))
            .collect();
        assert_eq!(stage(session.stage()), expected_stage, "after {inputs}");
        assert_eq!(effects.join(" "), expected_effects, "after {inputs}");
    }

    #[test]
    fn what_was_foreseen_is_told_only_where_it_came_to_be() {
        let told = |foreseen: Option<(&str, &str, Profile)>| {
            let mut session = session();
            for word in ["start:a", "tick:3", "listening:a", "stop", "saved:a"] {
                session.handle(input(word));
            }
            if let Some((take, text, bands)) = foreseen {
                let heard = heard(text);
                let plan = session.plan().expect("a plan");
                let readings = plan.measure(&heard.voice, &heard.transcript, &bands);
                let take = TakeId(take.to_owned());
                session.handle(SessionEvent::Predicted(take, Box::new(readings)));
            }
            session.handle(input("heard:a"));
            session.reviewed(0).expect("a review").feedback.clone()
        };
        let plain = told(None);
        let same = "there was no ticket";
        let other_bands = Profile {
            pace_red_wpm: [1.0, 2.0],
            ..Profile::default()
        };
        for (take, text, bands) in [
            ("a", same, Profile::default()),
            ("a", "I led it and we shipped it", Profile::default()),
            ("b", "I led it and we shipped it", Profile::default()),
            ("a", same, other_bands),
        ] {
            assert_eq!(told(Some((take, text, bands))), plain, "{take}: {text}");
        }
    }

    #[test]
    fn a_take_goes_from_count_in_to_review() {
        check("start:a", "count-in a 3", "open:a");
        check("start:a tick:1 tick:5", "count-in a 0", "open:a");
        check(
            "start:a tick:3 listening:a",
            "answering a 0",
            "open:a begin:a",
        );
        // What is known of it is written down once there is sound to it.
        check(
            "start:a tick:3 listening:a recorded:a recorded:a",
            "answering a 1.5",
            "open:a begin:a keep:a",
        );
        check(
            "start:a listening:a tick:3 stop",
            "transcribing a None",
            "open:a begin:a end:a",
        );
        check(
            "start:a listening:a tick:3 stop saved:a half:a",
            "transcribing a Some(0.5)",
            "open:a begin:a end:a transcribe:a keep:a",
        );
        check(
            "start:a listening:a tick:3 stop saved:a heard:a",
            "review",
            "open:a begin:a end:a transcribe:a keep:a keep:a",
        );
    }

    #[test]
    fn again_and_next_walk_through_the_parts() {
        let take = "start:a listening:a tick:3 stop saved:a heard:a";
        let done = "open:a begin:a end:a transcribe:a keep:a keep:a";
        check(
            &format!("{take} start:b"),
            "count-in b 3",
            &format!("{done} open:b"),
        );
        check(&format!("{take} next"), "ready", done);
        check(&format!("{take} next next"), "summary", done);
        check(&format!("{take} next goto:0"), "review", done);
    }

    #[test]
    fn an_interview_asks_on_and_shows_nothing_before_its_end() {
        let story = Arc::clone(session().story());
        let parts = vec![Part::Whole, Part::FollowUp(1)];
        let mut session = Session::interview(story, parts, Level::Sde2, Profile::default());
        let mut all = |inputs: &str| {
            for word in inputs.split(' ') {
                session.handle(input(word));
            }
            (
                session.current(),
                stage(session.stage()),
                session.is_interview(),
            )
        };
        let on = Some(InterviewPhase::Running);
        let take =
            |id: &str| format!("start:{id} listening:{id} tick:3 stop saved:{id} heard:{id}");
        assert_eq!(all(&take("a")), (1, "ready".to_owned(), on));
        // Who answers anew is not shown what came of the first.
        assert_eq!(all("goto:0"), (0, "ready".to_owned(), on));
        assert_eq!(
            all("next start:b listening:b tick:3 stop saved:b unheard:b").1,
            "untranscribed b"
        );
        assert_eq!(all("next").1, "summary");
        let over = Some(InterviewPhase::Finished);
        assert_eq!(all("goto:0"), (0, "review".to_owned(), over));
        // From now on it is practice.
        assert_eq!(all(&take("c")), (0, "review".to_owned(), over));
        assert_eq!(all("goto:1"), (1, "ready".to_owned(), over));
        assert!(session.reviewed(0).is_some_and(|r| r.take.id.0 == "c"));
        // Its answers stay those that were given.
        assert!(session.given(0).is_some_and(|r| r.take.id.0 == "a"));
        assert_eq!(session.given(1), None);
    }

    #[test]
    fn another_profile_judges_anew_what_was_reviewed() {
        let story = Arc::clone(session().story());
        let parts = vec![Part::Section(SectionKind::Action)];
        let profile = Profile::default();
        let mut session = Session::interview(story, parts, Level::Sde2, profile.clone());
        for word in ["start:a", "listening:a", "tick:3", "stop", "saved:a"] {
            session.handle(input(word));
        }
        let said =
            heard("We pulled the logs and we traced it and we wrote a patch and we shipped it");
        session.handle(SessionEvent::Transcribed(TakeId("a".to_owned()), said));
        let hidden = |session: &Session| {
            let read = [session.reviewed(0), session.given(0)].map(|read| {
                let findings = read.expect("read").feedback.findings.iter();
                findings
                    .filter(|finding| matches!(finding.noticed, FindingKind::We { .. }))
                    .count()
            });
            assert_eq!(read[0], read[1]);
            read[0]
        };
        assert_eq!(hidden(&session), 1);
        session.set_profile(Profile {
            ownership: OwnershipStyle::Collaborative,
            ..profile.clone()
        });
        assert_eq!(hidden(&session), 0);
        session.set_profile(profile);
        assert_eq!(hidden(&session), 1);
    }

    #[test]
    fn an_interview_is_at_stake_from_its_first_answer_on() {
        let story = Arc::clone(session().story());
        let parts = vec![Part::Whole, Part::FollowUp(1)];
        let mut session = Session::interview(story, parts, Level::Sde2, Profile::default());
        let mut at_stake = |inputs: &str| {
            for word in inputs.split(' ') {
                session.handle(input(word));
            }
            session.would_lose_interview()
        };
        assert!(!at_stake("start:a listening:a tick:3 cancel saved:a"));
        assert!(at_stake(
            "start:b listening:b tick:3 stop saved:b unheard:b"
        ));
        assert!(at_stake("retry heard:b"));
        assert!(at_stake("start:c listening:c tick:3 cancel saved:c"));
        assert!(at_stake("finish goto:1"));
    }

    #[test]
    fn what_was_recorded_is_kept_however_it_ends() {
        let begun = "open:a begin:a";
        // Leave in the middle of the answer: the file is completed, its facts are kept.
        check(
            "start:a listening:a tick:3 cancel saved:a",
            "ready",
            &format!("{begun} end:a keep:a"),
        );
        // Start over: likewise, while the next take counts in.
        check(
            "start:a listening:a tick:3 start:b saved:a",
            "count-in b 3",
            &format!("{begun} end:a open:b keep:a"),
        );
        // The microphone goes away: what was heard is the take.
        check(
            "start:a listening:a tick:3 saved:a heard:a",
            "review",
            &format!("{begun} transcribe:a keep:a keep:a"),
        );
        // Leave before its sound is complete: nobody hears the rest of it.
        check(
            "start:a listening:a tick:3 stop cancel saved:a",
            "ready",
            &format!("{begun} end:a never mind:a keep:a"),
        );
        // Leave while it is transcribed.
        check(
            "start:a listening:a tick:3 stop saved:a cancel heard:a",
            "ready",
            &format!("{begun} end:a transcribe:a keep:a never mind:a"),
        );
        // The recogniser fails: try again.
        check(
            "start:a listening:a tick:3 stop saved:a unheard:a retry heard:a",
            "review",
            &format!("{begun} end:a transcribe:a keep:a transcribe:a keep:a"),
        );
    }

    #[test]
    fn a_microphone_that_fails_leads_back() {
        check("start:a lost:a", "ready", "open:a");
        check("start:a cancel", "ready", "open:a end:a");
    }

    #[test]
    fn what_belongs_to_another_take_or_moment_changes_nothing() {
        check("stop retry tick:9 heard:a saved:a", "ready", "");
        check(
            "start:b listening:a tick:3 recorded:a heard:a saved:a lost:a",
            "count-in b 0",
            "open:b",
        );
        check("start:a start:b next goto:1", "count-in a 3", "open:a");
    }

    /// What is shown after each of `captions` of a Situation: its firm words, and which of "I noticed",
    /// "not my team" and the other planned phrases were heard.
    fn captioned(captions: &[&str]) -> Vec<String> {
        let mut session = session();
        for word in ["start:a", "listening:a", "tick:3"] {
            session.handle(input(word));
        }
        captions
            .iter()
            .map(|firm| {
                let caption = Caption {
                    confirmed: heard(firm).transcript.words,
                    tentative: "and so on".to_owned(),
                };
                session.handle(SessionEvent::Captioned(
                    TakeId("b".to_owned()),
                    Caption::default(),
                ));
                session.handle(SessionEvent::Captioned(TakeId("a".to_owned()), caption));
                let Stage::Answering { caption, said, .. } = session.stage() else {
                    panic!("{:?}", session.stage());
                };
                let planned = session.brief(0).expect("a part").phrases;
                assert_eq!(planned.len(), said.len());
                let lit = std::iter::zip(planned, said).filter(|(_, said)| **said);
                let lit: Vec<&str> = lit.map(|(phrase, _)| phrase.say.as_str()).collect();
                let words: Vec<&str> = caption.confirmed.iter().map(|w| w.text.as_str()).collect();
                format!("{} -> {}", words.join(" "), lit.join(", "))
            })
            .collect()
    }

    #[test]
    fn planned_phrases_light_up_as_they_are_heard() {
        assert_eq!(
            captioned(&[
                "So",
                "So I noticed",
                "So I noticed it. There was no",
                "So I noticed it. There was no ticket."
            ]),
            [
                "So -> ",
                "So I noticed -> I noticed",
                "So I noticed it. There was no -> I noticed",
                "So I noticed it. There was no ticket. -> I noticed, no ticket",
            ]
        );
        // What is firm stays as it was shown, and what was lit stays lit.
        assert_eq!(
            captioned(&["I noticed it", "We ran it and it", "I"]),
            [
                "I noticed it -> I noticed",
                "I noticed it and it -> I noticed",
                "I noticed it and it -> I noticed",
            ]
        );
    }
}
