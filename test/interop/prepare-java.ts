import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Say } from '../setup/cache.ts';
import { runOrThrow } from '../setup/command.ts';
import { buildTimeout, installPackages, missingTool, type Prepared } from './toolchain.ts';

const folder = fileURLToPath(new URL('java', import.meta.url));
const classes = fileURLToPath(new URL('../../out/interop/java', import.meta.url));
const manifest = join(folder, 'pom.xml');
const sources = join(folder, 'src/main/java/interop');

const tools = [
  { command: 'javac', args: ['-version'], atLeast: '17' },
  { command: 'java', args: ['--version'], atLeast: '17' },
  { command: 'mvn', args: ['--batch-mode', '--version'], atLeast: '3.6' },
];

/** @throws Error when the application does not compile. */
export async function prepareJava(say: Say): Promise<Prepared> {
  const missing = await missingTool(tools);
  if (missing !== undefined) return missing;
  const packages = await installPackages('java', [manifest], { say, install });
  if ('lacks' in packages) return packages;
  say('compiling the application in java');
  const files = readdirSync(sources).map((name) => join(sources, name));
  const options = ['--release', '17', '-parameters', '-Xlint:all', '-Werror', '-proc:none'];
  const libraries = join(packages.folder, 'lib', '*');
  await runOrThrow('javac', [...options, '-d', classes, '-cp', libraries, ...files], {
    timeout: buildTimeout,
  });
  // For a program that lives for a minute.
  const brief = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const argv = [...brief, '-cp', [classes, libraries].join(delimiter), 'interop.Main'];
  return { launch: { command: 'java', argv, cwd: folder } };
}

/** Maven's own modules are of no use once it has fetched what the application needs. */
async function install(target: string): Promise<void> {
  const repository = join(target, 'repository');
  const args = ['--batch-mode', '--quiet', '--file', manifest, `-Dmaven.repo.local=${repository}`];
  const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${join(target, 'lib')}`];
  await runOrThrow('mvn', [...args, ...copy], { timeout: buildTimeout });
  await rm(repository, { recursive: true });
}
