//! Everything on the user's disk: the data folder with takes and their database, settings, and the
//! user's own stories and models. All files are readable by their owner only.

pub mod clock;
mod error;
mod exposure;
mod file_ops;
mod instance_lock;
pub mod model_files;
mod privacy_notice;
mod settings;
mod store;
pub mod story_library;
mod take_db;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;

pub use error::{StoreError, advice};
pub use exposure::Exposure;
pub use file_ops::expand_home;
pub use instance_lock::InstanceLock;
pub use privacy_notice::{NoticeItem, NoticeSection, privacy_notice, privacy_notice_text};
pub use settings::{Cues, MicrophoneSetting, Motion, Settings, Theme, WindowPlace};
pub use store::{Store, write_whole};
pub use take_db::database::{TakeDb, TakeFilter, TakeStatus, TakeSummary};
pub use take_db::erase::{Erased, ResidualData};
pub use take_db::open::OpenedDb;
pub use take_db::read_only::ReadOnlyDb;
