//! A browser's side of HTTP, as plain as can be: HTTP/1.0, one request a connection.

use std::net::SocketAddr;

use renfort_protocol::{
    console::{PAGE_KEY_HEADER, SignedIn},
    error::WireError,
};
use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use super::PASSWORD;

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn error(&self) -> (u16, WireError) {
        (
            self.status,
            serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no error: {}", self.text())),
        )
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// One browser with one page of the console: at most one cookie, and that page's key.
#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    pub cookie: Option<String>,
    pub page_key: Option<String>,
}

impl Browser {
    pub const fn new(address: SocketAddr) -> Self {
        Self {
            address,
            cookie: None,
            page_key: None,
        }
    }

    pub async fn signed_in(address: SocketAddr, login: &str) -> Self {
        let mut browser = Self::new(address);
        let answer = browser.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        browser
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.sign_in_with(serde_json::json!({ "login": login, "password": password }))
            .await
    }

    pub async fn sign_in_with_code(&mut self, login: &str, code: &str) -> Answer {
        self.sign_in_with(serde_json::json!({ "login": login, "password": PASSWORD, "second_factor": code }))
            .await
    }

    async fn sign_in_with(&mut self, body: serde_json::Value) -> Answer {
        let body = body.to_string();
        let answer = self.request("POST", "/v1/console/sign-in", &[], &body).await;
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        if answer.status == 200 {
            self.page_key = Some(answer.json::<SignedIn>().page_key.to_string());
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], "").await
    }

    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let host = self.address.to_string();
        let mut all = vec![("Host", host.as_str())];
        if let Some(cookie) = &self.cookie {
            all.push(("Cookie", cookie));
        }
        if let Some(key) = &self.page_key {
            all.push((PAGE_KEY_HEADER, key));
        }
        all.extend(headers);
        request_over(&mut stream, method, path, &all, body).await
    }
}

pub async fn request_over<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.0\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses a large body may close before it has read all of it.
    drop(stream.write_all(body.as_bytes()).await);
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes).await);
    let end = bytes
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .expect("an answer has a head");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Answer {
        status,
        headers,
        body: bytes[end + 4..].to_vec(),
    }
}
