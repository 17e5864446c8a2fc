// Rules: idl-unresolved-ref, idl-ref-file-not-found, idl-remote-ref, idl-empty-ref
//
// A $ref leads nowhere. The generators fail without naming the line; an empty $ref even passes, as `any`.
// They read local files only: nothing is fetched from the network.
import type { ResolvedReference } from '../contract-model.ts';
import { nearest, oneOf } from './nearest.ts';
import type { Finding, Rule, Severity } from './rule.ts';

export const idlReferences: Rule = {
  name: 'idl-references',
  codes: ['idl-unresolved-ref', 'idl-ref-file-not-found', 'idl-remote-ref', 'idl-empty-ref'],
  *check(model) {
    for (const { uri, references, problems } of model.idlDocuments) {
      // Broken syntax hides types that are there.
      if (problems.some(({ code }) => code === 'idl-yaml-syntax')) continue;
      for (const resolved of references) {
        const wording = wordingOf(resolved);
        if (wording === undefined) continue;
        yield { ...wording, place: { uri, range: resolved.reference.range }, related: [] };
      }
    }
  },
};

interface ReferenceWording extends Pick<Finding, 'code' | 'message'> {
  readonly severity: Severity;
}

function wordingOf({ reference, outcome }: ResolvedReference): ReferenceWording | undefined {
  switch (outcome.kind) {
    case 'found':
      return undefined;
    case 'empty':
      return {
        code: 'idl-empty-ref',
        severity: 'warning',
        message:
          'The $ref is empty, so the type becomes "any"; write the type it should refer to, or remove it.',
      };
    case 'remote':
      return {
        code: 'idl-remote-ref',
        severity: 'error',
        message: `"${reference.text}" is not a local file, and the generators fetch nothing; copy the schema beside the contract and refer to that file.`,
      };
    case 'no-such-file':
      return {
        code: 'idl-ref-file-not-found',
        severity: 'error',
        message: `The file "${outcome.path}" does not exist beside this one; correct the path or create the file.`,
      };
    case 'no-such-entry':
      return {
        code: 'idl-unresolved-ref',
        severity: 'error',
        message: unresolvedMessage(reference.text, outcome.pointer, outcome.known),
      };
  }
}

function unresolvedMessage(text: string, pointer: string, known: readonly string[]): string {
  const file = text.includes('#') ? text.slice(0, text.indexOf('#')) : text;
  const written = (entry: string): string => `"${file}#${entry}"`;
  const byName = new Map(known.map((entry) => [lastSegment(entry), entry]));
  const near = byName.get(nearest(lastSegment(pointer), byName.keys()) ?? '');
  if (near !== undefined) {
    return `"${text}" refers to no type; correct it to ${written(near)} or declare the type.`;
  }
  const some = known.slice(0, 5).map(written);
  const expected = some.length === 0 ? 'there is none to refer to' : `expected ${oneOf(some)}`;
  return `"${text}" refers to no type: ${expected}; correct the reference or declare the type.`;
}

const lastSegment = (pointer: string): string => pointer.slice(pointer.lastIndexOf('/') + 1);
