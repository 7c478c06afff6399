//! A client of the real program that has many requests under way at once, and knows what each was about.

use std::collections::HashMap;
use std::fmt::Debug;
use std::process::ChildStdin;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use serde_json::{Value, json};

use super::process::{Server, request, send};

/// How long a server may be silent before it counts as hung. No measure of speed.
const HANGS: Duration = Duration::from_mins(3);

/// A request that is not answered yet.
struct Pending<T> {
    method: &'static str,
    about: T,
    cancelled: bool,
    /// The answer is wanted.
    kept: bool,
}

/// A server, and what it has been asked. `T` is what the client remembers of a request.
pub struct Asking<T> {
    server: Server,
    input: ChildStdin,
    inbox: Receiver<Value>,
    next_id: usize,
    pending: HashMap<usize, Pending<T>>,
    answers: HashMap<usize, Value>,
    /// How many answers there were.
    pub answered: usize,
}

impl<T: Debug> Asking<T> {
    pub fn new(mut server: Server) -> Self {
        let (inbox, input) = (server.inbox(), server.input.take().unwrap());
        let (pending, answers) = (HashMap::new(), HashMap::new());
        Self { server, input, inbox, next_id: 1, pending, answers, answered: 0 }
    }

    pub fn tell(&mut self, method: &str, params: &Value) {
        send(&mut self.input, &json!({"jsonrpc": "2.0", "method": method, "params": params})).unwrap();
    }

    pub fn ask(&mut self, method: &'static str, params: &Value, about: T, kept: bool) -> usize {
        self.next_id += 1;
        send(&mut self.input, &request(self.next_id, method, params)).unwrap();
        self.pending.insert(self.next_id, Pending { method, about, cancelled: false, kept });
        self.next_id
    }

    pub fn cancel(&mut self, id: usize) {
        self.pending.get_mut(&id).unwrap().cancelled = true;
        self.tell("$/cancelRequest", &json!({"id": id}));
    }

    /// The requests that are not answered yet, in order.
    pub fn open(&self) -> Vec<usize> {
        let mut open: Vec<_> = self.pending.keys().copied().collect();
        open.sort_unstable();
        open
    }

    pub fn is_answered(&self, id: usize) -> bool {
        !self.pending.contains_key(&id)
    }

    pub fn all_answered(&self) -> bool {
        self.pending.is_empty()
    }

    /// The next message; what is not answered when the server has ended or hangs.
    pub fn next(&mut self) -> Result<Value, Vec<&'static str>> {
        self.inbox.recv_timeout(HANGS).map_err(|_| self.pending.values().map(|pending| pending.method).collect())
    }

    /// Takes an answer in: what its request was about. `None` for a notification of no consequence; nothing else may come.
    pub fn hear(&mut self, message: &Value) -> Option<T> {
        if !message["method"].is_null() {
            assert!(message["id"].is_null(), "{message}");
            assert_ne!(message["method"], "window/showMessage", "{message}");
            return None;
        }
        let id = message["id"].as_u64().unwrap_or_else(|| panic!("{message}")) as usize;
        let pending = self.pending.remove(&id).unwrap_or_else(|| panic!("answered twice: {message}"));
        self.answered += 1;
        if !message["error"].is_null() {
            let expected = pending.cancelled && message["error"]["code"] == -32800;
            assert!(expected, "{}: {message} of {:?}", pending.method, pending.about);
        }
        if pending.kept {
            self.answers.insert(id, message["result"].clone());
        }
        Some(pending.about)
    }

    /// A kept answer, without its number for the version, which says nothing else.
    pub fn answer(&mut self, id: usize) -> Value {
        let mut answer = self.answers.remove(&id).unwrap();
        if let Some(fields) = answer.as_object_mut() {
            fields.remove("resultId");
        }
        answer
    }

    /// Ends the server, which has been shut down.
    pub fn exit(mut self) {
        self.tell("exit", &Value::Null);
        assert_eq!(self.server.child.wait().unwrap().code(), Some(0));
    }
}
