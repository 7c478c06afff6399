//! One public name for each thing: re-exports, private definition modules and old aliases are led back to it.

use std::borrow::Cow;

use ruff_python_ast::name::Name;

use super::stdlib;

/// Prefixes that are another name for something, with what they stand for. Longest match first is not needed: none is
/// a prefix of another.
const PREFIXES: &[(&str, &str)] = &[
    ("typing_extensions.", "typing."),
    ("posixpath.", "os.path."),
    ("ntpath.", "os.path."),
    ("asyncio.taskgroups.", "asyncio."),
    ("asyncio.tasks.", "asyncio."),
    ("asyncio.queues.", "asyncio."),
    ("asyncio.locks.", "asyncio."),
    ("asyncio.events.", "asyncio."),
    ("asyncio.runners.", "asyncio."),
    ("asyncio.timeouts.", "asyncio."),
    ("asyncio.futures.", "asyncio."),
    ("asyncio.streams.", "asyncio."),
    ("concurrent.futures.thread.", "concurrent.futures."),
    ("concurrent.futures.process.", "concurrent.futures."),
    ("concurrent.futures._base.", "concurrent.futures."),
    ("pandas.core.frame.", "pandas."),
    ("pandas.core.series.", "pandas."),
    ("pandas.core.api.", "pandas."),
    ("sqlalchemy.engine.create.", "sqlalchemy."),
    ("sqlalchemy.orm.session.", "sqlalchemy.orm."),
    ("pydantic.main.", "pydantic."),
    ("pydantic.fields.", "pydantic."),
    ("fastapi.applications.", "fastapi."),
    ("fastapi.routing.APIRouter", "fastapi.APIRouter"),
    ("fastapi.params.", "fastapi."),
    ("attrs.", "attr."),
    ("unittest.case.", "unittest."),
    ("xml.etree.cElementTree.", "xml.etree.ElementTree."),
    ("_io.", "io."),
    ("collections.abc.abc.", "collections.abc."),
];

/// The names that `typing` shares with `collections.abc` (and `contextlib`, `re`).
const TYPING_ABC: &[&str] = &[
    "AsyncGenerator",
    "AsyncIterable",
    "AsyncIterator",
    "Awaitable",
    "ByteString",
    "Callable",
    "Collection",
    "Container",
    "Coroutine",
    "Generator",
    "Hashable",
    "ItemsView",
    "Iterable",
    "Iterator",
    "KeysView",
    "Mapping",
    "MappingView",
    "MutableMapping",
    "MutableSequence",
    "MutableSet",
    "Reversible",
    "Sequence",
    "Sized",
    "ValuesView",
];

/// Names that end in one word, of things whose public names end in another.
const RENAMED: [(&str, &str); 10] = [
    ("posixpath", "path"),
    ("ntpath", "path"),
    ("attrs", "attr"),
    ("IOError", "OSError"),
    ("EnvironmentError", "OSError"),
    ("error", "OSError"),
    ("timeout", "TimeoutError"),
    ("AbstractSet", "Set"),
    ("ContextManager", "AbstractContextManager"),
    ("AsyncContextManager", "AbstractAsyncContextManager"),
];

/// The words that the public name of a thing may end in when another name of it ends in this one: nearly always the same.
pub(super) fn last_words(word: &str) -> impl Iterator<Item = &str> {
    let renamed = RENAMED.iter().find(|(name, _)| *name == word).map(|(_, public)| *public);
    std::iter::once(word).chain(renamed)
}

/// The words that another name of a thing may end in when its public name ends in this one.
pub(crate) fn spellings(word: &str) -> impl Iterator<Item = &str> {
    let renamed = RENAMED.iter().filter(move |(_, public)| *public == word).map(|(name, _)| *name);
    std::iter::once(word).chain(renamed)
}

/// The last part of a dotted name.
pub(crate) fn last_word(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The public name under which the book (and everybody) knows the thing.
///
/// `typing_extensions.Self` becomes `typing.Self`, `typing.Iterable` becomes `collections.abc.Iterable`.
pub fn public(name: &str) -> Cow<'_, str> {
    // Most names are out of the question by their first letter, and this is asked of every name.
    let first = name.as_bytes().first();
    for (prefix, stands_for) in PREFIXES.iter().filter(|(prefix, _)| prefix.as_bytes().first() == first) {
        if let Some(rest) = name.strip_prefix(prefix) {
            return Cow::Owned(public(&format!("{stands_for}{rest}")).into_owned());
        }
    }
    match name {
        "posixpath" | "ntpath" => return Cow::Borrowed("os.path"),
        "attrs" => return Cow::Borrowed("attr"),
        "builtins.IOError" | "builtins.EnvironmentError" | "socket.error" | "select.error" | "os.error" => {
            return Cow::Borrowed("builtins.OSError");
        }
        "socket.timeout" => return Cow::Borrowed("builtins.TimeoutError"),
        "typing.AbstractSet" => return Cow::Borrowed("collections.abc.Set"),
        "typing.ContextManager" => return Cow::Borrowed("contextlib.AbstractContextManager"),
        "typing.AsyncContextManager" => return Cow::Borrowed("contextlib.AbstractAsyncContextManager"),
        "typing.Pattern" => return Cow::Borrowed("re.Pattern"),
        "typing.Match" => return Cow::Borrowed("re.Match"),
        "io.open" => return Cow::Borrowed("builtins.open"),
        _ => {}
    }
    if let Some(rest) = name.strip_prefix("typing.")
        && TYPING_ABC.contains(&rest)
    {
        return Cow::Owned(format!("collections.abc.{rest}"));
    }
    // A module of the package that passes the name on: not another name for the thing, as `unittest.main` is for a class,
    // and no name that another package took over (`asyncio.TimeoutError`).
    if let Some(public) = stdlib::alias(name)
        && last_word(public) == last_word(name)
        && public.split('.').next() == name.split('.').next()
    {
        return Cow::Borrowed(public);
    }
    Cow::Borrowed(name)
}

/// [`public`] of a name that is no longer needed.
pub(super) fn public_name(name: Name) -> Name {
    match public(&name) {
        Cow::Borrowed(public) if public == name.as_str() => name,
        other => Name::new(other),
    }
}

/// The class whose instances an annotation with this name holds: `builtins.list` for `typing.List`.
pub fn runtime_class(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(match name {
        "typing.List" => "builtins.list",
        "typing.Dict" => "builtins.dict",
        "typing.Set" => "builtins.set",
        "typing.FrozenSet" => "builtins.frozenset",
        "typing.Tuple" => "builtins.tuple",
        "typing.Text" => "builtins.str",
        "typing.DefaultDict" => "collections.defaultdict",
        "typing.OrderedDict" => "collections.OrderedDict",
        "typing.Counter" => "collections.Counter",
        "typing.Deque" => "collections.deque",
        "typing.ChainMap" => "collections.ChainMap",
        _ => return Cow::Borrowed(name),
    })
}

#[cfg(test)]
mod tests {
    use super::{PREFIXES, TYPING_ABC, last_word, last_words, public, spellings, stdlib};

    #[test]
    fn aliases_lead_to_the_public_name() {
        assert_eq!(public("typing_extensions.Self"), "typing.Self");
        assert_eq!(public("typing_extensions.Iterable"), "collections.abc.Iterable");
        assert_eq!(public("asyncio.taskgroups.TaskGroup"), "asyncio.TaskGroup");
        assert_eq!(public("posixpath.join"), "os.path.join");
        assert_eq!(public("os.path.join"), "os.path.join");
        assert_eq!(public("attrs.define"), "attr.define");
        assert_eq!(public("json.decoder.JSONDecodeError"), "json.JSONDecodeError");
        assert_eq!(public("sqlalchemy.engine.Engine"), "sqlalchemy.Engine");
        assert_eq!(public("unittest.main"), "unittest.main");
    }

    #[test]
    fn the_last_word_of_a_public_name_is_known_beforehand() {
        let typing = TYPING_ABC.iter().map(|name| format!("typing.{name}"));
        let prefixed = PREFIXES.iter().map(|(prefix, _)| format!("{prefix}word"));
        let renamed = [
            "posixpath",
            "ntpath",
            "attrs",
            "builtins.IOError",
            "builtins.EnvironmentError",
            "socket.error",
            "select.error",
            "os.error",
            "socket.timeout",
            "typing.AbstractSet",
            "typing.ContextManager",
            "typing.AsyncContextManager",
            "typing.Pattern",
            "typing.Match",
            "io.open",
        ];
        for name in stdlib::aliases().chain(renamed).map(str::to_owned).chain(typing).chain(prefixed) {
            let (word, public) = (last_word(&name), public(&name));
            assert!(last_words(word).any(|word| word == last_word(&public)), "{name}");
            assert!(spellings(last_word(&public)).any(|spelling| spelling == word), "{name}");
        }
    }

    #[test]
    fn a_public_name_stays() {
        for alias in stdlib::aliases() {
            let name = public(alias);
            assert_eq!(public(&name), name, "{alias}");
        }
    }
}
