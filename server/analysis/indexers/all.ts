import { idlIndexer } from './idl.ts';
import type { Indexer } from './indexer.ts';
import { typescriptIndexer } from './typescript.ts';

/** Every indexer there is. */
export const allIndexers: readonly Indexer[] = [typescriptIndexer, idlIndexer];
