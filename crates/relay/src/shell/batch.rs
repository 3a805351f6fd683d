//! Datagrams in batches: as many as have arrived in one system call, as many as they make in another.
#![expect(unsafe_code, reason = "recvmmsg(2) and sendmmsg(2) take pointers")]

use crate::worker::{BUFFER_LEN, MAX_DATAGRAM, Route};
use std::mem::{self, MaybeUninit};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::ops::Range;
use std::os::fd::AsRawFd;

/// Datagrams per system call. Higher: more latency for the first of a batch, less cache; lower: more calls.
pub(super) const SIZE: usize = 64;

/// The source of a datagram whose address cannot be read.
const UNKNOWN: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0));

/// Buffers for one batch, and what of it is to be sent.
pub(super) struct Batch {
    buffers: Vec<[u8; BUFFER_LEN]>,
    addresses: Vec<libc::sockaddr_storage>,
    pieces: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
    sends: Vec<Queued>,
}

/// Part of a buffer on its way out.
struct Queued {
    buffer: usize,
    to: SocketAddr,
    part: Range<usize>,
}

impl Batch {
    pub(super) fn new() -> Self {
        Self {
            buffers: vec![[0; BUFFER_LEN]; SIZE],
            addresses: (0..SIZE).map(|_| no_address()).collect(),
            pieces: (0..SIZE).map(|_| no_piece()).collect(),
            headers: (0..SIZE).map(|_| no_header()).collect(),
            sends: Vec::with_capacity(SIZE),
        }
    }

    /// Reads what has arrived, without waiting, and returns how many datagrams that was.
    pub(super) fn receive(&mut self, socket: &UdpSocket) -> usize {
        self.sends.clear();
        for at in 0..SIZE {
            self.pieces[at] = libc::iovec {
                iov_base: self.buffers[at].as_mut_ptr().cast(),
                // One byte more than is accepted, so that a longer datagram shows.
                iov_len: MAX_DATAGRAM + 1,
            };
            let header = &mut self.headers[at].msg_hdr;
            header.msg_name = (&raw mut self.addresses[at]).cast();
            header.msg_namelen = mem::size_of::<libc::sockaddr_storage>() as libc::socklen_t;
            header.msg_iov = &raw mut self.pieces[at];
            header.msg_iovlen = 1;
        }
        // SAFETY: each of the SIZE headers points to one address and one piece, each piece to one buffer that is
        // longer than the piece says; all are fields of `self`, which is borrowed through the call.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.headers.as_mut_ptr(),
                SIZE as libc::c_uint,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        // Errors are those of a datagram sent earlier (ICMP) or that nothing is there; neither is of use here.
        usize::try_from(count).unwrap_or(0)
    }

    /// From whom the datagrams are, of which so many were received.
    pub(super) fn sources(&self, received: usize) -> impl Iterator<Item = Route> + '_ {
        self.addresses[..received].iter().map(|address| Route::Udp(read_address(address).unwrap_or(UNKNOWN)))
    }

    /// The datagram at `at` of those received: from whom, in which buffer, how long. A length of 0 if it is longer
    /// than [`MAX_DATAGRAM`] or of an unknown family; the worker counts it as malformed.
    pub(super) fn received(&mut self, at: usize) -> (SocketAddr, &mut [u8], usize) {
        let len = self.headers[at].msg_len as usize;
        let source = read_address(&self.addresses[at]);
        let len = if len > MAX_DATAGRAM || source.is_none() { 0 } else { len };
        (source.unwrap_or(UNKNOWN), &mut self.buffers[at], len)
    }

    /// Notes that `part` of buffer `at` is to be sent.
    pub(super) fn queue(&mut self, at: usize, to: SocketAddr, part: Range<usize>) {
        self.sends.push(Queued { buffer: at, to, part });
    }

    /// Sends what was queued and returns how many datagrams the system refused.
    pub(super) fn send(&mut self, socket: &UdpSocket) -> usize {
        for (at, queued) in self.sends.iter().enumerate() {
            let part = &mut self.buffers[queued.buffer][queued.part.clone()];
            self.pieces[at] = libc::iovec { iov_base: part.as_mut_ptr().cast(), iov_len: part.len() };
            let header = &mut self.headers[at].msg_hdr;
            header.msg_namelen = write_address(&mut self.addresses[at], queued.to);
            header.msg_name = (&raw mut self.addresses[at]).cast();
            header.msg_iov = &raw mut self.pieces[at];
            header.msg_iovlen = 1;
        }
        let (mut done, mut refused) = (0, 0);
        while done < self.sends.len() {
            let rest = &mut self.headers[done..self.sends.len()];
            // SAFETY: each header of `rest` points to one address and one piece, each piece to a part of a buffer;
            // all are fields of `self`, which is borrowed through the call.
            let sent = unsafe {
                libc::sendmmsg(
                    socket.as_raw_fd(),
                    rest.as_mut_ptr(),
                    rest.len() as libc::c_uint,
                    libc::MSG_DONTWAIT,
                )
            };
            match usize::try_from(sent) {
                Ok(sent) if sent > 0 => done += sent,
                // The first of the rest was refused: its network is gone, or the buffer is full. A packet of audio
                // that is sent late is worth nothing, so it is left out.
                _ => {
                    done += 1;
                    refused += 1;
                }
            }
        }
        refused
    }
}

fn no_address() -> libc::sockaddr_storage {
    // SAFETY: a plain C struct of integers, for which all zeros is a value.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

fn no_piece() -> libc::iovec {
    libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }
}

fn no_header() -> libc::mmsghdr {
    // SAFETY: a plain C struct of integers and pointers, for which all zeros is a value.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

fn read_address(storage: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match i32::from(storage.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says that the storage, which is larger and aligned for all, holds this struct.
            let address = unsafe { &*(&raw const *storage).cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
            Some(SocketAddr::V4(SocketAddrV4::new(ip, u16::from_be(address.sin_port))))
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let address = unsafe { &*(&raw const *storage).cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
            let port = u16::from_be(address.sin6_port);
            Some(SocketAddr::V6(SocketAddrV6::new(ip, port, 0, address.sin6_scope_id)))
        }
        _ => None,
    }
}

fn write_address(storage: &mut libc::sockaddr_storage, address: SocketAddr) -> libc::socklen_t {
    match address {
        SocketAddr::V4(address) => {
            // SAFETY: the storage is larger than this struct and aligned for all.
            let written = unsafe { &mut *(&raw mut *storage).cast::<libc::sockaddr_in>() };
            written.sin_family = libc::AF_INET as libc::sa_family_t;
            written.sin_port = address.port().to_be();
            written.sin_addr.s_addr = u32::from(*address.ip()).to_be();
            mem::size_of::<libc::sockaddr_in>() as libc::socklen_t
        }
        SocketAddr::V6(address) => {
            // SAFETY: as above.
            let written = unsafe { &mut *(&raw mut *storage).cast::<libc::sockaddr_in6>() };
            written.sin6_family = libc::AF_INET6 as libc::sa_family_t;
            written.sin6_port = address.port().to_be();
            written.sin6_flowinfo = 0;
            written.sin6_addr.s6_addr = address.ip().octets();
            written.sin6_scope_id = address.scope_id();
            mem::size_of::<libc::sockaddr_in6>() as libc::socklen_t
        }
    }
}
