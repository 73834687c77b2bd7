//! Whisper, through whisper.cpp: the only file that names it. One window of sound in,
//! tokens out; where the windows are cut is not decided here.
//!
//! whisper.cpp aborts the process on some inner errors: the program has it work in a process of its
//! own (see `speech::beside`).

use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState,
};

use super::matmul;
use super::subprocess::SubprocessRecognizer;
use super::{AudioContext, DecodeParams, EngineError, Recognizer, Segment, Token};
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::asr::vad::Silero;
use crate::domain::time::Secs;

/// The most that fits a window: Whisper hears 30 s at a time.
pub const MAX_WINDOW: Secs = 28.0;

/// Encoder positions a second of sound takes up, and those of a whole window: 29.4 s. Whisper has
/// 1500, of which the last would be dear: see [`POSITIONS_STEP`].
const POSITIONS_PER_SECOND: f64 = 50.0;
const MAX_POSITIONS: i32 = 1472;
/// Positions beyond the sound: without, Whisper loops or invents. For a first reading 128 do no
/// better than 64.
const SPARE_POSITIONS: i32 = 64;
/// Those of a second look: all 1472 do no better.
const PADDED_POSITIONS: i32 = 448;
/// Positions come in so many: where they do not fill eight floats, ggml multiplies the attention
/// one row at a time, for an eighth of all the work.
const POSITIONS_STEP: i32 = 32;
/// The most tokens whisper.cpp writes for a window: fewer than 220, at which it would give up.
const MAX_TOKENS: i32 = 200;
/// Nor more than this for each second of a window, and for any: nobody speaks so fast, and a decoder
/// that loops in a short one would go on for half a second.
const MAX_TOKENS_PER_SECOND: f64 = 8.0;
const BASE_TOKENS: f64 = 16.0;

/// What is loaded, in parts: the detector can be asked while the recogniser decodes.
pub struct Engine {
    /// Sound to words.
    pub recognizer: Box<dyn Recognizer>,
    /// Where speech is.
    pub silero: Silero,
}

/// Where the recogniser works.
#[derive(Debug, Clone, Default)]
pub enum Isolation {
    /// On the thread that asks: if whisper.cpp ends, the program ends.
    #[default]
    InProcess,
    /// In a process of its own. The program that is started for it gets the arguments of
    /// `starling recogniser`.
    Subprocess(PathBuf),
}

/// A loaded Whisper model.
pub struct Whisper {
    model: String,
    threads: u32,
    context: WhisperContext,
    /// What a reading left, for the next one.
    state: Option<WhisperState>,
}

impl Engine {
    /// Loads a Whisper model and the voice activity detector. Takes about a second.
    pub fn load(
        whisper: &Path,
        vad: &Path,
        threads: u32,
        place: &Isolation,
    ) -> Result<Self, EngineError> {
        check_processor()?;
        Ok(Self {
            recognizer: match place {
                Isolation::InProcess => Box::new(Whisper::load(whisper, threads)?),
                Isolation::Subprocess(program) => {
                    Box::new(SubprocessRecognizer::start(program, whisper, threads)?)
                }
            },
            silero: Silero::load(vad)?,
        })
    }
}

impl Whisper {
    /// Loads a model that decodes on so many threads.
    pub fn load(whisper: &Path, threads: u32) -> Result<Self, EngineError> {
        // Without a log backend, this keeps whisper.cpp from writing to stderr.
        whisper_rs::install_logging_hooks();
        matmul::install();
        let mut parameters = WhisperContextParameters::new();
        parameters.use_gpu(false);
        // Slower: see LEVERS.md.
        parameters.flash_attn(false);
        let context = WhisperContext::new_with_params(path_str(whisper)?, parameters)
            .map_err(|_| EngineError::Model(whisper.to_owned()))?;
        let model = whisper.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self {
            model: model.trim_start_matches("ggml-").to_owned(),
            threads: threads.max(1),
            context,
            state: None,
        })
    }

    fn segments(&self, state: &WhisperState) -> Vec<Segment> {
        let first_special = self.context.token_eot();
        state
            .as_iter()
            .map(|segment| Segment {
                no_speech_probability: segment.no_speech_probability(),
                tokens: (0..segment.n_tokens())
                    .filter_map(|index| segment.get_token(index))
                    .filter(|token| token.token_id() < first_special)
                    .filter_map(|token| {
                        Some(Token {
                            bytes: token.to_bytes().ok()?.to_vec(),
                            probability: token.token_data().p,
                        })
                    })
                    .collect(),
            })
            .collect()
    }
}

impl Recognizer for Whisper {
    fn model(&self) -> &str {
        &self.model
    }

    fn threads(&self) -> u32 {
        self.threads
    }

    fn remote_cpu_time(&self) -> Duration {
        Duration::ZERO
    }

    fn decode(
        &mut self,
        samples: &[f32],
        manner: DecodeParams,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Segment>, EngineError> {
        let seconds = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
        debug_assert!(seconds <= MAX_WINDOW + 1.0, "{seconds} s in one window");
        let mut parameters = FullParams::new(match manner.beam_size {
            0 | 1 => SamplingStrategy::Greedy { best_of: 1 },
            beam => SamplingStrategy::BeamSearch {
                beam_size: i32::from(beam),
                // whisper.cpp has the parameter, but does not use it.
                patience: -1.0,
            },
        });
        // C ends a text at a zero byte.
        let prompt = manner.prompt.replace('\0', " ");
        let prompt = self
            .context
            // A token is a byte or more. With too little room whisper-rs makes up tokens.
            .tokenize(&prompt, prompt.len() + 1)
            .map_err(|error| EngineError::Failed(error.to_string()))?;
        parameters.set_tokens(&prompt);
        parameters.set_n_threads(self.threads as i32);
        parameters.set_language(Some("en"));
        parameters.set_no_context(true);
        // The whole window in one go: where the decoder believes its text to end is often wrong
        // once it has read a prompt.
        parameters.set_single_segment(true);
        parameters.set_max_tokens(max_tokens(seconds));
        // No second try with dice: it would be another one each time.
        parameters.set_temperature_inc(0.0);
        parameters.set_suppress_nst(true);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        parameters.set_print_special(false);
        parameters.set_audio_ctx(match manner.audio_context {
            AudioContext::Exact => encoder_positions(seconds, SPARE_POSITIONS),
            AudioContext::Padded => encoder_positions(seconds, PADDED_POSITIONS),
        });
        let mut asking = AbortFlag {
            wanted,
            answer: AbortState::Wanted,
        };
        abort_unless(&mut parameters, &mut asking);
        // Each reading begins with an empty memory, also behind one that was given up: to keep the
        // state saves making it. That of a beam is several times as large: beside it, none is.
        let greedy = manner.beam_size < 2;
        let kept = self.state.take().filter(|_| greedy);
        let state = kept.map_or_else(|| self.context.create_state(), Ok);
        let mut state = state.map_err(|_| EngineError::Memory)?;
        let result = state.full(parameters, samples);
        let decoded = asking.conclude().and_then(|()| {
            result.map_err(|error| EngineError::Failed(error.to_string()))?;
            Ok(self.segments(&state))
        });
        if greedy && !matches!(decoded, Err(EngineError::Failed(_))) {
            self.state = Some(state);
        }
        decoded
    }
}

/// Tokens after which a window of so many seconds is not decoded further.
fn max_tokens(seconds: Secs) -> i32 {
    ((BASE_TOKENS + MAX_TOKENS_PER_SECOND * seconds) as i32).min(MAX_TOKENS)
}

/// Encoder positions for so much sound.
fn encoder_positions(seconds: Secs, spare: i32) -> i32 {
    let needed = (seconds * POSITIONS_PER_SECOND).ceil() as i32 + spare;
    let steps = (needed + POSITIONS_STEP - 1) / POSITIONS_STEP;
    (steps * POSITIONS_STEP).min(MAX_POSITIONS)
}

/// The question whether a decode is still wanted, and what came of it.
struct AbortFlag<'a> {
    wanted: &'a mut dyn FnMut() -> bool,
    answer: AbortState,
}

enum AbortState {
    Wanted,
    Unwanted,
    /// What the question panicked with.
    Panicked(Box<dyn Any + Send>),
}

impl AbortFlag<'_> {
    /// Asks, unless the answer was no. No panic leaves it: none may cross into C.
    fn is_wanted(&mut self) -> bool {
        if matches!(self.answer, AbortState::Wanted) {
            self.answer = match catch_unwind(AssertUnwindSafe(|| (self.wanted)())) {
                Ok(true) => AbortState::Wanted,
                Ok(false) => AbortState::Unwanted,
                Err(panic) => AbortState::Panicked(panic),
            };
        }
        matches!(self.answer, AbortState::Wanted)
    }

    fn conclude(self) -> Result<(), EngineError> {
        match self.answer {
            AbortState::Wanted => Ok(()),
            AbortState::Unwanted => Err(EngineError::Cancelled),
            AbortState::Panicked(panic) => resume_unwind(panic),
        }
    }
}

/// whisper-rs's own safe hook casts to the wrong type and leaks; the raw one takes a plain pointer.
#[allow(unsafe_code)]
fn abort_unless(parameters: &mut FullParams, asking: &mut AbortFlag) {
    unsafe extern "C" fn is_unwanted(asking: *mut c_void) -> bool {
        // SAFETY: it is the `Asking` handed over below, which nobody else touches while whisper.cpp
        // decodes, and whisper.cpp asks on the thread that called it only.
        let asking = unsafe { &mut *asking.cast::<AbortFlag>() };
        !asking.is_wanted()
    }
    // SAFETY: `decode` keeps `asking` until the call to `full` that uses it has returned.
    unsafe {
        parameters.set_abort_callback(Some(is_unwanted));
        parameters.set_abort_callback_user_data(std::ptr::from_mut(asking).cast());
    }
}

fn path_str(path: &Path) -> Result<&str, EngineError> {
    path.to_str()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| EngineError::Model(path.to_owned()))
}

/// Whether the processor has what whisper.cpp was built for; it would die without a word.
pub fn check_processor() -> Result<(), EngineError> {
    #[cfg(target_arch = "x86_64")]
    {
        let lacks = [
            ("AVX2", std::arch::is_x86_feature_detected!("avx2")),
            ("FMA", std::arch::is_x86_feature_detected!("fma")),
            ("F16C", std::arch::is_x86_feature_detected!("f16c")),
            ("BMI2", std::arch::is_x86_feature_detected!("bmi2")),
        ];
        if let Some((name, _)) = lacks.iter().find(|(_, there)| !there) {
            return Err(EngineError::Processor((*name).to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_ends_early_and_is_still_seen_as_one() {
        assert_eq!(max_tokens(28.0), MAX_TOKENS);
        // The gate calls more than eight a second of speech a loop.
        assert!((1..20).all(|s| max_tokens(f64::from(s)) > 8 * s));
    }

    #[test]
    fn positions_hold_the_sound_and_fill_registers() {
        assert_eq!(encoder_positions(1.0, 64), 128);
        assert_eq!(encoder_positions(10.0, 64), 576);
        assert_eq!(encoder_positions(28.5, 64), MAX_POSITIONS);
        assert!((0..290).all(|i| {
            let positions = encoder_positions(f64::from(i) / 10.0, 64);
            positions % POSITIONS_STEP == 0 && positions >= 5 * i
        }));
    }

    #[test]
    fn what_is_no_longer_wanted_ends() {
        let mut left = 2;
        let mut wanted = || {
            left -= 1;
            left > 0
        };
        let mut asking = AbortFlag {
            wanted: &mut wanted,
            answer: AbortState::Wanted,
        };
        assert!(asking.is_wanted());
        assert!(!asking.is_wanted());
        assert!(!asking.is_wanted());
        assert!(matches!(asking.conclude(), Err(EngineError::Cancelled)));
        assert_eq!(left, 0, "asked again after a no");
    }

    #[test]
    fn a_panic_goes_round_the_recogniser() {
        let mut wanted = || panic!("a defect");
        let mut asking = AbortFlag {
            wanted: &mut wanted,
            answer: AbortState::Wanted,
        };
        assert!(!asking.is_wanted());
        assert!(catch_unwind(AssertUnwindSafe(|| asking.conclude())).is_err());
    }
}
