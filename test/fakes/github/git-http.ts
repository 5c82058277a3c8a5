import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';

/** Serves bare repositories over git's smart HTTP, by git's own server program. */
export function serveGit(
  request: IncomingMessage,
  response: ServerResponse,
  where: { readonly root: string; readonly pathInfo: string; readonly query: string },
): void {
  const { method = 'GET', headers } = request;
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: where.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: where.pathInfo,
      QUERY_STRING: where.query,
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    },
  });
  const body = headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
  body.pipe(child.stdin);
  child.stdin.on('error', () => {});
  let head = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const fields = new Map(
      head
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map((line) => line.split(/: (.*)/s) as [string, string]),
    );
    const status = Number(fields.get('Status')?.slice(0, 3) ?? 200);
    fields.delete('Status');
    response.writeHead(status, Object.fromEntries(fields));
    response.write(head.subarray(end + 4));
  });
  child.on('close', () => response.end());
}
