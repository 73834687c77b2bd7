//! What can be chosen besides what settings hold: models that are there, and how "we" is seen.

use super::{Runtime, readings};
use crate::coach::profile::OwnershipStyle;
use crate::models;

impl Runtime {
    /// The names of the speech models that are there. Reads folders.
    pub fn models(&self) -> Vec<String> {
        models::names(&[self.store.models()])
    }

    /// The model that was asked for when the program started.
    pub fn model_name(&self) -> &str {
        &self.model_name
    }

    /// The model that the next start will use.
    pub fn next_model(&self) -> &str {
        let given = self.config.model.as_deref();
        let chosen = given.or(self.settings.model.as_deref());
        chosen.unwrap_or(models::DEFAULT)
    }

    /// Whether the model was named on the command line, so that settings do not change it.
    pub fn model_is_given(&self) -> bool {
        self.config.model.is_some()
    }

    /// Changes how "we" is seen, in the practice that is on, too, and remembers it in `profile.toml`.
    pub fn change_ownership(&mut self, style: OwnershipStyle) {
        match self.store.keep_ownership(style) {
            Ok(profile) => {
                if let Some(session) = &mut self.session {
                    session.judge_by(profile.clone());
                }
                self.profile = profile;
                // What was made of the takes was made by other bands.
                self.memory = readings::Memory::default();
            }
            Err(error) => self.problem(error),
        }
    }
}
