import type { DurationMs } from '../base/time.ts';
import type { NexusEndpoint } from './temporal/nexus.ts';
import type { SearchAttributeTypes } from './temporal/visibility-methods.ts';

export interface RegisteredNamespace {
  readonly name: string;
  readonly id: string;
  readonly description?: string;
  readonly ownerEmail?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** How long closed runs are kept. */
  readonly retention?: DurationMs;
  /** The search attributes that were added to it. */
  readonly searchAttributes?: SearchAttributeTypes;
}

/** What survives a restart of the simulator: the namespaces and the endpoints that people made. */
export interface RegistrySnapshot {
  readonly namespaces: readonly RegisteredNamespace[];
  readonly endpoints: readonly NexusEndpoint[];
}
