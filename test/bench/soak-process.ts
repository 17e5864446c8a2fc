import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { readExposition } from '../harness/exposition.ts';

const PROGRAM = 'dist/simulator.cjs';

interface Announced {
  readonly grpc: string;
  readonly http: string;
  readonly control: { readonly url: string; readonly token: string };
}

/** The simulator as it ships, with a debugger's port through which its garbage is collected. */
export class SoakProcess {
  readonly announced: Announced;
  readonly #child: ChildProcess;
  readonly #inspector: WebSocket;
  #asked = 0;

  private constructor(child: ChildProcess, announced: Announced, inspector: WebSocket) {
    this.#child = child;
    this.announced = announced;
    this.#inspector = inspector;
  }

  static async start(folder: string): Promise<SoakProcess> {
    const ports = ['--port', '0', '--http-port', '0', '--control-port', '0'];
    const argv = [
      '--inspect=127.0.0.1:0',
      PROGRAM,
      'start',
      ...ports,
      '--data',
      folder,
      '--announce',
      'json',
    ];
    const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    const [said, announced] = await Promise.all([
      lineOf(child, 'stderr', 'Debugger listening'),
      lineOf(child, 'stdout', '{'),
    ]);
    const inspector = new WebSocket(/ws:\S+/.exec(said)?.[0] ?? '');
    await once(inspector, 'open');
    return new SoakProcess(child, JSON.parse(announced) as Announced, inspector);
  }

  /** What the process and its world hold, once its garbage is collected. */
  async measure(): Promise<ReadonlyMap<string, number>> {
    // The second one finds what the finalizers of the first let go.
    for (let time = 0; time < 2; time++) await this.#debug('HeapProfiler.collectGarbage');
    const { http } = this.announced;
    return readExposition(await (await fetch(`http://${http}/metrics`)).text());
  }

  async end(): Promise<void> {
    this.#inspector.terminate();
    const ended = once(this.#child, 'close');
    this.#child.stdin?.end();
    await ended;
  }

  async #debug(method: string): Promise<void> {
    const id = ++this.#asked;
    const answered = new Promise<void>((resolve) => {
      const hear = (data: Buffer): void => {
        if ((JSON.parse(data.toString('utf8')) as { readonly id?: number }).id !== id) return;
        this.#inspector.off('message', hear);
        resolve();
      };
      this.#inspector.on('message', hear);
    });
    this.#inspector.send(JSON.stringify({ id, method }));
    await answered;
  }
}

function lineOf(child: ChildProcess, stream: 'stdout' | 'stderr', beginning: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const input = child[stream];
    if (input === null) throw new Error(`${stream} is not a pipe`);
    createInterface({ input }).on('line', (line) => {
      if (line.startsWith(beginning)) resolve(line);
    });
    child.once('close', (code) => reject(new Error(`${PROGRAM} ended with ${code ?? 'a signal'}`)));
  });
}
