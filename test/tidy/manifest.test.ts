import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  commands,
  contextKeys,
  isWorldFile,
  settings,
  SETTINGS_SECTION,
  TIMELINE_VIEW,
} from '../../extension/contributions.ts';
import { timeModes } from '../../extension/settings.ts';

interface Place {
  readonly command: string;
  readonly when?: string;
}
interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly Place[]>>;
    readonly keybindings: readonly (Place & { readonly key: string })[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly enum?: readonly string[]; readonly scope: string }>
      >;
    };
    readonly languages: readonly { readonly id: string; readonly filenamePatterns: readonly string[] }[];
  };
}

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as Manifest;
const { contributes } = manifest;
const sorted = (values: Iterable<string>): readonly string[] => [...values].sort();
const conditions = [
  ...contributes.commands.map(({ enablement }) => enablement),
  ...Object.values(contributes.menus).flatMap((places) => places.map(({ when }) => when)),
  ...contributes.keybindings.map(({ when }) => when),
].filter((condition) => condition !== undefined);

describe('ids', () => {
  test('the manifest’s commands are the code’s', () => {
    const declared = contributes.commands.map(({ command }) => command);
    expect(sorted(declared)).toEqual(sorted(Object.values(commands)));
  });

  test('menus and keys name commands that exist', () => {
    const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    const known: readonly string[] = Object.values(commands);
    for (const { command } of named) expect(known).toContain(command);
  });

  test('the manifest’s settings are the code’s', () => {
    const declared = Object.keys(contributes.configuration.properties);
    const read = Object.values(settings).map((key) => `${SETTINGS_SECTION}.${key}`);
    expect(sorted(declared)).toEqual(sorted(read));
    expect(contributes.configuration.properties['nexus.simulator.time']?.enum).toEqual(timeModes);
  });

  test('conditions use the context keys that the code sets, and all of them', () => {
    const used = new Set(conditions.join(' ').match(/\bnexus\.simulator[A-Z]\w*/g));
    expect(sorted(used)).toEqual(sorted(Object.values(contextKeys)));
  });

  test('the timeline is restored under its own name', () => {
    expect(manifest.activationEvents).toContain(`onWebviewPanel:${TIMELINE_VIEW}`);
  });
});

describe('manners', () => {
  test('commands are under one category and begin with a capital', () => {
    for (const { category, title } of contributes.commands) {
      expect(category).toBe('Nexus');
      expect(title).toMatch(/^[A-Z]/);
      expect(title).not.toMatch(/^Nexus/);
    }
  });

  test('no key is bound outside the timeline', () => {
    for (const { when } of contributes.keybindings)
      expect(when).toBe(`activeWebviewPanelId == '${TIMELINE_VIEW}'`);
  });

  test('the extension wakes only where Nexus is', () => {
    for (const event of manifest.activationEvents)
      expect(event).toMatch(
        /^(workspaceContains:\*\*\/\*\.nexus(rpc)?\.ya?ml|onWebviewPanel:nexus\.timeline)$/,
      );
  });

  test('what starts a process needs a trusted workspace', () => {
    for (const id of [commands.runWorld, commands.startSimulator]) {
      const command = contributes.commands.find((one) => one.command === id);
      expect(command?.enablement).toContain('isWorkspaceTrusted');
    }
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    expect(restricted).toContain('nexus.simulator.grpcPort');
  });
});

test('manifest and code agree on what a world file is', () => {
  const pattern = /resourceFilename =~ \/(.*?)\/(?:\s|$)/.exec(
    contributes.menus['editor/title/run']?.[0]?.when ?? '',
  )?.[1];
  const condition = new RegExp(pattern ?? '(?!)');
  for (const name of ['a.nexus.yaml', 'a.nexus.yml', 'a.nexusrpc.yaml', 'nexus.yaml', 'a.nexus.yaml.bak'])
    expect([name, condition.test(name)]).toEqual([name, isWorldFile(name)]);
});

test('the icon is a PNG of 256 by 256 pixels', () => {
  const png = readFileSync(new URL(manifest.icon, root));
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
});
