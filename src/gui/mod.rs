//! The window.
use crate::runtime::Config;
/// Opens it.
pub fn open(_config: Config, _story: Option<String>) -> anyhow::Result<()> {
    Ok(())
}
