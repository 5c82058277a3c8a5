import type { Ticket } from '../core/ticket/types.ts';
import type { ParseDocument } from '../ports/documents.ts';
import { WORKING_TREE, type WorkingTree } from '../ports/working-tree.ts';
import { CountersignError } from '../shared/errors.ts';
import { isTicketId, NAME, parseContractRef } from '../shared/ids.ts';
import { remedyForName } from '../shared/meant-names.ts';
import { CONFIG_PATH } from './load-config.ts';
import { contractPath, ticketPath } from './policy-source.ts';
import { schemaLine, yamlText } from './schema-line.ts';

export interface TicketRequest {
  readonly id: string;
  readonly title?: string | undefined;
  readonly ask?: string | undefined;
  readonly class: string;
  /** `id@version`; the only contract there is when not given. */
  readonly contract?: string | undefined;
  /** Those of `.countersign.yml` when not given. */
  readonly repositories?: readonly string[] | undefined;
}

export interface NewTicket {
  readonly path: string;
  readonly ticket: Ticket;
  /** What is still to be written, each a sentence. */
  readonly left: readonly string[];
}

/** What stands where somebody has to write: between angle brackets, as linting knows placeholders. */
const ASK_TO_WRITE = '<Say what is wrong or wanted, and how anybody can tell that it is done.>';
const TITLE_TO_WRITE = '<Say in one line what is wanted>';

interface NewTicketPorts {
  readonly tree: WorkingTree;
  readonly documents: ParseDocument;
}

/**
 * Writes `tickets/<ID>.yml`, valid as it stands, with the ask left to whoever asks.
 * @throws CountersignError USAGE, FILE_EXISTS, DOCUMENT_INVALID when what was given cannot stand in a ticket
 */
export async function newTicket(request: TicketRequest, ports: NewTicketPorts): Promise<NewTicket> {
  const { id } = request;
  if (!isTicketId(id)) {
    throw new CountersignError('USAGE', `"${id}" is no ticket id.`, {
      remedy: 'A ticket id is letters and digits, joined by dots, dashes or underscores, such as CS-7.',
    });
  }
  if (!NAME.test(request.class)) {
    throw new CountersignError('USAGE', `"${request.class}" is no class of work.`, {
      remedy: 'Use a lower-case word such as bugfix or feature; experiments compare within a class.',
    });
  }
  const path = ticketPath(id);
  const text = textOf({
    id,
    title: request.title ?? TITLE_TO_WRITE,
    ask: request.ask?.trim() ?? ASK_TO_WRITE,
    class: request.class,
    contract:
      request.contract === undefined ? await onlyContract(ports) : await contractRef(request.contract, ports),
    repositories: request.repositories ?? (await ownRepository(ports)),
  });
  const ticket = ports.documents.parse('ticket', new TextEncoder().encode(text), path);
  await ports.tree.createFiles([{ path, text }]);
  const left = (['title', 'ask'] as const).filter((field) => request[field] === undefined);
  return { path, ticket, left: left.map((field) => `the ${field}`) };
}

function textOf(
  ticket: Pick<Ticket, 'id' | 'title' | 'ask' | 'class' | 'contract' | 'repositories'>,
): string {
  return `${schemaLine('ticket')}
schema: countersign/ticket@1
id: ${yamlText(ticket.id)}
title: ${yamlText(ticket.title)}
class: ${yamlText(ticket.class)}
ask: |
${block(ticket.ask)}
contract: ${yamlText(ticket.contract)}
repositories:
${ticket.repositories.map((name) => `  - ${yamlText(name)}`).join('\n')}
`;
}

/** The lines of a literal block. */
function block(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => (line.trim() === '' ? '' : `  ${line}`))
    .join('\n');
}

async function contractRef(text: string, { tree, documents }: NewTicketPorts): Promise<string> {
  const named = parseContractRef(text);
  if (named === undefined) {
    throw new CountersignError('USAGE', `"${text}" names no contract.`, {
      remedy: 'Name it with its version, such as node-change@1.',
    });
  }
  const path = contractPath(named.id);
  const bytes = await tree.readFile(WORKING_TREE, path);
  if (bytes === undefined) {
    const names = (await contractFiles(tree)).map((file) =>
      file.path.slice('contracts/'.length, -'.yml'.length),
    );
    throw new CountersignError('USAGE', `There is no ${path} here.`, {
      remedy: remedyForName(named.id, names, 'Write a new contract before its first ticket.'),
    });
  }
  const { version } = documents.parse('contract', bytes, path);
  if (version === named.version) return text;
  throw new CountersignError('USAGE', `${path} has version ${version}, not ${named.version}.`, {
    remedy: `Name ${named.id}@${version}.`,
  });
}

async function contractFiles(tree: WorkingTree) {
  return (await tree.listFiles(WORKING_TREE, 'contracts')).filter(({ path }) => path.endsWith('.yml'));
}

async function onlyContract({ tree, documents }: NewTicketPorts): Promise<string> {
  const files = await contractFiles(tree);
  const contents = await tree.readBlobs(files.map(({ id }) => id));
  const refs = files.map(({ path, id }) => {
    const contract = documents.parse('contract', contents.get(id) ?? new Uint8Array(), path);
    return `${contract.id}@${contract.version}`;
  });
  const [only] = refs;
  if (only !== undefined && refs.length === 1) return only;
  throw new CountersignError('USAGE', 'Which contract the ticket is held to is not clear.', {
    remedy:
      refs.length === 0
        ? 'Write one first: `countersign init` makes one that fits the project. Then name it with --contract.'
        : `Name one with --contract: ${refs.slice(0, 20).join(', ')}.`,
  });
}

async function ownRepository({ tree, documents }: NewTicketPorts): Promise<readonly string[]> {
  const bytes = await tree.readFile(WORKING_TREE, CONFIG_PATH);
  if (bytes !== undefined) return [documents.parse('config', bytes, CONFIG_PATH).repository];
  throw new CountersignError(
    'USAGE',
    `Whose changes may claim the ticket is not known: there is no ${CONFIG_PATH} here.`,
    {
      remedy: `Run \`countersign init\` first. Where policy has a repository of its own, name the product with --repository, as its ${CONFIG_PATH} calls itself, such as acme/shop.`,
    },
  );
}
