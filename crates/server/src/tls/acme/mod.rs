//! Certificates from an authority by ACME (RFC 8555): ordered when there is none, renewed in time, without a restart.
//!
//! | module | decides |
//! |---|---|
//! | `order` | how one certificate is got |
//! | `plan` | when the next one is |
//! | `kept` | what outlives the process: the account with the authority, and the last certificate |
//! | `trouble` | what the operator is told when it fails |

mod kept;
mod order;
mod plan;
mod trouble;

use instant_acme::{Account, CertificateIdentifier, NewAccount};
use rand::RngExt;
use rcgen::{CertificateParams, KeyPair};
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tring_protocol::time::{Millis, Timestamp};

use super::challenges::Challenges;
use super::door::Current;
use super::identity::Identity;
use crate::clock;
use crate::config::Acme;
use kept::Kept;
pub use kept::KeptError;
pub(super) use kept::kept_at;
pub(crate) use order::Proof;
use plan::Plan;
use trouble::Trouble;

/// Longest sleep: the wall's clock may be set, and the machine may sleep, while the timers of the process stand still.
const NAP: Duration = Duration::from_secs(60 * 60);

/// How long one attempt may take before it counts as failed: the library waits for an authority as long as it takes.
const ATTEMPT: Duration = Duration::from_secs(10 * 60);

/// How long the certificate that stands in for the first one is valid. It is made anew at each start.
const STAND_IN: Duration = Duration::from_secs(90 * 24 * 3_600);

/// Keeps a certificate in force.
pub(super) struct Keeper {
    config: Acme,
    proof: Proof,
    kept: Kept,
    challenges: Challenges,
    current: Current,
    shown: Option<Identity>,
    account: Option<Account>,
}

/// Opens what the last run kept. The identity is its certificate, or one that stands in until there is one.
///
/// # Errors
/// If the directory cannot be made or read.
pub(super) async fn open(
    config: &Acme,
    data: &Path,
    challenges: Challenges,
    proof: Proof,
) -> Result<(Keeper, Current), KeptError> {
    let kept = Kept::open(data, &config.directory).await?;
    let found = kept.identity().await?;
    let is_for_us =
        |found: &Identity| config.names.iter().all(|name| found.names.iter().any(|n| n == name.as_str()));
    let shown = found.filter(is_for_us);
    let current = match &shown {
        Some(identity) => Current::new(identity),
        None => Current::new(&stand_in(config)),
    };
    let (config, shared) = (config.clone(), current.clone());
    Ok((Keeper { config, proof, kept, challenges, current: shared, shown, account: None }, current))
}

impl Keeper {
    /// Orders and renews until `stop`.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        if let Some(identity) = &self.shown {
            tracing::info!(until = %identity.valid_until(), "the certificate of the last run is in force");
        } else {
            tracing::info!(
                "there is no certificate yet: one that browsers warn of stands in until the authority has given one"
            );
        }
        let mut plan = self.shown.as_ref().map(|identity| Plan::stored(identity, fraction()));
        let mut failures = 0;
        loop {
            let now = clock::wall();
            let next = plan.as_ref().map_or(now, Plan::next);
            if next > now {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from(next.since(now)).min(NAP)) => continue,
                    () = stop.cancelled() => return,
                }
            }
            let is_due = plan.as_ref().is_none_or(|plan| plan.is_due(now));
            let step = async {
                if is_due {
                    self.renew().await.map(Some)
                } else {
                    self.ask(plan.as_mut()).await.map(|()| None)
                }
            };
            let done = tokio::select! {
                done = tokio::time::timeout(ATTEMPT, step) => {
                    done.unwrap_or(Err(Trouble::Unasked(instant_acme::Error::Timeout(None))))
                }
                () = stop.cancelled() => return,
            };
            match done {
                Ok(Some(fresh)) => {
                    plan = Some(fresh);
                    failures = 0;
                }
                Ok(None) => {}
                // The authority's wish for a time is a wish; what the certificate says is enough.
                Err(_) if !is_due => {}
                Err(trouble) => {
                    failures += 1;
                    let pause = plan::pause(failures, trouble.is_limit(), fraction());
                    self.complain(&trouble, pause);
                    if trouble.is_of_the_account() {
                        self.account = None;
                        self.kept.forget_account().await;
                    }
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = stop.cancelled() => return,
                    }
                }
            }
        }
    }

    /// Gets a new certificate and puts it in force.
    async fn renew(&mut self) -> Result<Plan, Trouble> {
        let account = self.account().await?;
        let names: Vec<String> = self.config.names.iter().map(|name| name.as_str().to_owned()).collect();
        let replaced = self.shown.as_ref().and_then(name_of);
        let issued = order::order(&account, &names, replaced, self.proof, &self.challenges).await?;
        let pem = format!("{}{}", issued.key, issued.chain);
        let identity = Identity::parse(pem.as_bytes(), pem.as_bytes()).map_err(Trouble::Unusable)?;
        // On disk before it is in force, so that whoever has seen it finds it after a restart; but a full disk must not
        // keep a valid certificate from the users.
        let kept = self.kept.keep_identity(&pem).await;
        self.current.show(&identity);
        tracing::info!(until = %identity.valid_until(), "the authority gave a certificate, which is in force");
        if let Err(error) = kept {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the certificate is in force but cannot be kept; the next start orders another"
            );
        }
        let plan = Plan::fresh(&identity, clock::wall(), fraction());
        self.shown = Some(identity);
        Ok(plan)
    }

    /// Asks the authority when it wants the certificate renewed (RFC 9773).
    async fn ask(&mut self, plan: Option<&mut Plan>) -> Result<(), Trouble> {
        let (Some(plan), Some(identity)) = (plan, self.shown.clone()) else { return Ok(()) };
        plan.asked(clock::wall(), None);
        let account = self.account().await?;
        let Some(name) = name_of(&identity) else { return Ok(()) };
        let (info, again) = account.renewal_info(&name).await?;
        let window = info.suggested_window;
        let moment = |at: i64| Timestamp::from_millis(u64::try_from(at).unwrap_or(0).saturating_mul(1_000));
        let window = moment(window.start.unix_timestamp())..moment(window.end.unix_timestamp());
        let again = Millis::new(u64::try_from(again.as_millis()).unwrap_or(u64::MAX));
        plan.asked(clock::wall(), Some((window, again)));
        Ok(())
    }

    /// The account with the authority: that of the process, of the last run, or a new one.
    async fn account(&mut self) -> Result<Account, Trouble> {
        if let Some(account) = &self.account {
            return Ok(account.clone());
        }
        let builder = match &self.config.directory_ca {
            Some(root) => Account::builder_with_root(root)?,
            None => Account::builder()?,
        };
        let account = match self.kept.account().await? {
            Some(credentials) => builder.from_credentials(credentials).await?,
            None => {
                let contact = self.config.contact.as_ref().map(|contact| format!("mailto:{contact}"));
                let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
                let new = NewAccount {
                    contact: &contact,
                    terms_of_service_agreed: self.config.terms_agreed,
                    only_return_existing: false,
                };
                let (account, credentials) =
                    builder.create(&new, self.config.directory.clone(), None).await?;
                self.kept.keep_account(&credentials).await?;
                account
            }
        };
        self.account = Some(account.clone());
        Ok(account)
    }

    fn complain(&self, trouble: &Trouble, pause: Duration) {
        let minutes = pause.as_secs().div_ceil(60);
        let advice = trouble.advice(self.proof);
        match &self.shown {
            None => tracing::warn!(
                error = trouble as &dyn std::error::Error,
                "the authority gave no certificate: {advice}; trying again in {minutes} minutes"
            ),
            Some(identity) => tracing::warn!(
                error = trouble as &dyn std::error::Error,
                until = %identity.valid_until(),
                "the certificate cannot be renewed, and stays in force: {advice}; trying again in {minutes} minutes"
            ),
        }
    }
}

/// What the authority calls a certificate of its own (RFC 9773 §4.1); `None` if it does not say who signed it.
fn name_of(identity: &Identity) -> Option<CertificateIdentifier<'static>> {
    let own = identity.key.cert.first()?;
    CertificateIdentifier::try_from(own).ok().map(CertificateIdentifier::into_owned)
}

/// A certificate that nobody but the server vouches for: it lets the port open, so that the authority can look.
fn stand_in(config: &Acme) -> Identity {
    let made = || -> Result<Identity, rcgen::Error> {
        let key = KeyPair::generate()?;
        let names: Vec<String> = config.names.iter().map(|name| name.as_str().to_owned()).collect();
        let mut params = CertificateParams::new(names)?;
        params.not_before = std::time::SystemTime::now().into();
        params.not_after = (std::time::SystemTime::now() + STAND_IN).into();
        let pem = format!("{}{}", key.serialize_pem(), params.self_signed(&key)?.pem());
        Ok(Identity::parse(pem.as_bytes(), pem.as_bytes()).expect("what was just made can be read"))
    };
    made().expect("the names of the configuration are host names")
}

/// From 0 up to, and without, 1: spreads what all servers would do at the same moment.
fn fraction() -> f64 {
    rand::rng().random_range(0.0..1.0)
}
