import { render } from 'preact';
import { App } from './app.tsx';
import { connectHost } from './host.ts';
import { effectOf, type KeyEffect } from './keys.ts';
import { codeOf } from './related.ts';
import { initialState, reduce, savedOf, selectedBar, type Action, type State } from './store.ts';
import type { FromPage, PageCommand } from '../timeline/messages.ts';
import './timeline.css';

/** Mounts the page: one state, one reducer, and one drawing for each animation frame at most. */
function mount(root: HTMLElement): void {
  const host = connectHost();
  let state: State = initialState();
  let scheduled = false;
  let saving: ReturnType<typeof setTimeout> | undefined;

  const send = (message: FromPage): void => host.send(message);
  const save = (): void => {
    clearTimeout(saving);
    saving = undefined;
    host.save(savedOf(state));
  };
  // While the view follows, it changes with every frame: saving costs a message to the editor each time.
  const saveSoon = (): void => void (saving ??= setTimeout(save, SAVE_DELAY_MS));
  const draw = (): void => {
    scheduled = false;
    render(<App state={state} dispatch={dispatch} send={send} perform={perform} />, root);
    saveSoon();
  };
  const dispatch = (action: Action): void => {
    const next = reduce(state, action);
    if (next === state) return;
    state = next;
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(draw);
  };
  const perform = (effect: KeyEffect): void => {
    if (effect.type !== 'go-to-handler') {
      dispatch(effect);
      return;
    }
    const bar = selectedBar(state);
    const code = bar === undefined ? undefined : codeOf(state.model, bar);
    if (code !== undefined) send({ type: 'jump', role: 'handler', code });
  };

  const saved = host.saved();
  if (saved !== undefined) dispatch({ type: 'restore', saved });
  host.onMessage((message) => {
    if (message.type === 'command') perform(commandEffects[message.command]);
    else dispatch(message);
  });
  window.addEventListener('keydown', (event) => {
    // Buttons and fields keep the keys that they use themselves.
    if (event.target instanceof HTMLElement && event.target.closest('button, input, a') !== null) {
      if (event.code !== 'Escape' && event.key !== '?') return;
    }
    const effect = effectOf(event, state.helpOpen);
    if (effect === undefined) return;
    event.preventDefault();
    perform(effect);
  });
  document.addEventListener('visibilitychange', save);
  draw();
  send({ type: 'ready' });
}

const SAVE_DELAY_MS = 300;

const commandEffects = {
  focusSelection: { type: 'focus-selection' },
  backToLive: { type: 'back-to-live' },
  goToHandler: { type: 'go-to-handler' },
  help: { type: 'help', open: true },
} as const satisfies Record<PageCommand, KeyEffect>;

const root = document.getElementById('root');
if (root !== null) mount(root);
