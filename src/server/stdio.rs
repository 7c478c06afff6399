//! Standard input and output, each with a thread of its own.
//!
//! Those of the runtime hand every single read and write to some thread and wait for it: two threads are woken for each
//! message, which costs more than the message. These read ahead and write behind.

use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc::{self, Receiver, UnboundedReceiver, UnboundedSender};

/// So many bytes are read at once, at most.
const PIECE: usize = 64 * 1024;

/// So many pieces are read before somebody takes one.
const READ_AHEAD: usize = 4;

/// While so many pieces wait to be written, none is added.
const WRITE_BEHIND: usize = 64;

/// Standard input.
///
/// # Errors
///
/// When no thread can be started.
pub(super) fn input() -> io::Result<Input> {
    let (pieces, read) = mpsc::channel(READ_AHEAD);
    thread::Builder::new().name("input".to_owned()).spawn(move || {
        let mut buffer = vec![0; PIECE];
        loop {
            let length = match io::stdin().lock().read(&mut buffer) {
                Ok(length) if length > 0 => length,
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
                // The end, which a fault is, too.
                Ok(_) | Err(_) => return,
            };
            if pieces.blocking_send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    })?;
    Ok(Input { pieces: read, piece: Vec::new(), taken: 0 })
}

/// What was read and is not yet taken.
#[derive(Debug)]
pub(super) struct Input {
    pieces: Receiver<Vec<u8>>,
    piece: Vec<u8>,
    taken: usize,
}

impl AsyncRead for Input {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.taken == self.piece.len() {
            let Some(piece) = ready!(self.pieces.poll_recv(context)) else { return Poll::Ready(Ok(())) };
            (self.piece, self.taken) = (piece, 0);
        }
        let length = buffer.remaining().min(self.piece.len() - self.taken);
        buffer.put_slice(&self.piece[self.taken..self.taken + length]);
        self.taken += length;
        Poll::Ready(Ok(()))
    }
}

/// Standard output.
///
/// # Errors
///
/// When no thread can be started.
pub(super) fn output() -> io::Result<Output> {
    let (pieces, mut to_write) = mpsc::unbounded_channel::<Vec<u8>>();
    let (written, done) = mpsc::unbounded_channel();
    thread::Builder::new().name("output".to_owned()).spawn(move || {
        while let Some(mut bytes) = to_write.blocking_recv() {
            let mut pieces = 1;
            // One system call for what is ready together.
            while bytes.len() < PIECE
                && let Ok(piece) = to_write.try_recv()
            {
                bytes.extend_from_slice(&piece);
                pieces += 1;
            }
            let mut stdout = io::stdout().lock();
            // When nobody reads any more, that both channels end says so.
            if stdout.write_all(&bytes).and_then(|()| stdout.flush()).is_err() || written.send(pieces).is_err() {
                return;
            }
        }
    })?;
    Ok(Output { pieces, done, under_way: 0 })
}

/// What is being written.
#[derive(Debug)]
pub(super) struct Output {
    pieces: UnboundedSender<Vec<u8>>,
    /// How many pieces have been written, each time.
    done: UnboundedReceiver<usize>,
    under_way: usize,
}

impl Output {
    /// Waits until no more than so many pieces are under way.
    fn poll_under_way(&mut self, most: usize, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Ok(written) = self.done.try_recv() {
            self.under_way -= written;
        }
        while self.under_way > most {
            match ready!(self.done.poll_recv(context)) {
                Some(written) => self.under_way -= written,
                None => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Output {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_under_way(WRITE_BEHIND - 1, context))?;
        if self.pieces.send(bytes.to_vec()).is_err() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        self.under_way += 1;
        Poll::Ready(Ok(bytes.len()))
    }

    /// Does not wait: what was taken will be written.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Waits until all is written.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_under_way(0, context)
    }
}
