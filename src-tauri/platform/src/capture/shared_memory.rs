//! Memory that the X server writes pictures into.
//!
//! Flow: an anonymous file of the kernel is mapped here and handed to the server as a file descriptor (MIT-SHM 1.2). It has
//! no name, so no other user and no other program can open it.
//!
//! Invariant: mapped exactly as long as the value lives, and used by the server only while it carries out a request of ours, for which
//! whoever asks holds the value alone.

#![expect(unsafe_code, reason = "mapping memory that is shared with another process")]

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr::NonNull;

/// A mapping.
pub(super) struct SharedMemory {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: the mapping belongs to the process, not to a thread, and this value is its only owner.
unsafe impl Send for SharedMemory {}
// SAFETY: through a shared reference it is only read.
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    /// Memory of so many bytes (not 0), and the descriptor to hand to the server.
    pub(super) fn new(bytes: usize) -> io::Result<(Self, OwnedFd)> {
        let length = libc::off_t::try_from(bytes).map_err(io::Error::other)?;
        // SAFETY: the name is a C string that lives as long as the program.
        let fd = unsafe { libc::memfd_create(c"renfort-screen".as_ptr(), libc::MFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `memfd_create` has just opened it, and nobody else knows it.
        let file = unsafe { OwnedFd::from_raw_fd(fd) };
        // SAFETY: the descriptor is open.
        if unsafe { libc::ftruncate(fd, length) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a new mapping at an address of the kernel's choice, of a file that is that long; the result is checked.
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, libc::MAP_SHARED, fd, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("mapped at address 0"))?;
        Ok((Self { start, bytes }, file))
    }

    /// Its size.
    pub(super) const fn len(&self) -> usize {
        self.bytes
    }

    /// What the server wrote. Only to be read while no request that writes is under way.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: mapped with this length until `drop`, which the borrow excludes. The server writes only while it carries
        // out a request of ours, and the caller has its reply.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.bytes) }
    }

    /// The same, to be written.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and nobody else in this process has it.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.bytes) }
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: exactly what `new` mapped; no borrow of it is left.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}
