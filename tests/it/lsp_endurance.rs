//! The real program in the long run and in bad company: what it keeps in memory, what it leaves on disk, what it opens.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::corpus::skip;
use crate::support::process::{Server, receive, request, send};

const MEGABYTE: u64 = 1 << 20;

fn open_section() -> Value {
    json!({"command": "marginalia.openSection", "arguments": ["16.7.4"]})
}

/// Waits until something is so; gives up after two minutes, which is no measure of speed.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} did not come about");
}

#[test]
fn a_client_that_stops_reading_costs_bounded_memory_and_loses_no_answer() {
    // Each answer has about 100 kB: far more than may wait together.
    const REQUESTS: usize = 3_000;
    let cache = tempfile::tempdir().unwrap();
    let mut server = Server::start(cache.path());
    server.ask(1, "marginalia/contents", &json!({})).unwrap();
    let size = server.answer(1).to_string().len() as u64;
    assert!(size * REQUESTS as u64 > 200 * MEGABYTE, "{size} bytes are too few to tell");
    let Some(before) = server.memory() else {
        return skip("a_client_that_stops_reading", "the system does not say how much memory a process uses");
    };

    let sent = Arc::new(AtomicUsize::new(0));
    let (mut input, counter) = (server.input.take().unwrap(), Arc::clone(&sent));
    let sender = thread::spawn(move || {
        for id in 0..REQUESTS {
            send(&mut input, &request(id, "marginalia/contents", &json!({}))).unwrap();
            counter.fetch_add(1, Ordering::Relaxed);
        }
        input
    });
    // Until nothing changes any more: all is sent, or the server does not read on.
    let (mut last, mut still) = ((0, 0), 0);
    wait_until("rest", || {
        let now = (sent.load(Ordering::Relaxed), server.memory().unwrap() / MEGABYTE);
        still = if now == last { still + 1 } else { 0 };
        last = now;
        still == 20
    });
    let grown = server.memory().unwrap().saturating_sub(before);
    assert!(grown < 180 * MEGABYTE, "{} MB for {} requests", grown / MEGABYTE, last.0);

    let mut output = server.output.take().unwrap();
    let mut answered = vec![false; REQUESTS];
    for _ in 0..REQUESTS {
        let answer = receive(&mut output).unwrap();
        assert!(answer["result"].is_array(), "{answer:.200}");
        let id = usize::try_from(answer["id"].as_u64().unwrap()).unwrap();
        assert!(!std::mem::replace(&mut answered[id], true), "{id} twice");
    }
    server.input = Some(sender.join().unwrap());
    server.output = Some(output);
    assert_eq!(server.finish(), 0);
    println!("{size} bytes an answer; {} of {REQUESTS} requests read, {} MB more", last.0, grown / MEGABYTE);
}

#[test]
fn documents_that_were_closed_leave_nothing_in_memory() {
    let cache = tempfile::tempdir().unwrap();
    let mut server = Server::start(cache.path());
    let text = "import asyncio\n\n\ndef f(a=[]):\n    return asyncio.TaskGroup, a == None\n\n\n".repeat(10);
    let cycles = |server: &mut Server, count: usize, name: &str| {
        for at in 0..count {
            let uri = format!("file:///{name}/{at}.py");
            server.open(&uri, &text);
            server.tell("textDocument/didClose", &json!({"textDocument": {"uri": uri}})).unwrap();
            // The diagnostics, unless the document was closed first; then their end.
            while server.receive().unwrap()["params"]["diagnostics"] != json!([]) {}
        }
    };
    cycles(&mut server, 200, "first");
    let Some(before) = server.memory() else {
        return skip("documents_that_were_closed", "the system does not say how much memory a process uses");
    };
    cycles(&mut server, 1_000, "then");
    let after = server.memory().unwrap();
    // A tenth of a document's analysis kept from each would be more.
    assert!(after < before + 24 * MEGABYTE, "{} kB, then {} kB", before / 1024, after / 1024);
    println!("{} kB after 200 documents, {} kB after 1,200", before / 1024, after / 1024);
    assert_eq!(server.finish(), 0);
}

#[test]
fn when_all_documents_are_closed_their_memory_is_given_back() {
    if !cfg!(all(target_os = "linux", feature = "jemalloc")) {
        return skip(
            "when_all_documents_are_closed",
            "the system's allocator keeps what is freed for the next document",
        );
    }
    let cache = tempfile::tempdir().unwrap();
    let mut server = Server::start(cache.path());
    let function = "def f(a=[]):\n    a.append('%s' % len(a))\n    return [asyncio.TaskGroup for _ in a if a]\n\n\n";
    let read = |server: &mut Server, functions: usize| {
        let uri = format!("file:///{functions}.py");
        server.open(&uri, &format!("import asyncio\n\n\n{}", function.repeat(functions)));
        while server.receive().unwrap()["params"]["diagnostics"].as_array().is_none_or(Vec::is_empty) {}
        let most = server.anonymous_memory().unwrap();
        server.tell("textDocument/didClose", &json!({"textDocument": {"uri": uri}})).unwrap();
        while server.receive().unwrap()["params"]["diagnostics"] != json!([]) {}
        most
    };
    read(&mut server, 20);
    let before = server.anonymous_memory().unwrap();
    let most = read(&mut server, 4_000);
    assert!(most > before + 8 * MEGABYTE, "{before} bytes, then {most}: too little to tell");
    wait_until("the end of what is freed and kept", || server.anonymous_memory().unwrap() < before + 4 * MEGABYTE);
    println!("{before} bytes, then {most}, then {}", server.anonymous_memory().unwrap());
    // It goes on as before.
    read(&mut server, 20);
    assert_eq!(server.finish(), 0);
}

#[test]
fn no_socket_is_ever_open() {
    if !cfg!(target_os = "linux") {
        return skip("no_socket_is_ever_open", "only Linux lists what a process has open");
    }
    let cache = tempfile::tempdir().unwrap();
    let mut server = Server::start(cache.path());
    server.open("file:///a.py", "import requests, asyncio\nrequests.get('https://example.org')\nasyncio.TaskGroup\n");
    let position = json!({"textDocument": {"uri": "file:///a.py"}, "position": {"line": 2, "character": 9}});
    for (at, (method, params)) in [
        ("textDocument/hover", position),
        ("workspace/symbol", json!({"query": "asyncio"})),
        ("marginalia/section", json!({"number": "16.7.4"})),
        ("workspace/executeCommand", open_section()),
    ]
    .into_iter()
    .enumerate()
    {
        server.ask(at + 1, method, &params).unwrap();
        assert!(server.answer(at + 1)["error"].is_null(), "{method}");
        let mut open = 0;
        for entry in fs::read_dir(format!("/proc/{}/fd", server.child.id())).unwrap() {
            // One may be closed just now.
            let Ok(target) = fs::read_link(entry.unwrap().path()) else { continue };
            assert!(!target.to_string_lossy().starts_with("socket:"), "{method}");
            open += 1;
        }
        assert!(open >= 3, "standard input and output are there at least");
    }
    assert_eq!(server.finish(), 0);
}

/// The pages of the built-in book in a cache folder: name and text.
fn pages(cache: &Path) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(cache.join("marginalia/python-bible")).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            pages.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    pages
}

/// How many sections the built-in book has.
fn sections() -> usize {
    marginalia::knowledge::Knowledge::builtin().first_volume().book().sections.len()
}

#[test]
fn a_server_that_is_killed_leaves_whole_pages_and_the_next_one_completes_them() {
    let whole = tempfile::tempdir().unwrap();
    let mut server = Server::start(whole.path());
    server.ask(1, "workspace/executeCommand", &open_section()).unwrap();
    wait_until("every page", || pages(whole.path()).len() == sections());
    assert_eq!(server.finish(), 0);
    let expected = pages(whole.path());

    let cache = tempfile::tempdir().unwrap();
    for many in [1, 2, 10, 60, 200, 400, 700] {
        let mut server = Server::start(cache.path());
        server.ask(1, "workspace/executeCommand", &open_section()).unwrap();
        wait_until("some pages", || pages(cache.path()).len() >= many);
        // As `kill -9` does.
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        for (name, text) in pages(cache.path()) {
            assert_eq!(Some(&text), expected.get(&name), "{name}");
        }
    }
    let mut server = Server::start(cache.path());
    server.ask(1, "workspace/executeCommand", &open_section()).unwrap();
    wait_until("every page", || pages(cache.path()).len() == sections());
    assert_eq!(server.finish(), 0);
    assert!(pages(cache.path()) == expected);
}

#[test]
fn servers_share_the_folder_for_pages_which_may_be_deleted_at_any_time() {
    let cache = tempfile::tempdir().unwrap();
    let mut servers = [Server::start(cache.path()), Server::start(cache.path())];
    let mut id = 0;
    for round in 0..6 {
        if round > 0 {
            // They are writing at the moment; what they put back makes it fail.
            let _half = fs::remove_dir_all(cache.path().join("marginalia"));
        }
        id += 1;
        for server in &mut servers {
            server.ask(id, "workspace/executeCommand", &open_section()).unwrap();
        }
        for server in &mut servers {
            // The page may be gone between the look and the writing; then the server says so.
            let answer = server.answer(id);
            assert!(answer["error"].is_null() || answer["error"]["code"] == -32602, "{answer}");
        }
    }
    for server in &mut servers {
        server.ask(99, "workspace/symbol", &json!({"query": "16.7.4"})).unwrap();
        let found = server.answer(99)["result"].take();
        let page = found[0]["location"]["uri"].as_str().unwrap().strip_prefix("file://").unwrap();
        assert!(fs::read_to_string(page).unwrap().starts_with("# §16.7.4"), "{found}");
    }
    for server in servers {
        assert_eq!(server.finish(), 0);
    }
}
