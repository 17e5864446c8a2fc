import { ok } from '../../base/result.ts';
import type { MethodHandler } from '../turn.ts';

/** The server release whose behaviour is reproduced; SDKs and the command line print it. */
const SERVER_VERSION = '1.31.0';

/** As a cluster of its own has it, too. */
export const CLUSTER_NAME = 'active';

/** What workers ask before they poll. Only what is really done is promised (semantics §8.1). */
export const getSystemInfo: MethodHandler<'getSystemInfo'> = () =>
  ok({
    serverVersion: SERVER_VERSION,
    capabilities: {
      signalAndQueryHeader: true,
      internalErrorDifferentiation: true,
      activityFailureIncludeHeartbeat: true,
      encodedFailureAttributes: true,
      upsertMemo: true,
      eagerWorkflowStart: true,
      sdkMetadata: true,
      countGroupByExecutionStatus: true,
      nexus: true,
    },
  });

export const getClusterInfo: MethodHandler<'getClusterInfo'> = () =>
  ok({
    serverVersion: SERVER_VERSION,
    clusterId: 'nexus-simulator',
    clusterName: CLUSTER_NAME,
    persistenceStore: 'memory',
    visibilityStore: 'memory',
  });
