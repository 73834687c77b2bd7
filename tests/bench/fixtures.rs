//! The answers that are spoken: made of the clips in `tests/audio`, with the truth about them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use starling::audio;

use crate::dataset::{self, Clip};

const RATE_HZ: f64 = 16_000.0;
/// Between two clips.
const BREATH: f64 = 0.3;

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
    /// What is said in it.
    pub text: String,
}

/// All of them, in a folder.
pub struct Answers {
    folder: PathBuf,
    clips: Vec<Clip>,
}

impl Answers {
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let audio = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
        Ok(Self {
            folder: folder.to_owned(),
            clips: dataset::read(&audio)?,
        })
    }

    /// 27 s, then silence for as long as given.
    pub fn short(&self, name: &str, silence: f64) -> Result<Answer> {
        self.spoken(name, &SHORT, silence)
    }

    /// 90 s, then one second of silence.
    pub fn long(&self) -> Result<Answer> {
        self.spoken("90 s answer, then 1 s of silence", &LONG, 1.0)
    }

    /// Three minutes, then one second of silence.
    pub fn longest(&self) -> Result<Answer> {
        let both: Vec<&str> = LONG.into_iter().chain(LONGER).collect();
        self.spoken("3 min answer, then 1 s of silence", &both, 1.0)
    }

    /// The beginning of `answer`, up to `at` seconds. What of its text is said in it is not known.
    pub fn cut(&self, answer: &Answer, at: f64) -> Result<Answer> {
        let samples = audio::decode_file(&answer.wav)?.samples;
        let name = format!("cut off in the middle of a word, at {at:.1} s");
        self.write(
            name,
            &samples[..samples.len().min((at * RATE_HZ) as usize)],
            "",
        )
    }

    fn spoken(&self, name: &str, clips: &[&str], silence: f64) -> Result<Answer> {
        let (mut samples, mut text) = (Vec::new(), Vec::new());
        for (i, id) in clips.iter().enumerate() {
            let clip = self.clips.iter().find(|clip| clip.id == *id);
            let clip = clip.with_context(|| format!("there is no clip {id}"))?;
            let sound = audio::decode_file(&clip.path)?.samples;
            let ends = clip
                .speech
                .with_context(|| format!("{id}: where does speech end?"))?
                .end;
            let last = i + 1 == clips.len();
            let kept = if last {
                (ends * RATE_HZ) as usize
            } else {
                sound.len()
            };
            samples.extend(&sound[..kept.min(sound.len())]);
            let rest = if last { silence } else { BREATH };
            samples.resize(samples.len() + (rest * RATE_HZ) as usize, 0.0);
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
