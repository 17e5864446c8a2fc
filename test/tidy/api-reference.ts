import { methodKey, methodsOf } from '../../simulator/wire/descriptors.ts';
import { serviceNames } from '../../simulator/wire/services.ts';
import { temporalMethods } from '../../simulator/protocol/temporal/methods.ts';

/** docs/api.md: every method of the services, as the definitions list them, and whether it is served. */
export function apiReference(): string {
  const services = Object.entries(serviceNames).map(([service, fullName]) => {
    const rows = methodsOf(fullName)
      .map(({ name }) => `| \`${name}\` | ${isServed(service, name) ? 'yes' : 'no'} |`)
      .sort();
    const served = rows.filter((row) => row.endsWith('| yes |')).length;
    return `## ${service}\n\n${served} of ${rows.length} methods of \`${fullName}\` are served.\n\n| method | served |\n|---|---|\n${rows.join('\n')}\n`;
  });
  return `${head}\n${services.join('\n')}`;
}

const isServed = (service: string, name: string): boolean =>
  (temporalMethods as Readonly<Record<string, string>>)[methodKey(name)] === service;

const head = `# What is served of Temporal’s API

This page is written from the definitions of the API and from the table of methods that the gRPC frontend reads; it cannot fall behind. A method that is not served is answered with \`UNIMPLEMENTED\` and its name. \`grpc.health.v1.Health\` and \`grpc.reflection.v1.ServerReflection\` (\`v1alpha\` too) are served besides.
`;
