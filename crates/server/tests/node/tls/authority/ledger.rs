//! What an authority remembers: accounts, orders, proofs, certificates.

use instant_acme::CertificateIdentifier;
use rand::RngExt;
use rcgen::{CertificateSigningRequestParams, SanType};
use rustls::pki_types::CertificateSigningRequestDer;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use super::jws::{Jwk, decode, malformed};
use super::{Refusal, Root};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Ready,
    Valid,
    Invalid,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
        }
    }
}

pub(in super::super) struct Ledger {
    life: Duration,
    nonces: HashSet<String>,
    /// By address.
    pub(super) accounts: HashMap<String, Jwk>,
    /// As they were given.
    pub(in super::super) contacts: Vec<String>,
    orders: Vec<Order>,
    proofs: Vec<Proof>,
    /// By their names in renewal information.
    certificates: HashMap<String, String>,
    /// The names of those that were replaced, as orders said.
    pub(in super::super) replaced: Vec<String>,
    /// Whether all are to be renewed at once.
    pub(in super::super) revokes: bool,
}

struct Order {
    names: Vec<String>,
    proofs: Vec<usize>,
    replaces: Option<String>,
    chain: Option<String>,
}

struct Proof {
    name: String,
    token: String,
    status: Status,
    /// Which challenge was taken, and why it failed.
    looked: Option<(String, Option<Refusal>)>,
}

impl Ledger {
    pub(super) fn new(life: Duration) -> Self {
        Self {
            life,
            nonces: HashSet::new(),
            accounts: HashMap::new(),
            contacts: Vec::new(),
            orders: Vec::new(),
            proofs: Vec::new(),
            certificates: HashMap::new(),
            replaced: Vec::new(),
            revokes: false,
        }
    }

    /// How many certificates were given.
    pub(in super::super) fn issued(&self) -> usize {
        self.certificates.len()
    }

    /// How many accounts were made.
    pub(in super::super) fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// How many orders came.
    pub(in super::super) fn ordered(&self) -> usize {
        self.orders.len()
    }

    pub(super) fn new_nonce(&mut self) -> String {
        let nonce = format!("{:032x}", rand::rng().random::<u128>());
        self.nonces.insert(nonce.clone());
        nonce
    }

    pub(super) fn use_nonce(&mut self, nonce: &str) -> bool {
        self.nonces.remove(nonce)
    }

    pub(super) fn order(&mut self, said: &Value) -> Result<usize, Refusal> {
        let identifiers = said["identifiers"].as_array().ok_or_else(|| malformed("no identifiers"))?;
        let name = |identifier: &Value| {
            let is_dns = identifier["type"] == "dns";
            identifier["value"].as_str().filter(|_| is_dns).map(str::to_owned)
        };
        let names: Option<Vec<String>> = identifiers.iter().map(name).collect();
        let names =
            names.ok_or_else(|| Refusal::new("unsupportedIdentifier", "host names are all there is"))?;
        let replaces = said["replaces"].as_str().map(str::to_owned);
        if let Some(replaced) = &replaces {
            if !self.certificates.contains_key(replaced) {
                return Err(malformed("nobody knows what is replaced"));
            }
            self.replaced.push(replaced.clone());
        }
        let first = self.proofs.len();
        for name in &names {
            let token = format!("{:032x}", rand::rng().random::<u128>());
            self.proofs.push(Proof { name: name.clone(), token, status: Status::Pending, looked: None });
        }
        let proofs = (first..self.proofs.len()).collect();
        self.orders.push(Order { names, proofs, replaces, chain: None });
        Ok(self.orders.len() - 1)
    }

    /// RFC 8555 §7.1.6.
    fn status(&self, order: &Order) -> Status {
        let proofs = || order.proofs.iter().map(|id| self.proofs[*id].status);
        if order.chain.is_some() {
            Status::Valid
        } else if proofs().any(|status| status == Status::Invalid) {
            Status::Invalid
        } else if proofs().all(|status| status == Status::Valid) {
            Status::Ready
        } else {
            Status::Pending
        }
    }

    pub(super) fn order_document(&self, base: &str, id: usize) -> Result<Value, Refusal> {
        let order = self.orders.get(id).ok_or_else(|| malformed("no such order"))?;
        let names: Vec<Value> =
            order.names.iter().map(|name| json!({ "type": "dns", "value": name })).collect();
        let proofs: Vec<String> = order.proofs.iter().map(|proof| format!("{base}/proof/{proof}")).collect();
        let mut document = json!({
            "status": self.status(order).word(), "identifiers": names, "authorizations": proofs,
            "finalize": format!("{base}/finalize/{id}"),
        });
        if order.chain.is_some() {
            document["certificate"] = json!(format!("{base}/certificate/{id}"));
        }
        if let Some(replaces) = &order.replaces {
            document["replaces"] = json!(replaces);
        }
        Ok(document)
    }

    pub(super) fn proof_document(&self, base: &str, id: usize) -> Result<Value, Refusal> {
        let proof = self.proof(id)?;
        let kinds = match &proof.looked {
            None => vec!["dns-01", "http-01", "tls-alpn-01"],
            Some((kind, _)) => vec![kind.as_str()],
        };
        let challenges: Result<Vec<Value>, Refusal> =
            kinds.into_iter().map(|kind| self.challenge_document(base, id, kind)).collect();
        Ok(json!({
            "status": proof.status.word(), "identifier": { "type": "dns", "value": proof.name },
            "challenges": challenges?,
        }))
    }

    pub(super) fn challenge_document(&self, base: &str, id: usize, kind: &str) -> Result<Value, Refusal> {
        let proof = self.proof(id)?;
        let mut document = json!({
            "type": kind, "url": format!("{base}/challenge/{id}/{kind}"), "token": proof.token,
            "status": proof.status.word(),
        });
        if let Some((_, Some(refusal))) = &proof.looked {
            document["error"] = refusal.document();
        }
        Ok(document)
    }

    /// Whether this request is the first for this proof.
    pub(super) fn is_asked_to_look(&mut self, id: usize, kind: &str) -> Result<bool, Refusal> {
        self.proof(id)?;
        let proof = &mut self.proofs[id];
        let is_first = proof.looked.is_none();
        if is_first {
            proof.looked = Some((kind.to_owned(), None));
        }
        Ok(is_first)
    }

    /// The name and the token.
    pub(super) fn looked_for(&self, id: usize) -> (String, String) {
        (self.proofs[id].name.clone(), self.proofs[id].token.clone())
    }

    pub(super) fn looked(&mut self, id: usize, kind: &str, found: Result<(), Refusal>) {
        let proof = &mut self.proofs[id];
        proof.status = if found.is_ok() { Status::Valid } else { Status::Invalid };
        proof.looked = Some((kind.to_owned(), found.err()));
    }

    /// Signs what was proven and nothing else.
    pub(super) fn issue(&mut self, id: usize, said: &Value, root: &Root) -> Result<(), Refusal> {
        let order = self.orders.get(id).ok_or_else(|| malformed("no such order"))?;
        if self.status(order) != Status::Ready {
            return Err(Refusal::new("orderNotReady", "the names are not proven"));
        }
        let csr = decode(said["csr"].as_str().ok_or_else(|| malformed("no request"))?)?;
        let mut csr = CertificateSigningRequestParams::from_der(&CertificateSigningRequestDer::from(csr))
            .map_err(|error| Refusal::new("badCSR", &error.to_string()))?;
        let asked: HashSet<String> = csr.params.subject_alt_names.iter().map(dns).collect();
        if asked != order.names.iter().cloned().collect()
            || csr.params.distinguished_name.iter().next().is_some()
        {
            return Err(Refusal::new("badCSR", "it is for something else"));
        }
        csr.params.not_before = (SystemTime::now() - Duration::from_secs(1)).into();
        csr.params.not_after = (SystemTime::now() + self.life).into();
        csr.params.use_authority_key_identifier_extension = true;
        let certificate = csr.signed_by(&root.0).unwrap();
        let name = CertificateIdentifier::try_from(certificate.der()).unwrap().to_string();
        let chain = format!("{}{}", certificate.pem(), root.0.pem());
        self.certificates.insert(name, chain.clone());
        self.orders[id].chain = Some(chain);
        Ok(())
    }

    pub(super) fn chain(&self, id: usize) -> Result<String, Refusal> {
        let chain = self.orders.get(id).and_then(|order| order.chain.clone());
        chain.ok_or_else(|| malformed("no such certificate"))
    }

    /// When a certificate is to be renewed, as RFC 3339 writes it.
    pub(super) fn window(&self, certificate: &str) -> Option<(&'static str, &'static str)> {
        self.certificates.get(certificate)?;
        Some(match self.revokes {
            true => ("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"),
            false => ("2100-01-01T00:00:00Z", "2100-01-02T00:00:00Z"),
        })
    }

    fn proof(&self, id: usize) -> Result<&Proof, Refusal> {
        self.proofs.get(id).ok_or_else(|| malformed("no such authorization"))
    }
}

fn dns(name: &SanType) -> String {
    match name {
        SanType::DnsName(name) => name.as_str().to_owned(),
        other => panic!("{other:?} was not ordered"),
    }
}
