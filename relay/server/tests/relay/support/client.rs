//! An endpoint: signs its hello, asks, and remembers what it hears.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use renfort_protocol::{
    VERSION,
    error::{Code, WireError},
    ids::{DeviceKey, Nonce, PersonId, RequestId, Signature, TicketId},
    people::Stated,
    signalling::{FromRelay, Identity, Request, ToRelay, Welcomed, hello_bytes},
    ticket::{Impact, Language, Summary, Urgency},
};
use ring::signature::{Ed25519KeyPair, KeyPair};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use super::{PASSWORD, name, password};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub struct Client<S = TcpStream> {
    pub socket: WebSocketStream<S>,
    heard: VecDeque<FromRelay>,
    last_id: u32,
    /// Of the device that said hello.
    pub seed: u8,
    /// The account that was welcomed.
    pub person: Option<PersonId>,
    newest: Option<TicketId>,
}

/// Why a client hears nothing more.
#[derive(Debug)]
pub struct Gone;

pub async fn connect(address: SocketAddr) -> Client {
    let stream = TcpStream::connect(address).await.unwrap();
    let url = format!("ws://{address}/v1/endpoint");
    let (socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    Client::over(socket)
}

pub async fn user(address: SocketAddr, seed: u8) -> Client {
    let mut client = connect(address).await;
    client.welcome(seed, as_user(seed)).await.unwrap();
    client
}

pub async fn technician(address: SocketAddr, login: &str, seed: u8) -> Client {
    let mut client = connect(address).await;
    let identity = Identity::Password {
        login: name(login),
        password: password(PASSWORD),
        second_factor: None,
    };
    client.welcome(seed, identity).await.unwrap();
    client
}

pub fn as_user(seed: u8) -> Identity {
    Identity::User {
        stated: Stated {
            name: name(&format!("User {seed}")),
            machine: name(&format!("pc-{seed}")),
        },
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub fn over(socket: WebSocketStream<S>) -> Self {
        Self {
            socket,
            heard: VecDeque::new(),
            last_id: 0,
            seed: 0,
            person: None,
            newest: None,
        }
    }

    /// Answers the challenge as the device of this seed.
    pub async fn hello(&mut self, seed: u8, version: u16, identity: Identity) {
        let FromRelay::Challenge { nonce, .. } = self.next().await.unwrap() else {
            panic!("no challenge")
        };
        self.seed = seed;
        self.post(signed_hello(seed, &nonce, version, identity)).await;
    }

    pub async fn welcome(&mut self, seed: u8, identity: Identity) -> Result<Box<Welcomed>, WireError> {
        self.hello(seed, VERSION, identity).await;
        loop {
            match self
                .next()
                .await
                .map_err(|Gone| WireError::from(Code::RelayUnreachable))?
            {
                FromRelay::Welcome { welcomed, .. } => {
                    if let Welcomed::Technician { person, .. } = &*welcomed {
                        self.person = Some(person.id);
                    }
                    return Ok(welcomed);
                }
                FromRelay::Refused { error, .. } => return Err(error),
                _ => {}
            }
        }
    }

    /// Sends a request without waiting for its answer.
    pub async fn post(&mut self, body: ToRelay) -> u32 {
        self.last_id += 1;
        let json = serde_json::to_string(&Request { id: self.last_id, body }).unwrap();
        self.send_text(json).await;
        self.last_id
    }

    pub async fn send_text(&mut self, text: String) {
        // A relay that was killed takes nothing; the answer will not come, and that is what tests look at.
        drop(self.socket.send(Message::Text(text.into())).await);
    }

    /// Sends a request and waits for its answer; what comes in between is kept.
    pub async fn ask(&mut self, body: ToRelay) -> Result<Result<(), WireError>, Gone> {
        let id = self.post(body).await;
        let mut between = Vec::new();
        let answer = loop {
            match self.next().await? {
                FromRelay::Done { re } if re == id => break Ok(()),
                FromRelay::Refused { re, error } if re == id || re == 0 => break Err(error),
                other => between.push(other),
            }
        };
        for message in between.into_iter().rev() {
            self.heard.push_front(message);
        }
        Ok(answer)
    }

    /// The next message that fits; those before it are forgotten.
    pub async fn hear<T>(&mut self, fits: impl Fn(FromRelay) -> Option<T>) -> Result<T, Gone> {
        loop {
            if let Some(found) = fits(self.next().await?) {
                return Ok(found);
            }
        }
    }

    pub async fn next(&mut self) -> Result<FromRelay, Gone> {
        if let Some(message) = self.heard.pop_front() {
            return Ok(message);
        }
        loop {
            let frame = timeout(PATIENCE, self.socket.next())
                .await
                .expect("the relay says something in time");
            match frame {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(text.as_str()).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
                Some(Ok(_)) => {}
            }
        }
    }

    /// The error with which the relay ends the connection.
    pub async fn farewell(&mut self) -> WireError {
        let error = self.hear(|message| match message {
            FromRelay::Refused { re: 0, error } => Some(error),
            _ => None,
        });
        let error = error.await.expect("the relay says why");
        assert!(matches!(self.next().await, Err(Gone)), "and closes");
        error
    }

    pub async fn open_ticket(&mut self, request: u128) -> Result<Result<TicketId, WireError>, Gone> {
        self.open_ticket_saying(request, "L'écran est noir").await
    }

    pub async fn open_ticket_saying(
        &mut self,
        request: u128,
        summary: &str,
    ) -> Result<Result<TicketId, WireError>, Gone> {
        let asked = ToRelay::OpenTicket {
            request: RequestId(request.to_be_bytes()),
            summary: Summary::new(summary).unwrap(),
            impact: Impact::Person,
            urgency: Urgency::Medium,
        };
        if let Err(error) = self.ask(asked).await? {
            return Ok(Err(error));
        }
        // News of an earlier ticket may still be under way.
        let newest = self.newest;
        let opened = self.hear(|message| match message {
            FromRelay::Ticket { ticket } if Some(ticket.id) > newest => Some(ticket.id),
            _ => None,
        });
        let opened = opened.await?;
        self.newest = Some(opened);
        Ok(Ok(opened))
    }
}

pub fn signed_hello(seed: u8, nonce: &Nonce, version: u16, identity: Identity) -> ToRelay {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let device = DeviceKey(pair.public_key().as_ref().try_into().unwrap());
    let signature = pair.sign(&hello_bytes(nonce, &device));
    ToRelay::Hello {
        version,
        device,
        signature: Signature(signature.as_ref().try_into().unwrap()),
        identity,
        language: Language::Fr,
    }
}
