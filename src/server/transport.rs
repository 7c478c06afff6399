//! The stream of messages between client and server.
//!
//! Messages are answered in the order they arrive as far as the first await of their handlers: a handler that changes
//! state before it awaits anything sees the client's order. What is not answered by then goes on in the background, so
//! that no slow request holds up the next message.
//!
//! A client that does not read what it is told, or asks faster than can be answered, is not listened to until it has
//! caught up: nothing grows without bound, and nothing is lost.
//!
//! `tower_lsp::Server` is not used because it stops at the first message that is not well-formed.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::{FutureExt, SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::Service;
use tower_lsp::ClientSocket;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

use super::spelling::Spellings;

/// How long requests under way may take after the input ended, and how long the client may take to read the last answers.
const GRACE: Duration = Duration::from_secs(2);

/// A message may be this long, in bytes; a longer one is skipped.
const MAX_MESSAGE: u64 = 512 * 1024 * 1024;

/// A header line may be this long, in bytes; a longer one is read as several.
const MAX_HEADER: u64 = 64 * 1024;

/// While more bytes than this wait for the client to read them, the server does not read either.
const MAX_UNREAD: usize = 64 * 1024 * 1024;

/// While this many requests are under way, no further one is read: each holds on to its version of the text.
const MAX_UNDER_WAY: usize = 32;

/// A message of either direction.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Message {
    Response(Response),
    Request(Request),
}

/// Reads, answers and writes messages until `exit` or the end of the input.
pub(super) async fn serve<I, O, S>(input: I, output: O, mut service: S, socket: ClientSocket)
where
    I: AsyncRead + Unpin,
    O: AsyncWrite + Unpin + Send + 'static,
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + Unpin + 'static,
    S::Error: Send,
{
    let spellings = Arc::new(Spellings::default());
    let (outbox, outgoing) = Outbox::new(Arc::clone(&spellings));
    let mut writer = tokio::spawn(write(output, outgoing, Arc::clone(&outbox.unread)));
    let (requests, mut responses) = socket.split();
    let forwarder = tokio::spawn(forward(requests, outbox.clone()));
    let mut under_way = JoinSet::new();
    let mut input = FrameReader::new(input);

    loop {
        outbox.room().await;
        while under_way.try_join_next().is_some() {}
        // None of these waits for the client: see the invariants of the server.
        while under_way.len() >= MAX_UNDER_WAY {
            under_way.join_next().await;
        }
        let Some(frame) = input.next().await else { break };
        match frame {
            Frame::Message(Message::Request(request)) => {
                if poll_fn(|context| service.poll_ready(context)).await.is_err() {
                    break;
                }
                let exits = request.method() == "exit";
                let mut answer = service.call(tolerated(request, &spellings));
                match poll_fn(|context| Poll::Ready(answer.poll_unpin(context))).await {
                    Poll::Ready(answer) => send(&outbox, answer),
                    Poll::Pending => {
                        let outbox = outbox.clone();
                        under_way.spawn(async move { send(&outbox, answer.await) });
                    }
                }
                if exits {
                    break;
                }
            }
            // The sink refuses only after `exit`.
            Frame::Message(Message::Response(response)) => drop(responses.send(response).await),
            Frame::Malformed(id, error) => {
                tracing::warn!("malformed message: {}", error.message);
                outbox.put(&Message::Response(Response::from_error(id, error)));
            }
        }
    }

    let _late = timeout(GRACE, async { while under_way.join_next().await.is_some() {} }).await;
    under_way.abort_all();
    forwarder.abort();
    drop(outbox);
    if timeout(GRACE, &mut writer).await.is_err() {
        writer.abort();
    }
}

fn send<E>(outbox: &Outbox, answer: Result<Option<Response>, E>) {
    if let Ok(Some(response)) = answer {
        outbox.put(&Message::Response(response));
    }
}

/// Passes on what the server asks or tells the client.
async fn forward<R>(mut requests: R, outbox: Outbox)
where
    R: futures::Stream<Item = Request> + Unpin,
{
    while let Some(request) = requests.next().await {
        outbox.room().await;
        outbox.put(&Message::Request(request));
    }
}

/// Where messages to the client are put until they are written.
#[derive(Clone)]
struct Outbox {
    queue: UnboundedSender<Vec<u8>>,
    /// How many bytes are in the queue; 0 for good when the client is gone.
    unread: Arc<watch::Sender<usize>>,
    spellings: Arc<Spellings>,
}

impl Outbox {
    /// An empty one, and what comes out of it.
    fn new(spellings: Arc<Spellings>) -> (Self, UnboundedReceiver<Vec<u8>>) {
        let (queue, outgoing) = mpsc::unbounded_channel();
        (Self { queue, unread: Arc::new(watch::Sender::new(0)), spellings }, outgoing)
    }

    /// Adds a message. It is lost when the client stopped reading for good, which ends the session by itself.
    fn put(&self, message: &Message) {
        let Some(message) = encode(message, &self.spellings) else { return };
        let length = message.len();
        self.unread.send_modify(|unread| *unread += length);
        if self.queue.send(message).is_err() {
            self.unread.send_modify(|unread| *unread = unread.saturating_sub(length));
        }
    }

    /// Waits until the client has read enough for more to be said.
    async fn room(&self) {
        if *self.unread.borrow() > MAX_UNREAD {
            let mut unread = self.unread.subscribe();
            // The sender lives as long as this.
            drop(unread.wait_for(|unread| *unread <= MAX_UNREAD).await);
        }
    }
}

/// Writes messages until all senders are gone or the client stops reading.
async fn write<O: AsyncWrite + Unpin>(
    mut output: O,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
    unread: Arc<watch::Sender<usize>>,
) {
    while let Some(mut buffer) = outgoing.recv().await {
        // One system call for what is ready together.
        while buffer.len() < 64 * 1024
            && let Ok(message) = outgoing.try_recv()
        {
            buffer.extend_from_slice(&message);
        }
        if output.write_all(&buffer).await.is_err() || output.flush().await.is_err() {
            break;
        }
        unread.send_modify(|unread| *unread = unread.saturating_sub(buffer.len()));
    }
    // The last answers are to be written before the process ends.
    let _gone = output.shutdown().await;
    // Nobody waits for a client that is gone.
    outgoing.close();
    unread.send_replace(0);
}

/// A message with its header.
fn encode(message: &Message, spellings: &Spellings) -> Option<Vec<u8>> {
    let body = if spellings.is_empty() {
        serde_json::to_vec(message)
    } else {
        let restored = serde_json::to_value(message).map(|mut message| {
            spellings.restore(&mut message);
            message
        });
        restored.and_then(|message| serde_json::to_vec(&message))
    };
    match body {
        Ok(body) => {
            let mut framed = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
            framed.extend_from_slice(&body);
            Some(framed)
        }
        Err(error) => {
            tracing::error!("message cannot be written: {error}");
            None
        }
    }
}

/// What arrived.
#[derive(Debug)]
enum Frame {
    Message(Message),
    /// The request it answers where that can be told, and what is wrong.
    Malformed(Id, Error),
}

/// Cuts the input into messages, and finds the next one after anything that is none.
struct FrameReader<R> {
    input: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(64 * 1024, input), line: Vec::new() }
    }

    /// The next message; `None` at the end of the input, also when it is cut off in the middle of a message.
    async fn next(&mut self) -> Option<Frame> {
        let Some(length) = self.header().await? else {
            return Some(Frame::Malformed(Id::Null, fault("no valid Content-Length header")));
        };
        if length > MAX_MESSAGE {
            let mut body = (&mut self.input).take(length);
            tokio::io::copy(&mut body, &mut tokio::io::sink()).await.ok()?;
            return Some(Frame::Malformed(Id::Null, fault("message too long")));
        }
        let mut body = Vec::new();
        (&mut self.input).take(length).read_to_end(&mut body).await.ok()?;
        if (body.len() as u64) < length {
            return None;
        }
        Some(decode(&body))
    }

    /// Reads up to the blank line before a body, and returns the body's length; `Some(None)` when no header said it.
    async fn header(&mut self) -> Option<Option<u64>> {
        let mut length = None;
        let mut seen = false;
        loop {
            self.line.clear();
            (&mut self.input).take(MAX_HEADER).read_until(b'\n', &mut self.line).await.ok()?;
            if self.line.is_empty() {
                return None;
            }
            let line = self.line.trim_ascii();
            if !line.is_empty() {
                seen = true;
                length = content_length(line).or(length);
            } else if seen {
                return Some(length);
            }
        }
    }
}

/// The value of a Content-Length header. It may stand behind the rest of a message that could not be read.
fn content_length(line: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"content-length:";
    let at = line.windows(NAME.len()).rposition(|window| window.eq_ignore_ascii_case(NAME))?;
    std::str::from_utf8(&line[at + NAME.len()..]).ok()?.trim().parse().ok()
}

fn decode(body: &[u8]) -> Frame {
    let first = match serde_json::from_slice(body) {
        Ok(message) => return Frame::Message(message),
        Err(error) => error,
    };
    // JavaScript strings can hold half a character; JSON cannot. The message is worth more than the half.
    let repaired = replace_lone_surrogates(&String::from_utf8_lossy(body));
    if let Ok(message) = serde_json::from_str(&repaired) {
        return Frame::Message(message);
    }
    match serde_json::from_str::<serde_json::Value>(&repaired) {
        Ok(value) => {
            let id = value.get("id").and_then(|id| serde_json::from_value(id.clone()).ok()).unwrap_or_default();
            Frame::Malformed(id, Error::invalid_request())
        }
        Err(_) => Frame::Malformed(Id::Null, fault(&first.to_string())),
    }
}

/// Makes allowances for clients: odd URIs, and empty parameters of `shutdown` and `exit`, which have none.
fn tolerated(request: Request, spellings: &Spellings) -> Request {
    let (method, id, params) = request.into_parts();
    let without = matches!(&*method, "shutdown" | "exit");
    let mut tolerated = Request::build(method);
    if let Some(mut params) = params.filter(|_| !without) {
        spellings.correct(&mut params);
        tolerated = tolerated.params(params);
    }
    if let Some(id) = id {
        tolerated = tolerated.id(id);
    }
    tolerated.finish()
}

fn fault(message: &str) -> Error {
    Error { message: message.to_owned().into(), ..Error::parse_error() }
}

/// Replaces `\ud83d` without its other half, and the other way round, by U+FFFD, which is as long in UTF-16.
fn replace_lone_surrogates(json: &str) -> String {
    let mut repaired = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        repaired.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match escaped_unit(rest) {
            Some(0xD800..=0xDBFF) if matches!(rest.get(6..).and_then(escaped_unit), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                repaired.push('\u{fffd}');
                rest = &rest[6..];
                continue;
            }
            Some(_) => 6,
            // Any other escape: the backslash and the character after it.
            None => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        repaired.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    repaired.push_str(rest);
    repaired
}

/// The code unit of a `\uXXXX` at the start of a text.
fn escaped_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn frames(bytes: &[u8]) -> Vec<String> {
        let mut reader = FrameReader::new(bytes);
        let mut seen = Vec::new();
        while let Some(frame) = reader.next().await {
            seen.push(match frame {
                Frame::Message(Message::Request(request)) => request.method().to_owned(),
                Frame::Message(Message::Response(response)) => format!("response {}", response.id()),
                Frame::Malformed(id, error) => format!("malformed {id} {}", error.code),
            });
        }
        seen
    }

    fn message(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    fn ping() -> String {
        message(r#"{"jsonrpc":"2.0","method":"ping"}"#)
    }

    #[tokio::test]
    async fn messages_follow_one_another() {
        let response = message(r#"{"jsonrpc":"2.0","id":3,"result":null}"#);
        assert_eq!(frames(format!("{}{response}{}", ping(), ping()).as_bytes()).await, ["ping", "response 3", "ping"]);
    }

    #[tokio::test]
    async fn headers_come_in_many_spellings() {
        let body = r#"{"jsonrpc":"2.0","method":"ping"}"#;
        let long = body.len();
        for header in [
            format!("content-length:{long}\r\n\r\n"),
            format!("Content-Length: {long}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n"),
            format!("X-Other: 1\nContent-Length: {long}\n\n"),
            format!("\r\n\r\nContent-Length: {long}\r\n\r\n"),
        ] {
            assert_eq!(frames(format!("{header}{body}").as_bytes()).await, ["ping"], "{header:?}");
        }
    }

    #[tokio::test]
    async fn the_message_after_a_malformed_one_is_read() {
        let parse_error = "malformed null -32700";
        for (garbage, expected) in [
            ("Content-Length: many\r\n\r\n{\"jsonrpc\":\"2.0\"}".to_owned(), parse_error),
            ("Content-Length: -5\r\n\r\n".to_owned(), parse_error),
            ("nonsense\r\n\r\n".to_owned(), parse_error),
            (message("{\"jsonrpc\":"), parse_error),
            (message("\u{0}"), parse_error),
            (message(&"[".repeat(10_000)), parse_error),
            (message("[]"), "malformed null -32600"),
            (message(r#"{"jsonrpc":"1.0","id":9,"method":"ping"}"#), "malformed 9 -32600"),
            (message(r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#), "malformed null -32600"),
        ] {
            assert_eq!(frames(format!("{garbage}{}", ping()).as_bytes()).await, [expected, "ping"], "{garbage:.40}");
        }
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_do_not_lose_the_message() {
        let mut bytes = message(r#"{"jsonrpc":"2.0","method":"p?ng"}"#).into_bytes();
        let at = bytes.iter().position(|&byte| byte == b'?').unwrap();
        bytes[at] = 0xff;
        assert_eq!(frames(&bytes).await, ["p\u{fffd}ng"]);
    }

    #[tokio::test]
    async fn input_cut_off_anywhere_just_ends() {
        let bytes = ping().into_bytes();
        for end in 0..bytes.len() {
            assert!(frames(&bytes[..end]).await.is_empty(), "{end}");
        }
    }

    #[test]
    fn half_characters_become_the_replacement_character() {
        for (json, repaired) in [
            (r#""a\ud83db""#, "a\u{fffd}b"),
            (r#""\ude00""#, "\u{fffd}"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d""#, "\\ud83d"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\u00e9""#, "é"),
        ] {
            let text: String = serde_json::from_str(&replace_lone_surrogates(json)).unwrap();
            assert_eq!(text, repaired, "{json}");
        }
    }
}
