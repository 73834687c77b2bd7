//! Which channels of an input carry the user's voice: the user's choice, or a decision from the sound itself. Knows
//! nothing of devices and takes. `docs/channels.md` describes the rules and their limits.

mod decision;
pub mod note;
pub mod rule;
pub mod survey;
