//! `sign-in`, `sign-out`, `me`.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError},
};

use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use renfort_audit::{
    actor::Actor,
    event::{Event, FailedBy, Method},
};
use renfort_core::{Checked, Limiter, second_factor::SecondFactorRefusal};
use renfort_protocol::{
    console::{Me, SignIn, SignedIn},
    error::{Code, WireError},
    ids::Token,
    people::{Name, Person, Role},
};

use super::{
    Console,
    answer::ApiError,
    asked,
    signed_in::{Colleague, cookie, no_cookie, page_key, presented, token_hash},
};
use crate::{
    authenticate::Authenticator,
    clock,
    http::{
        App,
        address::{is_encrypted, peer_address},
    },
    keys,
    store::ConsoleSignIn,
};

/// Checks name and password and sets the cookie.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let asked: SignIn = asked::body(&body?)?;
    let address = peer_address(remote, &headers);
    let person = authenticate(&app.console, &asked, &address).await?;
    let console = &app.console;
    let token = Token(keys::random().map_err(|_| Code::Internal)?);
    let page_key = Token(keys::random().map_err(|_| Code::Internal)?);
    let hash = token_hash(&token);
    let now = clock::now();
    let kept = ConsoleSignIn {
        person: person.id,
        signed_in_at: now,
        used_at: now,
        page: token_hash(&page_key),
    };
    console
        .store
        .put_console_sign_in(&hash, &kept)
        .await
        .map_err(|_| Code::NotRecorded)?;
    let event = Event::SignInSucceeded {
        method: Method::Console,
        person: person.id,
        address,
    };
    if let Err(error) = console.record(Actor::Person(person.id), (None, None), event).await {
        console.store.delete_console_sign_in(&hash).await?;
        return Err(error);
    }
    let me = describe(&app, person).await?;
    let answer = Json(SignedIn { me, page_key });
    Ok((
        [(header::SET_COOKIE, cookie(&token, is_encrypted(console.tls, &headers)))],
        answer,
    )
        .into_response())
}

async fn authenticate(console: &Console, asked: &SignIn, address: &str) -> Result<Person, ApiError> {
    let method = Method::Console;
    let login = asked.login.as_str();
    begin_attempt(console, address, Some(&asked.login)).await?;
    let authenticator = Authenticator {
        store: &*console.store,
        passwords: &console.passwords,
        writer: &console.writer,
    };
    let checked = authenticator
        .check(&asked.login, asked.password.clone(), asked.second_factor.as_ref())
        .await;
    let (event, code) = match checked {
        Checked::Good(account) => {
            limiter(console, |limiter| limiter.succeeded(address, Some(login)));
            return Ok(account.person);
        }
        Checked::Unavailable => {
            limiter(console, |limiter| limiter.undecided(address, Some(login)));
            return Err(Code::Internal.into());
        }
        Checked::Wrong => {
            let event = Event::SignInFailed {
                method,
                reason: FailedBy::Password,
                login: Some(asked.login.clone()),
                address: address.to_owned(),
            };
            (event, Code::SignInFailed)
        }
        Checked::Halfway { person, why } => {
            if why == SecondFactorRefusal::Needed {
                limiter(console, |limiter| limiter.halfway(address));
            }
            let event = why.event(method, person, Some(asked.login.clone()), address.to_owned());
            (event, why.code())
        }
    };
    console.record(Actor::Relay, (None, None), event).await?;
    Err(code.into())
}

/// Asks the limiter; a wait that begins is recorded.
pub(super) async fn begin_attempt(console: &Console, address: &str, login: Option<&Name>) -> Result<(), ApiError> {
    let begun = limiter(console, |limiter| {
        limiter.begin(address, login.map(Name::as_str), clock::now())
    });
    let Err(limited) = begun else { return Ok(()) };
    if limited.first {
        let event = Event::SignInLimited {
            method: Method::Console,
            seconds: limited.seconds,
            login: login.cloned(),
            address: address.to_owned(),
        };
        console.record(Actor::Relay, (None, None), event).await?;
    }
    Err(ApiError(
        WireError::from(Code::SignInLimited).with("seconds", limited.seconds),
    ))
}

fn limiter<T>(console: &Console, with: impl FnOnce(&mut Limiter) -> T) -> T {
    with(&mut console.limiter.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Forgets the sign-in, when the page shows both halves of it, and has the browser forget the cookie; done again, or without one, it changes nothing.
pub async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let console = &app.console;
    if let Some(hash) = presented(&headers, is_encrypted(console.tls, &headers))
        && let Some(kept) = console.store.console_sign_in(&hash).await?
        && page_key(&headers) == Some(kept.page)
    {
        console
            .record(
                Actor::Person(kept.person),
                (None, None),
                Event::SignedOut { person: kept.person },
            )
            .await?;
        console
            .store
            .delete_console_sign_in(&hash)
            .await
            .map_err(|_| Code::NotRecorded)?;
    }
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, no_cookie(is_encrypted(console.tls, &headers)))],
    )
        .into_response())
}

/// Who is signed in.
pub async fn me(State(app): State<Arc<App>>, Colleague(signed_in): Colleague) -> Result<Json<Me>, ApiError> {
    Ok(Json(describe(&app, signed_in.person).await?))
}

async fn describe(app: &App, person: Person) -> Result<Me, ApiError> {
    let people = app.console.store.people().await?;
    // A technician's pages have no filter that names colleagues.
    let listed = if person.role.supervises() { people } else { Vec::new() };
    let technicians = listed
        .into_iter()
        .map(|known| known.account.person)
        .filter(|known| matches!(known.role, Role::Technician { .. }))
        .collect();
    Ok(Me {
        person,
        organisation: app.organisation.name.clone(),
        technicians,
    })
}
