//! The device's WebSockets: the one in use, and one beside it that may take its place.

use std::sync::Arc;

use rustls::ClientConfig;
use tokio::sync::{mpsc, watch};
use tring_protocol::signal::ClientFrame;

use super::options::Server;
use super::wire::{Wire, WireEvent, WireId};
use crate::signalling::{Input, Socket};

/// All sockets of one device.
pub(super) struct Wires {
    server: Server,
    tls: Option<Arc<ClientConfig>>,
    first: Option<Wire>,
    beside: Option<Wire>,
    opened: WireId,
    /// Sockets that have not said yet that they are closed.
    open: usize,
    to_tell: mpsc::UnboundedSender<(WireId, WireEvent)>,
    told: mpsc::UnboundedReceiver<(WireId, WireEvent)>,
    /// Why the server was not reached at the last attempt.
    trouble: watch::Sender<Option<String>>,
}

impl Wires {
    /// None yet. Why the server cannot be reached is told to `trouble`.
    pub(super) fn new(
        server: Server,
        tls: Option<Arc<ClientConfig>>,
        trouble: watch::Sender<Option<String>>,
    ) -> Self {
        let (to_tell, told) = mpsc::unbounded_channel();
        Self { server, tls, first: None, beside: None, opened: 0, open: 0, to_tell, told, trouble }
    }

    pub(super) fn open(&mut self, socket: Socket) {
        self.opened += 1;
        self.open += 1;
        let wire = Wire::open(self.opened, self.server.clone(), self.tls.clone(), self.to_tell.clone());
        match socket {
            Socket::First => self.first = Some(wire),
            Socket::Beside => self.beside = Some(wire),
        }
    }

    /// Without the first there is none beside it either.
    pub(super) fn close(&mut self, socket: Socket) {
        self.beside = None;
        if socket == Socket::First {
            self.first = None;
        }
    }

    /// The one beside takes the place of the first.
    pub(super) fn change(&mut self) {
        self.first = self.beside.take();
    }

    pub(super) fn send(&self, frame: ClientFrame, socket: Socket) {
        let wire = if socket == Socket::First { &self.first } else { &self.beside };
        if let Some(wire) = wire {
            wire.send(frame);
        }
    }

    /// What a socket tells next, for the machine.
    pub(super) async fn next(&mut self) -> Input {
        loop {
            // There is a sender as long as there is the receiver: here.
            let Some((id, event)) = self.told.recv().await else { continue };
            if let Some(input) = self.hear(id, event) {
                return input;
            }
        }
    }

    /// Closes all once what was given to them is sent, and returns when they have said so.
    pub(super) async fn close_all(&mut self) {
        self.close(Socket::First);
        while self.open > 0 {
            if let Some((id, event)) = self.told.recv().await {
                self.hear(id, event);
            }
        }
    }

    fn hear(&mut self, id: WireId, event: WireEvent) -> Option<Input> {
        if let WireEvent::Closed { why } = &event {
            self.open -= 1;
            self.trouble.send_replace(why.clone());
        }
        let is = |wire: &Option<Wire>| wire.as_ref().is_some_and(|wire| wire.id == id);
        // What a socket says that was closed here is nothing to anybody.
        let socket = match (is(&self.first), is(&self.beside)) {
            (true, _) => Socket::First,
            (_, true) => Socket::Beside,
            _ => return None,
        };
        Some(match event {
            WireEvent::Opened => Input::SocketOpened { socket },
            WireEvent::Frame(frame) => Input::Frame { frame, socket },
            WireEvent::Closed { .. } => Input::SocketClosed { socket },
        })
    }
}
