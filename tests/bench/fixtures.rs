//! The answers that are spoken in the benchmark: clips of `tests/audio` joined, with their text.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use starling::audio;

use crate::dataset::{self, Clip};

const RATE_HZ: f64 = 16_000.0;
/// Silence between two clips.
const GAP_SECS: f64 = 0.3;

const SHORT: [&str; 2] = ["strong_situation_joe", "weak_quiz_team_happy_joe"];
const LONG: [&str; 6] = [
    "strong_situation_joe",
    "strong_task_joe",
    "strong_action_k2_bf_isabella",
    "strong_result_joe",
    "strong_task_am_michael",
    "weak_quiz_team_happy_joe",
];
const LONGER: [&str; 6] = [
    "paraphrase_situation_k2_bf_emma",
    "NEG_task_n1_am_puck",
    "disfluent_action_k3_am_onyx",
    "paraphrase_result_k1_bm_fable",
    "disfluent_situation_k1_af_heart",
    "weak_action_k1_am_adam",
];

/// A recording of an answer.
pub struct Answer {
    pub name: String,
    pub wav: PathBuf,
    pub seconds: f64,
    /// What is said in it; empty if that is not known.
    pub text: String,
}

/// Writes the answers into a folder.
pub struct Answers {
    folder: PathBuf,
    clips: Vec<Clip>,
}

impl Answers {
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let audio = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
        Ok(Self {
            folder: folder.to_owned(),
            clips: dataset::read_clips(&audio)?,
        })
    }

    /// 27 s, then this many seconds of silence.
    pub fn short(&self, name: &str, silence: f64) -> Result<Answer> {
        self.joined(name, &SHORT, silence)
    }

    /// 90 s, then one second of silence.
    pub fn long(&self) -> Result<Answer> {
        self.joined("90 s answer, then 1 s of silence", &LONG, 1.0)
    }

    /// Three minutes, then one second of silence.
    pub fn longest(&self) -> Result<Answer> {
        let both: Vec<&str> = LONG.into_iter().chain(LONGER).collect();
        self.joined("3 min answer, then 1 s of silence", &both, 1.0)
    }

    /// The first `at` seconds of `answer`. Its text is not known.
    pub fn cut(&self, answer: &Answer, at: f64) -> Result<Answer> {
        let samples = audio::decode_file(&answer.wav)?.samples;
        let name = format!("cut off within a word, at {at:.1} s");
        self.write(
            name,
            &samples[..samples.len().min((at * RATE_HZ) as usize)],
            "",
        )
    }

    fn joined(&self, name: &str, clips: &[&str], silence: f64) -> Result<Answer> {
        let (mut samples, mut text) = (Vec::new(), Vec::new());
        for (index, id) in clips.iter().enumerate() {
            let clip = self.clips.iter().find(|clip| clip.id == *id);
            let clip = clip.with_context(|| format!("clip {id} is missing"))?;
            let clip_samples = audio::decode_file(&clip.path)?.samples;
            let speech_end = clip
                .speech
                .with_context(|| format!("the end of speech in {id} is not known"))?
                .end;
            let is_last = index + 1 == clips.len();
            let end = if is_last {
                (speech_end * RATE_HZ) as usize
            } else {
                clip_samples.len()
            };
            samples.extend(&clip_samples[..end.min(clip_samples.len())]);
            let silence = if is_last { silence } else { GAP_SECS };
            samples.resize(samples.len() + (silence * RATE_HZ) as usize, 0.0);
            text.push(clip.text.as_str());
        }
        self.write(name.to_owned(), &samples, &text.join(" "))
    }

    fn write(&self, name: String, samples: &[f32], text: &str) -> Result<Answer> {
        let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let wav = self.folder.join(format!("{plain}.wav"));
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: RATE_HZ as u32,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut out = hound::WavWriter::create(&wav, spec)?;
        for sample in samples {
            out.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)?;
        }
        out.finalize()?;
        Ok(Answer {
            name,
            wav,
            seconds: samples.len() as f64 / RATE_HZ,
            text: text.to_owned(),
        })
    }
}
