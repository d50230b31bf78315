//! What browsers ask of the console, and the headers by which the relay judges who asks.

use std::{
    net::{IpAddr, SocketAddr},
    sync::LazyLock,
};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use renfort_core::{network::network, second_factor::Typed};
use renfort_figures::{Hours, Period};
use renfort_protocol::{
    article::{ArticleFilter, NewArticle, OfVersion, RestoreArticle, SaveArticle},
    console::{
        Filter, PAGE_KEY_HEADER, SignIn,
        history::HistoryOf,
        live::LivePoll,
        views::{MAX_SEARCH_CHARS, NewView, RenameView},
    },
    error::{Code, WireError},
    figures::{FiguresQuery, MAX_PERIOD_DAYS, PersonQuery},
    ids::{PersonId, Token},
    second_factor::SecondFactorCode,
    signalling::Password,
    text::Line,
};
use renfort_relay::{
    figures::default_hours,
    http::{
        address::{is_encrypted, peer_address},
        console::{
            asked,
            signed_in::{cookie, page_key, presented, token_hash},
        },
        origin::OriginPolicy,
    },
    store::filter::{Criteria, MAX_WORDS, PageKey},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::messages::reads_back;

/// A request: its path below `/v1/console/` and its query on the first line, its body after that.
pub(crate) fn console(bytes: &[u8]) {
    let (address, body) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &b""[..]),
    };
    let Ok(address) = std::str::from_utf8(address) else {
        return;
    };
    let (path, query) = address
        .split_once('?')
        .map_or((address, None), |(path, query)| (path, Some(query)));
    match path.split('/').collect::<Vec<_>>()[..] {
        ["sessions" | "tickets"] => list(query),
        ["export", file] => {
            told(asked::file(file));
            list(query);
        }
        ["articles"] => {
            articles(query);
            json::<NewArticle>(body);
        }
        ["articles", id] => same_text(asked::article(id), id),
        ["articles", _, language, "history", version] => {
            told(asked::language(language));
            countable(told(asked::version(version)));
        }
        ["articles", _, _, "restore"] => json::<RestoreArticle>(body),
        ["articles", _, _] => json::<SaveArticle>(body),
        ["articles", _, _, _] | ["replies", _, "remove"] => json::<OfVersion>(body),
        ["replies"] => {
            assert!(told(asked::new_reply(body)).is_none_or(|reply| reply.version.is_none()));
        }
        ["replies", id] => {
            same_text(asked::reply_id(id), id);
            assert!(told(asked::changed_reply(body)).is_none_or(|reply| reply.version.is_some()));
        }
        ["history"] => history(query),
        ["session", id] => same_text(asked::session(id), id),
        ["ticket", id] => {
            same_text(asked::ticket(id), id);
            countable(told(asked::story(query)));
        }
        ["live"] => query_reads_back::<LivePoll>(query),
        ["figures"] => figures(query),
        ["figures", "person"] => {
            if let Some(asked) = told(asked::person_figures(body)) {
                let written = serde_json::to_vec(&asked).expect("a query is plain JSON");
                assert_eq!(asked::body::<PersonQuery>(&written), Ok(asked));
            }
        }
        ["views"] => {
            if let Some(view) = told(asked::new_view(body)) {
                countable(view.filter.technician);
                json::<NewView>(body);
            }
        }
        ["views", id] => {
            countable(told(asked::view(id)));
            json::<RenameView>(body);
        }
        ["sign-in"] => sign_in(body),
        _ => {}
    }
}

/// What was read. A refusal says that the browser is wrong, or that there is no such thing: nothing that a browser sends
/// is a fault of the relay's.
fn told<T>(read: Result<T, WireError>) -> Option<T> {
    if let Err(error) = &read {
        assert!(
            matches!(
                error.code,
                Code::Malformed
                    | Code::UnknownPlaceholder
                    | Code::ReplyTooLong
                    | Code::UnknownTicket
                    | Code::UnknownSession
                    | Code::UnknownArticle
                    | Code::UnknownReply
                    | Code::UnknownView
                    | Code::OutOfOrder
            ),
            "{error:?}"
        );
    }
    read.ok()
}

fn json<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(body: &[u8]) {
    told(asked::body::<T>(body));
    reads_back::<T>(body);
}

fn query_reads_back<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(query: Option<&str>) {
    if let Some(value) = told(asked::query::<T>(query)) {
        let written = serde_urlencoded::to_string(&value).expect("a query has no lists");
        assert_eq!(asked::query::<T>(Some(&written)), Ok(value));
    }
}

/// What a path names has one spelling.
fn same_text(id: Result<impl ToString, WireError>, text: &str) {
    assert!(told(id).is_none_or(|id| id.to_string() == text));
}

/// Databases count up to here.
fn countable(number: Option<u64>) {
    assert!(number.is_none_or(|number| i64::try_from(number).is_ok()));
}

fn reads_as_itself(key: Option<&PageKey>) {
    assert!(key.is_none_or(|key| PageKey::parse(&key.to_string()).as_ref() == Ok(key)));
}

fn list(query: Option<&str>) {
    query_reads_back::<Filter>(query);
    let Some(criteria) = told(asked::list(query)) else {
        return;
    };
    assert!(criteria.words.len() <= MAX_WORDS);
    let Criteria {
        words,
        search,
        machine,
        technician,
        from,
        to,
        after,
        ..
    } = &criteria;
    for text in words.iter().chain(search).chain(machine) {
        // In lower case a character can be as many as three.
        assert!(!text.is_empty() && text.chars().count() <= 3 * MAX_SEARCH_CHARS);
        assert_eq!(text.trim(), text);
    }
    countable(technician.map(|id| id.0));
    countable(from.map(|at| at.0));
    countable(to.map(|at| at.0));
    reads_as_itself(after.as_ref());
    let told = !words.is_empty() || search.is_some() || machine.is_some();
    assert_eq!(
        criteria.searched().is_some(),
        told,
        "who searches for a text is recorded with it"
    );
}

fn articles(query: Option<&str>) {
    query_reads_back::<ArticleFilter>(query);
    if let Some(filter) = told(asked::articles(query)) {
        crate::texts::found_by_itself(&filter.search.unwrap_or_default());
    }
}

fn history(query: Option<&str>) {
    query_reads_back::<HistoryOf>(query);
    if let Some(past) = told(asked::history(query)) {
        reads_as_itself(past.after.as_ref());
    }
}

/// A period that is taken is covered by its parts, one after the other.
fn figures(query: Option<&str>) {
    static HOURS: LazyLock<Hours> = LazyLock::new(default_hours);
    query_reads_back::<FiguresQuery>(query);
    let Some(FiguresQuery { from, to, by, .. }) = told(asked::query(query)) else {
        return;
    };
    let Ok(period) = Period::new(HOURS.zone(), from, to, by) else {
        return;
    };
    assert!(period.days <= MAX_PERIOD_DAYS && period.parts.len() <= MAX_PERIOD_DAYS as usize);
    assert_eq!(period.parts.first().map(|part| part.first), Some(from));
    assert_eq!(period.parts.last().map(|part| part.last), Some(to));
    assert!(period.parts.windows(2).all(|two| two[0].to == two[1].from));
    assert!(period.whole.from <= period.whole.to);
    // There are no days before the first, so it is compared with itself.
    let first = "1970-01-01".parse() == Ok(from);
    assert!(first || period.before.to <= period.whole.from);
}

/// A password stands in nothing that is printed of a sign-in.
fn sign_in(body: &[u8]) {
    json::<SignIn>(body);
    let Some(asked) = told(asked::body::<SignIn>(body)) else {
        return;
    };
    let blank = SignIn {
        password: Password(Line::new("-").expect("a line")),
        ..asked.clone()
    };
    assert_eq!(format!("{asked:?}"), format!("{blank:?}"));
    if let Some(code) = &asked.second_factor {
        // Hyphens are how people group a code, and say nothing.
        if let Ok(bare) = Line::new(code.0.as_str().replace('-', "")) {
            assert_eq!(
                Typed::of(code, PersonId(1)),
                Typed::of(&SecondFactorCode(bare), PersonId(1))
            );
        }
    }
}

/// The address that an organisation file of the tests declares.
const DECLARED: &str = "https://aide.example:8443";

/// Headers, one a line as `name: value`. The first byte says whether the relay speaks TLS (1), and whether the request
/// comes from this machine (2), as from a proxy.
pub(crate) fn headers(bytes: &[u8]) {
    let Some((flags, rest)) = bytes.split_first() else {
        return;
    };
    let (tls, near) = (flags & 1 != 0, flags & 2 != 0);
    let mut headers = HeaderMap::new();
    for line in rest.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    origins(tls, &headers);
    addresses(near, &headers);
    halves(is_encrypted(tls, &headers), &headers);
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A page that may ask something is a declared one, or one of the host that is asked; without TLS, of this machine.
fn origins(tls: bool, headers: &HeaderMap) {
    let policy = OriginPolicy::new(tls, &["wss://aide.example:8443".to_owned()]);
    let (console, endpoint) = (policy.allows_console(headers), policy.allows_endpoint(headers));
    assert!(
        endpoint || !console,
        "the console is for no more pages than the endpoint"
    );
    if headers.get_all(header::ORIGIN).iter().count() > 1 {
        assert!(!endpoint, "two origins at once");
    }
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    if headers.contains_key("sec-fetch-site") && !matches!(site, Some("same-origin" | "none")) {
        assert!(!console, "a page of another site");
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return;
    };
    if !console {
        return;
    }
    let origin = origin.to_str().expect("an origin that was read").to_ascii_lowercase();
    if origin == DECLARED {
        return;
    }
    let host = text(headers, &header::HOST).expect("a host that the origin was held against");
    let (scheme, authority) = origin.split_once("://").expect("an origin has a scheme");
    assert_eq!(authority, host.to_ascii_lowercase());
    assert_eq!(scheme, if tls { "https" } else { "http" });
    assert!(tls || authority.starts_with("localhost") || authority.starts_with("127.") || authority.starts_with('['));
}

/// A request has one address, which is its peer's own unless a proxy on this machine says otherwise.
fn addresses(near: bool, headers: &HeaderMap) {
    let remote: SocketAddr = if near { "127.0.0.1:5" } else { "[2001:db8::7]:5" }
        .parse()
        .expect("an address");
    let address = peer_address(remote, headers);
    let read: IpAddr = address.parse().expect("an address is told as one");
    assert_eq!(read.to_canonical().to_string(), address, "in one spelling");
    assert!(near || read == remote.ip(), "nobody far away is believed");
    assert_eq!(network(&network(&address)), network(&address));
}

/// The cookie and the page's key are what was given out, or nothing.
fn halves(tls: bool, headers: &HeaderMap) {
    let shows = |digest, name: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split([';', '=']))
            .filter_map(|part| part.trim().parse::<Token>().ok())
            .any(|token| token_hash(&token) == digest)
    };
    let cookies = presented(headers, tls);
    assert!(cookies.is_none_or(|digest| shows(digest, "cookie")));
    assert!(page_key(headers).is_none_or(|digest| shows(digest, PAGE_KEY_HEADER)));
    // Ours is found behind whatever else a browser has for this host.
    let token = Token([7; 32]);
    let set = cookie(&token, tls);
    let ours = set
        .to_str()
        .expect("a cookie is printable")
        .split(';')
        .next()
        .unwrap_or_default();
    let name = ours.split('=').next().unwrap_or_default();
    let mut values = headers.get_all(header::COOKIE).iter();
    if !values.any(|value| String::from_utf8_lossy(value.as_bytes()).contains(name)) {
        let mut with_ours = headers.clone();
        with_ours.append(header::COOKIE, ours.parse().expect("a cookie is printable"));
        assert_eq!(presented(&with_ours, tls), Some(token_hash(&token)));
    }
}
