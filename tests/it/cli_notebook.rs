//! Notebooks on the command line: `check`, `check --fix` and `annotate` of `.ipynb` files.

use std::fs;

use serde_json::Value;

use crate::support::program::Folder;

/// Five cells, as Jupyter writes them, but for a spelling that it would not choose: what is not changed keeps it.
const NOTEBOOK: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": ["# Fits\n", "import nothing"]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "a1",
   "metadata": {"scrolled": true},
   "outputs": [{"name": "stdout", "output_type": "stream", "text": ["\u00e9\n"]}],
   "source": [
    "%matplotlib inline\n",
    "import tempfile\n",
    "import typing"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "%%bash\n",
    "tempfile.mktemp()"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "title = '\u00e9'\n",
    "name = tempfile.mktemp()\n",
    "\u0066\u006fund: typing.List[str] = []; more = '\u00e9'\n",
    "last: typing.Deque[str] = make()"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": "x: typing.Dict[str, int] = {}\nawait work()"
  }
 ],
 "metadata": {"language_info": {"name": "python"}, "b": 1, "a": 1.0e1},
 "nbformat": 4,
 "nbformat_minor": 5
}
"##;

fn folder(files: &[(&str, &str)]) -> Folder {
    Folder::new(files)
}

#[test]
fn findings_name_the_cell() {
    let folder = folder(&[("n.ipynb", NOTEBOOK)]);
    let run = folder.run(&["check", "n.ipynb", "--select", "mktemp-usage"]);
    assert_eq!((run.status, &*run.stderr), (1, ""));
    assert!(run.stdout.contains("--> n.ipynb:cell 4:2:8\n"), "{}", run.stdout);
    assert!(run.stdout.contains("\n2 | name = tempfile.mktemp()\n"), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 finding in 1 file.\n"), "{}", run.stdout);
}

#[test]
fn notebooks_in_folders_are_found() {
    let folder = folder(&[("a/n.ipynb", NOTEBOOK), ("a/.ipynb_checkpoints/n-checkpoint.ipynb", NOTEBOOK)]);
    let run = folder.run(&["check", "--select", "mktemp-usage"]);
    assert!(run.stdout.ends_with("1 finding in 1 file.\n"), "{}", run.stdout);
}

#[test]
fn json_counts_within_the_cell() {
    let folder = folder(&[("n.ipynb", NOTEBOOK)]);
    let run = folder.run(&["check", "n.ipynb", "--format", "json", "--select", "mktemp-usage,typing-generic-alias"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let places: Vec<_> = findings
        .iter()
        .map(|it| {
            [&it["cell"], &it["range"]["start"]["line"], &it["range"]["start"]["column"]].map(|it| it.as_u64().unwrap())
        })
        .collect();
    assert_eq!(places, [[4, 2, 8], [4, 3, 8], [4, 4, 7], [5, 1, 4]]);
    assert_eq!(findings[0]["range"]["start"]["offset"], "title = 'é'\nname = ".len());
    let edits = &findings[2]["fix"]["edits"];
    assert_eq!((&edits[0]["cell"], &edits[0]["text"]), (&2.into(), &"\nimport collections".into()));
    assert_eq!(edits[0]["range"]["start"]["line"], 3);
    assert_eq!((&edits[1]["cell"], &edits[1]["text"]), (&4.into(), &"collections.deque".into()));
}

#[test]
fn services_are_told_the_place_in_the_file() {
    let folder = folder(&[("n.ipynb", NOTEBOOK)]);
    let line = 1 + NOTEBOOK.lines().position(|line| line.contains("name = tempfile.mktemp()")).unwrap();
    let github = folder.run(&["check", "n.ipynb", "--format", "github", "--select", "mktemp-usage"]).stdout;
    assert!(
        github.starts_with(&format!("::warning file=n.ipynb,line={line},endLine={line},col=13,endColumn=28,")),
        "{github}"
    );
    assert!(github.ends_with(" (§9.1.4) (cell 4)\n"), "{github}");
    let sarif = folder.run(&["check", "n.ipynb", "--format", "sarif", "--select", "typing-generic-alias"]).stdout;
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let location = &sarif["runs"][0]["results"][0]["locations"][0];
    // `\u0066\u006fund: ` stands for `found: `.
    assert_eq!(location["physicalLocation"]["region"]["startLine"], line + 1);
    assert_eq!(location["physicalLocation"]["region"]["startColumn"], 6 + r"\u0066\u006fund: ".len());
    assert_eq!(location["logicalLocations"][0]["name"], "cell 4");
}

#[test]
fn fixes_change_the_lines_that_they_are_about_and_nothing_else() {
    let folder = folder(&[("n.ipynb", NOTEBOOK)]);
    let select = ["--select", "typing-generic-alias"];
    let diff = folder.run(&[["check", "n.ipynb", "--diff"].as_slice(), &select].concat());
    assert!(diff.stdout.contains("--- n.ipynb:cell 4\n+++ n.ipynb:cell 4\n"), "{}", diff.stdout);
    assert!(diff.stdout.contains("\n-last: typing.Deque[str] = make()\n"), "{}", diff.stdout);
    folder.run(&[["check", "n.ipynb", "--fix"].as_slice(), &select].concat()).ok();
    let expected = NOTEBOOK
        .replace("    \"import typing\"\n", "    \"import typing\\n\",\n    \"import collections\"\n")
        .replace(r"\u0066\u006fund: typing.List[str]", "found: list[str]")
        .replace("last: typing.Deque[str]", "last: collections.deque[str]")
        .replace("x: typing.Dict[str, int]", "x: dict[str, int]");
    assert_eq!(fs::read_to_string(folder.path("n.ipynb")).unwrap(), expected);
}

#[test]
fn standard_input_may_be_a_notebook() {
    let folder = folder(&[]);
    let arguments = ["check", "--stdin-filename", "n.ipynb", "--fix", "--select", "typing-generic-alias", "-"];
    let run = folder.run_with(&arguments, NOTEBOOK.as_bytes());
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("x: dict[str, int] = {}\\nawait work()\""), "{}", run.stdout);
}

#[test]
fn a_broken_cell_is_named_and_the_others_are_checked() {
    let broken = NOTEBOOK.replace("title = ", "title = ( ");
    let folder = folder(&[("n.ipynb", &broken)]);
    let run = folder.run(&["check", "n.ipynb", "--select", "typing-generic-alias"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.starts_with("error: n.ipynb:cell 4:"), "{}", run.stderr);
    assert!(run.stdout.contains("n.ipynb:cell 5:1:4"), "{}", run.stdout);
}

#[test]
fn what_is_no_python_notebook_is_said() {
    let r = r#"{"cells": [], "metadata": {"language_info": {"name": "R"}}, "nbformat": 4, "nbformat_minor": 5}"#;
    let folder = folder(&[("r.ipynb", r), ("broken.ipynb", "{\"cells\": ["), ("old.ipynb", "{\"nbformat\": 3}")]);
    let run = folder.run(&["check", "r.ipynb"]);
    assert_eq!((run.status, &*run.stderr), (0, "warning: r.ipynb is a notebook in R, which is left alone\n"));
    let run = folder.run(&["check", "broken.ipynb"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.starts_with("error: broken.ipynb is no notebook that can be read: EOF"), "{}", run.stderr);
    let run = folder.run(&["check", "old.ipynb"]);
    assert!(run.stderr.contains("its `nbformat` is 3; only 4 is read"), "{}", run.stderr);
}

#[test]
fn pictures_do_not_make_a_notebook_too_large() {
    let picture = NOTEBOOK.replace("\"\\u00e9\\n\"", &format!("\"{}\"", "A".repeat(30_000)));
    let folder = folder(&[("n.ipynb", &picture), ("marginalia.toml", "maxFileSize = 1000\n")]);
    let run = folder.run(&["check", "n.ipynb", "--select", "mktemp-usage"]);
    assert_eq!((run.status, &*run.stderr), (1, ""), "{}", run.stdout);
}

#[test]
fn annotate_writes_the_margin_of_each_cell() {
    let folder = folder(&[("n.ipynb", NOTEBOOK)]);
    let text = folder.run(&["annotate", "n.ipynb"]).ok();
    assert!(text.starts_with("cell 2\n 1  %matplotlib inline\n 2  import tempfile"), "{text}");
    assert!(text.contains("\n\ncell 4\n 1  title = 'é'\n 2  name = tempfile.mktemp()"), "{text}");
    assert!(!text.contains("%%bash"), "{text}");
    let json: Value = serde_json::from_str(&folder.run(&["annotate", "n.ipynb", "--format", "json"]).ok()).unwrap();
    let last = json["references"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["cell"], &last["range"]["start"]["line"]), (&5.into(), &2.into()), "{last}");
    let html = folder.run(&["annotate", "n.ipynb", "--format", "html"]).ok();
    assert!(html.contains("cell 4"), "{html}");
}
