use tring_store::Store;

use crate::at;

pub(crate) async fn a_node_is_known_by_its_last_write(store: Store) {
    assert_eq!(store.node_written_at("one").await.unwrap(), None);
    for moment in [at(1), at(2), at(2)] {
        store.note_node("one", moment).await.unwrap();
        assert_eq!(store.node_written_at("one").await.unwrap(), Some(moment));
    }
    store.note_node("two", at(9)).await.unwrap();
    assert_eq!(store.node_written_at("one").await.unwrap(), Some(at(2)));
}
