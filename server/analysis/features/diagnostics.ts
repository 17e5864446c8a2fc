import type { CancellationToken } from '../cancellation.ts';
import type { ContractModel } from '../contract-model.ts';
import type { Finding, Rule } from '../rules/rule.ts';
import { comparePlaces } from '../ranking.ts';
import type { DocumentUri } from '../uri.ts';

/** The findings of every document that has any, in the order of the text. */
export type Findings = ReadonlyMap<DocumentUri, readonly Finding[]>;

/** Told of a rule that threw. */
export type RuleFailure = (rule: Rule, failure: unknown) => void;

/**
 * Runs the rules over the model. A rule that throws costs its own answer and no other's.
 * Returns nothing when cancelled, for half an answer would clear the other half from the editor.
 */
export function diagnostics(
  model: ContractModel,
  rules: readonly Rule[],
  onFailure: RuleFailure,
  token: CancellationToken,
): Findings {
  const findings = new Map<DocumentUri, Finding[]>();
  for (const rule of rules) {
    if (token.isCancellationRequested) return new Map();
    for (const finding of runRule(rule, model, onFailure)) {
      const own = findings.get(finding.place.uri) ?? [];
      own.push(finding);
      findings.set(finding.place.uri, own);
    }
  }
  for (const own of findings.values()) own.sort((left, right) => comparePlaces(left.place, right.place));
  return findings;
}

function runRule(rule: Rule, model: ContractModel, onFailure: RuleFailure): readonly Finding[] {
  try {
    return [...rule.check(model)];
  } catch (failure) {
    onFailure(rule, failure);
    return [];
  }
}
