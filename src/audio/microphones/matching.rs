//! Finds the microphone that a name or an earlier choice means. Pure: the caller lists the microphones.

use super::device::{KnownMicrophone, Microphone};
use super::error::MicError;

/// The microphone that the user named: by id, by name, or by a part of either that only one has.
pub fn find_named<'a>(
    text: &str,
    microphones: &'a [Microphone],
) -> Result<&'a Microphone, MicError> {
    let wanted = text.trim().to_lowercase();
    let has_id = |one: &Microphone| {
        let id = one.id.to_lowercase();
        id == wanted || id.split_once(':').is_some_and(|(_, id)| id == wanted)
    };
    let is_named = |one: &Microphone| {
        one.name.to_lowercase() == wanted || one.label().to_lowercase() == wanted
    };
    let is_named_by_system = |one: &Microphone| one.system_name.to_lowercase() == wanted;
    let contains = |one: &Microphone| {
        !wanted.is_empty()
            && [one.label(), one.id.clone()]
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
    };
    let is_part_of_microphone = |one: &Microphone| !one.loopback && contains(one);
    let tests: [&dyn Fn(&Microphone) -> bool; 5] = [
        &has_id,
        &is_named,
        &is_named_by_system,
        &is_part_of_microphone,
        &contains,
    ];
    only_of_first_match(text, microphones, &tests)
        .ok_or_else(|| MicError::Unknown(text.to_owned()))?
}

/// The microphone that was chosen earlier. It may have another id, or be plugged in elsewhere, as long as only one
/// microphone can be meant.
pub fn find_known<'a>(
    known: &KnownMicrophone,
    microphones: &'a [Microphone],
) -> Result<&'a Microphone, MicError> {
    let same_kind = |one: &Microphone| {
        !known.id.is_empty() && without_index(&one.id) == without_index(&known.id)
    };
    let same_name = |one: &Microphone| one.system_name.eq_ignore_ascii_case(&known.name);
    let is_in_place = |one: &Microphone| known.place.is_some() && one.place == known.place;
    let has_id = |one: &Microphone| one.id == known.id;
    // The system gives equal devices their ids in the order in which they are plugged in.
    let moved = |one: &Microphone| {
        same_kind(one)
            && is_in_place(one)
            && !microphones
                .iter()
                .any(|other| has_id(other) && is_in_place(other))
    };
    let same_kind_in_place = |one: &Microphone| same_kind(one) && is_in_place(one);
    let same_name_in_place = |one: &Microphone| same_name(one) && is_in_place(one);
    let similar_name =
        |one: &Microphone| without_count(&one.system_name) == without_count(&known.name);
    let tests: [&dyn Fn(&Microphone) -> bool; 8] = [
        &moved,
        &has_id,
        &same_kind_in_place,
        &same_name_in_place,
        &same_kind,
        &same_name,
        &similar_name,
        // The name that this program shows, as older versions took it from `--mic`.
        &|one: &Microphone| known.id.is_empty() && one.name.eq_ignore_ascii_case(&known.name),
    ];
    let name = match known.name.is_empty() {
        true => &known.id,
        false => &known.name,
    };
    only_of_first_match(name, microphones, &tests).ok_or_else(|| MicError::Unknown(name.clone()))?
}

/// The only microphone that passes the first test that any passes; an error if several do, `None` if none does.
fn only_of_first_match<'a>(
    text: &str,
    microphones: &'a [Microphone],
    tests: &[&dyn Fn(&Microphone) -> bool],
) -> Option<Result<&'a Microphone, MicError>> {
    tests.iter().find_map(|test| {
        let matching: Vec<&Microphone> = microphones.iter().filter(|one| test(one)).collect();
        match matching.as_slice() {
            [] => None,
            [only] => Some(Ok(*only)),
            several => Some(Err(MicError::Ambiguous {
                text: text.to_owned(),
                choices: several.iter().map(|one| one.name.clone()).collect(),
            })),
        }
    })
}

/// An id without what depends on the order in which devices were plugged in: `.2` that PulseAudio and PipeWire add
/// to a name that exists, and the number of an ALSA card.
fn without_index(id: &str) -> String {
    let id = match id.split_once("CARD=") {
        Some((before, card)) => {
            let end = card.find(',').unwrap_or(card.len());
            let (card, rest) = card.split_at(end);
            let name = card.trim_end_matches(|c: char| c.is_ascii_digit());
            format!("{before}CARD={}{rest}", name.trim_end_matches('_'))
        }
        None => id.to_owned(),
    };
    match id.rsplit_once('.') {
        Some((name, index)) if is_number(index) && index.len() <= 2 => name.to_owned(),
        _ => id,
    }
}

/// A name without the count that Windows puts before the name of equal devices: `Microphone (2- USB Audio)`.
fn without_count(name: &str) -> String {
    let name = name.to_lowercase();
    match name.split_once('(') {
        Some((before, device)) => match device.split_once("- ") {
            Some((count, device)) if is_number(count) => format!("{before}({device}"),
            _ => name,
        },
        None => name,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::microphones::naming::set_unique_names;

    const YETI: &str = "pulseaudio:alsa_input.usb-Blue_Yeti-00.analog-stereo";

    fn list(devices: &[(&str, &str, Option<&str>)]) -> Vec<Microphone> {
        let mut microphones: Vec<Microphone> = devices
            .iter()
            .map(|(id, name, place)| Microphone {
                id: (*id).to_owned(),
                system_name: (*name).to_owned(),
                place: place.map(str::to_owned),
                loopback: id.ends_with(".monitor"),
                ..Microphone::default()
            })
            .collect();
        set_unique_names(&mut microphones);
        microphones
    }

    fn known(id: &str, name: &str, place: Option<&str>) -> KnownMicrophone {
        KnownMicrophone {
            id: id.to_owned(),
            name: name.to_owned(),
            place: place.map(str::to_owned),
        }
    }

    fn outcome(found: Result<&Microphone, MicError>) -> String {
        match found {
            Ok(microphone) => microphone.id.clone(),
            Err(MicError::Ambiguous { choices, .. }) => format!("one of {}", choices.len()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn named_microphone_is_found_by_id_name_or_part() {
        let second = format!("{YETI}.2");
        let microphones = list(&[
            (YETI, "Yeti", Some("pci-1-usb-0:2:1.0")),
            (&second, "Yeti", Some("pci-1-usb-0:4:1.0")),
            ("pulseaudio:rode", "Rode NT", None),
            ("pulseaudio:out.monitor", "Monitor of Rode NT", None),
            ("pulseaudio:out2.monitor", "Monitor of HDMI", None),
        ]);
        for (text, expected) in [
            (YETI, YETI),
            ("alsa_input.usb-Blue_Yeti-00.analog-stereo.2", &second),
            ("yeti (usb port 4)", &second),
            ("Port 2", YETI),
            ("Yeti", "one of 2"),
            ("yet", "one of 2"),
            ("rode", "pulseaudio:rode"),
            ("Rode NT", "pulseaudio:rode"),
            ("of rode", "pulseaudio:out.monitor"),
            ("hdmi", "pulseaudio:out2.monitor"),
            ("Monitor", "one of 2"),
        ] {
            assert_eq!(outcome(find_named(text, &microphones)), expected, "{text}");
        }
        for text in ["Headset", "", "  "] {
            let found = outcome(find_named(text, &microphones));
            assert!(found.contains("not found"), "{text}: {found}");
        }
    }

    #[test]
    fn chosen_microphone_is_found_after_replugging() {
        let second = format!("{YETI}.2");
        let [two, four] = ["pci-1-usb-0:2:1.0", "pci-1-usb-0:4:1.0"].map(Some);
        let choice = known(YETI, "Yeti", two);
        let find = |devices: &[(&str, &str, Option<&str>)]| {
            let microphones = list(devices);
            outcome(find_known(&choice, &microphones))
        };
        let other = ("pulseaudio:rode", "Rode NT", four);
        assert_eq!(find(&[(YETI, "Yeti", two), other]), YETI);
        // The index has changed, the port has changed, or both.
        assert_eq!(find(&[(&second, "Yeti", two), other]), second);
        assert_eq!(find(&[(YETI, "Yeti", four)]), YETI);
        assert_eq!(find(&[(&second, "Yeti", four), other]), second);
        // Two equal ones whose ids were exchanged: the port decides.
        assert_eq!(
            find(&[(YETI, "Yeti", four), (&second, "Yeti", two)]),
            second
        );
        // Another profile of the same microphone, known by its name and place.
        let mono = "pulseaudio:alsa_input.usb-Blue_Yeti-00.mono-fallback";
        assert_eq!(find(&[(mono, "Yeti", two), other]), mono);
        // Unplugged, while two others of its kind are there.
        let third = format!("{YETI}.3");
        assert_eq!(
            find(&[(&second, "Yeti", four), (&third, "Yeti", None), other]),
            "one of 2"
        );
        assert!(find(&[other]).contains("\"Yeti\" not found"));
    }

    #[test]
    fn stored_name_of_an_older_version_is_found_if_only_one_has_it() {
        let old = known("", "Yeti", None);
        let one = list(&[(YETI, "Yeti", None), ("pulseaudio:b", "Yeti pro", None)]);
        assert_eq!(outcome(find_known(&old, &one)), YETI);
        let two = list(&[(YETI, "Yeti", None), ("pulseaudio:b", "yeti", None)]);
        assert_eq!(outcome(find_known(&old, &two)), "one of 2");
        let shown = known("", "Yeti (b)", None);
        assert_eq!(outcome(find_known(&shown, &two)), "pulseaudio:b");
    }

    #[test]
    fn other_systems_number_equal_devices_in_their_own_way() {
        for (chosen, now) in [
            (
                ("alsa:hw:CARD=Device_1,DEV=0", "USB Audio"),
                ("alsa:hw:CARD=Device,DEV=0", "USB PnP"),
            ),
            (
                ("wasapi:{0.0.1}.{a}", "Microphone (USB Audio)"),
                ("wasapi:{0.0.1}.{b}", "Microphone (2- USB Audio)"),
            ),
            (
                ("coreaudio:USB:C-Media:1410", "USB Audio"),
                ("coreaudio:USB:C-Media:1420", "USB Audio"),
            ),
        ] {
            let microphones = list(&[(now.0, now.1, None), ("x:y", "Built-in", None)]);
            let choice = known(chosen.0, chosen.1, None);
            assert_eq!(outcome(find_known(&choice, &microphones)), now.0);
        }
        assert_eq!(without_index("bluez_input.AA_BB.0"), "bluez_input.AA_BB");
        assert_eq!(
            without_index("wasapi:{0.0.1.0}.{b}"),
            "wasapi:{0.0.1.0}.{b}"
        );
    }
}
