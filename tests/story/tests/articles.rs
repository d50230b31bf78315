//! Help before the queue, through real windows: a technician publishes an article in the console; a user who is stuck sees
//! it while writing, and it solves the problem; the next time it does not, and they wait in the queue.

mod story {
    use anyhow::{Result, ensure};
    use renfort_story::{
        console::Console,
        desktop::Desktop,
        log,
        programs::Programs,
        programs::target_folder,
        relay::Relay,
        stage::{ORGANISATION, People, USER_SCREEN},
        user::UserWindow,
        words::Language,
    };

    const TITLE: &str = "Blank pages come out of the printer";
    const SENTENCE: &str = "My printer gives nothing but blank pages";

    /// The technician's part: the article is written and published in the console.
    async fn publish(relay: &Relay, people: &People) -> Result<()> {
        let console = Console::open(relay, Language::English).await?;
        let page = &console.page;
        page.fill("console-login", people.technician.login).await?;
        page.fill("console-password", &people.technician.password).await?;
        page.click("console-sign-in").await?;
        page.shows("articles-empty").await?;
        ensure!(
            page.all("nav-log").await?.is_empty(),
            "a technician was offered the log"
        );
        page.click("article-new").await?;
        page.fill("article-title", TITLE).await?;
        page.fill(
            "article-text",
            "Open the front cover and shake the **cartridge** gently.",
        )
        .await?;
        page.click("article-publish").await?;
        page.shows("article-withdraw").await
    }

    /// The user writes and opens what is suggested.
    async fn read_the_suggestion(user: &UserWindow) -> Result<()> {
        user.page.fill("get-help-summary", SENTENCE).await?;
        let suggested = user.page.text("suggestion").await?;
        ensure!(suggested.contains(TITLE), "suggested was {suggested:?}");
        user.page.click("suggestion").await?;
        let text = user.page.text("article-body").await?;
        ensure!(
            text.contains("shake the cartridge gently"),
            "the article reads {text:?}"
        );
        Ok(())
    }

    async fn play(relay: &Relay, people: &People, user: &UserWindow) -> Result<()> {
        publish(relay, people).await?;
        user.import(relay).await?;

        read_the_suggestion(user).await?;
        user.page.click("article-solved").await?;
        user.page.shows("thanks").await?;
        user.page.click("thanks-done").await?;
        user.page.shows("get-help-summary").await?;
        let exported = target_folder("story")?.join("articles.jsonl");
        let text = relay
            .wait_for_log(&exported, |log| log::times(log, "article.solved") == 1)
            .await?;
        ensure!(
            log::times(&text, "ticket.opened") == 0,
            "a ticket was opened for what was solved"
        );
        ensure!(
            !text.contains("blank pages"),
            "words of an article or a sentence stand in the log"
        );

        read_the_suggestion(user).await?;
        user.page.click("article-not-solved").await?;
        let ticket = {
            // The sentence is still there: only who is stuck and how badly is missing.
            user.page.shows("get-help-summary").await?;
            user.page.click("impact-person").await?;
            user.page.click("urgency-low").await?;
            user.page.click("get-help").await?;
            user.page
                .text_that("ticket-number", "a number", |text| text.contains("T-"))
                .await?
        };
        ensure!(ticket.contains("T-1001"), "the first ticket is {ticket:?}");
        let text = relay
            .wait_for_log(&exported, |log| log::times(log, "ticket.opened") == 1)
            .await?;
        ensure!(
            log::times(&text, "article.solved") == 1,
            "a request for help counted as solved"
        );
        Ok(())
    }

    #[tokio::test]
    async fn an_article_that_helps_opens_no_ticket_and_one_that_does_not_leads_to_the_queue() -> Result<()> {
        let programs = Programs::find()?;
        let people = People::new()?;
        let relay = Relay::set_up(&programs, ORGANISATION, &people.all()).await?;
        let desktop = Desktop::on_a_virtual_screen("user", USER_SCREEN).await?;
        let user = UserWindow::open(&programs, &desktop, Language::English).await?;
        let Err(error) = play(&relay, &people, &user).await else {
            return Ok(());
        };
        let folder = target_folder("story")?;
        desktop.picture()?.save(&folder.join("articles-user.png"))?;
        std::fs::copy(desktop.log("renfort"), folder.join("articles-user.log"))?;
        Err(error.context(format!("a picture of the user's screen is in {}", folder.display())))
    }
}
