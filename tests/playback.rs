//! Playback: exactly the requested part of a take reaches the loudspeaker, and a missing or lost loudspeaker is one
//! message.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::process::{KillOnDrop, send_signal, tool};
use common::scheduling::{raise_priority, retry_if_stalled, serial_lock};
use common::sound_server::SoundServer;
use common::{clip, temp_folder, wait_until};
use starling::audio;
use starling::audio::{PlayError, Player, PlayerEvent};
use starling::domain::time::Span;

const RATE_HZ: usize = 16_000;
/// No single step takes longer, even on a slow machine.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Tells the copy of this test program that plays what to play. cpal reads from the environment which sound server to
/// use, so the player runs in a process of its own.
const REQUEST_VARIABLE: &str = "STARLING_TEST_PLAYS";
/// Starts the line with the result of the player.
const RESULT_MARK: &str = "PLAYER RESULT ";

#[test]
fn played_span_is_exactly_what_the_loudspeaker_gets() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let sound = SoundServer::start();
        let folder = temp_folder();
        let take = clip("strong_task_joe.flac");
        let recording = Recording::start(&sound, folder.path().join("recorded.wav"));
        let request = PlayRequest {
            span: Span::new(2.0, 4.5),
            ..PlayRequest::whole(&take)
        };
        let result = request.play(&sound);
        let recorded = recording.finish();

        assert_eq!(result.end, "ended at 4.50");
        assert!(
            (2.0..2.5).contains(&result.first_position),
            "first position {}",
            result.first_position
        );
        assert!(
            (4.0..=4.5).contains(&result.last_position),
            "last position {}",
            result.last_position
        );
        assert!(
            result.position_count >= 15,
            "only {} positions were reported",
            result.position_count
        );
        let samples = audio::decode_file(&take).expect("a clip").samples;
        assert_pieces_follow_each_other(&recorded, &samples[2 * RATE_HZ..9 * RATE_HZ / 2]);
        let seconds = audible_secs(&recorded);
        assert!((2.0..2.6).contains(&seconds), "{seconds} s were audible");
    });
}

/// Every half second of `played` is in the recording, unchanged and directly after the one before.
#[track_caller]
fn assert_pieces_follow_each_other(recorded: &[f32], played: &[f32]) {
    let piece_length = RATE_HZ / 2;
    let mut positions = Vec::new();
    for (number, piece) in played.chunks(piece_length).enumerate() {
        let (position, correlation) = best_match(recorded, piece);
        assert!(
            correlation > 0.95,
            "piece {number}: correlation {correlation} at {position}, earlier pieces at {positions:?}"
        );
        positions.push(position);
    }
    for (number, pair) in positions.windows(2).enumerate() {
        let step = pair[1] as f64 - pair[0] as f64;
        assert!(
            (step - piece_length as f64).abs() < 32.0,
            "audio is missing or repeated after piece {number}: {positions:?}"
        );
    }
}

#[test]
fn higher_speed_is_shorter_and_stopping_is_silent() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let sound = SoundServer::start();
        let folder = temp_folder();
        let take = clip("strong_task_joe.flac");
        let recording = Recording::start(&sound, folder.path().join("fast.wav"));
        let started = Instant::now();
        let fast = PlayRequest {
            span: Span::new(1.0, 7.0),
            speed: 1.5,
            ..PlayRequest::whole(&take)
        };
        assert_eq!(fast.play(&sound).end, "ended at 7.00");
        assert!(
            started.elapsed() > Duration::from_secs(4),
            "six seconds at 1.5 times the speed take four"
        );
        let seconds = audible_secs(&recording.finish());
        assert!((3.6..4.3).contains(&seconds), "{seconds} s were audible");

        let recording = Recording::start(&sound, folder.path().join("stopped.wav"));
        let stopped = PlayRequest {
            span: Span::new(1.0, f64::INFINITY),
            stop_at: 2.5,
            ..PlayRequest::whole(&take)
        };
        assert_eq!(stopped.play(&sound).end, "stopped");
        let seconds = audible_secs(&recording.finish());
        assert!((1.2..2.5).contains(&seconds), "{seconds} s were audible");
    });
}

#[test]
fn missing_or_unplugged_loudspeaker_is_one_message() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let mut sound = SoundServer::start();
        let take = clip("strong_task_joe.flac");
        let request = PlayRequest::whole(&take);

        let mut command = request.command(&sound);
        command.stdout(Stdio::piped());
        let player = KillOnDrop(command.spawn().expect("the player starts"));
        wait_until("a playback stream", TIMEOUT, || {
            let streams = sound.pactl(&["list", "short", "sink-inputs"]);
            streams.filter(|streams| !streams.is_empty())
        });
        // Unplugged while it plays, not while it opens the stream.
        std::thread::sleep(Duration::from_millis(500));
        sound.unplug_microphone();
        let stdout = stdout_at_exit(player);
        let [vanished, stalled] = [PlayError::Vanished, PlayError::Stalled].map(|e| e.to_string());
        assert!(
            stdout.contains(&vanished) || stdout.contains(&stalled),
            "{stdout}"
        );

        let no_loudspeaker = format!("failed: {}", PlayError::None);
        assert_eq!(request.play(&sound).end, no_loudspeaker);
        sound.kill();
        assert_eq!(
            request.play(&sound).end,
            no_loudspeaker,
            "without a sound server"
        );
    });
}

/// What the player process is to play.
struct PlayRequest<'a> {
    wav: &'a Path,
    span: Span,
    speed: f64,
    /// The position at which the player stops.
    stop_at: f64,
}

/// What the player process reports.
struct PlayResult {
    /// How the playback ended.
    end: String,
    first_position: f64,
    last_position: f64,
    position_count: usize,
}

impl<'a> PlayRequest<'a> {
    fn whole(wav: &'a Path) -> Self {
        Self {
            wav,
            span: Span::new(0.0, f64::INFINITY),
            speed: 1.0,
            stop_at: f64::INFINITY,
        }
    }

    /// The command that runs [`player`] in a process of its own.
    fn command(&self, sound: &SoundServer) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("path of this program"));
        let request = format!(
            "{}|{}|{}|{}|{}",
            self.wav.display(),
            self.span.start,
            self.span.end,
            self.speed,
            self.stop_at
        );
        command
            .args(["player", "--exact", "--nocapture", "--test-threads=1"])
            .env(REQUEST_VARIABLE, request)
            .stdin(Stdio::null());
        sound.set_environment(&mut command);
        command
    }

    /// Plays to the end.
    fn play(&self, sound: &SoundServer) -> PlayResult {
        let output = self.command(sound).output().expect("the player starts");
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{stdout}");
        let line = stdout
            .split(RESULT_MARK)
            .nth(1)
            .and_then(|rest| rest.lines().next());
        let fields: Vec<&str> = line.expect("a result").split('|').collect();
        let number = |index: usize| fields[index].parse::<f64>().expect("a number");
        PlayResult {
            end: fields[0].to_owned(),
            first_position: number(1),
            last_position: number(2),
            position_count: number(3) as usize,
        }
    }
}

/// Not a test: the player process of [`PlayRequest::command`]. It prints its result on stdout.
#[test]
#[allow(clippy::print_stdout, reason = "another process reads it")]
fn player() {
    let Ok(request) = std::env::var(REQUEST_VARIABLE) else {
        return;
    };
    // The threads of the player inherit the priority, so a busy machine does not fail the test.
    raise_priority();
    let fields: Vec<&str> = request.split('|').collect();
    let number = |index: usize| fields[index].parse::<f64>().expect("a number");
    let (sender, events) = std::sync::mpsc::channel();
    let player = Player::play(
        PathBuf::from(fields[0]),
        Span::new(number(1), number(2)),
        number(3),
        move |event| sender.send(event).expect("the test receives events"),
    );
    let stop_at = number(4);
    let mut positions: Vec<f64> = Vec::new();
    let end = loop {
        match events.recv_timeout(TIMEOUT).expect("the playback ends") {
            PlayerEvent::At(position) => positions.push(position),
            PlayerEvent::Ended(position) => break format!("ended at {position:.2}"),
            PlayerEvent::Failed(why) => break format!("failed: {why}"),
        }
        if positions.last().is_some_and(|at| *at >= stop_at) {
            break "stopped".to_owned();
        }
    };
    drop(player);
    assert!(positions.is_sorted(), "{positions:?}");
    let first = positions.first().copied().unwrap_or(-1.0);
    let last = positions.last().copied().unwrap_or(-1.0);
    println!(
        "{RESULT_MARK}{end}|{first:.2}|{last:.2}|{}",
        positions.len()
    );
    // The stream closes on a thread of its own, which nothing outside can observe. If the process exited now, the
    // recording would not show whether a stopped player goes silent.
    std::thread::sleep(Duration::from_millis(300));
}

fn stdout_at_exit(mut process: KillOnDrop) -> String {
    wait_until("the exit of the player", TIMEOUT, || {
        (!process.is_running()).then_some(())
    });
    let mut text = String::new();
    let stdout = process.0.stdout.as_mut().expect("stdout is piped");
    stdout.read_to_string(&mut text).expect("text");
    text
}

/// A recording of everything that reaches the loudspeaker.
struct Recording {
    parec: KillOnDrop,
    wav: PathBuf,
}

impl Recording {
    fn start(sound: &SoundServer, wav: PathBuf) -> Self {
        let mut parec = tool("parec");
        parec
            .args(["--device=mouth.monitor", "--rate=16000", "--channels=1"])
            .args(["--format=s16le", "--latency-msec=20", "--file-format=wav"])
            .arg(&wav)
            .stderr(Stdio::null());
        sound.set_environment(&mut parec);
        let parec = KillOnDrop(parec.spawn().expect("parec starts"));
        let recording = Self { parec, wav };
        recording.wait_for_bytes(8_000);
        recording
    }

    /// Ends the recording after another half second, and returns its samples.
    fn finish(mut self) -> Vec<f32> {
        let half_second = RATE_HZ as u64;
        self.wait_for_bytes(self.bytes() + half_second);
        send_signal(self.parec.0.id(), "INT");
        wait_until("the end of parec", TIMEOUT, || {
            (!self.parec.is_running()).then_some(())
        });
        audio::decode_file(&self.wav).expect("a recording").samples
    }

    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.wav).map_or(0, |file| file.len())
    }

    fn wait_for_bytes(&self, bytes: u64) {
        wait_until("audio of the loudspeaker", TIMEOUT, || {
            (self.bytes() > bytes).then_some(())
        });
    }
}

/// The position in `recorded` at which `piece` matches best, and the correlation there; 1 if they are equal.
fn best_match(recorded: &[f32], piece: &[f32]) -> (usize, f64) {
    let correlation = |position: usize| {
        let (mut product, mut energy, mut piece_energy) = (0.0_f64, 0.0_f64, 0.0_f64);
        for (a, b) in recorded[position..position + piece.len()].iter().zip(piece) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            product += a * b;
            energy += a * a;
            piece_energy += b * b;
        }
        product / (energy * piece_energy).sqrt().max(1e-9)
    };
    (0..recorded.len().saturating_sub(piece.len()))
        .map(|position| (position, correlation(position)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .expect("a recording longer than the piece")
}

/// Seconds from the first to the last sample that is not silent.
fn audible_secs(recorded: &[f32]) -> f64 {
    let is_audible = |sample: &f32| sample.abs() > 0.001;
    let first = recorded.iter().position(is_audible).expect("some audio");
    let last = recorded.iter().rposition(is_audible).expect("some audio");
    (last - first) as f64 / RATE_HZ as f64
}
