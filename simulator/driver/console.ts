import type { consoleRequests } from '../protocol/console-requests.ts';
import type { HandlersOf } from './console-call.ts';
import { machineHandlers } from './console-machine.ts';
import { registryHandlers } from './console-registry.ts';
import { workflowHandlers } from './console-workflows.ts';
import type { Driver } from './driver.ts';

/** Answers what people ask and tell the present world; `present` gives its driver. */
export const consoleHandlers = (present: () => Driver): HandlersOf<keyof typeof consoleRequests> => ({
  ...workflowHandlers(present),
  ...registryHandlers(present),
  ...machineHandlers(present),
});
