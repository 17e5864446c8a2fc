// Temporal's own development server, where this machine has the command line.
import { spawn, type ChildProcess } from 'node:child_process';
import { Connection } from '@temporalio/client';
import { askTemporal, type CliContext } from './temporal-cli.ts';
import { freePort } from './free-port.ts';

export class DevServer {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #context: Omit<CliContext, 'namespace'>;

  private constructor(child: ChildProcess, context: Omit<CliContext, 'namespace'>) {
    this.#child = child;
    this.#context = context;
    this.address = context.address;
  }

  /** A server with these namespaces, its data in memory. */
  static async start(cli: string, home: string, namespaces: readonly string[]): Promise<DevServer> {
    const [port, httpPort] = [await freePort(), await freePort()];
    const address = `127.0.0.1:${port}`;
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
    const child = spawn(
      cli,
      [
        ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--log-level', 'never'],
        ...['--port', String(port), '--http-port', String(httpPort)],
        ...namespaces.flatMap((namespace) => ['--namespace', namespace]),
        ...['--dynamic-config-value', 'system.forceNexusEndpointRefreshOnRead=true'],
      ],
      { env: { ...Object.fromEntries(own), HOME: home, XDG_CONFIG_HOME: home }, stdio: 'ignore' },
    );
    const connection = await Connection.connect({ address, connectTimeout: '20 seconds' });
    await connection.close();
    return new DevServer(child, { cli, address, home });
  }

  /** The output of a command that has to succeed. */
  async temporal(namespace: string, ...argv: readonly string[]): Promise<string> {
    const { code, out, error } = await askTemporal({ ...this.#context, namespace }, argv);
    if (code !== 0) throw new Error(`temporal ${argv.join(' ')} ended with ${code}: ${error}${out}`);
    return out;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
  }
}
