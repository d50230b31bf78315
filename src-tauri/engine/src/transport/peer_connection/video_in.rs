//! The picture on its way in: RTP packets to access units.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tokio::sync::{Notify, mpsc};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use crate::transport::{
    Frame,
    assembler::{Assembler, Packet},
};

/// How often a gap is looked after.
const TICK: Duration = Duration::from_millis(50);

/// Receives one track until it ends. `ask` stands for a decoder that cannot go on; do `updates` travel beside it?
pub async fn receive(
    track: Arc<dyn TrackRemote>,
    frames: mpsc::Sender<Frame>,
    ask: Arc<Notify>,
    updates: impl Fn() -> bool,
) {
    let mut assembler = Assembler::new();
    let mut ssrc = None;
    loop {
        assembler.beside_updates(updates());
        let units = tokio::select! {
            event = track.poll() => match event {
                Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                    ssrc = Some(packet.header.ssrc);
                    let rtc::rtp::Header { sequence_number: sequence, timestamp, marker, .. } = packet.header;
                    assembler.push(Packet { sequence, timestamp, marker, payload: packet.payload }, Instant::now())
                }
                Some(_) => Vec::new(),
                None => return,
            },
            () = ask.notified() => {
                assembler.lose();
                Vec::new()
            }
            () = tokio::time::sleep(TICK), if ssrc.is_some() && assembler.is_waiting() => {
                assembler.handle_timeout(Instant::now())
            }
        };
        for unit in units {
            match frames.try_send(unit) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(_)) => {
                    tracing::debug!("the decoder is behind; frames are left out");
                    assembler.lose();
                    break;
                }
                Err(mpsc::error::TrySendError::Closed(_)) => return,
            }
        }
        if let Some(media_ssrc) = ssrc.filter(|_| assembler.wants_key_frame(Instant::now())) {
            let request = PictureLossIndication {
                sender_ssrc: 0,
                media_ssrc,
            };
            if track.write_rtcp(vec![Box::new(request)]).await.is_err() {
                return;
            }
        }
    }
}
