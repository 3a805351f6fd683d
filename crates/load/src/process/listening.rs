//! Who listens on a TCP port, by what `/proc` shows: the socket that listens, and whose descriptor that socket is.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use super::Observed;

/// What is known of whoever listens at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listening {
    /// This process of this machine.
    Here(Observed),
    /// A process of this machine whose descriptors this user may not see.
    Hidden,
    /// The address is not one of this machine, or nobody listens there.
    Elsewhere,
}

/// Looks for who listens at `address`.
#[must_use]
pub fn listening_on(address: SocketAddr) -> Listening {
    if !is_of_this_machine(address.ip()) {
        return Listening::Elsewhere;
    }
    let sockets: HashSet<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listeners(&table, address.port()))
        .collect();
    if sockets.is_empty() {
        return Listening::Elsewhere;
    }
    owner(&sockets).map_or(Listening::Hidden, Listening::Here)
}

/// Only an address of this machine can be bound.
fn is_of_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

/// The links by which processes hold the sockets that listen on `port`.
fn listeners(table: &str, port: u16) -> Vec<String> {
    const LISTEN: &str = "0A";
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            // Number, local address, remote address, state, queues, timer, retransmits, user, timeout, inode.
            let fields: Vec<_> = line.split_whitespace().collect();
            let &[_, local, _, state, _, _, _, _, _, inode, ..] = fields.as_slice() else { return None };
            let (_, local_port) = local.rsplit_once(':')?;
            let is_it = state == LISTEN && u16::from_str_radix(local_port, 16) == Ok(port);
            is_it.then(|| format!("socket:[{inode}]"))
        })
        .collect()
}

fn owner(sockets: &HashSet<String>) -> Option<Observed> {
    let holds = |pid: u32| {
        fs::read_dir(format!("/proc/{pid}/fd")).is_ok_and(|descriptors| {
            descriptors.flatten().any(|descriptor| {
                fs::read_link(descriptor.path())
                    .is_ok_and(|target| sockets.contains(&*target.to_string_lossy()))
            })
        })
    };
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.find(|pid| holds(*pid)).map(Observed::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn whoever_listens_is_found_and_nobody_else() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(listening_on(address), Listening::Here(Observed::of(std::process::id())));
        drop(listener);
        assert_eq!(listening_on(address), Listening::Elsewhere);
    }

    #[test]
    fn an_address_of_another_machine_is_elsewhere() {
        // Of a block that is only for documents (RFC 5737).
        assert_eq!(listening_on("192.0.2.7:80".parse().unwrap()), Listening::Elsewhere);
    }
}
