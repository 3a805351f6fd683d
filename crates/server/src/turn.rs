//! Credentials for the account's TURN servers, as coturn makes them of a secret that both know (`use-auth-secret`): the
//! name is the moment at which they end, and the password is the name's HMAC-SHA1 under that secret. Neither says who
//! uses them.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rand::RngExt;
use tring_protocol::http::text::TurnUrl;
use tring_protocol::limits::TURN_CREDENTIAL_LIFE;
use tring_protocol::signal::{IceServer, IceServers};
use tring_protocol::time::Timestamp;
use tring_store::TurnAccess;

/// Credentials of one device that signs in, none if the account lists no servers. They end at the same moment by two
/// clocks: `now` is the one that devices are told, `wall` the one that TURN servers have.
pub(crate) fn ice_servers(turn: &[TurnAccess], now: Timestamp, wall: Timestamp) -> Option<IceServers> {
    if turn.is_empty() {
        return None;
    }
    let ends = (wall + TURN_CREDENTIAL_LIFE).as_millis() / 1_000;
    // Tells devices apart in the TURN server's log, and nothing else.
    let username = format!("{ends}:{:08x}", rand::rng().random::<u32>());
    let servers = turn.iter().map(|server| server_for(server, &username)).collect();
    Some(IceServers { servers, expire_at: now + TURN_CREDENTIAL_LIFE })
}

fn server_for(server: &TurnAccess, username: &str) -> IceServer {
    IceServer {
        urls: server.urls.iter().cloned().map(|url: TurnUrl| url.into()).collect(),
        username: username.to_owned(),
        credential: credential(&server.secret, username),
    }
}

/// SHA-1 because TURN servers know no other; as a MAC it still holds.
fn credential(secret: &str, username: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(url: &str, secret: &str) -> TurnAccess {
        TurnAccess { urls: vec![TurnUrl::parse(url).unwrap()], secret: secret.to_owned() }
    }

    #[test]
    fn a_credential_is_the_one_that_openssl_computes() {
        // printf 1795300000:0badcafe | openssl dgst -sha1 -hmac "north-wind secret" -binary | base64
        let made = credential("north-wind secret", "1795300000:0badcafe");
        assert_eq!(made, "6lnmP/fA8+z2pxyFsAP1NtT6YTs=");
    }

    #[test]
    fn credentials_end_at_the_same_moment_by_both_clocks() {
        let (now, wall) = (Timestamp::from_millis(5_000), Timestamp::from_millis(1_795_256_800_999));
        let made = ice_servers(
            &[access("turn:a.example", "secret a"), access("turns:b.example", "secret b")],
            now,
            wall,
        );
        let made = made.unwrap();
        assert_eq!(made.expire_at, now + TURN_CREDENTIAL_LIFE);
        let [a, b] = made.servers.as_slice() else { panic!("{made:?}") };
        assert_eq!(
            (a.urls.as_slice(), b.urls.as_slice()),
            (["turn:a.example".to_owned()].as_slice(), ["turns:b.example".to_owned()].as_slice())
        );
        assert!(a.username.starts_with("1795300000:"), "{}", a.username);
        assert_eq!(a.username, b.username);
        assert_eq!(b.credential, credential("secret b", &b.username));
        assert_ne!(a.credential, b.credential);
        assert_eq!(ice_servers(&[], now, wall), None);
    }

    #[test]
    fn two_devices_have_different_names() {
        let turn = [access("turn:a.example", "secret a")];
        let name = || {
            ice_servers(&turn, Timestamp::default(), Timestamp::default()).unwrap().servers[0]
                .username
                .clone()
        };
        assert_ne!(name(), name());
    }
}
