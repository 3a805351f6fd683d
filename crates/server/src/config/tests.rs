use super::*;

fn load(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tring.toml");
    std::fs::write(&path, file).unwrap();
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Config::load(&Layers {
        file: Some(path),
        environment: Some(environment.iter().map(owned).collect()),
        flags: flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
    })
    .map_err(|error| error.to_string())
}

#[test]
fn the_default_file_is_a_whole_configuration() {
    let config = load("", &[], &[]).unwrap();
    assert_eq!(config.drain, tring_protocol::limits::DRAIN);
    assert_eq!(config.http.listen, "127.0.0.1:7880".parse().unwrap());
    assert_eq!(config.relay.listen, ["127.0.0.1:7881".parse().unwrap()]);
    assert!(!config.demo);
}

/// The file that `deploy/README.md` begins with.
#[test]
fn the_example_for_production_is_accepted() {
    let config = load(include_str!("../../../../deploy/tring.toml"), &[], &[]).unwrap();
    assert_eq!(config.metrics.listen, "127.0.0.1:7882".parse().ok());
    assert_eq!(config.log_format, LogFormat::Json);
}

#[test]
fn flags_beat_the_environment_and_the_environment_beats_the_file() {
    let file = "data = \"of-the-file\"\ndrain = \"1m\"\n[http]\nlisten = \"127.0.0.1:1\"\n";
    let environment = [("TRING__DATA", "of-the-environment"), ("TRING__HTTP__LISTEN", "127.0.0.1:2")];
    let config = load(file, &environment, &[("http.listen", "127.0.0.1:3")]).unwrap();
    assert_eq!(config.drain, Millis::seconds(60));
    assert_eq!(config.data, Path::new("of-the-environment"));
    assert_eq!(config.http.listen.port(), 3);
}

#[test]
fn lists_are_written_as_toml_or_with_commas() {
    let two = ["127.0.0.1:1".parse().unwrap(), "[::1]:2".parse().unwrap()];
    let file = "[relay]\nlisten = [\"127.0.0.1:1\", \"[::1]:2\"]\n";
    assert_eq!(load(file, &[], &[]).unwrap().relay.listen, two);
    assert_eq!(load("", &[("TRING__RELAY__LISTEN", "127.0.0.1:1,[::1]:2")], &[]).unwrap().relay.listen, two);
    assert_eq!(load("", &[], &[("relay.listen", "127.0.0.1:1, [::1]:2")]).unwrap().relay.listen, two);
}

#[test]
fn text_of_the_environment_becomes_numbers_and_switches() {
    let config = load("", &[("TRING__DEMO", "true"), ("TRING__SIGN_IN__BURST", "7")], &[]).unwrap();
    assert!(config.demo);
    assert_eq!(config.sign_in.burst.get(), 7);
}

#[test]
fn what_is_wrong_is_refused_with_a_sentence_that_names_the_key() {
    for (file, sentence) in [
        ("dta = \"x\"", "`dta` is not a key of this version; at the top there are `data`, `database_url`"),
        ("[http]\nport = 1", "`http.port` is not a key of this version; in [http] there are `listen`"),
        ("[http]\nlisten = \"8080\"", "`http.listen` must be an IP address and a port such as"),
        ("[http]\nlisten = \"localhost:1\"", "`http.listen` must be an IP address and a port such as"),
        ("[relay]\nlisten = \"nowhere\"", "`relay.listen` must be an IP address and a port such as"),
        ("log_format = \"xml\"", "`log_format` must be text or json, not \"xml\""),
        ("[metrics]\nlisten = \"7882\"", "`metrics.listen` must be an IP address and a port such as"),
        ("[relay]\nlisten = []", "`relay.listen` must name at least one address and port"),
        ("[relay]\nlisten = 3", "`relay.listen` must be"),
        ("[relay]\nlisten = \"0.0.0.0:1\"", "`relay.advertise` must name the addresses that clients reach"),
        (
            "[relay]\nadvertise = [\"0.0.0.0\"]",
            "`relay.advertise` must name addresses that clients can reach",
        ),
        ("[relay]\nadvertise = [\"example.org\"]", "`relay.advertise` must be an IP address such as"),
        ("drain = \"soon\"", "`drain` must be a length of time such as 500ms, 30s, 5m or 1h, not \"soon\""),
        ("drain = \"99999999999999999999h\"", "`drain` must be a length of time"),
        ("demo = \"perhaps\"", "`demo` must be a boolean, not string \"perhaps\""),
        ("[sign_in]\nburst = 0", "`sign_in.burst` must be a whole number from 1 on, not \"0\""),
        ("[sign_in]\nburst = \"many\"", "`sign_in.burst` must be a whole number from 1 on, not \"many\""),
        ("[sign_in]\nburst = [1]", "`sign_in.burst` must be a whole number from 1 on"),
        ("[dashboard]\nsign_up = \"all\"", "`dashboard.sign_up` must be open, first or closed, not \"all\""),
        (
            "[dashboard]\npublic_url = \"calls.shop.example\"",
            "`dashboard.public_url` must be the origin of a web page",
        ),
        ("[mail]\nsmtp_url = \"smtp://localhost\"", "`mail.smtp_url` needs `mail.from`, the sender, and"),
        ("[api]\nper_minute = 0", "`api.per_minute` must be a whole number from 1 on, not \"0\""),
        ("[tls]\ncertificate = \"a.pem\"", "`tls.certificate` and `tls.key` need each other; give both"),
        ("[tls]\nredirect = \"127.0.0.1:80\"", "`tls.redirect` and `tls.hsts` need a certificate: "),
        ("[tls]\nhsts = \"1h\"", "`tls.redirect` and `tls.hsts` need a certificate: "),
        ("[tls]\nredirect = \"80\"", "`tls.redirect` must be an IP address and a port such as"),
        ("[acme]\nnames = [\"calls.shop.example\"]", "`acme.terms_agreed` must be true for a certificate"),
        (
            "[acme]\nnames = [\"*.shop.example\"]",
            "`acme.names` must be a host name such as calls.shop.example",
        ),
        ("[acme]\nnames = [\"192.0.2.1\"]", "`acme.names` must be a host name such as calls.shop.example"),
        ("[acme]\nnames = [\"localhost\"]", "`acme.names` must be a host name such as calls.shop.example"),
        ("[acme]\ndirectory = \"http://ca.example\"", "`acme.directory` must begin with https://"),
        (
            "[acme]\nnames = \"a.example\"\nterms_agreed = true\n[tls]\ncertificate = \"a\"\nkey = \"b\"",
            "`acme.names` and `tls.certificate` are both given",
        ),
        (
            "[traces]\nendpoint = \"127.0.0.1:4318\"",
            "`traces.endpoint` must be the http or https address of an",
        ),
        (
            "[traces]\nendpoint = \"grpc://a.example\"",
            "`traces.endpoint` must be the http or https address of an",
        ),
        ("[traces]\nendpoint = \"https://\"", "`traces.endpoint` must be the http or https address of an"),
        ("[traces]\nheaders = [\"x-key\"]", "`traces.headers` must be a list such as [\"name=value\", "),
        ("[traces]\nheaders = [\"a key=1\"]", "`traces.headers` has \"a key\", which no HTTP header can be"),
        ("[traces]\nresource = 3", "`traces.resource` must be a list such as"),
        ("[http]\n[sign_in", "tring.toml is not valid TOML: line 2, column 9: unclosed table"),
    ] {
        let refused = load(file, &[], &[]).expect_err(file);
        assert_eq!(refused.lines().count(), 1, "{refused}");
        assert!(refused.contains(sentence), "{file}\n  said: {refused}\n  not:  {sentence}");
    }
}

#[test]
fn an_unknown_variable_is_refused_too() {
    let refused = load("", &[("TRING__HTTP__LISTN", "127.0.0.1:1")], &[]).unwrap_err();
    assert!(refused.contains("`http.listn` is not a key of this version"), "{refused}");
}

#[test]
fn a_named_file_must_exist() {
    let layers = Layers { file: Some("nowhere/tring.toml".into()), ..Layers::default() };
    let refused = Config::load(&layers).unwrap_err().to_string();
    assert!(refused.contains("there is no file nowhere/tring.toml"), "{refused}");
}

#[test]
fn lengths_of_time_have_a_unit() {
    assert_eq!(value::parse_length("500ms"), Ok(Millis::new(500)));
    assert_eq!(value::parse_length(" 5 m "), Ok(Millis::seconds(300)));
    for bad in ["", "5", "s", "-5s", "5 days", "1.5h"] {
        assert!(value::parse_length(bad).unwrap_err().contains("such as 500ms"), "{bad}");
    }
}

#[test]
fn a_certificate_comes_from_files_or_from_an_authority_or_from_nowhere() {
    assert_eq!(load("", &[], &[]).unwrap().certificate(), None);
    let files = load("[tls]\ncertificate = \"a.pem\"\nkey = \"b.pem\"", &[], &[]).unwrap().certificate();
    assert_eq!(files, Some(Certificate::Files { certificate: "a.pem".into(), key: "b.pem".into() }));
    let environment = [("TRING__ACME__NAMES", "A.example,b.example"), ("TRING__ACME__TERMS_AGREED", "true")];
    match load("", &environment, &[]).unwrap().certificate() {
        Some(Certificate::Acme(acme)) => {
            assert_eq!(
                acme.names.iter().map(HostName::as_str).collect::<Vec<_>>(),
                ["a.example", "b.example"]
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn traces_go_to_the_path_of_the_protocol_behind_the_address_of_the_collector() {
    assert_eq!(load("", &[], &[]).unwrap().traces.endpoint, None, "off unless it is asked for");
    for (written, url) in [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("https://otlp.shop.example/otlp/", "https://otlp.shop.example/otlp/v1/traces"),
        ("http://[::1]:4318/v1/traces", "http://[::1]:4318/v1/traces"),
    ] {
        let traces = load("", &[("TRING__TRACES__ENDPOINT", written)], &[]).unwrap().traces;
        assert_eq!(traces.endpoint.unwrap().url().as_str(), url);
    }
}

#[test]
fn keys_of_a_collector_are_read_and_never_written() {
    let environment = [
        ("TRING__TRACES__ENDPOINT", "https://otlp.shop.example/north-wind"),
        ("TRING__TRACES__HEADERS", "authorization=Basic bm9ydGg=, x-team = blue"),
        ("TRING__TRACES__RESOURCE", "service.instance.id=calls-1"),
    ];
    let traces = load("", &environment, &[]).unwrap().traces;
    assert_eq!(traces.headers.map()["authorization"], "Basic bm9ydGg=");
    assert_eq!(traces.headers.map()["x-team"], "blue");
    assert_eq!(traces.resource, [("service.instance.id".to_owned(), "calls-1".to_owned())]);
    let written = format!("{traces:?}");
    assert!(!written.contains("bm9ydGg") && !written.contains("north-wind"), "{written}");
    for wrong in ["https://ops:north-wind@otlp.shop.example", "north-wind"] {
        let refused = load("", &[("TRING__TRACES__ENDPOINT", wrong)], &[]).unwrap_err();
        assert!(!refused.contains("north-wind"), "{refused}");
    }
}
