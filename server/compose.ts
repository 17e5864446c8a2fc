import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Connection } from 'vscode-languageserver/node';
import { allIndexers } from './analysis/indexers/all.ts';
import { OpenDocuments } from './analysis/open-documents.ts';
import { allRules } from './analysis/rules/all.ts';
import { WorkspaceIndex } from './analysis/workspace-index.ts';
import { LanguageServer } from './lsp/connection.ts';
import { NodeWorkspace } from './platform/node-workspace.ts';
import { grammarDirectory, loadSyntaxParser } from './platform/tree-sitter.ts';

/** Wires the language server of this process. `script` is the file that Node was started with. */
export async function composeServer(connection: Connection, script: string): Promise<LanguageServer> {
  const parser = await loadSyntaxParser(grammarDirectory(script));
  const disk = new NodeWorkspace((uri) => allIndexers.some((indexer) => indexer.looksInto(uri)));
  const open = new OpenDocuments(disk);
  return new LanguageServer(connection, {
    version: versionOf(script),
    open,
    rules: allRules,
    setFolders: (folders) => disk.setFolders(folders),
    createIndex: (onFailure) =>
      new WorkspaceIndex({ workspace: open, indexers: allIndexers, parser, onFailure }),
  });
}

/** The extension's version; its manifest lies above the bundle as above the sources. */
function versionOf(script: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(script), '..', 'package.json'), 'utf8'));
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isVersioned && typeof manifest.version === 'string' ? manifest.version : '0.0.0';
}
