//! Ownership: who did what the answer reports, the speaker ("I"), the team ("we") or nobody named.

pub mod acts;
pub(crate) mod attribution;
mod first_person_actions;
pub mod hiding;
mod passive;
pub mod pronouns;
