//! End to end with the technician in a plain browser: Chromium at the relay's address, the user in the real app.

mod story {
    use anyhow::{Result, ensure};
    use renfort_story::{
        browser::BrowserStage, film::Film, log, programs::target_folder, technician::Outcome, user::heard,
        words::Language, xterm,
    };
    use tokio::sync::Mutex;

    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

    /// Sets the stage and plays on it; what both showed when it failed is kept.
    async fn on_stage(
        name: &str,
        language: Language,
        play: impl AsyncFnOnce(&mut BrowserStage) -> Result<()>,
    ) -> Result<()> {
        let _alone = ONE_AT_A_TIME.lock().await;
        let mut stage = BrowserStage::set_up(language).await?;
        let Err(error) = play(&mut stage).await else {
            return Ok(());
        };
        let folder = target_folder("story")?;
        let path = |what: &str| folder.join(format!("{name}-{what}"));
        stage.user_desktop.picture()?.save(&path("user.png"))?;
        std::fs::copy(stage.user_desktop.log("renfort"), path("user.log"))?;
        if let Ok(png) = stage.technician.window.page.screenshot().await {
            std::fs::write(path("technician.png"), png)?;
        }
        std::fs::write(path("relay.log"), stage.relay.last_lines())?;
        Err(error.context(format!(
            "pictures of both screens and the programs' logs are in {}",
            folder.display()
        )))
    }

    #[tokio::test]
    async fn a_technician_in_a_browser_helps_from_the_queue_to_the_receipt() -> Result<()> {
        on_stage("browser", Language::English, async |stage| {
            let ticket = stage.until_the_technician_controls().await?;
            let (technician, words) = (&stage.technician.window, stage.words());
            let terminal = stage.terminal.area(&stage.user_desktop)?;
            stage.technician.sees_colour(terminal, xterm::BEFORE).await?;

            let before = stage.technician.received().await?;
            stage
                .type_into_the_terminal(&xterm::command_for_file("proof.txt"))
                .await?;
            let proof = stage.terminal.file("proof.txt").await?;
            ensure!(
                proof == xterm::FILE_HOLDS,
                "the typed command left {proof:?} on the user's machine"
            );
            technician.type_line(&xterm::command_for_colour(xterm::AFTER)).await?;
            stage.technician.sees_colour(terminal, xterm::AFTER).await?;
            stage.technician.receives_more_than(before).await?;

            technician.say(words.greeting).await?;
            heard(&stage.user.page, words.greeting).await?;
            stage.user.say(words.answer).await?;
            technician.hears(words.answer).await?;

            technician.end().await?;
            technician.wrap_up(Outcome::Solved, Some(words.message), None).await?;
            stage.user.receipt(stage.people.technician.name).await?;
            stage.user.reads_message(words.message).await?;
            stage.user.answer_solved().await?;

            let file = target_folder("story")?.join("browser.jsonl");
            let text = stage
                .relay
                .wait_for_log(&file, |log| {
                    log::times(log, "ticket.closed") == 1 && log::times(log, "view.first_picture") == 1
                })
                .await?;
            ensure!(text.contains(&ticket), "the log has no {ticket}");
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_technician_in_a_browser_sees_the_users_screen_to_the_pixel() -> Result<()> {
        on_stage("browser-exact", Language::English, async |stage| {
            stage.until_the_technician_controls().await?;
            stage.technician.sees_exactly(&stage.user_desktop).await?;
            let technician = &stage.technician.window;
            // Text that scrolls, a page that is another at once, and colours.
            stage
                .type_into_the_terminal("seq -w 1 400; ls -l /usr/bin | head -30")
                .await?;
            stage.technician.sees_exactly(&stage.user_desktop).await?;
            technician.type_line("clear; env | sort").await?;
            technician.type_line(&xterm::command_for_file("done.txt")).await?;
            stage.terminal.file("done.txt").await?;
            stage.technician.sees_exactly(&stage.user_desktop).await?;
            technician.type_line(&xterm::command_for_colour(xterm::AFTER)).await?;
            let terminal = stage.terminal.area(&stage.user_desktop)?;
            stage.technician.sees_colour(terminal, xterm::AFTER).await?;
            stage.technician.sees_exactly(&stage.user_desktop).await?;
            technician.page.reload().await?;
            technician.has_control().await?;
            stage.technician.sees_exactly(&stage.user_desktop).await?;
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_film_is_seen_as_it_plays_in_a_browser_and_to_the_pixel_when_it_stops() -> Result<()> {
        on_stage("browser-film", Language::English, async |stage| {
            stage.until_the_technician_sees().await?;
            let mut film = Film::play(&stage.user_desktop, 500, 420)?;
            let before = stage.technician.received().await?;
            // Its first pictures come as pixels; then its frames are painted, or nothing moves.
            stage.technician.decodes_more_than(before, 20).await?;
            stage.technician.sees_changing(film.area(), 5).await?;
            film.stop()?;
            stage.technician.sees_exactly(&stage.user_desktop).await?;
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_browser_that_does_not_tell_frames_apart_has_video_alone() -> Result<()> {
        on_stage("browser-video", Language::English, async |stage| {
            stage.technician.tells_no_timestamps().await?;
            stage.until_the_technician_sees().await?;
            let mut film = Film::play(&stage.user_desktop, 500, 420)?;
            let before = stage.technician.received().await?;
            stage.technician.decodes_more_than(before, 20).await?;
            stage.technician.sees_changing(film.area(), 5).await?;
            film.stop()?;
            let updates = stage.technician.received().await?.updates;
            stage.technician.sees_the_screen_of(&stage.user_desktop).await?;
            ensure!(
                stage.technician.received().await?.updates == updates,
                "updates came that cannot be shown"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_technician_without_a_card_helps_by_the_code_that_the_user_reads_out() -> Result<()> {
        on_stage("browser-code", Language::French, async |stage| {
            let technician = &stage.technician.window;
            stage.user.import(&stage.relay).await?;
            let (ticket, secret) = stage.user.show_code().await?;
            let folder = target_folder("story/browser-code")?;
            stage.user_desktop.picture()?.save(&folder.join("code.png"))?;
            technician.sign_in_without_a_card(&stage.people.technician).await?;

            // The last digit was misheard.
            let (known, last) = secret.split_at(5);
            let misheard = if last == "0" { "1" } else { "0" };
            technician.type_code(&format!("{ticket} {known}{misheard}")).await?;
            technician.is_told_of_a_wrong_code().await?;
            std::fs::write(folder.join("misheard.png"), technician.page.screenshot().await?)?;
            stage.user.page.shows("notice").await?;
            stage.user_desktop.picture()?.save(&folder.join("tried.png"))?;
            stage.user.page.click("notice-dismiss").await?;

            let number = ticket.trim_start_matches("T-");
            let (first, second) = secret.split_at(3);
            technician.correct_code(&format!("{number} - {first} {second}")).await?;
            stage.user.is_asked_by(stage.people.technician.name).await?;
            stage.user.page.shows("consent-unverified").await?;
            stage.user_desktop.picture()?.save(&folder.join("consent.png"))?;
            std::fs::write(folder.join("asking.png"), technician.page.screenshot().await?)?;
            stage.user.allow_view().await?;
            stage.technician.sees_the_screen_of(&stage.user_desktop).await?;
            stage.user_desktop.picture()?.save(&folder.join("session.png"))?;

            technician.end().await?;
            technician.wrap_up(Outcome::Solved, None, None).await?;
            stage.user.receipt(stage.people.technician.name).await?;
            let file = target_folder("story")?.join("browser-code.jsonl");
            let text = stage
                .relay
                .wait_for_log(&file, |log| log::times(log, "session.ended") == 2)
                .await?;
            ensure!(
                text.matches("\"by\":\"code\"").count() == 2 && text.contains("\"reason\":\"wrong_code\""),
                "the log does not tell of the two codes"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_session_goes_on_after_a_reload_and_ends_with_the_users_stop() -> Result<()> {
        on_stage("browser-reload", Language::French, async |stage| {
            stage.until_the_technician_controls().await?;
            let technician = &stage.technician.window;
            technician.page.is_in_language(stage.language.code()).await?;
            technician.page.reload().await?;
            technician.has_control().await?;
            stage.technician.sees_the_screen_of(&stage.user_desktop).await?;
            stage
                .type_into_the_terminal(&xterm::command_for_colour(xterm::AFTER))
                .await?;
            let terminal = stage.terminal.area(&stage.user_desktop)?;
            stage.technician.sees_colour(terminal, xterm::AFTER).await?;

            stage.user.stop().await?;
            technician.page.shows("wrapup-submit").await?;
            technician.page.no_longer_shows("remote-canvas").await?;
            technician.type_line(&xterm::command_for_file("after.txt")).await?;
            let file = target_folder("story")?.join("browser-reload.jsonl");
            let text = stage
                .relay
                .wait_for_log(&file, |log| log::times(log, "session.ended") == 1)
                .await?;
            ensure!(
                log::times(&text, "consent.granted") == 1,
                "the reload needed another consent"
            );
            ensure!(
                !stage.terminal.has_file("after.txt"),
                "keys arrived after the user's stop"
            );
            Ok(())
        })
        .await
    }

    #[tokio::test]
    async fn a_second_tab_takes_the_session_over_and_the_first_says_so() -> Result<()> {
        on_stage("browser-tabs", Language::English, async |stage| {
            stage.until_the_technician_sees().await?;
            let technician = &stage.technician.window;
            technician.page.open_tab(&stage.relay.technician_url()).await?;
            technician
                .page
                .fill("sign-in-login", stage.people.technician.login)
                .await?;
            technician
                .page
                .fill("sign-in-password", &stage.people.technician.password)
                .await?;
            technician.page.click("sign-in").await?;
            stage.technician.sees_the_screen_of(&stage.user_desktop).await?;

            technician.page.show_tab(0).await?;
            technician.page.shows("reconnect").await?;
            technician.page.no_longer_shows("remote-canvas").await?;
            technician.page.click("reconnect").await?;
            stage.technician.sees_the_screen_of(&stage.user_desktop).await?;
            technician.page.show_tab(1).await?;
            technician.page.shows("reconnect").await?;

            technician.page.show_tab(0).await?;
            technician.end().await?;
            technician.wrap_up(Outcome::Solved, None, None).await?;
            stage.user.page.shows("solved-yes").await?;
            Ok(())
        })
        .await
    }
}
