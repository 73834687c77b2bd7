//! What can be chosen besides what settings hold: models that are there, and what is expected of the speaker.

use super::{Controller, ModelState, history_metrics, start_worker};
use crate::domain::profile::Profile;
use crate::storage::model_files;

impl Controller {
    /// The names of the speech models that are there. Reads folders.
    pub fn models(&self) -> Vec<String> {
        model_files::names(&[self.store.models()])
    }

    /// The model that was asked for last.
    pub fn model_name(&self) -> &str {
        &self.model_name
    }

    /// Whether the model was named on the command line, so that settings do not change it.
    pub fn is_model_fixed(&self) -> bool {
        self.config.model.is_some()
    }

    /// Has the model of the settings read in place of the one before it.
    pub(super) fn load_model(&mut self) {
        let (wanted, number) = (self.settings.model.clone(), self.worker_generation + 1);
        let outbox = self.outbox.clone();
        match start_worker(
            number,
            wanted.clone(),
            &self.config.isolation,
            &self.store,
            outbox,
        ) {
            Ok(worker) => {
                self.worker = worker;
                self.worker_generation = number;
                self.model = ModelState::Loading;
                self.model_name = wanted.unwrap_or_else(|| model_files::DEFAULT.to_owned());
            }
            Err(why) => self.problem(why),
        }
    }

    /// Changes what is expected of the speaker, in the practice that is on, too, and remembers it in
    /// `profile.toml`.
    pub fn change_profile(&mut self, change: impl Fn(&mut Profile)) {
        match self.store.change_profile(change) {
            Ok(profile) => {
                if let Some(session) = &mut self.session {
                    session.set_profile(profile.clone());
                }
                self.profile = profile;
                // What was made of the takes was made by other bands.
                self.memory = history_metrics::MetricsCache::default();
            }
            Err(error) => self.problem(error),
        }
    }
}
