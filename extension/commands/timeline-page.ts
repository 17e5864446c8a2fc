import type { Command } from '../services.ts';
import type { PageCommand } from '../timeline/messages.ts';

/** A command that the timeline's page carries out: as a command of the editor it can be given any key. */
export const timelinePage =
  (command: PageCommand): Command =>
  ({ timeline }) =>
  () => {
    timeline.command(command);
    return Promise.resolve();
  };
