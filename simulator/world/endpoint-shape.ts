/** The grammar of Nexus endpoints: where they lead, and who may come in. */
import { isMap } from 'yaml';
import { ENDPOINT_NAME_PATTERN } from '../protocol/ids.ts';
import { ENTRIES_MAX, namespaceName, queueAddress } from './name-shape.ts';
import { located, named, parsedText, text, type Shape } from './shape.ts';
import { list, optional, record, required } from './shape-collection.ts';
import type { Endpoint, EndpointTarget } from './world.ts';

export const endpointName = text(
  'the name of an endpoint (a letter, then letters, digits and hyphens)',
  'payments',
  new RegExp(ENDPOINT_NAME_PATTERN),
);

/** Longest address the server accepts (semantics §6.2). */
const URL_LENGTH_MAX = 4_096;

const url = parsedText(
  {
    expected: 'an http or https address',
    example: 'http://127.0.0.1:9099',
    pattern: '^https?://',
  },
  (value) => (value.length <= URL_LENGTH_MAX && /^https?:\/\/[^\s/?#]+\S*$/.test(value) ? value : undefined),
);

const worker = record({ what: 'a target' }, queueAddress);

const external = record(
  { what: 'an external target' },
  { url: required(located(url), 'Where a Nexus handler outside answers over HTTP.') },
);

const target: Shape<EndpointTarget> = {
  ...worker,
  read: (place, reader) =>
    isMap(place.node) && place.node.has('url') ? external.read(place, reader) : worker.read(place, reader),
  schema: (definitions) => ({ anyOf: [worker.schema(definitions), external.schema(definitions)] }),
};

export const endpoint: Shape<Endpoint> = named('endpoint', () =>
  record(
    { what: 'an endpoint' },
    {
      target: required(
        target,
        'The task queue whose workers handle the operations, or the address of a handler outside.',
      ),
      allow: optional(
        list(located(namespaceName), ENTRIES_MAX),
        'The namespaces that may call; all of them if absent.',
        { example: ['orders'] },
      ),
      description: optional(text('a text', 'Charges and refunds.'), 'What people who look it up read.'),
    },
  ),
);
