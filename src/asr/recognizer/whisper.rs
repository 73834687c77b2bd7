//! The Whisper recognizer, based on whisper.cpp. This is the only file that uses `whisper_rs`.
//!
//! whisper.cpp aborts the process on some internal errors, so the program runs it in a subprocess (see
//! `subprocess`).

use std::any::Any;
use std::ffi::c_void;
use std::fs::File;
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
use crate::domain::model_source::ModelSource;
use crate::domain::time::Secs;

/// Maximum length of a window: Whisper processes 30 s at a time.
pub const MAX_WINDOW: Secs = 28.0;

/// Encoder positions per second of audio, and the maximum for a window: 29.4 s. Whisper has 1500; the last
/// ones would be slow, see [`POSITIONS_STEP`].
const POSITIONS_PER_SECOND: f64 = 50.0;
const MAX_POSITIONS: i32 = 1472;
/// Positions after the audio: without them Whisper loops or hallucinates. For a first pass, 128 are no
/// better than 64.
const SPARE_POSITIONS: i32 = 64;
/// The same for a second pass; all 1472 are no better.
const PADDED_POSITIONS: i32 = 448;
/// Positions are a multiple of this. If they do not fill eight floats, ggml multiplies the attention row by
/// row, which takes an eighth of all the time.
const POSITIONS_STEP: i32 = 32;
/// Maximum number of tokens for a window. At 220 whisper.cpp would fail.
const MAX_TOKENS: i32 = 200;
/// Maximum number of tokens per second of a window, and a base number for any window. Nobody speaks that
/// fast, and a decoder that loops in a short window would continue for half a second.
const MAX_TOKENS_PER_SECOND: f64 = 8.0;
const BASE_TOKENS: f64 = 16.0;

/// The loaded models. They are separate fields, so that the voice activity detector can be used while the
/// recognizer decodes.
pub struct Engine {
    /// The speech recognizer.
    pub recognizer: Box<dyn Recognizer>,
    /// The voice activity detector.
    pub silero: Silero,
}

/// Where the recognizer runs.
#[derive(Debug, Clone, Default)]
pub enum Isolation {
    /// On the calling thread: if whisper.cpp aborts, the program ends.
    #[default]
    InProcess,
    /// In a subprocess. It runs this program with the arguments of `starling recogniser`.
    Subprocess(PathBuf),
}

/// A loaded Whisper model.
pub struct Whisper {
    model: String,
    threads: u32,
    context: WhisperContext,
    /// State of the last greedy decode, reused by the next one.
    state: Option<WhisperState>,
}

impl Engine {
    /// Loads a Whisper model and the voice activity detector. Takes about a second.
    pub fn load(
        whisper: &ModelSource,
        vad: &ModelSource,
        threads: u32,
        isolation: &Isolation,
    ) -> Result<Self, EngineError> {
        check_processor()?;
        Ok(Self {
            recognizer: match isolation {
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
    /// Loads a model that decodes on `threads` threads.
    pub fn load(whisper: &ModelSource, threads: u32) -> Result<Self, EngineError> {
        // Without a log backend, this keeps whisper.cpp from writing to stderr.
        whisper_rs::install_logging_hooks();
        matmul::install();
        let mut parameters = WhisperContextParameters::new();
        parameters.use_gpu(false);
        // Flash attention is slower, see docs/asr-tuning.md.
        parameters.flash_attn(false);
        let context = match whisper {
            ModelSource::File(path) => {
                let path = ReadablePath::new(path)?;
                WhisperContext::new_with_params(&path.text, parameters)
            }
            ModelSource::Embedded(model) => {
                WhisperContext::new_from_buffer_with_params(model.bytes, parameters)
            }
        };
        let context = context.map_err(|_| EngineError::Model(whisper.path().to_owned()))?;
        let name = whisper.path().file_stem().unwrap_or_default();
        let model = name.to_string_lossy();
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
        params: DecodeParams,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Segment>, EngineError> {
        let seconds = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
        debug_assert!(seconds <= MAX_WINDOW + 1.0, "{seconds} s in one window");
        let mut parameters = FullParams::new(match params.beam_size {
            0 | 1 => SamplingStrategy::Greedy { best_of: 1 },
            beam => SamplingStrategy::BeamSearch {
                beam_size: i32::from(beam),
                // whisper.cpp has the parameter, but does not use it.
                patience: -1.0,
            },
        });
        // C strings end at a zero byte.
        let prompt = params.prompt.replace('\0', " ");
        let prompt = self
            .context
            // A token is at least one byte. With too little room whisper-rs returns invalid tokens.
            .tokenize(&prompt, prompt.len() + 1)
            .map_err(|error| EngineError::Failed(error.to_string()))?;
        parameters.set_tokens(&prompt);
        parameters.set_n_threads(self.threads as i32);
        parameters.set_language(Some("en"));
        parameters.set_no_context(true);
        // The whole window as one segment: with a prompt the decoder often ends segments too early.
        parameters.set_single_segment(true);
        parameters.set_max_tokens(max_tokens(seconds));
        // No retries with a higher temperature: they are random.
        parameters.set_temperature_inc(0.0);
        parameters.set_suppress_nst(true);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        parameters.set_print_special(false);
        parameters.set_audio_ctx(match params.audio_context {
            AudioContext::Exact => positions(seconds, SPARE_POSITIONS),
            AudioContext::Padded => positions(seconds, PADDED_POSITIONS),
        });
        let mut asking = AbortFlag {
            keep_going,
            state: AbortState::Wanted,
        };
        abort_unless(&mut parameters, &mut asking);
        // Each decode starts with an empty context, even after a cancelled one. Reusing the state saves its
        // allocation. The state of a beam search is several times as large, so the program never holds
        // both.
        let greedy = params.beam_size < 2;
        let reusable_state = self.state.take().filter(|_| greedy);
        let state = reusable_state.map_or_else(|| self.context.create_state(), Ok);
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

/// Maximum number of tokens for a window of that length.
fn max_tokens(seconds: Secs) -> i32 {
    ((BASE_TOKENS + MAX_TOKENS_PER_SECOND * seconds) as i32).min(MAX_TOKENS)
}

/// Encoder positions for that much audio.
fn positions(seconds: Secs, spare: i32) -> i32 {
    let needed = (seconds * POSITIONS_PER_SECOND).ceil() as i32 + spare;
    let steps = (needed + POSITIONS_STEP - 1) / POSITIONS_STEP;
    (steps * POSITIONS_STEP).min(MAX_POSITIONS)
}

/// Polls whether a decode is still wanted, and remembers why not.
struct AbortFlag<'a> {
    keep_going: &'a mut dyn FnMut() -> bool,
    state: AbortState,
}

enum AbortState {
    Wanted,
    Unwanted,
    /// The poll panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
}

impl AbortFlag<'_> {
    /// Polls until the first no. Catches panics, because they must not unwind into C.
    fn is_wanted(&mut self) -> bool {
        if matches!(self.state, AbortState::Wanted) {
            self.state = match catch_unwind(AssertUnwindSafe(|| (self.keep_going)())) {
                Ok(true) => AbortState::Wanted,
                Ok(false) => AbortState::Unwanted,
                Err(panic) => AbortState::Panicked(panic),
            };
        }
        matches!(self.state, AbortState::Wanted)
    }

    fn conclude(self) -> Result<(), EngineError> {
        match self.state {
            AbortState::Wanted => Ok(()),
            AbortState::Unwanted => Err(EngineError::Cancelled),
            AbortState::Panicked(panic) => resume_unwind(panic),
        }
    }
}

/// Sets whisper.cpp's abort callback for one call to `full`.
///
/// whisper.cpp keeps the callback in its backends only until that call returns; one of our patches
/// (`whisper/patches`) sets and clears it there. The safe setter of whisper-rs 0.16 casts to the wrong type and leaks.
#[allow(unsafe_code)]
fn abort_unless(parameters: &mut FullParams, asking: &mut AbortFlag) {
    unsafe extern "C" fn is_unwanted(asking: *mut c_void) -> bool {
        // SAFETY: the pointer is the one set below. Nothing else uses the `AbortFlag` while `full` runs, and whisper.cpp
        // calls back only on the thread that called `full`.
        let asking = unsafe { &mut *asking.cast::<AbortFlag>() };
        !asking.is_wanted()
    }
    // SAFETY: `asking` outlives the call to `full` in `decode`, and whisper.cpp drops the pointer when it returns.
    unsafe {
        parameters.set_abort_callback(Some(is_unwanted));
        parameters.set_abort_callback_user_data(std::ptr::from_mut(asking).cast());
    }
}

/// A path for whisper.cpp, which takes only UTF-8.
struct ReadablePath {
    text: String,
    /// The open file, if the path is that of its descriptor.
    _file: Option<File>,
}

impl ReadablePath {
    fn new(path: &Path) -> Result<Self, EngineError> {
        let unusable = || EngineError::Model(path.to_owned());
        if let Some(text) = path.to_str() {
            let text = Some(text.to_owned()).filter(|text| !text.contains('\0'));
            let text = text.ok_or_else(unusable)?;
            return Ok(Self { text, _file: None });
        }
        #[cfg(unix)]
        {
            let file = File::open(path).map_err(|_| unusable())?;
            let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
            Ok(Self {
                text: format!("/dev/fd/{descriptor}"),
                _file: Some(file),
            })
        }
        #[cfg(not(unix))]
        Err(unusable())
    }
}

/// Checks that the processor has the features whisper.cpp was built for. Without them it would crash
/// without a message.
pub fn check_processor() -> Result<(), EngineError> {
    #[cfg(target_arch = "x86_64")]
    {
        let features = [
            ("AVX2", std::arch::is_x86_feature_detected!("avx2")),
            ("FMA", std::arch::is_x86_feature_detected!("fma")),
            ("F16C", std::arch::is_x86_feature_detected!("f16c")),
            ("BMI2", std::arch::is_x86_feature_detected!("bmi2")),
        ];
        if let Some((name, _)) = features.iter().find(|(_, present)| !present) {
            return Err(EngineError::Processor((*name).to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_limit_stops_a_loop_but_still_detects_it() {
        assert_eq!(max_tokens(28.0), MAX_TOKENS);
        // `quality` treats more than eight tokens per second of speech as a loop.
        assert!((1..20).all(|s| max_tokens(f64::from(s)) > 8 * s));
    }

    #[test]
    fn positions_cover_the_audio_and_fill_registers() {
        assert_eq!(positions(1.0, 64), 128);
        assert_eq!(positions(10.0, 64), 576);
        assert_eq!(positions(28.5, 64), MAX_POSITIONS);
        assert!((0..290).all(|i| {
            let positions = positions(f64::from(i) / 10.0, 64);
            positions % POSITIONS_STEP == 0 && positions >= 5 * i
        }));
    }

    #[test]
    fn polling_stops_after_the_first_no() {
        let mut polls_left = 2;
        let mut keep_going = || {
            polls_left -= 1;
            polls_left > 0
        };
        let mut asking = AbortFlag {
            keep_going: &mut keep_going,
            state: AbortState::Wanted,
        };
        assert!(asking.is_wanted());
        assert!(!asking.is_wanted());
        assert!(!asking.is_wanted());
        assert!(matches!(asking.conclude(), Err(EngineError::Cancelled)));
        assert_eq!(polls_left, 0, "polled again after a no");
    }

    #[test]
    fn callback_panic_is_rethrown_after_ffi_call() {
        let mut keep_going = || panic!("a defect");
        let mut asking = AbortFlag {
            keep_going: &mut keep_going,
            state: AbortState::Wanted,
        };
        assert!(!asking.is_wanted());
        assert!(catch_unwind(AssertUnwindSafe(|| asking.conclude())).is_err());
    }

    /// The state is used again after a call, when the data of that call's callback is gone.
    #[test]
    #[allow(unsafe_code)]
    fn abort_callback_is_cleared_when_full_returns() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        /// Counts calls, and aborts at the third.
        unsafe extern "C" fn abort_at_third(calls: *mut c_void) -> bool {
            // SAFETY: the pointer to `calls` below.
            let calls = unsafe { &*calls.cast::<AtomicUsize>() };
            calls.fetch_add(1, Ordering::Relaxed) >= 2
        }
        unsafe extern "C" fn never_abort(calls: *mut c_void) -> bool {
            // SAFETY: the pointer to `calls` below.
            let calls = unsafe { &*calls.cast::<AtomicUsize>() };
            calls.fetch_add(1, Ordering::Relaxed);
            false
        }

        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ggml-tiny.en-q8_0.bin");
        let whisper = Whisper::load(&model.as_path().into(), 1).expect("the model");
        let second = vec![0.0; ANALYSIS_RATE_HZ as usize];
        for aborts in [true, false] {
            let mut state = whisper.context.create_state().expect("memory");
            let calls = AtomicUsize::new(0);
            let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
            parameters.set_language(Some("en"));
            parameters.set_audio_ctx(positions(1.0, SPARE_POSITIONS));
            parameters.set_max_tokens(1);
            // SAFETY: `calls` outlives every use of the state.
            unsafe {
                parameters.set_abort_callback(Some(if aborts {
                    abort_at_third
                } else {
                    never_abort
                }));
                parameters.set_abort_callback_user_data((&raw const calls).cast_mut().cast());
            }
            let result = state.full(parameters, &second);
            assert_eq!(result.is_err(), aborts, "{result:?}");
            let during = calls.load(Ordering::Relaxed);
            assert!(
                if aborts { during == 3 } else { during > 100 },
                "called {during} times"
            );

            state.pcm_to_mel(&second, 1).expect("a spectrum");
            let encoded = state.encode(0, 1);
            let after = calls.load(Ordering::Relaxed) - during;
            assert_eq!(after, 0, "called after full returned");
            encoded.expect("nothing aborts this");
        }
    }
}
