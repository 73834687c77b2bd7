//! Whatever bytes come in, nothing panics.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use starling::audio;
use starling::domain::story_file;

const PACKS: [&str; 2] = [
    include_str!("../content/webhook-drop.toml"),
    include_str!("../content/wrong-call.toml"),
];

/// What a story is made of, and what it must not be made of.
const SCRAPS: [&str; 16] = [
    "\"",
    "\"\"\"",
    "[[section]]",
    "[[section.phrase]]",
    "[section]",
    "=",
    "\n",
    "kind = 3\n",
    "target = \"-1 s\"\n",
    "{",
    "]",
    "also = [[]]\n",
    "\u{0}",
    "\u{feff}",
    "é\u{301}",
    "999999999999999999999",
];

/// Beginnings of the formats that are read.
const MAGIC: [&[u8]; 10] = [
    b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data",
    b"RIFF\xff\xff\xff\xffWAVEfmt \x12\x00\x00\x00\x03\x00\x02\x00\x80\xbb\x00\x00\x00\xdc\x05\x00\x08\x00\x20\x00\x00\x00data",
    b"RIFF", b"fLaC\x00\x00\x00\x22", b"OggS\x00\x02", b"ID3\x04\x00", b"\xff\xfb\x90\x44", b"\xff\xf1\x50\x80",
    b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00", b"",
];

/// One change to a text or a file.
#[derive(Debug, Clone)]
enum Change<T> {
    Cut(Index, usize),
    Insert(Index, T),
    Double(Index, usize),
}

fn change<T: std::fmt::Debug + Clone>(
    scrap: impl Strategy<Value = T>,
) -> impl Strategy<Value = Change<T>> {
    (any::<Index>(), 0..300usize, 0..3u8, scrap).prop_map(|(at, len, kind, scrap)| match kind {
        0 => Change::Cut(at, len),
        1 => Change::Insert(at, scrap),
        _ => Change::Double(at, len),
    })
}

fn changed<T: Clone>(whole: &mut Vec<T>, change: &Change<Vec<T>>) {
    let range = |at: &Index, len: usize, whole: &[T]| {
        let start = at.index(whole.len() + 1);
        start..(start + len).min(whole.len())
    };
    match change {
        Change::Cut(at, len) => drop(whole.drain(range(at, *len, whole))),
        Change::Insert(at, scrap) => {
            let start = at.index(whole.len() + 1);
            whole.splice(start..start, scrap.clone());
        }
        Change::Double(at, len) => {
            let range = range(at, *len, whole);
            let again = whole[range.clone()].to_vec();
            whole.splice(range.start..range.start, again);
        }
    }
}

/// A pack is a story, or it has problems, each on a line that is there.
fn reads(source: &str) {
    if let Err(problems) = story_file::parse(source) {
        assert!(!problems.is_empty(), "refused without a reason");
        let lines = source.matches('\n').count() + 1;
        for problem in problems {
            assert!(
                (1..=lines).contains(&problem.line),
                "{problem:?} of {lines} lines"
            );
            assert!(
                !problem.what.is_empty() && !problem.what.contains('\n'),
                "{problem:?}"
            );
        }
    }
}

/// A file is a recording, or there is a sentence about it.
fn decodes(folder: &Path, bytes: &[u8]) {
    let path = folder.join("some.wav");
    fs::write(&path, bytes).expect("room");
    match audio::decode_file(&path) {
        Ok(recording) => assert!(recording.samples.iter().all(|s| s.is_finite())),
        Err(error) => assert!(error.to_string().contains("some.wav")),
    }
}

proptest! {
    #![proptest_config(common::cases(300))]

    #[test]
    fn any_text_is_read_or_refused(source in any::<String>()) {
        reads(&source);
    }

    #[test]
    fn a_damaged_pack_is_read_or_refused(
        source in select(PACKS.to_vec()),
        changes in prop::collection::vec(change(select(SCRAPS.to_vec())), 1..6),
    ) {
        let mut text: Vec<char> = source.chars().collect();
        for change in changes {
            let change = match change {
                Change::Cut(at, len) => Change::Cut(at, len),
                Change::Insert(at, scrap) => Change::Insert(at, scrap.chars().collect()),
                Change::Double(at, len) => Change::Double(at, len),
            };
            changed(&mut text, &change);
        }
        reads(&text.into_iter().collect::<String>());
    }

    #[test]
    fn any_bytes_are_a_recording_or_not(
        magic in select(MAGIC.to_vec()),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        decodes(folder.path(), &[magic, &rest].concat());
    }

    #[test]
    fn a_damaged_recording_is_read_as_far_as_it_goes(
        name in select(vec!["edge_tiny_0.2s.wav", "edge_silence_30s.flac"]),
        changes in prop::collection::vec(change(prop::collection::vec(any::<u8>(), 1..40)), 1..5),
    ) {
        let mut bytes = fs::read(Path::new("tests/audio").join(name)).expect("a clip");
        for change in &changes {
            changed(&mut bytes, change);
        }
        let folder = tempfile::tempdir().expect("a folder");
        decodes(folder.path(), &bytes);
    }
}
