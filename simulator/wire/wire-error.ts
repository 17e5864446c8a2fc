/** Bytes of a peer that cannot be read as the message they should be. Caught where a request enters. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
