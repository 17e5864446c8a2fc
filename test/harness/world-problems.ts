import { expect } from 'vitest';
import { parseWorld } from '../../simulator/world/parse.ts';
import { readMarks } from './marked-problems.ts';

/** Reads a world file with marks under its problems, and expects exactly those. */
export function checkProblems(marked: string): void {
  const { text, problems } = readMarks(marked);
  expect(parseWorld(text).problems).toEqual(problems);
}

/** A shop and a bank, whole but for what is put into them. */
export const shopWorld = (parts: {
  readonly workers?: string;
  readonly workflows?: string;
  readonly rest?: string;
}): string => `
nexus: 1
namespaces: [shop, bank]
endpoints:
  pay: { target: { namespace: bank, taskQueue: charges } }
workers:
  teller:
    namespace: bank
    taskQueue: charges
    operations:
      Pay.charge: { reply: 1 }
${parts.workers ?? ''}
workflows:
  Buy:
${parts.workflows ?? '    - sleep: 1s'}
${parts.rest ?? ''}`;
