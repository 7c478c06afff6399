// Has the server publish its findings. The client library asks for those of files, but not for those of a notebook's cells.
import type { ClientCapabilities, FeatureState, StaticFeature } from "vscode-languageclient/node";

export class PublishedDiagnostics implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    delete capabilities.textDocument?.diagnostic;
    delete capabilities.workspace?.diagnostics;
  }

  initialize(): void {
    // The capability is all there is to it.
  }

  getState(): FeatureState {
    return { kind: "static" };
  }

  clear(): void {
    // Nothing is kept.
  }
}
