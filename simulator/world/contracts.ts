/** Contracts (`*.nexusrpc.yaml`) in both dialects, as far as a world file needs them. */
import { parseDocument } from 'yaml';
import { isRecord, type Json } from './json.ts';
import type { WorldFile } from './sources.ts';

/** What an operation takes and gives. */
export interface OperationContract {
  /** The file that says so. */
  readonly path: string;
  readonly root: Json;
  /** JSON Schemas; nothing is taken or given where one is absent. */
  readonly input?: Json;
  readonly output?: Json;
}

/** By the service's name on the wire, then by the operation's. */
export type Contracts = Map<string, Map<string, OperationContract>>;

/** Largest contract, in characters. */
const TEXT_MAX = 1_000_000;
const ALIASES_MAX = 100;

/** Adds what a contract says. Returns a sentence when it cannot be read, or repeats another one. */
export function readContracts(file: WorldFile, contracts: Contracts): string | undefined {
  const root = readRoot(file);
  if (typeof root === 'string') return root;
  const isNexgen = isWrittenForNexgen(root);
  for (const [key, service] of entriesOf(root['services'])) {
    const name = textOf(service, 'fqn') ?? key;
    if (contracts.has(name))
      return `The service "${name}" of ${file.path} is also in another contract; remove one.`;
    contracts.set(name, operationsOf(service, { file, root, isNexgen }));
  }
  return undefined;
}

type JsonRecord = Readonly<Record<string, Json>>;

function readRoot({ path, text }: WorldFile): JsonRecord | string {
  const wrong = (why: string): string => `${path} is not a contract: ${why}.`;
  if (text.length > TEXT_MAX) return wrong(`it has more than ${TEXT_MAX} characters`);
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) return wrong(`it is not valid YAML (${error.message.split('\n')[0] ?? ''})`);
  try {
    const root = document.toJS({ maxAliasCount: ALIASES_MAX }) as Json;
    if (isRecord(root) && isRecord(root['services'] ?? null)) return root;
    return wrong('it has no "services"');
  } catch {
    return wrong('its aliases multiply too much');
  }
}

/** nexgen calls operations on the wire by their keys in Pascal case; nexus-rpc-gen leaves the keys alone. */
function isWrittenForNexgen(root: JsonRecord): boolean {
  if ('types' in root) return false;
  return '$defs' in root || '$schema' in root || JSON.stringify(root['services']).includes('"fqn"');
}

function operationsOf(
  service: Json,
  { file, root, isNexgen }: { file: WorldFile; root: JsonRecord; isNexgen: boolean },
): Map<string, OperationContract> {
  const operations = isRecord(service) ? service['operations'] : undefined;
  return new Map(
    entriesOf(operations).map(([key, operation]) => {
      const name = textOf(operation, 'fqn') ?? (isNexgen ? pascalCase(key) : key);
      const { input, output } = isRecord(operation) ? operation : {};
      const sides = { ...(input !== undefined && { input }), ...(output !== undefined && { output }) };
      return [name, { path: file.path, root, ...sides }];
    }),
  );
}

const pascalCase = (key: string): string => `${key.charAt(0).toUpperCase()}${key.slice(1)}`;

const entriesOf = (value: Json | undefined): readonly (readonly [string, Json])[] =>
  value !== undefined && isRecord(value) ? Object.entries(value) : [];

function textOf(value: Json, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}
