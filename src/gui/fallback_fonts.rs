//! Fonts of the system for characters that Inter lacks, such as Japanese or emoji. They are listed when such a character
//! is drawn first, on another thread. Does not know where the characters come from.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::{Context, FallbackRequest, FontFamily, FontInsert, FontProvider};
use egui_system_font_provider::SystemFontProvider;

use super::script::{Script, script_of};

/// The fonts of the system.
#[derive(Clone)]
pub struct FallbackFonts {
    ctx: Context,
    // The thread that lists the fonts writes it, the window reads it.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    fonts: Fonts,
    missing: BTreeSet<Script>,
    reported: BTreeSet<Script>,
}

#[derive(Default)]
enum Fonts {
    /// No character needed them so far.
    #[default]
    Unused,
    /// A thread lists them.
    Loading,
    Ready(Box<SystemFontProvider>),
}

impl FallbackFonts {
    /// Installs the fonts of the system for characters that Inter lacks.
    pub fn install(ctx: &Context) -> Self {
        let fonts = Self {
            ctx: ctx.clone(),
            state: Arc::default(),
        };
        ctx.add_font_provider(Arc::new(fonts.clone()));
        fonts
    }

    /// A sentence about the characters that no font of the system has, whenever there are others.
    pub fn take_problem(&self) -> Option<String> {
        let mut state = self.state();
        if state.missing.is_subset(&state.reported) {
            return None;
        }
        state.reported = state.missing.clone();
        Some(missing_fonts(&state.missing))
    }

    /// The scripts of which no font of the system has a character that was drawn, once the fonts are listed.
    pub fn missing_scripts(&self) -> Option<BTreeSet<Script>> {
        let state = self.state();
        match state.fonts {
            Fonts::Loading => None,
            Fonts::Unused | Fonts::Ready(_) => Some(state.missing.clone()),
        }
    }

    /// Lists the fonts, which takes some tenths of a second, and lets the window ask again.
    fn load(&self) {
        let fonts = SystemFontProvider::new();
        // Any request waits until the fonts are listed.
        let _ = fonts.font_for(&FallbackRequest {
            cluster: "\u{65e5}",
            family: &FontFamily::Proportional,
        });
        self.state().fonts = Fonts::Ready(Box::new(fonts));
        self.ctx.set_font_providers(vec![Arc::new(self.clone())]);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FontProvider for FallbackFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let mut state = self.state();
        match &state.fonts {
            Fonts::Ready(fonts) => {
                let found = fonts.font_for(request);
                let script = request.cluster.chars().next().and_then(script_of);
                if let (None, Some(script)) = (&found, script) {
                    state.missing.insert(script);
                }
                found
            }
            Fonts::Loading => None,
            Fonts::Unused => {
                let fonts = self.clone();
                let thread = std::thread::Builder::new().name("fonts".to_owned());
                // Without a thread, the characters stay boxes.
                if thread.spawn(move || fonts.load()).is_ok() {
                    state.fonts = Fonts::Loading;
                }
                None
            }
        }
    }
}

/// What to install for the characters of these scripts.
pub fn missing_fonts(scripts: &BTreeSet<Script>) -> String {
    let names: Vec<&str> = scripts.iter().map(|script| script.name()).collect();
    let fonts: BTreeSet<&str> = scripts.iter().map(|script| script.font()).collect();
    let fonts: Vec<&str> = fonts.into_iter().collect();
    format!(
        "no installed font has the {} characters in your texts: install {}, then start Starling again",
        names.join(" and "),
        fonts.join(" and ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_names_each_script_and_font_once() {
        let scripts: BTreeSet<Script> = "한日क".chars().filter_map(script_of).collect();
        assert_eq!(
            missing_fonts(&scripts),
            "no installed font has the Chinese and Devanagari and Korean characters in your texts: install \
             Noto Sans CJK and Noto Sans Devanagari, then start Starling again"
        );
    }
}
