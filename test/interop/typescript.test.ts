// The applications in all languages have tests in common; those that need no other toolchain than ours are part of every run.
import { describeInterop } from './play.ts';

await describeInterop(['typescript']);
