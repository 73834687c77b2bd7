//! What every component of the controller may use: the data folder, the stories, the event queue and
//! the notifications.

use std::sync::Arc;

use super::event::{EventSender, Notification};
use super::language_model::LanguageModel;
use crate::analysis::phrases::word_vectors::SentenceModel;
use crate::domain::story::Story;
use crate::storage::{Store, story_library};

/// Shared by all components. Its only state is the notifications that the UI has not taken yet.
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) stories: Vec<Arc<Story>>,
    pub(super) events: EventSender,
    /// Finds planned phrases in other words.
    pub(super) model: Arc<dyn SentenceModel>,
    notifications: Vec<Notification>,
}

impl Context {
    pub(super) fn new(store: Store, events: EventSender) -> Self {
        Self {
            model: LanguageModel::shared(vec![store.models()]),
            store,
            stories: Vec::new(),
            events,
            notifications: Vec::new(),
        }
    }

    /// Loads the built-in stories and those of the data folder. Reports the ones that are invalid.
    pub(super) fn load_stories(&mut self) {
        let (stories, errors) = story_library::stories(&self.store.stories());
        self.stories = stories;
        for error in errors {
            self.problem(error);
        }
    }

    /// The story with this id.
    pub(super) fn story(&self, id: &str) -> Option<&Arc<Story>> {
        self.stories.iter().find(|story| story.id == id)
    }

    pub(super) fn notify(&mut self, notification: Notification) {
        self.notifications.push(notification);
    }

    /// Notifies the UI of an error.
    pub(super) fn problem(&mut self, message: impl ToString) {
        self.notify(Notification::Problem(message.to_string()));
    }

    /// Removes and returns the notifications, oldest first.
    pub(super) fn take_notifications(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.notifications)
    }
}
