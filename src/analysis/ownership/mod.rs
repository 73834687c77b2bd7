//! Ownership: who did what the answer reports, the speaker ("I"), the team ("we") or nobody named.

pub(crate) mod attribution;
mod first_person_actions;
mod passive;
pub mod pronouns;
