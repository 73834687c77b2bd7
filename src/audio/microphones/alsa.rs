//! The names of ALSA's devices: which of them are microphones, and which are the same one.

use std::collections::HashSet;

use super::device::Microphone;

/// ALSA lists its converters and mixers as inputs, too. They are recognized by name, because querying
/// the format of one can start another sound server.
pub(super) fn is_input_id(id: &str) -> bool {
    !id.starts_with("alsa:") || id.contains("CARD=") || is_alsa_server(id)
}

/// Whether an id means whatever the sound server has as its default.
pub(super) fn is_alsa_server(id: &str) -> bool {
    matches!(id, "alsa:default" | "alsa:pulse" | "alsa:pipewire")
}

/// ALSA lists each microphone many times, by the name of its card and by its number. The first entry is kept.
pub(super) fn keep_one_entry_per_card<T>(listed: &mut Vec<(T, Microphone)>) {
    let is_numbered =
        |id: &str| alsa_card(id).is_some_and(|card| card.bytes().all(|c| c.is_ascii_digit()));
    let named: HashSet<String> = listed
        .iter()
        .filter(|(_, one)| alsa_card(&one.id).is_some() && !is_numbered(&one.id))
        .map(|(_, one)| one.system_name.clone())
        .collect();
    let mut seen = HashSet::new();
    listed.retain(|(_, one)| match alsa_card(&one.id) {
        None => true,
        Some(_) if is_numbered(&one.id) && named.contains(&one.system_name) => false,
        Some(card) => seen.insert((card.to_owned(), one.system_name.clone())),
    });
}

/// The card of an ALSA device: `Headset` for `alsa:front:CARD=Headset,DEV=0`.
pub(super) fn alsa_card(id: &str) -> Option<&str> {
    let (_, card) = id.strip_prefix("alsa:")?.split_once("CARD=")?;
    card.split(',').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_alsa_cards_of_one_name_stay_two() {
        let entry = |id: &str, name: &str| {
            let microphone = Microphone {
                id: id.to_owned(),
                system_name: name.to_owned(),
                ..Microphone::default()
            };
            ((), microphone)
        };
        let mut listed = vec![
            entry("alsa:default", "Default"),
            entry("alsa:sysdefault:CARD=Device", "USB Audio"),
            entry("alsa:front:CARD=Device,DEV=0", "USB Audio"),
            entry("alsa:sysdefault:CARD=Device_1", "USB Audio"),
            entry("alsa:hw:CARD=Device_1,DEV=0", "USB Audio"),
            entry("alsa:hw:CARD=1,DEV=0", "USB Audio"),
            entry("alsa:hw:CARD=2,DEV=0", "USB Audio"),
            entry("alsa:hw:CARD=3,DEV=0", "Odd card"),
            entry("alsa:plughw:CARD=3,DEV=0", "Odd card"),
            entry("pulseaudio:a", "USB Audio"),
            entry("pulseaudio:b", "USB Audio"),
        ];
        keep_one_entry_per_card(&mut listed);
        let ids: Vec<&str> = listed.iter().map(|(_, one)| one.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "alsa:default",
                "alsa:sysdefault:CARD=Device",
                "alsa:sysdefault:CARD=Device_1",
                "alsa:hw:CARD=3,DEV=0",
                "pulseaudio:a",
                "pulseaudio:b"
            ]
        );
    }
}
