import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ControlClient } from '../harness/control-client.ts';
import { nexusSim, nexusSimIn, SimulatorProcess } from '../harness/simulator-process.ts';

const hello = 'examples/hello.nexus.yaml';
const checkout = 'examples/checkout.nexus.yaml';
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
  scripts: { start: string };
};
/** The wall clock is the one thing in the output that no two runs share. */
const withoutRealTime = (out: string): string => out.replace(/,\s\S+\sof\sreal\stime/, ', … of real time');

let folder = '';
const processes: SimulatorProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-sim-'));
});

afterEach(async () => {
  for (const each of processes) each.child.kill('SIGKILL');
  await Promise.all(processes.splice(0).map((each) => each.ended));
  rmSync(folder, { recursive: true });
});

function start(...argv: readonly string[]): SimulatorProcess {
  const process = new SimulatorProcess(...argv);
  processes.push(process);
  return process;
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('run', () => {
  test('draws the example, judges it and ends well', async () => {
    const { code, out, error } = nexusSim('run', checkout);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    await expect(withoutRealTime(out)).toMatchFileSnapshot('../goldens/checkout.run.txt');
  });

  test('what npm start shows goes through three namespaces, with an open breaker and a late callback', () => {
    const [, argv = ''] = /node dist\/simulator\.cjs (.*)$/.exec(manifest.scripts.start) ?? [];
    expect(argv).toContain(' --stay');
    const { code, out } = nexusSim(...argv.split(' '), '--exit');
    expect(code).toBe(0);
    expect(out.match(/^══ \w+/gm)).toEqual(['══ orders', '══ payments', '══ fraud']);
    for (const what of ['workflow Checkout ', 'PaymentService.charge #2 ', 'workflow Charge #2 '])
      expect(out).toContain(what);
    for (const what of ['FraudService.Score #3 ', 'workflow Score #3 ', 'circuit breaker open ', 'backoff '])
      expect(out).toContain(what);
    expect(out).toMatch(/completion callback #2 .*\n +└ 30s after the workflow\n/);
    expect(out).toMatch(/\npassed: (\d) of \1 expectations hold after 3m33\.366s of virtual time\n$/);
  });

  test('what README.md shows of it is what it draws', () => {
    const [, sample = ''] = /```text\n(.*?)```/s.exec(readFileSync('README.md', 'utf8')) ?? [];
    expect(sample.split('\n').length).toBeGreaterThan(10);
    expect(nexusSimIn({ COLUMNS: '100' }, 'run', checkout).out).toContain(sample);
  });

  test.each(['40', '80', '140', '200'])('no line is wider than a terminal of %s columns', (COLUMNS) => {
    for (const path of [hello, checkout, 'examples/worker-down.nexus.yaml']) {
      const { out } = nexusSimIn({ COLUMNS }, 'run', path);
      expect(out.split('\n').filter((line) => line.length > Number(COLUMNS))).toEqual([]);
    }
  });

  test('the same file and seed give the same journal, byte for byte; another seed another one', () => {
    const journal = (name: string, seed: string): Buffer => {
      const path = join(folder, name);
      expect(nexusSim('run', hello, '--seed', seed, '--journal', path).code).toBe(0);
      return readFileSync(path);
    };
    const first = journal('a', '7');
    expect(first.length).toBeGreaterThan(1_000);
    expect(journal('b', '7').equals(first)).toBe(true);
    expect(journal('c', '8').equals(first)).toBe(false);
  });

  test('an expectation that does not hold is told with what was found, and with code 1', () => {
    const path = file('w.nexus.yaml', readFileSync(hello, 'utf8').replace('attempts: 3', 'attempts: 5'));
    const { code, out } = nexusSim('run', path);
    expect(code).toBe(1);
    expect(out).toContain(
      '  ✗ operation welcome-ada / GreetingService.echo: 5 attempts, succeeded  (line 68)\n      found: it took 3 attempts\n',
    );
    expect(out).toMatch(/\nfailed: 2 of 3 expectations hold after 1m7\S+ of virtual time\n$/);
  });

  test('--json is one document with the verdict and the spans', () => {
    const { code, out } = nexusSim('run', hello, '--json');
    const { verdict, spans } = JSON.parse(out) as { verdict: { passed: boolean }; spans: { kind: string }[] };
    expect([code, verdict.passed]).toEqual([0, true]);
    expect(new Set(spans.map((span) => span.kind))).toContain('backoff');
  });

  test('a broken file is told by place, with the line and carets, and with code 2', () => {
    const path = file('w.nexus.yaml', 'nexus: 1\nprofil: cloud\n');
    expect(nexusSim('run', path)).toEqual({
      code: 2,
      out: '',
      error: `${path}:2:1: A world file has no key "profil"; did you mean "profile"?\n   2 | profil: cloud\n     | ^^^^^^\n`,
    });
  });

  test('several files are run one after the other, and the worst of them decides the code', () => {
    const wrong = file('w.nexus.yaml', readFileSync(hello, 'utf8').replace('attempts: 3', 'attempts: 5'));
    const { code, out } = nexusSim('run', hello, wrong, '--format', 'json');
    const runs = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; verdict: { passed: boolean } });
    expect([code, runs.map((each) => [each.file, each.verdict.passed])]).toEqual([
      1,
      [
        [hello, true],
        [wrong, false],
      ],
    ]);
  });

  test('of several files nothing is run when one is broken, and all that is wrong is told', () => {
    const broken = file('w.nexus.yaml', 'nexus: 2\n');
    const { code, out, error } = nexusSim('run', hello, broken, 'gone.yaml');
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(`${broken}:1:8: `);
    expect(error).toContain('nexus-sim: There is no file "gone.yaml"; check the path.\n');
  });

  test('--format junit is one suite per file with a case per expectation', () => {
    const wrong = file('w.nexus.yaml', readFileSync(hello, 'utf8').replace('attempts: 3', 'attempts: 5'));
    const { code, out } = nexusSim('run', hello, wrong, '--format', 'junit');
    expect(code).toBe(1);
    expect(out).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites>\n/);
    expect(out).toMatch(
      /<testsuite name="examples\/hello\.nexus\.yaml" tests="3" failures="0" errors="0" time="67\.\d+">/,
    );
    expect(out).toContain(`<testsuite name="${wrong}" tests="3" failures="1" errors="0"`);
    expect(out).toContain('<failure message="it took 3 attempts"/>');
  });

  test('--until ends the run at that instant, and --profile takes the place of the file’s', () => {
    const path = join(folder, 'j');
    const { code, out } = nexusSim('run', hello, '--until', '5s', '--profile', 'server', '--journal', path);
    expect(code).toBe(1);
    expect(out).toMatch(/failed: \d of 3 expectations hold after 5s of virtual time\n$/);
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"nexusJournal":1,"seed":0,"profile":"server",/);
  });

  test('colours come only when they are wanted, and change no word', () => {
    const plain = withoutRealTime(nexusSim('run', hello).out);
    const forced = withoutRealTime(nexusSimIn({ FORCE_COLOR: '1' }, 'run', hello).out);
    expect(plain).not.toContain('\u001b');
    expect(forced).toContain('\u001b[32m✓\u001b[39m');
    expect(forced.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
    expect(withoutRealTime(nexusSimIn({ FORCE_COLOR: '1', NO_COLOR: '1' }, 'run', hello).out)).toBe(plain);
  });

  test.each([['--help'], ['run', hello], ['run', hello, '--json']])(
    '%s %s: a reader that goes away early is no reason to complain',
    async (...argv) => {
      const process = start(...argv);
      process.child.stdout.destroy();
      expect(await process.ended).toBe(0);
      expect(process.error).toBe('');
    },
  );

  test('--stay keeps the world at hand until interrupted; then the verdict decides the code', async () => {
    const process = start('run', hello, '--exit', '--stay', '--port', '0');
    const [, url = '', token = ''] = await process.until(
      'stderr',
      /control\s+(\S+)\s+token (\S+)[\s\S]*Ctrl\+C/,
    );
    expect(process.out).toMatch(/passed: 3 of 3 expectations hold/);
    const client = await ControlClient.connect(url, token);
    expect((await client.request('simulator/describe', {})).world).toEqual({ name: hello, run: 1, seed: 0 });
    expect((await client.request('timeline/subscribe', {})).spans.length).toBeGreaterThan(5);
    client.dispose();
    process.child.kill('SIGINT');
    expect(await process.ended).toBe(0);
  });
});

describe('validate', () => {
  test('names the files that are well, and tells all that is wrong with the others', () => {
    expect(nexusSim('validate', hello)).toEqual({ code: 0, out: `✓ ${hello}\n`, error: '' });
    const broken = file('w.nexus.yaml', 'nexus: 1\nprofil: cloud\nsede: 1\n');
    const { code, out, error } = nexusSim('validate', hello, broken);
    expect([code, out]).toEqual([2, `✓ ${hello}\n`]);
    expect(error).toContain(`${broken}:2:1: `);
    expect(error).toContain(`${broken}:3:1: `);
  });

  test('a contract is told what it is for, and a part of a world where it is wrong', () => {
    const contract = 'examples/hello.nexusrpc.yaml';
    const error = `nexus-sim: "${contract}" is a contract; name it under contracts of a world file.\n`;
    for (const command of ['validate', 'run'])
      expect(nexusSim(command, contract)).toMatchObject({ code: 2, error });
    const part = file('part.nexus.yaml', 'nexus: 1\nsede: 1\n');
    const whole = file('whole.nexus.yaml', 'nexus: 1\ninclude: [./part.nexus.yaml]\n');
    const said = nexusSim('validate', whole).error;
    expect(said).toMatch(/^\S+part\.nexus\.yaml:2:1: /);
    expect(said).toContain(`${part}:2:1: `);
    expect(said).toContain(' 2 | sede: 1\n');
  });
});

describe('journal', () => {
  test('show lists the inputs, replay draws the same picture as the run', () => {
    const path = join(folder, 'j');
    const ran = nexusSim('run', hello, '--journal', path).out;
    const shown = nexusSim('journal', 'show', path).out.trimEnd().split('\n');
    const inputs = readFileSync(path, 'utf8').trimEnd().split('\n').length - 1;
    expect(shown[0]).toMatch(new RegExp(`: seed 0, profile \\w+.*, ${inputs} inputs$`));
    expect(shown).toHaveLength(inputs + 1);
    const { code, out } = nexusSim('journal', 'replay', path);
    expect(code).toBe(0);
    const picture = (text: string): string =>
      text.slice(text.indexOf('══ storefront'), text.indexOf('\n\n━ workflow'));
    expect(picture(out).length).toBeGreaterThan(100);
    expect(picture(out)).toBe(picture(ran));
  });

  test('what is no journal, or one of a version to come, is one sentence and code 2', () => {
    const path = file('j', '{"nexusJournal":2}\n');
    expect(nexusSim('journal', 'show', path)).toEqual({
      code: 2,
      out: '',
      error: `nexus-sim: ${path}:1: this journal is of version 2, and this nexus-sim reads version 1; open it with a newer nexus-sim.\n`,
    });
    const odd = file(
      'k',
      '{"nexusJournal":1,"seed":0,"profile":"cloud","limits":{}}\n{"at":0,"input":{"kind":"x"}}\n',
    );
    expect(nexusSim('journal', 'replay', odd)).toMatchObject({
      code: 2,
      error: expect.stringContaining('cannot be replayed') as string,
    });
  });
});

describe('the command line', () => {
  test('help and version', () => {
    expect(nexusSim('--version')).toEqual({ code: 0, out: `${manifest.version}\n`, error: '' });
    expect(nexusSim('--help').out).toMatch(/^Usage: nexus-sim \[options\] \[command\]\n/);
    expect(nexusSim('help', 'run').out).toBe(nexusSim('run', '--help').out);
  });

  test.each([
    [['run']],
    [['start']],
    [['validate']],
    [['journal']],
    [['journal', 'show']],
    [['journal', 'replay']],
    [['history']],
    [['history', 'show']],
    [['attach']],
  ])('the help of %j has examples and the exit codes, and keeps to the width of the terminal', (command) => {
    const { code, out, error } = nexusSimIn({ COLUMNS: '80' }, ...command, '--help');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(new RegExp(`\nExamples:\n  nexus-sim ${command.join(' ')}`));
    expect(out).toMatch(/\nExit codes:\n {2}0 {3}all is well\n/);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    [['rum'], "Unknown command 'rum'; did you mean run?", ''],
    [['run'], "Missing required argument 'FILE'.", 'run '],
    [['run', 'a', '--sede', '1'], "Unknown option '--sede'; did you mean --seed?", 'run '],
    [['run', 'a', '--sede=1'], "Unknown option '--sede=1'; did you mean --seed?", 'run '],
    [['run', 'a', '--seed'], "Option '--seed <N>' argument missing.", 'run '],
    [
      ['run', hello, '--seed', 'x'],
      "Option '--seed <N>' argument 'x' is invalid. It takes a whole number from 0 to 4294967295.",
      'run ',
    ],
    [
      ['run', hello, '--until', 'noon'],
      "Option '--until <TIME>' argument 'noon' is invalid. It takes a time such as 90s, 2h30m or 3d.",
      'run ',
    ],
    [
      ['run', hello, '--profile', 'clod'],
      "Option '--profile <NAME>' argument 'clod' is invalid. Allowed choices are cloud, server.",
      'run ',
    ],
    [
      ['run', hello, '--journal', '--stay'],
      "Option '--journal <OUT>' argument '--stay' is invalid. It takes a path; one that begins with a dash is written ./-path.",
      'run ',
    ],
    [['validate'], "Missing required argument 'FILE'.", 'validate '],
    [['journal', 'shw', 'x'], "Unknown command 'shw'; did you mean show?", 'journal '],
    [['journal', 'show'], "Missing required argument 'FILE'.", 'journal show '],
    [
      ['start', '--port', '65536'],
      "Option '--port <N>' argument '65536' is invalid. It takes a whole number from 0 to 65535.",
      'start ',
    ],
    [
      ['start', '--time', 'reel'],
      "Option '--time <MODE>' argument 'reel' is invalid. It takes real, skip, paused, or paced:N with N from above 0 to 1000.",
      'start ',
    ],
    [['start', 'now'], "Too many arguments for 'start'. Expected 0 arguments but got 1.", 'start '],
  ])('%j is refused with a sentence, the way to the help and code 2', (argv, sentence, command) => {
    const error = `nexus-sim: ${sentence}\nTry nexus-sim ${command}--help.\n`;
    expect(nexusSim(...argv)).toEqual({ code: 2, out: '', error });
  });

  test.each([
    [
      ['run', hello, hello, '--stay'],
      'nexus-sim: The option --stay is for one world file, and 2 are named; run them one by one.\n',
    ],
    [['run', 'gone.yaml'], 'nexus-sim: There is no file "gone.yaml"; check the path.\n'],
    [
      ['run', 'examples'],
      'nexus-sim: "examples" is a directory; name a world file such as hello.nexus.yaml.\n',
    ],
    [
      ['run', 'dist/tree-sitter.wasm'],
      'nexus-sim: "dist/tree-sitter.wasm" is not UTF-8 text; save it as UTF-8.\n',
    ],
    [
      ['start', '--port', '0', '-n', ''],
      'nexus-sim: The namespace "" cannot be registered: Namespace is not set on request.\n',
    ],
    [['start', '--world', 'gone.yaml'], 'nexus-sim: There is no file "gone.yaml"; check the path.\n'],
  ])('%j is refused with one sentence and code 2', (argv, error) => {
    expect(nexusSim(...argv)).toEqual({ code: 2, out: '', error });
  });

  test('nothing to do shows the help, with code 2', () => {
    expect(nexusSim()).toMatchObject({ code: 2, out: '' });
  });

  test('a world that waits for a real worker cannot run on its own', () => {
    const path = file(
      'w.nexus.yaml',
      'nexus: 1\nnamespaces: [a]\nworkers: { w: { namespace: a, taskQueue: q, external: true } }\n',
    );
    const { code, error } = nexusSim('run', path);
    expect(code).toBe(2);
    expect(error).toBe(
      `nexus-sim: The worker "w" of ${path} is external, and nothing could reach this run; add --stay.\n`,
    );
  });
});
