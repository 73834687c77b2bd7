//! A recording while every core burns.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::common::scheduling::CpuBurner;
use crate::common::sound_server::{MIC, SoundServer};
use crate::common::{STARLING, add_long_answer_story, clip, reference_signal, take_files};
use crate::table::{head, tell};
use crate::{Bench, cores, starling_cli};

impl Bench {
    /// From a real microphone of a sound server, while every core burns.
    pub fn under_load(&mut self, folder: &Path) -> Result<()> {
        let seconds = if self.long { 180 } else { 30 };
        let title = format!(
            "{seconds} s from a microphone while {} busy loops burn {0} cores",
            cores()
        );
        head(&title, &["what", "measured", "asked"]);
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
            .args([
                "rehearse",
                "--section",
                "task",
                "--mic",
                MIC,
                "--json",
                "--story",
                &story,
            ])
            .env("STARLING_DATA", &data);
        sound.set_environment(&mut command);
        let burning = CpuBurner::every_core();
        let spoken = starling_cli::spoken(&mut command, |program| {
            sound.play(&speech);
            program.press_enter();
        })?;
        drop(burning);
        let wav = take_files(&data, "wav").pop();
        let wav = wav.context("there is no take")?;
        let found =
            reference_signal::compare(&starling::audio::decode_file(&wav)?.samples, &speech);
        let gone: isize = found.jumps.iter().map(|(_, by)| by.abs()).sum();
        tell(
            "samples the recorder counts as lost",
            spoken.lost_samples.to_string(),
            "0",
        );
        tell(
            "samples of what was played that the take has not",
            (gone as usize + found.not_covered).to_string(),
            "0",
        );
        tell("length of the take", format!("{:.1} s", spoken.seconds), "");
        tell(
            "after stop, the cores still burning",
            format!("{:.0} ms", spoken.after_stop_ms),
            "",
        );
        Ok(())
    }
}
