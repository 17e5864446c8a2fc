import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import type { Buffer } from 'node:buffer';
import type { Converter } from '../../wire/convert.ts';
import { DefinitionFiles, type DefinitionFile } from '../../wire/definition-files.ts';
import { methodsOf } from '../../wire/descriptors.ts';
import { rawMethod, type ServedService } from './service-definition.ts';

/** Clients of both versions are around; they say the same. */
const packages = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'] as const;

const fileMessage = 'google.protobuf.FileDescriptorProto';

interface Request {
  readonly host?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly fileContainingExtension?: { readonly containingType?: string; readonly extensionNumber?: number };
  readonly allExtensionNumbersOfType?: string;
  readonly listServices?: string;
}

/**
 * gRPC's standard reflection service: tools such as grpcurl ask it what is served here, and what its messages are.
 * `services` are the others. Their files are made when the first question comes.
 */
export function reflectionServices(
  converter: Converter,
  services: readonly string[],
): readonly ServedService[] {
  const names = [...services, ...packages.map((name) => `${name}.ServerReflection`)];
  let known: DefinitionFiles | undefined;
  const files = (): DefinitionFiles => (known ??= new DefinitionFiles(names));
  return packages.map((name) => {
    const service = `${name}.ServerReflection`;
    const definition = Object.fromEntries(
      methodsOf(service).map((method) => [method.name, rawMethod(service, method)]),
    );
    const converse = (call: ServerDuplexStream<Buffer, Buffer>): void => {
      const sent = new Set<string>();
      call.on('data', (bytes: Buffer) => {
        const decoded = converter.decode(`${name}.ServerReflectionRequest`, bytes);
        const request = decoded.ok ? (decoded.value as Request) : {};
        const found = answer(request, { names, files, sent, converter });
        if (found === undefined) {
          const reason = decoded.ok ? 'The request asks nothing.' : decoded.error;
          call.emit('error', { code: status.INVALID_ARGUMENT, details: reason });
          return;
        }
        const response = { validHost: request.host, originalRequest: request, ...found };
        if (call.write(converter.encode(`${name}.ServerReflectionResponse`, response))) return;
        // Whoever asks without reading waits.
        call.pause();
        call.once('drain', () => call.resume());
      });
      call.on('end', () => call.end());
    };
    return { definition, implementation: { ServerReflectionInfo: converse } };
  });
}

interface Knowledge {
  readonly names: readonly string[];
  readonly files: () => DefinitionFiles;
  /** Names of the files that the client has been sent on this stream. */
  readonly sent: Set<string>;
  readonly converter: Converter;
}

/** The answer's part of a response; `undefined` where the request asks nothing. */
function answer(request: Request, { names, files, sent, converter }: Knowledge): object | undefined {
  const { fileByFilename, fileContainingSymbol, fileContainingExtension, allExtensionNumbersOfType } =
    request;
  const fileAnswer = (file: DefinitionFile | undefined, asked: string): object =>
    file === undefined
      ? notFound(asked)
      : {
          fileDescriptorResponse: {
            fileDescriptorProto: files()
              .withDependencies(file, sent)
              .map(({ descriptor }) => converter.encode(fileMessage, descriptor).toString('base64')),
          },
        };
  if (fileByFilename !== undefined) {
    return fileAnswer(files().byName(fileByFilename), `file "${fileByFilename}"`);
  }
  if (fileContainingSymbol !== undefined) {
    return fileAnswer(files().bySymbol(fileContainingSymbol), `symbol "${fileContainingSymbol}"`);
  }
  if (fileContainingExtension !== undefined) {
    const { containingType = '', extensionNumber = 0 } = fileContainingExtension;
    return notFound(`extension ${extensionNumber} of "${containingType}"`);
  }
  if (allExtensionNumbersOfType !== undefined) {
    return files().bySymbol(allExtensionNumbersOfType) === undefined
      ? notFound(`symbol "${allExtensionNumbersOfType}"`)
      : { allExtensionNumbersResponse: { baseTypeName: allExtensionNumbersOfType } };
  }
  if (request.listServices === undefined) return undefined;
  return { listServicesResponse: { service: [...names].sort().map((name) => ({ name })) } };
}

const notFound = (asked: string): object => ({
  errorResponse: { errorCode: status.NOT_FOUND, errorMessage: `There is no ${asked} here.` },
});
