//! The state behind the window, for what it does not show.

use std::path::PathBuf;
use std::time::Duration;

use starling::app::Controller;
use starling::domain::take::TakeId;
use starling::gui::App;
use starling::practice::session::{Session, Stage};
use starling::storage::{Settings, TakeDb, TakeFilter};

use super::Window;

/// The state behind the window.
impl Window {
    pub fn controller(&self) -> &Controller {
        self.harness.state().controller()
    }

    pub fn ctx(&self) -> &egui::Context {
        &self.harness.ctx
    }

    /// The current practice or interview.
    #[track_caller]
    pub fn session(&self) -> &Session {
        match self.controller().session() {
            Some(session) => session,
            None => panic!("a practice should be open\n{}", self.labels_on_screen()),
        }
    }

    pub fn stage(&self) -> Option<&Stage> {
        stage(self.harness.state())
    }

    /// The take that is being recorded.
    #[track_caller]
    pub fn current_take(&self) -> TakeId {
        match self.stage() {
            Some(Stage::Answering { take, .. }) => take.id.clone(),
            stage => panic!("an answer should be recorded, the stage is {stage:?}"),
        }
    }

    pub fn saved_settings(&self) -> Settings {
        let settings = self.setup.store().settings();
        settings.expect("the saved settings can be read")
    }

    /// How many takes are in the take database.
    pub fn saved_takes(&self) -> usize {
        let list = |database: &TakeDb| database.list(&TakeFilter::default());
        let takes = self.controller().take_db().map(list);
        takes.map_or(0, |takes| takes.expect("the takes can be listed").len())
    }

    /// The audio file of the newest take.
    pub fn newest_recording(&self) -> PathBuf {
        let database = self.controller().take_db().expect("an open take database");
        let newest = database.newest().expect("the takes can be read");
        self.controller()
            .store()
            .wav(&newest.expect("a saved take").id)
    }

    /// Time until the window draws itself again; `Duration::MAX` if it waits for input.
    pub fn repaint_delay(&mut self) -> Duration {
        self.frames(4);
        self.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay
    }
}

/// The stage of the current practice.
pub fn stage(app: &App) -> Option<&Stage> {
    app.controller().session().map(Session::stage)
}

/// Whether an answer is being recorded, for [`Setup::stop_events_when`].
pub fn is_answering(app: &App) -> bool {
    matches!(stage(app), Some(Stage::Answering { .. }))
}
