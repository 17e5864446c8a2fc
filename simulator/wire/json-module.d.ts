/** The protobuf definitions of Temporal's API and of gRPC's health service, as data. The package ships no types for it. */
declare module '@temporalio/proto/protos/json-module.js' {
  import type { Root } from 'protobufjs/light.js';
  const root: Root;
  export default root;
}
