//! Calls of devices whose network lets no UDP through.

use super::{Call, Peer};
use std::net::TcpListener;
use tring_protocol::signal::MediaPath;
use tring_relay::{Relay, RelayConfig, RelayError, RelayEvent};

impl Call {
    /// The caller's device has nothing but TCP.
    fn with_caller_on_tcp() -> Self {
        let mut call = Self::new();
        call.a.change_to_tcp(call.relay.tcp_addresses()[0]);
        let answer = call.relay.open(call.caller, &call.a.offer()).unwrap();
        call.a.accept(&answer);
        let answer = call.relay.open(call.callee, &call.b.offer()).unwrap();
        call.b.accept(&answer);
        call.relay.bridge(call.caller, call.callee);
        call
    }

    fn reports(&self, index: u8, path: MediaPath) -> bool {
        self.saw(|event| {
            matches!(event, RelayEvent::Quality { leg, report }
                if leg.index == index && report.path == Some(path))
        })
    }
}

#[test]
fn a_leg_on_tcp_shakes_hands_speaks_and_hears() {
    let mut call = Call::with_caller_on_tcp();
    call.until("both hear", |call| call.a.heard.len() > 20 && call.b.heard.len() > 20);
    call.until("it is told how each travels", |call| {
        call.reports(0, MediaPath::Tcp) && call.reports(1, MediaPath::Udp)
    });
    assert_eq!(call.relay.counts().streams, 1);
    call.relay.close_call(call.caller.call);
    call.until("the connection is gone with the call", |call| call.relay.counts().streams == 0);
}

#[test]
fn a_call_goes_from_udp_to_tcp_and_back() {
    let mut call = Call::connected();
    call.until("both hear", |call| call.a.heard.len() > 5 && call.b.heard.len() > 5);
    call.a.change_to_tcp(call.relay.tcp_addresses()[0]);
    let (heard_by_a, heard_by_b) = (call.a.heard.len(), call.b.heard.len());
    call.until("both hear over TCP", |call| {
        call.a.heard.len() > heard_by_a + 10 && call.b.heard.len() > heard_by_b + 10
    });
    call.until("it is told", |call| call.reports(0, MediaPath::Tcp));
    call.forget();
    call.a.change_port();
    let heard_by_a = call.a.heard.len();
    call.until("it hears over UDP again", |call| call.a.heard.len() > heard_by_a + 10);
    assert!(call.saw(|event| matches!(event, RelayEvent::Moved { leg } if leg.index == 0)));
    call.until("it is told", |call| call.reports(0, MediaPath::Udp));
    call.until("the connection is gone", |call| call.relay.counts().streams == 0);
}

#[test]
fn without_tcp_there_is_neither_a_port_nor_a_candidate() {
    // At an address of its own: at the common one another test may have the same port for TCP.
    let config = RelayConfig { tcp: false, ..RelayConfig::on(["127.0.0.65:0".parse().unwrap()]) };
    let relay = Relay::start(config, |_| {}).unwrap();
    assert_eq!(relay.tcp_addresses(), []);
    assert!(TcpListener::bind(relay.addresses()[0]).is_ok());
    let caller = Call::new().caller;
    assert!(!relay.open(caller, &Peer::new().offer()).unwrap().contains("tcptype"));
}

#[test]
fn a_taken_tcp_port_is_an_error_that_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = Relay::start(RelayConfig::on([address]), |_| {}).unwrap_err();
    assert!(matches!(error, RelayError::Tcp { .. }), "{error}");
    assert!(error.to_string().contains("TCP"));
}
