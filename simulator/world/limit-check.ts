import { limitsProblem } from '../protocol/limits.ts';
import type { Report } from './problem-list.ts';
import type { World } from './world.ts';

/** Checks how the file's numbers relate to each other and to those it leaves alone. */
export function checkLimits(world: World, report: Report): void {
  const problem = limitsProblem(world.profile, world.limits.value);
  if (problem !== undefined) report(world.limits.range, problem);
}
