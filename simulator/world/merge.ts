import type { Report } from './problem-list.ts';
import type { Located, Named, SourceRange } from './source.ts';
import type { World } from './world.ts';

/** Puts the parts of a world together. What two files give is told at the second place, with the first one named. */
export class Merge {
  readonly #report: Report;
  readonly #describe: (range: SourceRange) => string;

  constructor(report: Report, describe: (range: SourceRange) => string) {
    this.#report = report;
    this.#describe = describe;
  }

  /** The world of a file, with what it includes. Profile, limits and seed are those of the file itself. */
  join(world: World, parts: readonly World[]): World {
    const all = [world, ...parts];
    return {
      ...world,
      namespaces: this.#distinct(
        'namespace',
        all.map(({ namespaces }) => namespaces),
        (each) => each,
      ),
      endpoints: this.#named(
        'endpoint',
        all.map(({ endpoints }) => endpoints),
      ),
      workers: this.#named(
        'worker',
        all.map(({ workers }) => workers),
      ),
      workflows: this.#named(
        'workflow',
        all.map(({ workflows }) => workflows),
      ),
      contracts: all.flatMap(({ contracts }) => contracts),
      faults: all.flatMap(({ faults }) => faults),
      start: all.flatMap(({ start }) => start),
      meanwhile: all.flatMap(({ meanwhile }) => meanwhile),
      expect: all.flatMap(({ expect }) => expect),
    };
  }

  #named<T>(what: string, lists: readonly (readonly Named<T>[])[]): readonly Named<T>[] {
    return this.#distinct(what, lists, ({ name }) => name);
  }

  /** Repetitions within one file are the business of the checks on that file. */
  #distinct<T>(
    what: string,
    lists: readonly (readonly T[])[],
    nameOf: (item: T) => Located<string>,
  ): readonly T[] {
    const [own = [], ...others] = lists;
    const first = new Map(own.map((item) => [nameOf(item).value, nameOf(item).range]));
    const merged = [...own];
    for (const item of others.flat()) {
      const { value, range } = nameOf(item);
      const before = first.get(value);
      if (before === undefined) {
        first.set(value, range);
        merged.push(item);
      } else {
        const message = `The ${what} "${value}" is already given at ${this.#describe(before)}; remove one of the two.`;
        this.#report(range, message);
      }
    }
    return merged;
  }
}
