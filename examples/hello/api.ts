/**
 * The contract: what callers may ask for and handlers must offer. Both sides import this file and nothing else
 * of each other. The same contract for other languages is ../hello.nexusrpc.yaml.
 */
import * as nexus from 'nexus-rpc';

export interface EchoInput {
  message: string;
}

export interface EchoOutput {
  message: string;
}

export const languages = ['en', 'de', 'fr'] as const;
export type Language = (typeof languages)[number];

export interface GreetInput {
  name: string;
  language: Language;
}

export interface GreetOutput {
  greeting: string;
}

export const greetingService = nexus.service('GreetingService', {
  /** Answers at once with what it was told. */
  echo: nexus.operation<EchoInput, EchoOutput>({ name: 'echo' }),
  /** Takes its time: a workflow in the handler's namespace composes the greeting. */
  greet: nexus.operation<GreetInput, GreetOutput>({ name: 'greet' }),
});
