//! Standard output and standard error: colour, width, broken pipes.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anstream::adapter::StripBytes;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// When to colour. `Auto`: on a terminal, unless `NO_COLOR` is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// Section references.
pub(super) const REFERENCE: Style = AnsiColor::Cyan.on_default();
/// What matters most on its line.
pub(super) const STRONG: Style = Style::new().bold();
/// What may be overlooked.
pub(super) const FAINT: Style = Style::new().dimmed();
/// Findings.
pub(super) const FLAG: Style = AnsiColor::Yellow.on_default();
/// Lines that come.
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
/// Lines that go.
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// A width to write for where there is no terminal.
const PAGE_WIDTH: usize = 100;

/// So many bytes are written to a file or pipe at once.
const PIECE: usize = 64 * 1024;

/// Standard output. Escape codes are taken out unless colour is wanted.
pub(super) struct Output {
    stream: Stream,
}

enum Stream {
    Terminal(Box<dyn Write>),
    /// To a file or pipe, with what takes the escape codes out; what is left comes in small pieces, which are put together again.
    Pipe(BufWriter<StdoutLock<'static>>, Option<StripBytes>),
}

impl Output {
    pub fn new(color: Color) -> Self {
        ColorChoice::from(color).write_global();
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let choice = AutoStream::choice(&stdout);
        let stream = if terminal {
            Stream::Terminal(Box::new(BufWriter::new(AutoStream::new(stdout.lock(), choice))))
        } else {
            let strip = (choice == ColorChoice::Never).then(StripBytes::new);
            Stream::Pipe(BufWriter::with_capacity(PIECE, stdout.lock()), strip)
        };
        Self { stream }
    }

    /// Whether a person reads along.
    pub fn is_terminal(&self) -> bool {
        matches!(self.stream, Stream::Terminal(_))
    }

    /// How many columns a line may have.
    pub fn width(&self) -> usize {
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        self.is_terminal().then(terminal).flatten().unwrap_or(PAGE_WIDTH)
    }

    /// Writes what has no escape codes: they need not be looked for.
    pub fn write_plain(&mut self, text: &str) -> io::Result<()> {
        match &mut self.stream {
            Stream::Terminal(stream) => stream.write_all(text.as_bytes()),
            Stream::Pipe(stream, _) => stream.write_all(text.as_bytes()),
        }
    }

    /// Writes what is still held back.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Terminal(stream) => stream.write(bytes),
            Stream::Pipe(stream, None) => stream.write(bytes),
            Stream::Pipe(stream, Some(strip)) => {
                strip.strip_next(bytes).try_for_each(|piece| stream.write_all(piece))?;
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Terminal(stream) => stream.flush(),
            Stream::Pipe(stream, _) => stream.flush(),
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    /// Something could not be done.
    Error,
    /// Something was done differently than the user may think.
    Warning,
    /// Nothing is wrong.
    Note,
}

/// Says on standard error what went wrong, in one line.
pub(super) fn complain(complaint: Complaint, message: &dyn Display) {
    let (style, word) = match complaint {
        Complaint::Error => (ERROR, "error"),
        Complaint::Warning => (WARNING, "warning"),
        Complaint::Note => (STRONG, "note"),
    };
    // Nobody is left to be told when standard error is closed.
    let _closed = writeln!(anstream::stderr().lock(), "{style}{word}:{style:#} {message}");
}

/// What a name prints as when it is not to play tricks with the terminal: control characters become pictures.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(picture).collect()
}

/// A character that shows a control character; any other character itself.
pub(super) fn picture(character: char) -> char {
    match character {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '\u{2421}',
        // C1 controls, and what reverses the direction of the text after it.
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

/// As many words of a text as fit; never less than the first.
pub(super) fn shortened(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let mut words = text.split(' ');
    let mut short = words.next().unwrap_or_default().to_owned();
    for word in words {
        if short.width() + word.width() + 2 > width {
            break;
        }
        short.push(' ');
        short.push_str(word);
    }
    short.push('…');
    Cow::Owned(short)
}
