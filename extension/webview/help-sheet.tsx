import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { bindings, gestures } from './keys.ts';
import { looks } from './kinds.ts';

/** Keys and textures, printed from the tables that the page works with. */
export function HelpSheet({ onClose }: { readonly onClose: () => void }): VNode {
  const close = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    close.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <div class="help" role="dialog" aria-modal="true" aria-labelledby="help-title">
      <button type="button" class="close" ref={close} onClick={onClose}>
        Close
      </button>
      <h2 id="help-title">Keys of the timeline</h2>
      <dl>
        {[...bindings, ...gestures, { keys: '?', help: 'This sheet' }].map(({ keys, help }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
      <h3>Bars</h3>
      <ul class="legend">
        {Object.entries(looks).map(([kind, look]) => (
          <li key={kind}>
            <span aria-hidden="true">{look.glyph}</span> {look.word}
          </li>
        ))}
      </ul>
    </div>
  );
}
