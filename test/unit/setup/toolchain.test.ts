import { expect, test } from 'vitest';
import { missingTool } from '../../interop/toolchain.ts';

/** A tool that says this of its version. */
const tool = (says: string, atLeast: string) => ({
  command: process.execPath,
  args: ['-e', `console.log(${JSON.stringify(says)})`],
  atLeast,
});

test.each([
  ['javac 17', '17'],
  ['go1.26.8', '1.26'],
  ['go2.0', '1.26'],
  ['\u001b[0mApache Maven 3.8.7', '3.6'],
])('%j is new enough for %s', async (says, atLeast) => {
  expect(await missingTool([tool(says, atLeast)])).toBeUndefined();
});

test.each([
  ['Python 3.9.18', '3.11', '3.9.18'],
  ['javac 1.8.0_352', '17', '1.8.0'],
])('%j is too old for %s, and told so', async (says, atLeast, version) => {
  expect(await missingTool([tool('99', '1'), tool(says, atLeast)])).toEqual({
    lacks: `'${process.execPath}' is version ${version}: at least ${atLeast} is needed.`,
  });
});

test('a tool that is not there is named', async () => {
  expect(await missingTool([{ command: 'no-such-tool', args: [], atLeast: '3' }])).toEqual({
    lacks: "There is no 'no-such-tool' on the path: install version 3.",
  });
});
