use std::io::{Read, Write};
use std::net::TcpListener;

use super::{Said, WELL, examined};

/// What is said of a configuration with this endpoint.
fn with_collector(endpoint: &str) -> Said {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tring.toml"), format!("[traces]\nendpoint = \"{endpoint}\"\n")).unwrap();
    examined(dir.path(), &WELL)
}

/// Answers one request.
fn answering(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        let head = String::from_utf8(request).unwrap();
        assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.expect("servers want the length").parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    endpoint
}

#[test]
fn a_collector_is_green_where_it_takes_traces_and_red_where_it_does_not() {
    let well = with_collector(&answering("200 OK"));
    well.is_green("traces", "the collector takes traces");
    well.is_well();
    let refused = with_collector(&answering("401 Unauthorized"));
    refused.is_red("traces", "does not take traces: it answers with the status 401", "`traces.headers`");
    let nobody = with_collector("http://127.0.0.1:1");
    nobody.is_red("traces", "the collector does not take traces: ", "`traces.endpoint`");
    let dir = tempfile::tempdir().unwrap();
    let without = examined(dir.path(), &WELL);
    assert_eq!((without.lines("traces", "green"), without.lines("traces", "red")), (vec![], vec![]));
}
