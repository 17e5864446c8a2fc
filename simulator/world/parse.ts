import type { Result } from '../base/result.ts';
import type { WorldProblem } from '../protocol/contract.ts';
import { checkContracts } from './contract-check.ts';
import { readContracts, type Contracts } from './contracts.ts';
import { crossChecks } from './cross-check.ts';
import { Merge } from './merge.ts';
import { ProblemList } from './problem-list.ts';
import { readFile } from './read-file.ts';
import type { Located, SourceRange } from './source.ts';
import { Sources, type WorldFile } from './sources.ts';
import { emptyWorld, type World } from './world.ts';

/** What was understood, and what was wrong, in the order of the file. */
export interface ParsedWorld {
  readonly value: World;
  readonly problems: readonly WorldProblem[];
  /** Which file each place of the world is in. */
  readonly sources: Sources;
}

/** Where a world file finds the files it names. */
export interface WorldFiles {
  /**
   * The files that a path of the file `from` means; `*` in it stands for any part of a name. The error is the end of
   * a sentence that begins with the path.
   */
  find(path: string, from: string): Result<readonly WorldFile[], string>;
}

export interface ParseOptions {
  /** The file's own path, which other paths are relative to. */
  readonly path?: string;
  /** Without it, contracts are not looked at, and a file that includes others is refused. */
  readonly files?: WorldFiles;
}

/** Most files of one world, and most contracts. */
const FILES_MAX = 100;

/** Reads a world file and what it includes. Never throws; a broken file still yields what was understood of it. */
export function parseWorld(text: string, options: ParseOptions = {}): ParsedWorld {
  return new Parsing(options).parse({ path: options.path ?? 'this file', text });
}

class Parsing {
  readonly #files: WorldFiles | undefined;
  readonly #sources = new Sources();
  readonly #problems = new ProblemList();
  readonly #merge = new Merge(this.#problems.report, (range) => this.#sources.describe(range));
  readonly #contracts: Contracts = new Map();
  /** False when what was understood is too little for saying how its parts belong together. */
  #isSound = true;

  constructor({ files }: ParseOptions) {
    this.#files = files;
  }

  parse(root: WorldFile): ParsedWorld {
    const value = this.#read(root, [], undefined);
    if (this.#isSound) {
      for (const { range, message } of crossChecks(value)) this.#problems.report(range, message);
      checkContracts(value, this.#contracts, this.#problems.report);
    }
    const inOrder = [...this.#problems.found].sort((a, b) => a.range.start - b.range.start);
    const problems = inOrder.map((problem) => this.#sources.place(problem));
    return { value, problems, sources: this.#sources };
  }

  #read(file: WorldFile, includers: readonly string[], namedAt: SourceRange | undefined): World {
    const base = this.#sources.add(file, namedAt);
    const { found, problems, isSound } = readFile(file.text, base);
    for (const { range, message } of problems) this.#problems.report(range, message);
    this.#isSound &&= isSound && found !== undefined;
    const world: World = { ...emptyWorld, ...found };
    if (
      namedAt !== undefined &&
      (found?.profile ?? found?.limits ?? found?.seed ?? found?.time) !== undefined
    ) {
      const range = found?.limits?.range ?? { start: base, end: base + 1 };
      const message =
        'Profile, seed, time and limits belong to the file that is run; remove them from this one.';
      this.#problems.report(range, message);
    }
    const path = [...includers, file.path];
    for (const each of world.contracts) this.#readContracts(each, file.path);
    return this.#merge.join(
      world,
      world.include.flatMap((each) => this.#include(each, path)),
    );
  }

  #include(named: Located<string>, includers: readonly string[]): readonly World[] {
    const found = this.#find(named, includers.at(-1) ?? '');
    return found.flatMap((file): readonly World[] => {
      const known = this.#sources.find(file.path);
      if (known === undefined) return [this.#read(file, includers, named.range)];
      const before =
        known.namedAt === undefined
          ? 'is the file that is run'
          : `is included at ${this.#sources.describe(known.namedAt)}`;
      const message = includers.includes(file.path)
        ? `"${named.value}" leads back to ${file.path}, which ${before}; remove one of the two, so that the circle ends.`
        : `"${file.path}" ${before} already; remove one of the two.`;
      this.#problems.report(named.range, message);
      return [];
    });
  }

  #find(named: Located<string>, from: string): readonly WorldFile[] {
    if (this.#files === undefined) {
      const message = `"${named.value}" cannot be read here; run the file with nexus-sim run.`;
      this.#problems.report(named.range, message);
      return [];
    }
    const found = this.#files.find(named.value, from);
    if (!found.ok) {
      this.#isSound = false;
      this.#problems.report(named.range, `"${named.value}" ${found.error}`);
      return [];
    }
    if (found.value.length <= FILES_MAX && this.#sources.count < FILES_MAX) return found.value;
    this.#problems.report(named.range, `More than ${FILES_MAX} files make this world; put some together.`);
    return [];
  }

  #readContracts(named: Located<string>, from: string): void {
    if (this.#files === undefined) return;
    for (const file of this.#find(named, from)) {
      const problem = readContracts(file, this.#contracts);
      if (problem !== undefined) this.#problems.report(named.range, problem);
    }
  }
}
