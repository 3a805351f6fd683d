use super::{Said, tring};

#[test]
fn two_people_hear_each_other_over_udp_and_tcp_through_a_server_of_the_doctors_own() {
    let dir = tempfile::tempdir().unwrap();
    let said = Said::of(tring(
        dir.path(),
        // At an address of a router that is not here.
        &[
            "doctor",
            "--json",
            "--listen",
            "127.0.0.1:0",
            "--relay",
            "0.0.0.0:0",
            "--advertise",
            "203.0.113.7",
        ],
    ));
    said.is_well();
    for check in ["call over UDP", "call over TCP"] {
        said.is_green(check, "both hear each other (-");
        said.is_green(check, "% lost");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "its database is elsewhere, and gone");
}

#[test]
fn without_tcp_there_is_one_call() {
    let dir = tempfile::tempdir().unwrap();
    let mut command =
        tring(dir.path(), &["doctor", "--json", "--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0"]);
    command.env("TRING__RELAY__TCP", "false");
    let said = Said::of(command);
    said.is_well();
    assert_eq!(said.lines("call over TCP", "green"), []);
    assert_eq!(said.lines("call over UDP", "green").len(), 1);
}

#[test]
fn a_relay_that_cannot_start_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let said = Said::of(tring(
        dir.path(),
        &["doctor", "--json", "--listen", "127.0.0.1:0", "--relay", "203.0.113.7:0"],
    ));
    said.is_red("own server", "the server does not start with this relay: ", "correct `relay.listen`");
}
