//! Whether the desktop asks for less motion, as far as configuration files say: those of GTK, which most
//! desktops write for GTK programs, and that of KDE. GNOME stores the setting in a database that only its own
//! service reads, so its users have to set it in Starling.
//!
//! Own code: the crate `mundy` asks the desktop portal, which knows GNOME's setting. It does not read KDE's file, so
//! it could only be added to this code.

/// Whether the desktop asks for less motion; false if it does not say.
pub fn prefers_reduced_motion() -> bool {
    let Some(dirs) = directories::BaseDirs::new() else {
        return false;
    };
    let files = ["gtk-4.0/settings.ini", "gtk-3.0/settings.ini", "kdeglobals"];
    let read = |file| std::fs::read_to_string(dirs.config_dir().join(file)).ok();
    files
        .iter()
        .filter_map(read)
        .any(|text| turns_animations_off(&text))
}

/// Whether a configuration file, with one `key=value` per line, turns animations off.
fn turns_animations_off(text: &str) -> bool {
    text.lines().any(|line| {
        let Some((key, value)) = line.split_once('=') else {
            return false;
        };
        let value = value.trim();
        match key.trim() {
            "gtk-enable-animations" => value == "0" || value.eq_ignore_ascii_case("false"),
            "AnimationDurationFactor" => value.parse() == Ok(0.0),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disabled_animations_are_recognized() {
        for (text, off) in [
            ("[Settings]\ngtk-enable-animations=false\n", true),
            ("[Settings]\ngtk-enable-animations = 0\n", true),
            ("[KDE]\nAnimationDurationFactor=0\n", true),
            ("[KDE]\nAnimationDurationFactor=0.5\n", false),
            ("[Settings]\ngtk-enable-animations=true\n", false),
            ("#gtk-enable-animations=false\n", false),
            ("", false),
        ] {
            assert_eq!(turns_animations_off(text), off, "{text}");
        }
    }
}
