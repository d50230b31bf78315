//! The interface's types are generated from the protocol's. This test fails when they are stale; `cargo xtask generate`
//! (which runs it with `RENFORT_GENERATE=1`) writes them.

use std::{fmt::Write, path::Path};

use renfort_protocol::{
    article, binding, card, code, console, cursor, error, figures, grant, head, ids, input, keyboard, organisation,
    people, policy, reply, report, second_factor, session, signalling, ticket, time, words,
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
        ids::Sha256,
        ids::PakeElement,
        ids::Confirmation,
        ids::CardSerial,
        ids::ArticleId,
        ids::ReplyId,
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
        ticket::Left,
        ticket::Language,
        ticket::Receipt,
        ticket::Counts,
        grant::Capability,
        grant::Grant,
        ids::RecordHash,
        head::Endpoint,
        head::SessionHead,
        error::Code,
        error::WireError,
        policy::Policy,
        organisation::Organisation,
        organisation::OrganisationFile,
        card::CardRequest,
        card::SignedCardRequest,
        card::Card,
        card::SignedCard,
        card::CardFault,
        card::Revoked,
        card::Revocations,
        card::SignedRevocations,
        binding::Ask,
        binding::SignedAsk,
        binding::Ready,
        binding::SignedReady,
        binding::Credential,
        binding::Reveal,
        binding::Opened,
        code::CodeSecret,
        code::CodeAnswer,
        binding::Allowance,
        binding::End,
        binding::Described,
        binding::Tampered,
        words::Words,
        report::Refuser,
        report::Withdrawn,
        report::InputDenied,
        report::ReportedEvent,
        keyboard::LayoutName,
        keyboard::KeyboardLayout,
        keyboard::TypedText,
        keyboard::KeyMode,
        keyboard::Typing,
        keyboard::TypingState,
        cursor::CursorShape,
        cursor::CursorSlot,
        cursor::Cursor,
        input::Button,
        input::InputEvent,
        session::ClipboardText,
        session::FromViewer,
        session::FromSharer,
        article::ArticleState,
        article::ArticleAction,
        article::Author,
        article::ArticleText,
        article::ArticleHead,
        article::Article,
        article::ArticleRow,
        article::ArticleList,
        article::ArticleFilter,
        article::NewArticle,
        article::SaveArticle,
        article::OfVersion,
        article::RestoreArticle,
        article::Suggestion,
        article::ShownArticle,
        reply::Placeholder,
        reply::CannedReply,
        reply::ReplyContent,
        reply::SaveReply,
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
        second_factor::SecondFactorCode,
        console::SignIn,
        console::SignedIn,
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
        figures::Day,
        figures::Purpose,
        figures::Grouping,
        figures::FiguresQuery,
        figures::TeamFigures,
        figures::FigureGroup,
        figures::Figures,
        figures::Spread,
        figures::Share,
        figures::Escalations,
        figures::Backlog,
        figures::Satisfaction,
        figures::HoursShown,
        figures::Opening,
        figures::PersonQuery,
        figures::PersonFigures,
        figures::OnePerson,
        console::story::StoryPart,
        console::story::TicketStory,
        console::history::HistoryOf,
        console::history::History,
        console::history::HistoryTicket,
        console::history::HistoryTotals,
        console::history::Companion,
        console::live::LiveOpening,
        console::live::LivePoll,
        console::live::Live,
        console::live::LiveTicket,
        console::live::Doing,
        console::live::LiveTechnician,
        console::live::LiveSession,
        console::views::ListKind,
        console::views::StateFilter,
        console::views::Since,
        console::views::ViewFilter,
        console::views::SavedView,
        console::views::NewView,
        console::views::RenameView,
    );
    // The bounded texts are generic over their limit, which TypeScript has no word for: they are all strings.
    text.push_str("\n/** One line of text. */\nexport type Line = string;\n/** Text of several lines. */\nexport type Text = string;\n");
    text
}

/// The words that stand on both screens, for the page of a technician in a browser.
fn words() -> String {
    let mut text = String::from(
        "// Generated from relay/protocol by `cargo xtask generate`. Do not edit.\n\n/** One word for each value of a byte. */\nexport const WORDS: readonly string[] = [\n",
    );
    for line in words::WORDS.chunks(8) {
        writeln!(text, "  \"{}\",", line.join("\", \"")).expect("a string takes everything");
    }
    text.push_str("];\n");
    text
}

#[test]
fn the_interfaces_types_are_those_of_the_protocol() {
    stands("protocol.ts", &generated());
}

#[test]
fn the_interfaces_words_are_those_of_the_protocol() {
    stands("words.ts", &words());
}

fn stands(name: &str, fresh: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../ui/src/generated")
        .join(name);
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        std::fs::write(&path, fresh).expect("the file can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == fresh,
        "ui/src/generated/{name} is stale: run `cargo xtask generate`"
    );
}
