use super::{Said, WELL, WRONG_CLOCK, examined, path_with, tring, under};

#[test]
fn a_low_limit_of_open_files_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = [&["doctor", "--json", "--no-calls", "--devices", "1000"], &WELL[..]].concat();
    let said = Said::of(under(&["prlimit", "--nofile=256:256"], dir.path(), &arguments));
    // 1,000 devices, 50 calls with two legs over TCP, and 100 of its own.
    said.is_red(
        "open files",
        "256 may be open at once, and 1000 devices and 50 calls need 1200",
        "`LimitNOFILE=2048`",
    );
}

#[test]
fn more_calls_and_devices_than_the_machine_can_carry_are_red() {
    let dir = tempfile::tempdir().unwrap();
    let crowd = ["--calls", "1000000", "--devices", "100000000"];
    let said = examined(dir.path(), &[&crowd, &WELL[..]].concat());
    said.is_red("memory", "100000000 devices and 1000000 calls need", "give the machine more");
    said.is_red("open files", "need 102000100", "`ulimit -n`");
}

#[test]
fn a_clock_that_follows_nobody_is_red_and_one_that_does_green() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = [&["doctor", "--json", "--no-calls"], &WELL[..]].concat();
    let mut command = tring(dir.path(), &arguments);
    command.env("PATH", path_with(&WRONG_CLOCK));
    Said::of(command).is_red("clock", "it follows no time server", "install and start an NTP client");
    Said::of(tring(dir.path(), &arguments)).is_green("clock", "it follows a time server");
}

#[test]
fn a_clock_of_which_nobody_tells_is_not_green() {
    let dir = tempfile::tempdir().unwrap();
    // Without programs to ask, and without an authority.
    let mut command = tring(dir.path(), &[&["doctor", "--json", "--no-calls"], &WELL[..]].concat());
    command.env("PATH", dir.path());
    let said = Said::of(command);
    assert!(said.lines("clock", "yellow")[0].0.starts_with("nobody says whether it is right"));
    said.is_well();
}
