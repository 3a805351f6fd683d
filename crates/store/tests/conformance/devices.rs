use tring_protocol::ids::{AccountId, Cuid, DeviceAddress, DeviceId, UserAddress};
use tring_protocol::signal::Platform;
use tring_protocol::text::DisplayName;
use tring_store::{Sighting, Store};

use crate::at;

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
    assert_eq!(account.keys().await.unwrap()[0].last_used_at, Some(at(9)));
    let user = account.user(&Cuid::parse("alice").unwrap()).await.unwrap().expect("she signed in");
    assert_eq!(
        user.name,
        Some(DisplayName::parse("Alice").unwrap()),
        "a sign-in without a name keeps the old one"
    );
    assert_eq!((user.created_at, user.last_seen_at), (at(5), at(9)));
    let devices: Vec<_> =
        user.devices.iter().map(|device| (device.id.as_str(), device.last_seen_at)).collect();
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
