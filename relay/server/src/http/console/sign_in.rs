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
    event::{Event, Method},
};
use renfort_core::Limiter;
use renfort_protocol::{
    console::{Me, SignIn},
    error::{Code, WireError},
    ids::Token,
    people::{Person, Role},
};

use super::{
    Console,
    answer::ApiError,
    signed_in::{Colleague, cookie, no_cookie, presented, token_hash},
};
use crate::{
    clock,
    http::{App, address::peer_address},
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
    if !app.origins.allows_console(&headers) {
        return Err(Code::NotAllowed.into());
    }
    let asked: SignIn = serde_json::from_slice(&body?)?;
    let address = peer_address(remote, &headers);
    let person = authenticate(&app.console, &asked, &address).await?;
    let console = &app.console;
    let token = Token(keys::random().map_err(|_| Code::Internal)?);
    let hash = token_hash(&token);
    let now = clock::now();
    let kept = ConsoleSignIn {
        person: person.id,
        signed_in_at: now,
        used_at: now,
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
    Ok(([(header::SET_COOKIE, cookie(&token, console.tls))], Json(me)).into_response())
}

async fn authenticate(console: &Console, asked: &SignIn, address: &str) -> Result<Person, ApiError> {
    let method = Method::Console;
    let login = asked.login.as_str();
    if let Err(limited) = limiter(console, |limiter| limiter.begin(address, Some(login), clock::now())) {
        if limited.first {
            let (seconds, login) = (limited.seconds, Some(asked.login.clone()));
            let event = Event::SignInLimited {
                method,
                seconds,
                login,
                address: address.to_owned(),
            };
            console.record(Actor::Relay, (None, None), event).await?;
        }
        return Err(ApiError(
            WireError::from(Code::SignInLimited).with("seconds", limited.seconds),
        ));
    }
    let found = match console.store.credentials(&asked.login).await {
        Ok(found) => found,
        Err(error) => {
            limiter(console, |limiter| limiter.undecided(address, Some(login)));
            return Err(error.into());
        }
    };
    let (account, hash) = found.map(|found| (found.account, found.hash)).unzip();
    let fits = console.passwords.verify(asked.password.clone(), hash).await;
    let Some(account) = account.filter(|account| fits && !account.disabled) else {
        let event = Event::SignInFailed {
            method,
            login: Some(asked.login.clone()),
            address: address.to_owned(),
        };
        console.record(Actor::Relay, (None, None), event).await?;
        return Err(Code::SignInFailed.into());
    };
    limiter(console, |limiter| limiter.succeeded(address, Some(login)));
    Ok(account.person)
}

fn limiter<T>(console: &Console, with: impl FnOnce(&mut Limiter) -> T) -> T {
    with(&mut console.limiter.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Forgets the sign-in; done again, or without one, it changes nothing.
pub async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    if !app.origins.allows_console(&headers) {
        return Err(Code::NotAllowed.into());
    }
    let console = &app.console;
    if let Some(hash) = presented(&headers, console.tls)
        && let Some(kept) = console.store.console_sign_in(&hash).await?
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
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, no_cookie(console.tls))]).into_response())
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
        organisation: app.organisation.clone(),
        technicians,
    })
}
