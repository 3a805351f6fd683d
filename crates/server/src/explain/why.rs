//! Why a call ended as it did: for each reason what happened, sharpened by what the legs did, and what to do about it.

use tring_protocol::call::CallRecord;
use tring_protocol::http::calls::Explanation;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Role;
use tring_protocol::time::Millis;

use super::Callee;
use super::facts::{Facts, Leg};
use super::sound::with_sound;
use super::words::{device, devices, platform, side, span};

pub(super) fn explain(record: &CallRecord, facts: &Facts, callee: Callee) -> Explanation {
    let call = Ended { record, facts };
    let (what, advice) = match record.reason {
        EndReason::Hangup => call.hang_up(),
        EndReason::MaxDuration => call.too_long(),
        EndReason::BalanceExhausted => (
            format!("The caller's balance was used up after {}.", call.talk()),
            "Top up the balance of the caller.".to_owned(),
        ),
        EndReason::EndedByServer => call.ended_from_outside(),
        EndReason::ConnectionLost => call.lost(),
        EndReason::User => call.declined(),
        EndReason::Busy => call.busy(),
        EndReason::MicrophoneDenied => call.no_microphone(),
        EndReason::LoggedOut => (
            format!("The callee signed out of their last device {} after the call was placed.", call.length()),
            "Nothing is wrong. If nobody signed out on purpose, look whether your app logs out when it goes to the \
             background."
                .to_owned(),
        ),
        EndReason::NotificationsDisabled => (
            format!("{} may not show calls, so nothing rang.", call.the_callees_devices()),
            "Ask the callee to allow notifications for your app, and ask for that permission before the first call."
                .to_owned(),
        ),
        EndReason::RingTimeout => call.missed(),
        EndReason::Unreachable => unreachable(callee),
        EndReason::Caller => call.cancelled(),
        EndReason::CallerLost => call.caller_lost(),
        EndReason::ConnectTimeout => call.no_audio(),
        EndReason::NodeLost => (
            format!(
                "The server that carried the call stopped {}. The last that is known of the call is from then.",
                call.stage()
            ),
            "Look into the server's log for why it stopped: a crash, a power cut, or a restart without draining."
                .to_owned(),
        ),
        EndReason::Internal => (
            format!("Something went wrong in the server {}.", call.stage()),
            "This is a fault of Tring. Report it with the id of this call and the server's log of that minute."
                .to_owned(),
        ),
    };
    Explanation { what, advice }
}

fn unreachable(callee: Callee) -> (String, String) {
    match callee {
        Callee::Unknown => (
            "The callee could not be reached: this account knew of no sign-in under that cuid.".to_owned(),
            "Check that your app calls the same cuid, to the letter, as the callee's app signs in with, and that both \
             use this account."
                .to_owned(),
        ),
        Callee::Known => (
            "The callee could not be reached: none of their devices was signed in at that moment.".to_owned(),
            "The callee has to have your app or page open to be called. Initialise the SDK as soon as it opens, and \
             look in the list of users for when they were last seen."
                .to_owned(),
        ),
    }
}

struct Ended<'a> {
    record: &'a CallRecord,
    facts: &'a Facts,
}

impl Ended<'_> {
    fn hang_up(&self) -> (String, String) {
        let who =
            self.record.ended_by.map_or("one of the two".to_owned(), |role| format!("the {}", side(role)));
        if self.record.connected_at.is_none() {
            return (
                format!("The call was answered, but {who} hung up after {}, before both could hear each other.", self.talk()),
                self.advice_on_silence().unwrap_or_else(|| {
                    "Audio was still on its way. If this happens often, compare the networks of these calls.".to_owned()
                }),
            );
        }
        let what = format!("The two talked, and {who} hung up after {}.", self.talk());
        with_sound(self.facts, what)
    }

    fn too_long(&self) -> (String, String) {
        let what = format!(
            "The call reached the longest duration that the account allowed, {}, and was ended.",
            self.talk()
        );
        let (what, _) = with_sound(self.facts, what);
        (what, "If people need longer, raise the maximum call length in the settings.".to_owned())
    }

    fn ended_from_outside(&self) -> (String, String) {
        (
            format!("The call was ended from outside {}; neither of the two hung up.", self.stage()),
            "The audit log says which member or secret key ended it. If it has no entry of that moment, the server \
             was being stopped."
                .to_owned(),
        )
    }

    /// The side whose connection broke: the one that is named, or the one that was away or silent at the end.
    fn lost_leg(&self) -> Option<&Leg> {
        let talking = || [self.facts.caller(), self.facts.callee()].into_iter().flatten();
        match self.record.ended_by {
            Some(Role::Caller) => self.facts.caller(),
            Some(Role::Callee) => self.facts.callee(),
            None => {
                let away = talking().filter(|leg| leg.away_since.is_some());
                away.min_by_key(|leg| leg.away_since).or_else(|| {
                    let failed = talking().filter(|leg| leg.media_failed_at.is_some());
                    failed.min_by_key(|leg| leg.media_failed_at)
                })
            }
        }
    }

    fn lost(&self) -> (String, String) {
        let Some(leg) = self.lost_leg() else {
            return (
                format!("No more audio came from one of the two, and the call was ended after {}.", self.talk()),
                "The device was still signed in, so its network let the signalling through but not the audio, or its \
                 system closed the microphone. Another network, or an app kept in the foreground, avoids both."
                    .to_owned(),
            );
        };
        let whose = device(leg);
        let what = match (leg.away_since, leg.media_failed_at) {
            (Some(since), _) => format!(
                "The connection of {whose} was lost {} after the answer and did not come back for {}.",
                span(since.since(self.record.answered_at.unwrap_or(since))),
                span(self.record.ended_at.since(since)),
            ),
            (None, Some(at)) => format!(
                "The audio path of {whose} failed and did not come back for {}.",
                span(self.record.ended_at.since(at)),
            ),
            (None, None) => format!("The connection of {whose} was lost after {}.", self.talk()),
        };
        let advice = "Most often a device left its network: a lift, a tunnel, an empty battery, or a page or app that was \
                      closed. If one user has this often, look at their network.";
        (what, advice.to_owned())
    }

    fn declined(&self) -> (String, String) {
        let what = match self.record.ringing_at {
            Some(rang) => {
                format!(
                    "The callee declined after it had rung for {}.",
                    span(self.record.ended_at.since(rang))
                )
            }
            None => "The callee's device declined before it showed the call.".to_owned(),
        };
        (what, String::new())
    }

    fn busy(&self) -> (String, String) {
        let waited = self.facts.was_waiting();
        let what = match self.record.ended_by {
            _ if waited => {
                "The callee was in another call on this account and did not take this one beside it."
            }
            Some(_) => {
                "The callee's device said that it is in another call, on the telephone or in another app."
            }
            None => {
                "The callee was in another call on this account, so nothing rang; their screen said who called."
            }
        };
        (what.to_owned(), "Call again later.".to_owned())
    }

    fn no_microphone(&self) -> (String, String) {
        let whose = self.facts.callee().or_else(|| self.facts.of_side(Role::Callee).next());
        let whose = whose.map_or_else(|| "the callee's device".to_owned(), device);
        (
            format!("The callee wanted to answer, but the microphone of {whose} cannot be used."),
            "Ask the callee to allow the microphone for your app or page, and to check that one is connected. In a \
             browser the permission is behind the symbol beside the address."
                .to_owned(),
        )
    }

    fn missed(&self) -> (String, String) {
        let offered = self.facts.of_side(Role::Callee).count();
        let rang = self.facts.of_side(Role::Callee).filter(|leg| leg.rang_at.is_some()).count();
        let away = self.facts.of_side(Role::Callee).filter(|leg| leg.away_since.is_some()).count();
        if let (Some(since), true) = (self.record.ringing_at, rang > 0) {
            let rested = span(self.record.ended_at.since(since));
            let mut what = format!("It rang for {rested} on {}, and nobody answered.", devices(rang));
            if away > 0 {
                what += &format!(" Meanwhile {} lost the connection to the server.", devices(away));
            }
            let advice = "Call again later. If people do not reach their device in time, raise the ring timeout in \
                          the settings.";
            return (what, advice.to_owned());
        }
        let what = match (offered, away) {
            (0, _) => format!("No device of the callee came for {}.", self.length()),
            (_, 0) => format!(
                "The call was sent to {}, but none said that it shows the call within {}.",
                devices(offered),
                self.length()
            ),
            _ => format!(
                "The call was sent to {}, but {} lost the connection to the server before anything rang.",
                devices(offered),
                if offered == away && away == 1 { "it".to_owned() } else { devices(away) },
            ),
        };
        let advice = "The device was asleep or without a network although it was still signed in. Browsers stop pages \
                      in the background; keep the page open, or call again when the callee is back.";
        (what, advice.to_owned())
    }

    fn cancelled(&self) -> (String, String) {
        match self.record.ringing_at {
            Some(rang) => (
                format!(
                    "The caller gave up after it had rung for {}.",
                    span(self.record.ended_at.since(rang))
                ),
                String::new(),
            ),
            None => (
                format!("The caller gave up after {}, before any device of the callee rang.", self.length()),
                "If callers often give up before it rings, the callees' devices are slow to wake or gone: look at \
                 their networks."
                    .to_owned(),
            ),
        }
    }

    fn caller_lost(&self) -> (String, String) {
        let away = self.facts.caller().and_then(|leg| leg.away_since);
        let what = match away {
            Some(since) => format!(
                "The caller's connection was lost {} after placing the call and did not come back for {}; nobody had \
                 answered yet.",
                span(since.since(self.record.placed_at)),
                span(self.record.ended_at.since(since)),
            ),
            None => format!("The caller's connection was lost {}.", self.stage()),
        };
        (
            what,
            "Most often the caller closed the page or app, or lost the network. They can simply call again."
                .to_owned(),
        )
    }

    fn no_audio(&self) -> (String, String) {
        let waited = self.talk();
        let what = match self.silent_legs().as_slice() {
            [] => format!("The call was answered, but within {waited} the two did not hear each other."),
            [leg] if leg.keyed_at.is_none() => {
                format!(
                    "The call was answered, but no audio path to {} came to be within {waited}.",
                    device(leg)
                )
            }
            [leg] => format!(
                "The call was answered and both audio paths were ready, but no audio came from {} within {waited}.",
                device(leg)
            ),
            legs if legs.iter().all(|leg| leg.keyed_at.is_none()) => {
                format!(
                    "The call was answered, but within {waited} neither device had an audio path to the server."
                )
            }
            _ => format!("The call was answered, but within {waited} no audio came from either device."),
        };
        let advice = self.advice_on_silence().unwrap_or_else(|| {
            "Report this call with its id: both sides sent audio, so it should have connected.".to_owned()
        });
        (what, advice)
    }

    /// The two who talk, as far as nothing was ever heard of them.
    fn silent_legs(&self) -> Vec<&Leg> {
        let talking = [self.facts.caller(), self.facts.callee()];
        talking.into_iter().flatten().filter(|leg| leg.heard_at.is_none()).collect()
    }

    /// What to do about a side that nobody heard.
    fn advice_on_silence(&self) -> Option<String> {
        let silent = self.silent_legs();
        let unkeyed: Vec<&&Leg> = silent.iter().filter(|leg| leg.keyed_at.is_none()).collect();
        Some(match (silent.as_slice(), unkeyed.as_slice()) {
            ([], _) => return None,
            (_, [_, _]) => "Neither network reached the server's audio port. If this happens to all calls, the server's \
                            firewall blocks its UDP port, or `relay.advertise` names the wrong address; if only to some, \
                            their networks let nothing of it through. A TURN server in the settings helps those."
                .to_owned(),
            (_, [leg]) => format!(
                "The network of {} lets neither UDP nor TCP through to the server's audio port, or the page never \
                 opened its microphone. Let them try another network; for an office, ask its administrator to allow \
                 that port, or list a TURN server on port 443 in the settings.",
                device(leg)
            ),
            ([leg], _) => format!(
                "The connection of {} is fine, so its microphone is: muted by the system, used by another program, or \
                 not allowed. Ask the {} to check it and call again.",
                device(leg),
                side(leg.role),
            ),
            _ => "Both connections are fine, so look at the microphones: muted by the system, used by another program, \
                  or not allowed."
                .to_owned(),
        })
    }

    /// How far the call had come, as the end of a sentence.
    fn stage(&self) -> String {
        match (self.record.connected_at, self.record.answered_at, self.record.ringing_at) {
            (Some(_), _, _) => format!("after the two had talked for {}", self.talk()),
            (None, Some(_), _) => {
                format!("{} after the answer, before both could hear each other", self.talk())
            }
            (None, None, Some(rang)) => {
                format!("while it rang, after {}", span(self.record.ended_at.since(rang)))
            }
            (None, None, None) => format!("before it rang, after {}", self.length()),
        }
    }

    fn the_callees_devices(&self) -> String {
        let legs: Vec<&Leg> = self.facts.of_side(Role::Callee).collect();
        match legs.as_slice() {
            [leg] => format!("The callee's device ({})", platform(leg.platform)),
            _ => "The callee's devices".to_owned(),
        }
    }

    fn talk(&self) -> String {
        span(self.record.talk_time())
    }

    fn length(&self) -> String {
        span(self.length_of_call())
    }

    fn length_of_call(&self) -> Millis {
        self.record.ended_at.since(self.record.placed_at)
    }
}
