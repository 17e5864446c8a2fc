// `npm run test:interop`: every pair of languages, as far as this machine has their toolchains.
import { describeInterop } from './play.ts';
import { allLanguages } from './languages.ts';

await describeInterop(allLanguages);
