// The language server in the editor: diagnostics and navigation.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { Position } from './probe-contract.ts';
import type { Session } from './session.ts';

const misspelt = `nexusrpc: 1.0.0
services:
  ParcelService:
    operations:
      quote:
        imput: { type: object }
        output: { type: object }
`;

export const languageSuite = (session: () => Session): void => {
  describe('the language server in the editor', () => {
    before(async () => {
      await session().workbench.open(session().examples);
    });

    it('marks a misspelt key of a contract, and nothing around it', async () => {
      const { workbench, examples } = session();
      const contract = join(examples, 'misspelt.nexusrpc.yaml');
      await writeFile(contract, misspelt);
      await workbench.openFile(contract);
      const found = await workbench.diagnostics(contract);
      await workbench.squiggle('error');
      await workbench.screenshot('misspelt key');
      const start = positionOf(misspelt, 'imput');
      const end = { line: start.line, column: start.column + 'imput'.length };
      assert.deepEqual(
        found.map(({ severity, range }) => ({ severity, range })),
        [{ severity: 'error', range: { start, end } }],
      );
      assert.match(found[0]?.code ?? '', /idl-unknown-key$/);
    });

    it('finds nothing wrong with the example', async () => {
      const { workbench, examples } = session();
      const contract = join(examples, 'hello.nexusrpc.yaml');
      await workbench.openFile(contract);
      // The misspelt neighbour proves that findings have arrived; the example must have none among them.
      await workbench.diagnostics(join(examples, 'misspelt.nexusrpc.yaml'));
      assert.deepEqual(await workbench.probe.request('diagnostics', { path: contract }), []);
    });

    it('jumps from a call to its handler', async () => {
      const { workbench, examples } = session();
      const caller = join(examples, 'hello', 'workflows.ts');
      const call = "executeOperation('";
      const { line, column } = positionOf(await readFile(caller, 'utf8'), `${call}echo'`);
      await workbench.openFile(caller, line);
      const targets = await workbench.definition(caller, { line, column: column + call.length });
      const paths = new Set(targets.map(({ path }) => path));
      assert.ok(paths.has(join(examples, 'hello', 'handler.ts')), [...paths].join('\n'));
    });
  });
};

function positionOf(text: string, part: string): Position {
  const offset = text.indexOf(part);
  assert.notEqual(offset, -1, `the text does not hold '${part}'`);
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
