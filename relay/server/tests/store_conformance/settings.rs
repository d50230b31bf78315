//! Settings.

use renfort_protocol::time::UnixMillis;
use renfort_relay::store::{Store, orders::Ordered};

pub async fn a_setting_is_what_it_was_made_last(store: &dyn Store) {
    assert_eq!(store.setting("hours").await.unwrap(), None);
    for value in ["first", "second: L'été, 08:00", ""] {
        store.put_setting("hours", value).await.unwrap();
        assert_eq!(store.setting("hours").await.unwrap().as_deref(), Some(value));
    }
    assert_eq!(store.setting("other").await.unwrap(), None);
    // The relay's own names and values are not reached from here.
    assert_eq!(store.setting("organisation_key").await.unwrap(), None);
}

pub async fn what_is_set_on_order_is_ordered_with_it(store: &dyn Store) {
    for months in [24, 6, 6] {
        let what = Ordered::RetentionSet { months };
        let text = months.to_string();
        store.put_ordered("months", &text, &what, UnixMillis(7)).await.unwrap();
        assert_eq!(store.setting("months").await.unwrap(), Some(text));
        let last = store.orders().await.unwrap().pop().unwrap();
        assert_eq!((last.what, last.at), (what, UnixMillis(7)));
    }
    assert_eq!(store.orders().await.unwrap().len(), 3, "each order by itself");
}
