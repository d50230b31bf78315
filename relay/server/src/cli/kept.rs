//! Files that a checkpoint was kept in.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use mail_parser::{HeaderName, Message, MessageParser, PartType, decoders::html::html_to_text};
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
             digits, and a line that begins with \u{2014}, as the console shows it. Out of a mail, copy these lines into a \
             file of their own",
            path.display()
        )));
    }
    Ok(text)
}

fn text_of(bytes: &[u8]) -> String {
    if let Some(text) = mail_text(bytes).filter(|text| !checkpoints_in(text).is_empty()) {
        return text;
    }
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|two| unit([two[0], two[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// What the parts of a saved mail say, which may stand there in quoted-printable or base64; none where nothing says that it is
/// such a mail (RFC 2045), whose lines the parser would take for headers.
fn mail_text(bytes: &[u8]) -> Option<String> {
    let mail = MessageParser::default().parse(bytes)?;
    let says_so = mail.root_part().headers.iter().any(|header| {
        matches!(
            header.name,
            HeaderName::MimeVersion | HeaderName::ContentType | HeaderName::ContentTransferEncoding
        )
    });
    says_so.then(|| parts_text(&mail))
}

/// Also of a mail in the mail; the parser bounds how deep they are.
fn parts_text(mail: &Message<'_>) -> String {
    let texts = mail.parts.iter().map(|part| match &part.body {
        PartType::Text(text) => text.clone().into_owned(),
        PartType::Html(page) => html_to_text(page),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        PartType::Message(inner) => parts_text(inner),
        PartType::Multipart(_) => String::new(),
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// Does a file begin as one in UTF-16 does, in which some shells write what is sent into a file?
pub(super) fn is_utf16(begin: &[u8]) -> bool {
    [[0xff, 0xfe], [0xfe, 0xff]].iter().any(|mark| begin.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use super::*;

    const KEPT: &str = "renfort/0123456789abcdef\n12\nBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=\n\n\
                        \u{2014} renfort/0123456789abcdef FMvoq3y2v0jLZ7a3qk0m1QJc8WcP5fXoX0mB3m9q2J8x\n";

    fn quoted(text: &str) -> String {
        text.replace('=', "=3D")
            .replace('\u{2014}', "=E2=80=94")
            .replace("JLZ7", "JL=\r\nZ7")
            .replace('\n', "\r\n")
            .replace("\r\r", "\r")
    }

    fn folded(text: &str) -> String {
        let base64 = BASE64.encode(text.as_bytes());
        let lines: Vec<String> = base64
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        lines.join("\r\n")
    }

    #[test]
    fn a_checkpoint_is_read_out_of_a_saved_mail_however_that_was_encoded() {
        let plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding:";
        let part = |encoded: &str| {
            format!(
                "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
                 Content-Type: text/plain\r\n\r\nBonjour\r\n--b\r\n{encoded}\r\n--b--\r\n"
            )
        };
        let (qp, base64) = (
            format!("{plain} quoted-printable\r\n\r\n{}", quoted(KEPT)),
            format!("{plain} base64\r\n\r\n{}", folded(KEPT)),
        );
        let attached = format!(
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            folded(KEPT)
        );
        let page = KEPT.replace('\n', "<br>\n");
        for mail in [
            format!("Subject: x\r\n{qp}"),
            format!("Subject: x\r\n{base64}"),
            part(&qp),
            part(&base64),
            part(&attached),
            part(&format!("Content-Type: message/rfc822\r\n\r\nSubject: y\r\n{qp}")),
            format!("Content-Type: text/html; charset=utf-8\r\n\r\n<p>{page}</p>"),
            format!("{plain} 8bit\r\n\r\n{KEPT}"),
        ] {
            assert_eq!(checkpoints_in(&text_of(mail.as_bytes())), [KEPT], "{mail}");
        }
    }

    #[test]
    fn no_checkpoint_of_a_text_is_taken_for_a_mails_headers() {
        let both = format!("{KEPT}\n{}", KEPT.replacen("12", "13", 1));
        for text in [
            both.clone(),
            format!("Note: kept\n\n{both}"),
            format!("Subject: x\nFrom: y\n\n{both}"),
        ] {
            assert_eq!(checkpoints_in(&text_of(text.as_bytes())).len(), 2, "{text}");
        }
    }

    #[test]
    fn a_text_in_utf_16_is_read_in_either_order() {
        let units: Vec<u16> = std::iter::once(0xfeff).chain(KEPT.encode_utf16()).collect();
        for bytes in [
            units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>(),
            units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        ] {
            assert_eq!(checkpoints_in(&text_of(&bytes)), [KEPT]);
        }
    }
}
