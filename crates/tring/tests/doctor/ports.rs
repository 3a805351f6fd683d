use std::net::{TcpListener, UdpSocket};

use super::server::Server;
use super::{Said, WELL, examined, under, without_capabilities};

#[test]
fn ports_that_other_programs_hold_are_red_each_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (http, audio) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let (http, audio) =
        (http.local_addr().unwrap().to_string(), (audio.local_addr().unwrap().to_string(), audio, http));
    let said = examined(dir.path(), &["--listen", &http, "--relay", &audio.0]);
    let port = |address: &str| address.rsplit(':').next().unwrap().to_owned();
    said.is_red(
        "ports",
        &format!("`http.listen` {http} (TCP) is taken by another program"),
        &format!("`ss -lntup | grep :{}`", port(&http)),
    );
    said.is_red(
        "ports",
        &format!("`relay.listen` {} (UDP) is taken by another program", audio.0),
        "name another port in `relay.listen`",
    );
    assert_eq!(said.lines("ports", "red").len(), 2, "TCP of the relay's port is free");
}

#[test]
fn an_address_of_another_machine_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let said = examined(dir.path(), &["--listen", "127.0.0.1:0", "--relay", "203.0.113.7:47881"]);
    said.is_red(
        "ports",
        "`relay.listen` 203.0.113.7:47881 (UDP) is no address of this machine",
        "listen at 0.0.0.0:47881 and say the public one in `relay.advertise`",
    );
}

#[test]
fn a_port_that_this_user_is_not_given_is_red() {
    let first = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    if first.trim() == "0" {
        // Everybody is given every port on this machine.
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["doctor", "--json", "--no-calls", "--listen", "127.0.0.1:999", "--relay", "127.0.0.1:0"];
    let said = Said::of(under(without_capabilities(), dir.path(), &arguments));
    said.is_red("ports", "127.0.0.1:999 (TCP) is not given to this user", "CAP_NET_BIND_SERVICE");
}

#[test]
fn a_running_server_holds_its_own_ports() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &WELL);
    let said = examined(dir.path(), &["--listen", server.listen(), "--relay", &server.relay]);
    said.is_well();
    said.is_green("server", "runs here and takes calls");
    said.is_green("ports", "held by the running server");
    said.is_green("database", "its tables up to date");
}

#[test]
fn a_running_server_of_another_configuration_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &WELL);
    let free = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let said = examined(dir.path(), &["--listen", server.listen(), "--relay", &free]);
    said.is_red(
        "ports",
        &format!("`relay.listen` {free} (UDP) is free although a server runs"),
        "restart it",
    );
}
