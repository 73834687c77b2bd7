//! Gives microphones of the same name different display names, by what tells them apart.

use std::collections::BTreeMap;

use super::device::Microphone;

/// Sets the display name of each microphone. No two have the same, whatever their case.
pub fn set_unique_names(microphones: &mut [Microphone]) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, microphone) in microphones.iter_mut().enumerate() {
        let name = one_line(&microphone.system_name);
        microphone.name = match name.is_empty() {
            true => id_of_device(&microphone.id).to_owned(),
            false => name,
        };
        let group = groups.entry(microphone.name.to_lowercase()).or_default();
        group.push(index);
    }
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let marks = distinguishing_marks(microphones, &group);
        for (index, mark) in group.into_iter().zip(marks) {
            let name = &mut microphones[index].name;
            *name = format!("{name} ({mark})");
        }
    }
    number_equal_names(microphones);
}

/// For each member of a group, the first thing the system says that no other member has.
fn distinguishing_marks(microphones: &[Microphone], group: &[usize]) -> Vec<String> {
    let facts: Vec<Vec<String>> = group
        .iter()
        .map(|index| facts(&microphones[*index]))
        .collect();
    facts
        .iter()
        .enumerate()
        .map(|(own, mine)| {
            let is_own = |fact: &&String| {
                let mut others = facts.iter().enumerate().filter(|(other, _)| *other != own);
                !fact.is_empty() && !others.any(|(_, theirs)| theirs.contains(fact))
            };
            let mark = mine.iter().find(is_own).or(mine.last());
            mark.cloned().unwrap_or_default()
        })
        .collect()
}

/// What could tell a microphone from another one, in the order in which it is tried.
fn facts(microphone: &Microphone) -> Vec<String> {
    let place = microphone.place.as_deref();
    let short = place.and_then(short_place);
    let details = microphone.details.iter().map(|detail| one_line(detail));
    short
        .into_iter()
        .chain(place.map(str::to_owned))
        .chain(details.filter(|detail| *detail != microphone.name))
        .chain([host_of(&microphone.id).to_owned()])
        .chain([id_of_device(&microphone.id).to_owned()])
        .collect()
}

/// `USB port 2.1` for the bus path `pci-0000:00:14.0-usb-0:2.1:1.0` and for ALSA's `usb-0000:00:14.0-2.1`.
fn short_place(place: &str) -> Option<String> {
    let (_, usb) = place.split_once("usb-")?;
    let mut parts = usb.split(':');
    let port = match place.starts_with("usb-") {
        true => usb.rsplit_once('-')?.1,
        false => parts.nth(1)?,
    };
    let is_port = port.starts_with(|c: char| c.is_ascii_digit());
    is_port.then(|| format!("USB port {port}"))
}

fn number_equal_names(microphones: &mut [Microphone]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for microphone in microphones {
        let name = microphone.name.clone();
        let mut unique = name.clone();
        while seen.contains_key(&unique.to_lowercase()) {
            let count = seen.entry(name.to_lowercase()).or_insert(1);
            *count += 1;
            unique = format!("{name} #{count}");
        }
        seen.insert(unique.to_lowercase(), 1);
        microphone.name = unique;
    }
}

fn host_of(id: &str) -> &str {
    match id.split_once(':').map_or("", |(host, _)| host) {
        "pulseaudio" => "PulseAudio",
        "pipewire" => "PipeWire",
        "alsa" => "ALSA",
        "jack" => "JACK",
        host => host,
    }
}

fn id_of_device(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, device)| device)
}

/// Without line breaks and doubled spaces, which drivers put into names.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(devices: &[(&str, &str, Option<&str>, &[&str])]) -> Vec<String> {
        let mut microphones: Vec<Microphone> = devices
            .iter()
            .map(|(id, name, place, details)| Microphone {
                id: (*id).to_owned(),
                system_name: (*name).to_owned(),
                place: place.map(str::to_owned),
                details: details.iter().map(|detail| (*detail).to_owned()).collect(),
                ..Microphone::default()
            })
            .collect();
        set_unique_names(&mut microphones);
        microphones.into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn different_names_stay_as_they_are() {
        let found = names(&[
            ("pulseaudio:a", "Headset", Some("pci-1-usb-0:2:1.0"), &[]),
            ("pulseaudio:b", "Webcam\n  microphone", None, &[]),
            ("pulseaudio:c", " ", None, &[]),
        ]);
        assert_eq!(found, ["Headset", "Webcam microphone", "c"]);
    }

    #[test]
    fn equal_names_are_told_apart_by_port_then_description_then_host_then_id() {
        let ports = names(&[
            (
                "pulseaudio:x",
                "Yeti",
                Some("pci-0000:00:14.0-usb-0:2.1:1.0"),
                &[],
            ),
            (
                "pulseaudio:x.2",
                "yeti",
                Some("pci-0000:00:14.0-usb-0:4:1.0"),
                &[],
            ),
            (
                "alsa:hw:CARD=Y,DEV=0",
                "Yeti",
                Some("usb-0000:00:14.0-3"),
                &[],
            ),
        ]);
        assert_eq!(
            ports,
            [
                "Yeti (USB port 2.1)",
                "yeti (USB port 4)",
                "Yeti (USB port 3)"
            ]
        );
        // The same port of two controllers.
        let controllers = names(&[
            (
                "pulseaudio:x",
                "Yeti",
                Some("pci-0000:00:14.0-usb-0:2:1.0"),
                &[],
            ),
            (
                "pulseaudio:y",
                "Yeti",
                Some("pci-0000:05:00.3-usb-0:2:1.0"),
                &[],
            ),
        ]);
        assert_eq!(controllers[1], "Yeti (pci-0000:05:00.3-usb-0:2:1.0)");
        let described = names(&[
            ("pulseaudio:x", "Input", None, &["Line in"]),
            ("pulseaudio:y", "Input", None, &["Rear panel", "Line in"]),
            ("pulseaudio:z", "Input", None, &[]),
        ]);
        assert_eq!(described, ["Input (x)", "Input (Rear panel)", "Input (z)"]);
        let hosts = names(&[
            ("pulseaudio:x", "Headset", None, &[]),
            ("alsa:hw:CARD=X", "Headset", None, &[]),
        ]);
        assert_eq!(hosts, ["Headset (PulseAudio)", "Headset (ALSA)"]);
    }

    #[test]
    fn names_are_unique_whatever_the_system_says() {
        let devices: Vec<(&str, &str, Option<&str>, &[&str])> = vec![
            ("pulseaudio:x", "Mic", None, &[]),
            ("pulseaudio:x", "Mic", None, &[]),
            ("pulseaudio:x", "MIC (x)", None, &[]),
            ("pulseaudio:y", "Mic", None, &["Mic"]),
            ("", "", None, &[]),
            ("", "", None, &[]),
        ];
        let mut found: Vec<String> = names(&devices)
            .into_iter()
            .map(|name| name.to_lowercase())
            .collect();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), devices.len(), "{found:?}");
    }
}
