import type { ContractModel } from '../contract-model.ts';
import type { OffsetRange, Place } from '../document.ts';
import type { IdlProblem, IdlProblemCode, IdlProblemOf } from '../idl-facts.ts';
import type { DocumentUri } from '../uri.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Something a rule found. The message says in one sentence what is wrong, what was expected and what to do. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly place: Place;
  readonly message: string;
  /** Other places that belong to it, such as the first of two duplicates. */
  readonly related: readonly RelatedPlace[];
}

export interface RelatedPlace {
  readonly place: Place;
  readonly message: string;
}

/** One rule or one close family of rules. Knows the model only, never the language a fact came from. */
export interface Rule {
  readonly name: string;
  /** Every code it may report; no two rules share one. */
  readonly codes: readonly string[];
  check(model: ContractModel): Iterable<Finding>;
}

/** What to say about one kind of problem. */
export interface Wording {
  readonly severity: Severity;
  readonly message: string;
  /** Another place in the same document that belongs to it. */
  readonly related?: { readonly range: OffsetRange; readonly message: string };
}

export type Wordings<Code extends IdlProblemCode> = {
  readonly [C in Code]: (problem: IdlProblemOf<C>) => Wording;
};

/** A rule over problems that one document has by itself. */
export function idlProblemRule<Code extends IdlProblemCode>(name: string, wordings: Wordings<Code>): Rule {
  const table: ReadonlyMap<string, (problem: never) => Wording> = new Map(Object.entries(wordings));
  return {
    name,
    codes: [...table.keys()],
    *check(model) {
      for (const { uri, problems } of model.idlDocuments) {
        for (const problem of problems) {
          const word = table.get(problem.code);
          if (word !== undefined) yield findingOf(uri, problem, word(problem as never));
        }
      }
    },
  };
}

function findingOf(uri: DocumentUri, problem: IdlProblem, wording: Wording): Finding {
  const { related } = wording;
  return {
    code: problem.code,
    severity: wording.severity,
    place: { uri, range: problem.range },
    message: wording.message,
    related:
      related === undefined ? [] : [{ place: { uri, range: related.range }, message: related.message }],
  };
}
