import type { FromPage, ToPage } from '../timeline/messages.ts';
import type { Saved } from './store.ts';

/** What the editor gives to a page, once. */
interface EditorApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: Saved): void;
}

declare function acquireVsCodeApi(): EditorApi;

/** The page's only way out. The editor's own handle stays in here. */
interface Host {
  send(message: FromPage): void;
  saved(): Saved | undefined;
  save(state: Saved): void;
  onMessage(listener: (message: ToPage) => void): void;
}

export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    saved: () => readSaved(api.getState()),
    save: (state) => api.setState(state),
    onMessage: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (isToPage(event.data)) listener(event.data);
      });
    },
  };
}

const isToPage = (value: unknown): value is ToPage =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** State that another version of the page saved is not worth a broken view. */
function readSaved(value: unknown): Saved | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { view, scrollTop } = value as Partial<Saved>;
  const usable =
    typeof scrollTop === 'number' &&
    typeof view?.scale.msPerPx === 'number' &&
    typeof view.mode.kind === 'string';
  return usable ? (value as Saved) : undefined;
}
