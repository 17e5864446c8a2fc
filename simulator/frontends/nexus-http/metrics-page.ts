import { Buffer } from 'node:buffer';
import { refusal, type HttpAnswer } from './answer.ts';

export const METRICS_PATH = '/metrics';

/** What Prometheus scrapes: what the world has counted, and what this process takes. */
export function metricsAnswer(method: string, world: () => string): HttpAnswer {
  if (method !== 'GET')
    return refusal('BAD_REQUEST', `invalid request method: expected GET, got "${method}"`);
  return {
    status: 200,
    header: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    body: Buffer.from(world() + processText()),
  };
}

/** Under the names that Prometheus' own client libraries use. */
function processText(): string {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const values = {
    process_resident_memory_bytes: ['gauge', 'Resident memory in bytes.', rss],
    nodejs_heap_size_used_bytes: ['gauge', 'Used heap in bytes.', heapUsed],
    nodejs_external_memory_bytes: ['gauge', 'Memory outside of the heap in bytes.', external],
    nodejs_active_resources_total: [
      'gauge',
      'Resources that keep the process alive.',
      process.getActiveResourcesInfo().length,
    ],
    process_cpu_seconds_total: ['counter', 'Processor time in seconds.', (user + system) / 1e6],
  } as const;
  return Object.entries(values)
    .map(
      ([name, [type, help, value]]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`,
    )
    .join('');
}
