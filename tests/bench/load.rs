//! A recording while every core burns.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::common::machine::{CpuBurner, MIC, SoundServer, takes};
use crate::common::{STARLING, clip, long_answer, reference_signal};
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
        let story = long_answer(&data);
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
        sound.lend(&mut command);
        let burning = CpuBurner::every_core();
        let spoken = starling_cli::spoken(&mut command, |program| {
            sound.speak(&speech);
            program.press_enter();
        })?;
        drop(burning);
        let wav = takes(&data, "wav").pop();
        let wav = wav.context("there is no take")?;
        let found = reference_signal::find(&starling::audio::decode_file(&wav)?.samples, &speech);
        let gone: isize = found.jumps.iter().map(|(_, by)| by.abs()).sum();
        tell(
            "samples the recorder counts as lost",
            spoken.lost_samples.to_string(),
            "0",
        );
        tell(
            "samples of what was played that the take has not",
            (gone as usize + found.outside).to_string(),
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
