// A small extension made on the spot, with one of everything this harness claims to see and do.
// Its tests tell a broken harness from a broken product.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packVsix } from '../../setup/vsix.ts';

/** Writes the sample extension into `folder` and answers its .vsix. */
export async function packSample(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'extension.cjs'), script);
  const vsix = `${folder}.vsix`;
  await packVsix(folder, vsix, ['--skip-license', '--allow-missing-repository']);
  return vsix;
}

export const sampleId = 'nexus-workbench-tests.sample';

const manifest = {
  name: 'sample',
  description: 'One of everything the editor tests look at.',
  version: '1.0.0',
  publisher: 'nexus-workbench-tests',
  engines: { vscode: '^1.100.0' },
  main: './extension.cjs',
  // Implied only for languages that bring a configuration file.
  activationEvents: ['onLanguage:sample'],
  contributes: {
    languages: [{ id: 'sample', extensions: ['.sample'] }],
    commands: [
      { command: 'sample.openPage', title: 'Open Page', category: 'Sample' },
      { command: 'sample.ask', title: 'Ask', category: 'Sample' },
    ],
  },
};

const script = `
const vscode = require('vscode');
exports.activate = (context) => {
  const problems = vscode.languages.createDiagnosticCollection('sample');
  const check = (document) => {
    if (document.languageId !== 'sample') return;
    const found = [];
    for (let at = 0; at < document.lineCount; at += 1) {
      const column = document.lineAt(at).text.indexOf('rotten');
      if (column < 0) continue;
      const range = new vscode.Range(at, column, at, column + 6);
      const one = new vscode.Diagnostic(range, 'rotten fruit', vscode.DiagnosticSeverity.Warning);
      one.source = 'sample';
      one.code = 'rotten';
      found.push(one);
    }
    problems.set(document.uri, found);
  };
  vscode.workspace.textDocuments.forEach(check);
  const status = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
  status.text = 'Sample: ready';
  status.show();
  const openPage = () => {
    const panel = vscode.window.createWebviewPanel('sample', 'Sample Page', vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    panel.webview.onDidReceiveMessage((message) => {
      void vscode.window.showInformationMessage('The page said ' + message);
    });
    panel.webview.html = '<button id="tell">Tell the editor</button><script>'
      + 'const host = acquireVsCodeApi();'
      + 'document.getElementById("tell").onclick = () => host.postMessage("hello");'
      + '</' + 'script>';
  };
  const ask = async () => {
    const fruit = await vscode.window.showQuickPick(['apple', 'pear']);
    const count = await vscode.window.showInputBox({ prompt: 'How many?' });
    void vscode.window.showInformationMessage('Bought ' + count + ' ' + fruit);
  };
  context.subscriptions.push(
    problems,
    status,
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.commands.registerCommand('sample.openPage', openPage),
    vscode.commands.registerCommand('sample.ask', ask),
    vscode.languages.registerDefinitionProvider('sample', {
      provideDefinition: (document, position) => {
        const word = document.getText(document.getWordRangeAtPosition(position));
        const offset = document.getText().indexOf(word);
        const start = document.positionAt(offset);
        return new vscode.Location(document.uri, new vscode.Range(start, start.translate(0, word.length)));
      },
    }),
  );
};
`;
