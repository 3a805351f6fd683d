//! Tring itself, as the other experiments have it, at the address at which all are compared.

use anyhow::Result;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Instant;
use tring_load::legs::Load;
use tring_load::peer::{Call, Device, Identity, Pair};

use super::Rival;
use super::leg::Connected;
use crate::daemon::Daemon;
use crate::server::{Server, Setting};

pub(super) struct Tring {
    server: Server,
}

/// Two people, and their call while there is one.
pub(super) struct Line {
    pair: Pair,
    call: Option<Call>,
}

impl Tring {
    pub(super) async fn start(program: &Path, address: Ipv4Addr) -> Result<Self> {
        Ok(Self { server: Server::start(program, Setting::Compared { relay: address }).await? })
    }
}

impl Rival for Tring {
    type Line = Line;

    fn daemon(&self) -> &Daemon {
        self.server.daemon()
    }

    async fn line(&self, n: usize) -> Result<Line> {
        let sign_in = async |side: &str| {
            Device::sign_in(self.server.sign_in(), Identity::of(&format!("{side}_{n}"))?).await
        };
        let pair = Pair { caller: sign_in("caller").await?, callee: sign_in("callee").await? };
        Ok(Line { pair, call: None })
    }

    async fn connect(&self, line: &mut Line, load: &Load) -> Result<Connected> {
        let began = Instant::now();
        let (call, _) = line.pair.connect(load).await?;
        let connected = Connected {
            legs: call.media.map(|media| media.leg),
            keyed: call.times.keyed,
            // It returns when both have heard each other.
            heard: began.elapsed(),
            profile: call.profile,
        };
        line.call = Some(call);
        Ok(connected)
    }

    async fn hang_up(&self, line: &mut Line, load: &Load) -> Result<()> {
        match line.call.take() {
            Some(call) => line.pair.hang_up(load, &call).await,
            None => Ok(()),
        }
    }
}
