import type { Failure } from '../protocol/temporal/failure.ts';

/** The messages of a failure and its causes, outermost first, each with the kind of failure that it is. */
export function failureTexts(failure: Failure): string[] {
  const texts: string[] = [];
  for (let link: Failure | undefined = failure; link !== undefined; link = link.cause) {
    const kind = kindOf(link);
    const message = link.message ?? '';
    texts.push([kind, message].filter((part) => part !== '').join(': '));
  }
  return texts;
}

function kindOf(failure: Failure): string {
  if (failure.nexusHandlerFailureInfo !== undefined) return failure.nexusHandlerFailureInfo.type ?? '';
  if (failure.applicationFailureInfo !== undefined) return failure.applicationFailureInfo.type ?? '';
  if (failure.timeoutFailureInfo !== undefined) return failure.timeoutFailureInfo.timeoutType ?? '';
  return '';
}
