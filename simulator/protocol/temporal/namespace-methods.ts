import type { Base64 } from '../../base/base64.ts';
import type { DurationMs } from '../../base/time.ts';

export interface NamespaceInfo {
  readonly name: string;
  readonly state: 'REGISTERED';
  readonly id: string;
  readonly description?: string;
  readonly ownerEmail?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly capabilities?: Readonly<Record<string, boolean>>;
}

export interface NamespaceConfig {
  readonly workflowExecutionRetentionTtl: DurationMs;
  readonly historyArchivalState: 'DISABLED';
  readonly visibilityArchivalState: 'DISABLED';
}

/** There is one cluster here, so every namespace is local to it. */
export interface NamespaceReplicationConfig {
  readonly activeClusterName: string;
  readonly clusters: readonly { readonly clusterName: string }[];
  readonly state: 'NORMAL';
}

export interface NamespaceDescription {
  readonly namespaceInfo: NamespaceInfo;
  readonly config: NamespaceConfig;
  readonly replicationConfig: NamespaceReplicationConfig;
}

type ArchivalState = 'DISABLED' | 'ENABLED';

type Empty = Readonly<Record<string, never>>;

export interface NamespaceMethods {
  registerNamespace: {
    request: {
      readonly namespace?: string;
      readonly description?: string;
      readonly ownerEmail?: string;
      readonly data?: Readonly<Record<string, string>>;
      readonly workflowExecutionRetentionPeriod?: DurationMs;
      readonly isGlobalNamespace?: boolean;
      readonly historyArchivalState?: ArchivalState;
      readonly visibilityArchivalState?: ArchivalState;
    };
    response: Empty;
  };
  describeNamespace: {
    request: { readonly namespace?: string; readonly id?: string };
    response: NamespaceDescription;
  };
  listNamespaces: {
    request: { readonly pageSize?: number; readonly nextPageToken?: Base64 };
    response: { readonly namespaces: readonly NamespaceDescription[]; readonly nextPageToken?: Base64 };
  };
  updateNamespace: {
    request: {
      readonly namespace?: string;
      readonly updateInfo?: {
        readonly description?: string;
        readonly ownerEmail?: string;
        /** Joins what is there. */
        readonly data?: Readonly<Record<string, string>>;
      };
      readonly config?: {
        readonly workflowExecutionRetentionTtl?: DurationMs;
        readonly historyArchivalState?: ArchivalState;
        readonly visibilityArchivalState?: ArchivalState;
      };
      readonly replicationConfig?: Partial<NamespaceReplicationConfig>;
      readonly promoteNamespace?: boolean;
    };
    response: NamespaceDescription;
  };
  deleteNamespace: {
    request: { readonly namespace?: string; readonly namespaceId?: string };
    response: { deletedNamespace: string };
  };
}
