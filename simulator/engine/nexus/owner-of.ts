import { isStandalone } from '../fact.ts';
import { standaloneOwner } from '../standalone/owner.ts';
import type { Operation } from '../state.ts';
import type { OperationOwner } from './owner.ts';
import { runOwner } from './run-owner.ts';

/** Who keeps the record of an operation. */
export const ownerOf = ({ ref }: Operation): OperationOwner =>
  isStandalone(ref) ? standaloneOwner : runOwner;
