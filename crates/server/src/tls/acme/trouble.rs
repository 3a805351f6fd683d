//! Why there is no certificate, and what the operator can do about it.

use instant_acme::{Error, Problem};

use super::super::identity::Fault;
use super::kept::KeptError;
use super::order::Proof;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The authority looked at a name and did not find what it wanted.
    #[error("{name}: {}", sentence(problem))]
    Refused {
        /// The host name.
        name: String,
        /// What the authority says.
        problem: Problem,
    },
    /// The authority does not do what it is asked.
    #[error("{}", sentence(.0))]
    Said(Problem),
    /// It refuses without a word.
    #[error("the authority refuses the order and does not say why")]
    Unsaid,
    /// The authority wants other proofs.
    #[error("the authority does not offer the proof that this server can give")]
    NotOffered(Proof),
    /// The certificate that is shown as a proof cannot be made.
    #[error("a proof cannot be made")]
    Proof(#[from] rcgen::Error),
    /// What it gave is no certificate for the key.
    #[error("the authority gave a certificate that cannot be used ({0:?})")]
    Unusable(Fault),
    /// The data directory.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// Everything else between here and the authority.
    #[error("the authority cannot be asked")]
    Unasked(#[source] Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(problem) => Self::Said(problem),
            other => Self::Unasked(other),
        }
    }
}

impl Trouble {
    /// Whether too much was asked of the authority.
    pub(super) fn is_limit(&self) -> bool {
        self.kind() == Some("rateLimited")
    }

    /// Whether the authority does not know the account any more.
    pub(super) fn is_of_the_account(&self) -> bool {
        self.kind() == Some("accountDoesNotExist")
    }

    /// What to do, for the middle of a sentence.
    pub(super) fn advice(&self, proof: Proof) -> &'static str {
        match self {
            Self::Refused { .. } | Self::Said(_) => by_kind(self.kind().unwrap_or_default(), proof),
            Self::NotOffered(Proof::Http) => "leave `tls.redirect` empty to prove by TLS",
            Self::NotOffered(Proof::TlsAlpn) => {
                "set `tls.redirect`, and let port 80 lead there, to prove by HTTP"
            }
            Self::Proof(_) => "look at `acme.names`",
            Self::Unsaid | Self::Unusable(_) => "this is the authority's fault",
            Self::Kept(_) => {
                "let the server write into its `data` directory, and look whether the disk is full"
            }
            Self::Unasked(_) => {
                "`acme.directory` must be reachable from here: look at the address, DNS, the firewall for outgoing https \
                 and, for an authority of your own, `acme.directory_ca`"
            }
        }
    }

    /// The last part of the problem's type (RFC 8555 §6.7).
    fn kind(&self) -> Option<&str> {
        let problem = match self {
            Self::Refused { problem, .. } | Self::Said(problem) => problem,
            Self::Unsaid
            | Self::NotOffered(_)
            | Self::Proof(_)
            | Self::Unusable(_)
            | Self::Kept(_)
            | Self::Unasked(_) => return None,
        };
        // Of an order for several names only the parts say what each of them lacks.
        let part = problem.subproblems.iter().find_map(|part| part.r#type.as_deref());
        let kind = match problem.r#type.as_deref() {
            Some("urn:ietf:params:acme:error:compound") | None => part.or(problem.r#type.as_deref())?,
            Some(kind) => kind,
        };
        kind.rsplit(':').next()
    }
}

fn by_kind(kind: &str, proof: Proof) -> &'static str {
    match (kind, proof) {
        ("connection", Proof::Http) => {
            "the authority must reach this server at port 80 of the name: let it lead to `tls.redirect`, and look at the \
             firewall and at the addresses in DNS, also that of IPv6"
        }
        ("connection", Proof::TlsAlpn) => {
            "the authority must reach this server at port 443 of the name: let it lead to `http.listen`, and look at the \
             firewall and at the addresses in DNS, also that of IPv6"
        }
        ("dns", _) => "give the name a record in DNS (A or AAAA) with this server's address",
        ("caa", _) => {
            "a CAA record in DNS forbids this authority; change it, or take the authority that it names"
        }
        ("unauthorized" | "incorrectResponse", Proof::Http) => {
            "somebody else answered at port 80 of the name: let DNS and the port lead to `tls.redirect` of this server"
        }
        ("unauthorized" | "incorrectResponse" | "tls", Proof::TlsAlpn) => {
            "somebody else answered at port 443 of the name, perhaps a proxy that ends TLS: let DNS and the port lead to \
             `http.listen` of this server, or set `tls.redirect` to prove by HTTP"
        }
        ("rateLimited", _) => {
            "a limit of the authority is reached and passes by itself; try things out with its trial directory"
        }
        ("rejectedIdentifier" | "unsupportedIdentifier" | "malformed", _) => {
            "the authority has no certificates for one of `acme.names`"
        }
        ("userActionRequired", _) => "the authority changed its terms; read them where it says",
        ("externalAccountRequired", _) => "this authority wants an account made on its pages; take another",
        ("invalidContact" | "unsupportedContact", _) => "the authority does not take `acme.contact`",
        ("accountDoesNotExist", _) => "the authority does not know the account any more; a new one is made",
        ("serverInternal" | "badNonce", _) => "this is the authority's fault",
        _ => "the authority says why",
    }
}

/// What the authority says, without the type that the library would put behind it.
fn sentence(problem: &Problem) -> String {
    let mut parts: Vec<&str> = problem.detail.as_deref().into_iter().collect();
    parts.extend(problem.subproblems.iter().filter_map(|part| part.detail.as_deref()));
    if parts.is_empty() { problem.r#type.clone().unwrap_or_default() } else { parts.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(problem: serde_json::Value) -> Trouble {
        let problem = serde_json::from_value(problem).unwrap();
        Trouble::Refused { name: "calls.shop.example".to_owned(), problem }
    }

    #[test]
    fn the_operator_reads_what_the_authority_said_and_where_to_look() {
        let trouble = refused(serde_json::json!({
            "type": "urn:ietf:params:acme:error:connection", "detail": "Timeout during connect", "status": 400,
        }));
        assert_eq!(trouble.to_string(), "calls.shop.example: Timeout during connect");
        assert!(
            trouble.advice(Proof::Http).contains("port 80")
                && trouble.advice(Proof::TlsAlpn).contains("port 443")
        );
        assert!(!trouble.is_limit());
    }

    #[test]
    fn the_parts_of_a_compound_problem_count() {
        let trouble = refused(serde_json::json!({
            "type": "urn:ietf:params:acme:error:compound",
            "subproblems": [{ "type": "urn:ietf:params:acme:error:dns", "detail": "no such name" }],
        }));
        assert_eq!(trouble.to_string(), "calls.shop.example: no such name");
        assert!(trouble.advice(Proof::Http).contains("DNS (A or AAAA)"));
    }

    #[test]
    fn a_limit_is_told_from_the_rest() {
        let problem =
            serde_json::json!({ "type": "urn:ietf:params:acme:error:rateLimited", "detail": "later" });
        let trouble = Trouble::from(Error::Api(serde_json::from_value(problem).unwrap()));
        assert!(trouble.is_limit() && trouble.to_string() == "later");
        let network = Trouble::from(Error::Str("nobody answers"));
        assert!(
            !network.is_limit() && network.advice(Proof::Http).contains("`acme.directory` must be reachable")
        );
    }
}
