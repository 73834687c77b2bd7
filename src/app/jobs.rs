//! Owns the background jobs: exporting a take and erasing all takes. At most one of each runs at a time.

use std::path::PathBuf;

use super::background_task::BackgroundTask;
use super::context::Context;
use super::event::{EraseAllOutcome, Event};
use super::export::{self, ExportFormat};
use crate::domain::profile::Profile;
use crate::domain::take::{Take, TakeId};
use crate::storage::{StoreError, TakeDb};

/// The running jobs. Dropping them waits for their ends.
#[derive(Default)]
pub(super) struct Jobs {
    export: Option<BackgroundTask>,
    erase_all: Option<BackgroundTask>,
}

/// What to export, and where to.
pub(super) struct ExportRequest {
    pub(super) id: TakeId,
    /// The take; `None` to export only its audio.
    pub(super) take: Option<Take>,
    pub(super) format: ExportFormat,
    /// The folder; `~` stands for the home folder.
    pub(super) folder: PathBuf,
    pub(super) profile: Profile,
}

impl Jobs {
    pub(super) fn is_exporting(&self) -> bool {
        self.export.is_some()
    }

    /// Writes a take to a new file in a folder. The result arrives as an event.
    pub(super) fn start_export(&mut self, request: ExportRequest, context: &mut Context) {
        let (store, stories) = (context.store.clone(), context.stories.clone());
        let events = context.events.clone();
        let task = BackgroundTask::start("export", move || {
            let ExportRequest {
                id,
                take,
                format,
                folder,
                profile,
            } = request;
            let render = || match &take {
                Some(take) => export::render(take, format, &stories, || Ok(profile), &store),
                None => export::read_audio(&id, &store),
            };
            let written = export::write_to_folder(&folder, &id, format, &store, render);
            events.send(Event::Exported(written.map_err(|why| why.to_string())));
        });
        match task {
            Ok(task) => self.export = Some(task),
            Err(why) => context.problem(StoreError::ThreadSpawn(why)),
        }
    }

    /// Joins the export, which has sent its result.
    pub(super) fn finish_export(&mut self) {
        self.export = None;
    }

    pub(super) fn is_erasing_all(&self) -> bool {
        self.erase_all.is_some()
    }

    /// Erases all takes through `connection`, or through a new one. The outcome arrives as an event.
    pub(super) fn start_erase_all(&mut self, connection: Option<TakeDb>, context: &mut Context) {
        let (store, events) = (context.store.clone(), context.events.clone());
        let task = BackgroundTask::start("erase", move || {
            let opened = match connection {
                Some(connection) => Ok(connection),
                None => store.open_take_db().map(|opened| opened.db),
            };
            let outcome = match opened {
                Ok(mut database) => {
                    let erased = database.erase_all();
                    EraseAllOutcome {
                        database: Some(database),
                        erased,
                    }
                }
                Err(why) => EraseAllOutcome {
                    database: None,
                    erased: Err(why),
                },
            };
            events.send(Event::AllErased(Box::new(outcome)));
        });
        match task {
            Ok(task) => self.erase_all = Some(task),
            Err(why) => context.problem(StoreError::ThreadSpawn(why)),
        }
    }

    /// Joins the job that erases all takes, which has sent its outcome.
    pub(super) fn finish_erase_all(&mut self) {
        self.erase_all = None;
    }
}
