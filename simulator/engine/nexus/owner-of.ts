import type { Operation } from '../state.ts';
import type { OperationOwner } from './owner.ts';
import { runOwner } from './run-owner.ts';

/** Who keeps the record of an operation. */
export const ownerOf = (_operation: Operation): OperationOwner => runOwner;
