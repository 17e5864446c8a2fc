import { describe, expect, test } from 'vitest';
import { DefinitionFiles, type DefinitionFile } from '../../../../simulator/wire/definition-files.ts';

const service = 'temporal.api.operatorservice.v1.OperatorService';
const files = new DefinitionFiles([service]);

function fileOf(symbol: string): DefinitionFile {
  const file = files.bySymbol(symbol);
  if (file === undefined) throw new Error(`no file for ${symbol}`);
  return file;
}

describe('the files of a service', () => {
  const all = files.withDependencies(fileOf(service), new Set());

  test('are those that its methods speak of, each once', () => {
    const names = all.map(({ name }) => name);
    expect(names).toContain('temporal/api/nexus/v1.proto');
    expect(names).not.toContain('temporal/api/workflowservice/v1.proto');
    expect(new Set(names).size).toBe(names.length);
    expect(files.byName('temporal/api/workflowservice/v1.proto')).toBeUndefined();
  });

  test('depend on one another without a circle, as protobuf demands', () => {
    const visit = (name: string, above: readonly string[]): void => {
      expect(above).not.toContain(name);
      for (const next of files.byName(name)?.dependencies ?? []) visit(next, [...above, name]);
    };
    visit(fileOf(service).name, []);
  });
});

test('enums begin with 0, maps are lists of entries, oneofs know their fields', () => {
  const { enumType } = fileOf('temporal.api.enums.v1.IndexedValueType').descriptor as {
    enumType: readonly { value: readonly unknown[] }[];
  };
  for (const { value } of enumType) expect(value[0]).toMatchObject({ number: 0 });
  const { messageType } = fileOf('temporal.api.nexus.v1.EndpointTarget').descriptor as {
    messageType: readonly { name: string }[];
  };
  const find = (name: string): unknown => messageType.find((type) => type.name === name);
  expect(find('EndpointTarget')).toMatchObject({
    field: [
      {
        name: 'worker',
        type: 'MESSAGE',
        typeName: '.temporal.api.nexus.v1.EndpointTarget.Worker',
        oneofIndex: 0,
      },
      { name: 'external', oneofIndex: 0 },
    ],
    nestedType: [{ name: 'Worker' }, { name: 'External' }],
    oneofDecl: [{ name: 'variant' }],
  });
  expect(find('StartOperationRequest')).toMatchObject({
    field: expect.arrayContaining([
      expect.objectContaining({
        name: 'callback_header',
        jsonName: 'callbackHeader',
        label: 'REPEATED',
        typeName: '.temporal.api.nexus.v1.StartOperationRequest.CallbackHeaderEntry',
      }),
    ]) as unknown,
    nestedType: [
      {
        name: 'CallbackHeaderEntry',
        field: [
          { name: 'key', number: 1, type: 'STRING' },
          { name: 'value', number: 2, type: 'STRING' },
        ],
        options: { mapEntry: true },
      },
    ],
  });
});

test.each(['temporal.api.nexus.v1', 'toString', 'temporal.api.nexus.v1.Endpoint.toString', ''])(
  '%j is defined nowhere',
  (symbol) => {
    expect(files.bySymbol(symbol)).toBeUndefined();
  },
);
