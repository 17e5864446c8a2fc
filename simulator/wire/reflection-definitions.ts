/*
 * The messages of gRPC's reflection service (grpc/reflection/v1/reflection.proto), in the form of the other
 * definitions, which do not have them. Version v1alpha differs in its name only.
 */

const text = (id: number) => ({ type: 'string', id });

const reflection = {
  ServerReflection: {
    methods: {
      ServerReflectionInfo: {
        requestType: 'ServerReflectionRequest',
        requestStream: true,
        responseType: 'ServerReflectionResponse',
        responseStream: true,
      },
    },
  },
  ServerReflectionRequest: {
    oneofs: {
      message_request: {
        oneof: [
          'fileByFilename',
          'fileContainingSymbol',
          'fileContainingExtension',
          'allExtensionNumbersOfType',
          'listServices',
        ],
      },
    },
    fields: {
      host: text(1),
      fileByFilename: { ...text(3), protoName: 'file_by_filename' },
      fileContainingSymbol: { ...text(4), protoName: 'file_containing_symbol' },
      fileContainingExtension: { type: 'ExtensionRequest', id: 5, protoName: 'file_containing_extension' },
      allExtensionNumbersOfType: { ...text(6), protoName: 'all_extension_numbers_of_type' },
      listServices: { ...text(7), protoName: 'list_services' },
    },
  },
  ExtensionRequest: {
    fields: {
      containingType: { ...text(1), protoName: 'containing_type' },
      extensionNumber: { type: 'int32', id: 2, protoName: 'extension_number' },
    },
  },
  ServerReflectionResponse: {
    oneofs: {
      message_response: {
        oneof: [
          'fileDescriptorResponse',
          'allExtensionNumbersResponse',
          'listServicesResponse',
          'errorResponse',
        ],
      },
    },
    fields: {
      validHost: { ...text(1), protoName: 'valid_host' },
      originalRequest: { type: 'ServerReflectionRequest', id: 2, protoName: 'original_request' },
      fileDescriptorResponse: {
        type: 'FileDescriptorResponse',
        id: 4,
        protoName: 'file_descriptor_response',
      },
      allExtensionNumbersResponse: {
        type: 'ExtensionNumberResponse',
        id: 5,
        protoName: 'all_extension_numbers_response',
      },
      listServicesResponse: { type: 'ListServiceResponse', id: 6, protoName: 'list_services_response' },
      errorResponse: { type: 'ErrorResponse', id: 7, protoName: 'error_response' },
    },
  },
  FileDescriptorResponse: {
    fields: {
      fileDescriptorProto: { rule: 'repeated', type: 'bytes', id: 1, protoName: 'file_descriptor_proto' },
    },
  },
  ExtensionNumberResponse: {
    fields: {
      baseTypeName: { ...text(1), protoName: 'base_type_name' },
      extensionNumber: { rule: 'repeated', type: 'int32', id: 2, protoName: 'extension_number' },
    },
  },
  ListServiceResponse: { fields: { service: { rule: 'repeated', type: 'ServiceResponse', id: 1 } } },
  ServiceResponse: { fields: { name: text(1) } },
  ErrorResponse: {
    fields: {
      errorCode: { type: 'int32', id: 1, protoName: 'error_code' },
      errorMessage: { ...text(2), protoName: 'error_message' },
    },
  },
};

/** The package `grpc.reflection`. */
export const reflectionDefinitions = {
  nested: { v1: { nested: reflection }, v1alpha: { nested: reflection } },
};
