//! What a user of the standard library relies on must be in the data that the inference looks things up in.

use marginalia::knowledge::{Knowledge, Trigger};
use marginalia::python::stdlib;

/// What calling `Class.name()` or reading `Class.name` gives; `-` when there is no such member.
fn member(path: &str) -> &'static str {
    let (path, called) = path.strip_suffix("()").map_or((path, false), |path| (path, true));
    let (class, name) = path.rsplit_once('.').expect("a dotted path");
    match stdlib::member(class, name) {
        Some(member) if member.callable == called => member.ty,
        _ => "-",
    }
}

#[test]
fn members_of_the_standard_library() {
    for (path, expected) in [
        ("builtins.str.join()", "builtins.str"),
        ("builtins.str.split()", "builtins.list[builtins.str]"),
        ("builtins.str.encode()", "builtins.bytes"),
        ("builtins.str.__iter__()", "collections.abc.Iterator[builtins.str]"),
        ("builtins.bytes.decode()", "builtins.str"),
        ("builtins.list.append()", "types.NoneType"),
        ("builtins.list.pop()", "$0"),
        ("builtins.list.clear()", "types.NoneType"),
        ("builtins.list.__getitem__()", "$0"),
        ("builtins.dict.items()", "collections.abc.ItemsView[$0, $1]"),
        ("builtins.dict.get()", "$1"),
        ("builtins.dict.setdefault()", "$1"),
        ("builtins.dict.__iter__()", "collections.abc.Iterator[$0]"),
        ("builtins.set.union()", "builtins.set"),
        ("builtins.type.mro()", "builtins.list[builtins.type]"),
        ("builtins.BaseException.__traceback__", "types.TracebackType"),
        ("builtins.OSError.errno", "builtins.int"),
        ("pathlib.Path.read_text()", "builtins.str"),
        ("pathlib.Path.parent", "Self"),
        ("pathlib.Path.iterdir()", "collections.abc.Generator[Self]"),
        ("pathlib.Path.__truediv__()", "Self"),
        ("pathlib.Path.stat()", "os.stat_result"),
        ("pathlib.Path.open()", ""),
        ("collections.deque.popleft()", "$0"),
        ("collections.deque.insert()", "types.NoneType"),
        ("collections.deque.reverse()", "types.NoneType"),
        ("collections.Counter.most_common()", "builtins.list[builtins.tuple[$0, builtins.int]]"),
        ("collections.Counter.values()", "collections.abc.ValuesView[builtins.int]"),
        ("collections.OrderedDict.move_to_end()", "types.NoneType"),
        ("io.TextIOWrapper.__enter__()", "Self"),
        ("io.TextIOWrapper.read()", "builtins.str"),
        ("io.TextIOWrapper.__iter__()", "collections.abc.Iterator[builtins.str]"),
        ("io.BufferedReader.read()", "builtins.bytes"),
        ("asyncio.Queue.get()", "await $0"),
        ("asyncio.Queue.put()", "await types.NoneType"),
        ("asyncio.TaskGroup.__aenter__()", "await Self"),
        ("asyncio.TaskGroup.create_task()", "asyncio.Task"),
        ("asyncio.Task.result()", "$0"),
        ("asyncio.Lock.acquire()", "await builtins.bool"),
        ("asyncio.StreamReader.readline()", "await builtins.bytes"),
        ("asyncio.AbstractEventLoop.run_in_executor()", "asyncio.Future"),
        ("threading.Lock.acquire()", "builtins.bool"),
        ("threading.Thread.start()", "types.NoneType"),
        ("concurrent.futures.ThreadPoolExecutor.submit()", "concurrent.futures.Future"),
        ("concurrent.futures.ThreadPoolExecutor.__enter__()", "Self"),
        ("concurrent.futures.Future.result()", "$0"),
        ("multiprocessing.pool.Pool.map()", "builtins.list"),
        ("subprocess.CompletedProcess.returncode", "builtins.int"),
        ("subprocess.Popen.stdout", "typing.IO[$0]"),
        ("re.Pattern.match()", "re.Match[$0]"),
        ("re.Pattern.finditer()", "collections.abc.Iterator[re.Match[$0]]"),
        ("re.Match.group()", ""),
        ("logging.Logger.exception()", "types.NoneType"),
        ("sqlite3.Connection.cursor()", "sqlite3.Cursor"),
        ("sqlite3.Cursor.fetchall()", "builtins.list"),
        ("datetime.datetime.now()", "Self"),
        ("datetime.datetime.date()", "datetime.date"),
        ("zipfile.ZipFile.open()", "typing.IO[builtins.bytes]"),
        ("argparse.ArgumentParser.add_argument()", "argparse.Action"),
        ("contextlib.AbstractAsyncContextManager.__aenter__()", "await $0"),
        ("enum.Enum.name", "builtins.str"),
        ("http.HTTPStatus.NOT_FOUND", "Self"),
        ("socket.socket.makefile()", ""),
        ("socket.socket.accept()", "builtins.tuple[socket.socket, ]"),
        ("unittest.TestCase.assertEqual()", "types.NoneType"),
        ("unittest.mock.Mock.assert_called_once()", "types.NoneType"),
        ("xml.etree.ElementTree.Element.findall()", "builtins.list[xml.etree.ElementTree.Element]"),
        ("pathlib.Path.read_texts()", "-"),
        ("pathlib.Path.read_text", "-"),
    ] {
        assert_eq!(member(path), expected, "{path}");
    }
}

#[test]
fn functions_of_the_standard_library() {
    for (function, expected) in [
        ("builtins.len", Some("builtins.int")),
        ("builtins.input", Some("builtins.str")),
        ("subprocess.run", Some("subprocess.CompletedProcess")),
        ("re.compile", Some("re.Pattern[builtins.str]")),
        ("re.match", Some("re.Match[builtins.str]")),
        ("re.sub", Some("builtins.str")),
        ("logging.getLogger", Some("logging.Logger")),
        ("sqlite3.connect", Some("sqlite3.Connection")),
        ("tempfile.NamedTemporaryFile", Some("tempfile._TemporaryFileWrapper")),
        ("csv.reader", Some("_csv.Reader")),
        ("hashlib.sha256", Some("_hashlib.HASH")),
        ("json.loads", Some("")),
        ("os.path.join", Some("builtins.str")),
        ("os.listdir", Some("builtins.list[builtins.str]")),
        ("os.getenv", Some("builtins.str")),
        ("random.randint", Some("builtins.int")),
        ("asyncio.sleep", Some("await")),
        ("asyncio.timeout", Some("asyncio.Timeout")),
        ("asyncio.get_running_loop", Some("asyncio.AbstractEventLoop")),
        ("asyncio.open_connection", Some("await builtins.tuple[asyncio.StreamReader, asyncio.StreamWriter]")),
        ("multiprocessing.Pool", Some("multiprocessing.pool.Pool")),
        ("urllib.parse.urlparse", Some("urllib.parse.ParseResult")),
        ("xml.etree.ElementTree.parse", Some("xml.etree.ElementTree.ElementTree[xml.etree.ElementTree.Element]")),
        ("time.perf_counter", Some("builtins.float")),
        ("os.path.jion", None),
    ] {
        assert_eq!(stdlib::function(function), expected, "{function}");
    }
    assert_eq!(stdlib::variable("sys.argv"), Some("builtins.list[builtins.str]"));
    assert_eq!(stdlib::variable("os.environ"), Some("os._Environ[builtins.str]"));
    assert_eq!(stdlib::variable("sys.stdout"), Some("typing.TextIO"));
}

#[test]
fn a_class_has_the_bases_that_it_has_at_run_time() {
    let ancestry = |class| stdlib::ancestry(class).collect::<Vec<_>>();
    assert_eq!(
        ancestry("builtins.FileNotFoundError"),
        [
            "builtins.FileNotFoundError",
            "builtins.OSError",
            "builtins.Exception",
            "builtins.BaseException",
            "builtins.object"
        ]
    );
    assert_eq!(ancestry("json.JSONDecodeError")[1], "builtins.ValueError");
    assert_eq!(ancestry("pathlib.Path")[1], "pathlib.PurePath");
    // In the stubs these derive from the abstract classes whose methods they have.
    assert_eq!(ancestry("builtins.str"), ["builtins.str", "builtins.object"]);
    assert_eq!(ancestry("builtins.dict"), ["builtins.dict", "builtins.object"]);
    assert_eq!(ancestry("collections.deque"), ["collections.deque", "builtins.object"]);
    assert!(ancestry("collections.UserDict").contains(&"collections.abc.MutableMapping"));
}

#[test]
fn a_class_is_found_by_every_name_that_it_is_imported_by() {
    for (name, public) in [
        ("json.decoder.JSONDecodeError", "json.JSONDecodeError"),
        ("asyncio.queues.Queue", "asyncio.Queue"),
        ("builtins.IOError", "builtins.OSError"),
        ("weakref.ref", "weakref.ReferenceType"),
        ("sqlite3.dbapi2.Connection", "sqlite3.Connection"),
        ("typing.Mapping", "collections.abc.Mapping"),
        ("sqlalchemy.engine.Engine", "sqlalchemy.Engine"),
    ] {
        assert_eq!(stdlib::ancestry(name).next(), Some(public), "{name}");
    }
}

#[test]
fn members_of_packages() {
    for (path, expected) in [
        ("requests.Session.get()", "requests.Response"),
        ("requests.Response.raise_for_status()", "types.NoneType"),
        ("httpx.AsyncClient.get()", "await httpx.Response"),
        ("sqlalchemy.Engine.begin()", "contextlib.AbstractContextManager[sqlalchemy.Connection]"),
        ("sqlalchemy.orm.sessionmaker.__call__()", "sqlalchemy.orm.Session"),
        ("sqlalchemy.ext.asyncio.AsyncSession.commit()", "await types.NoneType"),
        ("pandas.DataFrame.head()", "Self"),
        ("pandas.DataFrame.groupby()", "pandas.api.typing.DataFrameGroupBy"),
        ("polars.LazyFrame.collect()", "polars.DataFrame"),
        ("pyarrow.Table.to_pandas()", "pandas.DataFrame"),
        ("fastapi.FastAPI.add_middleware()", "types.NoneType"),
        ("flask.Flask.secret_key", ""),
        ("starlette.testclient.TestClient.get()", "httpx.Response"),
        ("markupsafe.Markup.upper()", "builtins.str"),
    ] {
        assert_eq!(member(path), expected, "{path}");
    }
    assert_eq!(stdlib::function("pandas.read_csv"), Some("pandas.DataFrame"));
    assert_eq!(stdlib::function("sqlalchemy.create_engine"), Some("sqlalchemy.Engine"));
    assert_eq!(stdlib::function("numpy.zeros"), Some("numpy.ndarray"));
}

#[test]
fn absence_is_only_told_of_classes_that_are_known_whole() {
    assert!(stdlib::lacks("builtins.str", "append"));
    assert!(stdlib::lacks("collections.deque", "sort"));
    assert!(!stdlib::lacks("builtins.str", "join"));
    assert!(!stdlib::lacks("pandas.DataFrame", "swapaxes"));
    assert!(!stdlib::lacks("fastapi.FastAPI", "swagger_ui_parameters"));
    assert!(!stdlib::lacks("unknown.Class", "member"));
}

#[test]
fn star_imports_bind_what_the_module_exports() {
    for (module, name) in
        [("os", "getcwd"), ("os.path", "join"), ("tkinter", "Button"), ("math", "pi"), ("typing", "Any")]
    {
        assert_eq!(stdlib::exported(module, name), Some(name));
    }
    for (module, name) in [("os", "sys"), ("os", "_exit_"), ("math", "sqr"), ("no.such.module", "name")] {
        assert_eq!(stdlib::exported(module, name), None);
    }
}

#[test]
fn every_method_that_a_note_waits_for_exists() {
    let knowledge = Knowledge::builtin();
    let triggers = knowledge.notes().flat_map(|(_, note)| note.triggers.iter().map(move |trigger| (note, trigger)));
    let mut checked = 0;
    for (note, trigger) in triggers {
        if let Trigger::Method { class, name } = trigger {
            if &**name == "*" {
                assert!(stdlib::is_class(class), "§{}: method:{class}.*", note.section);
                continue;
            }
            assert!(stdlib::member(class, name).is_some(), "§{}: method:{class}.{name}", note.section);
            checked += 1;
        }
    }
    assert!(checked > 40);
}
