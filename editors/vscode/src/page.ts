// A section as a page.
import { anchor, documentOf, escaped } from "./html";
import { SHOW_SECTION, commandLink } from "./links";
import { blocks, colour, inline } from "./markdown";
import type { Name, Page } from "./protocol";

export function pageOf(page: Page): string {
  const parts = [
    heading(page),
    block("summary", "", blocks(page.summary, page.book)),
    block("points", "Key points", blocks(page.keyPoints, page.book)),
    block("pitfalls", "Pitfalls", blocks(page.pitfalls, page.book)),
    example(page),
    block("erratum", "Erratum", blocks(page.erratum, page.book)),
    block("children", "In this section", list(page.children)),
    block("see-also", "See also", list(page.seeAlso)),
    block("rules", "Rules", rules(page)),
    pager(page),
  ];
  return documentOf(`${page.reference} ${page.title}`, `<main>${parts.join("\n")}</main>`);
}

function heading(page: Page): string {
  const steps = [escaped(page.bookTitle)];
  if (page.chapter) {
    steps.push(`${page.chapter.number}&ensp;${escaped(page.chapter.title)}`);
  }
  if (page.parent) {
    steps.push(nameLink(page.parent));
  }
  const since = page.since ? ` <span class="badge">Python ${escaped(page.since)}+</span>` : "";
  const copy = page.copy
    ? `<p class="actions">${anchor(commandLink("marginalia.openInCopy"), "Open in your copy", "Open the line in your own copy of the book")}</p>`
    : "";
  return `<header>
<nav class="steps" aria-label="Where this section stands">${steps.join(' <span class="step">›</span> ')}</nav>
<h1><span class="number">${escaped(page.reference)}</span> ${escaped(page.title)}${since}</h1>
${copy}
</header>`;
}

/** A part with its title; nothing where it is empty. */
function block(kind: string, title: string, html: string): string {
  if (!html.trim()) {
    return "";
  }
  return `<section class="${kind}">${title && `<h2>${title}</h2>`}${html}</section>`;
}

function example(page: Page): string {
  if (!page.example) {
    return "";
  }
  const copy = anchor(commandLink("marginalia.copyExample"), "Copy", "Copy the example");
  const open = anchor(commandLink("marginalia.openExample"), "Open as file", "Open the example in an editor of its own");
  const title = `<h2>Example <span class="actions">${copy} · ${open}</span></h2>`;
  return `<section class="example">${title}<pre><code>${colour(page.example)}</code></pre></section>`;
}

function rules(page: Page): string {
  const items = page.rules.map((rule) => `<li><code>${escaped(rule.name)}</code>: ${inline(rule.gist)}</li>`);
  return items.length > 0 ? `<ul>${items.join("")}</ul>` : "";
}

function list(names: Name[]): string {
  return names.length > 0 ? `<ul class="names">${names.map((name) => `<li>${nameLink(name)}</li>`).join("")}</ul>` : "";
}

function pager(page: Page): string {
  const previous = page.previous ? nameLink(page.previous, "previous", "‹ ") : "<span></span>";
  const next = page.next ? nameLink(page.next, "next", "", " ›") : "<span></span>";
  return `<nav class="pager" aria-label="Neighbours">${previous}${next}</nav>`;
}

function nameLink(name: Name, role = "", before = "", after = ""): string {
  const target = commandLink(SHOW_SECTION, name.number, name.book);
  const text = `<span class="number">${escaped(name.reference)}</span> ${escaped(name.title)}`;
  const html = `${before}${text}${after}`;
  return role ? `<span class="${role}">${anchor(target, html)}</span>` : anchor(target, html);
}
