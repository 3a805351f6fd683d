//! The peers of one call: the one in use, and for a moment the one that is to follow it (docs/adr/0010). Twin of the web
//! SDK's `succession.ts`.
//!
//! A fresh peer is opened beside the old one, which goes on playing and sending. Whichever works first is kept: the new
//! one as soon as it is up, unless the old one came back before the new one had reached the relay. What each hears is
//! played from the start; the relay speaks to one of them at a time, so that nothing is heard twice and nothing is lost.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::PeerId;
use super::watchdog::{News, Watchdog};
use crate::peer::turn::{TurnServer, Wanted};
use crate::peer::{self, Audio, Figures, Peer, Speech, Transmit};
use crate::voice::Form;

/// How often the peers are looked at. Higher: a dead path is seen later by as much; lower: work.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long a peer that has a successor stays while the successor hears nothing. What is still on its way arrives within
/// this; a silent other side must not keep it.
const LEAVES_AFTER: Duration = Duration::from_secs(1);

/// What the peers of a call tell.
#[derive(Debug)]
pub(super) enum Told {
    /// To be sent by a peer's socket.
    Transmit(PeerId, Transmit),
    /// To be done with a peer's connection to a TURN server.
    Turn(PeerId, Wanted),
    /// Heard.
    Audio(Audio),
    /// The far end lost this share.
    FarLoss(f32),
    /// The path of the call works, or works again.
    Back,
    /// It is dead, or cannot be made.
    Lost,
    /// Another peer is in use.
    Changed,
    /// A peer is closed: its sockets are not needed any more.
    Closed(PeerId),
}

/// A peer and what is known of it.
#[derive(Debug)]
struct Link {
    id: PeerId,
    peer: Peer,
    watchdog: Watchdog,
    is_up: bool,
}

/// The peers of a call.
#[derive(Debug, Default)]
pub(super) struct Succession {
    current: Option<Link>,
    next: Option<Link>,
    /// The one before, and when it is closed at the latest.
    leaving: Option<(Link, Instant)>,
    look_at: Option<Instant>,
    is_dead: bool,
    told: VecDeque<Told>,
}

impl Succession {
    /// Opens a fresh peer.
    pub(super) fn open(&mut self, now: Instant, id: PeerId, peer: Peer) {
        let link = Link { id, peer, watchdog: Watchdog::new(now), is_up: false };
        let next = self.next.take();
        self.drop_link(next);
        if self.current.as_ref().is_some_and(|current| current.is_up) {
            self.next = Some(link);
        } else {
            // One that never was up has nothing to go on with; the relay forgets it for the new one.
            let current = self.current.replace(link);
            self.drop_link(current);
        }
        self.look_at.get_or_insert(now + LOOK_EVERY);
    }

    /// A new offer of the newest peer.
    pub(super) fn restart(&mut self) -> Option<String> {
        self.newest().map(|link| link.peer.restart())
    }

    /// The relay's answer to the newest offer. One that cannot be used is as good as none: the watchdog sees to it.
    pub(super) fn accept(&mut self, now: Instant, sdp: &str) {
        let Some(link) = self.newest() else { return };
        let _ = link.peer.accept_answer(now, sdp);
        self.take_outputs(now);
    }

    /// Hands `input` to the peer that it is for.
    pub(super) fn handle(&mut self, now: Instant, id: PeerId, input: peer::Input<'_>) {
        if let Some(link) = self.links().find(|link| link.id == id) {
            link.peer.handle(now, input);
        }
        self.take_outputs(now);
    }

    /// Sends by every peer that can.
    pub(super) fn send(&mut self, now: Instant, speech: &Speech<'_>) {
        for link in self.links() {
            link.peer.send_audio(now, speech);
        }
        self.take_outputs(now);
    }

    /// Whether what is sent now may have this form: all peers that are up have agreed on it.
    pub(super) fn speaks(&mut self, form: Form) -> bool {
        let mut speak = self.links().filter(|link| link.is_up).map(|link| link.peer.speaks(form)).peekable();
        speak.peek().is_some() && speak.all(|speaks| speaks)
    }

    /// Something suggests that the network changed.
    pub(super) fn hint(&mut self, now: Instant) {
        for link in [&mut self.current, &mut self.next].into_iter().flatten() {
            link.watchdog.hint(now);
        }
    }

    /// The device has these addresses now: sockets of them belong to peer `id`.
    pub(super) fn use_addresses(&mut self, now: Instant, id: PeerId, addresses: &[SocketAddr]) {
        self.handle(now, id, peer::Input::AddressesChanged(addresses));
    }

    /// The account has these TURN servers now.
    pub(super) fn use_turn_servers(&mut self, now: Instant, servers: &[TurnServer]) {
        for link in self.links() {
            link.peer.handle(now, peer::Input::TurnServers(servers));
        }
        self.take_outputs(now);
    }

    /// What is due at `now`.
    pub(super) fn tick(&mut self, now: Instant) {
        for link in self.links() {
            if link.peer.deadline().is_some_and(|at| now >= at) {
                link.peer.handle(now, peer::Input::Tick);
            }
        }
        self.take_outputs(now);
        if self.look_at.is_some_and(|at| now >= at) {
            self.look_at = Some(now + LOOK_EVERY);
            self.look(now);
        }
    }

    /// When [`Self::tick`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let leaving = self.leaving.as_ref().map(|(link, _)| link);
        let links = [self.current.as_ref(), self.next.as_ref(), leaving];
        links.into_iter().flatten().filter_map(|link| link.peer.deadline()).chain(self.look_at).min()
    }

    /// What is told, until `None`.
    pub(super) fn poll(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// Whether the path is dead, as far as is known.
    pub(super) fn is_dead(&self) -> bool {
        self.is_dead
    }

    /// What is known of the peer in use, and the longest time without a byte since this was asked last.
    pub(super) fn measure(&mut self) -> Option<(Figures, Duration)> {
        let link = self.current.as_mut()?;
        Some((link.peer.figures().clone(), link.watchdog.longest_gap()))
    }

    /// Whether `id` is one of these peers.
    pub(super) fn has(&self, id: PeerId) -> bool {
        let leaving = self.leaving.as_ref().map(|(link, _)| link);
        [self.current.as_ref(), self.next.as_ref(), leaving].into_iter().flatten().any(|link| link.id == id)
    }

    /// Closes all peers; [`Self::poll`] tells which.
    pub(super) fn close(&mut self) {
        let leaving = self.leaving.take().map(|(link, _)| link);
        for link in [self.current.take(), self.next.take(), leaving] {
            self.drop_link(link);
        }
        self.look_at = None;
    }

    fn newest(&mut self) -> Option<&mut Link> {
        self.next.as_mut().or(self.current.as_mut())
    }

    fn links(&mut self) -> impl Iterator<Item = &mut Link> {
        let leaving = self.leaving.as_mut().map(|(link, _)| link);
        [self.current.as_mut(), self.next.as_mut(), leaving].into_iter().flatten()
    }

    fn take_outputs(&mut self, now: Instant) {
        let mut is_urgent = false;
        // The newest first: what the older ones say of a packet's place counts only until the newest is heard.
        let leaving = self.leaving.as_mut().map(|(link, _)| link);
        for link in [self.next.as_mut(), self.current.as_mut(), leaving].into_iter().flatten() {
            while let Some(output) = link.peer.poll() {
                match output {
                    peer::Output::Transmit(transmit) => {
                        self.told.push_back(Told::Transmit(link.id, transmit));
                    }
                    peer::Output::Turn(wanted) => self.told.push_back(Told::Turn(link.id, wanted)),
                    peer::Output::Audio(audio) => self.told.push_back(Told::Audio(audio)),
                    peer::Output::FarLoss(loss) => self.told.push_back(Told::FarLoss(loss)),
                    peer::Output::Doubted => link.watchdog.hint(now),
                    peer::Output::Connected | peer::Output::Failed => is_urgent = true,
                }
            }
        }
        if is_urgent {
            self.look(now);
        }
    }

    fn look(&mut self, now: Instant) {
        for place in [Place::Current, Place::Next] {
            let link = match place {
                Place::Current => self.current.as_mut(),
                Place::Next => self.next.as_mut(),
            };
            let Some(link) = link else { continue };
            let news = link.watchdog.sample(now, link.peer.figures().bytes, link.peer.connection());
            match news {
                Some(News::Back) => self.on_back(now, place),
                Some(News::Lost) => self.on_lost(place),
                None => {}
            }
        }
        let is_heard = self.current.as_ref().is_some_and(|link| link.peer.figures().packets > 0);
        if let Some((link, _)) = self.leaving.take_if(|(_, at)| is_heard || now >= *at) {
            self.drop_link(Some(link));
        }
    }

    fn on_back(&mut self, now: Instant, place: Place) {
        match place {
            Place::Next => {
                let leaving = self.leaving.take().map(|(link, _)| link);
                self.drop_link(leaving);
                self.leaving = self.current.take().map(|link| (link, now + LEAVES_AFTER));
                self.current = self.next.take();
                self.told.push_back(Told::Changed);
            }
            Place::Current => {
                // The relay gives the call to the new one as soon as it can; then the old one would fall silent again.
                if self.next.as_ref().is_some_and(|next| next.peer.has_reached()) {
                    if let Some(current) = &mut self.current {
                        current.is_up = true;
                    }
                    return;
                }
                let next = self.next.take();
                self.drop_link(next);
            }
        }
        if let Some(current) = &mut self.current {
            current.is_up = true;
        }
        self.is_dead = false;
        self.told.push_back(Told::Back);
    }

    fn on_lost(&mut self, place: Place) {
        match place {
            Place::Current => {
                self.is_dead = true;
                if self.next.is_some() {
                    return;
                }
            }
            Place::Next => {
                let next = self.next.take();
                self.drop_link(next);
            }
        }
        self.told.push_back(Told::Lost);
    }

    fn drop_link(&mut self, link: Option<Link>) {
        let Some(mut link) = link else { return };
        link.peer.close();
        while let Some(output) = link.peer.poll() {
            if let peer::Output::Turn(wanted) = output {
                self.told.push_back(Told::Turn(link.id, wanted));
            }
        }
        self.told.push_back(Told::Closed(link.id));
    }
}

/// Which of the watched peers.
#[derive(Debug, Clone, Copy)]
enum Place {
    Current,
    Next,
}
