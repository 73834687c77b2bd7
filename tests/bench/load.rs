//! Recording while every core is busy.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::common::scheduling::CpuBurner;
use crate::common::sound_server::{MIC, SoundServer};
use crate::common::{STARLING, add_long_answer_story, clip, reference_signal, take_files};
use crate::table::{header, measurement_row};
use crate::{Bench, cores, starling_cli};

impl Bench {
    /// Records from the microphone of a sound server while every core is busy.
    pub fn under_load(&mut self, folder: &Path) -> Result<()> {
        let seconds = if self.long { 180 } else { 30 };
        let title = format!(
            "{seconds} s from a microphone with {} busy loops on {0} cores",
            cores()
        );
        header(&title, &["measurement", "measured", "limit"]);
        let speech = folder.join("load.wav");
        let clips = ["strong_situation_joe.flac", "strong_task_am_michael.flac"].map(clip);
        reference_signal::write(
            &speech,
            &clips.each_ref().map(|clip| clip.as_path()),
            seconds,
        );
        let (data, sound) = (folder.join("load"), SoundServer::start());
        std::fs::create_dir_all(&data)?;
        let story = add_long_answer_story(&data);
        let mut command = Command::new(STARLING);
        command
            .args(["rehearse", "--section", "task", "--json"])
            .args(["--mic", MIC, "--story", &story])
            .env("STARLING_DATA", &data);
        sound.set_environment(&mut command);
        let burner = CpuBurner::every_core();
        let answer = starling_cli::record_answer(&mut command, |program| {
            sound.play(&speech);
            program.press_enter();
        })?;
        drop(burner);
        let wav = take_files(&data, "wav")
            .pop()
            .context("no take was saved")?;
        let take = starling::audio::decode_file(&wav)?.samples;
        let comparison = reference_signal::compare(&take, &speech);
        let missing: isize = comparison.jumps.iter().map(|(_, by)| by.abs()).sum();
        measurement_row(
            "samples that the recorder counts as lost",
            answer.lost_samples.to_string(),
            "0",
        );
        measurement_row(
            "samples that were played and are not in the take",
            (missing as usize + comparison.not_covered).to_string(),
            "0",
        );
        measurement_row("length of the take", format!("{:.1} s", answer.seconds), "");
        measurement_row(
            "after stop, with the cores still busy",
            format!("{:.0} ms", answer.after_stop_ms),
            "",
        );
        Ok(())
    }
}
