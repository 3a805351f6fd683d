use tring_protocol::http::text::{TurnSecret, TurnUrl};
use tring_protocol::http::turn::NewTurnServer;
use tring_protocol::ids::AccountId;
use tring_store::{Store, StoreError, TurnAccess};

use crate::{at, change};

const SECRET: &str = "north-wind secret";

fn server(url: &str) -> NewTurnServer {
    NewTurnServer { urls: vec![TurnUrl::parse(url).unwrap()], secret: TurnSecret::parse(SECRET).unwrap() }
}

async fn account(store: &Store) -> AccountId {
    store.create_account("Acme", at(1)).await.unwrap().id
}

async fn access(store: &Store, account: &AccountId) -> Vec<TurnAccess> {
    store.account(account).rules().await.unwrap().turn
}

pub(crate) async fn a_turn_server_opens_for_whoever_makes_its_credentials(store: Store) {
    let (mine, other) = (account(&store).await, account(&store).await);
    assert_eq!(access(&store, &mine).await, []);
    let [one, two] = [server("turn:one.example"), server("turns:two.example:443")];
    let added = change(&store, &mine, 5).add_turn_server(&one).await.unwrap();
    change(&store, &mine, 6).add_turn_server(&two).await.unwrap();
    assert_eq!((&added.urls, added.created_at), (&one.urls, at(5)));
    let known = |new: &NewTurnServer| TurnAccess { urls: new.urls.clone(), secret: SECRET.to_owned() };
    assert_eq!(
        access(&store, &mine).await,
        [known(&one), known(&two)],
        "in the order in which they were added"
    );
    assert_eq!(access(&store, &other).await, [], "another account's devices do not get them");
    let listed = store.account(&mine).turn_servers().await.unwrap();
    assert_eq!((listed.len(), &listed[0]), (2, &added));
    assert!(!format!("{:?}", access(&store, &mine).await).contains(SECRET), "a secret never reaches a log");
}

pub(crate) async fn a_removed_turn_server_is_gone_with_its_secret(store: Store) {
    let (mine, other) = (account(&store).await, account(&store).await);
    let added = change(&store, &mine, 5).add_turn_server(&server("turn:one.example")).await.unwrap();
    let id = added.turn_server_id.as_str();
    for (account, id) in [(&other, id), (&mine, "turn_nothing"), (&mine, "\0")] {
        let refused = change(&store, account, 6).remove_turn_server(id).await;
        assert!(matches!(refused, Err(StoreError::NotFound("TURN server"))), "{id:?}");
    }
    change(&store, &mine, 7).remove_turn_server(id).await.unwrap();
    assert_eq!(access(&store, &mine).await, []);
    assert_eq!(store.account(&mine).turn_servers().await.unwrap(), []);
}

pub(crate) async fn the_history_tells_of_turn_servers_and_not_of_their_secrets(store: Store) {
    let mine = account(&store).await;
    let added = change(&store, &mine, 5).add_turn_server(&server("turn:one.example")).await.unwrap();
    change(&store, &mine, 6).remove_turn_server(&added.turn_server_id).await.unwrap();
    let history = store.account(&mine).audit(None).await.unwrap().items;
    let actions: Vec<_> = history.iter().take(2).map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["turn_server.removed", "turn_server.added"]);
    assert_eq!(history[1].subject.as_deref(), Some(added.turn_server_id.as_str()));
    let fields: Vec<_> =
        history[1].changes.iter().map(|change| (change.field.as_str(), change.from.as_deref())).collect();
    assert_eq!(fields, [("urls", None), ("secret", None)]);
    assert_eq!(history[1].changes[0].to.as_deref(), Some("turn:one.example"));
    assert!(!format!("{history:?}").contains(SECRET));
}

pub(crate) async fn an_account_has_a_bounded_number_of_turn_servers(store: Store) {
    let mine = account(&store).await;
    for number in 2..6 {
        change(&store, &mine, number).add_turn_server(&server("turn:one.example")).await.unwrap();
    }
    let one_more = change(&store, &mine, 6).add_turn_server(&server("turn:one.example")).await;
    assert!(matches!(one_more, Err(StoreError::LimitReached { max: 4, .. })));
}

pub(crate) async fn an_account_that_was_deleted_leaves_no_turn_secret(store: Store) {
    let mine = account(&store).await;
    change(&store, &mine, 2).add_turn_server(&server("turn:one.example")).await.unwrap();
    change(&store, &mine, 3).delete_account().await.unwrap();
    assert!(matches!(store.account(&mine).turn_servers().await, Err(StoreError::NoSuchAccount(_))));
}
