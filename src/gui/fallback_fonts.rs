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
        list(&names),
        list(&fonts)
    )
}

/// `Arabic, Hebrew and Thai`.
fn list(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use egui::FontId;

    use super::*;
    use crate::gui::theme;

    #[test]
    fn characters_outside_inter_are_drawn_or_named() {
        let ctx = Context::default();
        theme::install(&ctx);
        let fonts = FallbackFonts::install(&ctx);
        let text = "aЖα\u{531}\u{10d0}\u{3042}\u{639}\u{915}\u{f40}";
        let deadline = Instant::now() + Duration::from_secs(60);
        let drawn = loop {
            let mut drawn = Vec::new();
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                let font = FontId::proportional(theme::BODY);
                drawn =
                    ui.fonts_mut(|fonts| text.chars().map(|c| fonts.has_glyph(&font, c)).collect());
            });
            output.textures_delta.clear();
            let is_listed = matches!(fonts.state().fonts, Fonts::Ready(_));
            let is_drawn = drawn.iter().all(|is_drawn| *is_drawn);
            if is_listed && (is_drawn || fonts.take_problem().is_some()) {
                break drawn;
            }
            assert!(
                Instant::now() < deadline,
                "the fonts of the system are not listed"
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(drawn[..3], [true; 3], "Inter has these");
        let missing = fonts.missing_scripts().expect("listed");
        for (c, is_drawn) in std::iter::zip(text.chars(), drawn).skip(3) {
            let script = script_of(c).expect("a script that Inter lacks");
            assert_eq!(is_drawn, !missing.contains(&script), "{c} {missing:?}");
        }
        assert_eq!(
            fonts.take_problem(),
            None,
            "the same scripts are named once"
        );
    }

    #[test]
    fn sentence_names_each_script_and_font_once() {
        let scripts: BTreeSet<Script> = "한日क".chars().filter_map(script_of).collect();
        assert_eq!(
            missing_fonts(&scripts),
            "no installed font has the Chinese or Japanese, Devanagari and Korean characters in your texts: install \
             Noto Sans CJK and Noto Sans Devanagari, then start Starling again"
        );
    }
}
