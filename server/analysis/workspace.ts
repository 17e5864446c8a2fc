import type { Pause } from './cancellation.ts';
import type { DocumentUri } from './uri.ts';

/** Where documents come from: the disk, the editor, or a test. */
export interface Workspace {
  /** The workspace folders, outermost first. */
  folders(): readonly DocumentUri[];
  /** Every document that may be worth indexing; ignored and oversized files are left out. */
  list(): Promise<readonly DocumentUri[]>;
  /** Whether `list` names the document, or would if it were there. */
  accepts(uri: DocumentUri): Promise<boolean>;
  /** The document's text without a byte order mark, or `undefined` if it cannot be had. */
  read(uri: DocumentUri): Promise<string | undefined>;
  readonly pause: Pause;
}

/** Longer documents are generated or data; parsing them costs more than it tells. In UTF-16 code units. */
export const documentLengthMax = 512 * 1024;
