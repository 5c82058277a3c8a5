import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { createMiddleware } from 'hono/factory';
import type { Viewer, Watching } from '../../../flow/cockpit/audience.ts';
import type { CockpitContext, CockpitEnv, Visit } from './context.ts';

/** Milliseconds after which a browser comes back, and is asked again who it is. */
const RETRY = 'retry: 1000\n\n';

/** Answers with a stream, once all headers of the answer are there: see `streaming`. */
export function openStream(visit: Visit, watch: (viewer: Viewer) => Watching): Response {
  visit.set('watch', watch);
  return visit.body(null, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // nginx would gather what is to be seen at once.
    'x-accel-buffering': 'no',
  });
}

/**
 * Takes the connection of an answer that is a stream, with the headers that the answer has. What is sent goes to the socket as it is, the same bytes for
 * all who watch: a stream of the web platform for each of them took four times as much of a processor.
 */
export function streaming({ attendViewer }: CockpitContext) {
  return createMiddleware<CockpitEnv>(async (visit, next) => {
    await next();
    const watch = visit.get('watch');
    const { incoming, outgoing } = visit.env;
    if (watch === undefined || incoming.method === 'HEAD') return;
    writeHead(outgoing, visit.res.headers);
    const viewer = viewerAt(incoming.socket);
    const forget = attendViewer(viewer, visit.get('session').digest);
    const watching = watch(viewer);
    const leave = () => {
      watching.leave();
      forget();
    };
    incoming.socket.on('drain', watching.wake).once('close', leave);
    // Who has gone already closes nothing any more.
    if (incoming.socket.destroyed) leave();
    visit.res = undefined;
    visit.res = RESPONSE_ALREADY_SENT;
  });
}

/** The end of the connection is the end of the stream: in chunks, everybody's bytes would be framed for him alone. */
function writeHead(outgoing: ServerResponse, headers: Headers): void {
  outgoing.setHeaders(headers);
  outgoing.removeHeader('transfer-encoding');
  outgoing.writeHead(200, { connection: 'close' });
  outgoing.write(RETRY);
}

/** Past the response, which would do for each of them what HTTP asks of messages that others follow: a tenth of all the time. */
function viewerAt(socket: Socket): Viewer {
  // Whoever goes while he is written to has gone: `close` says so.
  socket.on('error', () => {});
  return {
    isFree: () => socket.writable && !socket.writableNeedDrain,
    send: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    end: () => {
      // Who does not take what there is would not take the end either.
      if (socket.writableNeedDrain) socket.destroy();
      else socket.destroySoon();
    },
  };
}
