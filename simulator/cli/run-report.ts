import { renderJunit } from './render-junit.ts';
import { renderTimeline } from './render-timeline.ts';
import { renderCounts, renderVerdict } from './render-verdict.ts';
import { elide, oneLine, wrapped } from './text-width.ts';
import type { FinishedFile, Unfit } from './run-file.ts';
import type { Terminal } from './terminal.ts';

export const reportFormats = ['text', 'json', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Tells of runs as they end, and of all of them at the end. */
export interface RunReport {
  /** Text for the output when one file has been run. */
  file(run: FinishedFile): string;
  /** Text for the output when a file cannot be run. */
  unfit(unfit: Unfit): string;
  /** Text for the output when all is over. */
  end(): string;
}

/** JSON is one document per file and line; JUnit is one document for all files. */
export function runReport(format: ReportFormat, terminal: Terminal): RunReport {
  switch (format) {
    case 'text':
      return { file: (run) => text(run, terminal), unfit: () => '', end: () => '' };
    case 'json':
      return {
        file: ({ file, seed, target, finished }) =>
          `${JSON.stringify({ file, ...(target === undefined ? { seed } : { target }), ...finished })}\n`,
        unfit: ({ file, problems }) =>
          problems.length === 0 ? '' : `${JSON.stringify({ file, problems })}\n`,
        end: () => '',
      };
    case 'junit': {
      const runs: FinishedFile[] = [];
      const unfits: Unfit[] = [];
      return {
        file: (run) => {
          runs.push(run);
          return '';
        },
        unfit: (unfit) => {
          unfits.push(unfit);
          return '';
        },
        end: () => renderJunit(runs, unfits),
      };
    }
  }
}

function text({ file, seed, target, finished, tookMs }: FinishedFile, terminal: Terminal): string {
  const { palette, width } = terminal;
  const { verdict, spans } = finished;
  const troubles = finished.troubles
    .flatMap((trouble) => wrapped(`! ${oneLine(trouble)}`, width, '  '))
    .map((line) => `${palette.bad(line)}\n`)
    .join('');
  return [
    `${palette.strong(elide(file, width - 20))}, ${target === undefined ? `seed ${seed}` : `on ${target}`}\n`,
    renderTimeline(spans, verdict.endedAt, terminal),
    `${troubles}${renderCounts(spans, tookMs, width)}`,
    renderVerdict(verdict, terminal, target === undefined ? 'virtual' : 'real'),
  ].join('\n');
}
