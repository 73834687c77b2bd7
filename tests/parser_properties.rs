//! The story parser and the audio decoders do not panic on any input. They report problems instead.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use starling::audio;
use starling::domain::story_file;

const STORIES: [&str; 2] = [
    include_str!("../content/webhook-drop.toml"),
    include_str!("../content/wrong-call.toml"),
];

/// Fragments that story files contain, and others that they must not contain.
const FRAGMENTS: [&str; 16] = [
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

/// Starts of files in the supported formats.
const MAGIC: [&[u8]; 10] = [
    b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data",
    b"RIFF\xff\xff\xff\xffWAVEfmt \x12\x00\x00\x00\x03\x00\x02\x00\x80\xbb\x00\x00\x00\xdc\x05\x00\x08\x00\x20\x00\x00\x00data",
    b"RIFF", b"fLaC\x00\x00\x00\x22", b"OggS\x00\x02", b"ID3\x04\x00", b"\xff\xfb\x90\x44", b"\xff\xf1\x50\x80",
    b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00", b"",
];

/// A change to a text or a file.
#[derive(Debug, Clone)]
enum Change<T> {
    Remove(Index, usize),
    Insert(Index, T),
    Repeat(Index, usize),
}

fn change<T: std::fmt::Debug + Clone>(
    fragment: impl Strategy<Value = T>,
) -> impl Strategy<Value = Change<T>> {
    (any::<Index>(), 0..300usize, 0..3u8, fragment).prop_map(|(at, len, kind, fragment)| match kind
    {
        0 => Change::Remove(at, len),
        1 => Change::Insert(at, fragment),
        _ => Change::Repeat(at, len),
    })
}

fn apply<T: Clone>(content: &mut Vec<T>, change: &Change<Vec<T>>) {
    let range = |at: &Index, len: usize, content: &[T]| {
        let start = at.index(content.len() + 1);
        start..(start + len).min(content.len())
    };
    match change {
        Change::Remove(at, len) => drop(content.drain(range(at, *len, content))),
        Change::Insert(at, fragment) => {
            let start = at.index(content.len() + 1);
            content.splice(start..start, fragment.clone());
        }
        Change::Repeat(at, len) => {
            let range = range(at, *len, content);
            let part = content[range.clone()].to_vec();
            content.splice(range.start..range.start, part);
        }
    }
}

/// Fails unless the text is a valid story, or has problems that each name a line of it.
fn check_parser(source: &str) {
    if let Err(problems) = story_file::parse(source) {
        assert!(!problems.is_empty(), "an invalid story without a problem");
        let lines = source.matches('\n').count() + 1;
        for problem in problems {
            assert!(
                (1..=lines).contains(&problem.line),
                "{problem:?} in {lines} lines"
            );
            assert!(
                !problem.what.is_empty() && !problem.what.contains('\n'),
                "{problem:?}"
            );
        }
    }
}

/// Fails unless the bytes are a recording, or the error names the file.
fn check_decoder(folder: &Path, bytes: &[u8]) {
    let path = folder.join("some.wav");
    fs::write(&path, bytes).expect("a recording");
    match audio::decode_file(&path) {
        Ok(recording) => assert!(recording.samples.iter().all(|s| s.is_finite())),
        Err(error) => assert!(error.to_string().contains("some.wav"), "{error}"),
    }
}

proptest! {
    #![proptest_config(common::cases(300))]

    #[test]
    fn any_text_is_a_story_or_has_problems(source in any::<String>()) {
        check_parser(&source);
    }

    #[test]
    fn damaged_story_is_parsed_or_has_problems(
        source in select(STORIES.to_vec()),
        changes in prop::collection::vec(change(select(FRAGMENTS.to_vec())), 1..6),
    ) {
        let mut text: Vec<char> = source.chars().collect();
        for change in changes {
            let change = match change {
                Change::Remove(at, len) => Change::Remove(at, len),
                Change::Insert(at, fragment) => Change::Insert(at, fragment.chars().collect()),
                Change::Repeat(at, len) => Change::Repeat(at, len),
            };
            apply(&mut text, &change);
        }
        check_parser(&text.into_iter().collect::<String>());
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(
        magic in select(MAGIC.to_vec()),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let folder = common::temp_folder();
        check_decoder(folder.path(), &[magic, &rest].concat());
    }

    #[test]
    fn damaged_recording_is_decoded_or_refused(
        name in select(vec!["edge_tiny_0.2s.wav", "edge_silence_30s.flac"]),
        changes in prop::collection::vec(change(prop::collection::vec(any::<u8>(), 1..40)), 1..5),
    ) {
        let mut bytes = fs::read(Path::new("tests/audio").join(name)).expect("a clip");
        for change in &changes {
            apply(&mut bytes, change);
        }
        let folder = common::temp_folder();
        check_decoder(folder.path(), &bytes);
    }
}
