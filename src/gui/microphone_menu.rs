//! What the menu of microphones shows: its entries, and which one is chosen. Draws nothing.

use crate::audio::{KnownMicrophone, Microphone, find_known};

/// The entry for whatever the system uses.
const DEFAULT: &str = "System default";

/// The entries of the menu. At most one of them is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct MicrophoneMenu {
    /// The entries, in the order in which they are shown.
    pub entries: Vec<MenuEntry>,
    /// What the closed menu shows.
    pub text: String,
}

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuEntry {
    /// What it is called.
    pub label: String,
    /// The microphone that it chooses; `None` for the system's default.
    pub microphone: Option<KnownMicrophone>,
    /// Whether it is chosen now.
    pub is_chosen: bool,
}

impl MicrophoneMenu {
    /// The menu while these microphones are connected and this one is chosen; `None` is the system's default.
    pub fn new(chosen: Option<&KnownMicrophone>, connected: &[Microphone]) -> Self {
        let default = connected.iter().find(|one| one.default);
        let mut entries = vec![MenuEntry {
            label: match default {
                Some(default) => format!("{DEFAULT}: {}", default.label()),
                None => DEFAULT.to_owned(),
            },
            microphone: None,
            is_chosen: chosen.is_none(),
        }];
        let found = chosen.map(|known| find_known(known, connected));
        let used = match &found {
            Some(Ok(microphone)) => Some(microphone.id.as_str()),
            _ => None,
        };
        entries.extend(connected.iter().map(|microphone| MenuEntry {
            label: microphone.label(),
            microphone: Some(microphone.known()),
            is_chosen: used == Some(&microphone.id),
        }));
        if let (Some(known), Some(Err(_))) = (chosen, &found) {
            let name = match known.name.is_empty() {
                true => &known.id,
                false => &known.name,
            };
            entries.push(MenuEntry {
                label: match connected.iter().any(|one| one.system_name == known.name) {
                    true => format!("{name} (several: choose one)"),
                    false => format!("{name} (not connected)"),
                },
                microphone: Some(known.clone()),
                is_chosen: true,
            });
        }
        let chosen = entries.iter().find(|entry| entry.is_chosen);
        let text = chosen.map_or(DEFAULT, |entry| &entry.label).to_owned();
        Self { entries, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn microphone(id: &str, name: &str, system_name: &str) -> Microphone {
        Microphone {
            id: id.to_owned(),
            name: name.to_owned(),
            system_name: system_name.to_owned(),
            default: id == "a",
            loopback: id.ends_with(".monitor"),
            ..Microphone::default()
        }
    }

    fn check(id: &str, name: &str, connected: &[Microphone], expected: &str) {
        let known = KnownMicrophone {
            id: id.to_owned(),
            name: name.to_owned(),
            place: None,
        };
        let chosen = (!name.is_empty()).then_some(&known);
        let menu = MicrophoneMenu::new(chosen, connected);
        let mut ticked = menu.entries.iter().filter(|entry| entry.is_chosen);
        assert_eq!(
            ticked.next().map(|entry| entry.label.as_str()),
            Some(expected)
        );
        assert_eq!(ticked.next(), None, "a second tick");
        assert_eq!(menu.text, expected);
    }

    #[test]
    fn exactly_one_entry_is_chosen() {
        let connected = [
            microphone("a", "Yeti (USB port 2)", "Yeti"),
            microphone("b", "Yeti (USB port 4)", "Yeti"),
            microphone("c.monitor", "Speakers", "Speakers"),
        ];
        check("", "", &connected, "System default: Yeti (USB port 2)");
        check("", "", &[], "System default");
        check("a", "Yeti", &connected, "Yeti (USB port 2)");
        check("b", "Yeti", &connected, "Yeti (USB port 4)");
        check("b", "Yeti", &connected[..1], "Yeti (USB port 2)");
        check("", "Yeti", &connected[1..], "Yeti (USB port 4)");
        check("", "Yeti", &connected, "Yeti (several: choose one)");
        check("x", "Rode", &connected, "Rode (not connected)");
        check("x", "Rode", &[], "Rode (not connected)");
        check(
            "c.monitor",
            "Speakers",
            &connected,
            "Speakers (records what the computer plays)",
        );
    }
}
