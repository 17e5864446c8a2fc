import { ErrorCodes, ResponseError, type DefinitionParams } from 'vscode-languageserver/node';
import type { LocateParams } from '../protocol/messages.ts';

/** Reads the parameters of `textDocument/definition`, or refuses them with one sentence. */
export function parseDefinitionParams(params: unknown): DefinitionParams {
  const { textDocument, position } = fieldsOf(params);
  const { line, character } = fieldsOf(position);
  if (
    typeof fieldsOf(textDocument)['uri'] === 'string' &&
    Number.isInteger(line) &&
    Number.isInteger(character)
  ) {
    return params as DefinitionParams;
  }
  throw invalid(
    'textDocument/definition needs { textDocument: { uri }, position: { line, character } }; send these and ask again.',
  );
}

const roles = ['handler', 'caller', 'contract'] as const satisfies readonly LocateParams['role'][];

/** Reads the parameters of `nexus/locate`, or refuses them with one sentence. */
export function parseLocateParams(params: unknown): LocateParams {
  const { role, service, operation } = fieldsOf(params);
  const known = roles.find((candidate) => candidate === role);
  if (known === undefined) {
    throw invalid(
      `nexus/locate needs "role" to be one of ${roles.join(', ')}; send one of these and ask again.`,
    );
  }
  if (typeof service !== 'string' || typeof operation !== 'string') {
    throw invalid('nexus/locate needs the texts "service" and "operation"; send both names and ask again.');
  }
  return { role: known, service, operation };
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const invalid = (message: string): ResponseError => new ResponseError(ErrorCodes.InvalidParams, message);
