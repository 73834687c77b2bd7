//! Transcribes and analyzes a clip as the program does, and compares the results with the truth.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cpu_time::ThreadTime;
use starling::acoustics::ANALYSIS_RATE_HZ;
use starling::analysis::{Feedback, analyze};
use starling::asr::Engine;
use starling::asr::streaming::{DecodeJob, StreamingTranscriber};
use starling::asr::vad::HOP;
use starling::domain::profile::Profile;
use starling::domain::prompt_terms::prompt_terms;
use starling::domain::story::Story;
use starling::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use starling::domain::time::Span;
use starling::domain::transcript::{Transcript, Word};
use starling::domain::voice::Voice;
use starling::storage::story_library;
use starling::{asr, audio};

use super::dataset::Clip;
use super::metrics::{Figures, Measured};

/// The results for a clip.
pub struct ClipResult {
    pub transcription: Transcription,
    pub feedback: Feedback,
    pub figures: Figures,
}

/// Which part of a clip is transcribed, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The whole file.
    WholeFile,
    /// The file up to the last syllable.
    CutFile,
    /// Live up to the last syllable, where the user waits for the transcript. Decoding takes no time, so every second pass
    /// is finished.
    CutLive,
}

/// The recognizer, and the stories of the clips.
pub struct Evaluator {
    engine: Engine,
    stories: Vec<std::sync::Arc<Story>>,
    /// A folder that caches transcripts from one run to the next.
    cache: Option<PathBuf>,
    mode: Mode,
}

impl Evaluator {
    pub fn new(engine: Engine, cache: Option<PathBuf>, mode: Mode) -> Result<Self> {
        // Only the shipped stories.
        let (stories, _) = story_library::stories(Path::new(""));
        Ok(Self {
            engine,
            stories,
            cache,
            mode,
        })
    }

    pub fn evaluate(&mut self, clip: &Clip) -> Result<ClipResult> {
        let story = self.stories.iter().find(|story| story.id == clip.story);
        let story = story
            .with_context(|| format!("{}: story {} is missing", clip.id, clip.story))?
            .clone();
        let recording = audio::decode_file(&clip.path)?;
        let mut samples = recording.samples;
        if self.mode != Mode::WholeFile {
            let end = self.end_of_speech(clip, &samples)?;
            samples.truncate((end * f64::from(ANALYSIS_RATE_HZ)) as usize);
        }
        let transcription = self.transcribe(clip, &story, &samples)?;
        let timed_analysis = |transcription: &Transcription, audio: &Audio| {
            let take = Take {
                id: TakeId(clip.id.clone()),
                story: story.id.clone(),
                part: clip.part,
                level: story.level,
                started: None,
                audio: audio.clone(),
                transcription: Some(transcription.clone()),
            };
            let started = ThreadTime::now();
            let feedback = analyze(&take, &story, &Profile::default());
            let feedback =
                feedback.with_context(|| format!("{}: the story has no {}", clip.id, clip.part))?;
            Ok::<_, anyhow::Error>((feedback, 1000.0 * started.elapsed().as_secs_f64()))
        };
        let (feedback, analysis_ms) = timed_analysis(&transcription, &recording.audio)?;
        let exact = exact_transcription(&clip.text);
        let (feedback_on_text, _) = timed_analysis(&exact, &Audio::default())?;
        let figures = Figures::new(&Measured {
            clip,
            seconds: recording.audio.seconds,
            transcription: &transcription,
            feedback: &feedback,
            feedback_on_text: &feedback_on_text,
            analysis_ms,
        });
        Ok(ClipResult {
            transcription,
            feedback,
            figures,
        })
    }

    /// The end of speech: from the truth, or measured if the truth does not state it.
    fn end_of_speech(&mut self, clip: &Clip, samples: &[f32]) -> Result<f64> {
        if let Some(speech) = clip.speech {
            return Ok(speech.end);
        }
        let transcription = asr::transcribe(&mut self.engine, samples, "", &mut |_| {}, &|| true)?;
        let last = transcription.voice.speech.last();
        Ok(last.map_or(f64::INFINITY, |last| last.end))
    }

    /// Transcribes samples, or takes their transcription from the cache.
    fn transcribe(&mut self, clip: &Clip, story: &Story, samples: &[f32]) -> Result<Transcription> {
        let cached = self
            .cache
            .as_ref()
            .map(|folder| folder.join(format!("{}.json", clip.id)));
        if let Some(text) = cached
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok())
        {
            return serde_json::from_str(&text)
                .with_context(|| format!("{}: invalid cached transcript", clip.id));
        }
        let vocabulary = prompt_terms(story);
        let engine = &mut self.engine;
        let transcription = match self.mode {
            Mode::CutLive => transcribe_live(engine, samples, &vocabulary)?,
            _ => asr::transcribe(engine, samples, &vocabulary, &mut |_| {}, &|| true)?,
        };
        if let Some(path) = cached {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            std::fs::write(path, serde_json::to_string(&transcription)?)?;
        }
        Ok(transcription)
    }
}

/// Transcribes samples live, as if decoding took no time.
fn transcribe_live(
    engine: &mut Engine,
    samples: &[f32],
    vocabulary: &str,
) -> Result<Transcription> {
    let Engine { recognizer, silero } = engine;
    let mut transcriber = StreamingTranscriber::default();
    let mut decode = |transcriber: &mut StreamingTranscriber| -> Result<()> {
        while let Some(job) = transcriber.next_job() {
            if matches!(job, DecodeJob::Preview(_)) {
                break;
            }
            let window = transcriber.window(job.span());
            let words = job.transcribe(&window, recognizer.as_mut(), vocabulary, &mut |_| true)?;
            transcriber.complete(job, words);
        }
        Ok(())
    };
    for hop in samples.chunks(HOP) {
        transcriber.push(silero, hop);
        decode(&mut transcriber)?;
    }
    transcriber.finish_quickly(silero);
    decode(&mut transcriber)?;
    let (voice, transcript) = transcriber.into_transcript();
    let engine = TranscriptionStats {
        model: recognizer.model().to_owned(),
        threads: recognizer.threads(),
        cpu_seconds: None,
        wall_seconds: 0.0,
    };
    Ok(Transcription {
        voice,
        transcript,
        engine,
    })
}

/// The transcription of a recognizer without errors, with 0.4 s per word.
fn exact_transcription(text: &str) -> Transcription {
    let time = |index: usize| 0.4 * index as f64;
    let words: Vec<Word> = text
        .split_whitespace()
        .enumerate()
        .map(|(index, word)| Word {
            text: word.to_owned(),
            start: time(index),
            end: time(index + 1),
            confidence: 1.0,
        })
        .collect();
    Transcription {
        voice: Voice {
            speech: vec![Span::new(0.0, time(words.len()))],
            ..Voice::default()
        },
        transcript: Transcript { words },
        engine: TranscriptionStats {
            model: "none".to_owned(),
            threads: 1,
            cpu_seconds: None,
            wall_seconds: 0.0,
        },
    }
}
