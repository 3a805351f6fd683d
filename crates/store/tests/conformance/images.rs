use tring_protocol::settings::Branding;
use tring_protocol::text::ImageUrl;
use tring_store::Store;

use crate::{DAY, at, change};

pub(crate) async fn an_image_is_named_by_its_content(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let account = store.account(&id);
    let image = account.put_image(b"abc", at(2)).await.unwrap();
    assert_eq!(image, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(account.put_image(b"abc", at(3)).await.unwrap(), image);
    assert_eq!(store.image(&image).await.unwrap().as_deref(), Some(b"abc".as_slice()));
    assert_eq!(store.image("unknown").await.unwrap(), None);
}

pub(crate) async fn the_oldest_images_that_are_not_shown_are_forgotten(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let account = store.account(&id);
    let shown = account.put_image(b"shown", at(2)).await.unwrap();
    let tried = account.put_image(b"tried", at(3)).await.unwrap();
    let logo = ImageUrl::parse(&format!("https://tring.example/images/{shown}.png")).unwrap();
    let branding = Branding { logo: Some(logo), ..Branding::default() };
    change(&store, &id, 4).branding(&branding).await.unwrap();
    for n in 10..18_u8 {
        account.put_image(&[n], at(u64::from(n))).await.unwrap();
    }
    assert!(store.image(&shown).await.unwrap().is_some());
    assert_eq!(store.image(&tried).await.unwrap(), None);
    let latest = account.put_image(&[17], at(18)).await.unwrap();
    assert!(store.image(&latest).await.unwrap().is_some());
}

pub(crate) async fn an_image_of_two_accounts_outlives_one_of_them(store: Store) {
    let one = store.create_account("One", at(1)).await.unwrap().id;
    let two = store.create_account("Two", at(1)).await.unwrap().id;
    let image = store.account(&one).put_image(b"same", at(2)).await.unwrap();
    store.account(&two).put_image(b"same", at(2)).await.unwrap();
    change(&store, &one, 3).delete_account().await.unwrap();
    store.forget_expired(at(3 + DAY)).await.unwrap();
    assert!(store.image(&image).await.unwrap().is_some());
    change(&store, &two, 4).delete_account().await.unwrap();
    store.forget_expired(at(4 + DAY)).await.unwrap();
    assert_eq!(store.image(&image).await.unwrap(), None);
}
