import { Option } from 'commander';

/** How payloads are decoded; the names are those of the temporal command line. */
export const codecOptions = (): readonly Option[] => [
  new Option('--codec-endpoint <URL>', 'Decode payloads there: https, or http on this machine.').env(
    'TEMPORAL_CODEC_ENDPOINT',
  ),
  new Option('--codec-auth <VALUE>', 'The Authorization header for it.').env('TEMPORAL_CODEC_AUTH'),
];
