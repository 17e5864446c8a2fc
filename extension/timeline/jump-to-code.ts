import type * as vscode from 'vscode';
import type { LocationDto } from '../../server/protocol/messages.ts';
import type { CodeReference } from '../../simulator/protocol/span.ts';
import type { LanguageServer } from '../clients/language-server.ts';
import type { Editor } from '../editor.ts';
import { codeNotFound, languageServerFailed, workflowNotFound } from '../errors.ts';
import type { CodeRole } from './messages.ts';

interface JumpServices {
  readonly editor: Editor;
  readonly languageServer: Pick<LanguageServer, 'locate'>;
}

/** Shows the code behind a bar; asks when there are several places, and says so when there is none. */
export async function jumpToCode(services: JumpServices, code: CodeReference, role: CodeRole): Promise<void> {
  const { editor } = services;
  const found =
    code.kind === 'operation'
      ? await findOperation(services, code, role)
      : { places: await findWorkflow(editor, code.workflowType), none: workflowNotFound(code.workflowType) };
  if (found.places.length === 0) {
    void editor.window.showErrorMessage(found.none);
    return;
  }
  const place = found.places.length === 1 ? found.places[0] : await choose(editor, found.places);
  if (place === undefined) return;
  const selection = place.range;
  await editor.window.showTextDocument(place.uri, { selection, viewColumn: editor.ViewColumn.One });
}

interface Place {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
}

interface Found {
  readonly places: readonly Place[];
  /** What to say when there is no place. */
  readonly none: string;
}

async function findOperation(
  { editor, languageServer }: JumpServices,
  code: Extract<CodeReference, { readonly kind: 'operation' }>,
  role: CodeRole,
): Promise<Found> {
  const { service, operation } = code;
  try {
    const located = await languageServer.locate({ role, service, operation });
    return {
      places: located.map((location) => toPlace(editor, location)),
      none: codeNotFound(role, `${service}.${operation}`),
    };
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return { places: [], none: languageServerFailed(reason) };
  }
}

function toPlace(editor: Editor, { uri, range }: LocationDto): Place {
  const { start, end } = range;
  return {
    uri: editor.Uri.parse(uri, true),
    range: new editor.Range(start.line, start.character, end.line, end.character),
  };
}

/** The language's own server knows workflows: they are functions named as the type, in most code. */
async function findWorkflow(editor: Editor, workflowType: string): Promise<readonly Place[]> {
  const symbols = await editor.commands.executeCommand<readonly vscode.SymbolInformation[] | undefined>(
    'vscode.executeWorkspaceSymbolProvider',
    workflowType,
  );
  const named = (symbols ?? []).filter((symbol) => symbol.name.replace(/\(.*$/, '') === workflowType);
  return named.map(({ location }) => ({ uri: location.uri, range: location.range }));
}

async function choose(editor: Editor, places: readonly Place[]): Promise<Place | undefined> {
  const items = places.map((place) => ({
    label: `${editor.workspace.asRelativePath(place.uri)}:${place.range.start.line + 1}`,
    place,
  }));
  const picked = await editor.window.showQuickPick(items, { placeHolder: 'Choose the code to show' });
  return picked?.place;
}
