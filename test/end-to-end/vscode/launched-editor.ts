// A running VS Code, whichever kind it is.
import type { Page } from 'playwright-core';

export interface LaunchPlan {
  /** A fresh folder for the editor's settings, state and extensions. */
  readonly home: string;
  /** The extensions to install, as .vsix files. */
  readonly extensions: readonly string[];
  /** Variables the extension host must see. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder to open first. */
  readonly folder: string;
}

export interface LaunchedEditor {
  readonly page: Page;
  /** Opens another folder in the same window. Resolves when the window has begun to load it. */
  readonly openFolder: (folder: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Settings that keep the editor still: nothing pops up, animates, updates or asks. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.restoreWindows': 'none',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};
