//! What is played of a take comes out of the loudspeaker, just that; and no loudspeaker is a sentence.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::process::{KillOnDrop, tool};
use common::scheduling::{raise_priority, retry_if_stalled, serial_lock};
use common::sound_server::SoundServer;
use common::{clip, wait_until};
use starling::audio;
use starling::audio::{PlayError, Player, PlayerEvent};
use starling::domain::time::Span;

const RATE_HZ: usize = 16_000;
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// In a process of its own, a test plays what it is told, for its sound server is told by the
/// environment, which all tests of a process have in common.
const PLAYS: &str = "STARLING_TEST_PLAYS";

/// Not a test: the program that plays, where [`plays`] starts it. It tells what happened on stdout.
#[test]
#[allow(clippy::print_stdout, reason = "another process reads it")]
fn player() {
    let Ok(asked) = std::env::var(PLAYS) else {
        return;
    };
    // Its threads are, too: whether a busy machine lets it play is not what is asked here.
    raise_priority();
    let parts: Vec<&str> = asked.split('|').collect();
    let number = |place: usize| parts[place].parse::<f64>().expect("a number");
    let (tell, told) = std::sync::mpsc::channel();
    let player = Player::play(
        PathBuf::from(parts[0]),
        Span::new(number(1), number(2)),
        number(3),
        move |played| tell.send(played).expect("somebody listens"),
    );
    let stop_at = number(4);
    let mut places: Vec<f64> = Vec::new();
    let said = loop {
        match told.recv_timeout(PATIENCE).expect("it ends") {
            PlayerEvent::At(at) => places.push(at),
            PlayerEvent::Ended(at) => break format!("ended at {at:.2}"),
            PlayerEvent::Failed(why) => break format!("failed: {why}"),
        }
        if places.last().is_some_and(|at| *at >= stop_at) {
            break "stopped".to_owned();
        }
    };
    drop(player);
    assert!(places.is_sorted(), "{places:?}");
    let first = places.first().copied().unwrap_or(-1.0);
    let last = places.last().copied().unwrap_or(-1.0);
    println!("TOLD {said}|{first:.2}|{last:.2}|{}", places.len());
    // The stream closes on a thread of its own, and what was told to stop is silent by then.
    std::thread::sleep(Duration::from_millis(300));
}

/// Starts a process that plays `span` of the clip, until a place.
fn plays(wav: &Path, span: Span, speed: f64, stop_at: f64) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    let asked = format!(
        "{}|{}|{}|{speed}|{stop_at}",
        wav.display(),
        span.start,
        span.end
    );
    command
        .args(["player", "--exact", "--nocapture", "--test-threads=1"])
        .env(PLAYS, asked)
        .stdin(Stdio::null());
    command
}

/// What such a process told: how it ended, its first and last place, and how many.
fn told(command: &mut Command) -> (String, f64, f64, usize) {
    let output = command.output().expect("it runs");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{out}");
    let line = out
        .split("TOLD ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    let fields: Vec<&str> = line.expect("it tells").split('|').collect();
    let number = |place: usize| fields[place].parse::<f64>().expect("a number");
    (
        fields[0].to_owned(),
        number(1),
        number(2),
        number(3) as usize,
    )
}

/// Records what comes out of the loudspeaker from here on, into a file.
struct Recording {
    parec: KillOnDrop,
    wav: PathBuf,
}

impl Recording {
    fn start(sound: &SoundServer, wav: PathBuf) -> Self {
        let mut parec = tool("parec");
        parec
            .args(["--device=speaker.monitor", "--rate=16000", "--channels=1"])
            .args(["--format=s16le", "--latency-msec=20", "--file-format=wav"])
            .arg(&wav)
            .stderr(Stdio::null());
        sound.set_environment(&mut parec);
        let parec = KillOnDrop(parec.spawn().expect("parec starts"));
        wait_until("sound of the monitor", PATIENCE, || {
            let long = std::fs::metadata(&wav).is_ok_and(|file| file.len() > 8_000);
            long.then_some(())
        });
        Self { parec, wav }
    }

    /// All that came until half a second from now.
    fn end(mut self) -> Vec<f32> {
        std::thread::sleep(Duration::from_millis(500));
        let pid = self.parec.0.id();
        common::process::send_signal(pid, "INT");
        wait_until("the end of parec", PATIENCE, || {
            (!self.parec.is_running()).then_some(())
        });
        audio::decode_file(&self.wav)
            .expect("what was heard")
            .samples
    }
}

/// Where in `heard` the piece is best found, and how much it is that piece: 1 where it is the same.
fn find(heard: &[f32], piece: &[f32]) -> (usize, f64) {
    let likeness = |at: usize| {
        let (mut both, mut ones, mut others) = (0.0_f64, 0.0_f64, 0.0_f64);
        for (a, b) in heard[at..at + piece.len()].iter().zip(piece) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            (both, ones, others) = (both + a * b, ones + a * a, others + b * b);
        }
        both / (ones * others).sqrt().max(1e-9)
    };
    (0..heard.len().saturating_sub(piece.len()))
        .map(|at| (at, likeness(at)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .expect("something was heard")
}

/// From the first to the last sample that is not silent, in seconds.
fn sounding(heard: &[f32]) -> (usize, usize) {
    let loud = |sample: &f32| sample.abs() > 0.001;
    let first = heard.iter().position(loud).expect("it is not silent");
    let last = heard.iter().rposition(loud).expect("it is not silent");
    (first, last)
}

#[test]
fn a_finding_comes_out_of_the_loudspeaker_and_nothing_else() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let sound = SoundServer::start();
        let folder = tempfile::tempdir().expect("a folder");
        let take = clip("strong_task_joe.flac");
        let recording = Recording::start(&sound, folder.path().join("heard.wav"));
        let span = Span::new(2.0, 4.5);
        let mut command = plays(&take, span, 1.0, f64::INFINITY);
        sound.set_environment(&mut command);
        let (said, first, last, count) = told(&mut command);
        let heard = recording.end();

        assert_eq!(said, "ended at 4.50");
        assert!((2.0..2.5).contains(&first), "{first}");
        assert!((4.0..=4.5).contains(&last), "{last}");
        assert!(count >= 15, "only {count} places were told");
        let spoken = audio::decode_file(&take).expect("a clip").samples;
        let spoken = &spoken[2 * RATE_HZ..9 * RATE_HZ / 2];
        // Each half second of it was heard, one after the other, just as it is in the take.
        let mut places = Vec::new();
        for (number, piece) in spoken.chunks(RATE_HZ / 2).enumerate() {
            let (at, likeness) = find(&heard, piece);
            assert!(
                likeness > 0.95,
                "piece {number}: {likeness} at {at}, {places:?}"
            );
            places.push(at);
        }
        for (number, pair) in places.windows(2).enumerate() {
            let step = pair[1] as f64 - pair[0] as f64;
            assert!(
                (step - 8000.0).abs() < 32.0,
                "after piece {number}: {places:?}"
            );
        }
        let (begins, ends) = sounding(&heard);
        let seconds = (ends - begins) as f64 / RATE_HZ as f64;
        assert!((2.0..2.6).contains(&seconds), "{seconds} s were heard");
    });
}

#[test]
fn faster_it_is_shorter_and_stopped_it_is_silent() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let sound = SoundServer::start();
        let folder = tempfile::tempdir().expect("a folder");
        let take = clip("strong_task_joe.flac");
        let recording = Recording::start(&sound, folder.path().join("fast.wav"));
        let began = Instant::now();
        let mut command = plays(&take, Span::new(1.0, 7.0), 1.5, f64::INFINITY);
        sound.set_environment(&mut command);
        assert_eq!(told(&mut command).0, "ended at 7.00");
        assert!(began.elapsed() > Duration::from_secs(4));
        let (begins, ends) = sounding(&recording.end());
        let seconds = (ends - begins) as f64 / RATE_HZ as f64;
        assert!((3.6..4.3).contains(&seconds), "{seconds} s were heard");

        let recording = Recording::start(&sound, folder.path().join("stopped.wav"));
        let mut command = plays(&take, Span::new(1.0, f64::INFINITY), 1.0, 2.5);
        sound.set_environment(&mut command);
        assert_eq!(told(&mut command).0, "stopped");
        let (begins, ends) = sounding(&recording.end());
        let seconds = (ends - begins) as f64 / RATE_HZ as f64;
        assert!((1.2..2.5).contains(&seconds), "{seconds} s were heard");
    });
}

#[test]
fn no_loudspeaker_is_one_sentence_and_so_is_one_that_goes() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let mut sound = SoundServer::start();
        let take = clip("strong_task_joe.flac");
        let play = |sound: &SoundServer| {
            let mut command = plays(&take, Span::new(0.0, f64::INFINITY), 1.0, f64::INFINITY);
            sound.set_environment(&mut command);
            command
        };
        // It is pulled out while it plays.
        let mut command = play(&sound);
        command.stdout(Stdio::piped());
        let playing = KillOnDrop(command.spawn().expect("it runs"));
        wait_until("sound of it", PATIENCE, || {
            let plays = sound.pactl(&["list", "short", "sink-inputs"]);
            plays.filter(|plays| !plays.is_empty())
        });
        std::thread::sleep(Duration::from_millis(500));
        sound.unplug_microphone();
        let said = ended(playing);
        assert!(
            said.contains(&PlayError::Vanished.to_string())
                || said.contains(&PlayError::Stalled.to_string()),
            "{said}"
        );
        // There is none.
        let said = told(&mut play(&sound)).0;
        assert_eq!(said, format!("failed: {}", PlayError::None));
        // There is not even a sound server.
        sound.kill();
        let said = told(&mut play(&sound)).0;
        assert_eq!(said, format!("failed: {}", PlayError::None));
    });
}

/// What a process told that runs already.
fn ended(mut playing: KillOnDrop) -> String {
    use std::io::Read;
    wait_until("its end", PATIENCE, || {
        (!playing.is_running()).then_some(())
    });
    let mut out = String::new();
    let pipe = playing.0.stdout.as_mut().expect("its stdout");
    pipe.read_to_string(&mut out).expect("text");
    out
}
