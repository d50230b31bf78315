//! Attacks on signing in, each named for what happens.

use renfort_core::totp::{self, Secret, WINDOW};
use renfort_protocol::{
    console::PAGE_KEY_HEADER,
    error::Code,
    second_factor::SecondFactorCode,
    signalling::{Identity, Welcomed},
    text::Line,
};
use renfort_relay::{
    clock, passwords, second_factor,
    store::{Store, second_factor::SecondFactors},
};

use crate::support::{
    PASSWORD, World,
    client::{Gone, connect, technician},
    http::Browser,
    name, password,
};

struct Factor {
    secret: Secret,
    recovery: Vec<String>,
}

impl Factor {
    /// Gives the account a second factor.
    async fn of(world: &World, login: &str) -> Self {
        let store = world.store().await;
        let given = second_factor::enrol(&store, &name(login), clock::now()).await.unwrap();
        let text = given.secret_text().replace(' ', "");
        let bytes = data_encoding::BASE32_NOPAD.decode(text.as_bytes()).unwrap();
        store.close().await;
        Self {
            secret: Secret(bytes.try_into().unwrap()),
            recovery: given.recovery,
        }
    }

    /// The code of the step that comes `later` than now.
    fn code(&self, later: u64) -> String {
        format!(
            "{:06}",
            totp::code_of(&self.secret, totp::step_at(clock::now()) + later)
        )
    }

    /// A code that fits no step that could count while the test runs.
    fn wrong(&self) -> String {
        let now = totp::step_at(clock::now());
        let near: Vec<u32> = (now.saturating_sub(WINDOW + 4)..now + WINDOW + 5)
            .map(|step| totp::code_of(&self.secret, step))
            .collect();
        format!("{:06}", (0..).find(|code| !near.contains(code)).unwrap())
    }
}

fn as_ada(code: Option<&str>) -> Identity {
    Identity::Password {
        login: name("ada"),
        password: password(PASSWORD),
        second_factor: code.map(|code| SecondFactorCode(Line::new(code).unwrap())),
    }
}

#[tokio::test]
async fn a_stolen_cookie_opens_nothing() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let mut thief = Browser::new(relay.address());
    thief.cookie = sue.cookie.clone();
    // Outside a browser nothing keeps a thief from claiming to be one of our pages.
    let origin = relay.url();
    let forged = [("Origin", origin.as_str()), ("Sec-Fetch-Site", "same-origin")];
    for path in ["me", "sessions", "export/audit.jsonl", "live"] {
        let (status, error) = thief
            .request("GET", &format!("/v1/console/{path}"), &forged, "")
            .await
            .error();
        assert_eq!((status, error.code), (401, Code::SignInExpired), "{path}");
    }
    thief.page_key = Some("ab".repeat(32));
    assert_eq!(thief.get("/v1/console/me").await.status, 401, "nor with a guessed key");
    assert_eq!(sue.get("/v1/console/me").await.status, 200, "its owner goes on");
    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    assert_eq!(log.matches("\"page_key\"").count(), 5, "each try stands in the log");

    for _ in 0..40 {
        thief.get("/v1/console/me").await;
    }
    assert_eq!(thief.get("/v1/console/me").await.status, 429);
    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    assert!(log.matches("\"page_key\"").count() <= 20, "and they do not flood it");
    relay.stop().await;
}

#[tokio::test]
async fn a_page_key_without_its_cookie_opens_nothing() {
    let world = World::new().await;
    let relay = world.start().await;
    let mut thief = Browser::signed_in(relay.address(), "sue").await;
    thief.cookie = None;
    assert_eq!(thief.get("/v1/console/me").await.status, 401);
    relay.stop().await;
}

#[tokio::test]
async fn another_sites_page_cannot_open_the_socket() {
    use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest};
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let open = async |origin: &str| {
        let mut request = format!("ws://{}/v1/endpoint", relay.address())
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", origin.parse().unwrap());
        headers.insert("cookie", sue.cookie.as_ref().unwrap().parse().unwrap());
        let stream = tokio::net::TcpStream::connect(relay.address()).await.unwrap();
        tokio_tungstenite::client_async(request, stream).await
    };
    for evil in ["https://evil.example", "null", "http://localhost.evil.example"] {
        match open(evil).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 403, "{evil}"),
            other => panic!("{evil}: {other:?}"),
        }
    }
    assert!(open(&relay.url()).await.is_ok(), "our own page can");
    relay.stop().await;
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let view = r#"{"name":"Mine","list":"tickets","filter":{}}"#;
    // What a browser sends for a form of another site, were its SameSite rule to fail: the cookie, and no header of ours.
    let mut form = sue.clone();
    form.page_key = None;
    for headers in [
        vec![("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
        vec![("Origin", "https://evil.example")],
        vec![("Sec-Fetch-Site", "same-site")],
        vec![("Origin", "null")],
    ] {
        for (path, body) in [("views", view), ("live", ""), ("sign-out", ""), ("sign-in", "{}")] {
            let answer = form
                .request("POST", &format!("/v1/console/{path}"), &headers, body)
                .await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
        }
    }
    // A browser so old that it says nothing of the page still cannot send the key.
    assert_eq!(form.request("POST", "/v1/console/views", &[], view).await.status, 401);
    assert_eq!(form.request("POST", "/v1/console/sign-out", &[], "").await.status, 204);
    assert_eq!(sue.get("/v1/console/me").await.status, 200, "still signed in");
    assert_eq!(sue.get("/v1/console/views").await.text(), "[]");
    relay.stop().await;
}

#[tokio::test]
async fn guessing_codes_is_slowed_and_logged() {
    let world = World::new().await;
    let factor = Factor::of(&world, "sue").await;
    let relay = world.start().await;
    let mut guesser = Browser::new(relay.address());
    let (status, error) = guesser.sign_in("sue", PASSWORD).await.error();
    assert_eq!((status, error.code), (401, Code::SecondFactorNeeded));
    for _ in 0..4 {
        let answer = guesser.sign_in_with_code("sue", &factor.wrong()).await;
        assert_eq!(answer.error().1.code, Code::SecondFactorWrong);
    }
    let (status, error) = guesser.sign_in_with_code("sue", &factor.code(0)).await.error();
    assert_eq!((status, error.code), (429, Code::SignInLimited), "even the right one");
    let admin = Browser::signed_in(relay.address(), "admin").await;
    let log = admin.get("/v1/console/export/audit.jsonl").await.text();
    assert_eq!(log.matches("\"signin.second_factor_asked\"").count(), 1);
    assert_eq!(log.matches("\"reason\":\"second_factor\"").count(), 4);
    for code in [factor.wrong(), factor.code(0)] {
        assert!(!log.contains(&format!("\"{code}\"")), "codes stand in no log");
    }
    relay.stop().await;
}

#[tokio::test]
async fn guessing_codes_from_many_addresses_locks_them_and_a_recovery_code_still_opens() {
    let world = World::new().await;
    let factor = Factor::of(&world, "ada").await;
    let store = world.store().await;
    let ada = store
        .credentials(&name("ada"))
        .await
        .unwrap()
        .unwrap()
        .account
        .person
        .id;
    for _ in 0..100 {
        store.count_wrong_code(ada).await.unwrap();
    }
    store.close().await;
    let relay = world.start().await;
    let try_with = async |code: &str| connect(relay.address()).await.welcome(1, as_ada(Some(code))).await;
    assert_eq!(
        try_with(&factor.code(0)).await.unwrap_err().code,
        Code::SecondFactorLocked
    );
    assert!(try_with(&factor.recovery[0]).await.is_ok());
    assert!(try_with(&factor.code(0)).await.is_ok(), "and then codes count again");
    relay.stop().await;
}

#[tokio::test]
async fn a_code_that_was_watched_is_worth_nothing_once_used_even_after_a_restart() {
    let world = World::new().await;
    let factor = Factor::of(&world, "ada").await;
    let relay = world.start().await;
    // Of a step ahead, so that the test has a minute to spare.
    let code = factor.code(1);
    let welcomed = connect(relay.address())
        .await
        .welcome(1, as_ada(Some(&code)))
        .await
        .unwrap();
    let Welcomed::Technician { token, .. } = *welcomed else {
        panic!("a technician is welcomed as one")
    };
    let again = connect(relay.address()).await.welcome(2, as_ada(Some(&code))).await;
    assert_eq!(again.unwrap_err().code, Code::SecondFactorWrong);
    relay.stop().await;

    let relay = world.start().await;
    let again = connect(relay.address()).await.welcome(2, as_ada(Some(&code))).await;
    assert_eq!(again.unwrap_err().code, Code::SecondFactorWrong);
    let by_token = connect(relay.address())
        .await
        .welcome(1, Identity::Token { token })
        .await;
    assert!(by_token.is_ok(), "the device that signed in with it needs none");
    relay.stop().await;
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_that_stands_in_the_log() {
    let world = World::new().await;
    let factor = Factor::of(&world, "sue").await;
    let relay = world.start().await;
    let mut sue = Browser::new(relay.address());
    let typed = factor.recovery[3].to_lowercase().replace('-', " ");
    assert_eq!(sue.sign_in_with_code("sue", &typed).await.status, 200);
    let again = Browser::new(relay.address()).sign_in_with_code("sue", &typed).await;
    assert_eq!(again.error().1.code, Code::SecondFactorWrong);
    let log = sue.get("/v1/console/export/audit.jsonl").await.text();
    assert_eq!(log.matches("\"second_factor.recovery_used\"").count(), 1);
    assert!(log.contains("\"left\":9"));
    relay.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_not_told_apart_by_its_code() {
    let world = World::new().await;
    let factor = Factor::of(&world, "sue").await;
    let relay = world.start().await;
    let body = serde_json::json!({ "login": "sue", "password": "wrong horse", "second_factor": factor.code(1) });
    let answer = Browser::new(relay.address())
        .request("POST", "/v1/console/sign-in", &[], &body.to_string())
        .await;
    assert_eq!(answer.error().1.code, Code::SignInFailed);
    let mut sue = Browser::new(relay.address());
    assert_eq!(
        sue.sign_in_with_code("sue", &factor.code(1)).await.status,
        200,
        "nor does it use the code up"
    );
    relay.stop().await;
}

#[tokio::test]
async fn whoever_must_have_a_second_factor_and_has_none_is_told_so_and_signed_out() {
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    let mut ada = technician(relay.address(), "ada", 1).await;
    let store = world.store().await;
    second_factor::require(&store, true, renfort_relay::clock::now())
        .await
        .unwrap();
    assert_eq!(ada.farewell().await.code, Code::SignInExpired);
    assert_eq!(sue.get("/v1/console/me").await.status, 401);
    let refused = connect(relay.address()).await.welcome(1, as_ada(None)).await;
    assert_eq!(refused.unwrap_err().code, Code::SecondFactorNeededToBeSetUp);

    let factor = Factor::of(&world, "ada").await;
    assert!(
        connect(relay.address())
            .await
            .welcome(1, as_ada(Some(&factor.code(0))))
            .await
            .is_ok()
    );
    second_factor::require(&store, false, renfort_relay::clock::now())
        .await
        .unwrap();
    store.close().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    for said in [
        "\"required\":true",
        "\"second_factor_not_set_up\"",
        "\"second_factor.enabled\"",
    ] {
        // What the command line did, the relay picks up within a second or so.
        let mut looks = 0;
        while !sue.get("/v1/console/export/audit.jsonl").await.text().contains(said) {
            looks += 1;
            assert!(looks < 100, "{said}");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    relay.stop().await;
}

#[tokio::test]
async fn another_password_or_second_factor_ends_every_sign_in() {
    let world = World::new().await;
    let relay = world.start().await;
    let store = world.store().await;
    let hash = passwords::hash(&password(PASSWORD)).unwrap();
    for change in ["password", "second factor"] {
        let sue = Browser::signed_in(relay.address(), "sue").await;
        let mut ada = technician(relay.address(), "ada", 1).await;
        for login in ["sue", "ada"] {
            match change {
                "password" => store.change_password(&name(login), &hash, clock::now()).await.unwrap(),
                _ => drop(Factor::of(&world, login).await),
            }
        }
        assert_eq!(sue.get("/v1/console/me").await.status, 401, "{change}");
        assert!(matches!(ada.farewell().await.code, Code::SignInExpired), "{change}");
        assert!(matches!(ada.next().await, Err(Gone)));
    }
    for login in ["sue", "ada"] {
        assert!(store.reset_second_factor(&name(login), clock::now()).await.unwrap());
    }
    store.close().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    assert_eq!(
        sue.get("/v1/console/me").await.status,
        200,
        "with the password alone again"
    );
    relay.stop().await;
}

#[tokio::test]
async fn the_cookie_is_closed_to_everything_but_this_host_behind_a_proxy_with_tls_too() {
    let world = World::new().await;
    let relay = world.start().await;
    let body = serde_json::json!({ "login": "sue", "password": PASSWORD }).to_string();
    let proxied = [("X-Forwarded-Proto", "https")];
    let mut sue = Browser::new(relay.address());
    let answer = sue.request("POST", "/v1/console/sign-in", &proxied, &body).await;
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("__Host-renfort="), "{cookie}");
    for flag in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/;"] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert!(
        answer
            .header("strict-transport-security")
            .unwrap()
            .starts_with("max-age=")
    );
    sue.cookie = cookie.split(';').next().map(str::to_owned);
    sue.page_key = Some(
        answer
            .json::<renfort_protocol::console::SignedIn>()
            .page_key
            .to_string(),
    );
    assert_eq!(sue.request("GET", "/v1/console/me", &proxied, "").await.status, 200);
    relay.stop().await;
}

#[tokio::test]
async fn one_address_gets_no_more_than_its_quota_of_sockets_requests_and_requests_of_a_sign_in() {
    use renfort_relay::http::quota::{REQUESTS_PER_ADDRESS, REQUESTS_PER_SIGN_IN};
    let world = World::new().await;
    let relay = world.start().await;
    let sue = Browser::signed_in(relay.address(), "sue").await;
    // A window may end in between, once.
    let mut last = sue.get("/v1/console/me").await;
    for _ in 0..2 * REQUESTS_PER_SIGN_IN {
        last = sue.get("/v1/console/me").await;
        if last.status != 200 {
            break;
        }
    }
    let wait: u64 = last.header("retry-after").map_or(0, |seconds| seconds.parse().unwrap());
    let (status, error) = last.error();
    assert_eq!((status, error.code), (429, Code::TooFast));
    assert!(error.params["seconds"].parse::<u64>().unwrap() <= 60 && wait <= 60);
    let admin = Browser::signed_in(relay.address(), "admin").await;
    assert_eq!(admin.get("/v1/console/me").await.status, 200, "others go on");

    let stranger = Browser::new(relay.address());
    let elsewhere = [("X-Forwarded-For", "192.0.2.9")];
    for _ in 0..2 * REQUESTS_PER_ADDRESS {
        last = stranger.request("GET", "/", &elsewhere, "").await;
        if last.status == 429 {
            break;
        }
    }
    assert_eq!(last.status, 429);
    assert!(last.header("retry-after").is_some());
    assert_eq!(last.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        stranger.get("/v1/organisation").await.status,
        200,
        "other addresses go on"
    );
    relay.stop().await;
}

#[tokio::test]
async fn sockets_beyond_the_quota_of_their_address_are_refused_before_they_open() {
    use renfort_relay::http::quota::SOCKETS_PER_ADDRESS;
    let world = World::new().await;
    let relay = world.start().await;
    let elsewhere = [("X-Forwarded-For", "192.0.2.9")];
    let browser = Browser::new(relay.address());
    let mut refused = None;
    // A request that is no upgrade is none that opens a socket: so this asks as a browser would, and goes away.
    for _ in 0..2 * SOCKETS_PER_ADDRESS {
        let status = crate::sockets::upgrade_status(&relay, &elsewhere).await;
        if status != 101 {
            refused = Some(status);
            break;
        }
    }
    assert_eq!(refused, Some(429));
    assert_eq!(browser.get("/v1/organisation").await.status, 200);
    assert_eq!(crate::sockets::upgrade_status(&relay, &[]).await, 101);
    relay.stop().await;
}

#[tokio::test]
async fn every_answer_lets_a_browser_run_our_own_files_only() {
    let world = World::new().await;
    let relay = world.start().await;
    let browser = Browser::new(relay.address());
    for path in [
        "/console",
        "/technician",
        "/v1/organisation",
        "/v1/console/me",
        "/nothing",
    ] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        for loosened in ["inline", "eval", "hashes"] {
            assert!(!policy.contains(loosened), "{path}: {loosened}");
        }
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(header), Some(value), "{path}");
        }
        assert_eq!(answer.header("strict-transport-security"), None, "without TLS");
    }
    let with_key = [(PAGE_KEY_HEADER, "x")];
    assert_eq!(
        browser.request("GET", "/v1/console/me", &with_key, "").await.status,
        401
    );
    relay.stop().await;
}
