/** The grammar of world files, top down. Sentences, types and the JSON Schema for editors all come from here. */
import { ENDPOINT_NAME_PATTERN } from '../protocol/ids.ts';
import { fault, intervention, start } from './course-shape.ts';
import { expectation } from './expectation-shape.ts';
import { limitChanges } from './limit-shape.ts';
import { ENTRIES_MAX, name, namespaceName, queueAddress, workflowName } from './name-shape.ts';
import { located, named, oneOf, text, type Shape } from './shape.ts';
import { list, namedValues, optional, record, required } from './shape-collection.ts';
import { script } from './step-shape.ts';
import { worker } from './worker-shape.ts';
import type { Endpoint, World } from './world.ts';

const endpoint: Shape<Endpoint> = named('endpoint', () =>
  record(
    { what: 'an endpoint', later: ['description'] },
    {
      target: required(
        record({ what: 'a target', later: ['url'] }, queueAddress),
        'The task queue whose workers handle the operations.',
      ),
      allow: optional(
        list(located(namespaceName), ENTRIES_MAX),
        'The namespaces that may call; all of them if absent.',
      ),
    },
  ),
);

const path = located(text('the path of a file, relative to this one'));

/** A world as it is written, before defaults. */
export type WorldText = Partial<World> & { readonly nexus: 1 };

export const worldShape: Shape<WorldText> = record(
  { what: 'a world file', later: ['seed'] },
  {
    nexus: required(oneOf([1]), 'The version of the file format.'),
    profile: optional(oneOf(['cloud', 'server']), 'Whose behaviour to follow; Temporal Cloud’s if absent.'),
    limits: optional(located(limitChanges), 'Numbers of the machine that differ from those of the profile.'),
    include: optional(list(path, ENTRIES_MAX), 'World files that are part of this one.'),
    contracts: optional(
      list(path, ENTRIES_MAX),
      'Contracts (*.nexusrpc.yaml) that inputs and results must follow; * stands for any part of a name.',
    ),
    namespaces: optional(list(located(namespaceName), ENTRIES_MAX), 'Every namespace there is.'),
    endpoints: optional(
      namedValues(endpoint, {
        key: text(
          'the name of an endpoint (a letter, then letters, digits and hyphens)',
          new RegExp(ENDPOINT_NAME_PATTERN),
        ),
        max: ENTRIES_MAX,
      }),
      'Nexus endpoints by name.',
    ),
    workers: optional(
      namedValues(worker, { key: name('the name of a worker'), max: ENTRIES_MAX }),
      'Workers by name.',
    ),
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
