import { after, ms } from '../../../base/time.ts';
import { append } from '../history.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

export const startTimer: CommandHandler<'START_TIMER'> = {
  check(check, { timerId = '', startToFireTimeout = ms(0) }) {
    if (timerId === '') {
      return refuseCommand('BAD_START_TIMER_ATTRIBUTES', 'TimerId is not set on StartTimerCommand.');
    }
    // A timer of no time is allowed: an SDK's sleep(0) may send one.
    if (startToFireTimeout < 0) {
      return refuseCommand(
        'BAD_START_TIMER_ATTRIBUTES',
        `An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=${timerId}`,
      );
    }
    const pending = check.execution.timers.has(timerId) && !check.cancelledTimers.has(timerId);
    if (pending || check.startedTimers.has(timerId)) {
      return refuseCommand('START_TIMER_DUPLICATE_ID', `A timer with the id ${timerId} is already running.`);
    }
    check.startedTimers.add(timerId);
    return undefined;
  },
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    const { timerId = '', startToFireTimeout = ms(0) } = attributes;
    const startedEventId = append(turn, execution, {
      eventType: 'TIMER_STARTED',
      attributes: { timerId, startToFireTimeout, workflowTaskCompletedEventId },
    });
    execution.timers.set(timerId, {
      startedEventId,
      timer: turn.state.timers.set(after(turn.now, startToFireTimeout), {
        kind: 'workflow-timer',
        run: execution.ref.runId,
        timerId,
      }),
    });
  },
};

export const cancelTimer: CommandHandler<'CANCEL_TIMER'> = {
  check(check, { timerId = '' }) {
    const firing = check.execution.buffered.some(
      ({ body }) => body.eventType === 'TIMER_FIRED' && body.attributes.timerId === timerId,
    );
    const pending = (check.execution.timers.has(timerId) || firing) && !check.cancelledTimers.has(timerId);
    if (!pending && !check.startedTimers.has(timerId)) {
      return refuseCommand('BAD_CANCEL_TIMER_ATTRIBUTES', `No timer with the id ${timerId} is running.`);
    }
    check.startedTimers.delete(timerId);
    check.cancelledTimers.add(timerId);
    return undefined;
  },
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    const { timerId = '' } = attributes;
    // A timer that fired while this task was under way is cancelled all the same: its event is not written.
    const fired = execution.buffered.find(
      ({ body }) => body.eventType === 'TIMER_FIRED' && body.attributes.timerId === timerId,
    );
    execution.buffered = execution.buffered.filter((entry) => entry !== fired);
    const pending = execution.timers.get(timerId);
    turn.state.timers.cancel(pending?.timer);
    execution.timers.delete(timerId);
    const startedEventId =
      pending?.startedEventId ??
      (fired?.body.eventType === 'TIMER_FIRED' ? fired.body.attributes.startedEventId : 0);
    append(turn, execution, {
      eventType: 'TIMER_CANCELED',
      attributes: { timerId, startedEventId, workflowTaskCompletedEventId },
    });
  },
};
