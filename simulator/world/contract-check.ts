/** Holds the inputs and results that a world file writes against the contracts it names. */
import type { Contracts, OperationContract } from './contracts.ts';
import { suggestion } from './nearest.ts';
import type { Report } from './problem-list.ts';
import { SchemaCheck } from './schema-check.ts';
import type { Located, SourceRange } from './source.ts';
import { allSteps, type CallStep } from './step.ts';
import type { Dynamic } from './template.ts';
import type { Behaviour, World } from './world.ts';

/** Services that no contract describes are left alone. */
export function checkContracts(world: World, contracts: Contracts, report: Report): void {
  const check = new ContractCheck(contracts, report);
  for (const { value: steps = [] } of world.workflows) {
    for (const step of allSteps(steps)) if (step.kind === 'call') check.call(step);
  }
  for (const { value: worker } of world.workers) {
    for (const { name, value: behaviour } of worker?.operations ?? [])
      check.behaviour(name, behaviour, world);
  }
}

class ContractCheck {
  readonly #contracts: Contracts;
  readonly #report: Report;
  /** Results of a workflow that backs several operations are checked for each, but said once. */
  readonly #said = new Set<string>();

  constructor(contracts: Contracts, report: Report) {
    this.#contracts = contracts;
    this.#report = report;
  }

  call({ call, input }: CallStep): void {
    const contract = this.#find(call.name, call);
    if (contract === undefined) return;
    const { value: name, range } = call.name;
    if (input !== undefined && contract.input === undefined) {
      this.#tell(input, `By ${contract.path}, ${name} takes no input; remove it.`);
    } else if (input === undefined && contract.input !== undefined) {
      this.#report(range, `By ${contract.path}, ${name} takes an input; add one.`);
    } else {
      this.#compare(input, contract, { side: 'input', name });
    }
  }

  behaviour(name: Located<string>, behaviour: Behaviour | undefined, world: World): void {
    const dot = name.value.lastIndexOf('.');
    const parts = { service: name.value.slice(0, dot), operation: name.value.slice(dot + 1) };
    const contract = this.#find(name, parts);
    if (contract === undefined || behaviour === undefined) return;
    const at = { side: 'output', name: name.value } as const;
    if (behaviour.kind === 'reply') this.#compare(behaviour.reply, contract, at);
    if (behaviour.kind !== 'workflow') return;
    const workflow = world.workflows.find((each) => each.name.value === behaviour.workflow.value);
    for (const step of allSteps(workflow?.value ?? [])) {
      if (step.kind === 'return') this.#compare(step.return, contract, at);
    }
  }

  #find(
    name: Located<string>,
    { service, operation }: { readonly service: string; readonly operation: string },
  ): OperationContract | undefined {
    const operations = this.#contracts.get(service);
    const found = operations?.get(operation);
    if (operations === undefined || found !== undefined) return found;
    this.#report(name.range, () => {
      const hint = suggestion(operation, [...operations.keys()], 'it has');
      return `The contract of ${service} has no operation "${operation}"${hint}`;
    });
    return undefined;
  }

  #compare(
    value: Dynamic | undefined,
    contract: OperationContract,
    { side, name }: { readonly side: 'input' | 'output'; readonly name: string },
  ): void {
    const schema = contract[side];
    if (value === undefined || schema === undefined) return;
    const check = new SchemaCheck(contract.root, value.places, (range, message) => {
      this.#once(range, `By ${contract.path}, the ${side} of ${name} ${message}`);
    });
    check.compare(value.template, schema, '');
  }

  #tell(value: Dynamic, message: string): void {
    const range = value.places.get(value.template)?.value;
    if (range !== undefined) this.#once(range, message);
  }

  #once(range: SourceRange, message: string): void {
    const key = `${range.start} ${message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#report(range, message);
  }
}
