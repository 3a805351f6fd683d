//! Where the public name leads, and by which address the world sees this machine.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{WELL, configured, examined};

#[test]
fn a_name_that_leads_nowhere_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let said = configured(dir.path(), "[dashboard]\npublic_url = \"https://calls.shop.invalid\"\n");
    said.is_red("name", "calls.shop.invalid leads nowhere: ", "add an A or AAAA record");
}

#[test]
fn a_name_that_leads_elsewhere_is_red_unless_a_proxy_may_be_there_or_it_is_advertised() {
    let dir = tempfile::tempdir().unwrap();
    let at_another = "[dashboard]\npublic_url = \"https://192.0.2.1\"\n";
    configured(dir.path(), at_another).is_red(
        "name",
        "192.0.2.1 leads to 192.0.2.1, no address of this machine",
        "name it in `relay.advertise`",
    );
    let said = configured(dir.path(), &format!("{at_another}[http]\nbehind_proxy = true\n"));
    assert!(said.lines("name", "yellow")[0].1.contains("if that is your proxy"));
    let said = configured(dir.path(), &format!("{at_another}[relay]\nadvertise = [\"192.0.2.1\"]\n"));
    said.is_green("name", "192.0.2.1 leads to 192.0.2.1");
    let said = configured(dir.path(), "[dashboard]\npublic_url = \"http://127.0.0.1:7880\"\n");
    said.is_green("name", "127.0.0.1 leads to 127.0.0.1");
}

#[test]
fn an_address_that_the_world_does_not_see_is_red_and_one_that_it_sees_green() {
    let dir = tempfile::tempdir().unwrap();
    let stun = StunServer::start();
    let asked = |more: &[&str]| examined(dir.path(), &[&["--stun", &stun.address], &WELL[..], more].concat());
    asked(&[]).is_green("public address", &format!("{} sees this machine at 127.0.0.1", stun.address));
    asked(&["--advertise", "203.0.113.7"]).is_red(
        "public address",
        "sees this machine at 127.0.0.1, but clients are told 203.0.113.7",
        "set `relay.advertise` to [\"127.0.0.1\"]",
    );
}

#[test]
fn where_nobody_answers_or_nobody_is_asked_nothing_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let said = examined(dir.path(), &[&["--stun", &address], &WELL[..]].concat());
    assert!(said.lines("public address", "yellow")[0].0.contains("nothing came back: is UDP let out?"));
    let said = examined(dir.path(), &WELL);
    assert!(said.lines("public address", "yellow")[0].1.contains("`--stun HOST:PORT`"));
}

/// Tells everybody by which address it sees them, as RFC 8489 has it.
struct StunServer {
    address: String,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl StunServer {
    fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let address = socket.local_addr().unwrap().to_string();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut bytes = [0; 576];
            while !stopped.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut bytes) else { continue };
                assert_eq!((length, &bytes[..2]), (20, &[0_u8, 1][..]), "a binding request");
                let std::net::SocketAddr::V4(from) = from else { panic!("not IPv4") };
                let cookie = &bytes[4..8];
                let port = from.port().to_be_bytes();
                let ip = from.ip().octets();
                let mut answer = vec![1, 1, 0, 12];
                answer.extend_from_slice(&bytes[4..20]);
                answer.extend_from_slice(&[0, 0x20, 0, 8, 0, 1, port[0] ^ cookie[0], port[1] ^ cookie[1]]);
                answer.extend(ip.iter().zip(cookie).map(|(byte, mask)| byte ^ mask));
                socket.send_to(&answer, from).unwrap();
            }
        });
        Self { address, stop, thread: Some(thread) }
    }
}

impl Drop for StunServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().unwrap().join();
    }
}
