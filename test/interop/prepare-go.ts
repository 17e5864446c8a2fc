import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, type Say } from '../setup/cache.ts';
import { runOrThrow } from '../setup/command.ts';
import { buildTimeout, installPackages, missingTool, type Prepared } from './toolchain.ts';

const folder = fileURLToPath(new URL('go', import.meta.url));
const program = fileURLToPath(new URL('../../out/interop/go-worker', import.meta.url));
const manifests = ['go.mod', 'go.sum'].map((name) => join(folder, name));

/** @throws Error when the application does not compile. */
export async function prepareGo(say: Say): Promise<Prepared> {
  const missing = await missingTool([{ command: 'go', args: ['env', 'GOVERSION'], atLeast: '1.26' }]);
  if (missing !== undefined) return missing;
  const go = (modules: string, ...args: readonly string[]): Promise<string> =>
    runOrThrow('go', args, { cwd: folder, env: environment(modules), timeout: buildTimeout });
  const packages = await installPackages('go', manifests, {
    say,
    install: (target) => go(target, 'mod', 'download'),
  });
  if ('lacks' in packages) return packages;
  say('compiling the application in go');
  await go(packages.folder, 'build', '-o', program, '.');
  return { launch: { command: program, argv: [], cwd: folder } };
}

/** Everything that the toolchain writes goes into the cache; it fetches no other toolchain and changes no manifest. */
function environment(modules: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GOMODCACHE: modules,
    GOCACHE: join(cacheFolder(), 'interop-go-build'),
    GOFLAGS: '-mod=readonly -modcacherw -buildvcs=false',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
  };
}
