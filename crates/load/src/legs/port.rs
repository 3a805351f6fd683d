//! One UDP socket for any number of legs, each at an address of its own in 127.0.0.0/8 and all at one port.
//!
//! With a socket of its own for each of thousands of legs the system spends more on finding and waking them than on
//! their datagrams, half of it on the core of whoever sends to them. Here they are read and written in batches
//! (`recvmmsg`, `sendmmsg`), and every datagram says whose it is (`IP_PKTINFO`). It works on loopback only, and only
//! where the other end tells legs apart by their whole addresses.

use anyhow::{Context as _, Result, ensure};
use std::io;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::LegId;
use super::wire::DATAGRAM_MAX;

/// Datagrams in one system call.
const SIZE: usize = 64;
/// The address of the first leg: 127.1.0.0, far from where servers listen.
const FIRST: u32 = 0x7F01_0000;
/// How many addresses there are from the first one on.
const LEGS: usize = 0x00FE_FFFF;
/// What the socket may hold in bytes, so that a thread that is kept from its core for a while loses nothing. The system
/// grants less, unless it is told to grant more (`net.core.rmem_max`).
const BUFFER: libc::c_int = 16 << 20;
/// Room for one control message with an address in it.
// SAFETY: arithmetic alone.
const CONTROL: usize = unsafe { libc::CMSG_SPACE(size_of::<libc::in_pktinfo>() as u32) } as usize;

/// A socket that many legs share.
pub(super) struct Port {
    socket: UdpSocket,
    number: u16,
    outgoing: Mutex<Batch>,
}

/// The place of one leg at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    address: Ipv4Addr,
    to: SocketAddrV4,
}

/// What was read at once.
pub(super) struct Arrivals(Batch);

impl Port {
    pub(super) fn open() -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).context("opening a socket")?;
        socket.set_nonblocking(true)?;
        set(&socket, libc::IPPROTO_IP, libc::IP_PKTINFO, 1).context("asking whose each datagram is")?;
        // As the relay has it: a datagram that is never cut up needs no number, for which both cores would count in one place.
        set(&socket, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_PROBE)?;
        // More than the system grants at most needs a privilege; without it the most that it grants is taken.
        for (forced, asked) in
            [(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)]
        {
            if set(&socket, libc::SOL_SOCKET, forced, BUFFER).is_err() {
                set(&socket, libc::SOL_SOCKET, asked, BUFFER)?;
            }
        }
        let number = socket.local_addr()?.port();
        Ok(Self { socket, number, outgoing: Mutex::new(Batch::new()) })
    }

    /// The place of a leg that speaks to `to`.
    pub(super) fn place(&self, leg: LegId, to: SocketAddr) -> Result<Place> {
        let SocketAddr::V4(to) = to else { anyhow::bail!("legs that share a socket have IPv4") };
        ensure!(to.ip().is_loopback(), "legs that share a socket speak to 127.0.0.0/8, not to {to}");
        ensure!(leg < LEGS, "there are not so many addresses");
        Ok(Place { address: Ipv4Addr::from_bits(FIRST + leg as u32), to })
    }

    /// The address of a leg there.
    pub(super) fn address(&self, place: Place) -> SocketAddrV4 {
        SocketAddrV4::new(place.address, self.number)
    }

    /// Takes a datagram, which leaves with the next [`Self::flush`] at the latest.
    pub(super) fn send(&self, place: Place, datagram: &[u8]) -> io::Result<()> {
        let mut outgoing = self.outgoing();
        outgoing.add(place, datagram);
        if outgoing.len == SIZE { outgoing.send(&self.socket) } else { Ok(()) }
    }

    /// Sends what was taken.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.outgoing().send(&self.socket)
    }

    fn outgoing(&self) -> MutexGuard<'_, Batch> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn to(self) -> SocketAddrV4 {
        self.to
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Arrivals {
    pub(super) fn new() -> Self {
        Self(Batch::new())
    }

    /// Reads what has come, without waiting. True if there may be more.
    pub(super) fn read(&mut self, port: &Port) -> io::Result<bool> {
        self.0.receive(&port.socket)?;
        Ok(self.0.len == SIZE)
    }

    /// Of what was read.
    pub(super) fn len(&self) -> usize {
        self.0.len
    }

    /// For whom the datagram at `at` is. A number that no leg has if it came to an address that is no leg's.
    pub(super) fn leg(&self, at: usize) -> LegId {
        let address = self.0.info(at).map_or(0, |info| u32::from_be(info.ipi_addr.s_addr));
        address.checked_sub(FIRST).map_or(LegId::MAX, |leg| leg as LegId)
    }

    /// For whom the one is that comes so many after the one at `at`; `None` if none does.
    pub(super) fn coming(&self, at: usize, after: usize) -> Option<LegId> {
        (at + after < self.len()).then(|| self.leg(at + after))
    }

    /// The datagram at `at`.
    pub(super) fn datagram(&mut self, at: usize) -> &mut [u8] {
        let len = self.0.messages[at].msg_len as usize;
        &mut self.0.buffers[at][..len]
    }
}

/// Datagrams, and all that the two system calls want to know of them, in places that do not move.
struct Batch {
    buffers: Box<[[u8; DATAGRAM_MAX]; SIZE]>,
    addresses: Box<[libc::sockaddr_in; SIZE]>,
    pieces: Box<[libc::iovec; SIZE]>,
    controls: Box<[Control; SIZE]>,
    messages: Box<[libc::mmsghdr; SIZE]>,
    len: usize,
}

/// The alignment is that of a header of a control message.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Control([u8; CONTROL]);

// SAFETY: the pointers lead into the same struct's boxes, which move with it.
unsafe impl Send for Batch {}

impl Batch {
    fn new() -> Self {
        // SAFETY: plain C structs of integers and pointers, for which all zeros is a value.
        let mut batch = unsafe {
            Self {
                buffers: Box::new([[0; DATAGRAM_MAX]; SIZE]),
                addresses: Box::new(MaybeUninit::zeroed().assume_init()),
                pieces: Box::new(MaybeUninit::zeroed().assume_init()),
                controls: Box::new([Control([0; CONTROL]); SIZE]),
                messages: Box::new(MaybeUninit::zeroed().assume_init()),
                len: 0,
            }
        };
        for at in 0..SIZE {
            batch.pieces[at].iov_base = batch.buffers[at].as_mut_ptr().cast();
            let header = &mut batch.messages[at].msg_hdr;
            header.msg_iov = &raw mut batch.pieces[at];
            header.msg_iovlen = 1;
            header.msg_control = batch.controls[at].0.as_mut_ptr().cast();
            header.msg_controllen = CONTROL as _;
        }
        batch
    }

    fn add(&mut self, place: Place, datagram: &[u8]) {
        let at = self.len;
        let datagram = &datagram[..datagram.len().min(DATAGRAM_MAX)];
        self.buffers[at][..datagram.len()].copy_from_slice(datagram);
        self.pieces[at].iov_len = datagram.len();
        self.addresses[at].sin_family = libc::AF_INET as libc::sa_family_t;
        self.addresses[at].sin_port = place.to.port().to_be();
        self.addresses[at].sin_addr.s_addr = place.to.ip().to_bits().to_be();
        let header = &mut self.messages[at].msg_hdr;
        header.msg_name = (&raw mut self.addresses[at]).cast();
        header.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
        // SAFETY: the header points to a control buffer with room for one message of this kind.
        unsafe {
            let control = libc::CMSG_FIRSTHDR(header);
            (*control).cmsg_level = libc::IPPROTO_IP;
            (*control).cmsg_type = libc::IP_PKTINFO;
            (*control).cmsg_len = libc::CMSG_LEN(size_of::<libc::in_pktinfo>() as u32) as _;
            let info = libc::in_pktinfo {
                ipi_ifindex: 0,
                ipi_spec_dst: libc::in_addr { s_addr: place.address.to_bits().to_be() },
                ipi_addr: libc::in_addr { s_addr: 0 },
            };
            ptr::write_unaligned(libc::CMSG_DATA(control).cast(), info);
        }
        self.len += 1;
    }

    /// Sends all; what the system does not take is lost, as it would be on a network.
    fn send(&mut self, socket: &UdpSocket) -> io::Result<()> {
        let mut sent = 0;
        while sent < self.len {
            let rest = &mut self.messages[sent..self.len];
            // SAFETY: each header points to a piece, an address and a control buffer of this struct; `rest` holds exactly
            // the number that is passed.
            let count = unsafe {
                libc::sendmmsg(socket.as_raw_fd(), rest.as_mut_ptr(), rest.len() as libc::c_uint, 0)
            };
            sent += match usize::try_from(count) {
                Ok(count) => count,
                Err(_) => match io::Error::last_os_error() {
                    // A relay that is gone shows in what does not arrive.
                    error if is_passing(&error) => 1,
                    error => {
                        self.len = 0;
                        return Err(error);
                    }
                },
            };
        }
        self.len = 0;
        Ok(())
    }

    fn receive(&mut self, socket: &UdpSocket) -> io::Result<()> {
        for at in 0..SIZE {
            self.pieces[at].iov_len = DATAGRAM_MAX;
            let header = &mut self.messages[at].msg_hdr;
            header.msg_controllen = CONTROL as _;
        }
        self.len = 0;
        // SAFETY: as in `send`; no header points to an address.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.messages.as_mut_ptr(),
                SIZE as libc::c_uint,
                libc::MSG_DONTWAIT,
                ptr::null_mut(),
            )
        };
        match usize::try_from(count) {
            Ok(count) => self.len = count,
            Err(_) => match io::Error::last_os_error() {
                error if is_passing(&error) => {}
                error => return Err(error),
            },
        }
        Ok(())
    }

    /// Where the datagram at `at` came to.
    fn info(&self, at: usize) -> Option<libc::in_pktinfo> {
        let header = &self.messages[at].msg_hdr;
        // SAFETY: the header points to a control buffer of this struct, and says how much of it the system has filled.
        unsafe {
            let control = libc::CMSG_FIRSTHDR(header);
            let is_ours = !control.is_null()
                && (*control).cmsg_level == libc::IPPROTO_IP
                && (*control).cmsg_type == libc::IP_PKTINFO;
            is_ours.then(|| ptr::read_unaligned(libc::CMSG_DATA(control).cast()))
        }
    }
}

/// What says nothing about this socket: nothing is there, no room, or what was sent before found nobody.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, Interrupted, WouldBlock};
    matches!(error.kind(), ConnectionRefused | Interrupted | WouldBlock)
}

fn set(socket: &UdpSocket, level: libc::c_int, name: libc::c_int, value: libc::c_int) -> io::Result<()> {
    let length = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the value lives through the call, which copies it.
    let result =
        unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const value).cast(), length) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_leg_has_an_address_of_its_own_and_gets_what_is_sent_there() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = Port::open().unwrap();
        let legs = [0, 1, 255, 256, 70_000];
        for leg in legs {
            let place = port.place(leg, server.local_addr().unwrap()).unwrap();
            port.send(place, format!("from {leg}").as_bytes()).unwrap();
        }
        port.flush().unwrap();
        let mut buffer = [0; 64];
        for leg in legs {
            let (len, from) = server.recv_from(&mut buffer).unwrap();
            assert_eq!(buffer[..len], *format!("from {leg}").as_bytes());
            let place = port.place(leg, server.local_addr().unwrap()).unwrap();
            assert_eq!(from, port.address(place).into());
            server.send_to(format!("to {leg}").as_bytes(), from).unwrap();
        }
        let mut arrivals = Arrivals::new();
        assert!(!arrivals.read(&port).unwrap());
        let came: Vec<_> =
            (0..arrivals.len()).map(|at| (arrivals.leg(at), arrivals.datagram(at).to_vec())).collect();
        assert_eq!(came, legs.map(|leg| (leg, format!("to {leg}").into_bytes())));
        assert!(!arrivals.read(&port).unwrap());
        assert_eq!(arrivals.len(), 0);
    }

    #[test]
    fn a_batch_leaves_by_itself_when_it_is_full_and_more_than_one_are_read() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = Port::open().unwrap();
        let place = port.place(7, server.local_addr().unwrap()).unwrap();
        for _ in 0..SIZE {
            port.send(place, b"x").unwrap();
        }
        let mut buffer = [0; 64];
        for _ in 0..SIZE {
            server.recv_from(&mut buffer).unwrap();
        }
        for _ in 0..=SIZE {
            server.send_to(b"y", port.address(place)).unwrap();
        }
        let mut arrivals = Arrivals::new();
        assert!(arrivals.read(&port).unwrap());
        assert!(!arrivals.read(&port).unwrap());
        assert_eq!(arrivals.len(), 1);
    }

    #[test]
    fn what_comes_to_an_address_of_no_leg_is_no_legs() {
        let port = Port::open().unwrap();
        let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        stranger.send_to(b"hello", (Ipv4Addr::LOCALHOST, port.number)).unwrap();
        let mut arrivals = Arrivals::new();
        arrivals.read(&port).unwrap();
        assert_eq!((arrivals.len(), arrivals.leg(0)), (1, LegId::MAX));
    }

    #[test]
    fn it_is_for_loopback_alone() {
        let port = Port::open().unwrap();
        let refused = |to: &str| port.place(0, to.parse().unwrap()).unwrap_err().to_string();
        assert!(refused("192.0.2.1:3478").contains("127.0.0.0/8"));
        assert!(refused("[::1]:3478").contains("IPv4"));
    }
}
