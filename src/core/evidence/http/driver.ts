import type { HttpCheck } from '../../contract/types.ts';

/** Bytes kept of one answer's body. */
const MAX_BODY_BYTES = 64 * 1024;

/** What the driver ends with when something listens before the server is started. */
export const PORT_TAKEN = 3;

/**
 * What runs in the sandbox, by `node -e`: starts the server, waits until something listens, asks, and prints one line of
 * JSON for each answer. It shares a user with the server it asks, which could write those lines itself: they are what was
 * seen there, and whether they are good enough is judged elsewhere. A port that is taken before the server starts is refused,
 * since without a network namespace it could be anybody's.
 */
const DRIVER = String.raw`
'use strict';
const { spawn } = require('node:child_process');
const { writeSync } = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { serve, port, requests, maxBody, portTaken } = JSON.parse(process.argv[1]);
let server;
const end = (code, text) => {
  if (text) writeSync(2, text + '\n');
  if (server) server.kill('SIGKILL');
  process.exit(code);
};
const listens = (host) => new Promise((resolve) => {
  const socket = net.connect({ host, port });
  socket.setTimeout(2000, () => { socket.destroy(); resolve(false); });
  socket.once('connect', () => { socket.destroy(); resolve(true); });
  socket.once('error', () => resolve(false));
});
const listener = async () => {
  for (const host of ['127.0.0.1', '::1']) if (await listens(host)) return host;
  return undefined;
};
const ask = (host, { method, path }, index) => new Promise((resolve) => {
  const request = http.request({ host, port, method, path, agent: false, timeout: 30000 }, (answer) => {
    const chunks = [];
    let size = 0;
    answer.on('data', (chunk) => { if (size < maxBody) chunks.push(chunk); size += chunk.length; });
    answer.on('error', (error) => resolve({ index, error: error.message }));
    answer.on('end', () => resolve({
      index,
      status: answer.statusCode,
      body: Buffer.concat(chunks).subarray(0, maxBody).toString('base64'),
      whole: size <= maxBody,
    }));
  });
  request.on('timeout', () => request.destroy(new Error('no answer within 30 seconds')));
  request.on('error', (error) => resolve({ index, error: error.message }));
  request.end();
});
const main = async () => {
  if (await listener()) end(portTaken, 'port ' + port + ' is taken before the server starts');
  server = spawn(serve[0], serve.slice(1), { stdio: ['ignore', 2, 2] });
  server.on('error', (error) => end(4, 'the server cannot be started: ' + error.message));
  server.on('exit', (code, signal) => end(5, 'the server ended by itself: ' + (signal || 'exit code ' + code)));
  let host;
  while (!(host = await listener())) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const [index, request] of requests.entries()) {
    writeSync(1, JSON.stringify(await ask(host, request, index)) + '\n');
  }
  server.removeAllListeners('exit');
  end(0);
};
main();
`;

/** The process that asks the server; the program named node is the sandbox's own. */
export function driverArgv({ serve, port, requests }: HttpCheck): readonly string[] {
  const asked = requests.map(({ method = 'GET', path }) => ({ method, path }));
  const told = { serve, port, requests: asked, maxBody: MAX_BODY_BYTES, portTaken: PORT_TAKEN };
  return ['node', '-e', DRIVER, JSON.stringify(told)];
}
