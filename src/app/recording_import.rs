//! Owns the import of a recording that was made elsewhere: decodes the file on a thread of its own, and writes its
//! audio as a take. Does not know what is done with the take.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::background_task::BackgroundTask;
use super::context::Context;
use super::event::{Event, ImportedRecording};
use crate::audio::capture::wav_writer::WavWriter;
use crate::audio::{self, ChannelRule};
use crate::domain::take::Take;
use crate::storage::StoreError;

/// The import that is running, and those that were cancelled. They are not joined before the end of the program,
/// because a slow disk would block the window. Dropping it waits for their ends.
#[derive(Default)]
pub(super) struct RecordingImport {
    running: Option<Running>,
    cancelled: Vec<BackgroundTask>,
    /// Of the newest import. A late event of an earlier one is ignored.
    number: u64,
}

struct Running {
    source: PathBuf,
    stop: Arc<AtomicBool>,
    task: BackgroundTask,
}

impl RecordingImport {
    /// The file that is being imported.
    pub(super) fn source(&self) -> Option<&Path> {
        Some(&self.running.as_ref()?.source)
    }

    /// Decodes `source` and writes its audio for `take`, which has neither audio nor transcript yet. The result
    /// arrives as an event.
    pub(super) fn start(
        &mut self,
        source: PathBuf,
        rule: ChannelRule,
        take: Take,
        context: &mut Context,
    ) {
        self.cancel();
        self.number += 1;
        let (number, events) = (self.number, context.events.clone());
        let wav = context.store.wav(&take.id);
        let stop = Arc::new(AtomicBool::new(false));
        let (file, stopped) = (source.clone(), Arc::clone(&stop));
        let task = BackgroundTask::start("import", move || {
            let imported = import(&file, &rule, take, &wav, &stopped);
            if let Some(imported) = imported.transpose() {
                events.send(Event::RecordingImported(number, Box::new(imported)));
            }
        });
        match task {
            Ok(task) => self.running = Some(Running { source, stop, task }),
            Err(why) => context.problem(StoreError::ThreadSpawn(why)),
        }
    }

    /// Stops the import. Nothing is left of it.
    pub(super) fn cancel(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop.store(true, Ordering::Relaxed);
            self.cancelled.push(running.task);
        }
    }

    /// Ends the import with this number, which has sent its result. Returns whether it was the running one.
    pub(super) fn finish(&mut self, number: u64) -> bool {
        number == self.number && self.running.take().is_some()
    }
}

impl Drop for RecordingImport {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Decodes and writes a recording; `None` once `stop` is set.
fn import(
    source: &Path,
    rule: &ChannelRule,
    take: Take,
    wav: &Path,
    stop: &AtomicBool,
) -> Result<Option<ImportedRecording>, String> {
    let name = audio::display_name(source);
    let is_stopped = || stop.load(Ordering::Relaxed);
    let decoded = audio::decode_file_unless(source, rule, &is_stopped);
    let Some(mut recording) = decoded.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    if recording.samples.is_empty() {
        return Err(format!(
            "{name} contains no audio: choose another recording"
        ));
    }
    fit_into_16_bits(&mut recording.samples);
    if is_stopped() {
        return Ok(None);
    }
    write(wav, &recording.samples)
        .map_err(|why| format!("cannot write {}: {why}", wav.display()))?;
    if is_stopped() {
        fs::remove_file(wav).map_err(|why| format!("cannot remove {}: {why}", wav.display()))?;
        return Ok(None);
    }
    Ok(Some(ImportedRecording {
        take: Take {
            audio: recording.audio,
            ..take
        },
        notes: [
            (recording.missing).map(|missing| format!("{name}: {missing}")),
            (recording.channels).map(|note| format!("{name}: {}", note.of_dropped_file())),
            recording.tracks.map(|tracks| tracks.message(source)),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }))
}

/// Files with floating-point samples may exceed full scale, where a take would be cut off.
fn fit_into_16_bits(samples: &mut [f32]) {
    let peak = samples
        .iter()
        .fold(0.0_f32, |peak, one| peak.max(one.abs()));
    if peak > 1.0 {
        samples.iter_mut().for_each(|sample| *sample /= peak);
    }
}

/// Writes the audio of a take. If that fails, no file is left.
fn write(wav: &Path, samples: &[f32]) -> std::io::Result<()> {
    let mut writer = WavWriter::create(wav)?;
    let pushed = writer.push(samples).map(drop);
    let (_, finished) = writer.finish();
    let written = pushed.and(finished);
    if written.is_err() {
        // The first error says more.
        let _ = fs::remove_file(wav);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{NewVoiceDetector, VoiceDetector};
    use crate::domain::builders::TakeBuilder;
    use crate::domain::story::{Part, SectionKind};
    use crate::domain::take::TakeId;

    fn take() -> Take {
        let part = Part::Section(SectionKind::Result);
        let id = TakeId::new("2026-11-23T18-04-09.120", part);
        TakeBuilder::new(&id.0).section(SectionKind::Result).build()
    }

    /// Writes interleaved samples.
    fn wav_of_channels(path: &Path, channels: u16, samples: &[f32]) {
        let spec = hound::WavSpec {
            channels,
            sample_rate: 16_000,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut writer = hound::WavWriter::create(path, spec).expect("a file");
        for sample in samples {
            writer.write_sample(*sample).expect("room");
        }
        writer.finalize().expect("room");
    }

    fn float_wav(path: &Path, samples: &[f32]) {
        wav_of_channels(path, 1, samples);
    }

    /// Takes every sound for a voice.
    struct AlwaysVoice;

    impl VoiceDetector for AlwaysVoice {
        fn voice_probability(&mut self, _: &[f32]) -> f32 {
            1.0
        }
    }

    #[test]
    fn channels_with_different_voices_are_pointed_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, wav) = (
            folder.path().join("call.wav"),
            folder.path().join("take.wav"),
        );
        // Noise that has nothing in common.
        let mut seed = 7_u32;
        let noise = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 25) as f32 - 0.25
        });
        let samples: Vec<f32> = noise.take(2 * 10 * 16_000).collect();
        wav_of_channels(&source, 2, &samples);
        let detector: NewVoiceDetector = Arc::new(|| Some(Box::new(AlwaysVoice)));
        let rule = ChannelRule::of(None, Some(detector));
        let imported = import(&source, &rule, take(), &wav, &AtomicBool::new(false));
        let notes = imported.expect("a recording").expect("not stopped").notes;
        let [note] = notes.as_slice() else {
            panic!("{notes:?}");
        };
        assert!(
            note.contains("channels 1 and 2 carry different sound"),
            "{note}"
        );
        assert!(
            note.ends_with("with `starling analyze --channel`"),
            "{note}"
        );
    }

    #[test]
    fn audio_is_written_as_a_take_without_being_cut_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, wav) = (
            folder.path().join("memo.WAV"),
            folder.path().join("take.wav"),
        );
        let samples: Vec<f32> = (0..16_000).map(|n| 2.5 * (n as f32 * 0.05).sin()).collect();
        float_wav(&source, &samples);
        let imported = import(
            &source,
            &ChannelRule::default(),
            take(),
            &wav,
            &AtomicBool::new(false),
        );
        let imported = imported.expect("a recording").expect("not stopped");
        assert!((imported.take.audio.seconds - 1.0).abs() < 0.01);
        assert_eq!(imported.notes, Vec::<String>::new());
        let written = audio::decode_file(&wav).expect("a take").samples;
        for (written, original) in written.iter().zip(&samples).skip(100).take(15_000) {
            assert!(
                (written - original / 2.5).abs() < 0.02,
                "{written} {original}"
            );
        }
        // A take never overwrites another.
        assert!(
            import(
                &source,
                &ChannelRule::default(),
                take(),
                &wav,
                &AtomicBool::new(false)
            )
            .is_err()
        );
    }

    #[test]
    fn nothing_is_left_of_a_stopped_import_or_an_unreadable_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, wav) = (folder.path().join("a.wav"), folder.path().join("take.wav"));
        float_wav(&source, &[0.1; 16_000]);
        let stopped = import(
            &source,
            &ChannelRule::default(),
            take(),
            &wav,
            &AtomicBool::new(true),
        );
        assert!(stopped.is_ok_and(|imported| imported.is_none()));
        fs::write(&source, "not a sound").expect("room");
        let refused = import(
            &source,
            &ChannelRule::default(),
            take(),
            &wav,
            &AtomicBool::new(false),
        );
        let why = refused.err().expect("an error");
        assert!(why.contains("a.wav") && !why.contains('\n'), "{why}");
        float_wav(&source, &[]);
        assert!(
            import(
                &source,
                &ChannelRule::default(),
                take(),
                &wav,
                &AtomicBool::new(false)
            )
            .is_err()
        );
        assert!(!wav.exists());
    }
}
