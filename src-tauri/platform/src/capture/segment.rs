//! Memory of a screen's size that is shared with the X server: a picture's own, or where parts of one are left.
//!
//! Invariant: attached at the server as long as the value lives.

use std::sync::Arc;

use renfort_engine::seams::{Memory, ScreenError, Size};
use x11rb::connection::Connection as _;
use x11rb::cookie::VoidCookie;
use x11rb::errors::ReplyError;
use x11rb::protocol::shm::{ConnectionExt as _, Seg};
use x11rb::rust_connection::RustConnection;

use super::{root::refused_id, shared_memory::SharedMemory};

/// A segment of MIT-SHM.
pub(super) struct Segment {
    connection: Arc<RustConnection>,
    name: Seg,
    memory: SharedMemory,
}

impl Segment {
    /// For a whole screen of this size.
    pub(super) fn new(connection: &Arc<RustConnection>, size: Size) -> Result<Self, ScreenError> {
        let bytes = usize::from(size.width) * usize::from(size.height) * 4;
        let (memory, file) = SharedMemory::new(bytes).map_err(|error| ScreenError::Failed(error.to_string()))?;
        let name = connection.generate_id().map_err(refused_id)?;
        // Over a network a descriptor cannot be sent, and a server may refuse it: either way this backend cannot work.
        connection
            .shm_attach_fd(name, file, false)
            .map_err(ReplyError::from)
            .and_then(VoidCookie::check)
            .map_err(|error| {
                tracing::debug!(%error, "memory cannot be shared with the display");
                ScreenError::Unsupported("memory shared with this program")
            })?;
        let connection = Arc::clone(connection);
        Ok(Self {
            connection,
            name,
            memory,
        })
    }

    /// What this server calls it; none when it is another server's.
    pub(super) fn name(&self, connection: &Arc<RustConnection>) -> Option<Seg> {
        Arc::ptr_eq(&self.connection, connection).then_some(self.name)
    }

    /// What is in there.
    pub(super) const fn memory(&self) -> &SharedMemory {
        &self.memory
    }
}

impl Memory for Segment {
    fn pixels(&self) -> &[u32] {
        bytemuck::cast_slice(self.memory.bytes())
    }

    fn pixels_mut(&mut self) -> &mut [u32] {
        bytemuck::cast_slice_mut(self.memory.bytes_mut())
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // A server that is gone has nothing attached any more.
        let _gone = self.connection.shm_detach(self.name);
    }
}
