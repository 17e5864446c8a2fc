// What the test command hands to the process that runs the editor tests.
import { readFile } from 'node:fs/promises';
import type { Editor } from '../../setup/editor.ts';

export interface EditorJob {
  /** The repository. */
  readonly root: string;
  readonly editor: Editor;
  /** The packed extension under test. */
  readonly vsix: string;
  /** Where the test records go. */
  readonly report: string;
}

/** Reads the job. Its writer is the test command alone, so its shape is not checked again. */
export async function readJob(file: string | undefined): Promise<EditorJob> {
  if (file === undefined) throw new Error('The editor tests need the path of their job file as argument.');
  return JSON.parse(await readFile(file, 'utf8')) as EditorJob;
}
