//! The models that are part of the program. Does not know where else a model can be.

use std::sync::OnceLock;

use crate::domain::model_source::EmbeddedModel;

/// Written once, by `main`, before any thread starts; a lock only because it is static. Programs that only use
/// the library, such as tests, have none, so that they need not contain the models.
static EMBEDDED: OnceLock<&'static [EmbeddedModel]> = OnceLock::new();

/// Sets the models that are part of the program. Only the first call has an effect.
pub fn embed(models: &'static [EmbeddedModel]) {
    // A second call would replace models that may be in use.
    let _ = EMBEDDED.set(models);
}

/// The models that are part of the program.
pub(super) fn embedded() -> &'static [EmbeddedModel] {
    EMBEDDED.get().copied().unwrap_or_default()
}
