// The server's life: found, started, restarted, stopped; one start at a time.
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type Middleware, State } from "vscode-languageclient/node";
import { findProgram, NotFound } from "./find";
import { SHOW_SECTION, linkBase, withCommandLinks } from "./links";
import { PublishedDiagnostics } from "./published";
import { explicitSettings } from "./settings";
import type { Status } from "./status";
import { lazyChannel } from "./trace";

/** What the server's own command is called that opens a section. */
const OPEN_SECTION = "marginalia.openSection";

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<void> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly trace = lazyChannel("Marginalia Trace");

  /** The server is there, or is not any more. */
  readonly onChanged = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly status: Status,
  ) {}

  /** The running server; undefined while there is none. */
  get running(): LanguageClient | undefined {
    return this.client?.state === State.Running ? this.client : undefined;
  }

  /** The running server, once the start that is under way is done. Tells the user when there is none. */
  async ready(): Promise<LanguageClient | undefined> {
    await this.starting;
    if (!this.running) {
      void vscode.window.showWarningMessage("Marginalia's server is not running; see Marginalia: Show Logs.");
    }
    return this.running;
  }

  /** Stops the server where it runs, and starts it. Two starts at once would leave a server without an owner. */
  restart(): Promise<void> {
    this.starting = this.starting.then(() => this.stop()).then(() => this.start());
    return this.starting;
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose().catch((fault: unknown) => this.log.warn(`the server did not stop: ${String(fault)}`));
  }

  dispose(): void {
    this.changed.dispose();
    this.trace.dispose();
  }

  private async start(): Promise<void> {
    this.status.starting();
    try {
      const setting = vscode.workspace.getConfiguration("marginalia").get<string>("path") ?? "";
      const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
      const { command, from } = findProgram(setting, this.context.extensionPath, workspace);
      this.log.info(`starting ${command}, from ${from}`);
      const run = { command, args: ["server"] };
      this.client = new LanguageClient("marginalia", "Marginalia", run, this.options());
      this.client.registerFeature(new PublishedDiagnostics());
      this.client.onDidChangeState(({ newState }) => this.follow(newState));
      await this.client.start();
    } catch (fault) {
      this.client = undefined;
      this.failed(fault);
    }
  }

  /** Tells the server something, unless the same event restarts it: then it asks anyway, and the old one is gone. */
  private async whileItRuns(tell: () => Promise<void>): Promise<void> {
    const client = this.client;
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (client && client === this.running) {
      await tell();
    }
  }

  private follow(state: State): void {
    if (state === State.Running) {
      this.status.running(this.client?.initializeResult?.serverInfo?.version);
    } else if (state === State.Stopped) {
      this.status.stopped();
    }
    this.changed.fire();
  }

  private failed(fault: unknown): void {
    const reason = fault instanceof Error ? fault.message : String(fault);
    this.log.error(reason);
    this.status.failed(reason);
    this.changed.fire();
    const message =
      fault instanceof NotFound
        ? reason
        : `Marginalia's server did not start: ${reason}. The setting marginalia.path names another program.`;
    const [setting, logs] = ["Open Setting", "Show Logs"];
    void vscode.window.showErrorMessage(message, setting, logs).then((chosen) => {
      if (chosen === setting) {
        void vscode.commands.executeCommand("workbench.action.openSettings", "marginalia.path");
      } else if (chosen === logs) {
        this.log.show();
      }
    });
  }

  private options(): LanguageClientOptions {
    const base = linkBase(this.context.extension);
    return {
      documentSelector: [
        { language: "python", scheme: "file" },
        { language: "python", scheme: "untitled" },
        // The cells of any kind of notebook.
        { language: "python", notebook: "*" },
      ],
      outputChannel: this.log,
      traceOutputChannel: this.trace,
      initializationOptions: { ...explicitSettings(this.context.extension), uriHandler: base },
      middleware: this.middleware(base),
    };
  }

  private middleware(base: string): Middleware {
    return {
      workspace: {
        configuration: (params, token, next) =>
          params.items.every((item) => item.section === "marginalia")
            ? params.items.map(({ scopeUri }) =>
                explicitSettings(this.context.extension, scopeUri ? vscode.Uri.parse(scopeUri) : undefined),
              )
            : next(params, token),
        didChangeConfiguration: (sections, next) => this.whileItRuns(() => next(sections)),
      },
      provideHover: async (document, position, token, next) => {
        const hover = await next(document, position, token);
        return hover && withCommandLinks(hover, base);
      },
      // Shown here at once: by way of the server it would come back as a link from outside.
      executeCommand: async (command, parameters, next) =>
        command === OPEN_SECTION
          ? vscode.commands.executeCommand(SHOW_SECTION, ...(parameters as unknown[]))
          : (next(command, parameters) as Promise<unknown>),
    };
  }
}
