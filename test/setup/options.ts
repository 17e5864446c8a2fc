// The options of the test command.

export const groups = ['unit', 'simulation', 'protocol', 'tidy', 'end-to-end', 'editor', 'interop'] as const;
export type Group = (typeof groups)[number];

/** They need what few machines have, so they run only when they are asked for by name. */
const onRequest: ReadonlySet<Group> = new Set(['interop']);

export type Options =
  | { readonly kind: 'run'; readonly groups: readonly Group[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

export const helpText = `Builds the extension and runs its tests.

  npm test                      everything but interop
  npm test -- --only <group>    one group; may be repeated
  npm test -- --help            this text

Groups: ${groups.join(', ')}.
The editor group needs a real VS Code. It is fetched or built once and kept in ~/.cache/nexus-workbench-tests
(environment: NEXUS_TEST_CACHE names another folder, NEXUS_TEST_EDITOR is 'desktop' or 'browser' to allow one
kind only, CHROME_PATH names a Chromium). Where none can be had its tests are skipped, by name.
The interop group needs the toolchains of other languages, see test/interop/README.md.
The last line is 'N passed, N failed', with ', N skipped' when any were. The exit code is 0 when at least one
test ran and none failed, 1 otherwise, 2 for a wrong option.`;

/** What the command line asks for. Groups are run in their own order, each once. */
export function parseOptions(args: readonly string[]): Options {
  const chosen = new Set<Group>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help' || arg === '-h') return { kind: 'help' };
    const [option, inline] = splitOnce(arg);
    if (option !== '--only') return wrong(`Unknown option '${arg}': use --only <group> or --help.`);
    const name = inline ?? rest.shift();
    if (name === undefined) return wrong(`--only needs a group after it: one of ${groups.join(', ')}.`);
    const group = groups.find((known) => known === name);
    if (group === undefined)
      return wrong(`--only knows no group '${name}': use one of ${groups.join(', ')}.`);
    chosen.add(group);
  }
  const runs = (group: Group): boolean => (chosen.size === 0 ? !onRequest.has(group) : chosen.has(group));
  return { kind: 'run', groups: groups.filter(runs) };
}

function splitOnce(arg: string): readonly [string, string | undefined] {
  const at = arg.indexOf('=');
  return at === -1 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function wrong(message: string): Options {
  return { kind: 'wrong', message };
}
