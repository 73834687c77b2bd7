//! Whisper and Silero, through whisper.cpp: the only file that names it. One window of sound in,
//! tokens out; where the windows are cut is not decided here.
//!
//! whisper.cpp aborts the process on some inner errors: whatever must not be lost is on disk before
//! anything here is called.

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState,
    WhisperVadContext, WhisperVadContextParams,
};

use crate::coach::time::Secs;
use crate::coach::voice::ANALYSIS_RATE_HZ;

/// Samples between two readings of the voice activity detector: 32 ms.
pub const VAD_HOP: usize = 512;

/// The most that fits a window: Whisper hears 30 s at a time.
pub const LONGEST_WINDOW: Secs = 28.0;

/// Encoder positions a second of sound takes up, and those of a whole 30 s window.
const POSITIONS_PER_SECOND: f64 = 50.0;
const ALL_POSITIONS: i32 = 1500;
/// Positions beyond the sound: fewer, and Whisper loops or invents.
const SPARE_POSITIONS: i32 = 128;

/// A loaded recogniser, with its working memory.
pub struct Engine {
    model: String,
    threads: u32,
    context: WhisperContext,
    state: WhisperState,
    vad: WhisperVadContext,
}

/// Why the recogniser cannot be had or failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The processor is too old for this build.
    #[error(
        "this processor lacks {0}, which speech recognition here needs: use a computer made after 2015"
    )]
    Processor(&'static str),
    /// The file is not a model, or broken.
    #[error("{path} cannot be loaded as a speech model: copy it again, or choose another with --model", path = .0.display())]
    Model(PathBuf),
    /// The memory is full.
    #[error("there is not enough memory for the speech model: close other programs")]
    Memory,
    /// It was asked to stop.
    #[error("the transcription was cancelled")]
    Cancelled,
    /// It failed.
    #[error("the speech recogniser failed ({0}): try again")]
    Failed(String),
}

/// One token with its time in the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Bytes, as tokens can break inside a letter; a leading space begins a word.
    pub bytes: Vec<u8>,
    /// Where it begins.
    pub start: Secs,
    /// Where it ends.
    pub end: Secs,
    /// Its probability, 0 to 1.
    pub probability: f32,
}

/// What Whisper wrote for a window, piece by piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its tokens, special ones left out.
    pub tokens: Vec<Token>,
    /// How probable it is that nobody speaks.
    pub no_speech: f32,
}

/// How a window is to be decoded.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// How much of the encoder it is given.
    pub positions: Positions,
    /// How many readings are followed at a time; 1 is greedy.
    pub beam: u8,
    /// Text that the speaker is told to have said just before: words it holds are heard more easily.
    pub prompt: &'a str,
}

/// How much of the encoder a window is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positions {
    /// As much as the sound is long.
    Fitted,
    /// As for 30 s: slower, and safe from loops.
    All,
}

impl Engine {
    /// Loads a Whisper model and the voice activity detector. Takes about a second.
    pub fn load(whisper: &Path, vad: &Path, threads: u32) -> Result<Self, EngineError> {
        check_processor()?;
        // Without a log backend, this keeps whisper.cpp from writing to stderr.
        whisper_rs::install_logging_hooks();
        let mut parameters = WhisperContextParameters::new();
        parameters.use_gpu(false);
        parameters.flash_attn(true);
        let context = WhisperContext::new_with_params(path_str(whisper)?, parameters)
            .map_err(|_| EngineError::Model(whisper.to_owned()))?;
        let state = context.create_state().map_err(|_| EngineError::Memory)?;
        let mut vad_parameters = WhisperVadContextParams::new();
        // More threads than one spin at each other: 18 s on a busy machine for what takes 23 ms.
        vad_parameters.set_n_threads(1);
        let vad = WhisperVadContext::new(path_str(vad)?, vad_parameters)
            .map_err(|_| EngineError::Model(vad.to_owned()))?;
        let model = whisper.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self {
            model: model.trim_start_matches("ggml-").to_owned(),
            threads: threads.max(1),
            context,
            state,
            vad,
        })
    }

    /// The model's name, such as `tiny.en-q8_0`.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Threads it decodes on.
    pub fn threads(&self) -> u32 {
        self.threads
    }

    /// How probable speech is, 0 to 1, for each [`VAD_HOP`] of 16 kHz samples.
    pub fn voice_activity(&mut self, samples: &[f32]) -> Result<Vec<f32>, EngineError> {
        // It reads out of bounds on less than a window.
        if samples.len() < VAD_HOP {
            return Ok(vec![0.0; samples.len().div_ceil(VAD_HOP)]);
        }
        self.vad
            .detect_speech(samples)
            .map_err(|error| EngineError::Failed(error.to_string()))?;
        Ok(self.vad.probabilities().to_vec())
    }

    /// Decodes one window of 16 kHz samples, at most [`LONGEST_WINDOW`] long. Setting `cancel`
    /// ends it within a layer of the network.
    pub fn decode(
        &mut self,
        samples: &[f32],
        manner: Manner,
        cancel: &AtomicBool,
    ) -> Result<Vec<Piece>, EngineError> {
        let seconds = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
        debug_assert!(seconds <= LONGEST_WINDOW + 2.0, "{seconds} s in one window");
        let mut parameters = FullParams::new(match manner.beam {
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
        parameters.set_token_timestamps(true);
        // No second try with dice: it would be another one each time.
        parameters.set_temperature_inc(0.0);
        parameters.set_suppress_nst(true);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        parameters.set_print_special(false);
        if manner.positions == Positions::Fitted {
            let fitted = (seconds * POSITIONS_PER_SECOND).ceil() as i32 + SPARE_POSITIONS;
            parameters.set_audio_ctx(fitted.min(ALL_POSITIONS));
        }
        abort_when(&mut parameters, cancel);
        let result = self.state.full(parameters, samples);
        if cancel.load(Ordering::Relaxed) {
            return Err(EngineError::Cancelled);
        }
        result.map_err(|error| EngineError::Failed(error.to_string()))?;
        Ok(self.pieces())
    }

    fn pieces(&self) -> Vec<Piece> {
        let first_special = self.context.token_eot();
        let centiseconds = |t: i64| t as f64 / 100.0;
        self.state
            .as_iter()
            .map(|segment| Piece {
                no_speech: segment.no_speech_probability(),
                tokens: (0..segment.n_tokens())
                    .filter_map(|index| segment.get_token(index))
                    .filter(|token| token.token_id() < first_special)
                    .filter_map(|token| {
                        let data = token.token_data();
                        Some(Token {
                            bytes: token.to_bytes().ok()?.to_vec(),
                            start: centiseconds(data.t0),
                            end: centiseconds(data.t1),
                            probability: data.p,
                        })
                    })
                    .collect(),
            })
            .collect()
    }
}

/// whisper-rs's own safe hook casts to the wrong type and leaks; the raw one takes a plain pointer.
#[allow(unsafe_code)]
fn abort_when(parameters: &mut FullParams, cancel: &AtomicBool) {
    unsafe extern "C" fn is_set(flag: *mut c_void) -> bool {
        // SAFETY: `flag` is the AtomicBool handed over below, borrowed for the whole decode, and
        // only read.
        unsafe { (*flag.cast::<AtomicBool>()).load(Ordering::Relaxed) }
    }
    // SAFETY: the callback only reads the flag, which outlives the call to `full` that uses it:
    // both are borrowed by `decode` until it returns.
    unsafe {
        parameters.set_abort_callback(Some(is_set));
        parameters.set_abort_callback_user_data(std::ptr::from_ref(cancel).cast_mut().cast());
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
            return Err(EngineError::Processor(name));
        }
    }
    Ok(())
}
