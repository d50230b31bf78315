//! What one end of a session says to the other, line by line. A line that begins with `~` goes over the pointer's channel, one
//! with `^` by the carriage; an empty one lets a second pass.

use renfort_engine::{
    peer::{SharerCommand, SharerEvent, ViewerCommand, ViewerEvent},
    seams::{Cursor, Size},
    session::{Channel, LinkEvent, ScreenReady, SharerEffect, SharerSession, ViewerEffect, ViewerSession},
};
use renfort_protocol::{
    cursor::CursorShape,
    grant::{Capability, Grant},
    ids::{PersonId, SessionId, TicketId},
    policy::Policy,
    session::FromSharer,
    time::UnixMillis,
};

const START: UnixMillis = UnixMillis(1_700_000_000_000);
/// Steps of one input; a longer one says nothing new.
const LINES: usize = 200;

fn grant(capabilities: &[Capability]) -> Grant {
    Grant {
        session: SessionId([1; 16]),
        ticket: TicketId(1001),
        technician: PersonId(1),
        capabilities: capabilities.iter().copied().collect(),
        expires_at: START.plus(600_000),
    }
}

/// What is heard.
enum Heard<'a> {
    Said(Channel, &'a [u8]),
    Carried(&'a [u8]),
}

/// What happens, one after the other: the time, and what is heard then; nothing, when only time passes.
fn steps(bytes: &[u8]) -> impl Iterator<Item = (UnixMillis, Option<Heard<'_>>)> {
    let mut now = START;
    bytes
        .split(|byte| *byte == b'\n')
        .take(LINES)
        .map(move |line| match line {
            [] => {
                now = now.plus(1_000);
                (now, None)
            }
            [b'~', rest @ ..] => (now, Some(Heard::Said(Channel::Pointer, rest))),
            [b'^', rest @ ..] => (now, Some(Heard::Carried(rest))),
            _ => (now, Some(Heard::Said(Channel::Session, line))),
        })
}

/// Another pointer at every step; hidden at every third.
fn looks(step: usize) -> Cursor {
    let pixel = vec![u8::try_from(step % 40).unwrap_or(0); 4];
    match CursorShape::new((1, 1), (0, 0), pixel) {
        Ok(shape) if !step.is_multiple_of(3) => Cursor::Shape(shape.into()),
        _ => Cursor::Hidden,
    }
}

/// The user's end: nothing is carried out that the grant does not cover, whatever the technician's side says. The first
/// byte says whether control and the clipboard are allowed, and whether input comes by the carriage.
pub(crate) fn sharer(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let mut allowed = vec![Capability::View];
    allowed.extend((first & 1 != 0).then_some(Capability::Control));
    allowed.extend((first & 2 != 0).then_some(Capability::Clipboard));
    let (control, clipboard) = (first & 1 != 0, first & 2 != 0);
    let now = START;
    let mut session = SharerSession::new(grant(&allowed), Policy::default(), now);
    session.handle_timeout(now);
    session.handle_screen_ready(
        ScreenReady {
            capture: "none".into(),
            codec: "none".into(),
            size: Size {
                width: 640,
                height: 480,
            },
        },
        now,
    );
    session.handle_link(LinkEvent::Open, now);
    if first & 4 != 0 {
        session.handle_carriage();
    }
    // Only a viewer that says so knows of the pointer's looks.
    let knows = rest.windows(6).any(|bytes| bytes == b"cursor");
    for (step, (now, heard)) in steps(rest).enumerate() {
        match heard {
            Some(Heard::Said(channel, message)) => session.handle_message(channel, message, now),
            Some(Heard::Carried(message)) => session.handle_carried(message, now),
            None => session.handle_timeout(now),
        }
        session.handle_cursor(looks(step), now);
        while let Some(effect) = session.poll_effect() {
            match effect {
                SharerEffect::Send(_, FromSharer::Cursor { .. }) => assert!(knows, "a cursor nobody asked for"),
                SharerEffect::Input(_) | SharerEffect::Type { .. } => assert!(control, "input without control"),
                SharerEffect::SetClipboard(_) | SharerEffect::WatchClipboard(true) => {
                    assert!(clipboard, "the clipboard without permission");
                }
                // Nobody is there to say yes.
                SharerEffect::Event(SharerEvent::Requested { capability, .. }) => {
                    session.handle_command(
                        SharerCommand::Answer {
                            capability,
                            allow: false,
                            clipboard: false,
                        },
                        now,
                    );
                }
                SharerEffect::Event(SharerEvent::Ended { .. }) => {
                    assert!(session.poll_effect().is_none(), "something after the end");
                    return;
                }
                _ => {}
            }
        }
    }
}

/// The technician's end: it ends at most once, and nothing comes after that.
pub(crate) fn viewer(bytes: &[u8]) {
    let now = START;
    let mut session = ViewerSession::new(grant(&[Capability::View, Capability::Clipboard]), now, now);
    session.handle_timeout(now);
    session.handle_link(LinkEvent::Open, now);
    session.handle_command(ViewerCommand::Request(Capability::Control), now);
    for (now, heard) in steps(bytes) {
        match heard {
            Some(Heard::Said(channel, message)) => session.handle_message(channel, message, now),
            // Nobody carries anything to a viewer.
            Some(Heard::Carried(_)) => {}
            None => session.handle_timeout(now),
        }
        while let Some(effect) = session.poll_effect() {
            if let ViewerEffect::Event(ViewerEvent::Ended { .. }) = effect {
                assert!(session.poll_effect().is_none(), "something after the end");
                return;
            }
        }
    }
}
