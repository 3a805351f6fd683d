use super::{WELL, configured, examined, tring};

#[test]
fn a_configuration_that_does_not_load_is_red_and_the_rest_is_yellow() {
    let dir = tempfile::tempdir().unwrap();
    let said = configured(dir.path(), "[http]\nlisen = \"127.0.0.1:0\"\n");
    said.is_red(
        "configuration",
        "`http.lisen` is not a key of this version",
        "`tring config` prints every key",
    );
    assert_eq!(said.lines("everything else", "yellow").len(), 1);
}

#[test]
fn a_server_for_this_machine_alone_is_well_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let said = examined(dir.path(), &WELL);
    said.is_well();
    said.is_green("configuration", "fits together");
    said.is_green("data directory", "the first start makes it");
    assert_eq!(said.lines("calls", "yellow")[0].1, "leave it away");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn people_read_a_line_for_each_check_and_what_to_do_below_it() {
    let dir = tempfile::tempdir().unwrap();
    let output = tring(
        dir.path(),
        &["doctor", "--no-calls", "--demo", "--listen", "0.0.0.0:0", "--relay", "127.0.0.1:0"],
    )
    .output()
    .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("red     configuration    `demo` is on"), "{text}");
    assert!(lines[1].trim_start().starts_with("→ leave `demo` off"), "{text}");
    assert!(lines.last().unwrap().contains(" red, "), "{text}");
    assert!(!text.contains('\x1b'), "colours are for terminals");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("of the checks are red"));
}

#[test]
fn a_public_server_without_https_and_with_its_audio_at_home_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let said = configured(
        dir.path(),
        "demo = true\n[http]\nlisten = \"0.0.0.0:0\"\n[relay]\nlisten = [\"127.0.0.1:0\"]\n\
         [dashboard]\nsign_up = \"open\"\n[outbound]\nallow_private = true\n",
    );
    let check = "configuration";
    said.is_red(check, "`demo` is on", "leave `demo` off");
    said.is_red(check, "`dashboard.sign_up` is open", "set it to \"first\"");
    said.is_red(check, "`outbound.allow_private` lets strangers", "switch it off");
    said.is_red(check, "without a certificate", "`acme.names`");
    said.is_red(check, "told to send their audio to their own machine", "`relay.advertise`");
    said.is_red(check, "`relay.listen` has port 0", "name a port");
}

#[test]
fn a_name_that_nothing_leads_to_is_red_and_a_proxy_needs_one() {
    let dir = tempfile::tempdir().unwrap();
    let check = "configuration";
    let said = configured(dir.path(), "[dashboard]\npublic_url = \"http://192.0.2.1\"\n");
    said.is_red(
        check,
        "`dashboard.public_url` is for everybody, but `http.listen` is 127.0.0.1",
        "`http.behind_proxy`",
    );
    said.is_red(check, "browsers give no microphone to pages without https", "make it https");
    let said = configured(dir.path(), "[http]\nbehind_proxy = true\n");
    said.is_red(check, "does not say what the proxy is called", "what people type");
}

#[test]
fn addresses_that_exclude_each_other_are_red() {
    let dir = tempfile::tempdir().unwrap();
    let said = configured(
        dir.path(),
        "[http]\nlisten = \"127.0.0.1:47880\"\n[metrics]\nlisten = \"0.0.0.0:47880\"\n\
         [relay]\nlisten = [\"127.0.0.1:47881\"]\nadvertise = [\"127.0.0.1\", \"2001:db8::7\"]\n",
    );
    let check = "configuration";
    said.is_red(check, "`http.listen` and `metrics.listen` are both at port 47880", "a port of its own");
    said.is_red(check, "everybody can read how busy you are", "127.0.0.1");
    said.is_red(check, "names 2001:db8::7, but `relay.listen` has no IPv6 address", "add [::]");
}

#[test]
fn a_name_that_the_authority_is_not_asked_for_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let said = configured(
        dir.path(),
        "[acme]\nnames = [\"www.shop.example\"]\nterms_agreed = true\ndirectory = \"https://127.0.0.1:9/directory\"\n\
         [dashboard]\npublic_url = \"https://calls.shop.example\"\n",
    );
    said.is_red("configuration", "for which `acme.names` gets no certificate", "add \"calls.shop.example\"");
    said.is_red("authority", "https://127.0.0.1:9/directory cannot be used", "over https");
    assert!(said.lines("authority", "yellow")[0].0.contains("port 443"));
    assert!(said.lines("certificate", "yellow")[0].0.contains("there is none yet"));
}
