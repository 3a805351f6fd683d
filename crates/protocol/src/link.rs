//! The numbering of one session's messages: nothing is lost and nothing is delivered twice while its socket comes
//! and goes.
//!
//! Both ends keep a [`Link`]; the type is the same in the server and in the native client, and the web SDK has its
//! twin. **The owner sends what [`Link::send`] returns, hands on only what [`Link::receive`] calls new, and after a
//! reconnect sends all of [`Link::resume`] before anything else.**

use std::collections::VecDeque;

use crate::limits::OUTBOX_MAX;

/// One end of a session's numbered stream; `M` is what this end sends.
#[derive(Debug, Clone)]
pub struct Link<M> {
    outbox: VecDeque<M>,
    first_unacknowledged: u32,
    received: u32,
}

/// What to do with a numbered message that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The next one: handle it.
    New,
    /// Seen before: drop it, but acknowledge.
    Duplicate,
}

/// The other end broke the numbering; the session cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// A message is missing before this one, though the socket keeps order.
    #[error("message {got} came where {expected} was due")]
    Gap {
        /// What came.
        got: u32,
        /// What was due.
        expected: u32,
    },
    /// Something was acknowledged that was never sent, or a resume asks for what is gone.
    #[error("message {0} was acknowledged out of range")]
    Acknowledgement(u32),
    /// The other end does not acknowledge; more than [`OUTBOX_MAX`] messages wait.
    #[error("{OUTBOX_MAX} messages wait for an acknowledgement")]
    Full,
}

impl<M> Default for Link<M> {
    fn default() -> Self {
        Self { outbox: VecDeque::new(), first_unacknowledged: 1, received: 0 }
    }
}

impl<M> Link<M> {
    /// Takes `message` into the outbox and returns its number.
    ///
    /// # Errors
    /// [`LinkError::Full`] when the other end has stopped acknowledging.
    pub fn send(&mut self, message: M) -> Result<u32, LinkError> {
        if self.outbox.len() >= OUTBOX_MAX {
            return Err(LinkError::Full);
        }
        self.outbox.push_back(message);
        Ok(self.last_sent())
    }

    /// Judges the number of a message that arrived.
    ///
    /// # Errors
    /// [`LinkError::Gap`] when one is missing before it.
    pub fn receive(&mut self, seq: u32) -> Result<Arrival, LinkError> {
        if seq <= self.received {
            return Ok(Arrival::Duplicate);
        }
        if seq != self.received + 1 {
            return Err(LinkError::Gap { got: seq, expected: self.received + 1 });
        }
        self.received = seq;
        Ok(Arrival::New)
    }

    /// Forgets what the other end has: everything up to `ack`.
    ///
    /// # Errors
    /// [`LinkError::Acknowledgement`] for a number that was never sent. An old number is no error.
    pub fn acknowledge(&mut self, ack: u32) -> Result<(), LinkError> {
        if ack > self.last_sent() {
            return Err(LinkError::Acknowledgement(ack));
        }
        while self.first_unacknowledged <= ack {
            self.outbox.pop_front();
            self.first_unacknowledged += 1;
        }
        if self.outbox.is_empty() {
            // A server is full of sessions that have nothing to say: give the buffer back.
            self.outbox = VecDeque::new();
        }
        Ok(())
    }

    /// What must be sent again on a new socket, given the last number that the other end received.
    ///
    /// # Errors
    /// [`LinkError::Acknowledgement`] if that number was never sent, or lies before what it had acknowledged.
    pub fn resume(&mut self, received: u32) -> Result<impl Iterator<Item = (u32, &M)>, LinkError> {
        if received < self.first_unacknowledged - 1 {
            return Err(LinkError::Acknowledgement(received));
        }
        self.acknowledge(received)?;
        Ok((self.first_unacknowledged..).zip(self.outbox.iter()))
    }

    /// The number of the last message received: what to write into `ack` and `received`.
    #[must_use]
    pub fn received(&self) -> u32 {
        self.received
    }

    /// How many messages wait for their acknowledgement.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.outbox.len()
    }

    fn last_sent(&self) -> u32 {
        let waiting = u32::try_from(self.outbox.len()).expect("the outbox is bounded by OUTBOX_MAX");
        self.first_unacknowledged - 1 + waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn resume_repeats_exactly_what_was_not_received() {
        let mut link = Link::default();
        for message in ["a", "b", "c"] {
            link.send(message).unwrap();
        }
        link.acknowledge(1).unwrap();
        let again: Vec<_> = link.resume(2).unwrap().map(|(seq, m)| (seq, *m)).collect();
        assert_eq!(again, [(3, "c")]);
        assert_eq!(link.resume(0).err(), Some(LinkError::Acknowledgement(0)));
        assert_eq!(link.resume(u32::MAX).err(), Some(LinkError::Acknowledgement(u32::MAX)));
        assert_eq!(link.acknowledge(4), Err(LinkError::Acknowledgement(4)));
    }

    #[test]
    fn numbers_are_new_once_and_never_skip() {
        let mut link = Link::<()>::default();
        assert_eq!(link.receive(1), Ok(Arrival::New));
        assert_eq!(link.receive(1), Ok(Arrival::Duplicate));
        assert_eq!(link.receive(3), Err(LinkError::Gap { got: 3, expected: 2 }));
        assert_eq!(link.received(), 1);
    }

    #[test]
    fn an_end_that_never_acknowledges_is_given_up() {
        let mut link = Link::default();
        for n in 0..OUTBOX_MAX {
            link.send(n).unwrap();
        }
        assert_eq!(link.send(0), Err(LinkError::Full));
    }

    proptest! {
        /// Two links over sockets that die at any moment: the receiver sees each message once and in order.
        #[test]
        fn nothing_is_lost_or_doubled_across_reconnects(steps in prop::collection::vec(0u8..4, 0..300)) {
            let (mut here, mut there) = (Link::<u32>::default(), Link::<u32>::default());
            let mut wire: VecDeque<(u32, u32)> = VecDeque::new();
            let (mut sent, mut seen) = (0, Vec::new());
            for step in steps {
                match step {
                    0 if here.waiting() < OUTBOX_MAX => {
                        sent += 1;
                        wire.push_back((here.send(sent).unwrap(), sent));
                    }
                    1 => if let Some((seq, message)) = wire.pop_front()
                        && there.receive(seq).unwrap() == Arrival::New { seen.push(message); },
                    2 => here.acknowledge(there.received()).unwrap(),
                    _ => wire = here.resume(there.received()).unwrap().map(|(seq, m)| (seq, *m)).collect(),
                }
            }
            for (seq, message) in here.resume(there.received()).unwrap().map(|(s, m)| (s, *m)).collect::<Vec<_>>() {
                if there.receive(seq).unwrap() == Arrival::New { seen.push(message); }
            }
            prop_assert_eq!(seen, (1..=sent).collect::<Vec<_>>());
        }
    }
}
