//! The requests of our own that editors' extensions send: docs/protocol.md.

use serde_json::{Value, json};

use crate::support::client::{Client, range};

const URI: &str = "file:///a.py";

async fn section(client: &mut Client, number: &str) -> Value {
    client.request("marginalia/section", json!({"number": number})).await
}

#[tokio::test]
async fn a_section_comes_in_parts_with_its_neighbours() {
    let mut client = Client::start().await;
    let page = section(&mut client, "§16.7.4").await;
    assert_eq!(page["reference"], "§16.7.4");
    assert_eq!(page["title"], "TaskGroup");
    assert_eq!(page["since"], "3.11");
    assert_eq!(page["chapter"]["number"], 16);
    assert!(page["summary"].as_str().unwrap().contains("`async with`"), "{page}");
    assert!(page["example"].as_str().unwrap().starts_with("import asyncio\n"), "{page}");
    assert_eq!(page["previous"]["number"], "16.7.3");
    assert_eq!(page["next"]["number"], "16.7.5");
    assert_eq!(page["parent"]["number"], "16.7");
    assert_eq!(page["seeAlso"][0]["number"], "16.8");
    assert_eq!(page["copy"], Value::Null);
    assert_eq!(page["link"], Value::Null);

    let parent = section(&mut client, "16.7").await;
    let children: Vec<_> = parent["children"].as_array().unwrap().iter().map(|child| &child["number"]).collect();
    assert!(children.contains(&&json!("16.7.4")), "{children:?}");
    let rules = section(&mut client, "4.3.3").await["rules"].to_string();
    assert!(rules.contains("mutable-default-argument"), "{rules}");
    client.finish().await;
}

#[tokio::test]
async fn there_is_no_page_of_what_is_no_section() {
    let mut client = Client::start().await;
    assert_eq!(section(&mut client, "99.99").await, Value::Null);
    let elsewhere = json!({"number": "16.7.4", "book": "no-such-book"});
    assert_eq!(client.request("marginalia/section", elsewhere).await, Value::Null);
    assert_eq!(client.refused("marginalia/section", json!({"number": "one"})).await, -32602);
    assert_eq!(client.refused("marginalia/section", json!({})).await, -32602);
    client.finish().await;
}

#[tokio::test]
async fn a_section_says_where_else_it_can_be_read() {
    let copy = "The Book\n\n16.7.4 TaskGroup (Python 3.11+)\n\nTasks live in a block.\n";
    let options = json!({"book": {"path": "copy.txt"}, "links": {"base": "https://example.org/"}});
    let mut client = Client::builder().options(options).file("copy.txt", copy).start().await;
    let page = section(&mut client, "16.7.4").await;
    assert_eq!(page["copy"], json!({"uri": client.uri("copy.txt"), "line": 2}));
    assert_eq!(page["link"], "https://example.org/16.7.4");
    assert_eq!(section(&mut client, "16.8").await["copy"], Value::Null, "not in the copy");
    client.finish().await;
}

#[tokio::test]
async fn a_further_book_has_pages_too() {
    let book = "id = \"handbook\"\ntitle = \"Handbook\"\nmark = \"H §\"\n[[chapters]]\nnumber = 1\ntitle = \"Work\"\n\
                sections = [{ number = \"1.1\", title = \"Talking\" }]\n";
    let note = "+++\nsection = \"1.1\"\ntitle = \"Talking\"\ntriggers = [\"symbol:asyncio.run\"]\n+++\nTalk.\n\n\
                ## Key points\n- Listen.\n- Wait.\n\n## Example\n```python\nprint(1)\n```\n";
    let options = json!({"books": ["handbook"], "uriHandler": "vscode://marginalia.marginalia/section/"});
    let files = Client::builder().file("handbook/book.toml", book).file("handbook/1.1-talking.md", note);
    let mut client = files.options(options).start().await;
    let page = client.request("marginalia/section", json!({"number": "1.1", "book": "handbook"})).await;
    assert_eq!((&page["reference"], &page["summary"]), (&json!("H §1.1"), &json!("Talk.")));
    assert_eq!((&page["previous"], &page["next"]), (&Value::Null, &Value::Null));

    let contents = client.request("marginalia/contents", json!({})).await;
    let titles: Vec<_> = contents.as_array().unwrap().iter().map(|book| &book["title"]).collect();
    assert_eq!(titles, ["Python Bible", "Handbook"]);
    assert_eq!(contents[0]["chapters"].as_array().unwrap().len(), 20);
    assert_eq!(contents[1]["chapters"][0]["sections"][0]["reference"], "H §1.1");

    client.open_checked(URI, "import asyncio\nasyncio.run(1)\n").await;
    let text = client.hover(URI, 1, 9).await.to_string();
    assert!(text.contains("(vscode://marginalia.marginalia/section/1.1?book=handbook)"), "{text}");
    client.finish().await;
}

#[tokio::test]
async fn the_book_is_searched_by_symbol_and_by_another_tools_code() {
    let mut client = Client::start().await;
    let hits = client.request("marginalia/search", json!({"query": "asyncio.TaskGroup"})).await;
    assert_eq!((&hits[0]["number"], &hits[0]["rule"]), (&json!("16.7.4"), &Value::Null));
    assert!(hits[0]["gist"].as_str().unwrap().ends_with('.'), "{hits}");
    let hits = client.request("marginalia/search", json!({"query": "B006"})).await;
    let rule = hits.as_array().unwrap().iter().find(|hit| hit["rule"] == "mutable-default-argument");
    assert_eq!(rule.expect("the rule is found")["number"], "4.3.3", "{hits}");
    assert_eq!(client.request("marginalia/search", json!({"query": " "})).await, json!([]));
    client.finish().await;
}

#[tokio::test]
async fn the_margin_is_in_order_and_has_findings() {
    let text = "import asyncio\n\n\ndef collect(item, seen=[]):\n    seen.append(item)\n    return seen\n\n\nasync def main():\n    async with asyncio.TaskGroup() as tg:\n        tg.create_task(main())\n";
    let mut client = Client::start().await;
    client.open_checked(URI, text).await;
    let ask = json!({"textDocument": {"uri": URI}});
    let margin = client.request("marginalia/margin", ask.clone()).await;
    assert_eq!(margin["version"], 1);
    let remarks = margin["remarks"].as_array().unwrap();
    assert!(remarks.is_sorted_by_key(|it| it["range"]["start"]["line"].as_u64().unwrap()), "{margin}");
    let finding = remarks.iter().find(|it| it["rule"] == "mutable-default-argument").expect("the finding");
    assert_eq!((&finding["reference"], &finding["range"]), (&json!("§4.3.3"), &range([3, 23, 3, 25])));
    assert!(finding["gist"].as_str().unwrap().contains("`seen`"), "{finding}");
    let group = remarks.iter().find(|it| it["reference"] == "§16.7.4").expect("the section");
    assert_eq!((&group["title"], &group["range"]), (&json!("TaskGroup"), &range([9, 15, 9, 32])));
    assert_eq!(group["rule"], Value::Null);

    client.replace(URI, 2, "x = 1\n").await;
    client.diagnostics(URI, 2).await;
    assert_eq!(client.request("marginalia/margin", ask).await, json!({"version": 2, "remarks": []}));
    let unknown = json!({"textDocument": {"uri": "file:///unknown.py"}});
    assert_eq!(client.request("marginalia/margin", unknown).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn a_reading_list_counts_the_workspace_and_says_how_far_it_is() {
    let files = Client::builder()
        .file("app/a.py", "import asyncio\n\nasyncio.TaskGroup\n")
        .file("app/b.py", "import asyncio\nasyncio.TaskGroup\ndef f(seen=[]):\n    seen.append(1)\n    return seen\n")
        .file("node_modules/c.py", "import asyncio\nasyncio.TaskGroup\n")
        .file("large.py", &format!("# {}\n", "x".repeat(3000)));
    let mut client = files.options(json!({"maxFileSize": 2000})).start().await;
    let list = client.request("marginalia/readingList", json!({"workDoneToken": "list"})).await;
    assert_eq!((&list["files"], &list["leftOut"]), (&json!(2), &json!(1)), "{list}");
    let groups = list["groups"].as_array().unwrap();
    let advanced = groups.iter().find(|group| group["path"] == "advanced").expect("a group");
    let wanted = advanced["sections"].as_array().unwrap().iter().find(|it| it["number"] == "16.7.4").expect("it");
    assert_eq!((&wanted["uses"], &wanted["files"], &wanted["findings"]), (&json!(2), &json!(2), &json!(0)));
    assert_eq!(wanted["first"], json!({"uri": client.uri("app/a.py"), "line": 2}));

    let mut kinds = Vec::new();
    while kinds.last() != Some(&json!("end")) {
        let progress = client.notification("$/progress").await;
        assert_eq!(progress["token"], "list");
        kinds.push(progress["value"]["kind"].clone());
    }
    assert_eq!(kinds, ["begin", "report", "end"]);
    client.finish().await;
}

#[tokio::test]
async fn a_reading_list_counts_notebooks_however_large_their_pictures_are() {
    let picture = "x".repeat(3000);
    let cell = |source: &str| {
        format!("{{\"cell_type\": \"code\", \"metadata\": {{}}, \"outputs\": [\"{picture}\"], \"source\": {source:?}}}")
    };
    let cells = [cell("x = 1\n"), cell("import asyncio\nasyncio.TaskGroup")].join(",\n");
    let notebook = format!("{{\"cells\": [\n{cells}\n], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}");
    let files = Client::builder().file("a.ipynb", &notebook).file("broken.ipynb", "{}");
    let mut client = files.options(json!({"maxFileSize": 2000})).start().await;
    let list = client.request("marginalia/readingList", json!({})).await;
    assert_eq!((&list["files"], &list["leftOut"]), (&json!(1), &json!(1)), "{list}");
    let sections = list["groups"].as_array().unwrap().iter().flat_map(|group| group["sections"].as_array().unwrap());
    let wanted = sections.into_iter().find(|it| it["number"] == "16.7.4").unwrap_or_else(|| panic!("{list}"));
    assert_eq!(wanted["first"], json!({"uri": client.uri("a.ipynb"), "line": 2}));
    client.finish().await;
}

#[tokio::test]
async fn a_reading_list_that_nobody_wants_any_more_stops() {
    let mut files = Client::builder();
    for number in 0..400 {
        files = files.file(&format!("m{number}.py"), &"import asyncio\nasyncio.TaskGroup\n".repeat(50));
    }
    let mut client = files.start().await;
    let id = client.ask("marginalia/readingList", json!({"workDoneToken": 1})).await;
    client.notification("$/progress").await;
    client.notify("$/cancelRequest", json!({"id": id})).await;
    assert_eq!(client.answer(id).await.expect_err("cancelled")["code"], -32800);
    let mut reports = 0;
    while client.notification("$/progress").await["value"]["kind"] != "end" {
        reports += 1;
    }
    assert!(reports < 50, "{reports} steps of 50");
    client.finish().await;
}
