//! Waits for sockets, with a time limit, and for being woken from another thread.
//!
//! Invariant: who is woken while nobody waits does not wait the next time.

use std::{
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, RawFd},
        unix::net::UnixStream,
    },
    sync::Arc,
    task::{Wake, Waker},
    time::Instant,
};

/// Waits until something can be read of one of them, or until then, and says of which.
pub(crate) fn readable<const N: usize>(sources: [RawFd; N], until: Instant) -> io::Result<[bool; N]> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Ok([false; N]);
    }
    let milliseconds = i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    let mut wanted = sources.map(|fd| libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    });
    match poll(&mut wanted, milliseconds) {
        Ok(()) => Ok(wanted.map(|source| source.revents != 0)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok([false; N]),
        Err(error) => Err(error),
    }
}

#[expect(unsafe_code, reason = "the standard library cannot wait for a socket with a timeout")]
fn poll<const N: usize>(wanted: &mut [libc::pollfd; N], milliseconds: i32) -> io::Result<()> {
    // SAFETY: an array of valid `pollfd`, with its length, which outlives the call; a descriptor that is not open is answered by
    // an event.
    if unsafe { libc::poll(wanted.as_mut_ptr(), N as libc::nfds_t, milliseconds) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// By what somebody is woken who waits for sockets.
pub(crate) struct Bell {
    heard: UnixStream,
    ringer: Arc<Ringer>,
}

struct Ringer(UnixStream);

impl Wake for Ringer {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Full: it has rung. Closed: nobody waits any more.
        let _rung = (&self.0).write(&[0]);
    }
}

impl Bell {
    pub(crate) fn new() -> io::Result<Self> {
        let (heard, ringer) = UnixStream::pair()?;
        heard.set_nonblocking(true)?;
        ringer.set_nonblocking(true)?;
        let ringer = Arc::new(Ringer(ringer));
        Ok(Self { heard, ringer })
    }

    /// Rings it.
    pub(crate) fn waker(&self) -> Waker {
        Arc::clone(&self.ringer).into()
    }

    /// What to wait for.
    pub(crate) fn source(&self) -> RawFd {
        self.heard.as_raw_fd()
    }

    /// It was heard, and is silent until it rings again.
    pub(crate) fn silence(&self) {
        while matches!((&self.heard).read(&mut [0; 64]), Ok(1..)) {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);
    const SHORT: Duration = Duration::from_millis(50);

    fn rings(bell: &Bell, wait: Duration) -> bool {
        readable([bell.source()], Instant::now() + wait).unwrap() == [true]
    }

    #[test]
    fn who_is_woken_before_they_wait_does_not_wait_and_once_is_enough() {
        let bell = Bell::new().unwrap();
        assert!(!rings(&bell, SHORT));
        for _ in 0..100_000 {
            bell.waker().wake_by_ref();
        }
        assert!(rings(&bell, LONG));
        bell.silence();
        assert!(!rings(&bell, SHORT));
    }

    #[test]
    fn who_waits_is_woken_from_another_thread() {
        let (bell, began) = (Bell::new().unwrap(), Instant::now());
        let waker = bell.waker();
        let other = std::thread::spawn(move || {
            std::thread::sleep(SHORT);
            waker.wake();
        });
        assert!(rings(&bell, LONG));
        assert!(began.elapsed() >= SHORT && began.elapsed() < LONG / 2);
        other.join().unwrap();
    }
}
