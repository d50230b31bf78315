//! The interface's types of what it shows and does are generated from the app's. This test fails when they are stale;
//! `cargo xtask generate` (which runs it with `RENFORT_GENERATE=1`) writes them.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use renfort_app::{action, picture_socket, view};
use ts_rs::{Config, TS};

macro_rules! declarations {
    ($($type:ty),* $(,)?) => {{
        let config = Config::new().with_large_int("number");
        let mut text = String::new();
        $(writeln!(text, "\nexport {}", <$type>::decl(&config)).expect("a string takes everything");)*
        text
    }};
}

/// Words of the text outside its comments.
fn words(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with(['*', '/']))
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .collect()
}

fn generated(protocol: &str) -> String {
    let body = declarations!(
        view::Theme,
        view::OrganisationView,
        view::OfferView,
        view::ReportView,
        view::Link,
        view::Notice,
        view::Question,
        view::ChatLine,
        view::ClipboardLine,
        view::ScreenView,
        view::KeyboardView,
        view::KeyModeChoice,
        view::Remark,
        view::ConsentChoices,
        view::ConsentWarning,
        view::CodeView,
        view::ReceiptView,
        view::UserPage,
        view::TechnicianSession,
        view::TechnicianPage,
        view::CardView,
        view::GoneTicket,
        view::HelpView,
        view::Side,
        view::View,
        view::PictureAddress,
        picture_socket::placed::Placed,
        picture_socket::placed::Ring,
        picture_socket::placed::Place,
        action::Action,
    );
    let used = words(&body);
    let imported = protocol
        .lines()
        .filter_map(|line| line.strip_prefix("export type "))
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
        .filter(|name| used.contains(name) && !body.contains(&format!("export type {name} ")))
        .collect::<BTreeSet<_>>();
    let imported = imported.into_iter().collect::<Vec<_>>().join(",\n  ");
    format!(
        "// Generated from src-tauri by `cargo xtask generate`. Do not edit.\n\n\
         import type {{\n  {imported},\n}} from './protocol';\n{body}"
    )
}

#[test]
fn the_interfaces_types_are_those_of_the_app() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/generated");
    let protocol =
        std::fs::read_to_string(folder.join("protocol.ts")).expect("the protocol's types are generated first");
    let path = folder.join("host.ts");
    let fresh = generated(&protocol);
    if std::env::var_os("RENFORT_GENERATE").is_some() {
        std::fs::write(&path, &fresh).expect("the file can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == fresh,
        "ui/src/generated/host.ts is stale: run `cargo xtask generate`"
    );
}
