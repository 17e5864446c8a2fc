import type { Prng } from '../../../simulator/base/prng.ts';
import * as client from './client-moves.ts';
import * as machine from './machine-moves.ts';
import * as nexus from './nexus-moves.ts';
import * as outside from './outside-moves.ts';
import type { RandomWorld } from './random-world.ts';
import * as standalone from './standalone-moves.ts';
import type { Liking, Taste } from './taste.ts';
import * as worker from './worker-moves.ts';

type Act = (world: RandomWorld, random: Prng) => void;

interface Move {
  readonly act: Act;
  /** How often it is made in every world. */
  readonly always?: number;
  /** How often it is made for each measure of this liking. */
  readonly often?: number;
  readonly liking?: Liking;
}

/** Everything that can be done to a world. */
export const moves: Readonly<Record<string, Move>> = {
  'start a workflow': { act: client.startWorkflow, always: 5 },
  'signal with start': { act: client.signalWithStart, always: 1, often: 1, liking: 'meddling' },
  'signal a workflow': { act: client.signalWorkflow, always: 2, often: 2, liking: 'meddling' },
  'cancel a workflow': { act: client.cancelWorkflow, often: 1, liking: 'meddling' },
  'terminate a workflow': { act: client.terminateWorkflow, often: 1, liking: 'meddling' },
  'delete a workflow': { act: client.deleteWorkflow, often: 1, liking: 'deletions' },
  'reset a workflow': { act: client.resetWorkflow, often: 1, liking: 'resets' },
  'query a workflow': { act: client.queryWorkflow, often: 2, liking: 'questions' },
  'update a workflow': { act: client.updateWorkflow, often: 2, liking: 'updates' },
  'wait for an update': { act: client.pollUpdate, often: 1, liking: 'updates' },
  'describe a workflow': { act: client.describeWorkflow, always: 1 },
  'read a history': { act: client.readHistory, always: 1, often: 1, liking: 'impatience' },
  'give a call up': { act: client.giveUpCall, often: 2, liking: 'impatience' },
  sleep: { act: client.sleep, often: 1, liking: 'impatience' },
  'poll for workflow tasks': { act: worker.pollWorkflows, always: 32 },
  'poll for cached workflows': { act: worker.pollCache, often: 5, liking: 'caches' },
  'poll for activities': { act: worker.pollActivities, always: 2, often: 4, liking: 'activities' },
  'poll for Nexus tasks': { act: worker.pollNexus, always: 12, often: 5, liking: 'operations' },
  'complete a workflow task': { act: worker.completeWorkflowTask, always: 40 },
  'answer a query': { act: worker.answerQuery, often: 2, liking: 'questions' },
  'fail a workflow task': { act: worker.failWorkflowTask, often: 1, liking: 'errors' },
  'complete an activity': { act: worker.completeActivity, often: 2, liking: 'activities' },
  'fail an activity': { act: worker.failActivity, often: 1, liking: 'activities' },
  'cancel an activity': { act: worker.cancelActivity, often: 1, liking: 'activities' },
  'send a heartbeat': { act: worker.heartbeat, often: 1, liking: 'activities' },
  'answer by id': { act: worker.answerById, often: 1, liking: 'activities' },
  'shut a worker down': { act: worker.shutDown, often: 1, liking: 'caches' },
  'lose a cache': { act: worker.loseCache, often: 1, liking: 'caches' },
  'answer a Nexus task': { act: nexus.answerNexus, always: 12, often: 5, liking: 'operations' },
  'start the workflow behind': { act: nexus.startBackingEarly, often: 1, liking: 'backing' },
  'start a standalone operation': { act: standalone.startStandalone, often: 2, liking: 'standalone' },
  'cancel a standalone operation': { act: standalone.cancelStandalone, often: 1, liking: 'standalone' },
  'terminate a standalone operation': { act: standalone.terminateStandalone, often: 1, liking: 'standalone' },
  'delete a standalone operation': { act: standalone.deleteStandalone, often: 1, liking: 'standalone' },
  'watch a standalone operation': { act: standalone.watchStandalone, often: 1, liking: 'standalone' },
  'wait for a standalone operation': { act: standalone.awaitStandalone, often: 1, liking: 'standalone' },
  'ask for an operation from outside': { act: outside.askForOperation, often: 1, liking: 'outside' },
  'answer a call outside': { act: outside.answerCall, often: 2, liking: 'outside' },
  'complete an operation outside': { act: outside.completeOperation, often: 1, liking: 'outside' },
  'let time pass': { act: machine.letTimePass, always: 3, often: 1, liking: 'haste' },
  'let the next timers fire': { act: machine.letNextTimersFire, always: 3, often: 2, liking: 'haste' },
  'create an endpoint': { act: machine.createEndpoint, often: 2, liking: 'registry' },
  'update an endpoint': { act: machine.updateEndpoint, often: 2, liking: 'registry' },
  'delete an endpoint': { act: machine.deleteEndpoint, often: 1, liking: 'registry' },
  'allow callers': { act: machine.allowCallers, often: 1, liking: 'registry' },
  'restore the registry': { act: machine.restoreRegistry, often: 1, liking: 'registry' },
  'delete a namespace': { act: machine.deleteNamespace, often: 1, liking: 'deletions' },
  'register a namespace': { act: machine.registerNamespace, often: 3, liking: 'deletions' },
  'force a breaker': { act: machine.forceBreaker, often: 1, liking: 'interventions' },
  'change limits': { act: machine.changeLimits, often: 1, liking: 'interventions' },
  'restart the server': { act: machine.restartServer, often: 1, liking: 'interventions' },
  'inject faults': { act: machine.injectFaults, often: 2, liking: 'faults' },
  'clear faults': { act: machine.clearFaults, often: 1, liking: 'faults' },
};

/** The moves of a world of this taste, each with its weight. */
export const movesOf = (taste: Taste): readonly (readonly [weight: number, name: string])[] =>
  Object.entries(moves).map(([name, { always = 0, often = 0, liking }]) => [
    always + (liking === undefined ? 0 : often * taste[liking]),
    name,
  ]);
