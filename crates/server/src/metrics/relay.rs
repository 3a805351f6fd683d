//! What each worker of the relay counts by itself, read when somebody asks: the forwarding path knows nothing of this.

use tring_relay::{Dropped, RelayCounts, WorkerState};

use super::registry::Registry;
use crate::media::RelayView;

pub(super) struct RelayFigures(RelayView);

impl RelayFigures {
    pub(super) fn new(relay: RelayView) -> Self {
        Self(relay)
    }

    pub(super) fn read(&self, registry: &Registry) {
        for (index, worker) in self.0.workers().iter().enumerate() {
            of_worker(registry, &index.to_string(), worker);
        }
    }
}

fn of_worker(registry: &Registry, worker: &str, state: &WorkerState) {
    let RelayCounts {
        calls,
        legs,
        connections,
        streams,
        handshakes,
        keyed,
        not_keyed,
        datagrams_in,
        datagrams_out,
        bytes_in,
        bytes_out,
        audio_in,
        audio_lost,
        audio_out,
        audio_again,
        reports_out,
        keep_alives,
        checks,
        dropped: _,
    } = state.counts;
    let mine = [("worker", worker)];
    let with = |key, value| [("worker", worker), (key, value)];
    let gauge = |name, help, value: u64| registry.gauge(name, help, &mine).set(value as f64);
    gauge("tring_relay_worker_up", "1 while both threads of the worker live.", state.lives.into());
    gauge("tring_relay_calls", "Calls whose audio the worker carries.", calls);
    gauge("tring_relay_legs", "Legs of calls that are open.", legs);
    gauge(
        "tring_relay_connections",
        "Connections of devices: one a leg, two while one is replaced.",
        connections,
    );
    gauge(
        "tring_relay_tcp_connections",
        "TCP connections of devices whose network lets no UDP through.",
        streams,
    );
    gauge("tring_relay_handshakes_running", "DTLS handshakes in progress or just done.", handshakes);

    let count = |name, help, value| registry.counter(name, help, &mine).absolute(value);
    count("tring_relay_audio_lost_total", "Audio packets that devices sent and that never came.", audio_lost);
    count(
        "tring_relay_audio_repaired_total",
        "Audio packets sent once more, to devices that asked for them or lose many.",
        audio_again,
    );
    count("tring_relay_reports_total", "RTCP packets passed on.", reports_out);
    count("tring_relay_keep_alives_total", "Signs of life sent to devices that hear nothing.", keep_alives);
    count("tring_relay_checks_total", "Connectivity checks answered.", checks);

    let pair = |name, help, key, values: [(&'static str, u64); 2]| {
        for (label, value) in values {
            registry.counter(name, help, &with(key, label)).absolute(value);
        }
    };
    let datagrams = [("in", datagrams_in), ("out", datagrams_out)];
    pair("tring_relay_datagrams_total", "Datagrams received and sent.", "direction", datagrams);
    pair(
        "tring_relay_bytes_total",
        "Bytes of datagrams.",
        "direction",
        [("in", bytes_in), ("out", bytes_out)],
    );
    let audio = [("in", audio_in), ("out", audio_out)];
    pair(
        "tring_relay_audio_packets_total",
        "Authentic audio packets received, and sent on.",
        "direction",
        audio,
    );
    let handshakes = [("keyed", keyed), ("failed", not_keyed)];
    pair("tring_relay_handshakes_total", "DTLS handshakes that ended, by how.", "outcome", handshakes);

    for reason in Dropped::ALL {
        let help = "Datagrams that went no further, by why.";
        registry
            .counter("tring_relay_dropped_total", help, &with("reason", reason.name()))
            .absolute(state.counts.dropped_for(reason));
    }
}
