// What the language server answers beyond the Language Server Protocol. Plain JSON; both sides import this file.
// Additive changes only.

/** Finds the code behind an operation seen at run time. */
export const locateRequest = 'nexus/locate';

export interface LocateParams {
  /** Which side of the operation to show. */
  readonly role: 'handler' | 'caller' | 'contract';
  /** The service's and the operation's names as on the wire; names as in the code are tried after that. */
  readonly service: string;
  readonly operation: string;
}

/** Best first: the wanted side, then the contract in code, then the contract in IDL. Empty if nothing is known. */
export type LocateResult = readonly LocationDto[];

/** A place in a document, as in the Language Server Protocol. */
export interface LocationDto {
  readonly uri: string;
  readonly range: { readonly start: PositionDto; readonly end: PositionDto };
}

/** Zero-based; characters are UTF-16 code units. */
export interface PositionDto {
  readonly line: number;
  readonly character: number;
}
