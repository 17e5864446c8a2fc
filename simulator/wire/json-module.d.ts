/** The protobuf definitions of Temporal's API and of gRPC's health service, as data. The package ships no types for it. */
declare module '@temporalio/proto/protos/json-module.js' {
  const root: { toJSON(): object };
  export default root;
}
