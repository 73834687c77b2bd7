//! The appearance: colors, type and spacing. Knows nothing about the screens.

use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Frame, Margin, RichText,
    Shadow, Stroke, Style, TextStyle, Ui, Visuals, vec2,
};

use crate::storage::Theme;

/// Notes and shortcuts.
pub const SMALL: f32 = 13.0;
/// Body text.
pub const BODY: f32 = 15.0;
/// The most important text of a screen.
pub const LARGE: f32 = 18.0;
/// Headings.
pub const TITLE: f32 = 24.0;
/// The name of a screen.
pub const DISPLAY: f32 = 40.0;
/// The countdown.
pub const CLOCK: f32 = 96.0;

/// The corner radius of cards, buttons and marks.
pub const RADIUS: u8 = 8;
/// The spacing steps, smallest first.
pub const SPACE: [f32; 6] = [4.0, 8.0, 12.0, 16.0, 24.0, 40.0];

/// The duration of an animation, in seconds.
const ANIMATION_SECS: f32 = 0.15;

const SEMIBOLD: &str = "semibold";

/// The colors of a theme.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the names say what each color is for
pub struct Palette {
    pub ground: Color32,
    pub surface: Color32,
    pub raised: Color32,
    pub line: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub accent: Color32,
    pub on_accent: Color32,
    pub voice: Color32,
    pub good: Color32,
    pub amber: Color32,
    pub red: Color32,
}

/// Light text on near-black.
pub const DARK: Palette = Palette {
    ground: rgb(0x101317),
    surface: rgb(0x171B21),
    raised: rgb(0x1F242C),
    line: rgb(0x2B323C),
    text: rgb(0xE8EAED),
    dim: rgb(0xA3ABB6),
    accent: rgb(0x35C2AE),
    on_accent: rgb(0x101317),
    voice: rgb(0x8F7BF2),
    good: rgb(0x4CB782),
    amber: rgb(0xE0A33A),
    red: rgb(0xEF6A6A),
};

/// Dark text on an off-white background.
pub const LIGHT: Palette = Palette {
    ground: rgb(0xF7F6F2),
    surface: rgb(0xFFFFFF),
    raised: rgb(0xF0EEE8),
    line: rgb(0xDAD7CE),
    text: rgb(0x1B1E23),
    dim: rgb(0x565C66),
    accent: rgb(0x0B7468),
    on_accent: rgb(0xFFFFFF),
    voice: rgb(0x5B45C9),
    good: rgb(0x1F7A4D),
    amber: rgb(0x8A5A00),
    red: rgb(0xB3262E),
};

impl Palette {
    /// The part of the waveform that was not played yet.
    pub fn unplayed(&self) -> Color32 {
        self.voice.gamma_multiply(0.75)
    }

    /// The background of the word that is played, or was played last.
    pub fn played_word(&self, playing: bool) -> Color32 {
        self.voice.gamma_multiply(if playing { 0.35 } else { 0.18 })
    }

    /// The target range behind a curve.
    pub fn target_range(&self) -> Color32 {
        self.good.gamma_multiply(0.14)
    }

    /// The borders of the target range.
    pub fn target_edge(&self) -> Color32 {
        self.good.gamma_multiply(0.8)
    }

    /// The line from the icon of a finding down to its moment.
    pub fn finding_line(&self, color: Color32) -> Color32 {
        color.gamma_multiply(0.8)
    }

    /// A primary button that is hovered or pressed. It contrasts more with its text.
    pub fn accent_highlighted(&self, pressed: bool) -> Color32 {
        let share = if pressed { 0.3 } else { 0.15 };
        self.accent.lerp_to_gamma(self.text, share)
    }
}

/// The colors of the current theme.
pub fn palette(ui: &Ui) -> &'static Palette {
    match ui.visuals().dark_mode {
        true => &DARK,
        false => &LIGHT,
    }
}

/// Installs the fonts and both themes.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    egui_material_icons::initialize(ctx);
    ctx.set_style_of(egui::Theme::Dark, style(&DARK, Visuals::dark()));
    ctx.set_style_of(egui::Theme::Light, style(&LIGHT, Visuals::light()));
}

/// Turns animations on or off.
pub fn set_animations(ctx: &egui::Context, on: bool) {
    let seconds = if on { ANIMATION_SECS } else { 0.0 };
    if ctx.global_style().animation_time == seconds {
        return;
    }
    ctx.all_styles_mut(|style| {
        style.animation_time = seconds;
        style.scroll_animation = match on {
            true => egui::style::ScrollAnimation::default(),
            false => egui::style::ScrollAnimation::none(),
        };
    });
}

/// Makes a screen reader announce a label whenever its text changes.
pub fn announce(ui: &Ui, response: &egui::Response) {
    let live = |node: &mut egui::accesskit::Node| node.set_live(egui::accesskit::Live::Polite);
    ui.ctx().accesskit_node_builder(response.id, live);
}

/// Converts a theme of the settings for egui.
pub fn preference(theme: Theme) -> egui::ThemePreference {
    match theme {
        Theme::System => egui::ThemePreference::System,
        Theme::Light => egui::ThemePreference::Light,
        Theme::Dark => egui::ThemePreference::Dark,
    }
}

/// The regular font.
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// The font of headings and buttons.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Text in the normal color.
pub fn text(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).font(regular(size))
}

/// Secondary text.
pub fn dim(ui: &Ui, label: impl Into<String>, size: f32) -> RichText {
    text(label, size).color(palette(ui).dim)
}

/// Emphasized text.
pub fn strong(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).font(semibold(size))
}

/// A card: a frame around related content.
pub fn card(ui: &Ui) -> Frame {
    let palette = palette(ui);
    Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(RADIUS)
        .inner_margin(SPACE[3])
}

const fn rgb(code: u32) -> Color32 {
    Color32::from_rgb((code >> 16) as u8, (code >> 8) as u8, code as u8)
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8], FontFamily); 2] = [
        (
            "Inter",
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/assets/fonts/Inter-Regular.otf"
            )),
            FontFamily::Proportional,
        ),
        (
            "Inter SemiBold",
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/assets/fonts/Inter-SemiBold.otf"
            )),
            FontFamily::Name(SEMIBOLD.into()),
        ),
    ];
    for (name, bytes, family) in files {
        let data = FontData::from_static(bytes);
        fonts.font_data.insert(name.to_owned(), data.into());
        fonts.families.insert(family, vec![name.to_owned()]);
    }
    let plain = vec!["Inter".to_owned()];
    fonts.families.insert(FontFamily::Monospace, plain);
    fonts
}

fn style(palette: &Palette, mut visuals: Visuals) -> Style {
    visuals.panel_fill = palette.ground;
    visuals.window_fill = palette.surface;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS);
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: Color32::from_black_alpha(60),
    };
    visuals.extreme_bg_color = palette.raised;
    visuals.faint_bg_color = palette.surface;
    visuals.code_bg_color = palette.raised;
    visuals.weak_text_color = Some(palette.dim);
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.amber;
    visuals.error_fg_color = palette.red;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, palette.text);

    let widgets = &mut visuals.widgets;
    for (widget, fill, stroke) in [
        (&mut widgets.noninteractive, palette.surface, palette.line),
        (&mut widgets.inactive, palette.raised, palette.line),
        (&mut widgets.hovered, palette.raised, palette.dim),
        (&mut widgets.active, palette.raised, palette.accent),
        (&mut widgets.open, palette.raised, palette.accent),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, stroke);
        widget.fg_stroke = Stroke::new(1.0, palette.text);
        widget.corner_radius = CornerRadius::same(RADIUS);
        widget.expansion = 0.0;
    }
    // The focused widget.
    widgets.active.bg_stroke.width = 2.0;

    let mut style = Style {
        visuals,
        animation_time: ANIMATION_SECS,
        ..Style::default()
    };
    style.text_styles = [
        (TextStyle::Small, regular(SMALL)),
        (TextStyle::Body, regular(BODY)),
        (TextStyle::Button, regular(BODY)),
        (TextStyle::Heading, semibold(TITLE)),
        (TextStyle::Monospace, regular(BODY)),
    ]
    .into();
    style.spacing.item_spacing = vec2(SPACE[1], SPACE[1]);
    style.spacing.button_padding = vec2(SPACE[2], 7.0);
    style.spacing.interact_size.y = 34.0;
    style.spacing.menu_margin = Margin::same(8);
    style.spacing.scroll = egui::style::ScrollStyle::solid();
    style.spacing.scroll.bar_width = 6.0;
    style.interaction.selectable_labels = false;
    style
}

/// Turns the text of an error, which starts in lower case, into a sentence.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let end = if text.ends_with('?') { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(color: Color32) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            match c <= 0.04045 {
                true => c / 12.92,
                false => ((c + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Text has a contrast of at least 4.5, and shapes of at least 3, on every background they are drawn on (WCAG
    /// 2.2, 1.4.3 and 1.4.11). The borders of cards and buttons do not count: their text identifies them.
    #[test]
    fn contrast_is_sufficient_in_both_themes() {
        for (theme, p) in [("dark", &DARK), ("light", &LIGHT)] {
            let ground = ("ground", p.ground);
            let surface = ("surface", p.surface);
            let raised = ("raised", p.raised);
            let everywhere = vec![ground, surface, raised];
            let on =
                |(name, background): (&'static str, Color32), tint| (name, background.blend(tint));
            let drawn = [
                ("text", p.text, 4.5, everywhere.clone()),
                ("dim text", p.dim, 4.5, everywhere.clone()),
                ("accent text", p.accent, 4.5, vec![ground, surface]),
                ("good text", p.good, 4.5, vec![ground, surface]),
                ("amber text", p.amber, 4.5, vec![ground, surface]),
                ("red text", p.red, 4.5, vec![ground, surface]),
                ("text", p.on_accent, 4.5, vec![("accent", p.accent)]),
                (
                    "text of a pressed button",
                    p.text,
                    4.5,
                    vec![("line", p.line)],
                ),
                ("ring, mark, focus", p.accent, 3.0, everywhere.clone()),
                ("voice", p.voice, 3.0, everywhere.clone()),
                ("good icon", p.good, 3.0, everywhere.clone()),
                ("warning icon", p.amber, 3.0, everywhere.clone()),
                ("problem icon", p.red, 3.0, everywhere),
                ("filled ring", p.accent, 3.0, vec![("its track", p.line)]),
                ("level", p.voice, 3.0, vec![("its track", p.line)]),
                ("good text", p.good, 4.5, vec![raised]),
                ("waveform not played yet", p.unplayed(), 3.0, vec![surface]),
                ("edge of a pause", p.dim, 3.0, vec![surface, raised]),
                (
                    "edge of the target range",
                    p.target_edge(),
                    3.0,
                    vec![ground, surface],
                ),
                (
                    "curve",
                    p.voice,
                    3.0,
                    vec![on(surface, p.target_range()), on(ground, p.target_range())],
                ),
                (
                    "text of a hovered or pressed button",
                    p.on_accent,
                    4.5,
                    vec![
                        ("accent", p.accent_highlighted(false)),
                        ("accent", p.accent_highlighted(true)),
                    ],
                ),
                (
                    "played word",
                    p.text,
                    4.5,
                    vec![
                        on(ground, p.played_word(true)),
                        on(ground, p.played_word(false)),
                    ],
                ),
            ];
            let finding_lines = [p.good, p.amber, p.red, p.dim].map(|sign| p.finding_line(sign));
            let finding_lines =
                finding_lines.map(|color| ("line from an icon", color, 3.0, vec![surface]));
            for (what, color, least, backgrounds) in drawn.into_iter().chain(finding_lines) {
                for (background, under) in backgrounds {
                    // Colors may be translucent.
                    let ratio = contrast(under.blend(color), under);
                    assert!(
                        ratio >= least,
                        "{theme}: {what} on {background} is {ratio:.2}, but must be at least {least}"
                    );
                }
            }
        }
    }

    #[test]
    fn contrast_matches_wcag_examples() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        // A gray whose contrast on white is just sufficient.
        assert!((contrast(rgb(0x767676), Color32::WHITE) - 4.54).abs() < 0.005);
    }
}
