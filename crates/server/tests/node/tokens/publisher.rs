//! A customer who signs with keys of their own: the pairs, and the server that publishes the public halves. Signed with
//! the cryptographic library alone, so that the JWT library is not tested with itself.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A key pair with its name.
#[derive(Clone)]
pub(super) struct Pair {
    kid: String,
    keys: Arc<Keys>,
}

enum Keys {
    Rsa(RsaPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Pair {
    pub(super) fn rsa(kid: &str) -> Self {
        Self::new(kid, Keys::Rsa(RsaPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(super) fn ec(kid: &str) -> Self {
        Self::new(kid, Keys::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()))
    }

    pub(super) fn ed(kid: &str) -> Self {
        Self::new(kid, Keys::Ed(Ed25519KeyPair::generate().unwrap()))
    }

    fn new(kid: &str, keys: Keys) -> Self {
        Self { kid: kid.to_owned(), keys: Arc::new(keys) }
    }

    /// The public half as the library has it.
    pub(super) fn public(&self) -> Vec<u8> {
        match &*self.keys {
            Keys::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Keys::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Keys::Ed(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    pub(super) fn token(&self, claims: &Value) -> String {
        let alg = match &*self.keys {
            Keys::Rsa(_) => "RS256",
            Keys::Ec(_) => "ES256",
            Keys::Ed(_) => "EdDSA",
        };
        self.token_as(&json!({ "alg": alg, "kid": self.kid }), claims)
    }

    pub(super) fn token_as(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match &*self.keys {
            Keys::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Keys::Ec(pair) => pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Keys::Ed(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", BASE64.encode(signature))
    }

    /// The public half as a JWK.
    fn jwk(&self) -> Value {
        let public = self.public();
        let text = |bytes: &[u8]| BASE64.encode(bytes);
        let mut jwk = match &*self.keys {
            // RSAPublicKey in DER: a head of nine bytes, the 256 of the modulus, and three of the exponent at the end.
            Keys::Rsa(_) => json!({ "kty": "RSA", "n": text(&public[9..265]), "e": text(&public[267..]) }),
            Keys::Ec(_) => {
                json!({ "kty": "EC", "crv": "P-256", "x": text(&public[1..33]), "y": text(&public[33..]) })
            }
            Keys::Ed(_) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(&public) }),
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }
}

/// A server that publishes keys.
pub(super) struct Publisher {
    url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    pairs: Vec<Pair>,
    fails: bool,
    asked: usize,
}

impl Publisher {
    pub(super) async fn start(pairs: &[Pair]) -> Self {
        let state = Arc::new(Mutex::new(State { pairs: pairs.to_vec(), fails: false, asked: 0 }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = shared.lock().unwrap().answer();
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, state }
    }

    pub(super) fn url(&self) -> String {
        self.url.clone()
    }

    /// These in place of what was published.
    pub(super) fn publish(&self, pairs: &[Pair]) {
        self.state.lock().unwrap().pairs = pairs.to_vec();
    }

    pub(super) fn fail(&self) {
        self.state.lock().unwrap().fails = true;
    }

    /// How often the keys were asked for.
    pub(super) fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }
}

impl State {
    fn answer(&mut self) -> String {
        self.asked += 1;
        if self.fails {
            return "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                .to_owned();
        }
        // Of another kind and for another use, which must be skipped.
        let mut keys =
            vec![json!({ "kty": "oct", "k": "AAAA" }), json!({ "kty": "EC", "crv": "P-384" }), json!(7)];
        keys.extend(self.pairs.iter().map(Pair::jwk));
        let body = json!({ "keys": keys }).to_string();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
        format!("{head}content-length: {}\r\n\r\n{body}", body.len())
    }
}
