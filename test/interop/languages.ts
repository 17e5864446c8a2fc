// The applications, and how each is made ready to run.
import type { Launch } from '../harness/program.ts';
import type { Say } from '../setup/cache.ts';
import { prepareGo } from './prepare-go.ts';
import { prepareJava } from './prepare-java.ts';
import { preparePython } from './prepare-python.ts';
import { prepareTypescript } from './prepare-typescript.ts';
import type { Prepared } from './toolchain.ts';

export type Language = 'typescript' | 'go' | 'python' | 'java';

export type Application =
  | { readonly kind: 'ready'; readonly language: Language; readonly launch: Launch }
  | { readonly kind: 'absent'; readonly language: Language; readonly reason: string };

const preparations: Readonly<Record<Language, (say: Say) => Promise<Prepared>>> = {
  typescript: prepareTypescript,
  go: prepareGo,
  python: preparePython,
  java: prepareJava,
};

export const allLanguages = Object.keys(preparations) as readonly Language[];

/** @throws Error when an application does not compile. */
export async function prepare(language: Language, say: Say): Promise<Application> {
  const prepared = await preparations[language](say);
  if ('lacks' in prepared) return { kind: 'absent', language, reason: prepared.lacks };
  return { kind: 'ready', language, ...prepared };
}
