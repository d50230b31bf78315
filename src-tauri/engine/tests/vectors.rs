//! The viewer's session does what `relay/protocol/vectors/viewer-session.json` says, step by step. The technician's page in
//! a browser has the same session in TypeScript and runs the same file: whoever changes one changes both.
//!
//! `RENFORT_GENERATE=1` writes what this session does into the file, to be read before it is kept.

use std::{fmt::Write as _, path::PathBuf};

use renfort_engine::{
    peer::{ViewerCommand, ViewerEvent},
    seams::Cursor,
    session::{Candidate, Channel, LinkEvent, ViewerEffect, ViewerSession},
};
use renfort_protocol::{
    grant::{Capabilities, Grant},
    ids::{PersonId, SessionId, TicketId},
    text::Line,
    time::UnixMillis,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const START: UnixMillis = UnixMillis(1_000_000);
const LASTS_MS: u64 = 600_000;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../relay/protocol/vectors/viewer-session.json")
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn channel(name: &Value) -> Channel {
    match name.as_str() {
        Some("session") => Channel::Session,
        Some("pointer") => Channel::Pointer,
        _ => panic!("no channel: {name}"),
    }
}

fn candidate(value: &Value) -> Candidate {
    Candidate {
        line: read::<Line<1024>>(&value["candidate"]),
        mid: read(&value["mid"]),
        index: read(&value["index"]),
    }
}

fn command(value: &Value) -> ViewerCommand {
    match value["command"].as_str() {
        Some("signal") => ViewerCommand::Signal(read(&value["signal"])),
        Some("request") => ViewerCommand::Request(read(&value["capability"])),
        Some("give_back") => ViewerCommand::GiveBack(read(&value["capability"])),
        Some("type") => ViewerCommand::Type(read(&value["text"])),
        Some("stop_typing") => ViewerCommand::StopTyping,
        Some("chat") => ViewerCommand::Chat(read(&value["text"])),
        Some("end") => ViewerCommand::End(read(&value["reason"])),
        _ => panic!("no command: {value}"),
    }
}

/// What happens in a step.
fn happens(session: &mut ViewerSession, step: &Value, at: UnixMillis) {
    let (kind, what) = step
        .as_object()
        .and_then(|step| step.iter().find(|(kind, _)| *kind != "channel"))
        .unwrap_or_else(|| panic!("nothing happens: {step}"));
    let says = |session: &mut ViewerSession, bytes: &[u8]| session.handle_message(channel(&step["channel"]), bytes, at);
    match kind.as_str() {
        "link" => session.handle_link(
            match what.as_str() {
                Some("open") => LinkEvent::Open,
                Some("interrupted") => LinkEvent::Interrupted(true),
                Some("restored") => LinkEvent::Interrupted(false),
                Some("closed") => LinkEvent::Closed,
                _ => panic!("no event of a connection: {what}"),
            },
            at,
        ),
        "message" => says(session, what.to_string().as_bytes()),
        "text" => says(session, text(what).as_bytes()),
        "padded" => {
            let (message, bytes): (String, usize) = read(what);
            let padding = " ".repeat(bytes - message.len());
            says(session, (message + &padding).as_bytes());
        }
        "command" => session.handle_command(command(what), at),
        "input" => session.handle_input(read(what), at),
        "candidate" => session.handle_candidate(candidate(what)),
        "picture" => session.handle_picture(at),
        "copied" => session.handle_copied(text(what)),
        "copied_times" => {
            let (part, times): (String, usize) = read(what);
            session.handle_copied(part.repeat(times));
        }
        "decoder_failed" => session.handle_decoder_failed(&text(what), at),
        "malformed" => session.handle_malformed(&text(what), at),
        "time" => session.handle_timeout(at),
        _ => panic!("nothing is known of {kind}"),
    }
}

fn event(event: ViewerEvent) -> Value {
    match event {
        ViewerEvent::Signal(signal) => json!({ "event": "signal", "signal": signal }),
        ViewerEvent::Report { at, event } => json!({ "event": "report", "at": at, "report": event }),
        ViewerEvent::Connected => json!({ "event": "connected" }),
        ViewerEvent::Granted(grant) => json!({ "event": "granted", "grant": grant }),
        ViewerEvent::Refused { capability, timed_out } => {
            json!({ "event": "refused", "capability": capability, "timed_out": timed_out })
        }
        ViewerEvent::Withdrawn { capability, reason } => {
            json!({ "event": "withdrawn", "capability": capability, "reason": reason })
        }
        ViewerEvent::Screen { width, height } => json!({ "event": "screen", "width": width, "height": height }),
        ViewerEvent::Pointer { x, y } => json!({ "event": "pointer", "x": x, "y": y }),
        ViewerEvent::Cursor(Cursor::Hidden) => json!({ "event": "cursor", "shape": null }),
        ViewerEvent::Cursor(Cursor::Shape(shape)) => json!({ "event": "cursor", "shape": *shape }),
        ViewerEvent::Keyboard(layout) => json!({ "event": "keyboard", "layout": layout }),
        ViewerEvent::OwnKeyboard(layout) => json!({ "event": "own_keyboard", "layout": layout }),
        ViewerEvent::Typing(typing) => json!({ "event": "typing", "typing": typing }),
        ViewerEvent::InputDenied(reason) => json!({ "event": "input_denied", "reason": reason }),
        ViewerEvent::Chat(text) => json!({ "event": "chat", "text": text }),
        ViewerEvent::ClipboardReceived { characters } => {
            json!({ "event": "clipboard_received", "characters": characters })
        }
        ViewerEvent::ClipboardSent { characters } => json!({ "event": "clipboard_sent", "characters": characters }),
        ViewerEvent::ClipboardTooLong { here, characters } => {
            json!({ "event": "clipboard_too_long", "here": here, "characters": characters })
        }
        ViewerEvent::PeerLost(lost) => json!({ "event": "peer_lost", "lost": lost }),
        ViewerEvent::Ended { reason, error } => json!({ "event": "ended", "reason": reason, "error": error }),
    }
}

fn effect(effect: ViewerEffect) -> Value {
    match effect {
        ViewerEffect::Answer { attempt, offer } => json!({ "effect": "answer", "attempt": attempt, "offer": offer }),
        ViewerEffect::AddCandidate(Candidate { line, mid, index }) => {
            json!({ "effect": "add_candidate", "candidate": { "candidate": line, "mid": mid, "index": index } })
        }
        ViewerEffect::Send(channel, message) => {
            let name = match channel {
                Channel::Session => "session",
                Channel::Pointer => "pointer",
            };
            json!({ "effect": "send", "channel": name, "message": message })
        }
        ViewerEffect::SetClipboard(text) => json!({ "effect": "set_clipboard", "text": text }),
        ViewerEffect::WatchClipboard(watch) => json!({ "effect": "watch_clipboard", "watch": watch }),
        ViewerEffect::Carry(_) => panic!("a browser has no carriage, and no case begins one"),
        ViewerEffect::Event(happened) => json!({ "effect": "event", "event": event(happened) }),
    }
}

/// Plays a case; its steps as they were, with what is to be done after each.
fn played(case: &Value) -> Vec<Value> {
    let capabilities: Capabilities = read(&case["capabilities"]);
    let grant = Grant {
        session: SessionId([1; 16]),
        ticket: TicketId(1001),
        technician: PersonId(1),
        capabilities,
        expires_at: START.plus(LASTS_MS),
    };
    let mut session = ViewerSession::new(grant, START, START);
    let steps = case["steps"].as_array().expect("a case has steps");
    let play = |step: &Value| {
        happens(&mut session, &step["do"], read(&step["at"]));
        let effects: Vec<Value> = std::iter::from_fn(|| session.poll_effect()).map(effect).collect();
        json!({ "at": step["at"], "do": step["do"], "effects": effects, "timeout": session.poll_timeout() })
    };
    steps.iter().map(play).collect()
}

/// One step a line, so that a change shows in its place.
fn written(about: &Value, cases: &[(Value, Vec<Value>)]) -> String {
    let mut file = format!("{{\n  \"about\": {about},\n  \"cases\": [\n");
    for (number, (case, steps)) in cases.iter().enumerate() {
        let steps: Vec<String> = steps.iter().map(|step| format!("        {step}")).collect();
        let end = if number + 1 < cases.len() { "," } else { "" };
        write!(
            file,
            "    {{\n      \"name\": {},\n      \"capabilities\": {},\n      \"steps\": [\n{}\n      ]\n    }}{end}\n",
            case["name"],
            case["capabilities"],
            steps.join(",\n")
        )
        .expect("a string takes everything");
    }
    file.push_str("  ]\n}\n");
    file
}

#[test]
fn the_viewers_session_does_what_the_shared_vectors_say() {
    let file = std::fs::read_to_string(path()).expect("the vectors can be read");
    let vectors: Value = serde_json::from_str(&file).expect("the vectors are JSON");
    let cases = vectors["cases"].as_array().expect("there are cases");
    let all: Vec<(Value, Vec<Value>)> = cases.iter().map(|case| (case.clone(), played(case))).collect();
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        std::fs::write(path(), written(&vectors["about"], &all)).expect("the vectors can be written");
        return;
    }
    assert!(all.len() > 40, "only {} cases", all.len());
    for (case, steps) in all {
        let expected = case["steps"].as_array().expect("a case has steps");
        for (number, (step, expected)) in steps.iter().zip(expected).enumerate() {
            assert_eq!(step, expected, "{}, step {number}", case["name"]);
        }
    }
}
