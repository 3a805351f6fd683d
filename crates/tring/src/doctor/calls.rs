//! A call between two people of the doctor's: what one says must be what the other hears.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use tring_client::driver::{Call, Client, Ended, Event, Options};
use tring_client::engine::{CallQuality, Settings};
use tring_client::files::Paced;
use tring_client::peer::Tcp;
use tring_client::peer::turn::Turn;

use super::report::{Finding, Verdict};
use super::tone::{Beeper, Heard};

/// Who they are: nobody else's name, and the same each time, so that an account does not fill with them.
const NAMES: [&str; 2] = ["tring_doctor_1", "tring_doctor_2"];

/// How long each step of a call may take. Higher: a report about a dead server takes longer; lower: a slow road counts as
/// blocked.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often is looked whether enough was heard, and whether the machine lets the doctor look.
const LOOK: Duration = Duration::from_millis(100);

/// Which share of its time a machine may keep the doctor waiting until nothing can be told from a call that fails. Sound has
/// to be made every 10 ms, and beeps with gaps in them are none. Higher: a starved machine looks like a broken server; lower:
/// on a machine with some load a broken server is told to be unknown.
const WAITING_MAX: f64 = 0.1;

/// The pitches of the two, in Hz: no multiples of each other, and within a telephone's voice.
const PITCHES: [f64; 2] = [440.0, 700.0];

/// What a beep has to be like to count as heard: no more than 9 dB quieter than it was said (-15 dBov), and mostly of its own
/// pitch. Concealed losses and a stretched beep cost some of both.
const LEVEL_MIN: f64 = -24.0;
const PURITY_MIN: f64 = 0.5;

/// Share of lost packets from which people complain.
const LOSS_MAX: f32 = 0.05;

/// By which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Udp,
    Tcp,
}

impl Way {
    fn check(self) -> &'static str {
        match self {
            Self::Udp => "call over UDP",
            Self::Tcp => "call over TCP",
        }
    }
}

/// Where the two sign in.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) server: String,
    pub(super) account: String,
    pub(super) apikey: Option<String>,
    /// Of the one who calls and of the one who is called.
    pub(super) tokens: Option<[String; 2]>,
    pub(super) ca: Option<PathBuf>,
}

/// How it went.
#[derive(Debug)]
pub(super) struct Facts {
    way: Way,
    went: Result<Talk, Failure>,
    turns: Turns,
    /// What to do if no audio came through, which depends on whose server it is.
    advice: &'static str,
}

/// Whether the machine let the doctor have its turns, which says whether what went wrong is the server's.
#[derive(Debug, Clone, Copy, Default)]
struct Turns {
    asked: Duration,
    /// How long it got none beyond that.
    waited: Duration,
}

impl Turns {
    /// Counts until it is dropped.
    async fn count(&mut self) -> Infallible {
        loop {
            let slept = Instant::now();
            sleep(LOOK).await;
            self.asked += LOOK;
            self.waited += slept.elapsed().saturating_sub(LOOK);
        }
    }

    fn are_too_few(&self) -> bool {
        self.waited > (self.asked + self.waited).mul_f64(WAITING_MAX)
    }
}

/// Both heard something.
#[derive(Debug)]
struct Talk {
    /// From the call's placing until both were connected.
    set_up: Duration,
    /// What each of them heard of the other.
    heard: [Heard; 2],
    quality: Option<CallQuality>,
}

/// Where it got stuck, with what was said about it.
#[derive(Debug)]
enum Failure {
    SignIn(String),
    NeverRang,
    Ended(String),
    NeverConnected,
    NothingHeard,
}

/// No call was placed.
pub(super) fn left_out(why: &str, advice: &str) -> Finding {
    Finding::unknown("calls", format!("none was placed: {why}"), advice)
}

/// Calls once.
pub(super) async fn probe(place: &Place, way: Way, advice: &'static str) -> Facts {
    let mut turns = Turns::default();
    let went = tokio::select! {
        went = talk(place, way) => went,
        never = turns.count() => match never {},
    };
    Facts { way, went, turns, advice }
}

async fn talk(place: &Place, way: Way) -> Result<Talk, Failure> {
    let beepers = [(PITCHES[0], PITCHES[1]), (PITCHES[1], PITCHES[0])];
    let beepers = beepers.map(|(says, listens_for)| Paced::new(Beeper::new(says, listens_for)));
    let caller = sign_in(place, 0, way, &beepers[0]).await?;
    let callee = sign_in(place, 1, way, &beepers[1]).await?;
    let went = converse(&caller, &callee, NAMES[1], &beepers).await;
    // Also after a failure, so that nothing of it stays on the server.
    for client in [caller, callee] {
        let _ = timeout(PATIENCE, client.sign_out()).await;
    }
    went
}

async fn sign_in(place: &Place, who: usize, way: Way, beeper: &Paced<Beeper>) -> Result<Client, Failure> {
    let tcp = if way == Way::Udp { Tcp::Never } else { Tcp::Only };
    let mut options = Options::new(&place.server, &place.account, NAMES[who])
        .map_err(|error| Failure::SignIn(error.to_string()))?
        // What is asked is whether this way works, not whether there is one.
        .sound(Settings { tcp, turn: Turn::Never, ..Settings::default() })
        .audio(beeper.clone());
    if let Some(apikey) = &place.apikey {
        options = options.apikey(apikey);
    }
    if let Some(tokens) = &place.tokens {
        options = options.token(&tokens[who]);
    }
    if let Some(file) = &place.ca {
        options = options.authorities(file);
    }
    Client::sign_in(options).await.map_err(|error| Failure::SignIn(error.message))
}

async fn converse(
    caller: &Client,
    callee: &Client,
    name: &str,
    beepers: &[Paced<Beeper>; 2],
) -> Result<Talk, Failure> {
    let mut events = callee.events();
    let begun = Instant::now();
    let call = caller.call(name, "A call of tring doctor").map_err(|error| Failure::Ended(error.message))?;
    let rings = async {
        while let Some(event) = events.next().await {
            if let Event::Incoming(incoming) = event {
                return Some(incoming.answer());
            }
        }
        None
    };
    let answered = tokio::select! {
        answered = timeout(PATIENCE, rings) => answered.ok().flatten().ok_or(Failure::NeverRang)?,
        ended = call.ended() => return Err(of_end(&ended)),
    };
    let both = async { tokio::try_join!(call.connected(), answered.connected()) };
    match timeout(PATIENCE, both).await {
        Ok(Ok(_)) => {}
        Ok(Err(ended)) => return Err(of_end(&ended)),
        Err(_) => return Err(Failure::NeverConnected),
    }
    let set_up = begun.elapsed();
    let heard = tokio::select! {
        heard = timeout(PATIENCE, listen(beepers)) => heard.map_err(|_| Failure::NothingHeard)?,
        ended = call.ended() => return Err(of_end(&ended)),
    };
    Ok(Talk { set_up, heard, quality: worse(&call, &answered) })
}

/// Until both have heard enough to be measured. What was played before the connection is silence, and has to be gone first.
async fn listen(beepers: &[Paced<Beeper>; 2]) -> [Heard; 2] {
    loop {
        let heard = [0, 1].map(|n: usize| beepers[n].look(Beeper::heard));
        if let [Some(one), Some(other)] = heard
            && is_heard(&one)
            && is_heard(&other)
        {
            return [one, other];
        }
        sleep(LOOK).await;
    }
}

fn is_heard(heard: &Heard) -> bool {
    heard.level >= LEVEL_MIN && heard.purity >= PURITY_MIN
}

/// Of both sides the one that lost more.
fn worse(call: &Call, answered: &Call) -> Option<CallQuality> {
    let both = [call.quality(), answered.quality()];
    both.into_iter().flatten().max_by(|a, b| a.lost.total_cmp(&b.lost))
}

fn of_end(ended: &Ended) -> Failure {
    Failure::Ended(ended.to_string())
}

pub(super) fn judge(facts: &Facts) -> Finding {
    let Facts { way, went, turns, advice } = facts;
    let check = way.check();
    let finding = match went {
        Ok(talk) => of_talk(check, talk),
        Err(failure) => of_failure(check, failure, advice),
    };
    // Who is refused would be on any machine.
    if finding.verdict != Verdict::Red || matches!(went, Err(Failure::SignIn(_))) || !turns.are_too_few() {
        return finding;
    }
    Finding::unknown(
        check,
        format!(
            "this machine was too busy to tell: it kept the doctor waiting for {:.1} of {:.1} s, and {}",
            turns.waited.as_secs_f64(),
            (turns.asked + turns.waited).as_secs_f64(),
            finding.finding
        ),
        "run this again when less runs beside it; a server that has to wait like this has calls with gaps",
    )
}

fn of_failure(check: &'static str, failure: &Failure, advice: &str) -> Finding {
    match failure {
        Failure::SignIn(why) => Finding::red(
            check,
            format!("nobody could sign in: {why}"),
            "correct `--url`, `--account` and `--apikey`; where the account requires user tokens, give two with `--token`",
        ),
        Failure::NeverRang => Finding::red(
            check,
            "the call reached the server, but not the other side",
            "look into the server's log, and at `/readyz`",
        ),
        Failure::Ended(why) => Finding::red(check, why.clone(), advice),
        Failure::NeverConnected => Finding::red(check, "the two never connected", advice),
        Failure::NothingHeard => {
            Finding::red(check, "the two were connected, but did not hear each other", advice)
        }
    }
}

fn of_talk(check: &'static str, talk: &Talk) -> Finding {
    let Talk { set_up, heard: [here, there], quality } = talk;
    let mut what = format!(
        "both hear each other ({:.0} and {:.0} dBov) {} ms after dialling",
        here.level,
        there.level,
        set_up.as_millis()
    );
    let Some(quality) = quality else { return Finding::green(check, what) };
    let rtt = quality.rtt.map_or("not measured".to_owned(), |rtt| format!("{rtt:.1} ms"));
    what.push_str(&format!("; round trip {rtt}, {:.1} % lost", quality.lost * 100.0));
    if quality.lost <= LOSS_MAX {
        return Finding::green(check, what);
    }
    Finding::red(
        check,
        what,
        "find out where packets are lost: this machine's load, its buffers, or the network between",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARD: Heard = Heard { level: -15.2, purity: 0.97 };

    fn judged(went: Result<Talk, Failure>) -> Finding {
        after(Duration::from_millis(90), went)
    }

    /// Judged after a second in which the machine kept the doctor waiting for so long.
    fn after(waited: Duration, went: Result<Talk, Failure>) -> Finding {
        let turns = Turns { asked: Duration::from_secs(1) - waited, waited };
        judge(&Facts { way: Way::Udp, went, turns, advice: "open it" })
    }

    fn talk(lost: f32) -> Talk {
        let quality = CallQuality {
            mos: 4.3,
            lost,
            jitter: 1.0,
            rtt: Some(0.84),
            concealed: 0.0,
            path: None,
            poor_network: tring_client::engine::PoorNetwork::default(),
        };
        Talk { set_up: Duration::from_millis(321), heard: [HEARD, HEARD], quality: Some(quality) }
    }

    #[test]
    fn a_call_that_was_heard_tells_its_figures_and_one_that_loses_much_is_red() {
        let finding = judged(Ok(talk(0.002)));
        let expected =
            "both hear each other (-15 and -15 dBov) 321 ms after dialling; round trip 0.8 ms, 0.2 % lost";
        assert_eq!((finding.verdict, finding.finding.as_str()), (Verdict::Green, expected));
        let finding = judged(Ok(talk(0.2)));
        assert_eq!(finding.verdict, Verdict::Red);
        assert!(finding.finding.ends_with("20.0 % lost"));
    }

    #[test]
    fn what_a_busy_machine_spoils_says_nothing_of_the_server() {
        let busy = Duration::from_millis(340);
        for went in
            [Err(Failure::NeverRang), Err(Failure::NeverConnected), Err(Failure::NothingHeard), Ok(talk(0.2))]
        {
            let finding = after(busy, went);
            assert_eq!(finding.verdict, Verdict::Yellow);
            assert!(
                finding.finding.contains("too busy to tell") && finding.finding.contains("0.3 of 1.0 s"),
                "{finding:?}"
            );
        }
    }

    #[test]
    fn a_busy_machine_excuses_no_wrong_key_and_spoils_no_call_that_went_well() {
        let busy = Duration::from_millis(340);
        assert_eq!(after(busy, Err(Failure::SignIn("no".to_owned()))).verdict, Verdict::Red);
        assert_eq!(after(busy, Ok(talk(0.002))).verdict, Verdict::Green);
    }

    #[test]
    fn each_way_of_failing_is_red_and_says_what_to_do() {
        for failure in [
            Failure::SignIn("no".to_owned()),
            Failure::NeverRang,
            Failure::Ended("the call ended: busy".to_owned()),
            Failure::NeverConnected,
            Failure::NothingHeard,
        ] {
            let finding = judged(Err(failure));
            assert!(finding.verdict == Verdict::Red && finding.advice.is_some(), "{finding:?}");
        }
    }
}
