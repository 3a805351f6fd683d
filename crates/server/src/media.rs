//! Between the calls and the relay: offers in one direction, what the relay notices in the other.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc;
use tring_calls::calls::{self, RelayEvent};
use tring_protocol::call::LegQuality;
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::LegId;
use tring_protocol::signal::RelayInfo;
use tring_protocol::text::Sdp;
use tring_relay::{QualityReport, Relay, RelayConfig, RelayError, WorkerState};

use crate::config;
use crate::hub::Input;

/// The node's relay. Nothing here waits: the relay's threads are told by a channel.
#[derive(Debug)]
pub(crate) struct Media {
    relay: Arc<Relay>,
}

/// What others may see of the relay. Does not keep it running.
#[derive(Debug, Clone)]
pub(crate) struct RelayView(Weak<Relay>);

impl RelayView {
    /// Each worker; none once the relay has stopped.
    pub(crate) fn workers(&self) -> Vec<WorkerState> {
        self.0.upgrade().map(|relay| relay.workers()).unwrap_or_default()
    }
}

impl Media {
    /// Starts the relay. What it notices goes into `noticed`.
    pub(crate) fn start(
        config: &config::Relay,
        noticed: mpsc::UnboundedSender<Input>,
    ) -> Result<Self, RelayError> {
        let config = RelayConfig {
            advertise: config.advertise.clone(),
            tcp: config.tcp,
            ..RelayConfig::on(config.listen.iter().copied())
        };
        let relay = Relay::start(config, move |event| {
            if let Some((leg, event)) = of_a_call(event) {
                // Fails only when the node is stopping.
                let _ = noticed.send(Input::Relay { leg, event });
            }
        })?;
        Ok(Self { relay: Arc::new(relay) })
    }

    /// For those who look after the node.
    pub(crate) fn view(&self) -> RelayView {
        RelayView(Arc::downgrade(&self.relay))
    }

    /// Where legs reach the relay.
    pub(crate) fn info(&self) -> RelayInfo {
        let texts = |addresses: &[SocketAddr]| addresses.iter().map(ToString::to_string).collect();
        RelayInfo { udp: texts(self.relay.addresses()), tcp: texts(self.relay.tcp_addresses()) }
    }

    /// Answers a leg's offer.
    pub(crate) fn open(&self, leg: LegId, offer: &Sdp) -> calls::Input {
        let answer = match self.relay.open(leg, offer.as_str()) {
            Ok(answer) => Sdp::parse(&answer).map_err(|_| ErrorCode::Internal.into()),
            Err(error) => Err(refusal(&error)),
        };
        calls::Input::RelayAnswer { leg, answer }
    }

    /// Lets two legs hear each other.
    pub(crate) fn bridge(&self, a: LegId, b: LegId) {
        self.relay.bridge(a, b);
    }

    /// Lets two legs hear each other no more, until they are bridged again.
    pub(crate) fn unbridge(&self, a: LegId, b: LegId) {
        self.relay.unbridge(a, b);
    }

    /// Sends a leg's audio back to it.
    pub(crate) fn echo(&self, leg: LegId) {
        self.relay.echo(leg);
    }

    /// Frees what a leg holds.
    pub(crate) fn close(&self, leg: LegId) {
        self.relay.close(leg);
    }
}

fn refusal(error: &tring_relay::OfferError) -> WireError {
    let sentence = ErrorCode::MediaOfferRefused.sentence();
    WireError::with(ErrorCode::MediaOfferRefused, format!("{sentence} ({error})"))
}

/// What a call wants to know of what the relay tells. A connection that its page closes in an orderly way is followed
/// by what the page says.
fn of_a_call(event: tring_relay::RelayEvent) -> Option<(LegId, RelayEvent)> {
    use tring_relay::RelayEvent as Told;
    match event {
        Told::Keyed { leg } => Some((leg, RelayEvent::Keyed)),
        Told::Heard { leg } => Some((leg, RelayEvent::Heard)),
        Told::Silent { leg } => Some((leg, RelayEvent::Silent)),
        Told::Back { leg } => Some((leg, RelayEvent::Back)),
        Told::Failed { leg, .. } => Some((leg, RelayEvent::Failed)),
        Told::Quality { leg, report } => Some((leg, RelayEvent::Quality(quality(&report)))),
        Told::Moved { leg } => Some((leg, RelayEvent::Moved)),
        Told::Closed { .. } => None,
    }
}

fn quality(report: &QualityReport) -> LegQuality {
    LegQuality {
        packets: report.received,
        lost: report.lost,
        jitter: report.jitter_ms,
        rtt: report.round_trip_ms,
        mos: Some(report.opinion_score),
        path: report.path,
        ..LegQuality::default()
    }
}
