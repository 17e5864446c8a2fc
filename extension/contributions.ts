/** Ids that the manifest and the code share; a test compares both. */

export const commands = {
  runWorld: 'nexus.world.run',
  startSimulator: 'nexus.simulator.start',
  stopSimulator: 'nexus.simulator.stop',
  showLog: 'nexus.simulator.showLog',
  openTimeline: 'nexus.timeline.open',
  focusSelection: 'nexus.timeline.focusSelection',
  backToLive: 'nexus.timeline.backToLive',
  goToHandler: 'nexus.timeline.goToHandler',
  timelineHelp: 'nexus.timeline.help',
  pauseClock: 'nexus.clock.pause',
  resumeClock: 'nexus.clock.resume',
  advanceClock: 'nexus.clock.advance',
  restartLanguageServer: 'nexus.languageServer.restart',
} as const;
export type CommandName = keyof typeof commands;

export const settings = {
  grpcPort: 'simulator.grpcPort',
  time: 'simulator.time',
  trace: 'trace.server',
} as const;

/** All settings begin with this. */
export const SETTINGS_SECTION = 'nexus';

export const contextKeys = {
  simulatorRunning: 'nexus.simulatorRunning',
  simulatorPaused: 'nexus.simulatorPaused',
} as const;

export const TIMELINE_VIEW = 'nexus.timeline';

export const DIAGNOSTICS_SOURCE = 'Nexus simulator';

/** Files in which a world is written, as the manifest's `when` clauses have it too. */
export const WORLD_FILES = '**/*.nexus.{yaml,yml}';

export const isWorldFile = (path: string): boolean => /\.nexus\.ya?ml$/.test(path);
