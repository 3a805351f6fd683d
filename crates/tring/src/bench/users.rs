//! Who calls whom: pairs of light peers that are signed in before the first call, and others that take the place of
//! those whose call failed.

use anyhow::Result;
use futures_util::{StreamExt as _, stream};
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tring_load::peer::{Device, Identity, Pair, SIGN_INS_AT_ONCE, SignIn, Trouble};

use super::failures::Failures;
use super::progress::Progress;
use super::stop::Stop;

/// How long devices whose call failed get to sign out, which ends what is left of the call.
const GOODBYE: Duration = Duration::from_secs(2);

/// All users of a run. Their names are their own, so that two runs do not meet.
pub(super) struct Users {
    sign_in: SignIn,
    prefix: String,
    next: Cell<u32>,
    free: RefCell<Vec<Pair>>,
    signed_in: Cell<u64>,
    refused: RefCell<Failures>,
}

/// Devices that do nothing but stay signed in.
pub(super) struct Idle(Vec<Device>);

enum SignedIn {
    Pair(Box<Pair>),
    Idle(Box<Device>),
}

impl Users {
    pub(super) fn new(sign_in: &SignIn, prefix: &str) -> Self {
        Self {
            sign_in: sign_in.clone(),
            prefix: format!("{prefix}_{:04x}", std::process::id() & 0xFFFF),
            next: Cell::new(0),
            free: RefCell::default(),
            signed_in: Cell::new(0),
            refused: RefCell::default(),
        }
    }

    /// How many devices were signed in.
    pub(super) fn signed_in(&self) -> u64 {
        self.signed_in.get()
    }

    /// Why devices could not be signed in before the calls began.
    pub(super) fn refused(&self) -> Failures {
        self.refused.borrow().clone()
    }

    /// Signs in `pairs` of users and `idle` single ones, as far as it gets until it is to `stop`. Whoever is refused is
    /// counted; if that is the first one, it is an error, because all others would be refused alike.
    pub(super) async fn sign_in_all(
        &self,
        pairs: u32,
        idle: u32,
        stop: &Stop,
        progress: &Progress,
    ) -> Result<Idle> {
        progress.begin("signing in", u64::from(pairs) + u64::from(idle));
        let first = tokio::select! {
            first = self.new_pair() => first?,
            () = stop.told() => return Ok(Idle(Vec::new())),
        };
        self.give_back(first);
        progress.step();
        let (pairs, singles) = ((1..pairs).map(|_| None), (0..idle).map(Some));
        let sign_ins = pairs.chain(singles).map(|single| async move {
            match single {
                None => self.new_pair().await.map(|pair| SignedIn::Pair(Box::new(pair))),
                Some(n) => self.device("idle", n).await.map(|device| SignedIn::Idle(Box::new(device))),
            }
        });
        let mut devices = Vec::new();
        let mut all = std::pin::pin!(stream::iter(sign_ins).buffer_unordered(SIGN_INS_AT_ONCE));
        loop {
            let signed_in = tokio::select! {
                next = all.next() => next,
                () = stop.told() => None,
            };
            let Some(signed_in) = signed_in else { break };
            match signed_in {
                Ok(SignedIn::Pair(pair)) => self.give_back(*pair),
                Ok(SignedIn::Idle(device)) => devices.push(*device),
                Err(error) => self.refused.borrow_mut().note(Trouble::name(&error)),
            }
            progress.step();
        }
        Ok(Idle(devices))
    }

    /// Two who are in no call; signs them in if there are none.
    pub(super) async fn pair(&self) -> Result<Pair> {
        let free = self.free.borrow_mut().pop();
        match free {
            Some(pair) => Ok(pair),
            None => self.new_pair().await,
        }
    }

    /// For the next call.
    pub(super) fn give_back(&self, pair: Pair) {
        self.free.borrow_mut().push(pair);
    }

    /// Signs out two whose call failed: nobody knows what the server thinks of them.
    pub(super) fn retire(pair: Pair) {
        let Pair { mut caller, mut callee } = pair;
        tokio::spawn(async move {
            let both = async { tokio::join!(caller.sign_out(), callee.sign_out()) };
            // They are gone either way; the server notices later.
            let _ = timeout(GOODBYE, both).await;
        });
    }

    async fn new_pair(&self) -> Result<Pair> {
        let n = self.next.replace(self.next.get() + 1);
        let (caller, callee) = tokio::try_join!(self.device("caller", n), self.device("callee", n))?;
        Ok(Pair { caller, callee })
    }

    async fn device(&self, role: &str, n: u32) -> Result<Device> {
        let identity = Identity::of(&format!("{}_{role}_{n}", self.prefix))?;
        let device = Device::sign_in(&self.sign_in, identity).await?;
        self.signed_in.set(self.signed_in.get() + 1);
        Ok(device)
    }
}

impl Idle {
    /// Why some of them are no longer signed in.
    pub(super) async fn lost(self) -> Failures {
        let mut lost = Failures::default();
        for mut device in self.0 {
            if let Err(error) = device.stay(Instant::now()).await {
                lost.note(Trouble::name(&error));
            }
        }
        lost
    }
}
