//! Owns the connection to the take database, which is opened when it is first needed.

use super::context::Context;
use super::event::Notification;
use crate::storage::{Exposure, OpenedDb, StoreError, TakeDb};

/// The connection to the take database, if one is open.
#[derive(Default)]
pub(super) struct TakeDatabase {
    connection: Option<TakeDb>,
    is_exposure_reported: bool,
}

impl TakeDatabase {
    /// Opens the database if the data folder has takes. An empty folder stays empty until the first take.
    pub(super) fn open_existing(context: &mut Context) -> Self {
        let mut database = Self::default();
        if context.store.has_takes()
            && let Err(error) = database.open(context)
        {
            context.problem(error);
        }
        database
    }

    /// The connection, if one is open.
    pub(super) fn connection(&self) -> Option<&TakeDb> {
        self.connection.as_ref()
    }

    /// The connection, opened if necessary. An exclusive one locks out all other programs, so it is not
    /// reused: until the disk has room again, the database is opened each time.
    pub(super) fn open(&mut self, context: &mut Context) -> Result<&mut TakeDb, StoreError> {
        let connection = match self.detach() {
            Some(connection) => connection,
            None => {
                let OpenedDb { db, notices } = context.store.open_take_db()?;
                for notice in notices {
                    context.notify(Notification::Problem(notice));
                }
                self.report_exposure(context);
                db
            }
        };
        Ok(self.connection.insert(connection))
    }

    /// Says once if others can read the takes. Opening the database has restricted their folder, where that is
    /// possible.
    fn report_exposure(&mut self, context: &mut Context) {
        if self.is_exposure_reported {
            return;
        }
        self.is_exposure_reported = true;
        match context.store.exposure() {
            Some(exposure @ (Exposure::Unrestricted(_) | Exposure::Foreign(_))) => {
                context.notify(Notification::Warning(exposure.to_string()));
            }
            // What a file server permits is not known; the privacy page says so.
            Some(Exposure::FileServer(_)) | None => {}
        }
    }

    /// Closes an exclusive connection.
    pub(super) fn release_exclusive(&mut self) {
        self.connection
            .take_if(|connection| connection.is_exclusive());
    }

    /// Hands over the connection, for use on another thread. An exclusive one is closed instead.
    pub(super) fn detach(&mut self) -> Option<TakeDb> {
        self.release_exclusive();
        self.connection.take()
    }

    /// Takes a connection back, unless another one was opened meanwhile.
    pub(super) fn attach(&mut self, connection: Option<TakeDb>) {
        if self.connection.is_none() {
            self.connection = connection;
        }
    }
}
