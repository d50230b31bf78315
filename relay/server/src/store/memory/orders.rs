//! Orders of the command line in memory.

use async_trait::async_trait;
use renfort_protocol::time::UnixMillis;

use super::{MemoryStore, State};
use crate::store::{
    StoreError,
    orders::{Order, Ordered, Orders},
};

impl State {
    pub(super) fn order(&mut self, what: Ordered, at: UnixMillis) -> u64 {
        self.last_order += 1;
        let id = self.last_order;
        self.orders.push(Order { id, at, what });
        id
    }

    /// False when there is no such order.
    pub(super) fn settle_order(&mut self, id: u64) -> bool {
        let before = self.orders.len();
        self.orders.retain(|order| order.id != id);
        self.orders.len() < before
    }
}

#[async_trait]
impl Orders for MemoryStore {
    async fn put_order(&self, what: &Ordered, at: UnixMillis) -> Result<u64, StoreError> {
        self.change(|state| Ok(state.order(what.clone(), at))).await
    }

    async fn orders(&self) -> Result<Vec<Order>, StoreError> {
        Ok(self.read(|state| state.orders.clone()))
    }
}
