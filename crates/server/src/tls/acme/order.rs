//! One certificate: an order, a proof for each of its names, a key that never leaves this machine, and the chain.

use instant_acme::{
    Account, AuthorizationStatus, CertificateIdentifier, ChallengeType, Identifier, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use std::time::Duration;

use super::super::challenges::{Challenges, Showing};
use super::trouble::Trouble;

/// How long an authority may take to look, and to sign. Some look from several places, one after the other.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(250))
    .backoff(1.5)
    .timeout(Duration::from_secs(120));

/// How the server proves that its names lead here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// By a text at port 80: `tls.redirect` listens.
    Http,
    /// By a certificate at port 443: nothing else is open.
    TlsAlpn,
}

/// What the authority gave, in PEM.
pub(super) struct Issued {
    pub(super) chain: String,
    pub(super) key: String,
}

/// Orders a certificate for `names` and waits for it.
pub(super) async fn order(
    account: &Account,
    names: &[String],
    replaced: Option<CertificateIdentifier<'static>>,
    proof: Proof,
    challenges: &Challenges,
) -> Result<Issued, Trouble> {
    let mut order = begin(account, names, replaced).await?;
    // Until the end of the function, whichever it is.
    let _shown = prove(&mut order, proof, challenges).await?;
    if order.poll_ready(&PATIENCE).await? != OrderStatus::Ready {
        return Err(refusal(&mut order).await);
    }
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&PATIENCE).await?;
    Ok(Issued { chain, key })
}

/// An order that says which certificate it replaces is let through where there are limits (RFC 9773 §5). Authorities
/// that do not know the old one, or saw it replaced already, take an order that says nothing.
async fn begin(
    account: &Account,
    names: &[String],
    replaced: Option<CertificateIdentifier<'static>>,
) -> Result<Order, Trouble> {
    let names: Vec<Identifier> = names.iter().cloned().map(Identifier::Dns).collect();
    if let Some(replaced) = replaced
        && let Ok(order) = account.new_order(&NewOrder::new(&names).replaces(replaced)).await
    {
        return Ok(order);
    }
    Ok(account.new_order(&NewOrder::new(&names)).await?)
}

/// Shows what the authority wants to see of each name, and asks it to look.
async fn prove(order: &mut Order, proof: Proof, challenges: &Challenges) -> Result<Vec<Showing>, Trouble> {
    let mut shown = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            // Proven not long ago.
            continue;
        }
        let name = authorization.identifier().to_string();
        let kind = match proof {
            Proof::Http => ChallengeType::Http01,
            Proof::TlsAlpn => ChallengeType::TlsAlpn01,
        };
        let mut challenge = authorization.challenge(kind).ok_or(Trouble::NotOffered(proof))?;
        let answer = challenge.key_authorization();
        shown.push(match proof {
            Proof::Http => challenges.show_text(&challenge.token, answer.as_str()),
            Proof::TlsAlpn => {
                challenges.show_certificate(&name.to_ascii_lowercase(), answer.digest().as_ref())?
            }
        });
        challenge.set_ready().await?;
    }
    Ok(shown)
}

/// Why the authority did not find what it looked for: the order itself does not say.
async fn refusal(order: &mut Order) -> Trouble {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        if authorization.refresh().await.is_err() {
            break;
        }
        let name = authorization.identifier().to_string();
        if let Some(problem) = authorization.challenges.iter().find_map(|challenge| challenge.error.clone()) {
            return Trouble::Refused { name, problem };
        }
    }
    Trouble::Unsaid
}
