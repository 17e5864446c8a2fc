import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemAttributes } from '../../../../../simulator/engine/registry/search-attributes.ts';
import type { RegistrySnapshot } from '../../../../../simulator/protocol/registry.ts';
import { World } from '../../../../harness/world.ts';

const namespace = 'orders';

let world: World;
beforeEach(async () => {
  world = await new World().namespaces(namespace, 'payments');
});
afterEach(() => world.dispose());

const custom = async (of = namespace): Promise<object> =>
  (await world.ask('listSearchAttributes', { namespace: of })).customAttributes;

test('search attributes are added to a namespace, listed, and removed', async () => {
  const told: RegistrySnapshot[] = [];
  world.driver.onRegistryChanged((registry) => told.push(registry));
  await world.ask('addSearchAttributes', { namespace, searchAttributes: { A: 'KEYWORD', B: 'INT' } });
  // Once it is there, adding it again changes nothing.
  await world.ask('addSearchAttributes', { namespace, searchAttributes: { A: 'BOOL' } });
  expect(await custom()).toEqual({ A: 'KEYWORD', B: 'INT' });
  expect(await custom('payments')).toEqual({});
  await world.ask('removeSearchAttributes', { namespace, searchAttributes: ['A', 'Unknown'] });
  expect(await custom()).toEqual({ B: 'INT' });
  expect(told.at(-1)?.namespaces.find(({ name }) => name === namespace)).toMatchObject({
    searchAttributes: { B: 'INT' },
  });
});

test('those of every run are listed too', async () => {
  const { systemAttributes: listed } = await world.ask('listSearchAttributes', { namespace });
  expect(listed).toMatchObject({ ...systemAttributes, TemporalChangeVersion: 'KEYWORD_LIST' });
  expect((await world.ask('getSearchAttributes', {})).keys).toEqual(listed);
});

test.each([
  ['addSearchAttributes', {}, 'SearchAttributes are not set on request.'],
  [
    'addSearchAttributes',
    { searchAttributes: { RunId: 'KEYWORD' } },
    'Search attribute RunId is reserved by system.',
  ],
  ['addSearchAttributes', { searchAttributes: { A: '99' } }, 'Unknown search attribute type: 99.'],
  [
    'addSearchAttributes',
    { searchAttributes: { A: 'BOOL', B: 'BOOL', C: 'BOOL', D: 'BOOL' } },
    'Unable to create search attributes: cannot have more than 3 search attribute of type Bool.',
  ],
  ['removeSearchAttributes', {}, 'SearchAttributes are not set on request.'],
  [
    'removeSearchAttributes',
    { searchAttributes: ['RunId'] },
    'Unable to remove non-custom search attributes: RunId.',
  ],
] as const)('%s refuses %j', async (method, request, message) => {
  expect(await world.refused(method, { namespace, ...request })).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message,
  });
  expect(await custom()).toEqual({});
});

test('a namespace that is not there has none', async () => {
  const nowhere = { namespace: 'nowhere' };
  const [added, removed] = [{ A: 'INT' }, ['A']];
  expect((await world.refused('listSearchAttributes', nowhere)).code).toBe('NOT_FOUND');
  expect((await world.refused('addSearchAttributes', { ...nowhere, searchAttributes: added })).code).toBe(
    'NOT_FOUND',
  );
  expect(
    (await world.refused('removeSearchAttributes', { ...nowhere, searchAttributes: removed })).code,
  ).toBe('NOT_FOUND');
});
