// Finding a section: in the table of contents, or by asking the book.
import * as vscode from "vscode";
import { contentsRequest, searchRequest, type Contents, type Hit, type Name } from "./protocol";
import type { Sections } from "./sections";
import type { Server } from "./server";

/** How long to wait for the next letter. */
const PAUSE = 120;

interface Item extends vscode.QuickPickItem {
  section?: Name;
}

/** `Open Section...`: the table of contents, to type a number or a part of a title into. */
export async function openSection(server: Server, sections: Sections): Promise<void> {
  const client = await server.ready();
  const items = client?.sendRequest(contentsRequest, {}).then((books) => books.flatMap(contentsItems));
  const chosen =
    items &&
    (await vscode.window.showQuickPick<Item>(items, {
      title: "Open Section",
      placeHolder: "A number such as 16.7.4, or a part of a title",
    }));
  if (chosen?.section) {
    await sections.show(chosen.section.number, chosen.section.book);
  }
}

function contentsItems(book: Contents): Item[] {
  return book.chapters.flatMap((chapter) => [
    { label: `${book.title}: ${chapter.number} ${chapter.title}`, kind: vscode.QuickPickItemKind.Separator },
    ...chapter.sections.map((section) => ({ label: `${section.reference} ${section.title}`, section })),
  ]);
}

/** `Search the Book`: the server finds sections by symbol, words, or another tool's code. */
export async function searchBook(server: Server, sections: Sections): Promise<void> {
  const client = await server.ready();
  if (!client) {
    return;
  }
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = "Search the Book";
  pick.placeholder = "A symbol (asyncio.TaskGroup), words, a rule, or another tool's code (B006)";
  let latest = new vscode.CancellationTokenSource();
  let pause: NodeJS.Timeout | undefined;
  pick.onDidChangeValue((query) => {
    clearTimeout(pause);
    latest.cancel();
    latest = new vscode.CancellationTokenSource();
    const { token } = latest;
    pick.busy = true;
    pause = setTimeout(() => {
      const failed = (): Hit[] => [];
      void client
        .sendRequest(searchRequest, { query }, token)
        .catch(failed)
        .then((hits) => {
          if (!token.isCancellationRequested) {
            pick.items = hits.map(hitItem);
            pick.busy = false;
          }
        });
    }, PAUSE);
  });
  pick.onDidAccept(() => {
    const section = pick.selectedItems[0]?.section;
    pick.hide();
    if (section) {
      void sections.show(section.number, section.book);
    }
  });
  pick.onDidHide(() => {
    clearTimeout(pause);
    latest.cancel();
    pick.dispose();
  });
  pick.show();
}

function hitItem(hit: Hit): Item {
  const label = hit.rule ? `$(lightbulb) ${hit.rule}` : `${hit.reference} ${hit.title}`;
  const description = hit.rule ? `${hit.reference} ${hit.title}` : (hit.chapter ?? "");
  // The server has chosen already: what does not look like the query belongs here all the same.
  return { label, description, detail: hit.gist.replaceAll("`", ""), alwaysShow: true, section: hit };
}
