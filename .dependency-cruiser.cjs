// Who may import whom. Each room lists what it may use; everything else is refused, type-only imports included.
// ARCHITECTURE.md describes the rooms; test/tidy/imports.test.ts proves that every wall below can be hit.

const base = '^simulator/base/';
const protocol = '^simulator/protocol/';
const spans = '^simulator/spans/';
const engine = '^simulator/engine/';
const rpc = '^simulator/rpc/';
const wire = '^simulator/wire/';
const world = '^simulator/world/';
const analysis = '^server/analysis/';
const serverProtocol = '^server/protocol/';
const sharedFrontend = '^simulator/frontends/[^/]+[.]ts$';
const panelContract = '^extension/timeline/messages[.]ts$';

/** A package as a path, wherever it is installed; `vscode` exists only inside the editor, so it has no path. */
const packagePattern = (name) =>
  name === 'vscode' ? '(^|/)(@types/)?vscode(/|$)' : `(^|/)node_modules/(@types/)?${name}/`;

/**
 * `own` names the room's files (and `except` those that belong to another room), `rooms` the other files they may
 * import, `packages` the npm packages, `node` whether Node's own modules are allowed.
 */
const rooms = [
  {
    name: 'simulator-base',
    own: base,
    why: 'Base is what every process and the web page share, so it depends on nothing. Move what needs more to the room that needs it.',
  },
  {
    name: 'simulator-protocol',
    own: protocol,
    rooms: [base],
    packages: ['zod', 'yaml'],
    why: 'The protocol crosses process lines and must load everywhere. Describe the value here; compute it in the room that owns it.',
  },
  {
    name: 'simulator-rpc',
    own: rpc,
    rooms: [base],
    packages: ['vscode-jsonrpc'],
    why: 'Both ends of the control connection import this, so it knows neither sockets nor the contract. Pass what it needs as functions.',
  },
  {
    name: 'simulator-spans',
    own: spans,
    rooms: [base, protocol],
    why: 'Histories of the engine and of real clusters are drawn alike, so this knows neither. Pass what it needs as plain values.',
  },
  {
    name: 'simulator-engine',
    own: engine,
    rooms: [base, protocol, spans],
    why: 'The engine decides and does nothing else: no I/O, no packages, no participants. Return an effect and let simulator/driver perform it.',
  },
  {
    name: 'simulator-world',
    own: world,
    rooms: [base, protocol],
    packages: ['zod', 'yaml'],
    why: 'Scripted participants are workers like any other: they speak TemporalPort (protocol/temporal/port.ts) and know neither the engine nor Node.',
  },
  {
    name: 'simulator-driver',
    own: '^simulator/driver/',
    rooms: [base, protocol, engine, '^simulator/persistence/journal[.]ts$'],
    why: 'The driver is the single writer of the engine. It sees a journal only through its port, persistence/journal.ts, and frontends come to it.',
  },
  {
    name: 'simulator-persistence',
    own: '^simulator/persistence/',
    rooms: [base, protocol],
    packages: ['lowdb', 'zod'],
    node: true,
    why: 'Persistence stores values it does not interpret. What an input or a state means is for simulator/driver and the engine.',
  },
  {
    name: 'simulator-wire',
    own: wire,
    rooms: [base, protocol],
    packages: ['@temporalio/proto', 'protobufjs'],
    node: true,
    why: 'The wire converts messages and knows neither calls nor connections. Put those into the frontend or the cluster that makes them.',
  },
  {
    name: 'simulator-frontends-shared',
    own: sharedFrontend,
    rooms: [base, protocol],
    node: true,
    why: 'What frontends share is plumbing below all of them. Put what knows a wire format into that frontend.',
  },
  {
    name: 'simulator-frontends-control',
    own: '^simulator/frontends/control/',
    rooms: [base, protocol, rpc, sharedFrontend, '^simulator/driver/port[.]ts$'],
    packages: ['vscode-jsonrpc', 'ws', 'zod'],
    node: true,
    why: 'A frontend translates between its wire and a port, nothing else. Ask ControlPort (driver/port.ts); compose.ts puts the real one behind it.',
  },
  {
    name: 'simulator-frontends-temporal',
    own: '^simulator/frontends/temporal/',
    rooms: [base, protocol, wire, sharedFrontend, '^simulator/driver/port[.]ts$'],
    packages: ['@grpc/grpc-js'],
    node: true,
    why: 'A frontend translates between its wire and a port, nothing else. Ask TemporalPort (protocol/temporal/port.ts).',
  },
  {
    name: 'simulator-frontends-nexus-http',
    own: '^simulator/frontends/nexus-http/',
    rooms: [base, protocol, sharedFrontend, '^simulator/driver/port[.]ts$'],
    node: true,
    why: 'A frontend translates between its wire and a port, nothing else. Ask a port of protocol or of driver/port.ts.',
  },
  {
    name: 'simulator-cluster',
    own: '^simulator/cluster/',
    rooms: [base, protocol, spans, wire],
    packages: ['@grpc/grpc-js', '@temporalio/envconfig'],
    node: true,
    why: 'A real cluster is the other implementation of TemporalPort: it must not lean on ours. Share only what is in protocol, spans and wire.',
  },
  {
    name: 'simulator-entry',
    own: '^simulator/(cli/|(main|compose|simulation)[.]ts$)',
    rooms: ['^simulator/'],
    packages: ['commander'],
    node: true,
    why: 'The simulator is a program of its own and runs without the editor. It may use all of simulator; talk to others through simulator/protocol.',
  },
  {
    name: 'server-analysis',
    own: analysis,
    rooms: [base, protocol, world],
    packages: ['yaml'],
    why: 'Analysis has never heard of LSP, of files or of Node. Take what you need through workspace.ts; convert answers in server/lsp.',
  },
  {
    name: 'server-protocol',
    own: serverProtocol,
    rooms: [base, protocol],
    why: 'Both ends of the language server import these messages, so they bring nothing along. Keep them to plain values.',
  },
  {
    name: 'server-lsp',
    own: '^server/lsp/',
    rooms: [analysis, serverProtocol],
    packages: [
      'vscode-languageserver',
      'vscode-languageserver-protocol',
      'vscode-languageserver-types',
      'vscode-languageserver-textdocument',
    ],
    why: 'The LSP layer only converts. Files and grammars reach it through the ports of analysis, filled in by server/compose.ts.',
  },
  {
    name: 'server-platform',
    own: '^server/platform/',
    rooms: [analysis],
    packages: ['@vscode/tree-sitter-wasm', 'ignore'],
    node: true,
    why: 'The platform implements the ports of analysis and knows nobody who uses them. Report upwards through the port.',
  },
  {
    name: 'server-entry',
    own: '^server/[^/]+[.]ts$',
    rooms: ['^server/', base],
    packages: ['vscode-languageserver'],
    node: true,
    why: 'The language server is a process of its own: it wires server and nothing else. Talk to others through server/protocol.',
  },
  {
    name: 'extension-webview',
    own: '^extension/webview/',
    rooms: [base, protocol, panelContract],
    packages: ['preact'],
    why: 'The page runs in a browser without the editor and without Node. Ask the panel for it with a message of extension/timeline/messages.ts.',
  },
  {
    name: 'extension-panel-contract',
    own: panelContract,
    rooms: [base, protocol],
    why: 'The page and the panel both import this contract, so it brings nothing along. Keep it to plain values.',
  },
  {
    name: 'extension-debug',
    own: '^extension/debug/',
    except: ['^extension/debug/register[.]ts$'],
    rooms: [base, protocol],
    why: 'The debug adapter translates between DAP and the control contract and runs in plain Node. What needs the editor goes into debug/register.ts.',
  },
  {
    name: 'extension',
    own: '^extension/',
    except: ['^extension/webview/', panelContract, '^extension/debug/(?!register[.]ts$)'],
    notOwn: '^extension/(?!webview/)',
    rooms: [base, protocol, rpc, serverProtocol],
    packages: ['vscode', 'vscode-jsonrpc', 'vscode-languageclient', 'ws', 'zod'],
    node: true,
    why: 'Simulator, language server and page run in other processes. Speak to them through simulator/protocol, server/protocol and timeline/messages.ts.',
  },
  {
    name: 'examples',
    own: '^examples/',
    packages: ['@temporalio/[^/]+', 'nexus-rpc'],
    node: true,
    why: 'An example is what a user would write: it knows the public SDK and none of this repository.',
  },
];

const wall = ({
  name,
  own,
  except = [],
  notOwn = own,
  rooms: others = [],
  packages = [],
  node = false,
  why,
}) => ({
  name,
  severity: 'error',
  comment: why,
  from: { path: own, ...(except.length > 0 && { pathNot: except }) },
  to: {
    pathNot: [notOwn, ...others, ...packages.map(packagePattern)],
    ...(node && { dependencyTypesNot: ['core'] }),
  },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rooms.map(wall),
    {
      name: 'unlisted-room',
      severity: 'error',
      comment:
        'A new folder may import nothing until it is a room. Add it to .dependency-cruiser.cjs and to ARCHITECTURE.md.',
      from: { path: '^(simulator|server|extension)/', pathNot: rooms.map(({ own }) => own) },
      to: {},
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      comment: 'Tests are never part of the product. Move what both need into the room it belongs to.',
      from: { pathNot: ['^test/'] },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two files that need one another are one thing or three. Merge them, or move what both need below them.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'This file imports nothing and nobody imports it. Use it or delete it.',
      from: { orphan: true, pathNot: ['[.]d[.]ts$'] },
      to: {},
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'This import leads nowhere. Correct its path; relative imports end in .ts or .tsx.',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^vscode$'] },
    },
    {
      name: 'declared-packages',
      severity: 'error',
      comment:
        'This package is there by accident: another one brought it. Add it to package.json with an exact version.',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: ['(^|/)(@types/)?vscode(/|$)'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(dist|out|test/fixtures)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.cjs', '.js', '.json', '.css'],
    },
  },
};
