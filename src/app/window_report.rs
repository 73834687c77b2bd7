//! What opening a window showed: `starling doctor` gets it from a process of its own, because a faulty graphics driver
//! may end the process.

use serde::{Deserialize, Serialize};

/// What opening a window showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowReport {
    /// What OpenGL calls itself: version and renderer.
    pub opengl: String,
    /// Width and height of the screen in points, if the display tells them.
    pub screen: Option<[f32; 2]>,
    /// Pixels per point.
    pub scale: f32,
    /// Which scripts in the user's stories no font has, and what to install.
    pub missing_fonts: Option<String>,
}
