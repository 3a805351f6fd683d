//! A server that runs, seen from elsewhere: what its users meet.

use reqwest::Url;

use super::calls::{self, Place, Way};
use super::clock;
use super::dns;
use super::report::{Finding, Report};
use super::web::{self, Readiness, Trust};
use crate::args::DoctorArgs;
use crate::error::CommandError;

const NAME: &str = "name";
const SERVER: &str = "server";

const UDP: &str = "open the UDP ports of `relay.listen` in the firewall, and let `relay.advertise` be the address that the \
                   world reaches the server's machine by";
const TCP: &str = "open the TCP ports of `relay.listen` in the firewall; where `relay.tcp` is off on purpose give \
                   `--udp-only`";

/// From the name to a call; what depends on something that failed is not tried.
pub(super) async fn check(url: &str, args: &DoctorArgs, report: &mut Report) -> Result<(), CommandError> {
    let Some((origin, host)) = split(url) else {
        let advice = "it looks like https://calls.shop.example";
        return report.add(Finding::red(NAME, format!("{url} is not the address of a server"), advice));
    };
    let leads = dns::resolve(&host).await;
    let is_found = leads.is_ok();
    report.add(judge_name(&host, leads.map(|found| found.iter().map(ToString::to_string).collect())))?;
    if !is_found {
        return Ok(());
    }
    let answer = ask(&origin, args).await;
    let is_there = answer.is_ok();
    report.add(judge_server(&origin, &answer))?;
    if !is_there {
        return Ok(());
    }
    report.add(clock::judge(&compare(&origin, args).await))?;
    if args.no_calls {
        return report.add(calls::left_out("`--no-calls`", "leave it away"));
    }
    let Some(account) = args.account.clone() else {
        return report.add(calls::left_out("no account", "name one with `--account` and `--apikey`"));
    };
    let DoctorArgs { apikey, tokens, ca, .. } = args;
    let place = Place {
        server: origin,
        account,
        apikey: apikey.clone(),
        tokens: <[String; 2]>::try_from(tokens.clone()).ok(),
        ca: ca.clone(),
    };
    report.add(calls::judge(&calls::probe(&place, Way::Udp, UDP).await))?;
    if !args.udp_only {
        report.add(calls::judge(&calls::probe(&place, Way::Tcp, TCP).await))?;
    }
    Ok(())
}

/// The origin and its host.
fn split(url: &str) -> Option<(String, String)> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    Some((url.origin().ascii_serialization(), host))
}

fn judge_name(host: &str, leads: Result<Vec<String>, String>) -> Finding {
    match leads {
        Ok(leads) => Finding::green(NAME, format!("{host} leads to {}", leads.join(", "))),
        Err(error) => Finding::red(
            NAME,
            format!("{host} leads nowhere: {error}"),
            "add an A or AAAA record for it, or correct `--url`",
        ),
    }
}

/// Who answers, and whether it takes calls.
#[derive(Debug)]
struct Answer {
    version: String,
    readiness: Readiness,
}

async fn ask(origin: &str, args: &DoctorArgs) -> Result<Answer, String> {
    let client = web::client(Trust::System(args.ca.as_deref()))?;
    let version = web::version(&client, origin).await?;
    let readiness = web::readiness(&client, origin).await?;
    Ok(Answer { version, readiness })
}

fn judge_server(origin: &str, answer: &Result<Answer, String>) -> Finding {
    match answer {
        Ok(Answer { version, readiness: Readiness::Ready }) => {
            let how = if origin.starts_with("https://") {
                "with a certificate that is trusted here"
            } else {
                "without TLS"
            };
            Finding::green(SERVER, format!("{origin} is Tring {version}, {how}, and takes calls"))
        }
        Ok(Answer { version, readiness: Readiness::Not(reasons) }) => Finding::red(
            SERVER,
            format!("{origin} is Tring {version} and takes no calls"),
            reasons.join("; "),
        ),
        Err(error) if error.contains("certificate") => Finding::red(
            SERVER,
            format!("{origin} cannot be trusted: {error}"),
            "`tring doctor` on the server's machine says what is wrong with its certificate; one of your company's authority \
             is checked with `--ca FILE`",
        ),
        Err(error) => Finding::red(
            SERVER,
            format!("{origin} does not answer as Tring does: {error}"),
            "start it; open the TCP port of `http.listen` in the firewall; let your proxy lead to it",
        ),
    }
}

async fn compare(origin: &str, args: &DoctorArgs) -> clock::Facts {
    let url = format!("{origin}/healthz");
    let compared = match web::client(Trust::System(args.ca.as_deref())) {
        Ok(client) => web::clock_ahead(&client, &url).await.ok(),
        Err(_) => None,
    };
    clock::Facts { compared: compared.map(|ahead| (origin.to_owned(), ahead)), follows: None }
}
