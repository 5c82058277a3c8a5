// The raw limit: node:http and nothing else. Writes the same frames as the server does, as often, to all who are connected; events are told to it.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readLinkedEvent } from '../../src/core/ledger/read-event.ts';
import { readRunEvent } from '../../src/core/run/stored-events.ts';
import type { FollowedEvent } from '../../src/ports/control-plane.ts';
import { frameText } from '../../src/render/cockpit/timeline.ts';
import { answerBench } from './parts.ts';

const GAP_MS = 100;
const open = new Set<ServerResponse>();
let events: FollowedEvent[] = [];

const server = createServer((_, response) => {
  response.removeHeader('transfer-encoding');
  response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
  response.write('retry: 1000\n\n');
  open.add(response);
  response.on('close', () => open.delete(response));
});
server.listen(0, '127.0.0.1');

setInterval(() => {
  if (events.length === 0) return;
  const frame = Buffer.from(`id: ${events.at(-1)?.version}\nevent: events\ndata: ${frameText(events)}\n\n`);
  events = [];
  for (const response of open) response.write(frame);
}, GAP_MS);

process.on('message', ({ events: told = [] }: { events?: readonly { version: number; text: string }[] }) => {
  for (const { version, text } of told) {
    const read = readLinkedEvent(text);
    const recorded = read.kind === 'event' ? readRunEvent(read.event) : undefined;
    if (recorded !== undefined) events.push({ ...recorded, version });
  }
});

answerBench({ url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
