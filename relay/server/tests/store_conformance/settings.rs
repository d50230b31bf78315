//! Settings.

use renfort_relay::store::Store;

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
