//! What is on screen: texts and controls, and what a test expects of them. A failure lists the labels on screen.

use std::fmt::Write as _;

use egui::accesskit::{Live, Toggled};
use egui::{Rangef, Rect, Role};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::gui::FULL_SIZE;

use super::Window;

/// Heights between header and bottom bar in the smallest window that does not fold.
pub const PAGE: Rangef = Rangef {
    min: 56.0,
    max: FULL_SIZE[1] - 68.0,
};

/// What the window is expected to show.
impl Window {
    /// Whether any label contains `text`.
    pub fn shows(&self, text: &str) -> bool {
        self.count(text) > 0
    }

    /// How many labels contain `text`.
    pub fn count(&self, text: &str) -> usize {
        self.harness.query_all_by_label_contains(text).count()
    }

    /// Some label contains `text`.
    #[track_caller]
    pub fn expect_text(&self, text: &str) {
        assert!(
            self.shows(text),
            "\"{text}\" should be on screen\n{}",
            self.labels_on_screen()
        );
    }

    /// For each of these texts, some label contains it.
    #[track_caller]
    pub fn expect_texts<const N: usize>(&self, texts: [&str; N]) {
        for text in texts {
            self.expect_text(text);
        }
    }

    /// No label contains `text`.
    #[track_caller]
    pub fn expect_no_text(&self, text: &str) {
        assert!(
            !self.shows(text),
            "\"{text}\" should not be on screen\n{}",
            self.labels_on_screen()
        );
    }

    /// A screen reader announces a text that contains `text` by itself. Returns all of it.
    #[track_caller]
    pub fn expect_announcement(&self, text: &str) -> String {
        let mut nodes = self.harness.query_all_by_label_contains(text);
        let live = nodes.find(|node| node.accesskit_node().live() == Live::Polite);
        match live {
            Some(node) => text_of(&node),
            None => panic!(
                "\"{text}\" should be announced by a screen reader\n{}",
                self.labels_on_screen()
            ),
        }
    }

    /// The radio button with this label is selected.
    #[track_caller]
    pub fn expect_selected(&self, label: &str) {
        self.expect_toggled(Role::RadioButton, label);
    }

    /// The control of this role and label is on.
    #[track_caller]
    pub fn expect_toggled(&self, role: Role, label: &str) {
        let toggled = self.control_of(role, label).accesskit_node().toggled();
        assert_eq!(
            toggled,
            Some(Toggled::True),
            "\"{label}\" should be selected\n{}",
            self.labels_on_screen()
        );
    }

    /// Controls fit into the window: sideways always, and vertically unless their page scrolls.
    #[track_caller]
    pub fn expect_controls_in_view(&self) {
        let view = self.harness.ctx.content_rect();
        for role in [
            Role::Button,
            Role::ComboBox,
            Role::Tab,
            Role::Timer,
            Role::Meter,
        ] {
            for node in self.harness.query_all_by_role(role) {
                let (rect, label) = (node.rect(), text_of(&node));
                assert!(
                    rect.left() >= 0.0 && rect.right() <= view.right(),
                    "{role:?} \"{label}\" is cut off at the side: {rect:?}"
                );
                // Rows of a list may be below its end.
                let is_below = role != Role::Button && rect.bottom() > view.bottom();
                let is_outside = rect.top() < 0.0 || is_below;
                assert!(
                    !is_outside || self.may_scroll(role),
                    "{role:?} \"{label}\" is out of view: {rect:?}"
                );
            }
        }
    }

    /// Whether the first text that contains `text` is completely between header and bottom bar.
    pub fn is_within_page(&self, text: &str) -> bool {
        let rect = self.rect(text);
        rect.top() >= PAGE.min && rect.bottom() <= PAGE.max
    }

    #[track_caller]
    pub fn expect_within_page(&self, text: &str) {
        assert!(
            self.is_within_page(text),
            "\"{text}\" should be scrolled into view: {:?}",
            self.rect(text)
        );
    }

    #[track_caller]
    pub fn expect_outside_page(&self, text: &str) {
        assert!(
            !self.is_within_page(text),
            "\"{text}\" should be scrolled out of view: {:?}",
            self.rect(text)
        );
    }

    fn may_scroll(&self, role: Role) -> bool {
        let view = self.harness.ctx.content_rect();
        let folds = view.width() < FULL_SIZE[0] || view.height() < FULL_SIZE[1];
        folds || self.setup.pages_scroll && !matches!(role, Role::Tab | Role::Timer)
    }

    /// Role and text of everything that has a text, for failure messages.
    pub(super) fn labels_on_screen(&self) -> String {
        let mut list = "labels on screen:".to_owned();
        for node in self.harness.root().children_recursive() {
            let text = text_of(&node);
            if !node.accesskit_node().is_hidden() && !text.is_empty() {
                let role = node.accesskit_node().role();
                // Writing to a string does not fail.
                let _ = write!(list, "\n  {role:?} \"{text}\"");
            }
        }
        list
    }
}

/// Controls and their positions.
impl Window {
    /// All of the window.
    pub fn root(&self) -> Node<'_> {
        self.harness.root()
    }

    /// The one control with this label, or else the one whose label contains it.
    #[track_caller]
    pub fn control<'a>(&'a self, label: &'a str) -> Node<'a> {
        let mut found: Vec<Node<'_>> = self.harness.query_all_by_label(label).collect();
        if found.is_empty() {
            found = self.harness.query_all_by_label_contains(label).collect();
        }
        self.single(&found, label)
    }

    /// The one control of this role and label.
    #[track_caller]
    pub fn control_of<'a>(&'a self, role: Role, label: &'a str) -> Node<'a> {
        let found: Vec<Node<'_>> = self
            .harness
            .query_all_by_role_and_label(role, label)
            .collect();
        self.single(&found, label)
    }

    /// The only control of this role.
    #[track_caller]
    pub fn only(&self, role: Role) -> Node<'_> {
        let found: Vec<Node<'_>> = self.harness.query_all_by_role(role).collect();
        self.single(&found, &format!("{role:?}"))
    }

    /// All controls of this role.
    pub fn all_of(&self, role: Role) -> Vec<Node<'_>> {
        self.harness.query_all_by_role(role).collect()
    }

    /// All controls with exactly this label.
    pub fn all_exact<'a>(&'a self, label: &'a str) -> Vec<Node<'a>> {
        self.harness.query_all_by_label(label).collect()
    }

    /// All controls whose label contains `label`.
    pub fn all<'a>(&'a self, label: &'a str) -> Vec<Node<'a>> {
        self.harness.query_all_by_label_contains(label).collect()
    }

    /// The first control whose label contains `label`.
    #[track_caller]
    pub fn first<'a>(&'a self, label: &'a str) -> Node<'a> {
        let first = self.harness.query_all_by_label_contains(label).next();
        match first {
            Some(node) => node,
            None => panic!(
                "\"{label}\" should be on screen\n{}",
                self.labels_on_screen()
            ),
        }
    }

    /// Position of the first control whose label contains `label`.
    #[track_caller]
    pub fn rect(&self, label: &str) -> Rect {
        self.first(label).rect()
    }

    #[track_caller]
    fn single<'a>(&self, found: &[Node<'a>], label: &str) -> Node<'a> {
        match found {
            [node] => *node,
            _ => panic!(
                "one \"{label}\" should be on screen, there are {}\n{}",
                found.len(),
                self.labels_on_screen()
            ),
        }
    }
}

/// What a screen reader says for a node.
pub fn text_of(node: &Node<'_>) -> String {
    let node = node.accesskit_node();
    let (first, second) = match node.role() {
        Role::Label => (node.value(), node.label()),
        _ => (node.label(), node.value()),
    };
    first.or(second).unwrap_or_default()
}
