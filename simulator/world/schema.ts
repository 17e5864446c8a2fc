/** The grammar of world files, top down. Sentences, types and the JSON Schema for editors all come from here. */
import { fault, intervention, start } from './course-shape.ts';
import { endpoint, endpointName } from './endpoint-shape.ts';
import { expectation } from './expectation-shape.ts';
import { limitChanges } from './limit-shape.ts';
import { ENTRIES_MAX, namespaceName, workerName, workflowName } from './name-shape.ts';
import { located, oneOf, text, timeMode, wholeNumber, type Shape } from './shape.ts';
import { list, namedValues, optional, record, required } from './shape-collection.ts';
import { script } from './step-shape.ts';
import { worker } from './worker-shape.ts';
import { SEED_MAX, type World } from './world.ts';

const path = (example: string) => located(text('the path of a file, relative to this one', example));

/** A world as it is written, before defaults. */
export type WorldText = Partial<World> & { readonly nexus: 1 };

export const worldShape: Shape<WorldText> = record(
  { what: 'a world file' },
  {
    nexus: required(oneOf([1]), 'The version of the file format.'),
    profile: optional(
      oneOf(['cloud', 'server']),
      'Whose numbers to follow: those that Temporal Cloud documents, or those of the open-source server.',
      { default: 'cloud' },
    ),
    seed: optional(
      wholeNumber({ from: 0, to: SEED_MAX }),
      'Decides everything random; --seed on the command line comes first. The same seed gives the same run.',
      { default: 0, example: 7 },
    ),
    time: optional(
      timeMode,
      'How virtual time goes: with the wall clock, N times as fast, jumping over every wait, or standing still until somebody advances it.',
      { default: 'skip', example: 'paced:10' },
    ),
    limits: optional(located(limitChanges), 'Numbers of the machine that differ from those of the profile.', {
      example: { breakerOpenFor: '30s' },
    }),
    include: optional(
      list(path('./shared.nexus.yaml'), ENTRIES_MAX),
      'World files that are part of this one.',
    ),
    contracts: optional(
      list(path('./contracts/*.nexusrpc.yaml'), ENTRIES_MAX),
      'Contracts (*.nexusrpc.yaml) that inputs and results must follow; * stands for any part of a name.',
    ),
    namespaces: optional(list(located(namespaceName), ENTRIES_MAX), 'Every namespace there is.'),
    endpoints: optional(
      namedValues(endpoint, { key: endpointName, max: ENTRIES_MAX }),
      'Nexus endpoints by name.',
    ),
    workers: optional(namedValues(worker, { key: workerName, max: ENTRIES_MAX }), 'Workers by name.'),
    workflows: optional(
      namedValues(script, { key: workflowName, max: ENTRIES_MAX }),
      'Scripted workflows by type, each a list of steps.',
    ),
    faults: optional(list(fault, ENTRIES_MAX), 'What goes wrong.'),
    start: optional(list(start, ENTRIES_MAX), 'Workflows that run.'),
    meanwhile: optional(
      list(intervention, ENTRIES_MAX),
      'What somebody outside does while they run: cancel, terminate, signal.',
    ),
    expect: optional(list(located(expectation), ENTRIES_MAX), 'What must hold at the end.'),
  },
);
