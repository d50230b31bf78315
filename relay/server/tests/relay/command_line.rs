//! The command line, as an administrator uses it.

use renfort_relay::{
    data::DataFolder,
    store::{
        Store,
        sqlite::{SqliteOptions, SqliteStore},
    },
};

use crate::support::{
    ADMIN, PASSWORD, World,
    program::{Serving, run},
};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_organisation_that_allows_no_codes_says_so_in_the_file_that_it_signs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let base = |out: &str| {
        [
            "organisation",
            "new",
            "--name",
            "Mairie",
            "--relay",
            "wss://aide.example",
            "--out",
            out,
        ]
        .map(str::to_owned)
    };
    let make = |name: &str, more: &[&str]| {
        let out = path(name);
        let made = run(&[&base(&out).each_ref().map(String::as_str)[..], more].concat(), "");
        (
            made.status.success(),
            std::fs::read_to_string(format!("{out}/organisation.json")).ok(),
        )
    };
    let (made, file) = make("none", &["--no-codes"]);
    let file: serde_json::Value = serde_json::from_str(&file.unwrap()).unwrap();
    assert!(made);
    assert_eq!(file["organisation"]["policy"]["codes"], false);
    let policy = path("policy.json");
    std::fs::write(&policy, r#"{"longest_minutes":30,"codes":false}"#).unwrap();
    let (made, file) = make("by-file", &["--policy", &policy]);
    assert!(made && file.unwrap().contains(r#""codes": false"#));
    let (made, file) = make("without", &[]);
    assert!(made && !file.unwrap().contains("codes"));
    let out = path("refused");
    let refused = base(&out).map(|argument| argument.replace("wss://", "http://"));
    let said = text(&run(&refused.each_ref().map(String::as_str), "").stderr);
    assert!(
        said.contains("no organisation was made") && !said.contains("organisation.json"),
        "{said}"
    );
    assert!(
        !make("both", &["--policy", &policy, "--no-codes"]).0,
        "one or the other"
    );
}

#[test]
fn setting_up_from_nothing_to_a_relay_that_listens() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, data) = (path("org"), path("data"));
    let file = format!("{out}/organisation.json");

    let made = run(
        &[
            "organisation",
            "new",
            "--name",
            "Mairie",
            "--relay",
            "wss://aide.example:8443",
            "--out",
            &out,
        ],
        "",
    );
    assert!(made.status.success(), "{made:?}");
    let link = text(&made.stdout);
    assert!(link.starts_with("renfort://import/"), "{link}");
    assert_eq!(text(&run(&["organisation", "link", &file], "").stdout), link);

    let arguments = [
        "init",
        "--data",
        &data,
        "--organisation",
        &file,
        "--login",
        "admin",
        "--name",
        "Alice",
    ];
    let init = |input: &str| run(&[&arguments[..], &["--password-file", "-"]].concat(), input);
    let short = init("short\n");
    assert!(
        !short.status.success() && text(&short.stderr).contains("at least 8"),
        "{short:?}"
    );
    let set_up = init(&format!("{PASSWORD}\n"));
    assert!(set_up.status.success());
    assert!(!init(PASSWORD).status.success(), "a data folder is not made twice");

    let refused = run(&["serve", "--data", &data], "");
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("organisation.key"),
        "{refused:?}"
    );
    std::fs::remove_file(format!("{out}/organisation.key")).unwrap();
    let mut relay = Serving::start(std::path::Path::new(&data));
    assert!(relay.terminate().success(), "SIGTERM is an orderly end");

    // The key that both told is the one to compare with.
    let said = text(&set_up.stdout);
    let key = said.split("key is ").nth(1).unwrap().split('.').next().unwrap();
    assert!(relay.said.contains(&format!("key is {key}.")), "{:?}", relay.said);
    let log = path("log.jsonl");
    assert!(
        run(&["audit", "export", "--data", &data, "--out", &log], "")
            .status
            .success()
    );
    let compared = text(&run(&["audit", "verify", &log, "--key", key], "").stdout);
    assert!(compared.contains("the key that was given"), "{compared}");
}

#[tokio::test]
async fn accounts_are_added_listed_and_disabled_while_the_relay_runs() {
    let world = World::new().await;
    let relay = Serving::start(&world.data());
    let data = world.data().to_str().unwrap().to_owned();
    let add = |login: &str, rest: &[&str]| {
        let all = [
            "people",
            "add",
            "--data",
            &data,
            "--login",
            login,
            "--name",
            "Zoé",
            "--password-file",
            "-",
        ];
        run(&[&all[..], rest].concat(), PASSWORD)
    };
    assert!(add("zoe", &["--role", "technician", "--level", "3"]).status.success());
    let taken = add("ZOE", &["--role", "supervisor"]);
    assert!(
        !taken.status.success() && text(&taken.stderr).contains("already"),
        "{taken:?}"
    );
    assert!(
        !add("max", &["--role", "technician"]).status.success(),
        "a technician has a level"
    );
    assert!(
        !add("max", &["--role", "supervisor", "--level", "1"]).status.success(),
        "and nobody else"
    );

    let mut zoe = crate::support::client::technician(relay.address, "zoe", 9).await;
    assert!(
        run(&["people", "disable", "--data", &data, "--login", "zoe"], "")
            .status
            .success()
    );
    zoe.farewell().await;
    let listed = text(&run(&["people", "list", "--data", &data], "").stdout);
    let line = listed.lines().find(|line| line.contains("zoe")).unwrap();
    assert!(line.contains("technician 3") && line.contains("disabled"), "{listed}");
    let again = run(&["people", "disable", "--data", &data, "--login", "zoe"], "");
    assert!(
        again.status.success() && text(&again.stdout).contains("disabled already"),
        "{again:?}"
    );
    assert!(
        !run(&["people", "disable", "--data", &data, "--login", "nobody"], "")
            .status
            .success()
    );
}

#[tokio::test]
async fn the_last_administrator_is_not_disabled_by_mistake() {
    let world = World::new().await;
    let data = world.data().to_str().unwrap().to_owned();
    let disable = |login: &str, more: &[&str]| {
        let all = ["people", "disable", "--data", &data, "--login", login];
        run(&[&all[..], more].concat(), "")
    };
    let refused = disable(&ADMIN.to_uppercase(), &[]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(text(&refused.stderr).contains("--even-last"), "{refused:?}");
    let all = ["people", "add", "--data", &data, "--login", "eve", "--name", "Eve"];
    let more = ["--role", "administrator", "--password-file", "-"];
    assert!(run(&[&all[..], &more[..]].concat(), PASSWORD).status.success());
    assert!(disable(ADMIN, &[]).status.success(), "there is another one");
    assert!(!disable("eve", &[]).status.success());
    assert!(disable("eve", &["--even-last"]).status.success());
}

#[tokio::test]
async fn of_two_commands_at_once_one_leaves_an_administrator() {
    let world = World::new().await;
    let data = world.data().to_str().unwrap().to_owned();
    let all = ["people", "add", "--data", &data, "--login", "eve", "--name", "Eve"];
    let more = ["--role", "administrator", "--password-file", "-"];
    assert!(run(&[&all[..], &more[..]].concat(), PASSWORD).status.success());
    let disable = |login: &'static str| {
        let data = data.clone();
        std::thread::spawn(move || run(&["people", "disable", "--data", &data, "--login", login], ""))
    };
    let both = [disable(ADMIN), disable("eve")].map(|command| command.join().unwrap());
    let refused: Vec<_> = both.iter().filter(|done| !done.status.success()).collect();
    assert_eq!(refused.len(), 1, "{both:?}");
    assert!(
        text(&refused[0].stderr).contains("last active administrator"),
        "{both:?}"
    );
}

#[tokio::test]
async fn refusals_say_what_was_given_and_what_is_wanted() {
    let world = World::new().await;
    let data = world.data().to_str().unwrap().to_owned();
    let refusal = |command: &[&str]| {
        let refused = run(command, "");
        assert!(!refused.status.success(), "{refused:?}");
        text(&refused.stderr)
    };
    let bare = DataFolder::create(&world.folder.path().join("bare")).unwrap();
    let from = world.store().await.adopted().await.unwrap();
    std::fs::copy(world.data().join("organisation.json"), bare.organisation()).unwrap();
    renfort_relay::keys::create(&bare.relay_key()).unwrap();
    let store = SqliteStore::open(&bare, SqliteOptions::default()).await.unwrap();
    store.adopt(&from.0, &from.1).await.unwrap();
    store.close().await;
    let said = refusal(&["audit", "export", "--data", bare.path().to_str().unwrap()]);
    assert!(said.contains("no log yet") && !said.contains("damaged"), "{said}");
    let said = refusal(&["audit", "verify", &data]);
    assert!(said.contains(&data), "{said}");
    let said = refusal(&["hold", "add", "--data", &data, "--ticket", "T-1001", "--reason", "x"]);
    assert!(said.contains("the reason is shorter than 10"), "{said}");
    let hours = world.folder.path().join("hours.json");
    std::fs::write(&hours, "{").unwrap();
    let said = refusal(&["hours", "set", "--data", &data, hours.to_str().unwrap()]);
    assert_eq!(said.matches("EOF").count(), 1, "{said}");
    let file = world.folder.path().join("organisation.json");
    std::fs::write(&file, "{}").unwrap();
    let loaded = renfort_relay::keys::load(&file).unwrap_err().to_string();
    assert!(loaded.contains("organisation.json holds no private key"), "{loaded}");
}

#[tokio::test]
async fn verifying_names_the_first_fault_and_fails() {
    let world = World::new().await;
    world.start().await.stop().await;
    let data = world.data().to_str().unwrap().to_owned();
    let exported = text(&run(&["audit", "export", "--data", &data], "").stdout);
    let file = world.folder.path().join("log.jsonl");
    let verify = |content: &str| {
        std::fs::write(&file, content).unwrap();
        run(&["audit", "verify", file.to_str().unwrap()], "")
    };
    let good = verify(&exported);
    assert!(good.status.success(), "{good:?}");
    let header: serde_json::Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
    let key = header["key"].as_str().unwrap();
    let said = text(&good.stdout);
    assert!(
        said.contains(&format!("Its key is {key}. It was not compared")),
        "{said}"
    );
    let key_given = key.to_uppercase();
    let pinned = text(&run(&["audit", "verify", file.to_str().unwrap(), "--key", &key_given], "").stdout);
    assert!(
        pinned.contains("signed by the key that was given") && !pinned.contains("not compared"),
        "{pinned}"
    );
    let forged = verify(&exported.replace(key, &"ab".repeat(32)));
    assert!(
        forged.status.code() == Some(1) && text(&forged.stderr).contains("foreign_origin"),
        "{forged:?}"
    );
    verify(&exported);
    let other = run(
        &["audit", "verify", file.to_str().unwrap(), "--key", &"ab".repeat(32)],
        "",
    );
    assert!(
        !other.status.success() && text(&other.stderr).contains("another relay key"),
        "{other:?}"
    );
    let checkpoint = |name: &str, exported: &str| {
        let last: serde_json::Value = serde_json::from_str(exported.lines().last().unwrap()).unwrap();
        let path = world.folder.path().join(name);
        std::fs::write(&path, last["checkpoint"].as_str().unwrap()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let before = checkpoint("before.txt", &exported);
    world.start().await.stop().await;
    let longer = text(&run(&["audit", "export", "--data", &data], "").stdout);
    let after = checkpoint("after.txt", &longer);
    std::fs::write(&file, &longer).unwrap();
    let against = |kept: &str| run(&["audit", "verify", file.to_str().unwrap(), "--checkpoint", kept], "");
    assert!(against(&before).status.success(), "{:?}", against(&before));
    assert!(text(&against(&before).stdout).contains("only grown"));
    let mail = world.folder.path().join("mail.txt");
    let kept = std::fs::read_to_string(&before).unwrap();
    for carried in [
        kept.trim_end().to_owned(),
        kept.replace('\n', "\r\n"),
        format!("Bonjour,\r\n\r\n{}\r\nAda", kept.replace('\n', "\r\n")),
    ] {
        std::fs::write(&mail, &carried).unwrap();
        let held = against(mail.to_str().unwrap());
        assert!(text(&held.stdout).contains("only grown"), "{carried:?}: {held:?}");
    }
    for none in ["hello".to_owned(), String::new(), kept.replacen("\u{2014} ", "", 1)] {
        std::fs::write(&mail, &none).unwrap();
        let unchecked = against(mail.to_str().unwrap());
        let said = text(&unchecked.stderr);
        assert_eq!(unchecked.status.code(), Some(3), "{said}");
        assert!(
            said.contains("no checkpoint can be read in") && !said.contains("does not hold"),
            "{said}"
        );
    }
    std::fs::write(&file, &exported).unwrap();
    let cut = against(&after);
    assert!(
        !cut.status.success() && text(&cut.stderr).contains("cut_off"),
        "{cut:?}"
    );
    let altered = verify(&exported.replace("relay.started", "relay.stopped"));
    assert_eq!(altered.status.code(), Some(1));
    assert!(text(&altered.stderr).contains("altered"), "{altered:?}");
    let lines: Vec<&str> = exported.lines().collect();
    let kept = [&lines[..1], &lines[2..]].concat();
    let removed = verify(&kept.join("\n"));
    assert!(
        !removed.status.success() && text(&removed.stderr).contains("record 0"),
        "{removed:?}"
    );
    let mut lines: Vec<&str> = longer.lines().collect();
    let last = lines.len() - 2;
    lines.swap(1, last);
    let swapped = verify(&lines.join("\n"));
    let said = format!("records 0 and {} are swapped", last - 1);
    assert!(
        !swapped.status.success() && text(&swapped.stderr).contains(&said),
        "{swapped:?}"
    );
    for (content, fault) in [
        ("\u{0}rubbish".to_owned(), "no_log"),
        (String::new(), "no_log"),
        (exported.replace('\n', "\r\n"), "changed_on_the_way"),
        (format!("\u{feff}{exported}"), "changed_on_the_way"),
    ] {
        let unchecked = verify(&content);
        let said = text(&unchecked.stderr);
        assert_eq!(unchecked.status.code(), Some(3), "{said}");
        assert!(said.contains("was not checked") && said.contains(fault), "{said}");
    }
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(exported.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(&file, wide).unwrap();
    let unchecked = run(&["audit", "verify", file.to_str().unwrap()], "");
    assert!(text(&unchecked.stderr).contains("changed_on_the_way"), "{unchecked:?}");
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_not_read_to_it() {
    let receipt = concat!(env!("CARGO_MANIFEST_DIR"), "/../audit/vectors/receipt.html");
    for (command, told) in [
        (&["audit", "verify", "/dev/zero"][..], "(no_log)"),
        (
            &["audit", "verify", receipt, "--checkpoint", "/dev/zero"],
            "larger than 1 MiB",
        ),
        (&["audit", "verify", "receipt", "/dev/zero"], "(no_receipt)"),
    ] {
        let unchecked = run(command, "");
        let said = text(&unchecked.stderr);
        assert_eq!(unchecked.status.code(), Some(3), "{said}");
        assert!(said.contains(told), "{said}");
    }
}

#[test]
fn what_cannot_be_read_or_is_nothing_of_the_kind_is_not_called_false() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let receipt = concat!(env!("CARGO_MANIFEST_DIR"), "/../audit/vectors/receipt.html");
    let page = std::fs::read_to_string(receipt).unwrap();
    let wide: Vec<u8> = format!("\u{feff}{page}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(path("empty"), "").unwrap();
    std::fs::write(path("page"), "<html></html>").unwrap();
    std::fs::write(path("returns"), page.replace('\n', "\r\n")).unwrap();
    std::fs::write(path("wide"), wide).unwrap();
    std::fs::write(path("large"), vec![b' '; 1024 * 1024 + 1]).unwrap();
    let (none, here) = (path("none"), folder.path().to_str().unwrap());
    for (command, told) in [
        (&["audit", "verify", &none][..], "none: "),
        (&["audit", "verify", here], here),
        (&["audit", "verify", receipt, "--checkpoint", &none], "none: "),
        (
            &["audit", "verify", receipt, "--checkpoint", &path("large")],
            "larger than 1 MiB",
        ),
        (&["audit", "verify", "receipt", &none], "none: "),
        (&["audit", "verify", "receipt", receipt, "--checkpoint", here], here),
        (&["audit", "verify", "receipt", &path("empty")], "(no_receipt)"),
        (&["audit", "verify", "receipt", &path("page")], "(no_receipt)"),
        (
            &["audit", "verify", "receipt", &path("returns")],
            "(changed_on_the_way)",
        ),
        (&["audit", "verify", "receipt", &path("wide")], "(changed_on_the_way)"),
    ] {
        let unchecked = run(command, "");
        let said = text(&unchecked.stderr);
        assert_eq!(unchecked.status.code(), Some(3), "{said}");
        assert!(said.contains("checked") && said.contains(told), "{said}");
        assert!(!said.contains("does not hold"), "{said}");
    }
}
