use tring_protocol::ids::{AccountId, Cuid, DeviceAddress, DeviceId, UserAddress};
use tring_protocol::signal::Platform;
use tring_protocol::text::DisplayName;
use tring_store::{Sighting, Store, StoreError};

use crate::{at, change};

fn sighting(account: &AccountId, apikey: &str, device: &str, millis: u64) -> Sighting {
    Sighting {
        device: DeviceAddress {
            user: UserAddress { account: account.clone(), cuid: Cuid::parse("alice").unwrap() },
            device: DeviceId::parse(device).unwrap(),
        },
        platform: Platform::Web,
        name: Some(DisplayName::parse("Alice").unwrap()),
        apikey: apikey.to_owned(),
        at: at(millis),
    }
}

pub(crate) async fn sign_ins_are_noted_and_the_key_shows_its_use(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let seen = |device, millis| sighting(&new.id, &new.apikey, device, millis);
    store.note(&[seen("device-a", 5), seen("device-b", 6), seen("device-a", 7)]).await.unwrap();
    let unnamed = Sighting { name: None, ..seen("device-b", 9) };
    store.note(&[unnamed]).await.unwrap();

    let account = store.account(&new.id);
    assert_eq!(account.apikeys().await.unwrap()[0].last_used_at, Some(at(9)));
    let user = account.user(&Cuid::parse("alice").unwrap()).await.unwrap().expect("she signed in");
    assert_eq!(
        user.name,
        Some(DisplayName::parse("Alice").unwrap()),
        "a sign-in without a name keeps the old one"
    );
    assert_eq!((user.created_at, user.last_seen_at), (at(5), at(9)));
    let devices: Vec<_> =
        user.devices.iter().map(|device| (device.device_id.as_str(), device.last_seen_at)).collect();
    assert_eq!(devices, [("device-a", at(7)), ("device-b", at(9))]);
    assert_eq!(account.user(&Cuid::parse("bobby").unwrap()).await.unwrap(), None);
}

pub(crate) async fn sign_ins_of_nobody_are_refused(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let nobody = AccountId::parse("nobody").unwrap();
    let batch = [sighting(&new.id, &new.apikey, "device-a", 5), sighting(&nobody, "pk_x", "device-b", 5)];
    store.note(&batch).await.unwrap_err();
    assert_eq!(store.account(&new.id).user(&Cuid::parse("alice").unwrap()).await.unwrap(), None);
}

async fn seen(store: &Store, account: &AccountId, cuid: &str, name: Option<&str>) {
    let mut sighting = sighting(account, "pk_x", "device-a", 5);
    sighting.device.user.cuid = Cuid::parse(cuid).unwrap();
    sighting.name = name.map(|name| DisplayName::parse(name).unwrap());
    store.note(&[sighting]).await.unwrap();
}

pub(crate) async fn users_are_found_by_the_beginning_of_their_cuid_or_name(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    for (cuid, name) in
        [("order_1", None), ("orderX2", Some("Zoe")), ("Courier_7", Some("order desk")), ("alice", None)]
    {
        seen(&store, &id, cuid, name).await;
    }
    let found = async |search: &str| {
        let page = store.account(&id).users(Some(search), None).await.unwrap();
        page.items.iter().map(|user| user.cuid.as_str().to_owned()).collect::<Vec<_>>()
    };
    let mut all = found("ORDER").await;
    all.sort_unstable();
    assert_eq!(all, ["Courier_7", "orderX2", "order_1"]);
    assert_eq!(found("order_").await, ["order_1"], "_ is itself and not any character");
    assert_eq!(found("zo").await, ["orderX2"]);
    assert_eq!(found("%").await, [""; 0]);
    assert_eq!(found("lice").await, [""; 0]);
    assert_eq!(found("").await.len(), 4);
}

pub(crate) async fn users_are_paged_in_the_order_of_their_cuids(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    for n in 0..51 {
        seen(&store, &id, &format!("user_a{n:02}"), None).await;
    }
    let account = store.account(&id);
    let first = account.users(None, None).await.unwrap();
    assert_eq!((first.items.len(), first.next.as_deref()), (50, Some("user_a49")));
    assert_eq!(first.items[0].devices.len(), 1);
    let second = account.users(None, first.next.as_deref()).await.unwrap();
    assert_eq!((second.items.len(), second.next), (1, None));
    assert_eq!(second.items[0].cuid.as_str(), "user_a50");
}

pub(crate) async fn no_account_reads_the_users_of_another(store: Store) {
    let mine = store.create_account("Mine", at(1)).await.unwrap().id;
    let other = store.create_account("Other", at(1)).await.unwrap().id;
    seen(&store, &mine, "alice", None).await;
    let alice = Cuid::parse("alice").unwrap();
    assert_eq!(store.account(&other).users(None, None).await.unwrap().items, []);
    assert_eq!(store.account(&other).user(&alice).await.unwrap(), None);
    let gone = change(&store, &other, 9).delete_user(&alice).await;
    assert!(matches!(gone, Err(StoreError::NotFound("user"))));
    assert!(store.account(&mine).user(&alice).await.unwrap().is_some());
}

pub(crate) async fn a_deleted_user_is_gone_with_their_devices(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    seen(&store, &id, "alice", Some("Alice")).await;
    let alice = Cuid::parse("alice").unwrap();
    change(&store, &id, 6).delete_user(&alice).await.unwrap();
    assert_eq!(store.account(&id).user(&alice).await.unwrap(), None);
    seen(&store, &id, "alice", None).await;
    let back = store.account(&id).user(&alice).await.unwrap().unwrap();
    assert_eq!((back.name, back.devices.len()), (None, 1), "who comes back begins anew");
}
