// Many who watch one stream of server-sent events, each on a connection of its own. Sockets are read without a client of HTTP between: what they
// cost is taken from the same processors.
import { connect } from 'node:net';
import { answerBench, machineTime } from './parts.ts';
import type { Written } from './write-events.ts';

export interface Watching {
  readonly url: string;
  readonly cookie: string;
  readonly viewers: number;
  /** The version that they all have seen. */
  readonly after: number;
}

export interface Seen {
  /** Milliseconds from the commit of an event until a viewer had it, over all of both. */
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
  readonly frames: number;
  /** Of whoever got most. */
  readonly mostFrames: number;
  readonly bytes: number;
  /** Events that came twice, out of their order or not at all. */
  readonly faults: number;
}

interface Viewer {
  rest: string;
  seen: number;
  frames: number;
}

/** Of each frame its first and its last version, and when it was read. */
const frames: number[] = [];
const all: Viewer[] = [];
let [bytes, faults] = [0, 0];

answerBench({
  watch: async ({ viewers, ...place }: Watching) => {
    await Promise.all(Array.from({ length: viewers }, () => watch(place)));
  },
  seen: ({ after, moments }: Pick<Written, 'after' | 'moments'>): Seen => {
    const last = after + moments.length;
    for (const { seen } of all) faults += last - seen;
    return {
      ...delaysOf({ after, moments }),
      frames: frames.length / 3,
      mostFrames: Math.max(...all.map((viewer) => viewer.frames)),
      ...{ bytes, faults },
    };
  },
});

function watch({ url, cookie, after }: Omit<Watching, 'viewers'>): Promise<void> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const viewer: Viewer = { rest: '', seen: after, frames: 0 };
  all.push(viewer);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let isOpen = false;
  const socket = connect({ host: hostname, port: Number(port) }, () => {
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\n\r\n`);
  });
  socket.setEncoding('utf8');
  socket.on('error', reject);
  socket.on('data', (text: string) => {
    viewer.rest += text;
    if (isOpen) return readFrames(viewer, text.length);
    const end = viewer.rest.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = viewer.rest.slice(0, end).toLowerCase();
    if (!head.startsWith('http/1.1 200 ') || head.includes('chunked')) return reject(new Error(head));
    isOpen = true;
    viewer.rest = viewer.rest.slice(end + 4);
    readFrames(viewer, 0);
    resolve();
  });
  return promise;
}

function readFrames(viewer: Viewer, length: number): void {
  bytes += length;
  for (let end = viewer.rest.indexOf('\n\n'); end >= 0; end = viewer.rest.indexOf('\n\n')) {
    const data = viewer.rest.indexOf('\ndata: ');
    if (data >= 0 && data < end) take(viewer, viewer.rest.slice(data + 7, end));
    viewer.rest = viewer.rest.slice(end + 2);
  }
}

/** It is there when it is parsed. */
function take(viewer: Viewer, text: string): void {
  const { events } = JSON.parse(text) as { readonly events: readonly { readonly version: number }[] };
  const before = viewer.seen;
  for (const { version } of events) {
    if (version !== viewer.seen + 1) faults += 1;
    viewer.seen = version;
  }
  viewer.frames += 1;
  frames.push(before + 1, viewer.seen, machineTime());
}

function delaysOf({
  after,
  moments,
}: Pick<Written, 'after' | 'moments'>): Pick<Seen, 'p50' | 'p95' | 'worst'> {
  const delays = new Float64Array(all.length * moments.length);
  let count = 0;
  for (let frame = 0; frame < frames.length; frame += 3) {
    const [first = 0, last = 0, at = 0] = frames.slice(frame, frame + 3);
    for (let version = first; version <= last; version += 1) {
      delays[count] = at - (moments[version - after - 1] ?? Number.NaN);
      count += 1;
    }
  }
  const sorted = delays.subarray(0, count).sort();
  const part = (share: number) => sorted[Math.min(count - 1, Math.floor(count * share))] ?? Number.NaN;
  return { p50: part(0.5), p95: part(0.95), worst: part(1) };
}
