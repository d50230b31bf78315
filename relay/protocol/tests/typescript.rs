//! The interface's types are generated from the protocol's. This test fails when they are stale; `cargo xtask generate`
//! (which runs it with `RENFORT_GENERATE=1`) writes them.

use std::{fmt::Write, path::Path};

use renfort_protocol::{
    console, error, grant, ids, input, organisation, people, report, session, signalling, ticket, time,
};
use ts_rs::{Config, TS};

macro_rules! declarations {
    ($($type:ty),* $(,)?) => {{
        let config = Config::new().with_large_int("number");
        let mut text = String::from("// Generated from relay/protocol by `cargo xtask generate`. Do not edit.\n");
        $(writeln!(text, "\nexport {}", <$type>::decl(&config)).expect("a string takes everything");)*
        text
    }};
}

fn generated() -> String {
    let mut text = declarations!(
        time::UnixMillis,
        ids::TicketId,
        ids::PersonId,
        ids::SessionId,
        ids::RequestId,
        ids::DeviceKey,
        ids::Nonce,
        ids::Signature,
        ids::Token,
        people::Level,
        people::Role,
        people::Person,
        people::Technician,
        people::Stated,
        ticket::Impact,
        ticket::Urgency,
        ticket::Priority,
        ticket::Outcome,
        ticket::TicketState,
        ticket::Note,
        ticket::UserTicket,
        ticket::QueueEntry,
        ticket::TicketDetail,
        ticket::EarlierTicket,
        ticket::Language,
        ticket::Receipt,
        ticket::Counts,
        grant::Capability,
        grant::Grant,
        error::Code,
        error::WireError,
        organisation::Organisation,
        organisation::OrganisationFile,
        report::Withdrawn,
        report::InputDenied,
        report::ReportedEvent,
        input::Button,
        input::InputEvent,
        session::ClipboardText,
        session::FromViewer,
        session::FromSharer,
        signalling::Password,
        signalling::Identity,
        signalling::Signal,
        signalling::Sdp,
        signalling::ConsentAnswer,
        signalling::EndReason,
        signalling::ToRelay,
        signalling::Request,
        signalling::SessionInfo,
        signalling::Welcomed,
        signalling::FromRelay,
        console::SignIn,
        console::Me,
        console::Filter,
        console::OutcomeFilter,
        console::Page<console::SessionRow>,
        console::SessionRow,
        console::TicketRow,
        console::TimelineEntry,
        console::FieldValue,
        console::SessionDetail,
        console::LogStatus,
        console::LogFault,
    );
    // The bounded texts are generic over their limit, which TypeScript has no word for: they are all strings.
    text.push_str("\n/** One line of text. */\nexport type Line = string;\n/** Text of several lines. */\nexport type Text = string;\n");
    text
}

#[test]
fn the_interfaces_types_are_those_of_the_protocol() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/generated/protocol.ts");
    let fresh = generated();
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        std::fs::write(&path, &fresh).expect("the file can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == fresh,
        "ui/src/generated/protocol.ts is stale: run `cargo xtask generate`"
    );
}
