//! The socket, from a window's side.

use futures_util::{SinkExt as _, StreamExt as _};
use renfort_engine::{
    clock::Clock,
    seams::{ClipboardError, FrameSink as _, LayoutsError, Picture, PixelFormat, Size, VideoError},
    viewer::{self, ViewerSeams, ViewerSetup},
};
use renfort_protocol::{
    grant::{Capability, Grant},
    ids::{PersonId, SessionId, TicketId},
    time::UnixMillis,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _, http::HeaderValue},
};

use super::*;

type Window = WebSocketStream<MaybeTlsStream<TcpStream>>;

const PATIENCE: Duration = Duration::from_secs(10);
const OURS: &str = "tauri://localhost";
const WHOLE: usize = 16 + 4 * 2 * 4;

/// A viewer that stays, so that there is someone to take input.
fn viewer() -> viewer::ViewerHandle {
    let grant = Grant {
        session: SessionId([1; 16]),
        ticket: TicketId(1001),
        technician: PersonId(1),
        capabilities: [Capability::View].into(),
        expires_at: UnixMillis(u64::MAX),
    };
    let seams = ViewerSeams {
        decoder: Box::new(|| {
            Err(VideoError {
                what: "set-up",
                reason: "not here".into(),
            })
        }),
        keyboard: Box::new(|| Err(LayoutsError("not here".into()))),
        sink: Box::new(CanvasSink::new(SharedCanvas::default())),
        clipboard: Box::new(|| Err(ClipboardError("not here".into()))),
    };
    let clock = Clock::system();
    let setup = ViewerSetup {
        seal: crate::controller::tests::parties::seal(&grant),
        grant,
        granted_at: clock.now(),
        ice_servers: Vec::new(),
    };
    viewer::start(setup, seams, clock)
}

/// A socket with a session and its first picture.
async fn in_session() -> (PictureSocket, CanvasSink, viewer::ViewerHandle) {
    let socket = PictureSocket::listen().await.unwrap();
    let mut sink = socket.begin();
    let viewer = viewer();
    socket.take_input(viewer.input());
    sink.show(&Picture::new(Size { width: 4, height: 2 }, PixelFormat::Rgba), &[]);
    (socket, sink, viewer)
}

async fn connect(url: &str, origin: &'static str) -> Result<Window, Error> {
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("Origin", HeaderValue::from_static(origin));
    connect_async(request).await.map(|(window, _)| window)
}

/// A window that showed its token.
async fn admitted(socket: &PictureSocket) -> Window {
    let address = socket.open().unwrap();
    let mut window = connect(&address.url, OURS).await.unwrap();
    window.send(Message::text(address.token)).await.unwrap();
    window
}

/// The next message; none when the connection ended.
async fn next(window: &mut Window) -> Option<Vec<u8>> {
    match timeout(PATIENCE, window.next()).await.expect("something happens") {
        Some(Ok(Message::Binary(bytes))) => Some(bytes.to_vec()),
        Some(Ok(Message::Close(_)) | Err(_)) | None => None,
        Some(Ok(other)) => panic!("neither picture nor end: {other:?}"),
    }
}

#[tokio::test]
async fn a_window_of_ours_with_its_token_gets_the_whole_picture_then_what_changes() {
    let (socket, mut sink, _viewer) = in_session().await;
    let mut window = admitted(&socket).await;
    assert_eq!(next(&mut window).await.map(|message| message.len()), Some(WHOLE));
    let mut picture = Picture::new(Size { width: 4, height: 2 }, PixelFormat::Rgba);
    picture.bytes_mut().fill(9);
    sink.show(
        &picture,
        &[renfort_engine::seams::Rect {
            x: 3,
            y: 1,
            width: 1,
            height: 1,
        }],
    );
    assert_eq!(
        next(&mut window).await.map(|message| message[16..].to_vec()),
        Some(vec![9; 4])
    );
    socket.pointer(1, 2);
    assert_eq!(next(&mut window).await, Some(vec![2, 0, 1, 0, 2, 0]));
}

#[tokio::test]
async fn a_page_from_elsewhere_is_refused_before_it_can_say_anything() {
    let (socket, _sink, _viewer) = in_session().await;
    let address = socket.open().unwrap();
    for foreign in ["https://evil.example", "null", "tauri://localhost.evil.example"] {
        assert!(matches!(connect(&address.url, foreign).await, Err(Error::Http(answer)) if answer.status() == 403));
    }
    assert!(matches!(connect_async(&address.url).await, Err(Error::Http(answer)) if answer.status() == 403));
}

#[tokio::test]
async fn a_token_is_good_once_and_a_wrong_one_never() {
    let (socket, _sink, _viewer) = in_session().await;
    let address = socket.open().unwrap();
    let mut first = connect(&address.url, OURS).await.unwrap();
    first.send(Message::text(address.token.clone())).await.unwrap();
    assert!(next(&mut first).await.is_some());
    let mut again = connect(&address.url, OURS).await.unwrap();
    again.send(Message::text(address.token)).await.unwrap();
    assert_eq!(next(&mut again).await, None);

    let address = socket.open().unwrap();
    let mut wrong = connect(&address.url, OURS).await.unwrap();
    wrong.send(Message::text("0".repeat(64))).await.unwrap();
    assert_eq!(next(&mut wrong).await, None);
    let mut late = connect(&address.url, OURS).await.unwrap();
    late.send(Message::text(address.token)).await.unwrap();
    assert_eq!(next(&mut late).await, None, "a wrong guess uses the token up");
}

#[tokio::test]
async fn a_new_window_takes_the_place_of_the_one_before() {
    let (socket, _sink, _viewer) = in_session().await;
    let mut first = admitted(&socket).await;
    assert!(next(&mut first).await.is_some());
    let mut second = admitted(&socket).await;
    assert_eq!(next(&mut second).await.map(|message| message.len()), Some(WHOLE));
    assert_eq!(next(&mut first).await, None);
}

#[tokio::test]
async fn what_is_no_input_or_too_long_ends_the_connection() {
    let (socket, _sink, _viewer) = in_session().await;
    for wrong in [
        "{}".to_owned(),
        format!("{{\"input\":\"release_all\",\"x\":\"{}\"}}", "y".repeat(door::MAX_UP)),
    ] {
        let mut window = admitted(&socket).await;
        assert!(next(&mut window).await.is_some());
        window.send(Message::text(wrong)).await.unwrap();
        assert_eq!(next(&mut window).await, None);
    }
}

#[tokio::test]
async fn without_a_session_there_is_no_address_and_its_end_closes_the_window() {
    let (socket, _sink, _viewer) = in_session().await;
    let mut window = admitted(&socket).await;
    assert!(next(&mut window).await.is_some());
    socket.end();
    assert_eq!(next(&mut window).await, None);
    assert!(matches!(socket.open(), Err(PictureError::NoSession)));
}

#[tokio::test]
async fn what_a_window_says_does_not_wait_for_a_picture_that_it_has_not_read() {
    let (socket, mut sink, _viewer) = in_session().await;
    let mut window = admitted(&socket).await;
    assert!(next(&mut window).await.is_some());
    // Far more than the system keeps on the way.
    let size = Size {
        width: 4_000,
        height: 4_000,
    };
    sink.show(&Picture::new(size, PixelFormat::Rgba), &[size.whole()]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(socket.0.seat.available_permits(), 0);
    window.send(Message::text("no input")).await.unwrap();
    let heard = async {
        while socket.0.seat.available_permits() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, heard).await.expect("it is heard, and sent away");
}
