// Notes as HTML. Their Markdown may come from a folder of the workspace: no HTML of theirs, no images, no odd links.
import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import MarkdownIt from "markdown-it";
import { SHOW_SECTION, commandLink } from "./links";

hljs.registerLanguage("python", python);

const markdown = new MarkdownIt({
  html: false,
  highlight: (code, language) => (language === "python" ? colour(code) : ""),
});
markdown.disable("image");
markdown.validateLink = (target) => /^https:\/\//i.test(target);

// A section that is named becomes a link to it.
markdown.core.ruler.push("sections", (state) => {
  for (const block of state.tokens) {
    if (block.type === "inline" && block.children) {
      block.children = block.children.flatMap((token) =>
        token.type === "text" ? linked(token.content, state) : [token],
      );
    }
  }
});

type State = Parameters<Parameters<typeof markdown.core.ruler.push>[1]>[0];

function linked(text: string, state: State): InstanceType<State["Token"]>[] {
  const parts = text.split(/(§\d+(?:\.\d+){0,2}b?)/);
  return parts.filter(Boolean).flatMap((part) => {
    const plain = new state.Token("text", "", 0);
    plain.content = part;
    const book = (state.env as { book?: string }).book;
    if (!part.startsWith("§") || part === "§" || book === undefined) {
      return [plain];
    }
    const open = new state.Token("link_open", "a", 1);
    open.attrSet("href", commandLink(SHOW_SECTION, part.slice(1), book));
    return [open, plain, new state.Token("link_close", "a", -1)];
  });
}

/** Markdown blocks; `book` is the book whose sections are named in it. */
export function blocks(text: string, book: string): string {
  return markdown.render(text, { book });
}

/** Markdown within a line. */
export function inline(text: string): string {
  return markdown.renderInline(text, {});
}

/** Python with a class for each kind of word. */
export function colour(code: string): string {
  return hljs.highlight(code, { language: "python" }).value;
}
