import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOf } from "../src/page";

const name = (number, title) => ({ number, book: "handbook", reference: `§${number}`, title });

function page(parts) {
  return pageOf({
    ...name("1.2", "Waiting"),
    bookTitle: "Handbook",
    chapter: { number: 1, title: "Work" },
    since: null,
    ...{ summary: "", keyPoints: "", pitfalls: "", example: "", erratum: "" },
    ...{ parent: null, previous: null, next: null, children: [], seeAlso: [], rules: [], copy: null, link: null },
    ...parts,
  });
}

test("a note brings no HTML, no picture and no odd link with it", () => {
  const html = page({
    summary: '<script>run()</script> <img src="x"> ![a](https://example.org/a.png) [b](javascript:run()) [c](command:run)',
    ...name("1.2", "<b>Title</b>"),
    rules: [{ name: "<i>", gist: "<u>gist</u>" }],
  });
  assert.doesNotMatch(html, /<(script|img|b|i|u)[ >]/);
  assert.doesNotMatch(html, /href="(javascript|command:run)/);
  assert.match(page({ summary: "[site](https://example.org/)" }), /<a href="https:\/\/example\.org\/">site<\/a>/);
});

test("sections that a text names are links into the same book", () => {
  const html = page({ summary: "See §2.1.3 and `§3`." });
  assert.match(html, /<a href="command:marginalia\.showSection\?%5B%222\.1\.3%22%2C%22handbook%22%5D">§2\.1\.3<\/a>/);
  assert.match(html, /<code>§3<\/code>/);
});

test("code has colours and stays what it is", () => {
  const html = page({ example: 'if a < b:\n    print("<b>")' });
  assert.match(html, /<span class="hljs-keyword">if<\/span> a &lt; b:/);
  assert.match(html, /&lt;b&gt;/);
});

test("parts that are empty are left out", () => {
  const html = page({ summary: "Wait." });
  assert.doesNotMatch(html, /<h2>/);
  assert.match(page({ pitfalls: "- Late." }), /<h2>Pitfalls<\/h2>/);
});

test("the first section has only a next one", () => {
  const html = page({ next: name("1.3", "Talking") });
  assert.match(html, /class="next"/);
  assert.doesNotMatch(html, /class="previous"/);
});
