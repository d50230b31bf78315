//! The desktop app as a screen reader finds it, in a real window: what WebKit makes of the page reaches the desktop's
//! accessibility bus.

mod story {
    use anyhow::{Result, ensure};
    use renfort_story::{
        desktop::Desktop,
        processes::Running,
        programs::Programs,
        screen_reader::{Role, ScreenReader},
        waiting::{Look, until},
        xserver::Size,
    };

    /// What is read of the first window in one language.
    async fn first_window(language: &str, heading: &str, title: &str, button: &str, field: &str) -> Result<()> {
        let desktop = Desktop::on_a_virtual_screen(
            "listener",
            Size {
                width: 1000,
                height: 900,
            },
        )
        .await?;
        let reader = ScreenReader::on(&desktop).await?;
        let mut command = reader.command(Programs::find()?.app);
        command
            .args(["--language", language])
            .arg("--data")
            .arg(desktop.folder().join("data"));
        let mut app = Running::start("the desktop app", &command, &desktop.log("renfort"))?;
        let heard = until(format!("{button:?} to be read"), async || {
            app.must_run()?;
            let heard = reader.reads()?;
            let is_there = heard.iter().any(|one| one.role == Role::Button && one.name == button);
            Ok(if is_there {
                Look::There(heard)
            } else {
                Look::NotYet(format!("{heard:?}"))
            })
        })
        .await?;
        for (role, name) in [(Role::Page, title), (Role::Heading, heading), (Role::Field, field)] {
            ensure!(
                heard.iter().any(|one| one.role == role && one.name == name),
                "no {role:?} {name:?} is read: {heard:?}"
            );
        }
        let nameless: Vec<_> = heard
            .iter()
            .filter(|one| matches!(one.role, Role::Button | Role::Field) && one.name.is_empty())
            .collect();
        ensure!(nameless.is_empty(), "without a name: {nameless:?} in {heard:?}");
        Ok(())
    }

    #[tokio::test]
    async fn a_screen_reader_reads_the_first_window_in_english() -> Result<()> {
        first_window(
            "en",
            "Who helps you?",
            "Who helps you? · Renfort",
            "Choose the file…",
            "Link from your helpdesk",
        )
        .await
    }

    #[tokio::test]
    async fn a_screen_reader_reads_the_first_window_in_french() -> Result<()> {
        first_window(
            "fr",
            "Qui vous aide\u{a0}?",
            "Qui vous aide\u{a0}? · Renfort",
            "Choisir le fichier…",
            "Lien de votre assistance",
        )
        .await
    }
}
