import type { CommandName } from '../contributions.ts';
import type { Command } from '../services.ts';
import { advanceClock } from './advance-clock.ts';
import { openTimeline } from './open-timeline.ts';
import { restartLanguageServer } from './restart-language-server.ts';
import { runWorld } from './run-world.ts';
import { setClock } from './set-clock.ts';
import { showLog } from './show-log.ts';
import { startSimulator } from './start-simulator.ts';
import { stopSimulator } from './stop-simulator.ts';
import { timelinePage } from './timeline-page.ts';

/** Every command with what it does. */
export const allCommands = {
  runWorld,
  startSimulator,
  stopSimulator,
  showLog,
  openTimeline,
  focusSelection: timelinePage('focusSelection'),
  backToLive: timelinePage('backToLive'),
  goToHandler: timelinePage('goToHandler'),
  timelineHelp: timelinePage('help'),
  pauseClock: setClock({ mode: 'paused' }),
  resumeClock: setClock({ mode: 'run' }),
  advanceClock,
  restartLanguageServer,
} as const satisfies Record<CommandName, Command>;
