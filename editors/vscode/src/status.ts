// The entry among Python's language status: whether the server runs, and which.
import * as vscode from "vscode";

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("marginalia.status", { language: "python" });

  constructor() {
    this.item.name = "Marginalia";
    this.item.text = "Marginalia";
    this.item.command = { command: "marginalia.showLogs", title: "Show Logs" };
  }

  starting(): void {
    this.say("starting", vscode.LanguageStatusSeverity.Information, true);
  }

  running(version: string | undefined): void {
    this.say(version ?? "running", vscode.LanguageStatusSeverity.Information);
  }

  stopped(): void {
    this.say("stopped", vscode.LanguageStatusSeverity.Warning);
  }

  failed(reason: string): void {
    this.say(reason, vscode.LanguageStatusSeverity.Error);
  }

  dispose(): void {
    this.item.dispose();
  }

  private say(detail: string, severity: vscode.LanguageStatusSeverity, busy = false): void {
    this.item.detail = detail;
    this.item.severity = severity;
    this.item.busy = busy;
    this.item.command =
      severity === vscode.LanguageStatusSeverity.Information
        ? { command: "marginalia.showLogs", title: "Show Logs" }
        : { command: "marginalia.restart", title: "Restart Server" };
  }
}
