import { expect, test } from 'vitest';
import { apiReference } from './api-reference.ts';
import { readText } from './repository.ts';

test('the reference of the API has every method and whether it is served', async () => {
  await expect(apiReference()).toMatchFileSnapshot('../../docs/api.md');
});

test('README leads to it', () => {
  expect(readText('README.md')).toContain('](docs/api.md)');
});
