//! The whole way, from the user's first click to the supervisor's verified log.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::{
    console::Console,
    log,
    observer::{Observer, Subject, Teller},
    stage::Stage,
    technician::Outcome,
    user::heard,
    xterm,
};

/// Plays the story on a stage on which nothing has happened yet. The exported log is left in `folder`.
///
/// # Errors
/// When anything is not as it must be, with what was seen instead.
pub async fn walk<O: Observer>(stage: &mut Stage, folder: &Path, observer: &mut O) -> Result<()> {
    let mut teller = Teller::new(observer);
    let ticket = asking(stage, &mut teller).await?;
    seeing(stage, &ticket, &mut teller).await?;
    controlling(stage, &mut teller).await?;
    talking(stage, &mut teller).await?;
    ending(stage, &mut teller).await?;
    reading(stage, &ticket, &mut teller).await?;
    verifying(stage, folder, &mut teller).await
}

async fn asking<O: Observer>(stage: &Stage, teller: &mut Teller<'_, O>) -> Result<String> {
    let (user, words) = (&stage.user, stage.words());
    let screen = Subject::Screen(&stage.user_desktop);
    user.page.is_in_language(stage.language.code()).await?;
    user.import(&stage.relay).await?;
    let button = user
        .page
        .text_that("get-help", words.get_help, |text| text.contains(words.get_help))
        .await?;
    teller
        .tell(
            "The user imports the organisation's link",
            format!("the window offers: {button}"),
            &[screen],
        )
        .await?;

    let ticket = user.ask_for_help(words.summary, "person", "high").await?;
    let place = user.is_in_place(1).await?;
    teller
        .tell("The user asks for help", format!("ticket {ticket}; {place}"), &[screen])
        .await?;
    Ok(ticket)
}

async fn seeing<O: Observer>(stage: &Stage, ticket: &str, teller: &mut Teller<'_, O>) -> Result<()> {
    let (user, technician, words) = (&stage.user, &stage.technician, stage.words());
    let screens = [
        Subject::Screen(&stage.technician_desktop),
        Subject::Screen(&stage.user_desktop),
    ];
    let name = stage.people.technician.name;
    technician.page.is_in_language(stage.language.code()).await?;
    technician.sign_in(&stage.people.technician, &stage.relay).await?;
    let row = technician.sees(ticket, words.summary).await?;
    technician.look_at(ticket).await?;
    teller
        .tell("The technician signs in and sees the ticket", row, &screens[..1])
        .await?;

    technician.take().await?;
    user.is_asked_by(name).await?;
    let level = format!("{} 1", words.level);
    let asked = user
        .page
        .says("the technician's level and the ticket's number", |shown| {
            shown.to_lowercase().contains(&level) && shown.contains(ticket)
        })
        .await?;
    teller
        .tell("The technician takes it; the user is asked", asked, &screens)
        .await?;

    user.allow_view().await?;
    let alike = technician
        .sees_the_screen_of(&stage.user_desktop, &stage.technician_desktop)
        .await?;
    let terminal = stage.terminal.area(&stage.user_desktop)?;
    let share = technician
        .sees_colour(&stage.technician_desktop, terminal, xterm::BEFORE)
        .await?;
    let seen = format!(
        "both screens are alike by {alike:.3}; {:.0} % of the terminal in its colour",
        share * 100.0
    );
    teller
        .tell("The user allows a view; the technician sees the screen", seen, &screens)
        .await
}

async fn controlling<O: Observer>(stage: &Stage, teller: &mut Teller<'_, O>) -> Result<()> {
    let screens = [
        Subject::Screen(&stage.technician_desktop),
        Subject::Screen(&stage.user_desktop),
    ];
    // Before control is given nothing that is typed may arrive.
    stage
        .type_into_the_terminal(&xterm::command_for_file("early.txt"))
        .await?;
    stage.technician.ask_for_control().await?;
    stage.user.page.shows("control-allow").await?;
    teller
        .tell("The technician asks for control", "the user's window asks", &screens)
        .await?;

    stage.user.allow_control().await?;
    stage.technician.has_control().await?;
    stage
        .type_into_the_terminal(&xterm::command_for_file("proof.txt"))
        .await?;
    let proof = stage.terminal.file("proof.txt").await?;
    ensure!(
        proof == xterm::FILE_HOLDS,
        "the typed command left {proof:?} on the user's machine"
    );
    ensure!(
        !stage.terminal.has_file("early.txt"),
        "what was typed before control was given arrived"
    );
    let seen = format!("proof.txt on the user's machine holds {proof}");
    teller
        .tell("The technician types a command in the user's terminal", seen, &screens)
        .await?;

    stage
        .technician
        .type_line(&xterm::command_for_colour(xterm::AFTER))
        .await?;
    let terminal = stage.terminal.area(&stage.user_desktop)?;
    let share = stage
        .technician
        .sees_colour(&stage.technician_desktop, terminal, xterm::AFTER)
        .await?;
    let seen = format!(
        "{:.0} % of the terminal in its new colour in the technician's picture",
        share * 100.0
    );
    teller
        .tell("Its effect is seen by the technician", seen, &screens)
        .await
}

async fn talking<O: Observer>(stage: &Stage, teller: &mut Teller<'_, O>) -> Result<()> {
    let (user, technician, words) = (&stage.user, &stage.technician, stage.words());
    let screens = [
        Subject::Screen(&stage.technician_desktop),
        Subject::Screen(&stage.user_desktop),
    ];
    technician.say(words.greeting).await?;
    heard(&user.page, words.greeting).await?;
    user.say(words.answer).await?;
    technician.hears(words.answer).await?;
    technician
        .sees_the_screen_of(&stage.user_desktop, &stage.technician_desktop)
        .await?;
    teller
        .tell(
            "They write to each other",
            format!("{} / {}", words.greeting, words.answer),
            &screens,
        )
        .await?;

    let left = user.extend().await?;
    teller
        .tell("The user gives five more minutes", left, &screens[1..])
        .await
}

async fn ending<O: Observer>(stage: &Stage, teller: &mut Teller<'_, O>) -> Result<()> {
    let (user, technician, words) = (&stage.user, &stage.technician, stage.words());
    let screens = [
        Subject::Screen(&stage.technician_desktop),
        Subject::Screen(&stage.user_desktop),
    ];
    technician.end().await?;
    technician
        .wrap_up(Outcome::Solved, Some(words.message), Some(words.note))
        .await?;
    user.page.shows("solved-yes").await?;
    let receipt = user.receipt(stage.people.technician.name).await?;
    user.reads_message(words.message).await?;
    let seen = format!("{receipt}\n{}", words.message);
    teller
        .tell(
            "The technician ends it as solved; the user reads what was done",
            seen,
            &screens,
        )
        .await?;

    user.answer_solved().await?;
    teller
        .tell(
            "The user says that it is solved",
            "the question is answered",
            &screens[1..],
        )
        .await
}

async fn reading<O: Observer>(stage: &Stage, ticket: &str, teller: &mut Teller<'_, O>) -> Result<()> {
    let console = Console::open(&stage.relay, stage.language).await?;
    let page = [Subject::Page("console", &console.page)];
    console.page.is_in_language(stage.language.code()).await?;
    console.sign_in(&stage.people.supervisor).await?;
    let row = console
        .page
        .text_that("sessions-row", ticket, |row| row.contains(ticket))
        .await?;
    let csv = console.export_csv().await?;
    ensure!(csv.contains(ticket), "the exported list has no {ticket}: {csv:?}");
    teller
        .tell(
            "The supervisor signs in to the console and exports the list",
            row,
            &page,
        )
        .await?;

    console.open_newest_session().await?;
    for code in ["consent.granted", "session.ended"] {
        console.timeline_has(code).await?;
    }
    // What was typed before control was given does not count.
    let typed = xterm::command_for_file("proof.txt").len() + xterm::command_for_colour(xterm::AFTER).len() + 2;
    let keys = console.count_reaches("keys", typed as u64).await?;
    let clicks = console.count_reaches("clicks", 1).await?;
    let mut figures = String::new();
    for name in ["waiting", "handling", "viewed", "controlled"] {
        let figure = console.figure(name).await?;
        figures.push_str(&format!("{name} {figure}; "));
    }
    let entries = console.timeline_length().await?;
    let seen = format!("{figures}keys {keys}; clicks {clicks}; {entries} entries in the timeline");
    teller
        .tell("The supervisor reads the session's timeline", seen, &page)
        .await?;

    let status = console.log_status().await?;
    teller.tell("The console checks the log", status, &page).await?;

    let proof = console.proof().await?;
    teller
        .tell("The supervisor's own browser proves the log", proof, &page)
        .await
}

async fn verifying<O: Observer>(stage: &Stage, folder: &Path, teller: &mut Teller<'_, O>) -> Result<()> {
    let exported = folder.join("log.jsonl");
    let text = stage
        .relay
        .wait_for_log(&exported, |log| log::times(log, "consent.granted") > 0)
        .await?;
    let verdict = stage.relay.verify_log(&exported)?;
    let words = stage.words();
    let typed = xterm::command_for_file("proof.txt");
    for contents in [words.greeting, words.answer, words.message, words.note, &typed] {
        ensure!(
            !text.contains(contents),
            "the log holds contents instead of counts: {contents:?}"
        );
    }
    let refusal =
        log::check_that_a_change_is_noticed(&stage.relay, &exported).context("a log with one byte changed")?;
    let seen = format!("{}\nwith one byte changed: {refusal}", verdict.trim());
    teller.tell("Anybody verifies the exported log", seen, &[]).await
}
