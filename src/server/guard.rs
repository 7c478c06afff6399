//! A panic in a handler answers with an internal error instead of ending the server.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::{self, BoxFuture};
use tower::Service;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

/// Wraps the service that answers the client's messages.
#[derive(Debug)]
pub struct Guard<S>(pub S);

impl<S> Service<Request> for Guard<S>
where
    S: Service<Request, Response = Option<Response>>,
    S::Error: Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Option<Response>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let id = request.id().cloned();
        let method = request.method().to_owned();
        // State behind locks is changed as a whole or not at all, so what a panic leaves behind can be used.
        match catch_unwind(AssertUnwindSafe(|| self.0.call(request))) {
            Ok(answer) => AssertUnwindSafe(answer)
                .catch_unwind()
                .map(move |answer| answer.unwrap_or_else(|panic| Ok(internal_error(id, &method, &*panic))))
                .boxed(),
            Err(panic) => future::ok(internal_error(id, &method, &*panic)).boxed(),
        }
    }
}

fn internal_error(id: Option<Id>, method: &str, panic: &(dyn Any + Send)) -> Option<Response> {
    tracing::error!(method, "handler panicked: {}", panic_message(panic));
    id.map(|id| Response::from_error(id, Error::internal_error()))
}

/// What a panic said.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use tokio::io::AsyncReadExt;
    use tower_lsp::jsonrpc;
    use tower_lsp::ls_types::{InitializeParams, InitializeResult};
    use tower_lsp::{LanguageServer, LspService};

    use super::*;
    use crate::server::transport;

    /// Panics at once, or at the first poll, or answers.
    struct Fragile;

    impl Service<Request> for Fragile {
        type Response = Option<Response>;
        type Error = Infallible;
        type Future = BoxFuture<'static, Result<Option<Response>, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request) -> Self::Future {
            match request.method() {
                "at once" => panic!("at once"),
                "later" => async { panic!("{}", "later") }.boxed(),
                _ => future::ok(request.id().map(|id| Response::from_ok(id.clone(), "fine".into()))).boxed(),
            }
        }
    }

    fn request(method: &'static str) -> Request {
        Request::build(method).id(7).finish()
    }

    #[tokio::test]
    async fn a_panic_becomes_an_internal_error_and_the_next_request_is_answered() {
        let mut guarded = Guard(Fragile);
        for method in ["at once", "later"] {
            let answer = guarded.call(request(method)).await.unwrap().unwrap();
            assert_eq!(answer, Response::from_error(7.into(), Error::internal_error()), "{method}");
        }
        let answer = guarded.call(request("anything")).await.unwrap().unwrap();
        assert!(answer.is_ok());
    }

    /// A server with a method that panics.
    struct Panics;

    impl LanguageServer for Panics {
        async fn initialize(&self, _: InitializeParams) -> jsonrpc::Result<InitializeResult> {
            Ok(InitializeResult::default())
        }

        async fn shutdown(&self) -> jsonrpc::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_client_of_a_panicking_server_gets_all_its_answers() {
        let (service, socket) = LspService::build(|_| Panics)
            .custom_method("test/panic", async |_: &Panics| -> jsonrpc::Result<()> { panic!("in a handler") })
            .finish();
        let messages = [
            r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"test/panic"}"#,
            r#"{"jsonrpc":"2.0","id":3,"method":"shutdown"}"#,
            r#"{"jsonrpc":"2.0","method":"exit"}"#,
        ];
        let input: String = messages.map(|body| format!("Content-Length: {}\r\n\r\n{body}", body.len())).concat();
        let (mut ours, theirs) = tokio::io::duplex(4096);
        transport::serve(input.as_bytes(), theirs, Guard(service), socket).await;
        let mut output = String::new();
        ours.read_to_string(&mut output).await.unwrap();
        assert!(output.contains(r#""error":{"code":-32603"#), "{output}");
        for id in 1..=3 {
            assert!(output.contains(&format!(r#""id":{id}}}"#)), "{id} in {output}");
        }
    }

    #[tokio::test]
    async fn a_panic_in_a_notification_is_not_answered() {
        let mut guarded = Guard(Fragile);
        assert_eq!(guarded.call(Request::build("later").finish()).await, Ok(None));
    }
}
