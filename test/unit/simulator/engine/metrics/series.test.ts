import { expect, test } from 'vitest';
import { definitions } from '../../../../../simulator/engine/metrics/definitions.ts';
import { BUCKETS, Series, SERIES_MAX } from '../../../../../simulator/engine/metrics/series.ts';
import { readExposition, samplesOf } from '../../../../harness/exposition.ts';

test('counters and gauges are told per labels, whatever stands in them', () => {
  const series = new Series();
  const odd = { namespace: 'a"b\\c\nd', outcome: '' };
  series.increment('nexus_requests', odd);
  series.increment('nexus_requests', odd);
  series.increment('nexus_requests', { namespace: 'other' });
  series.increment('nexus_request_preprocess_errors', {});
  const text = series.text([
    { name: 'size', help: 'How many.', labels: { of: 'a' }, value: 1 },
    { name: 'size', help: 'How many.', labels: { of: 'b' }, value: 2 },
  ]);
  expect(samplesOf(text, 'nexus_requests')).toEqual({
    '{namespace="a\\"b\\\\c\\nd",outcome=""}': 2,
    '{namespace="other"}': 1,
  });
  expect(samplesOf(text, 'nexus_request_preprocess_errors')).toEqual({ '': 1 });
  expect(samplesOf(text, 'size')).toEqual({ '{of="a"}': 1, '{of="b"}': 2 });
  expect(text).toContain(
    `# HELP nexus_requests ${definitions.nexus_requests.help}\n# TYPE nexus_requests counter\n`,
  );
});

test('histograms count what is at most their bounds, and more in each larger bucket', () => {
  const series = new Series();
  const labels = { namespace: 'n' };
  for (const seconds of [0, 0.001, 0.0011, 1_000, 1_001]) series.observe('nexus_latency', labels, seconds);
  const text = series.text([]);
  const buckets = samplesOf(text, 'nexus_latency_bucket');
  expect(Object.keys(buckets)).toHaveLength(BUCKETS.length + 1);
  expect(buckets).toMatchObject({
    '{namespace="n",le="0.001"}': 2,
    '{namespace="n",le="0.002"}': 3,
    '{namespace="n",le="1000"}': 4,
    '{namespace="n",le="+Inf"}': 5,
  });
  expect(samplesOf(text, 'nexus_latency_count')).toEqual({ '{namespace="n"}': 5 });
  expect(samplesOf(text, 'nexus_latency_sum')['{namespace="n"}']).toBeCloseTo(2_001.0021);
});

test('there are no more series than there may be, and those that are there go on', () => {
  const series = new Series();
  for (let nth = 0; nth < SERIES_MAX + 5; nth++) series.increment('nexus_requests', { namespace: `n${nth}` });
  series.observe('nexus_latency', {}, 1);
  series.increment('nexus_requests', { namespace: 'n0' });
  const samples = readExposition(series.text([]));
  expect(samples.size).toBe(SERIES_MAX);
  expect(samples.get('nexus_requests{namespace="n0"}')).toBe(2);
});

test('nothing is told of nothing', () => {
  expect(new Series().text([])).toBe('');
});
