//! WebKitGTK reads its settings from the environment before `main` can change it safely, so the program starts itself
//! again with what is missing.
//!
//! Invariant: arguments and every other variable stay as they were; the second start changes nothing more.

/// Without a GPU WebKitGTK's DMABUF renderer falls to a few pictures a second.
#[cfg(target_os = "linux")]
const SETTING: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts the program anew, in this same process, when the webview needs a variable that is not set. Returns when
/// nothing is missing.
///
/// # Errors
/// When the program cannot be started again.
#[cfg(target_os = "linux")]
pub fn with_what_the_webview_needs() -> std::io::Result<()> {
    use std::os::unix::process::CommandExt as _;

    if std::env::var_os(SETTING).is_some() || std::path::Path::new("/dev/dri").exists() {
        return Ok(());
    }
    let program = std::env::current_exe()?;
    Err(std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(SETTING, "1")
        .exec())
}

/// Nothing is needed elsewhere.
///
/// # Errors
/// Never.
#[cfg(not(target_os = "linux"))]
pub fn with_what_the_webview_needs() -> std::io::Result<()> {
    Ok(())
}
