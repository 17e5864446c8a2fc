import { describe, expect, test } from 'vitest';
import { stage } from './stage.ts';

describe('worker connectivity', () => {
  test('[98] GetSystemInfo reports nexus, and DescribeNamespace works', async () => {
    const world = await stage();
    const { capabilities } = await world.ask('getSystemInfo', {});
    expect(capabilities).toHaveProperty('nexus', true);
    const { namespaceInfo } = await world.ask('describeNamespace', { namespace: 'payments' });
    expect(namespaceInfo).toMatchObject({ name: 'payments', state: 'REGISTERED' });
  });
});
