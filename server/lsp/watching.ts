import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type Connection,
  type FileEvent,
} from 'vscode-languageserver/node';
import { fileNameOf, parseDocumentUri, type DocumentUri } from '../analysis/uri.ts';
import type { WorkspaceIndex } from '../analysis/workspace-index.ts';

const watchedGlobs = [
  '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}',
  '**/*.{yaml,yml,json}',
  '**/.gitignore',
] as const;

/** Asks the client to tell of files that change on the disk. */
export async function watchFiles(connection: Connection): Promise<void> {
  const watchers = watchedGlobs.map((globPattern) => ({ globPattern }));
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
}

/** Brings the index up to date with changes on the disk. Open documents keep their editor's text. */
export async function applyFileEvents(index: WorkspaceIndex, events: readonly FileEvent[]): Promise<void> {
  const changed = events.map(({ uri, type }) => ({ uri: parseDocumentUri(uri), type }));
  // What is ignored decides what is listed, so everything is listed anew.
  if (changed.some(({ uri }) => fileNameOf(uri) === '.gitignore')) {
    await index.build();
    return;
  }
  const uris = changed.flatMap(({ uri, type }): readonly DocumentUri[] =>
    // A deleted folder is one event for all that was in it.
    type === FileChangeType.Deleted ? [uri, ...index.within(uri)] : [uri],
  );
  await index.update([...new Set(uris)]);
}
