//! Whether the clock is right: tokens and certificates are about the time.

use std::process::{Command, Stdio};
use tring_server::config::{Certificate, Config};

use super::report::Finding;
use super::web::{self, Trust};

const CHECK: &str = "clock";

/// From when on it is wrong, in seconds. An answer's date has no parts of a second, and a token that another machine has just
/// signed is refused once this machine is some ten seconds behind.
const WRONG: f64 = 10.0;

/// What others say about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// Who was asked, and by how many seconds this clock is ahead of theirs.
    pub(super) compared: Option<(String, f64)>,
    /// Whether the system says that its clock follows others'; `None` if it says nothing.
    pub(super) follows: Option<bool>,
}

/// Asks the system, and the authority whose directory the server asks anyway.
pub(super) async fn probe(config: &Config) -> Facts {
    let compared = match config.certificate() {
        Some(Certificate::Acme(acme)) => {
            let ca = acme.directory_ca.as_deref().map(std::path::Path::new);
            match web::client(Trust::System(ca)) {
                Ok(client) => web::clock_ahead(&client, &acme.directory).await.ok(),
                Err(_) => None,
            }
            .map(|ahead| (acme.directory, ahead))
        }
        _ => None,
    };
    Facts { compared, follows: follows() }
}

/// `timedatectl` says what the kernel was told by whichever program keeps its clock (adjtimex(2)).
fn follows() -> Option<bool> {
    let mut ask = Command::new("timedatectl");
    ask.args(["show", "--property=NTPSynchronized", "--value"]).stdin(Stdio::null()).stderr(Stdio::null());
    let said = ask.output().ok().filter(|said| said.status.success())?;
    match String::from_utf8_lossy(&said.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

pub(super) fn judge(facts: &Facts) -> Finding {
    let advice = "install and start an NTP client, such as chrony or systemd-timesyncd";
    match (&facts.compared, facts.follows) {
        (Some((whose, ahead)), _) if ahead.abs() > WRONG => {
            let way = if *ahead > 0.0 { "ahead of" } else { "behind" };
            Finding::red(CHECK, format!("it is {:.0} s {way} that of {whose}", ahead.abs()), advice)
        }
        (Some((whose, _)), _) => Finding::green(CHECK, format!("it agrees with that of {whose}")),
        (None, Some(true)) => Finding::green(CHECK, "it follows a time server"),
        (None, Some(false)) => Finding::red(CHECK, "it follows no time server", advice),
        (None, None) => Finding::unknown(
            CHECK,
            "nobody says whether it is right: the system does not, and no certificate authority is configured",
            "compare it with another one; `--url` compares it with that of the server",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Verdict;
    use super::*;

    #[test]
    fn a_clock_is_judged_by_others_and_else_by_what_the_system_says() {
        let judged = |compared: Option<f64>, follows| {
            judge(&Facts { compared: compared.map(|ahead| ("ca.example".to_owned(), ahead)), follows })
        };
        assert_eq!(judged(Some(-1.4), Some(false)).verdict, Verdict::Green);
        assert_eq!(judged(None, Some(true)).verdict, Verdict::Green);
        assert_eq!(judged(None, None).verdict, Verdict::Yellow);
        for (compared, follows, says) in [
            (Some(90.2), Some(true), "it is 90 s ahead of that of ca.example"),
            (Some(-3_600.0), None, "it is 3600 s behind that of ca.example"),
            (None, Some(false), "it follows no time server"),
        ] {
            let finding = judged(compared, follows);
            assert_eq!((finding.verdict, finding.finding.as_str()), (Verdict::Red, says));
            assert!(finding.advice.unwrap().contains("NTP client"));
        }
    }
}
