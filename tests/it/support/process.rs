//! The real program as a server on real pipes.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::{Value, json};

use super::program::binary;

/// A running server. It is killed when it is dropped.
pub struct Server {
    pub child: Child,
    pub input: Option<ChildStdin>,
    pub output: Option<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts a server that keeps its pages below `cache`, and introduces a client that can show pages.
    pub fn start(cache: &Path) -> Self {
        Self::start_as(cache, &json!({"capabilities": {"window": {"showDocument": {"support": true}}}}))
    }

    /// Starts a server that keeps its pages below `cache`, and introduces a client with these words.
    pub fn start_as(cache: &Path, introduction: &Value) -> Self {
        let mut child = binary()
            .arg("server")
            .env("XDG_CACHE_HOME", cache)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let output = child.stdout.take().map(BufReader::new);
        let mut server = Self { child, input, output };
        server.ask(0, "initialize", introduction).unwrap();
        assert_eq!(server.receive().unwrap()["id"], 0);
        server.tell("initialized", &json!({})).unwrap();
        server
    }

    /// Sends a request.
    pub fn ask(&mut self, id: usize, method: &str, params: &Value) -> io::Result<()> {
        send(self.input.as_mut().unwrap(), &request(id, method, params))
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: &Value) -> io::Result<()> {
        let message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        send(self.input.as_mut().unwrap(), &message)
    }

    /// The next message; an error at the end.
    pub fn receive(&mut self) -> io::Result<Value> {
        receive(self.output.as_mut().unwrap())
    }

    /// What the server says from now on, which a thread of its own reads: it can be waited for with a limit.
    pub fn inbox(&mut self) -> Receiver<Value> {
        let (sender, inbox) = channel();
        let mut output = self.output.take().unwrap();
        thread::spawn(move || {
            while let Ok(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        inbox
    }

    /// The answer to a request; what else is said is passed over.
    pub fn answer(&mut self, id: usize) -> Value {
        loop {
            let message = self.receive().unwrap();
            if message["id"] == id && message["method"].is_null() {
                return message;
            }
        }
    }

    /// Opens a Python document.
    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "python", "version": 1, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document})).unwrap();
    }

    /// How much memory the process has in use, in bytes; `None` where the system does not say.
    pub fn memory(&self) -> Option<u64> {
        self.status("VmRSS:")
    }

    /// How much of it is no part of any file, in bytes.
    pub fn anonymous_memory(&self) -> Option<u64> {
        self.status("RssAnon:")
    }

    fn status(&self, what: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(what))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    }

    /// Ends the session as editors do. The exit status.
    pub fn finish(mut self) -> i32 {
        let id = usize::MAX >> 12;
        self.ask(id, "shutdown", &Value::Null).unwrap();
        self.answer(id);
        self.tell("exit", &Value::Null).unwrap();
        self.child.wait().unwrap().code().expect("it was not killed")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has mostly ended by itself.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// A request.
pub fn request(id: usize, method: &str, params: &Value) -> Value {
    let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
    if !params.is_null() {
        message["params"] = params.clone();
    }
    message
}

/// Writes a message.
pub fn send(input: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    input.flush()
}

/// Reads a message.
pub fn receive(output: &mut impl BufRead) -> io::Result<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}
