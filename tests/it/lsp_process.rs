//! The real program on real pipes: how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};

use serde_json::{Value, json};

use crate::support::program::binary;

/// A running server.
struct Server {
    child: Child,
    input: Option<ChildStdin>,
}

impl Server {
    fn start() -> Self {
        let mut child =
            binary().arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        let mut server = Self { child, input };
        server.send(&json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}));
        assert_eq!(server.receive()["id"], 1);
        server.send(&json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}));
        server
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        input.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut output = BufReader::with_capacity(1, self.child.stdout.as_mut().unwrap());
        let mut header = String::new();
        output.read_line(&mut header).unwrap();
        let length = header.trim().strip_prefix("Content-Length: ").unwrap_or_else(|| panic!("{header:?}"));
        let mut body = vec![0; length.parse().unwrap()];
        output.read_line(&mut header).unwrap();
        output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn shut_down(&mut self) {
        self.send(&json!({"jsonrpc": "2.0", "id": 2, "method": "shutdown"}));
        assert_eq!(self.receive()["id"], 2);
    }

    fn exit(&mut self) {
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"}));
    }

    /// The exit status, when the process has ended by itself.
    fn status(mut self) -> i32 {
        // Standard input stays open for as long as `self.input` is there.
        self.child.wait().unwrap().code().expect("it was not killed")
    }
}

#[test]
fn exit_ends_the_process_while_standard_input_stays_open() {
    let mut server = Server::start();
    server.shut_down();
    server.exit();
    let input = server.input.take();
    assert_eq!(server.status(), 0);
    drop(input);
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    let mut server = Server::start();
    server.exit();
    let input = server.input.take();
    assert_eq!(server.status(), 1);
    drop(input);
}

#[test]
fn the_end_of_standard_input_ends_the_process() {
    let mut server = Server::start();
    drop(server.input.take());
    assert_eq!(server.status(), 1);

    let mut server = Server::start();
    server.shut_down();
    drop(server.input.take());
    assert_eq!(server.status(), 0);
}

#[test]
fn a_client_that_stops_reading_does_not_keep_the_process() {
    let mut server = Server::start();
    drop(server.child.stdout.take());
    server.send(&json!({"jsonrpc": "2.0", "id": 2, "method": "shutdown"}));
    server.exit();
    assert_eq!(server.status(), 0);
}

#[test]
fn the_log_goes_where_settings_say_and_never_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("marginalia.log");
    let mut server = Server::start();
    let settings = json!({"log": {"level": "debug", "file": log}});
    server.send(&json!({
        "jsonrpc": "2.0",
        "method": "workspace/didChangeConfiguration",
        "params": {"settings": settings},
    }));
    // Every message is about a document that is not open, which is worth a line in the log.
    let close = json!({"textDocument": {"uri": "file:///nowhere.py"}});
    while !std::fs::read_to_string(&log).is_ok_and(|text| text.contains("nowhere.py")) {
        server.send(&json!({"jsonrpc": "2.0", "method": "textDocument/didClose", "params": close}));
    }
    server.shut_down();
    server.exit();
    let mut rest = String::new();
    server.child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert_eq!(server.status(), 0);
}
