//! Datagrams read and written many at a time (`recvmmsg`, `sendmmsg`) in buffers that never move.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd as _;

/// Most datagrams in one system call. Past 64 nothing is gained (reference/media-performance.md §1).
const SIZE: usize = 64;
/// Bytes for one datagram; test packets have at most 156.
const BUFFER: usize = 512;

/// One batch, read and written in place.
pub(super) struct Batch {
    buffers: Box<[[u8; BUFFER]; SIZE]>,
    addresses: Box<[libc::sockaddr_in; SIZE]>,
    vectors: Box<[libc::iovec; SIZE]>,
    messages: Box<[libc::mmsghdr; SIZE]>,
    received: usize,
    ready: usize,
}

impl Batch {
    pub(super) fn new() -> Self {
        // SAFETY: all-zero bytes are valid for these plain C structures; every pointer is set below.
        let (addresses, vectors, messages) =
            unsafe { (std::mem::zeroed(), std::mem::zeroed(), std::mem::zeroed()) };
        let mut batch = Self {
            buffers: Box::new([[0; BUFFER]; SIZE]),
            addresses: Box::new(addresses),
            vectors: Box::new(vectors),
            messages: Box::new(messages),
            received: 0,
            ready: 0,
        };
        for i in 0..SIZE {
            batch.vectors[i].iov_base = batch.buffers[i].as_mut_ptr().cast();
            let header = &mut batch.messages[i].msg_hdr;
            header.msg_name = (&raw mut batch.addresses[i]).cast();
            header.msg_iov = &raw mut batch.vectors[i];
            header.msg_iovlen = 1;
        }
        batch
    }

    /// Waits for at least one datagram and takes what is there.
    pub(super) fn receive(&mut self, socket: &UdpSocket) -> io::Result<()> {
        for i in 0..SIZE {
            self.vectors[i].iov_base = self.buffers[i].as_mut_ptr().cast();
            self.vectors[i].iov_len = BUFFER;
            self.messages[i].msg_hdr.msg_name = (&raw mut self.addresses[i]).cast();
            self.messages[i].msg_hdr.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
        }
        // SAFETY: each header points to a buffer, a vector and an address that this struct owns on the heap.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.messages.as_mut_ptr(),
                SIZE as libc::c_uint,
                libc::MSG_WAITFORONE,
                std::ptr::null_mut(),
            )
        };
        self.received = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
        Ok(())
    }

    /// Lets `turn` rewrite each datagram, given the sender's address; it returns the receiver's and the length.
    pub(super) fn forward(
        &mut self,
        mut turn: impl FnMut(SocketAddrV4, &mut [u8], usize) -> Option<(SocketAddrV4, usize)>,
    ) {
        self.ready = 0;
        for i in 0..self.received {
            let address = &mut self.addresses[i];
            let ip = Ipv4Addr::from_bits(u32::from_be(address.sin_addr.s_addr));
            let from = SocketAddrV4::new(ip, u16::from_be(address.sin_port));
            let len = self.messages[i].msg_len as usize;
            let Some((to, len)) = turn(from, &mut self.buffers[i], len) else { continue };
            // Datagrams that go nowhere leave gaps; the headers are pointed at the others, one behind the other.
            address.sin_port = to.port().to_be();
            address.sin_addr.s_addr = to.ip().to_bits().to_be();
            self.messages[self.ready].msg_hdr.msg_name = (&raw mut self.addresses[i]).cast();
            self.vectors[self.ready].iov_base = self.buffers[i].as_mut_ptr().cast();
            self.vectors[self.ready].iov_len = len;
            self.ready += 1;
        }
    }

    /// Writes what [`Self::forward`] left.
    pub(super) fn send(&mut self, socket: &UdpSocket) -> io::Result<()> {
        let mut sent = 0;
        while sent < self.ready {
            let rest = &mut self.messages[sent..self.ready];
            // SAFETY: as in `receive`; `rest` holds exactly the number of headers that is passed.
            let count = unsafe {
                libc::sendmmsg(socket.as_raw_fd(), rest.as_mut_ptr(), rest.len() as libc::c_uint, 0)
            };
            sent += usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
        }
        Ok(())
    }
}
