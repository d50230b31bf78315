//! End to end, through real windows on virtual screens. One at a time: two cores carry one story, not several.

mod story {
    use std::{
        path::PathBuf,
        time::{Duration, Instant},
    };

    use anyhow::Result;
    use renfort_story::{
        log,
        observer::Printer,
        programs::target_folder,
        stage::Stage,
        technician::Outcome,
        technician::{ENTER, ESCAPE, TechnicianWindow},
        user::UserWindow,
        walk::walk,
        words::Language,
        xterm,
    };
    use tokio::sync::Mutex;

    /// `--surface` of the light look, on which menus and dialogs are drawn.
    const SURFACE: [u8; 3] = [255, 255, 255];

    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

    /// Sets the stage and plays on it; what both screens showed when it failed is kept.
    async fn on_stage(name: &str, language: Language, play: impl AsyncFnOnce(&mut Stage) -> Result<()>) -> Result<()> {
        on_stage_with(&[], name, language, play).await
    }

    /// The same, the user's app with more arguments.
    async fn on_stage_with(
        arguments: &[&str],
        name: &str,
        language: Language,
        play: impl AsyncFnOnce(&mut Stage) -> Result<()>,
    ) -> Result<()> {
        let _alone = ONE_AT_A_TIME.lock().await;
        let mut stage = Stage::set_up_with(language, arguments).await?;
        let Err(error) = play(&mut stage).await else {
            return Ok(());
        };
        let folder = target_folder("story")?;
        for desktop in [&stage.user_desktop, &stage.technician_desktop] {
            desktop
                .picture()?
                .save(&folder.join(format!("{name}-{}.png", desktop.name())))?;
            std::fs::copy(
                desktop.log("renfort"),
                folder.join(format!("{name}-{}.log", desktop.name())),
            )?;
        }
        std::fs::write(folder.join(format!("{name}-relay.log")), stage.relay.last_lines())?;
        Err(error.context(format!(
            "pictures of both screens and the programs' logs are in {}",
            folder.display()
        )))
    }

    fn exported(name: &str) -> Result<PathBuf> {
        Ok(target_folder("story")?.join(format!("{name}.jsonl")))
    }

    async fn whole_walk(language: Language) -> Result<()> {
        let name = format!("walk-{}", language.code());
        on_stage(&name, language, async |stage| {
            let folder = target_folder(&format!("story/{name}"))?;
            walk(stage, &folder, &mut Printer).await
        })
        .await
    }

    #[tokio::test]
    async fn from_the_click_to_the_log_in_english() -> Result<()> {
        whole_walk(Language::English).await
    }

    #[tokio::test]
    async fn from_the_click_to_the_log_in_french() -> Result<()> {
        whole_walk(Language::French).await
    }

    #[tokio::test]
    async fn a_technician_is_told_that_the_user_refused_and_sees_nothing() -> Result<()> {
        on_stage("refused", Language::English, async |stage| {
            stage.until_the_user_is_asked().await?;
            stage.user.refuse_view().await?;
            stage.technician.page.shows("ask-again").await?;
            stage.technician.page.no_longer_shows("remote-canvas").await?;
            let text = stage
                .relay
                .wait_for_log(&exported("refused")?, |log| log::times(log, "consent.refused") == 1)
                .await?;
            anyhow::ensure!(
                log::times(&text, "consent.granted") == 0,
                "the log has a grant that nobody gave"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn stop_ends_control_at_once_and_the_technician_is_told() -> Result<()> {
        on_stage("stopped", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            stage
                .type_into_the_terminal(&xterm::command_for_file("before.txt"))
                .await?;
            stage.terminal.file("before.txt").await?;
            stage.user.stop().await?;
            stage.technician.page.shows("wrapup-submit").await?;
            stage.technician.page.no_longer_shows("give-back-control").await?;
            // Nothing of what is still pressed in the technician's window arrives.
            stage
                .technician
                .type_line(&xterm::command_for_file("after.txt"))
                .await?;
            let text = stage
                .relay
                .wait_for_log(&exported("stopped")?, |log| log::times(log, "session.ended") == 1)
                .await?;
            anyhow::ensure!(log::times(&text, "session.ended") == 1, "the session ended once");
            anyhow::ensure!(
                !stage.terminal.has_file("after.txt"),
                "keys arrived after the user's stop"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_text_is_typed_on_another_keyboard_and_both_keyboards_are_told() -> Result<()> {
        on_stage("typed", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            stage
                .type_into_the_terminal(&xterm::command_for_file("by-hand.txt"))
                .await?;
            stage.terminal.file("by-hand.txt").await?;
            let page = &stage.technician.page;
            let line = "You: QWERTY (US) · User: AZERTY (France) · character mode";
            page.text_that("keyboard-line", line, |text| text.contains(line))
                .await?;
            page.click("type-text-open").await?;
            let command = xterm::command_for_file("typed.txt");
            page.fill("type-text", &command).await?;
            page.press(&ENTER.to_string()).await?;
            page.click("start-typing").await?;
            page.text_that("typing-state", "all of it", |text| text.starts_with("All "))
                .await?;
            stage.terminal.file("typed.txt").await?;
            page.click("close-typing").await?;
            stage.user_desktop.set_keyboard("us")?;
            page.text_that("keyboard-line", "the same keyboard", |text| {
                text.contains("physical mode")
            })
            .await?;
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_technician_sees_the_users_screen_to_the_pixel() -> Result<()> {
        on_stage("exact", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            let (user, own) = (&stage.user_desktop, &stage.technician_desktop);
            let technician = &stage.technician;
            // Of its own size: what is scaled has other pixels.
            technician.toggle_size().await?;
            // Text that scrolls, a page that is another at once, letters, and colours.
            stage
                .type_into_the_terminal("seq -w 1 400; ls -l /usr/bin | head -30")
                .await?;
            technician.type_line(&xterm::command_for_file("listed.txt")).await?;
            stage.terminal.file("listed.txt").await?;
            technician.sees_exactly(user, own).await?;
            technician.type_line("clear; env | sort").await?;
            technician.type_line(&xterm::command_for_file("done.txt")).await?;
            stage.terminal.file("done.txt").await?;
            technician.sees_exactly(user, own).await?;
            technician.type_line(&xterm::command_for_colour(xterm::AFTER)).await?;
            let terminal = stage.terminal.area(user)?;
            technician.sees_colour(own, terminal, xterm::AFTER).await?;
            technician.sees_exactly(user, own).await?;
            technician.toggle_size().await?;
            technician.sees_the_screen_of(user, own).await?;
            technician.toggle_size().await?;
            technician.click_at(terminal).await?;
            technician.sees_exactly(user, own).await
        })
        .await
    }

    #[tokio::test]
    async fn what_the_page_has_over_the_picture_is_seen_and_then_the_picture_again() -> Result<()> {
        on_stage("over", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            let (user, own) = (&stage.user_desktop, &stage.technician_desktop);
            stage.technician.sees_the_screen_of(user, own).await?;
            for _ in 0..2 {
                stage.technician.page.click("special-keys").await?;
                // The last entry hangs over the picture.
                stage
                    .technician
                    .sees_over_the_picture(own, "special-print_screen", SURFACE)
                    .await?;
                stage.technician.page.press(ESCAPE).await?;
                stage.technician.sees_the_screen_of(user, own).await?;
            }
            stage.technician.page.click("type-text-open").await?;
            stage
                .technician
                .sees_over_the_picture(own, "type-text", SURFACE)
                .await?;
            stage.technician.page.press(ESCAPE).await?;
            stage.technician.sees_the_screen_of(user, own).await?;
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn an_escalated_ticket_reaches_level_2_with_its_notes() -> Result<()> {
        on_stage("escalated", Language::English, async |stage| {
            let ticket = stage.until_the_technician_sees().await?;
            let words = stage.words();
            stage.technician.end().await?;
            stage
                .technician
                .wrap_up(Outcome::EscalatedTo2, None, Some(words.handover))
                .await?;
            stage.technician.page.click("sign-out").await?;
            stage.technician.sign_in(&stage.people.expert, &stage.relay).await?;
            stage.technician.sees(&ticket, words.summary).await?;
            stage.technician.look_at(&ticket).await?;
            stage.technician.reads(words.handover).await?;
            stage.technician.take().await?;
            stage.user.is_asked_by(stage.people.expert.name).await?;
            stage.user.allow_view().await?;
            stage
                .technician
                .sees_the_screen_of(&stage.user_desktop, &stage.technician_desktop)
                .await?;
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_session_goes_on_while_the_relay_is_killed_and_nothing_is_lost() -> Result<()> {
        on_stage("killed", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            stage.relay.kill();
            stage
                .type_into_the_terminal(&xterm::command_for_file("meanwhile.txt"))
                .await?;
            stage.terminal.file("meanwhile.txt").await?;
            stage
                .technician
                .type_line(&xterm::command_for_colour(xterm::AFTER))
                .await?;
            let terminal = stage.terminal.area(&stage.user_desktop)?;
            stage
                .technician
                .sees_colour(&stage.technician_desktop, terminal, xterm::AFTER)
                .await?;
            stage.user.say("still here").await?;
            stage.technician.hears("still here").await?;

            stage.relay.serve().await?;
            // The app may still be on its way back to the relay: what is said meanwhile waits for it.
            stage.technician.end().await?;
            stage.technician.wrap_up(Outcome::Solved, Some("done"), None).await?;
            stage.user.page.shows("solved-yes").await?;
            let once = [
                "ticket.opened",
                "ticket.taken",
                "consent.granted",
                "session.ended",
                "ticket.closed",
            ];
            let is_whole =
                |log: &str| once.iter().all(|code| log::times(log, code) == 1) && log::times(log, "input.counted") > 0;
            stage.relay.wait_for_log(&exported("killed")?, is_whole).await?;
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_second_technician_cannot_take_a_taken_ticket() -> Result<()> {
        on_stage("taken", Language::English, async |stage| {
            stage.user.import(&stage.relay).await?;
            let ticket = stage.user.ask_for_help(stage.words().summary, "team", "medium").await?;
            let desktop = renfort_story::desktop::Desktop::on_a_virtual_screen(
                "colleague",
                renfort_story::stage::TECHNICIAN_SCREEN,
            )
            .await?;
            let second = TechnicianWindow::open(&stage.programs, &desktop, &stage.relay, stage.language).await?;
            second.sign_in(&stage.people.colleague, &stage.relay).await?;
            second.look_at(&ticket).await?;
            stage.technician.sign_in(&stage.people.technician, &stage.relay).await?;
            stage.technician.look_at(&ticket).await?;
            // Both press the button at the same moment. Who comes second either reaches the relay, which refuses and says
            // who has the ticket, or no longer has the button.
            let (first, second_pressed) = tokio::join!(stage.technician.press_take(), second.press_take());
            anyhow::ensure!(first? | second_pressed?, "nobody could press the button");
            let who = stage.user.who_asks().await?;
            let (winner, loser) = if who.contains(stage.people.technician.name) {
                (stage.people.technician.name, &second)
            } else {
                (stage.people.colleague.name, &stage.technician)
            };
            anyhow::ensure!(who.contains(winner), "the user is asked by somebody else: {who:?}");
            loser.page.no_longer_shows("take").await?;
            let text = stage
                .relay
                .wait_for_log(&exported("taken")?, |log| log::times(log, "consent.asked") == 1)
                .await?;
            anyhow::ensure!(
                log::times(&text, "ticket.taken") == 1,
                "the ticket was taken more than once"
            );
            if log::times(&text, "ticket.take_denied") > 0 {
                loser
                    .page
                    .text_that("notice", "who has the ticket", |text| text.contains(winner))
                    .await?;
            }
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn remote_input_never_reaches_renforts_own_windows_and_the_banners_stop_ends_it() -> Result<()> {
        on_stage("own-window", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            // The technician tries to press the user's own buttons.
            let extend = stage.user.area_on_screen(&stage.user_desktop, "extend").await?;
            stage.technician.click_at(extend).await?;
            stage.technician.page.shows("remark").await?;
            stage
                .type_into_the_terminal(&xterm::command_for_file("beside.txt"))
                .await?;
            stage.terminal.file("beside.txt").await?;

            stage.user.stop_by_the_banner().await?;
            stage.technician.page.shows("wrapup-submit").await?;
            // The refused click is there, too.
            let is_whole = |log: &str| log::times(log, "session.stopped") == 1 && log::times(log, "input.denied") > 0;
            let text = stage.relay.wait_for_log(&exported("own-window")?, is_whole).await?;
            anyhow::ensure!(
                log::times(&text, "grant.extended") == 0,
                "the technician gave themselves more time"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn while_a_report_of_abuse_is_written_the_technician_sees_a_pause_and_nothing_else() -> Result<()> {
        on_stage("abuse", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            let write = |name: &str| xterm::command_for_file(name);
            stage.type_into_the_terminal(&write("before.txt")).await?;
            stage.terminal.file("before.txt").await?;

            stage.user.page.click("report-abuse").await?;
            stage.user.page.shows("abuse-rests").await?;
            let paused = |text: &str| text.contains("The user has paused");
            stage
                .technician
                .page
                .text_that("remote-lost", "a pause", paused)
                .await?;
            stage.technician.type_line(&write("meanwhile.txt")).await?;
            stage.user.page.click("abuse-cancel").await?;
            stage.technician.page.no_longer_shows("remote-lost").await?;
            // Control is back when the user allows it, and no sooner.
            stage.user.page.click("switch-control").await?;
            stage.technician.has_control().await?;
            stage.type_into_the_terminal(&write("after.txt")).await?;
            stage.terminal.file("after.txt").await?;
            anyhow::ensure!(!stage.terminal.has_file("meanwhile.txt"), "typed during the pause");

            stage.user.page.click("report-abuse").await?;
            stage.user.page.click("abuse-confirm").await?;
            let others = |text: &str| text.contains("Your session has ended. Others go on with this ticket.");
            stage
                .technician
                .page
                .text_that("queue-gone", "that others go on", others)
                .await?;
            // In the queue again, with the receipt of the session that was.
            stage.user.page.shows("queue-position").await?;
            stage.user.page.shows("save-receipt").await?;
            let is_whole = |log: &str| log::times(log, "session.abuse_reported") == 1;
            let text = stage.relay.wait_for_log(&exported("abuse")?, is_whole).await?;
            // Taken back and given again with the first dialog, taken back with the second.
            anyhow::ensure!(
                (log::times(&text, "view.withdrawn"), log::times(&text, "view.allowed")) == (2, 1),
                "the log does not tell when the screen was hidden"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_technician_cannot_click_the_users_consent_window_by_injected_input() -> Result<()> {
        on_stage("consent-window", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            // The user takes the clipboard back; the technician tries the switch.
            stage.user.page.click("switch-clipboard").await?;
            stage.technician.page.shows("request-clipboard").await?;
            let switch = stage
                .user
                .area_on_screen(&stage.user_desktop, "switch-clipboard")
                .await?;
            stage.technician.click_at(switch).await?;
            stage.technician.page.shows("remark").await?;
            // They ask, and try to answer for the user.
            stage.technician.page.click("request-clipboard").await?;
            stage.user.page.shows("clipboard-allow").await?;
            let allow = stage
                .user
                .area_on_screen(&stage.user_desktop, "clipboard-allow")
                .await?;
            stage.technician.click_at(allow).await?;
            // The question is still the user's to answer.
            stage.user.page.click("clipboard-refuse").await?;
            stage.user.page.no_longer_shows("clipboard-refuse").await?;
            stage.user.stop().await?;
            let is_whole = |log: &str| {
                log::times(log, "session.stopped") == 1
                    && log::times(log, "clipboard.refused") == 1
                    && log::times(log, "input.denied") > 0
            };
            let text = stage.relay.wait_for_log(&exported("consent-window")?, is_whole).await?;
            // Once with control, by the user.
            anyhow::ensure!(
                log::times(&text, "clipboard.allowed") == 1,
                "the technician answered for the user"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn an_app_that_is_opened_again_finds_its_ticket() -> Result<()> {
        on_stage("reopened", Language::English, async |stage| {
            stage.user.import(&stage.relay).await?;
            let ticket = stage.user.ask_for_help(stage.words().summary, "person", "low").await?;
            // Another program takes its place only when the first is gone.
            let (programs, language) = (stage.programs.clone(), stage.language);
            stage.user.close();
            stage.user = UserWindow::open(&programs, &stage.user_desktop, language).await?;
            let shows_it = |text: &str| text.contains(&ticket);
            stage.user.page.text_that("ticket-number", &ticket, shows_it).await?;
            stage.user.is_in_place(1).await?;
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_technician_is_told_within_three_seconds_that_the_users_machine_is_gone() -> Result<()> {
        on_stage("gone", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            stage.technician.page.no_longer_shows("remote-lost").await?;
            let since = Instant::now();
            stage.user.close();
            stage.technician.page.shows("remote-lost").await?;
            let took = since.elapsed();
            // What is promised, and what it takes to kill and to look.
            anyhow::ensure!(
                took < Duration::from_millis(3_500),
                "the technician was told after {took:?}"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn the_portable_capture_shows_the_screen_and_its_changes_too() -> Result<()> {
        on_stage_with(&["--capture", "scrap"], "scrap", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            stage
                .type_into_the_terminal(&xterm::command_for_colour(xterm::AFTER))
                .await?;
            let terminal = stage.terminal.area(&stage.user_desktop)?;
            stage
                .technician
                .sees_colour(&stage.technician_desktop, terminal, xterm::AFTER)
                .await?;
            let is_scrap = |log: &str| log.contains("\"capture\":\"scrap\"");
            stage.relay.wait_for_log(&exported("scrap")?, is_scrap).await?;
            Ok(())
        })
        .await
    }
}
