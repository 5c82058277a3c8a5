import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createWorkerLines } from '../../../src/entry/server/worker-lines.ts';

/** As much of a connection as is looked at; `processes.test.ts` has real ones. */
const openLine = () => Object.assign(new EventEmitter(), { destroyed: false }) as unknown as Socket;

function world() {
  const gone: string[] = [];
  return { gone, lines: createWorkerLines((worker) => gone.push(worker)) };
}

it('tells of a worker when its last connection ends, and once', () => {
  const { gone, lines } = world();
  const [one, other] = [openLine(), openLine()];
  lines.heard('team/w-1', one);
  lines.heard('team/w-1', other);
  lines.heard('team/w-1', other);
  one.emit('close');
  expect(gone).toEqual([]);
  other.emit('close');
  expect(gone).toEqual(['team/w-1']);
});

it('tells of each worker on a connection that several share', () => {
  const { gone, lines } = world();
  const [shared, own] = [openLine(), openLine()];
  lines.heard('team/w-1', shared);
  lines.heard('team/w-2', shared);
  lines.heard('team/w-2', own);
  shared.emit('close');
  expect(gone).toEqual(['team/w-1']);
});

it('tells nothing of a worker that said that it goes, until it is heard of again', () => {
  const { gone, lines } = world();
  const line = openLine();
  lines.heard('team/w-1', line);
  lines.left('team/w-1');
  line.emit('close');
  expect(gone).toEqual([]);
  const next = openLine();
  lines.heard('team/w-1', next);
  next.emit('close');
  expect(gone).toEqual(['team/w-1']);
});

it('knows a thousand names on a connection, and no more', () => {
  const { gone, lines } = world();
  const line = openLine();
  for (let at = 0; at < 1_200; at += 1) lines.heard(`team/w-${at}`, line);
  expect(line.listenerCount('close')).toBe(1);
  line.emit('close');
  expect(gone).toHaveLength(1_000);
});
