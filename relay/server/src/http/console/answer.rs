//! Errors as the console's pages get them: a status, and a [`WireError`] as JSON.

use axum::{
    Json,
    extract::rejection::BytesRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use renfort_protocol::{
    console::views::MAX_SAVED_VIEWS,
    error::{Code, WireError},
};

use crate::{
    http::MAX_BODY_BYTES,
    store::{StoreError, supervision::ViewError},
};

/// A refusal.
#[derive(Debug)]
pub struct ApiError(pub WireError);

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self(code.into())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the console could not read the store");
        Code::Internal.into()
    }
}

impl From<ViewError> for ApiError {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::TooMany => Self(WireError::from(Code::TooMany).with("limit", MAX_SAVED_VIEWS)),
            ViewError::NameTaken => Code::NameTaken.into(),
            ViewError::Unknown => Code::UnknownView.into(),
            ViewError::Store(error) => {
                tracing::error!(%error, "a saved view could not be kept");
                Code::NotRecorded.into()
            }
        }
    }
}

impl From<WireError> for ApiError {
    fn from(error: WireError) -> Self {
        Self(error)
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self(WireError::from(Code::TooLarge).with("limit", MAX_BODY_BYTES))
        } else {
            Code::Malformed.into()
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            Code::Malformed | Code::UnknownPlaceholder | Code::ReplyTooLong => StatusCode::BAD_REQUEST,
            Code::SignInFailed
            | Code::SignInExpired
            | Code::SecondFactorNeeded
            | Code::SecondFactorWrong
            | Code::SecondFactorLocked
            | Code::SecondFactorNeededToBeSetUp => StatusCode::UNAUTHORIZED,
            Code::NotAllowed => StatusCode::FORBIDDEN,
            Code::UnknownTicket
            | Code::UnknownSession
            | Code::UnknownView
            | Code::UnknownArticle
            | Code::UnknownReply
            | Code::OutOfOrder => StatusCode::NOT_FOUND,
            Code::NameTaken | Code::TooMany | Code::ChangedMeanwhile => StatusCode::CONFLICT,
            Code::Busy | Code::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::SignInLimited | Code::TooFast => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(self.0)).into_response()
    }
}

/// For whoever asks more than a quota allows.
pub fn too_fast(seconds: u64) -> ApiError {
    ApiError(WireError::from(Code::TooFast).with("seconds", seconds))
}

/// For paths that do not exist.
pub async fn no_such_path() -> ApiError {
    Code::OutOfOrder.into()
}
