//! Files that a checkpoint was kept in.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use renfort_audit::kept::checkpoints_in;

use super::output::Unchecked;

/// Largest file that a checkpoint is looked for in, in bytes: a mail with much around it.
const MAX_BYTES: u64 = 1024 * 1024;

/// The texts of files that hold kept checkpoints.
pub(super) fn kept_texts(paths: &[PathBuf]) -> Result<Vec<String>, Unchecked> {
    paths.iter().map(|path| kept_text(path)).collect()
}

/// The text of a file that holds a kept checkpoint.
fn kept_text(path: &Path) -> Result<String, Unchecked> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(Unchecked::unread(path))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Unchecked(format!(
            "nothing was checked: {} is larger than 1 MiB, and a checkpoint is a few lines; give a file with these alone",
            path.display()
        )));
    }
    let text = text_of(&bytes);
    if checkpoints_in(&text).is_empty() {
        return Err(Unchecked(format!(
            "nothing was checked: no checkpoint can be read in {}; it has the log's name, a number, a line of letters and \
             digits, and a line that begins with \u{2014}, as the console shows it",
            path.display()
        )));
    }
    Ok(text)
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Does a file begin as one in UTF-16 does, in which some shells write what is sent into a file?
pub(super) fn is_utf16(begin: &[u8]) -> bool {
    [[0xff, 0xfe], [0xfe, 0xff]].iter().any(|mark| begin.starts_with(mark))
}
