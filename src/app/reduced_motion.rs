//! Whether the desktop asks for less motion, as far as files tell: GTK's settings, which most desktops
//! keep for programs that are not their own, and KDE's. GNOME keeps it in a database that only its own
//! service reads; there it is for the user to say.

/// Whether the desktop asks for less motion; false where it does not tell.
pub fn prefers_reduced_motion() -> bool {
    let Some(dirs) = directories::BaseDirs::new() else {
        return false;
    };
    let files = ["gtk-4.0/settings.ini", "gtk-3.0/settings.ini", "kdeglobals"];
    let read = |file| std::fs::read_to_string(dirs.config_dir().join(file)).ok();
    files
        .iter()
        .filter_map(read)
        .any(|text| asks_for_less(&text))
}

/// Whether a file of settings, a line a key, turns animations off.
fn asks_for_less(text: &str) -> bool {
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
    fn animations_that_are_off_are_a_wish() {
        for (text, less) in [
            ("[Settings]\ngtk-enable-animations=false\n", true),
            ("[Settings]\ngtk-enable-animations = 0\n", true),
            ("[KDE]\nAnimationDurationFactor=0\n", true),
            ("[KDE]\nAnimationDurationFactor=0.5\n", false),
            ("[Settings]\ngtk-enable-animations=true\n", false),
            ("#gtk-enable-animations=false\n", false),
            ("", false),
        ] {
            assert_eq!(asks_for_less(text), less, "{text}");
        }
    }
}
