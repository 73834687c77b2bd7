//! The session itself: its state, and the transition for each request and event.

use std::sync::Arc;

use crate::analysis::phrases::word_vectors::SentenceModel;
use crate::analysis::{Measurements, PartPlan, analyze_with_model};
use crate::domain::caption::Caption;
use crate::domain::profile::Profile;
use crate::domain::start_time::StartTime;
use crate::domain::story::{Brief, Level, Part, Story};
use crate::domain::take::{Audio, Take, TakeId, Transcription};
use crate::domain::time::Secs;

use super::effect::Effect;
use super::event::{SessionEvent, SessionRequest};
use super::stage::{InterviewPhase, Reviewed, Stage};

/// Length of the count-in (3-2-1) before an answer.
pub const COUNT_IN: Secs = 3.0;

/// Practice of the parts of one story, one take after the other.
#[derive(Debug)]
pub struct Session {
    story: Arc<Story>,
    profile: Profile,
    /// Finds planned phrases in other words.
    model: Option<Arc<dyn SentenceModel>>,
    level: Level,
    parts: Vec<Part>,
    /// Index into `parts`.
    current: usize,
    stage: Stage,
    /// When the take of the count-in started.
    started: Option<StartTime>,
    /// The plan of each part, computed for its first take.
    plans: Vec<Option<Arc<PartPlan>>>,
    /// The newest prediction for the take that is being recorded or transcribed.
    prediction: Option<(TakeId, Box<Measurements>)>,
    /// The newest reviewed take of each part.
    reviewed: Vec<Option<Reviewed>>,
    /// The answers of a finished interview. Later practice does not change them.
    interview_answers: Vec<Option<Reviewed>>,
    /// Takes that were cancelled while they were recorded, until their recordings are complete on disk.
    abandoned: Vec<Take>,
    /// `None` if this is practice, not a mock interview.
    interview_phase: Option<InterviewPhase>,
}

impl Session {
    /// A session over `parts` of a story. Parts that the story does not have are left out.
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
            prediction: None,
            story,
            profile,
            model: None,
            level,
            parts,
            current: 0,
            stage,
            started: None,
            interview_answers: Vec::new(),
            abandoned: Vec::new(),
            interview_phase: None,
        }
    }

    /// A mock interview over `parts`. There is no feedback until all of them are answered.
    pub fn interview(story: Arc<Story>, parts: Vec<Part>, level: Level, profile: Profile) -> Self {
        Self {
            interview_phase: Some(InterviewPhase::Running),
            ..Self::new(story, parts, level, profile)
        }
    }

    /// A session that starts with the review of an earlier take of `story`, among the parts that are
    /// practiced together with it. If the take has no transcript, the session starts with transcribing it.
    pub fn reopened(story: Arc<Story>, take: Take, profile: Profile) -> (Self, Vec<Effect>) {
        let parts = story.parts_practiced_with(take.part);
        let mut session = Self::new(story, parts, take.level, profile);
        let index = session.parts.iter().position(|part| *part == take.part);
        let Some(index) = index else {
            return (session, Vec::new());
        };
        session.current = index;
        session.stage = Stage::Transcribing {
            take: take.clone(),
            progress: Some(0.0),
        };
        match take.transcription {
            Some(transcription) => {
                // Its effects are dropped: the take is saved already.
                session.transcribed(&take.id, transcription);
                (session, Vec::new())
            }
            None => (session, vec![Effect::Transcribe(take.id)]),
        }
    }

    /// The story.
    pub fn story(&self) -> &Arc<Story> {
        &self.story
    }

    /// The profile that the feedback is based on.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Sets the profile, and analyzes the reviewed takes again with it.
    pub fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
        self.analyze_again();
    }

    /// Finds planned phrases in other words with `model` from now on, also in the reviewed takes.
    pub fn set_model(&mut self, model: Arc<dyn SentenceModel>) {
        self.model = Some(model);
        self.plans.fill(None);
        self.analyze_again();
    }

    fn analyze_again(&mut self) {
        let all_reviewed = self
            .reviewed
            .iter_mut()
            .chain(&mut self.interview_answers)
            .flatten();
        for Reviewed { take, feedback } in all_reviewed {
            let model = self.model.clone();
            let feedback_now = analyze_with_model(take, &self.story, &self.profile, model);
            if let Some(new_feedback) = feedback_now {
                *feedback = new_feedback;
            }
        }
    }

    /// The phase of the mock interview; `None` if this is practice.
    pub fn interview_phase(&self) -> Option<InterviewPhase> {
        self.interview_phase
    }

    /// Whether leaving now would lose the verdict of an interview with at least one answer. Verdicts of
    /// interviews are not saved.
    pub fn would_lose_interview(&self) -> bool {
        let has_answer = self.current > 0 || matches!(self.stage, Stage::Untranscribed { .. });
        match self.interview_phase {
            None => false,
            Some(InterviewPhase::Running) => has_answer,
            Some(InterviewPhase::Finished) => self.interview_answers.iter().any(Option::is_some),
        }
    }

    /// The level that the answers are analyzed for.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The index of the current part.
    pub fn current(&self) -> usize {
        self.current
    }

    /// The current stage.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The newest reviewed take of the part at `index`.
    pub fn reviewed(&self, index: usize) -> Option<&Reviewed> {
        self.reviewed.get(index)?.as_ref()
    }

    /// The answer to the question at `index` of a finished interview. Later practice does not change it.
    pub fn interview_answer(&self, index: usize) -> Option<&Reviewed> {
        self.interview_answers.get(index)?.as_ref()
    }

    /// Question, target and phrases of the part at `index`.
    pub fn brief(&self, index: usize) -> Option<Brief<'_>> {
        self.story.brief(*self.parts.get(index)?, self.level)
    }

    /// Length of the recording of take `id`, if it is being transcribed and complete on disk.
    pub fn secs_to_transcribe(&self, id: &TakeId) -> Option<Secs> {
        match &self.stage {
            Stage::Transcribing {
                take,
                progress: Some(_),
            } if take.id == *id => Some(take.audio.seconds),
            _ => None,
        }
    }

    /// Whether a count-in, a recording or a transcription is going on.
    pub fn busy(&self) -> bool {
        matches!(
            self.stage,
            Stage::CountIn { .. } | Stage::Answering { .. } | Stage::Transcribing { .. }
        )
    }

    /// Handles a request. One that does not fit the stage changes nothing.
    pub fn request(&mut self, request: SessionRequest) -> Vec<Effect> {
        match request {
            SessionRequest::Start(take, started) => self.start(take, started),
            SessionRequest::Stop => self.stop(),
            SessionRequest::Cancel => self.cancel(),
            SessionRequest::Retry => self.retry(),
            SessionRequest::Next => self.go_to(self.current + 1),
            SessionRequest::GoTo(index) => self.go_to(index),
            SessionRequest::Finish => self.go_to(self.parts.len()),
        }
    }

    /// Handles an event. One that does not fit the stage, or belongs to another take, changes nothing.
    pub fn handle(&mut self, event: SessionEvent) -> Vec<Effect> {
        match event {
            SessionEvent::Ticked(secs) => self.ticked(secs),
            SessionEvent::MicrophoneOpened(id) => self.microphone_opened(&id),
            SessionEvent::Recorded(id, secs) => self.recorded(&id, secs),
            SessionEvent::Captioned(id, caption) => self.captioned(&id, caption),
            SessionEvent::Predicted(id, measurements) => self.predicted(id, measurements),
            SessionEvent::RecordingSaved(id, audio) => self.recording_saved(&id, audio),
            SessionEvent::RecordingFailed(id) => self.recording_failed(&id),
            SessionEvent::Progressed(id, share) => self.progressed(&id, share),
            SessionEvent::Transcribed(id, transcription) => self.transcribed(&id, *transcription),
            SessionEvent::TranscriptionFailed(id, why) => self.transcription_failed(&id, why),
        }
    }

    fn start(&mut self, take: TakeId, started: Option<StartTime>) -> Vec<Effect> {
        let mut effects = match self.stage {
            Stage::Ready | Stage::Review | Stage::Untranscribed { .. } => Vec::new(),
            // Start over. The recording so far is saved.
            Stage::Answering { .. } => self.cancel(),
            _ => return Vec::new(),
        };
        effects.push(Effect::OpenMicrophone(take.clone()));
        self.prediction = None;
        // Planning takes a while, so do it before the user speaks.
        self.plan();
        self.started = started;
        self.stage = Stage::CountIn {
            take,
            left: COUNT_IN,
            microphone_open: false,
        };
        effects
    }

    fn ticked(&mut self, secs: Secs) -> Vec<Effect> {
        if let Stage::CountIn { left, .. } = &mut self.stage {
            *left = (*left - secs.max(0.0)).max(0.0);
        }
        self.begin_when_ready()
    }

    fn microphone_opened(&mut self, id: &TakeId) -> Vec<Effect> {
        if let Stage::CountIn {
            take,
            microphone_open,
            ..
        } = &mut self.stage
            && take == id
        {
            *microphone_open = true;
        }
        self.begin_when_ready()
    }

    fn begin_when_ready(&mut self) -> Vec<Effect> {
        let Stage::CountIn {
            take: id,
            left: 0.0,
            microphone_open: true,
        } = &self.stage
        else {
            return Vec::new();
        };
        let take = Take {
            id: id.clone(),
            story: self.story.id.clone(),
            part: self.parts[self.current],
            level: self.level,
            started: self.started.clone(),
            audio: Audio::default(),
            transcription: None,
        };
        let effects = vec![Effect::BeginRecording(take.id.clone())];
        self.stage = Stage::Answering {
            take,
            elapsed: 0.0,
            caption: Caption::default(),
            said: vec![false; self.plan().map_or(0, |plan| plan.phrase_count())],
        };
        effects
    }

    fn recorded(&mut self, id: &TakeId, secs: Secs) -> Vec<Effect> {
        let Stage::Answering { take, elapsed, .. } = &mut self.stage else {
            return Vec::new();
        };
        if take.id != *id {
            return Vec::new();
        }
        // Audio is on disk from now on. If the process dies, the saved take tells what it belongs to.
        let is_first = *elapsed == 0.0 && secs > 0.0;
        *elapsed = elapsed.max(secs);
        match is_first {
            true => vec![Effect::SaveTake(Box::new(take.clone()))],
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
            let old_len = caption.confirmed.len();
            caption.update(newest);
            if let Some(plan) = plan {
                plan.mark_said(&caption.confirmed, old_len, said);
            }
        }
        Vec::new()
    }

    fn predicted(&mut self, id: TakeId, measurements: Box<Measurements>) -> Vec<Effect> {
        if let Stage::Answering { take, .. } | Stage::Transcribing { take, .. } = &self.stage
            && take.id == id
        {
            self.prediction = Some((id, measurements));
        }
        Vec::new()
    }

    /// The plan of the current part. It is cached, since it takes a while to compute.
    pub fn plan(&mut self) -> Option<Arc<PartPlan>> {
        let part = *self.parts.get(self.current)?;
        let plan = self.plans.get_mut(self.current)?;
        if plan.is_none() {
            let new_plan = PartPlan::new(&self.story, part, self.level);
            *plan = new_plan.map(|plan| Arc::new(plan.with_model(self.model.clone())));
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
        self.prediction = None;
        let resting = self.resting_stage();
        match std::mem::replace(&mut self.stage, resting) {
            Stage::CountIn { take, .. } => vec![Effect::EndRecording(take)],
            Stage::Answering { take, .. } => {
                let id = take.id.clone();
                self.abandoned.push(take);
                vec![Effect::EndRecording(id)]
            }
            Stage::Transcribing {
                take,
                progress: None,
            } => {
                let id = take.id.clone();
                self.abandoned.push(take);
                vec![Effect::CancelTranscription(id)]
            }
            Stage::Transcribing { take, .. } => vec![Effect::CancelTranscription(take.id)],
            stage => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn recording_saved(&mut self, id: &TakeId, audio: Audio) -> Vec<Effect> {
        if let Some(index) = self.abandoned.iter().position(|take| take.id == *id) {
            let take = Take {
                audio,
                ..self.abandoned.swap_remove(index)
            };
            return vec![Effect::SaveTake(Box::new(take))];
        }
        match &mut self.stage {
            // While answering: the microphone was lost, and the recording so far is the take.
            Stage::Answering { take, .. } | Stage::Transcribing { take, .. } if take.id == *id => {
                let take = Take {
                    audio,
                    ..take.clone()
                };
                // Transcribe first, so that it runs while the take is saved.
                let effects = vec![
                    Effect::Transcribe(take.id.clone()),
                    Effect::SaveTake(Box::new(take.clone())),
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
        self.prediction.take_if(|(take, _)| take == id);
        self.abandoned.retain(|take| take.id != *id);
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

    fn transcribed(&mut self, id: &TakeId, transcription: Transcription) -> Vec<Effect> {
        let Stage::Transcribing { take, .. } = &self.stage else {
            return Vec::new();
        };
        if take.id != *id {
            return Vec::new();
        }
        let take = Take {
            transcription: Some(transcription),
            ..take.clone()
        };
        let effects = vec![Effect::SaveTake(Box::new(take.clone()))];
        let prediction = self.prediction.take().filter(|(take, _)| take == id);
        let measurements = prediction.map(|(_, measurements)| *measurements);
        let plan = self.plan();
        match plan.and_then(|plan| plan.analyze_with(measurements, &take, &self.profile)) {
            Some(feedback) => {
                self.reviewed[self.current] = Some(Reviewed { take, feedback });
                self.stage = Stage::Review;
                self.advance();
            }
            // Does not happen: the session has only parts that the story has.
            None => self.stage = Stage::Ready,
        }
        effects
    }

    fn transcription_failed(&mut self, id: &TakeId, why: String) -> Vec<Effect> {
        self.prediction.take_if(|(take, _)| take == id);
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

    /// In a running interview the next question follows without a review.
    fn advance(&mut self) {
        if self.interview_phase == Some(InterviewPhase::Running) {
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
            if self.interview_phase == Some(InterviewPhase::Running) {
                self.interview_phase = Some(InterviewPhase::Finished);
                self.interview_answers.clone_from(&self.reviewed);
            }
            return Vec::new();
        }
        self.current = index;
        self.stage = self.resting_stage();
        Vec::new()
    }

    /// The stage of the current part while nothing is going on: its review, if there is one to show.
    fn resting_stage(&self) -> Stage {
        match self.reviewed(self.current) {
            Some(_) if self.interview_phase != Some(InterviewPhase::Running) => Stage::Review,
            _ => Stage::Ready,
        }
    }
}
