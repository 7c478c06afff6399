//! A client that talks to the server over a pipe in memory, and insists on having read all that the server said.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::panicking;
use std::time::Duration;

use marginalia::server::{Environment, serve};
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf, duplex, split,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a server may hang before the test gives up on it.
const HANGS: Duration = Duration::from_mins(1);

/// A client with a session of its own. End it with [`Client::finish`].
pub struct Client {
    input: WriteHalf<DuplexStream>,
    output: BufReader<ReadHalf<DuplexStream>>,
    /// Read but not asked for yet.
    inbox: VecDeque<Value>,
    next_id: i64,
    server: Option<JoinHandle<io::Result<bool>>>,
    folder: tempfile::TempDir,
    /// The answer to `initialize`.
    pub initialized: Value,
}

/// What the client says of itself.
pub struct Builder {
    capabilities: Value,
    options: Value,
    files: Vec<(String, String)>,
    folders: Vec<String>,
    name: String,
}

impl Builder {
    /// Capabilities to add, such as `{"window": {"showDocument": {"support": true}}}`.
    pub fn capable(mut self, capabilities: Value) -> Self {
        merge(&mut self.capabilities, capabilities);
        self
    }

    /// `initializationOptions`.
    pub fn options(mut self, options: Value) -> Self {
        self.options = options;
        self
    }

    /// What the client is called.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// A file of the workspace.
    pub fn file(mut self, name: &str, text: &str) -> Self {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// A folder of the workspace; without any, the workspace is one folder.
    pub fn folder(mut self, name: &str) -> Self {
        self.folders.push(name.to_owned());
        self
    }

    /// Starts a server and introduces itself.
    pub async fn start(self) -> Client {
        self.start_after(|_| ()).await
    }

    /// As [`Builder::start`], with something done to the workspace before the server is told of it.
    pub async fn start_after(self, prepare: impl FnOnce(&Client)) -> Client {
        let mut client = Client::connect();
        for (name, text) in &self.files {
            let path = client.path(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        prepare(&client);
        let folders = self.folders.iter().map(|name| json!({"uri": client.uri(name), "name": name}));
        let folders: Vec<_> = folders.collect();
        let params = json!({
            "workspaceFolders": if folders.is_empty() { Value::Null } else { Value::Array(folders) },
            "processId": null,
            "clientInfo": {"name": self.name},
            "rootUri": client.uri(""),
            "capabilities": self.capabilities,
            "initializationOptions": self.options,
        });
        client.initialized = client.request("initialize", params).await;
        client.notify("initialized", json!({})).await;
        client
    }
}

impl Client {
    /// A client that can do what current editors can, and has diagnostics published to it.
    pub fn builder() -> Builder {
        let capabilities = json!({
            "textDocument": {
                "hover": {"contentFormat": ["markdown", "plaintext"]},
                "publishDiagnostics": {"relatedInformation": true, "codeDescriptionSupport": true},
                "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}, "isPreferredSupport": true},
            },
            "workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}},
        });
        Builder { capabilities, options: Value::Null, files: Vec::new(), folders: Vec::new(), name: "tests".to_owned() }
    }

    /// Such a client, introduced.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A client that has not said anything yet.
    pub fn connect() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Small, so that a server that stops reading while it writes is found out.
        let (ours, theirs) = duplex(4096);
        let (output, input) = split(ours);
        let (their_input, their_output) = split(theirs);
        let environment = Environment { cache: Some(folder.path().join("cache")) };
        let server = tokio::spawn(serve(their_input, their_output, environment));
        Self {
            input,
            output: BufReader::new(output),
            inbox: VecDeque::new(),
            next_id: 1,
            server: Some(server),
            folder,
            initialized: Value::Null,
        }
    }

    /// Where a file of the workspace is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("workspace").join(name)
    }

    /// The folder for pages.
    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// The URI of a file of the workspace.
    pub fn uri(&self, name: &str) -> String {
        file_uri(&self.path(name))
    }

    /// Sends a message.
    pub async fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    }

    /// Sends bytes.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        timeout(HANGS, self.input.write_all(bytes)).await.expect("the server reads").unwrap();
    }

    /// Sends a notification.
    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({"method": method, "params": params})).await;
    }

    /// Sends a request; the answer is awaited with [`Client::answer`].
    pub async fn ask(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        let mut message = json!({"id": id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(message).await;
        id
    }

    /// The answer to a request: its result, or its error.
    pub async fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let mut message = self.take(|message| message["id"] == id && message["method"].is_null()).await;
        if message["error"].is_null() { Ok(message["result"].take()) } else { Err(message["error"].take()) }
    }

    /// Sends a request and awaits its result.
    pub async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        self.answer(id).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Sends a request and awaits the code of its error.
    pub async fn refused(&mut self, method: &str, params: Value) -> i64 {
        let id = self.ask(method, params).await;
        let error = self.answer(id).await.expect_err("an error");
        error["code"].as_i64().unwrap()
    }

    /// The code of the error that answers no request in particular.
    pub async fn error_without_request(&mut self) -> i64 {
        let message = self.take(|message| message["id"].is_null() && !message["error"].is_null()).await;
        message["error"]["code"].as_i64().unwrap()
    }

    /// The next answer to a request with this id, whatever it is: the whole message.
    pub async fn response(&mut self, id: &Value) -> Value {
        self.take(|message| message["id"] == *id && message["method"].is_null()).await
    }

    /// The next message, whatever it is.
    pub async fn message(&mut self) -> Value {
        self.take(|_| true).await
    }

    /// The parameters of the next notification of this method.
    pub async fn notification(&mut self, method: &str) -> Value {
        self.take(|message| message["method"] == method && message["id"].is_null()).await["params"].take()
    }

    /// The next request of the server of this method: its id and parameters.
    pub async fn server_request(&mut self, method: &str) -> (Value, Value) {
        let mut message = self.take(|message| message["method"] == method && !message["id"].is_null()).await;
        (message["id"].take(), message["params"].take())
    }

    /// Answers a request of the server.
    pub async fn reply(&mut self, id: Value, result: Value) {
        self.send(json!({"id": id, "result": result})).await;
    }

    /// Opens a Python document as version 1.
    pub async fn open(&mut self, uri: &str, text: &str) {
        self.open_as(uri, "python", text).await;
    }

    /// Opens a document as version 1.
    pub async fn open_as(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    }

    /// Opens a Python document and awaits its diagnostics.
    pub async fn open_checked(&mut self, uri: &str, text: &str) -> Vec<Value> {
        self.open(uri, text).await;
        self.diagnostics(uri, 1).await
    }

    /// Changes a document: ranges are line, column, line, column.
    pub async fn change(&mut self, uri: &str, version: i32, changes: &[([u32; 4], &str)]) {
        let change = |(at, text): &([u32; 4], &str)| json!({"range": range(*at), "text": text});
        let changes: Vec<_> = changes.iter().map(change).collect();
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes})).await;
    }

    /// Gives a document a new text.
    pub async fn replace(&mut self, uri: &str, version: i32, text: &str) {
        let params = json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]});
        self.notify("textDocument/didChange", params).await;
    }

    /// Ends what the client sends.
    pub async fn hang_up(&mut self) {
        self.input.shutdown().await.unwrap();
    }

    /// Closes a document.
    pub async fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
    }

    /// The diagnostics published for a version. Those of earlier versions, of which any may be left out, are passed over.
    pub async fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        loop {
            let mut published = self.notification("textDocument/publishDiagnostics").await;
            assert_eq!(published["uri"], uri, "spelled as the client spells it");
            let of = published["version"].as_i64().expect("a version");
            assert!(of <= i64::from(version), "{published}");
            if of == i64::from(version) {
                let Value::Array(diagnostics) = published["diagnostics"].take() else { panic!("{published}") };
                return diagnostics;
            }
        }
    }

    /// What a hover says.
    pub async fn hover(&mut self, uri: &str, line: u32, character: u32) -> Value {
        let position = json!({"line": line, "character": character});
        self.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": position})).await
    }

    /// The code actions offered at a range, with these diagnostics and kinds asked for.
    pub async fn actions(&mut self, uri: &str, at: [u32; 4], diagnostics: &[Value], only: Option<&str>) -> Vec<Value> {
        let mut context = json!({"diagnostics": diagnostics});
        if let Some(only) = only {
            context["only"] = json!([only]);
        }
        let params = json!({"textDocument": {"uri": uri}, "range": range(at), "context": context});
        match self.request("textDocument/codeAction", params).await {
            Value::Array(actions) => actions,
            other => panic!("{other}"),
        }
    }

    /// Ends the session as editors do. Fails when the server has said something that was not read.
    pub async fn finish(mut self) {
        self.request("shutdown", Value::Null).await;
        assert!(self.inbox.is_empty(), "not read: {:#?}", self.inbox);
        self.send(json!({"method": "exit"})).await;
        assert!(self.ended().await, "the server knows that it was shut down");
    }

    /// Awaits the end of the server; whether it was shut down before.
    pub async fn ended(&mut self) -> bool {
        let server = self.server.take().expect("the server ends once");
        timeout(HANGS, server).await.expect("the server ends").expect("the server does not panic").unwrap()
    }

    /// The next message that fits; others wait.
    async fn take(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.inbox.iter().position(&fits) {
            return self.inbox.remove(at).unwrap();
        }
        loop {
            let message = timeout(HANGS, self.receive()).await;
            let message = message.unwrap_or_else(|_| panic!("the server is silent; it had said {:#?}", self.inbox));
            if fits(&message) {
                return message;
            }
            self.inbox.push_back(message);
        }
    }

    async fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).await.unwrap();
            assert_ne!(read, 0, "the server has ended; it had said {:#?}", self.inbox);
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        assert!(self.server.is_none() || panicking(), "the client was not finished");
    }
}

/// A range: line, column, line, column.
pub fn range([start_line, start, end_line, end]: [u32; 4]) -> Value {
    json!({"start": {"line": start_line, "character": start}, "end": {"line": end_line, "character": end}})
}

/// The URI of a path, which has no odd letters in tests.
pub fn file_uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The titles of code actions, in order.
pub fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}
