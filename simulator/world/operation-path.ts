import type { Located } from './source.ts';

/** `endpoint/Service.operation`, with the places of its two halves. */
export interface OperationPath {
  readonly endpoint: Located<string>;
  /** `Service.operation` as written. */
  readonly name: Located<string>;
  readonly service: string;
  readonly operation: string;
}

/** `Service.operation`, taken apart. */
export interface OperationName {
  readonly name: Located<string>;
  readonly service: string;
  readonly operation: string;
}
