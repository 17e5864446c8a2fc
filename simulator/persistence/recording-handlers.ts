import { err, ok, type Result } from '../base/result.ts';
import type { ParamsOf, ResultOf } from '../protocol/contract.ts';
import { RECORDING_PAGE_MAX, type recordingRequests } from '../protocol/recording-requests.ts';
import type { Recordings } from './recordings.ts';

type RecordingHandlers = {
  readonly [M in keyof typeof recordingRequests]: (
    params: ParamsOf<M>,
  ) => Result<ResultOf<M>, { readonly message: string }>;
};

/** Answers what people ask about recordings; `present` gives those there are, if any data is kept at all. */
export const recordingHandlers = (present: () => Recordings | undefined): RecordingHandlers => ({
  'recordings/list': () => ok({ recordings: [...(present()?.list() ?? [])] }),
  'recordings/read': ({ id, from = 0, limit = RECORDING_PAGE_MAX }) => {
    const recordings = present();
    if (recordings === undefined) return err(noData);
    const read = recordings.read(id);
    if (!read.ok) return err({ message: read.error });
    const { recording, journal } = read.value;
    const entries = journal.entries
      .slice(from, from + limit)
      .map(({ at, input }) => ({ at, input: input as Record<string, unknown> }));
    const { header, torn } = journal;
    return ok({ recording, header: { ...header }, entries, total: journal.entries.length, torn });
  },
  'recordings/delete': ({ id }) => {
    const recordings = present();
    if (recordings === undefined) return err(noData);
    const deleted = recordings.delete(id);
    return deleted.ok ? ok({}) : err({ message: deleted.error });
  },
});

const noData = { message: 'This simulator keeps no data; start it with --data DIR to have recordings.' };
