import type { NexusEndpoint } from './temporal/nexus.ts';

/** What survives a restart of the simulator: the namespaces and the endpoints that people made. */
export interface RegistrySnapshot {
  readonly namespaces: readonly {
    readonly name: string;
    readonly id: string;
    readonly description?: string;
  }[];
  readonly endpoints: readonly NexusEndpoint[];
}
