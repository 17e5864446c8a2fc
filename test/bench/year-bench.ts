import { days, hours, type DurationMs } from '../../simulator/base/time.ts';
import { CALLER, EngineLoad, schedule } from './engine-load.ts';
import { rounded, secondsOf, type Bench, type Figures } from './report.ts';

const OPERATIONS = 1_000;
const PER_WORKFLOW = 25;
const YEAR = days(365);

/**
 * A year of virtual time with 1,000 operations whose handler is never there, so that they are retried for ever:
 * once with the server's numbers, and once with the longest backoff a month, where the year holds few attempts.
 */
export const yearBench: Bench = () => ({
  ...yearOf('', hours(1)),
  ...yearOf('.rareRetries', days(30)),
});

function yearOf(suffix: string, retryMaxInterval: DurationMs): Figures {
  const load = new EngineLoad({ limits: { retryMaxInterval } });
  load.dispatch({
    kind: 'faults-injected',
    rules: [
      {
        kind: 'attempt',
        service: 'Payments',
        operation: 'charge',
        attempts: { from: 1, to: Number.MAX_SAFE_INTEGER },
        fail: { type: 'UNAVAILABLE' },
      },
    ],
  });
  for (let made = 0; made < OPERATIONS; made += PER_WORKFLOW) {
    load.startWorkflow(CALLER);
    load.answerWorkflowTask(
      CALLER,
      Array.from({ length: PER_WORKFLOW }, () => schedule()),
    );
  }
  const before = load.facts;
  let timers = 0;
  const seconds = secondsOf(() => {
    timers = load.advance(YEAR);
  });
  return {
    [`yearSeconds${suffix}`]: rounded(seconds),
    [`timers${suffix}`]: timers,
    [`facts${suffix}`]: load.facts - before,
  };
}
