//! The take database: the facts about every take and the quiz answers, in one SQLite file beside the
//! WAVs. Its owner writes it on one thread; other processes may have it open, too.

mod connect;
pub(super) mod database;
pub(super) mod erase;
pub(super) mod import;
pub(super) mod open;
pub(super) mod quarantine;
pub(super) mod read_only;
mod row_mapping;
pub(super) mod salvage;
pub(super) mod schema;
pub(super) mod sqlite;
mod take_files;
mod take_order;
