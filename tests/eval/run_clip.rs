//! One clip through the whole program: read, heard, analysed, compared with the truth.

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
use starling::{asr as speech, audio};

use super::dataset::Clip;
use super::metrics::{Figures, Measured};

/// What was read of one clip.
pub struct Reading {
    pub heard: Transcription,
    pub feedback: Feedback,
    pub figures: Figures,
}

/// How a clip is heard.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// To its end.
    Whole,
    /// To its last syllable, as a file.
    CutOff,
    /// To its last syllable, as it is spoken and somebody waits then; no second look is late.
    Awaited,
}

/// The recogniser, and the stories that clips may tell.
pub struct Bench {
    engine: Engine,
    stories: Vec<std::sync::Arc<Story>>,
    /// Where transcripts are kept from one run to the next, if anywhere.
    kept: Option<PathBuf>,
    hearing: Hearing,
}

impl Bench {
    pub fn new(engine: Engine, kept: Option<PathBuf>, hearing: Hearing) -> Result<Self> {
        // The stories that come with the program; none of a user's own.
        let (stories, _) = story_library::stories(Path::new(""));
        Ok(Self {
            engine,
            stories,
            kept,
            hearing,
        })
    }

    pub fn read(&mut self, clip: &Clip) -> Result<Reading> {
        let story = self.stories.iter().find(|story| story.id == clip.story);
        let story = story
            .with_context(|| format!("{}: no story {}", clip.id, clip.story))?
            .clone();
        let recording = audio::decode_file(&clip.path)?;
        let mut samples = recording.samples;
        if self.hearing != Hearing::Whole {
            let end = self.last_syllable(clip, &samples)?;
            samples.truncate((end * f64::from(ANALYSIS_RATE_HZ)) as usize);
        }
        let heard = self.heard(clip, &story, &samples)?;
        let analysed = |heard: &Transcription, audio: &Audio| {
            let take = Take {
                id: TakeId(clip.id.clone()),
                story: story.id.clone(),
                part: clip.part,
                level: story.level,
                audio: audio.clone(),
                transcription: Some(heard.clone()),
            };
            let began = ThreadTime::now();
            let feedback = analyze(&take, &story, &Profile::default());
            let feedback = feedback.with_context(|| format!("{}: no {}", clip.id, clip.part))?;
            Ok::<_, anyhow::Error>((feedback, 1000.0 * began.elapsed().as_secs_f64()))
        };
        let (feedback, analysis_ms) = analysed(&heard, &recording.audio)?;
        let (of_text, _) = analysed(&as_written(&clip.text), &Audio::default())?;
        let figures = Figures::of(&Measured {
            clip,
            seconds: recording.audio.seconds,
            heard: &heard,
            feedback: &feedback,
            of_text: &of_text,
            analysis_ms,
        });
        Ok(Reading {
            heard,
            feedback,
            figures,
        })
    }

    /// Where speech ends: as the truth has it, else as it is measured.
    fn last_syllable(&mut self, clip: &Clip, samples: &[f32]) -> Result<f64> {
        if let Some(speech) = clip.speech {
            return Ok(speech.end);
        }
        let heard = speech::transcribe(&mut self.engine, samples, "", &mut |_| {}, &|| true)?;
        let last = heard.voice.speech.last();
        Ok(last.map_or(f64::INFINITY, |last| last.end))
    }

    fn heard(&mut self, clip: &Clip, story: &Story, samples: &[f32]) -> Result<Transcription> {
        let kept = self
            .kept
            .as_ref()
            .map(|folder| folder.join(format!("{}.json", clip.id)));
        if let Some(text) = kept
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok())
        {
            return serde_json::from_str(&text).with_context(|| format!("{}: kept", clip.id));
        }
        let vocabulary = prompt_terms(story);
        let engine = &mut self.engine;
        let heard = match self.hearing {
            Hearing::Awaited => awaited(engine, samples, &vocabulary)?,
            _ => speech::transcribe(engine, samples, &vocabulary, &mut |_| {}, &|| true)?,
        };
        if let Some(path) = kept {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            std::fs::write(path, serde_json::to_string(&heard)?)?;
        }
        Ok(heard)
    }
}

/// What is heard of `samples` while they are spoken, where decoding takes no time.
fn awaited(engine: &mut Engine, samples: &[f32], vocabulary: &str) -> Result<Transcription> {
    let Engine {
        recognizer: recogniser,
        silero,
    } = engine;
    let mut listener = StreamingTranscriber::default();
    let mut decode = |listener: &mut StreamingTranscriber| -> Result<()> {
        while let Some(work) = listener.next_job() {
            if matches!(work, DecodeJob::Preview(_)) {
                break;
            }
            let window = listener.window(work.span());
            let words = work.transcribe(&window, recogniser.as_mut(), vocabulary, &mut |_| true)?;
            listener.complete(work, words);
        }
        Ok(())
    };
    for hop in samples.chunks(HOP) {
        listener.push(silero, hop);
        decode(&mut listener)?;
    }
    listener.finish_quickly(silero);
    decode(&mut listener)?;
    let (voice, transcript) = listener.into_transcript();
    let engine = TranscriptionStats {
        model: recogniser.model().to_owned(),
        threads: recogniser.threads(),
        cpu_seconds: None,
        wall_seconds: 0.0,
    };
    Ok(Transcription {
        voice,
        transcript,
        engine,
    })
}

/// A text as a recogniser without error would hear it: 0.4 s a word.
fn as_written(text: &str) -> Transcription {
    let at = |i: usize| 0.4 * i as f64;
    let words: Vec<Word> = text
        .split_whitespace()
        .enumerate()
        .map(|(i, word)| Word {
            text: word.to_owned(),
            start: at(i),
            end: at(i + 1),
            confidence: 1.0,
        })
        .collect();
    Transcription {
        voice: Voice {
            speech: vec![Span::new(0.0, at(words.len()))],
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
