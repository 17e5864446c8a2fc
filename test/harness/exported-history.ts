import { readFileSync } from 'node:fs';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporal } from '@temporalio/proto';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import { createConverter } from '../../simulator/wire/convert.ts';

const folder = new URL('../fixtures/histories/', import.meta.url);

/** What was exported from a development server, 1.9 of the command line. */
export const recorded = (name: string): string => readFileSync(new URL(`${name}.json`, folder), 'utf8');

/** A history as the SDK writes it to a file. */
export function exported(events: readonly HistoryEvent[], originMs = 0): string {
  const bytes = createConverter(originMs).encode('temporal.api.history.v1.History', { events });
  return historyToJSON(temporal.api.history.v1.History.decode(bytes));
}
