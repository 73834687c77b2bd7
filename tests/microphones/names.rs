//! Which microphone is meant: equal names, loopbacks, replugging, and settings of older versions.

use crate::common::scheduling::retry_if_stalled;
use crate::common::sound_server::SoundServer;
use crate::common::temp_folder;
use crate::{
    add_microphone, command, devices, doctor, play, samples, start_rehearsal, unplug, warnings,
    write_channels,
};

#[test]
fn microphones_of_equal_names_are_told_apart() {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    for id in ["left-desk", "right-desk"] {
        add_microphone(&sound, id, "Conference Phone", 1, "");
    }
    add_microphone(&sound, "third", "conference phone", 1, "");
    let listed = devices(data.path(), &sound);
    let mut names: Vec<String> = listed
        .iter()
        .map(|one| one["name"].as_str().expect("a name").to_lowercase())
        .collect();
    let text = command(data.path(), &sound, &["devices"])
        .succeeds()
        .out
        .clone();
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), names.len());
    names.sort();
    names.dedup();
    assert_eq!(names.len(), listed.len(), "{listed:?}");
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), listed.len(), "{text}");

    // The second one is opened by id, by its own name, and by what tells it apart.
    let second = listed
        .iter()
        .find(|one| one["id"] == "pulseaudio:right-desk")
        .expect("listed");
    let name = second["name"].as_str().expect("a name");
    for choice in ["pulseaudio:right-desk", "right-desk", name, "(RIGHT"] {
        let message = doctor(data.path(), &sound, &["--mic", choice]);
        assert!(
            message.contains(&format!("\"{name}\"")),
            "{choice}: {message}"
        );
    }
    let message = doctor(data.path(), &sound, &["--mic", "Conference Phone"]);
    assert!(
        message.starts_with("several microphones match \"Conference Phone\": choose \"")
            && message.contains(name)
            && message.matches('"').count() == 8,
        "{message}"
    );
    // What is played to the second one is recorded from it, not from the first.
    let speech = write_channels(
        &data.path().join("a.wav"),
        &[&samples("strong_task_joe.flac", 0.5)],
    );
    let _player = play(&sound, "right-desk-sink", &speech);
    let heard = doctor(data.path(), &sound, &["--mic", "right-desk"]);
    let silent = doctor(data.path(), &sound, &["--mic", "left-desk"]);
    assert!(heard.starts_with("signal present"), "{heard}");
    assert!(silent.contains("open but silent"), "{silent}");
}

#[test]
fn loopback_is_named_and_only_used_if_there_is_nothing_else() {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    let sink = [
        "load-module",
        "module-null-sink",
        "sink_name=hall",
        "norewinds=1",
    ];
    sound.pactl(&sink).expect("a loudspeaker");
    let only = devices(data.path(), &sound);
    assert_eq!(
        (&only[0]["loopback"], &only[0]["default"]),
        (&true.into(), &true.into())
    );
    let text = command(data.path(), &sound, &["devices"])
        .succeeds()
        .out
        .clone();
    assert!(
        text.contains("records what the computer plays")
            && text.contains("There is no microphone."),
        "{text}"
    );
    let message = doctor(data.path(), &sound, &[]);
    assert!(
        message.contains("records what the computer plays, not a microphone"),
        "{message}"
    );

    // A microphone is plugged in, but the server's default stays the loudspeaker's monitor.
    add_microphone(&sound, "desk", "Desk", 1, "");
    sound
        .pactl(&["set-default-source", "hall.monitor"])
        .expect("a default");
    let both = devices(data.path(), &sound);
    assert_eq!(
        (&both[0]["name"], &both[0]["default"]),
        (&"Desk".into(), &true.into())
    );
    let last = both.last().expect("several");
    assert_eq!(
        (&last["loopback"], &last["default"]),
        (&true.into(), &false.into())
    );
    let message = doctor(data.path(), &sound, &[]);
    assert!(message.contains("\"Desk\""), "{message}");
    // By name, it is used.
    let message = doctor(data.path(), &sound, &["--mic", "hall.monitor"]);
    assert!(
        message.contains("records what the computer plays"),
        "{message}"
    );
}

#[test]
fn chosen_microphone_is_found_after_replugging_and_its_name_gets_an_id() {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    let settings = data.path().join("settings.toml");
    let first = add_microphone(&sound, "usb-Pod-00.mono", "Pod", 1, "");
    add_microphone(&sound, "built-in", "Built-in", 1, "");
    let stored = |text: &str| std::fs::write(&settings, text).expect("writable");
    let is_used = |expected: &str| {
        let message = doctor(data.path(), &sound, &[]);
        assert!(message.contains(expected), "{message}");
    };
    // A name of an older version, then an id.
    stored("microphone = \"pod\"\n");
    is_used("\"Pod\"");
    stored("[microphone]\nid = \"pulseaudio:usb-Pod-00.mono\"\nname = \"Pod\"\n");
    is_used("\"Pod\"");
    // Plugged in again, it has another index.
    unplug(&sound, &first);
    is_used("\"Pod\" not found");
    let again = add_microphone(&sound, "usb-Pod-00.mono.2", "Pod", 1, "");
    is_used("\"Pod\" is used in place of \"Pod\"");
    // Two of its kind: the program does not guess.
    add_microphone(&sound, "usb-Pod-00.mono.3", "Pod", 1, "");
    is_used("several microphones match \"Pod\"");
    unplug(&sound, &again);
    is_used("is used in place of");
}

#[test]
fn rehearsal_replaces_a_stored_name_by_its_id() {
    retry_if_stalled(|| {
        let (data, sound) = (temp_folder(), SoundServer::start());
        let settings = data.path().join("settings.toml");
        std::fs::write(&settings, "microphone = \"FakeMic\"\n").expect("writable");
        let mut program = start_rehearsal(data.path(), &sound, &[]);
        program.wait_for("recording");
        program.press_enter();
        let (_, events, errors) = program.wait_for_exit();
        assert!(warnings(&events).is_empty(), "{events:?} {errors:?}");
        let text = std::fs::read_to_string(&settings).expect("there");
        assert!(
            text.contains("id = \"pulseaudio:microphone\"") && text.contains("name = \"FakeMic\""),
            "{text}"
        );
    });
}
