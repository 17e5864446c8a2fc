// gRPC's reflection over the wire, read with the descriptors of protobufjs.
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTemporalServer, type TemporalServer } from '../../simulator/frontends/temporal/server.ts';
import { createConverter } from '../../simulator/wire/convert.ts';
import { FakeTemporalPort } from '../harness/fake-temporal-port.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
const converter = createConverter(0);

interface Response {
  readonly validHost?: string;
  readonly originalRequest?: unknown;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly string[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly allExtensionNumbersResponse?: unknown;
  readonly errorResponse?: unknown;
}

let server: TemporalServer;
let client: Client;

beforeAll(async () => {
  const started = await startTemporalServer({ port: new FakeTemporalPort({}), originMs: 0 });
  if (!started.ok) throw new Error(started.error);
  server = started.value;
  client = new Client(server.address, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.dispose();
});

/** Asks on one stream and waits for its end. */
function converse(
  requests: readonly (object | Buffer)[],
  version = 'v1',
): Promise<{ responses: readonly Response[]; problem?: ServiceError }> {
  const name = `grpc.reflection.${version}`;
  const encode = (request: object | Buffer): Buffer =>
    Buffer.isBuffer(request) ? request : converter.encode(`${name}.ServerReflectionRequest`, request);
  const decode = (bytes: Buffer): Response => {
    const decoded = converter.decode(`${name}.ServerReflectionResponse`, bytes);
    if (!decoded.ok) throw new Error(decoded.error);
    return decoded.value as Response;
  };
  const path = `/${name}.ServerReflection/ServerReflectionInfo`;
  const call = client.makeBidiStreamRequest(path, encode, decode);
  const responses: Response[] = [];
  return new Promise((resolve) => {
    call.on('data', (response: Response) => responses.push(response));
    call.on('end', () => resolve({ responses }));
    call.on('error', (problem: ServiceError) => resolve({ responses, problem }));
    for (const request of requests) call.write(request);
    call.end();
  });
}

async function ask(request: object, version?: string): Promise<Response> {
  const { responses, problem } = await converse([request], version);
  if (problem !== undefined || responses[0] === undefined) throw problem ?? new Error('no response');
  return responses[0];
}

interface File {
  readonly name: string;
  readonly package: string;
  readonly dependency: readonly string[];
}

const filesIn = ({ fileDescriptorResponse }: Response): readonly File[] =>
  (fileDescriptorResponse?.fileDescriptorProto ?? []).map((bytes) => {
    const decoded: unknown = descriptor.FileDescriptorProto.decode(Buffer.from(bytes, 'base64'));
    return decoded as File;
  });

/** What protobufjs makes of the files; one after the other they are a set. */
function rootOf({ fileDescriptorResponse }: Response): protobuf.Root {
  const set = protobuf.Writer.create();
  for (const file of fileDescriptorResponse?.fileDescriptorProto ?? []) {
    set.uint32(10).bytes(Buffer.from(file, 'base64'));
  }
  return protobuf.Root.fromDescriptor(set.finish());
}

describe.each(['v1', 'v1alpha'])('reflection %s', (version) => {
  test('lists the services', async () => {
    const { listServicesResponse, originalRequest, validHost } = await ask(
      { host: 'h', listServices: '*' },
      version,
    );
    expect(listServicesResponse?.service.map(({ name }) => name)).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
      'temporal.api.operatorservice.v1.OperatorService',
      workflowService,
    ]);
    expect([originalRequest, validHost]).toEqual([{ host: 'h', listServices: '*' }, 'h']);
  });

  test('describes itself', async () => {
    const symbol = `grpc.reflection.${version}.ServerReflection`;
    const root = rootOf(await ask({ fileContainingSymbol: symbol }, version));
    expect(root.lookupService(symbol).methods['ServerReflectionInfo']).toMatchObject({
      requestStream: true,
      responseStream: true,
    });
  });
});

test('the file of a service comes with all that its messages need', async () => {
  const answer = await ask({ fileContainingSymbol: workflowService });
  const files = filesIn(answer);
  const names = files.map(({ name }) => name);
  expect(names[0]).toBe('temporal/api/workflowservice/v1.proto');
  expect(new Set(names).size).toBe(names.length);
  for (const { dependency } of files) expect(names).toEqual(expect.arrayContaining([...dependency]));
  expect(names).toEqual(
    expect.arrayContaining(['google/protobuf/timestamp.proto', 'temporal/api/common/v1.proto']),
  );
  const root = rootOf(answer);
  const types = root
    .lookupService(workflowService)
    .methodsArray.map(({ resolvedRequestType }) => resolvedRequestType);
  expect(types).not.toContain(null);
  expect(types.length).toBeGreaterThan(100);
});

test('messages are described so that others read what this program writes', async () => {
  const root = rootOf(await ask({ fileContainingSymbol: workflowService }));
  const message = {
    namespace: 'orders',
    workflowId: 'order-1',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowRunTimeout: 90_000,
    memo: { fields: { note: { metadata: { encoding: 'anNvbg==' }, data: 'MQ==' } } },
    links: [{ workflowEvent: { namespace: 'orders', eventRef: { eventId: 1, eventType: 'TIMER_STARTED' } } }],
  };
  const name = 'temporal.api.workflowservice.v1.StartWorkflowExecutionRequest';
  const type = root.lookupType(name);
  const read = type.toObject(type.decode(converter.encode(name, message)), { enums: String, longs: Number });
  expect(read).toEqual({
    namespace: 'orders',
    workflowId: 'order-1',
    workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE',
    workflowRunTimeout: { seconds: 90 },
    memo: { fields: { note: { metadata: { encoding: Buffer.from('json') }, data: Buffer.from('1') } } },
    links: [
      {
        workflowEvent: {
          namespace: 'orders',
          eventRef: { eventId: 1, eventType: 'EVENT_TYPE_TIMER_STARTED' },
        },
      },
    ],
  });
  expect(type.fields['namespace']?.protoName ?? type.fields['namespace']?.name).toBe('namespace');
  const link = root.lookupType('temporal.api.common.v1.Link');
  expect(link.oneofs['variant']?.oneof).toContain('workflowEvent');
});

test.each([
  'temporal.api.common.v1.Payload',
  'temporal.api.common.v1.Payload.data',
  'temporal.api.common.v1.Link.WorkflowEvent',
])('%s is found where it is defined', async (symbol) => {
  expect(filesIn(await ask({ fileContainingSymbol: symbol }))[0]).toMatchObject({
    name: 'temporal/api/common/v1.proto',
    package: 'temporal.api.common.v1',
  });
});

test('a method is found in the file of its service', async () => {
  const answer = await ask({ fileContainingSymbol: `${workflowService}.StartWorkflowExecution` });
  expect(filesIn(answer)[0]?.name).toBe('temporal/api/workflowservice/v1.proto');
});

test('a file is found by its name; on one stream nothing else is sent twice', async () => {
  const asked = { fileByFilename: 'temporal/api/common/v1.proto' };
  const { responses } = await converse([asked, asked]);
  expect(responses.map((response) => filesIn(response).map(({ name }) => name))).toEqual([
    expect.arrayContaining(['temporal/api/common/v1.proto', 'google/protobuf/duration.proto']),
    ['temporal/api/common/v1.proto'],
  ]);
});

test.each([
  [{ fileContainingSymbol: 'temporal.api.common.v1.Nothing' }, 'symbol "temporal.api.common.v1.Nothing"'],
  [{ fileContainingSymbol: 'temporal.api.common.v1' }, 'symbol "temporal.api.common.v1"'],
  [{ fileContainingSymbol: 'constructor' }, 'symbol "constructor"'],
  [{ fileContainingSymbol: '' }, 'symbol ""'],
  [{ fileByFilename: 'nothing.proto' }, 'file "nothing.proto"'],
  [{ allExtensionNumbersOfType: 'nothing' }, 'symbol "nothing"'],
  [
    { fileContainingExtension: { containingType: 'temporal.api.common.v1.Payload', extensionNumber: 7 } },
    'extension 7 of "temporal.api.common.v1.Payload"',
  ],
])('%j is answered with an error, and the stream goes on', async (request, asked) => {
  const { responses, problem } = await converse([request, { listServices: '' }]);
  expect(problem).toBeUndefined();
  expect(responses[0]).toEqual({
    originalRequest: request,
    errorResponse: { errorCode: status.NOT_FOUND, errorMessage: `There is no ${asked} here.` },
  });
  expect(responses[1]?.listServicesResponse?.service).toHaveLength(5);
});

test('a message has no extensions', async () => {
  const allExtensionNumbersOfType = 'temporal.api.common.v1.Payload';
  expect((await ask({ allExtensionNumbersOfType })).allExtensionNumbersResponse).toEqual({
    baseTypeName: allExtensionNumbersOfType,
  });
});

test.each([
  ['asks nothing', {}, 'The request asks nothing.'],
  ['cannot be read', Buffer.from([0x3a, 0x05]), /^The bytes are not a grpc.reflection.v1/],
])('a request that %s ends the stream', async (_, request, why) => {
  const { responses, problem } = await converse([request]);
  expect(responses).toEqual([]);
  expect(problem?.code).toBe(status.INVALID_ARGUMENT);
  expect(problem?.details).toMatch(why);
});
