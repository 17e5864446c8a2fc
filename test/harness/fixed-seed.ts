// Loaded before every test file: property tests draw the same values in every run.
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_260_101 });
