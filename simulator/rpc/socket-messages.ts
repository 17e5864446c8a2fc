/** What `vscode-jsonrpc` needs of a socket that carries one JSON-RPC message per text. Both ends use it. */
import { AbstractMessageReader, AbstractMessageWriter } from 'vscode-jsonrpc';
import type { DataCallback, Disposable, Message, MessageReader, MessageWriter } from 'vscode-jsonrpc';

/** Gives texts to a connection as messages. */
export class SocketReader extends AbstractMessageReader implements MessageReader {
  readonly #read: (text: string) => Message | undefined;
  #callback: DataCallback | undefined;

  /** `read` gives the message that a text holds; `undefined` when it holds none for the connection. */
  constructor(read: (text: string) => Message | undefined) {
    super();
    this.#read = read;
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    return { dispose: () => (this.#callback = undefined) };
  }

  take(text: string): void {
    const message = this.#read(text);
    if (message === undefined) return;
    try {
      this.#callback?.(message);
    } catch (failure) {
      // What the other side sends must not end this one.
      this.fireError(failure);
    }
  }
}

/** Gives messages to a socket as texts. */
export class SocketWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #send: (text: string) => Promise<void>;

  /** `send` settles when the text has left this process. */
  constructor(send: (text: string) => Promise<void>) {
    super();
    this.#send = send;
  }

  write(message: Message): Promise<void> {
    return this.#send(JSON.stringify(message));
  }

  end(): void {
    // Whoever owns the socket closes it.
  }
}
